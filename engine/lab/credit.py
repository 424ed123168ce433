"""Where a lane's credit goes at a moment of its run: frozen records, worked out of a snapshot when asked for.

Nothing of the run is changed. The rows looked at are those of the batch to come at that moment, or the span
of the painted picture that a patch lies in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.cells import Parameters
from engine.errors import UserError
from engine.lab.credit_forward import cone, course, forward_kept, spectrum
from engine.lab.credit_graph import by_lag, credits, exact_graph, shares, to_memories, unrolled
from engine.lab.events import Angles, Course, Credit
from engine.lab.lane import Snapshot
from engine.lab.run import Race
from engine.learners.base import LearnerOptions
from engine.learners.stream import Patch, RowModel
from engine.registry import LEARNERS
from engine.types import frozen

MOST_STEPS = 64
"""Steps of a row that are looked at, from its beginning."""
MOST_ROWS = 8
"""Rows of a batch that are looked at."""
DRAWS = 32
STOCHASTIC = ("uoro", "kf-rtrl", "ok")
_COURSE_DRAWS = 4


class Place(NamedTuple):
    """A patch of a painted picture: its span is what is looked at. row −1: the batch to come instead."""

    picture: int = 0
    row: int = -1
    column: int = -1


def credit(race: Race, number: int, update: int, place: Place = Place()) -> Credit:  # noqa: B008 - frozen
    """Of lane `number` at its last moment kept that is not after `update`. Raises UserError for a lane,
    picture or patch that isn't there."""
    runner = race.runner(number)
    snapshot = runner.newest(update)
    lane, model = runner.lane, runner.lane.model
    patches = _rows(race, number, snapshot, place)
    options = LearnerOptions(window=lane.lane.window, seed=lane.seed, rank=lane.lane.rank)
    parts = examine(lane.lane.learner, model, options, snapshot.weights, patches)
    value, standard = race.task.by_place(model, snapshot.averaged)
    seen, painted = _columns(race, place, len(patches), model.steps)
    return Credit(
        number,
        snapshot.update,
        place.picture,
        place.row,
        place.column,
        model.steps,
        **{name: _array(each) for name, each in parts.items()},
        place_value=frozen(value.astype(np.float32)),
        place_standard=frozen(standard.astype(np.float32)),
        seen=seen,
        painted=painted,
    )


def examine(
    learner: str,
    model: RowModel,
    options: LearnerOptions,
    parameters: Parameters,
    patches: Sequence[Patch],
) -> dict[str, Tensor]:
    """The arrays of `Credit` but for those by place, in the parameters' dtype."""
    graph = exact_graph(model, parameters, patches)
    exact = credits(graph)
    forward = None if graph.memories is not None else course(model, parameters, patches)
    kind = LEARNERS.get(learner)
    own = graph
    if not kind.online:
        own = unrolled(kind, model, options, parameters, patches)
        kept = credits(own)
    else:
        assert forward is not None  # online learners train no attentive networks
        kept = forward_kept(learner, exact, forward, model)
    lags = by_lag(model, parameters, patches, exact)
    kept_lags = by_lag(model, parameters, patches, kept)
    weights, sent, made = to_memories(own, model)
    nothing = exact.new_zeros(0, 0)
    values = spectrum(forward.J) if forward else nothing
    return {
        "triangle": _lower(exact),
        "kept": _lower(kept),
        "losses": torch.stack(graph.losses).detach(),
        "lag_share": shares(lags, lags),
        "lag_kept": shares(kept_lags, lags),
        "influence": forward.influence if forward else nothing,
        "influence_kept": forward.kept if forward else nothing,
        "influence_last": forward.last if forward else nothing[None],
        "reach": forward.reach if forward else nothing,
        "spectrum_real": values.real,
        "spectrum_imag": values.imag if forward else nothing,
        "recalled": weights,
        "memory_credit": sent,
        "memory_patch": made,
    }


def angles(race: Race, number: int, update: int, learner: str = "", draws: int = DRAWS) -> Angles:
    """Draws of a stochastic learner, the lane's own or `learner`, on the whole batch to come. Raises
    UserError."""
    runner = race.runner(number)
    snapshot = runner.newest(update)
    lane = runner.lane
    chosen = learner or (lane.lane.learner if lane.kind.stochastic else "uoro")
    if chosen not in STOCHASTIC:
        raise UserError(f"learner '{chosen}' draws nothing (those that do: {', '.join(STOCHASTIC)})")
    if not 2 <= draws <= 1024:
        raise UserError(f"draws must lie in 2 to 1024, not {draws}")
    patches = lane.task.batch(lane.seed, snapshot.row)[: max(1, MOST_STEPS // lane.model.steps)]
    options = LearnerOptions(every=len(patches) * lane.model.steps, seed=lane.seed, rank=lane.lane.rank)
    found = cone(chosen, lane.model, options, snapshot.weights, patches, draws)
    arrays = [_array(each) for each in (found.angles, found.lengths, found.narrowed)]
    return Angles(number, snapshot.update, chosen, found.counts, *arrays)


def along_training(race: Race, number: int, most: int = 10) -> Course:
    """Cosine and relative variance of the lane's gradient to the exact one at `most` moments kept, evenly
    over its training so far. Raises UserError for a lane that isn't there."""
    runner = race.runner(number)
    marks = runner.marks
    chosen = sorted({round(each) for each in np.linspace(0, len(marks) - 1, min(most, len(marks)))})
    found = [runner.lane.compared(marks[at]) for at in chosen]
    columns = ([each.cosine, each.relative_variance, each.relative_error] for each in found)
    arrays = [frozen(np.array(column, np.float32)) for column in zip(*columns, strict=True)]
    return Course(number, tuple(marks[at].update for at in chosen), *arrays)


def _rows(race: Race, number: int, snapshot: Snapshot, place: Place) -> list[Patch]:
    """The patches looked at."""
    lane = race.runner(number).lane
    most = max(1, MOST_STEPS // lane.model.steps)
    if place.row < 0:
        batch = lane.task.batch(lane.seed, snapshot.row)[:most]
        return [Patch(p.features[:MOST_ROWS], p.target[:MOST_ROWS], p.weights[:, :MOST_ROWS]) for p in batch]
    if not 0 <= place.picture < len(race.ready):
        raise UserError(f"picture {place.picture} isn't there: there are {len(race.ready)}")
    return list(race.task.span_of(race.ready[place.picture], place.row, place.column))[:most]


def _columns(race: Race, place: Place, patches: int, steps: int) -> list[NDArray[np.int32]]:
    """`Credit.seen` and `Credit.painted`."""
    if place.row < 0:
        return [frozen(np.zeros(0, np.int32))] * 2
    found = race.task.columns_of(race.ready[place.picture], place.row, place.column)
    return [_array(each[:patches].repeat_interleave(steps)) for each in found]


def _lower(credit_: Tensor) -> Tensor:
    """‖c_{t,s}‖, nan above the diagonal."""
    norms = credit_.square().sum((2, 3)).sqrt()
    above = torch.ones_like(norms, dtype=torch.bool).triu(1)
    return norms.masked_fill(above, float("nan"))


def _array(values: Tensor) -> NDArray[Any]:
    whole = values.detach().cpu().numpy()
    return frozen(whole.astype(np.int32 if whole.dtype.kind in "iu" else np.float32))
