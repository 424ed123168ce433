"""What forward learners hold of a row: influence, masks and spectra by the Jacobians J_t = ∂s_t/∂s_{t−1}; and
how far the draws of stochastic ones lie from the exact gradient.

Influence of patch i on the state is A_t^{(i)} = ∂s_t/∂d_i (equation (2) of `engine.learners.forward`), which
SnAp-n keeps where weights reach a unit within n steps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from engine.cells import Parameters
from engine.learners.base import LearnerOptions, walk
from engine.learners.forward import DriveInfluence
from engine.learners.snap_n import reached
from engine.learners.stream import Gradient, Patch, RowModel
from engine.learners.transition import Network, own_units
from engine.registry import LEARNERS

_REACHES = {"snap1": 1, "snap2": 2, "snap3": 3}


@dataclass(frozen=True, eq=False)
class Course:
    """A row's Jacobians. J, own: (rows, state, state) of each step, own with what goes through recurrent
    weights held fixed. influence, kept: ‖A_t^{(i)}‖ and, of what SnAp-1 keeps, (T, patches), root mean square
    over rows. last: |A_T^{(i)}| likewise, (patches, state, gates · units). reach: int64 (units, units), [i,
    j] steps within which weights of unit j reach unit i, 1 for its own, 0 never."""

    J: list[Tensor]
    own: list[Tensor]
    influence: Tensor
    kept: Tensor
    last: Tensor
    reach: Tensor


def course(model: RowModel, parameters: Parameters, patches: Sequence[Patch]) -> Course:
    """Lead a network without attention along a row."""
    rows, like = len(patches[0].features), patches[0].features
    network = Network(model, parameters, rows)
    state = like.new_zeros(rows, model.state_size)
    gates, parts = network.drive_gates, model.parts
    width = gates * model.units
    A, B = (DriveInfluence(like, rows, model.state_size, width) for _ in range(2))
    reach = _reach(network.R, model.units)
    mask = (reach == 1).to(like).repeat(parts, gates)
    steps, owns, influence, kept = [], [], [], []
    for number, patch in enumerate(patches):
        network.see(patch.features)
        A.open()
        B.open()
        for _ in range(model.steps):
            now = network.step(state)
            J = network.jacobian(now)
            own = torch.zeros_like(J)
            own_units(own, parts, parts).copy_(now.own)
            for each in (A, B):
                each.advance(J)
                own_units(each.newest, parts, gates).add_(now.drive)
            B.values *= mask.repeat(1, number + 1)
            state = now.after
            steps.append(J)
            owns.append(own)
            influence.append(_norms(A.values, width, len(patches)))
            kept.append(_norms(B.values, width, len(patches)))
    last = A.values.view(rows, model.state_size, len(patches), width).square().mean(0).sqrt().transpose(0, 1)
    return Course(steps, owns, torch.stack(influence), torch.stack(kept), last, reach)


def _norms(values: Tensor, width: int, patches: int) -> Tensor:
    """(patches,), 0 for those to come."""
    by_patch = values.view(*values.shape[:2], -1, width).square().sum((1, 3)).mean(0).sqrt()
    return torch.nn.functional.pad(by_patch, (0, patches - len(by_patch)))


def _reach(R: Tensor, units: int) -> Tensor:
    """Of `Course`."""
    result = torch.zeros(units, units, dtype=torch.int64)
    before = torch.zeros(units, units, dtype=torch.bool)
    for n in range(1, units + 2):
        now = reached(R, units, n)
        result[now & ~before] = n
        if n > 1 and torch.equal(now, before):
            break
        before = now
    return result


def forward_kept(learner: str, exact: Tensor, found: Course, model: RowModel) -> Tensor:
    """c of `credit_graph` as a forward learner has it for recurrent weights, (T, T, rows, state).

    exact: the whole of it. Learners that are exact, or so on average, have all; immediate what is of the same
    step; RFLO what a unit keeps by itself; SnAp-n what comes back to a weight's unit without leaving the
    units that it reaches.
    """
    steps, result = len(exact), torch.zeros_like(exact)
    if learner == "immediate":
        for t in range(steps):
            result[t, t] = exact[t, t]
        return result
    if learner == "rflo":
        for t in range(steps):
            c = exact[t, t]
            for s in range(t, -1, -1):
                result[t, s] = c
                c = (c[:, None] @ found.own[s])[:, 0]
        return result
    if learner not in _REACHES:
        return exact
    units = model.units
    within = (found.reach > 0) & (found.reach <= _REACHES[learner])
    sets = within.T.to(exact).repeat(1, model.parts)  # (units, state): what each unit's weights reach
    every = torch.arange(units)
    for t in range(steps):
        c = exact[t, t][:, None] * sets
        for s in range(t, -1, -1):
            for part in range(model.parts):
                at = part * units + every
                result[t, s][:, at] = c[:, every, at]
            c = (c @ found.J[s]) * sets
    return result


def spectrum(J: Sequence[Tensor]) -> Tensor:
    """Eigenvalues of the Jacobians of the first row, complex (T, state)."""
    values: Tensor = torch.linalg.eigvals(torch.stack([each[0] for each in J]))
    return values


@dataclass(frozen=True, eq=False)
class Cone:
    """Draws of a stochastic learner around the exact gradient. angles: degrees, and lengths, of the exact
    one's norm, (draws,). counts: how many draws are averaged; narrowed: mean angle of their mean,
    (counts,)."""

    angles: Tensor
    lengths: Tensor
    counts: tuple[int, ...]
    narrowed: Tensor


def cone(
    learner: str,
    model: RowModel,
    options: LearnerOptions,
    parameters: Parameters,
    patches: Sequence[Patch],
    draws: int,
) -> Cone:
    """Draw gradients of the same rows with other signs; of recurrent weights and what drives them, as the
    read-out's gradient is exact."""
    exact = _flat(walk(LEARNERS.get("bptt")(model, options), parameters, patches)[0])
    kind = LEARNERS.get(learner)
    found = torch.stack(
        [
            _flat(walk(kind(model, replace(options, seed=options.seed + n)), parameters, patches)[0])
            for n in range(draws)
        ]
    )
    counts = tuple(2**n for n in range(int(math.log2(draws)) + 1))
    narrowed = []
    for count in counts:
        groups = found[: draws - draws % count].view(-1, count, found.shape[1]).mean(1)
        narrowed.append(_angles(exact, groups).mean())
    return Cone(_angles(exact, found), found.norm(dim=1) / exact.norm(), counts, torch.stack(narrowed))


def _flat(gradient: Gradient) -> Tensor:
    return torch.cat(
        [gradient[name].double().flatten() for name in sorted(gradient) if not name.startswith("out.")]
    )


def _angles(exact: Tensor, found: Tensor) -> Tensor:
    """Degrees."""
    cosine = (found @ exact) / (found.norm(dim=1) * exact.norm())
    return torch.rad2deg(torch.arccos(cosine.clamp(-1, 1)))
