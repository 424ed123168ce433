"""Real-time recurrent learning (Williams & Zipser, *A learning algorithm for continually running fully
recurrent neural networks*, Neural Computation 1, 1989): the exact gradient, forwards.

M_t = J_t M_{t-1} + I_t,   M_{-1} = 0                                          (1)
g_t = M_tᵀ δ_t + direct                                                        (2)

Σ_t g_t equals BPTT's gradient while the parameters stay as they are. Every row keeps its own M: dense,
(state, parameters), for the recurrent weights, and by equation (2) of `forward` for all that acts through
the drives. A step costs rows · state² · (parameters + patches · drive) multiplications, whatever
the number of features.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engine.learners.forward import DriveInfluence, Forward, Influence
from engine.learners.stream import RECURRENT, Patch
from engine.learners.transition import StepDerivatives, own_units


class RTRL(Forward):
    """M: columns are U row after row, then each direct parameter. A: influence on the drives."""

    name = "rtrl"

    def _reset(self, rows: int, like: Tensor) -> None:
        network, size = self.network, self.model.state_size
        product = network.paths.product
        self.names = [*([] if product is None else [product]), *network.paths.direct]
        self.sizes = [network.recurrent[name].numel() for name in self.names]
        self.M = Influence(like, rows, size, sum(self.sizes))
        self.A = DriveInfluence(like, rows, size, network.drive_gates * self.model.units)
        self.gathered = like.new_zeros(sum(self.sizes))

    def _open(self) -> None:
        self.A.open()

    def _learn(self, patch: Patch, k: int) -> Tensor:
        now = self.network.step(self.state)
        J = self.network.jacobian(now)
        self.M.advance(J)
        self._add_immediate(now)
        self.A.advance(J)
        own_units(self.A.newest, self.model.parts, self.network.drive_gates).add_(now.drive)
        self.state = now.after
        loss, delta = self.read_out(patch, k)
        self.gathered.addmv_(self.M.values.flatten(0, 1).T, delta.flatten())
        self.A.gather(delta)
        return loss

    def _add_immediate(self, now: StepDerivatives) -> None:
        """I_t has numbers only where a unit meets its own rows."""
        parts, units = self.model.parts, self.model.units
        for part, name in zip(torch.split(self.M.values, self.sizes, -1), self.names, strict=True):
            columns = self.network.recurrent[name].shape[1:]
            own = part.view(len(part), parts, units, -1, units, *columns).diagonal(dim1=2, dim2=4)
            if name == self.network.paths.product:  # own: (rows, parts, gates, columns, units)
                own.addcmul_(now.recurrent[:, :, :, None], now.inputs[:, None, None, :, None])
            else:
                own += now.direct[name]

    def _settle(self) -> None:
        for part, name in zip(torch.split(self.gathered, self.sizes), self.names, strict=True):
            total = self.total[RECURRENT + name]
            total += part.view_as(total)
        self.gathered = torch.zeros_like(self.gathered)
        self.credit_embedding(self.credit_drives(self.A.take()))

    def _numbers(self) -> dict[str, float]:
        """influence_norm: of M and A together, the mean of the rows'."""
        squares = sum(values.square().sum((1, 2)) for values in (self.M.values, self.A.values))
        return {"influence_norm": float(torch.as_tensor(squares).sqrt().mean())}
