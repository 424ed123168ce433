"""One lane of a race: a network, its learner and its optimiser, led from update to update.

Everything follows from settings, seed and number of updates: a lane brought back to a snapshot and led on
again goes the same way, to the last bit.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch
from torch import Tensor

from engine.errors import UserError
from engine.lab.network import LabNetwork
from engine.lab.settings import LabSettings, LaneSettings
from engine.lab.tasks.base import Task
from engine.learners.base import Learner, LearnerOptions, walk
from engine.learners.observe import Comparison, Observer
from engine.learners.stream import Patch
from engine.registry import LEARNERS
from engine.training.config import OptimiserConfig
from engine.training.course import peak_bytes
from engine.training.optim import average, optimisers

OBSERVED_DRAWS = 4
_WEIGHED_STEPS = 400
"""Rows of more steps are not run once more to see what memory they take."""
_ENDLESS = 10**9


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A lane at one moment; shared by forks, so nobody changes what it holds. row: batch to come or in
    progress; place: steps taken of it, with the learners' own state if there are any."""

    update: int
    patches: int
    cpu_seconds: float
    row: int
    place: int
    weights: dict[str, Tensor]
    averaged: dict[str, Tensor]
    optimisers: tuple[dict[str, Any], ...]
    learners: tuple[Learner, ...]


class RaceLane:
    """Raises UserError for a learner that can't train the network."""

    def __init__(self, settings: LabSettings, lane: LaneSettings, task: Task, seed: int) -> None:
        self.settings, self.lane, self.task, self.seed = settings, lane, task, seed
        self.model = task.model(lane.cell or settings.network.cell)
        self.kind = LEARNERS.get(lane.learner)
        sizes = task.features, task.outputs
        self.network = LabNetwork(self.model, settings.network, sizes, seed, task.frozen(), task.start())
        self.averaged = copy.deepcopy(self.network)
        self.optimisers = _optimisers(self.network, settings)
        self.learners: tuple[Learner, ...] = ()
        self.open: Sequence[Patch] = ()
        self.update = self.patches = self.row = self.place = 0
        self.cpu_seconds = 0.0
        self.diverged = False
        self._learner()  # which says what can't be trained

    @property
    def length(self) -> int:
        """Steps of a row."""
        return self.task.length * self.model.steps

    @property
    def weights(self) -> int:
        masked = sum(int((mask == 0).sum()) for mask in self.network.masks.values())
        return sum(p.numel() for p in self.network.parameters() if p.requires_grad) - masked

    def parameters(self) -> dict[str, Tensor]:
        return {name: value.detach() for name, value in self.network.named_parameters()}

    def answering(self) -> dict[str, Tensor]:
        """The averaged weights, which measure and paint."""
        return {name: value.detach() for name, value in self.averaged.named_parameters()}

    def advance(self) -> float:
        """One update of the weights; the loss of the steps that it is made of, as of a whole row."""
        if not self.learners:
            self._open()
        start = time.process_time()
        loss, taken = self._gather()
        self._change()
        self.cpu_seconds += time.process_time() - start
        self.update += 1
        self.patches += taken // self.model.steps * self.settings.optimiser.rows
        self.diverged = not math.isfinite(loss)
        return loss * self.length / taken

    def measure(self) -> float:
        """In the task's unit, of the averaged weights."""
        return self.task.measure(self.model, self.answering())

    def cosine(self) -> float:
        """Of this learner's gradient to the exact one, on the batch to come, at the present weights."""
        return self._compared(self.parameters(), self.row).cosine

    def compared(self, snapshot: Snapshot) -> Comparison:
        """This learner's gradient of the batch to come at a moment against the exact one."""
        return self._compared(snapshot.weights, snapshot.row)

    def _compared(self, parameters: dict[str, Tensor], row: int) -> Comparison:
        options = replace(self._options(), seed=self.seed)
        observer = Observer(self.model, [self.lane.learner], options, OBSERVED_DRAWS)
        exact = LEARNERS.get("bptt")(self.model, options)
        walk(exact, parameters, self.task.batch(self.seed, row), beside=observer)
        return observer.finish()[self.lane.learner]

    def megabytes(self) -> float:
        """What a batch of rows needs at most, 10^6 bytes; nan for rows that are too long to see."""
        if self.length > _WEIGHED_STEPS:
            return math.nan
        patches = self._batch()
        learner, parameters = self._learner(), self.parameters()
        return peak_bytes(lambda: walk(learner, parameters, patches, update=_leave)) / 1e6

    def growth(self, patches: Sequence[int]) -> list[float]:
        """What rows of so many patches need at most, 10^6 bytes each; the batch to come is cut or gone
        through again. Learners see rows of that length alone."""
        batch, parameters = self.task.batch(self.seed, self.row), self.parameters()
        found = list[float]()
        for count in patches:
            row = [batch[at % len(batch)] for at in range(count)]
            learner = self.kind(self.model, replace(self._options(), every=count * self.model.steps))
            found.append(peak_bytes(partial(walk, learner, parameters, row, update=_leave)) / 1e6)
        return found

    def snapshot(self) -> Snapshot:
        return Snapshot(
            self.update,
            self.patches,
            self.cpu_seconds,
            self.row,
            self.place,
            _copied(self.network),
            _copied(self.averaged),
            tuple(copy.deepcopy(each.state_dict()) for each in self.optimisers),
            copy.deepcopy(self.learners),
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Go on from a snapshot of this lane."""
        self._take(snapshot)
        self.row, self.place = snapshot.row, snapshot.place
        self.learners = copy.deepcopy(snapshot.learners)
        self.open = self._batch() if self.learners else ()

    def fork(self, lane: LaneSettings, snapshot: Snapshot) -> RaceLane:
        """Another lane that goes on from a snapshot of this one, from the next row on. Raises UserError."""
        if lane.cell not in ("", self.lane.cell or self.settings.network.cell):
            raise UserError(f"lane '{lane.text}': a fork keeps the cell, '{self.model.cell.name}'")
        other = RaceLane(self.settings, replace(lane, cell=self.lane.cell), self.task, self.seed)
        other._take(snapshot)
        other.row = snapshot.row + bool(snapshot.place)
        return other

    def _take(self, snapshot: Snapshot) -> None:
        self.network.load_state_dict(snapshot.weights)
        self.averaged.load_state_dict(snapshot.averaged)
        for one, state in zip(self.optimisers, snapshot.optimisers, strict=True):
            one.load_state_dict(copy.deepcopy(state))
        self.update, self.patches = snapshot.update, snapshot.patches
        self.cpu_seconds, self.diverged = snapshot.cpu_seconds, False
        self.learners, self.open, self.place = (), (), 0

    def _options(self) -> LearnerOptions:
        own = (self.seed * 1_000_003 + self.row) * 64
        return LearnerOptions(
            window=self.lane.window, every=self.lane.every or self.length, seed=own, rank=self.lane.rank
        )

    def _learner(self) -> Learner:
        made: Learner = self.kind(self.model, self._options())
        return made

    @property
    def draws(self) -> int:
        """Gradients that are averaged for an update."""
        return self.lane.draws if self.kind.stochastic else 1

    def _batch(self) -> Sequence[Patch]:
        """The present row's patches, each row as often as it is drawn: signs differ from row to row, so that
        draws cost less together than one after the other."""
        return _repeated(self.task.batch(self.seed, self.row), self.draws)

    def _open(self) -> None:
        """Begin the next row. Learners are new each time, so that a row's signs hang on its number alone."""
        self.open, self.place = self._batch(), 0
        self.learners = (self._learner(),)
        self.learners[0].start(self.parameters(), self.settings.optimiser.rows * self.draws)

    def _gather(self) -> tuple[float, int]:
        """Steps up to the next update; leaves the gradient in `.grad`. Their loss, and how many."""
        total: dict[str, Tensor] = {}
        losses, parameters = [], self.parameters()
        steps, end = self.model.steps, self.length
        stop = min(end, self.place + (self.lane.every or end))
        first = self.place
        for self.place in range(first + 1, stop + 1):
            index, k = divmod(self.place - 1, steps)
            for learner in self.learners:
                outcome = learner.step(parameters, self.open[index], k)
                _add(total, outcome.gradient)
            losses.append(outcome.loss)
        if stop == end:
            for learner in self.learners:
                _add(total, learner.finish()[0])
        share = 1 / self.draws
        for name, parameter in self.network.named_parameters():
            learned = parameter.requires_grad and name in total
            parameter.grad = total[name] * share if learned else None
        if stop == end:
            self.learners, self.open, self.place = (), (), 0
            self.row += 1
        return share * float(torch.stack(losses).sum()), stop - first

    def _change(self) -> None:
        """One step of the optimisers and of the average."""
        own = self.settings.optimiser
        for name, mask in self.network.masks.items():
            gradient = self.network.get_parameter(name).grad
            if gradient is not None:
                gradient.mul_(mask)
        if own.clip:
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), own.clip)
        factor = self.lane.rate * min(1.0, (self.update + 1) / max(1, own.warmup))
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = group["peak"] * factor
            optimiser.step()
        with torch.no_grad():
            for name, mask in self.network.masks.items():
                self.network.get_parameter(name).mul_(mask)
        average(self.averaged, self.network, self.update, own.ema)


def _optimisers(network: LabNetwork, settings: LabSettings) -> list[torch.optim.Optimizer]:
    own = settings.optimiser
    if own.kind == "sgd":
        learned = [parameter for parameter in network.parameters() if parameter.requires_grad]
        sgd = torch.optim.SGD(learned, own.adam_rate)
        sgd.param_groups[0]["peak"] = own.adam_rate
        return [sgd]
    return optimisers(
        network,
        OptimiserConfig(updates=_ENDLESS, muon_rate=own.muon_rate, adam_rate=own.adam_rate, weight_decay=0.0),
    )


def _repeated(patches: Sequence[Patch], times: int) -> Sequence[Patch]:
    if times == 1:
        return patches
    return [
        Patch(p.features.repeat(times, 1), p.target.repeat(times, 1), p.weights.repeat(1, times))
        for p in patches
    ]


def _copied(network: LabNetwork) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in network.state_dict().items()}


def _add(total: dict[str, Tensor], gradient: dict[str, Tensor] | None) -> None:
    for name, value in (gradient or {}).items():
        total[name] = total[name] + value if name in total else value


def _leave(_: dict[str, Tensor]) -> None:
    """An update that isn't made."""
