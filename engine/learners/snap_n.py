"""SnAp-n, the sparse n-step approximation of RTRL (Menick et al., *Practical real time recurrent learning
with a sparse approximation*, ICLR 2021, arXiv 2006.07232).

M_t = P_n ∘ (J_t M_{t-1} + I_t),   P_n = 1 where a weight reaches a unit within n steps   (1)
g_t = M_tᵀ δ_t + direct                                                        (2)

A weight reaches its own unit in the first step, and from there, along recurrent weights that aren't 0,
others. So with dense recurrent weights SnAp-2 is RTRL; with sparse ones, which the paper is about, P_n grows
with n up to the reach of the network, where it is RTRL as well. The influence of all weights of unit j is
kept on the m units that j reaches, which costs (m / units)² of RTRL. For input weights a number a drive does,
by equation (2) of `forward`, masked alike; for the embedding, which reaches every unit in one step, nothing
is dropped.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engine.learners.forward import DriveInfluence, Forward
from engine.learners.stream import RECURRENT, Patch
from engine.learners.transition import StepDerivatives, own_units


class SnApN(Forward):
    """n is `reach`. M: (rows, units, parts · m, weights of a unit), U's gate after gate, then the direct
    ones.

    index: int64 (units, parts · m), numbers of the state that the weights of each unit reach; there: bool,
    same shape, False where a unit reaches fewer than m. place: int64 (units,), of the unit itself among the
    m.
    """

    reach = 1

    def _reset(self, rows: int, like: Tensor) -> None:
        network, units, parts = self.network, self.model.units, self.model.parts
        self.reached = reached(network.R, units, self.reach)
        members = [self.reached[:, j].nonzero()[:, 0] for j in range(units)]
        most = max(len(each) for each in members)
        padded = torch.stack(
            [torch.nn.functional.pad(each, (0, most - len(each)), value=-1) for each in members]
        )
        self.place = (padded == torch.arange(units)[:, None]).int().argmax(1)
        there = (padded >= 0).repeat(1, parts)
        offsets = units * torch.arange(parts).repeat_interleave(most)
        self.index = padded.clamp_min(0).repeat(1, parts) + offsets
        self.most, self.there = most, there.to(like)
        product, direct = network.paths.product, network.paths.direct
        self.names = [*([] if product is None else [product]), *direct]
        self.sizes = [network.recurrent[name].numel() // units for name in self.names]
        self.M = like.new_zeros(rows, units, parts * most, sum(self.sizes))
        self.gathered = like.new_zeros(units, sum(self.sizes))
        width = network.drive_gates * units
        self.A, self.B = (DriveInfluence(like, rows, self.model.state_size, width) for _ in range(2))
        self.mask = self.reached.to(like).repeat(parts, network.drive_gates)

    def _open(self) -> None:
        self.A.open()
        self.B.open()

    def _learn(self, patch: Patch, k: int) -> Tensor:
        now = self.network.step(self.state)
        J = self.network.jacobian(now)
        self._advance(J, now)
        gates, parts = self.network.drive_gates, self.model.parts
        for each in (self.A, self.B):
            each.advance(J)
            own_units(each.newest, parts, gates).add_(now.drive)
        self.B.values *= self.mask.repeat(1, self.B.back.shape[1])
        self.state = now.after
        loss, delta = self.read_out(patch, k)
        chosen = delta[:, self.index] * self.there
        self.gathered += torch.einsum("bup,bupq->uq", chosen, self.M)
        self.A.gather(delta)
        self.B.gather(delta)
        return loss

    def _advance(self, J: Tensor, now: StepDerivatives) -> None:
        """Equation (1) for the recurrent weights and the direct ones."""
        pairs = self.there[:, :, None] * self.there[:, None, :]
        self.M = (J[:, self.index[:, :, None], self.index[:, None, :]] * pairs) @ self.M
        every = torch.arange(self.model.units)
        for part in range(self.model.parts):
            own = self.M[:, every, part * self.most + self.place]  # (rows, units, weights)
            new = []
            for name in self.names:
                if name == self.network.paths.product:
                    by_gate = now.recurrent[:, part].transpose(1, 2)[..., None]  # (rows, units, gates, 1)
                    new.append((by_gate * now.inputs[:, None, None]).flatten(2))
                else:
                    new.append(now.direct[name][:, part].transpose(1, 2))
            if new:
                self.M[:, every, part * self.most + self.place] = own + torch.cat(new, -1)

    def _settle(self) -> None:
        for part, name in zip(torch.split(self.gathered, self.sizes, 1), self.names, strict=True):
            total = self.total[RECURRENT + name]
            by_gate = part.view(self.model.units, -1, *total.shape[1:]).transpose(0, 1)
            total += by_gate.reshape(total.shape)
        self.gathered = torch.zeros_like(self.gathered)
        self.credit_drives(self.B.take())
        back = self.A.take().transpose(0, 1).flatten(0, 1)  # of the embedding alone
        to_x, _ = self.network.pull_drive(torch.cat(self.x), back)
        self.credit_embedding(to_x.view(len(self.x), -1, to_x.shape[-1]))

    def _numbers(self) -> dict[str, float]:
        """kept: share of all pairs of a weight's unit and a unit that M sees."""
        return {"kept": float(self.reached.double().mean())}


def reached(R: Tensor, units: int, n: int) -> Tensor:
    """bool (units, units): [i, j] where weights of unit j reach unit i within n steps.

    R: (gates, units, state), recurrent weights as in equation (3) of `transition`.
    """
    step = (R != 0).view(len(R), units, -1, units).any(2).any(0)
    step |= torch.eye(units, dtype=torch.bool)
    result = torch.eye(units, dtype=torch.bool)
    for _ in range(n - 1):
        result = (step.double() @ result.double()) > 0
    return result


class SnAp2(SnApN):
    """Within two steps."""

    name = "snap2"
    title = "SnAp-2"
    reach = 2


class SnAp3(SnApN):
    """Within three steps."""

    name = "snap3"
    title = "SnAp-3"
    reach = 3
