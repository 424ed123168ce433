"""One step of the state and its derivatives, by the structure that all cells share (see `engine.cells`).

With d_i = drive(θ, x_i), x_i = relu(a_i), the same for all steps of patch i, and r_t = recur(θ, s_{t-1}),

    s_t = update(θ, d_i, r_t, s_{t-1})                                             (1)
    r_t = R s_{t-1} = U output(s_{t-1})                                            (2)
    J_t = ∂s_t/∂s_{t-1} = Σ_gates diag(∂s_t/∂r_t) R + ∂s_t/∂s_{t-1}|_r             (3)

`update` acts unit by unit, so each of its derivatives is one number a unit for every pair of a part of the
state and a gate: one call of autograd a part gives them all, and (3) the dense Jacobian.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.cells import Parameters
from engine.learners.stream import EMBED, RECURRENT, RowModel, group


@dataclass(frozen=True)
class Paths:
    """Names of a cell's parameters by the way they reach the next state.

    driving: through drive. product: U of equation (2), or None. direct: vectors that update itself uses.
    """

    driving: tuple[str, ...]
    product: str | None
    direct: tuple[str, ...]


def paths(model: RowModel, parameters: Parameters) -> Paths:
    """Which parameters the parts of a cell make use of, seen from autograd's graph."""
    recurrent = group(parameters, RECURRENT)
    cell, like = model.cell, parameters[EMBED + "bias"].detach()
    leaves = {name: value.detach().requires_grad_() for name, value in recurrent.items()}
    x, state = like.new_zeros(1, len(like)), like.new_zeros(1, model.state_size)

    def used(part: Callable[[], Tensor]) -> tuple[str, ...]:
        with torch.enable_grad():
            result = part()
        if not result.requires_grad:
            return ()
        found = torch.autograd.grad(result.sum(), list(leaves.values()), allow_unused=True)
        return tuple(name for name, value in zip(leaves, found, strict=True) if value is not None)

    driving = used(lambda: cell.drive(leaves, x))
    product = used(lambda: cell.recur(leaves, state))
    with torch.no_grad():
        drive, recur = cell.drive(leaves, x), cell.recur(leaves, state)
    direct = used(lambda: cell.update(leaves, drive, recur, state))
    return Paths(driving, product[0] if product else None, direct)


@dataclass(frozen=True)
class StepDerivatives:
    """s_t with the derivatives of `update`, unit by unit.

    after: s_t, (rows, state). inputs: output(s_{t-1}), (rows, units). drive, recurrent and each of direct:
    ∂s_t by that, (rows, parts, gates, units). own: ∂s_t/∂s_{t-1} with r_t held fixed, (rows, parts of s_t,
    parts of s_{t-1}, units).
    """

    after: Tensor
    inputs: Tensor
    drive: Tensor
    recurrent: Tensor
    own: Tensor
    direct: dict[str, Tensor]


class Network:
    """The hidden part of a `RowModel` at the parameters last read."""

    def __init__(self, model: RowModel, parameters: Parameters, rows: int) -> None:
        self.model, self.cell, self.rows = model, model.cell, rows
        self.paths = paths(model, parameters)
        like = parameters[EMBED + "bias"].detach()
        self.identity = torch.eye(model.state_size, dtype=like.dtype, device=like.device)
        # which numbers of the state belong to a part, (parts, rows, state)
        self.parts = self.identity.view(model.parts, model.units, -1).sum(1)[:, None].repeat(1, rows, 1)
        self.read(parameters)
        self.drive_gates = len(self.inwards)

    def read(self, parameters: Parameters) -> None:
        """Take parameters over. What was seen before was seen with the earlier ones.

        R: (gates, units, state), of equation (3). inwards: ∂d/∂x, (gates, units, width of x).
        """
        self.fixed = {name: value.detach() for name, value in parameters.items()}
        self.recurrent = group(self.fixed, RECURRENT)
        self.direct = {
            name: self.recurrent[name].expand(self.rows, -1).detach().requires_grad_()
            for name in self.paths.direct
        }
        self.R = self._by_unit(self.cell.recur(self.recurrent, self.identity))
        bias = self.fixed[EMBED + "bias"]
        unit = torch.eye(len(bias), dtype=bias.dtype, device=bias.device)
        drive = self.cell.drive(self.recurrent, unit)
        self.inwards = self._by_unit(drive - self.cell.drive(self.recurrent, torch.zeros_like(unit)))

    def see(self, features: Tensor) -> None:
        """The patch of the steps to come; x (rows, width of the embedding) and drive are kept."""
        self.x = torch.relu(self.model.preactivation(self.fixed, features))
        self.drive = self.cell.drive(self.recurrent, self.x).requires_grad_()

    def step(self, state: Tensor) -> StepDerivatives:
        """Equation (1) from a state (rows, state)."""
        model, rows = self.model, self.rows
        before = state.detach().requires_grad_()
        recurrent = self.cell.recur(self.recurrent, state).requires_grad_()
        with torch.enable_grad():
            after = self.cell.update({**self.recurrent, **self.direct}, self.drive, recurrent, before)
        wanted, found = [self.drive, recurrent, before, *self.direct.values()], []
        for part, ones in enumerate(self.parts):
            keep = part < model.parts - 1
            found.append(torch.autograd.grad(after, wanted, ones, keep, materialize_grads=True))
        drive, by_recurrent, own, *direct = (
            torch.stack(by_part, 1).view(rows, model.parts, -1, model.units)
            for by_part in zip(*found, strict=True)
        )
        named = dict(zip(self.direct, direct, strict=True))
        return StepDerivatives(after.detach(), self.cell.output(state), drive, by_recurrent, own, named)

    def jacobian(self, step: StepDerivatives) -> Tensor:
        """J of equation (3), (rows, state, state)."""
        J = spread(step.recurrent, self.R)
        own_units(J, self.model.parts, self.model.parts).add_(step.own)
        return J

    def push(self, step: StepDerivatives, tangent: Tensor) -> Tensor:
        """J times `tangent`, (rows, state) both."""
        units = self.model.units
        through = self.cell.recur(self.recurrent, tangent).view(self.rows, 1, -1, units)
        kept = step.own * tangent.view(self.rows, 1, -1, units)
        return ((step.recurrent * through).sum(2) + kept.sum(2)).flatten(1)

    def pull_drive(self, x: Tensor, back: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Cotangents `back` of the drives (rows, gates · units) at x (rows, width): of x, and of the
        driving parameters."""
        leaves = {name: self.recurrent[name].detach().requires_grad_() for name in self.paths.driving}
        x = x.detach().requires_grad_()
        with torch.enable_grad():
            drive = self.cell.drive({**self.recurrent, **leaves}, x)
        to_x, *found = torch.autograd.grad(drive, [x, *leaves.values()], back)
        return to_x, dict(zip(leaves, found, strict=True))

    def _by_unit(self, rows: Tensor) -> Tensor:
        """(columns, gates · units) as (gates, units, columns)."""
        return rows.T.reshape(-1, self.model.units, len(rows))


def spread(values: Tensor, matrix: Tensor) -> Tensor:
    """Σ_gates diag(values) matrix, (rows, parts · units, columns).

    values: (rows, parts, gates, units). matrix: (gates, units, columns).
    """
    result = values[:, :, 0, :, None] * matrix[0]
    for gate in range(1, len(matrix)):
        result.addcmul_(values[:, :, gate, :, None], matrix[gate])
    return result.flatten(1, 2)


def own_units(values: Tensor, parts: int, gates: int) -> Tensor:
    """Where columns of a unit meet the state of the same unit: a view (rows, parts, gates, units).

    values: (rows, parts · units, gates · units).
    """
    units = values.shape[1] // parts
    return values.view(len(values), parts, units, gates, units).diagonal(dim1=2, dim2=4)


def pull(delta: Tensor, derivative: Tensor) -> Tensor:
    """`delta`ᵀ times a derivative of `StepDerivatives`, (rows, gates · units). delta: (rows, state)."""
    rows, parts, _, units = derivative.shape
    return (delta.view(rows, parts, 1, units) * derivative).sum(1).flatten(1)
