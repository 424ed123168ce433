"""What the forward learners share: credit gathered along the row, and influence carried along with the state.

With s_t the state, J_t = ∂s_t/∂s_{t-1}, I_t = ∂s_t/∂θ (immediate) and M_t = ds_t/dθ the influence,

    M_t = J_t M_{t-1} + I_t,   g_t = M_tᵀ δ_t + direct                             (1)

The embedding and what else makes the drive d_i of patch i act through it alone, and it is constant over
the patch's steps, so for those parameters influence on the drives is enough, of whatever number features are:

    A_t^{(i)} = ds_t/dd_i = J_t A_{t-1}^{(i)} + [t in patch i] D_t,   D_t = ∂s_t/∂d_i   (2)
    g = Σ_i (∂d_i/∂θ)ᵀ Σ_t A_t^{(i)ᵀ} δ_t                                           (3)

(3) is worked out when a gradient is given, at the parameters of that moment and the x_i = relu(a_i) last
seen of each patch. That is exact while parameters stay as they are. Where they move within a row, earlier
patches count as driven by the present weights, while M keeps what the weights were.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from engine.cells import Parameters
from engine.errors import UserError
from engine.learners.base import LearnerOptions, Outcome, RowRecord
from engine.learners.stream import EMBED, OUT, RECURRENT, Gradient, Patch, RowModel
from engine.learners.transition import Network, StepDerivatives

DRIVES = "drives"
"""In place of a parameter's name."""


class Forward(ABC):
    """A forward learner's state, credit and record; subclasses give `_reset` and `_learn`.

    Credit known at once goes to `total`, what is kept otherwise is added by `_settle` when a gradient is due.
    """

    name = ""
    online = True
    stochastic = False

    def __init__(self, model: RowModel, options: LearnerOptions) -> None:
        if model.attention is not None:
            raise UserError(f"learner '{self.name}' can't train an attentive network")
        if options.every < 1:
            raise UserError(f"learner '{self.name}': every must be at least 1, not {options.every}")
        self.model, self.options = model, options

    def start(self, parameters: Parameters, rows: int) -> None:
        like = next(iter(parameters.values())).detach()
        self.state = like.new_zeros(rows, self.model.state_size)
        self.network = Network(self.model, parameters, rows)
        self.losses: list[Tensor] = []
        self.features: list[Tensor] = []
        self.x: list[Tensor] = []
        self._begin()
        self._reset(rows, like)

    def step(self, parameters: Parameters, patch: Patch, k: int) -> Outcome:
        if not self.waiting:
            self.network.read(parameters)
            self.leaves = {
                name: value.detach().requires_grad_()
                for name, value in self.network.fixed.items()
                if name.startswith(OUT)
            }
        if k == 0:
            self.features.append(patch.features)
            self.x.append(patch.features)
            self._open()
        if k == 0 or not self.waiting:
            self.network.see(patch.features)
            self.x[-1] = self.network.x
        loss = self._learn(patch, k)
        self.losses.append(loss)
        self.waiting += 1
        return Outcome(loss, self._give() if self.waiting == self.options.every else None)

    def finish(self) -> tuple[Gradient | None, RowRecord]:
        losses = torch.stack(self.losses).double().cpu().numpy()
        return self._give() if self.waiting else None, RowRecord(losses, self._numbers())

    @abstractmethod
    def _reset(self, rows: int, like: Tensor) -> None:
        """Influence 0 for so many rows; `like` has the dtype and device."""

    def _open(self) -> None:  # noqa: B027 - some keep nothing by patch
        """A patch begins."""

    @abstractmethod
    def _learn(self, patch: Patch, k: int) -> Tensor:
        """Take a step, add its credit and return its loss."""

    def _settle(self) -> None:  # noqa: B027 - some have their credit in `total` at once
        """Add to `total` what credit is kept elsewhere, and begin it anew."""

    def _numbers(self) -> dict[str, float]:
        """What the record says of the row."""
        return {}

    def _begin(self) -> None:
        """No credit yet. `waiting`: steps whose credit wasn't given."""
        self.waiting = 0
        self.total = {name: torch.zeros_like(value) for name, value in self.network.fixed.items()}

    def _give(self) -> Gradient:
        self._settle()
        given = self.total
        self._begin()
        return given

    def read_out(self, patch: Patch, k: int) -> tuple[Tensor, Tensor]:
        """At the current state: L_t and δ_t = ∂L_t/∂s_t (rows, state). Output weights get their credit."""
        state = self.state.detach().requires_grad_()
        with torch.enable_grad():
            loss = self.model.loss(self.leaves, state, patch, k)
        delta, *out = torch.autograd.grad(loss, [state, *self.leaves.values()])
        for name, value in zip(self.leaves, out, strict=True):
            self.total[name] += value
        return loss.detach(), delta

    def credit_drives(self, back: Tensor) -> Tensor:
        """Equation (3) for the cell's driving parameters; returns the credit of x, (patches, rows, width).

        back: (rows, patches, gates · units), credit of the drives.
        """
        to_x, found = self.network.pull_drive(torch.cat(self.x), back.transpose(0, 1).flatten(0, 1))
        for name, value in found.items():
            self.total[RECURRENT + name] += value
        return to_x.view(len(self.x), -1, to_x.shape[-1])

    def credit_embedding(self, to_x: Tensor) -> None:
        """Equation (3) for the embedding. to_x: (patches, rows, width), credit of x."""
        to_a = (to_x * (torch.stack(self.x) > 0)).flatten(0, 1)
        self.total[EMBED + "weight"].addmm_(to_a.T, torch.cat(self.features))
        self.total[EMBED + "bias"] += to_a.sum(0)


class Influence:
    """ds_t by some numbers, (rows, state, columns), carried along by dense Jacobians."""

    def __init__(self, like: Tensor, rows: int, size: int, columns: int) -> None:
        self.values = like.new_zeros(rows, size, columns)
        self._spare = torch.empty_like(self.values)

    def widen(self, columns: int) -> None:
        """More columns, with no influence yet, behind the present ones."""
        self.values = torch.nn.functional.pad(self.values, (0, columns))
        self._spare = torch.empty_like(self.values)

    def advance(self, J: Tensor) -> None:
        """J: (rows, state, state)."""
        torch.bmm(J, self.values, out=self._spare)
        self.values, self._spare = self._spare, self.values

    def credit(self, delta: Tensor) -> Tensor:
        """`delta`ᵀ times influence, (rows, columns). delta: (rows, state)."""
        return torch.bmm(delta[:, None], self.values)[:, 0]


class DriveInfluence(Influence):
    """A of equation (2), patch after patch, and the credit of what drives, (rows, patches, width)."""

    def __init__(self, like: Tensor, rows: int, size: int, width: int) -> None:
        super().__init__(like, rows, size, 0)
        self.back = like.new_zeros(rows, 0, width)

    def open(self) -> None:
        """A patch begins."""
        self.widen(self.back.shape[2])
        self.back = torch.nn.functional.pad(self.back, (0, 0, 0, 1))

    @property
    def newest(self) -> Tensor:
        """Of the present patch, (rows, state, width): a view."""
        return self.values[:, :, -self.back.shape[2] :]

    def gather(self, delta: Tensor) -> None:
        """Add the credit of a step. delta: (rows, state)."""
        self.back += self.credit(delta).view_as(self.back)

    def take(self) -> Tensor:
        """The credit gathered, which begins anew."""
        taken, self.back = self.back, torch.zeros_like(self.back)
        return taken


class OwnTraces:
    """Influence on the own unit's state alone: of U (rows, parts, gates, units, columns), of each direct
    parameter (rows, parts, gates, units), of the drives (rows, parts, patches · gates, units)."""

    def __init__(self, network: Network, rows: int, like: Tensor) -> None:
        self.model, self.paths, self.gates = network.model, network.paths, network.drive_gates
        shape = rows, self.model.parts
        self.traces = {
            name: like.new_zeros(*shape, len(value) // self.model.units, self.model.units, *value.shape[1:])
            for name, value in network.recurrent.items()
            if name == self.paths.product or name in self.paths.direct
        }
        self.traces[DRIVES] = like.new_zeros(*shape, 0, self.model.units)
        self._spare = {name: torch.empty_like(trace) for name, trace in self.traces.items()}
        self._credit = {name: torch.zeros_like(trace) for name, trace in self.traces.items()}

    def open(self) -> None:
        """A patch begins."""
        for kept in (self.traces, self._spare, self._credit):
            kept[DRIVES] = torch.nn.functional.pad(kept[DRIVES], (0, 0, 0, self.gates))

    def advance(self, blocks: Tensor, step: StepDerivatives) -> None:
        """Equation (1) within units. blocks: (rows, parts, parts, units), ∂s_t/∂s_{t-1} of each unit."""
        for name, trace in self.traces.items():
            spare, wide = self._spare[name], trace.ndim - 4
            for to in range(self.model.parts):
                by = [_widened(blocks[:, to, part][:, None], wide) for part in range(self.model.parts)]
                torch.mul(trace[:, 0], by[0], out=spare[:, to])
                for part in range(1, self.model.parts):
                    spare[:, to].addcmul_(trace[:, part], by[part])
            self.traces[name], self._spare[name] = spare, trace
        self.traces[DRIVES][:, :, -self.gates :] += step.drive
        for name, value in step.direct.items():
            self.traces[name] += value
        if self.paths.product is not None:
            inputs = step.inputs[:, None, None, None]
            self.traces[self.paths.product].addcmul_(step.recurrent[..., None], inputs)

    def gather(self, delta: Tensor) -> None:
        """Add the credit of a step. delta: (rows, state)."""
        by_part = delta.view(len(delta), self.model.parts, 1, self.model.units)
        for name, trace in self.traces.items():
            self._credit[name].addcmul_(trace, _widened(by_part, trace.ndim - 4))

    def take(self, total: Gradient) -> Tensor:
        """Move the credit gathered to `total`; returns that of the drives, (rows, patches, gates · units)."""
        for name, value in self._credit.items():
            if name != DRIVES:
                total[RECURRENT + name] += value.sum((0, 1)).view_as(total[RECURRENT + name])
        back = self._credit[DRIVES].sum(1).view(len(self._credit[DRIVES]), -1, self.gates * self.model.units)
        self._credit = {name: torch.zeros_like(trace) for name, trace in self.traces.items()}
        return back


def _widened(values: Tensor, axes: int) -> Tensor:
    return values[(..., *[None] * axes)]
