"""A race: lanes that learn the same task from the same data, order and first weights, as a stream of events.

`Race.play` yields frozen records (`engine.lab.events`) and may be left at any of them. Between two calls of
it a race can be brought back to an earlier moment, forked, and looked at as it was then. Equal settings give
equal curves over updates, to the last bit; which lane is next under "seconds" depends on the clock.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.decoders import allocation
from engine.errors import UserError
from engine.io.image import load_picture
from engine.lab.events import (
    Cost,
    Ended,
    Event,
    LaneEnded,
    LaneFacts,
    Marked,
    Moved,
    Painted,
    Point,
    Started,
    Weighed,
)
from engine.lab.lane import RaceLane, Snapshot
from engine.lab.library import Library, bundled, from_folders
from engine.lab.settings import LabSettings, LaneSettings, lane
from engine.lab.tasks.base import TASKS, Task
from engine.types import Cancelled, Pixels, frozen, never

PAINT_SECONDS = 2.0
PAINT_SHARE = 0.2
"""Of the time, at most, goes into painting."""
MOST_MARKS = 100
"""Moments kept a lane, spread over the run, so that an hour of it stays small."""
LENGTHS = (2, 4, 8, 16, 32)
"""Patches of the rows that a learner's memory is measured on."""
_FIRST_COST = 5
"""Updates before the first `Cost`."""
_COSINE_EVERY = 4
"""Measurements from one cosine to the next."""


def make_task(settings: LabSettings) -> Task:
    """The task of `settings`, on its folders of pictures, or on those that come with the program.

    Without folders for validation, and with some for training, every tenth of these is held out. Raises
    UserError.
    """
    kind = TASKS.get(settings.task)
    data, validation = ([Path(each) for each in names] for names in (settings.data, settings.validation))
    train = held = None
    if kind.on_pictures:
        train = from_folders(data, kind.crop) if data else bundled("train")
        if validation:
            held = from_folders(validation, 16)
        elif data:
            held = Library(train.paths[::10])
            train = Library([path for i, path in enumerate(train.paths) if i % 10])
        else:
            held = bundled("validation")
    task: Task = kind(settings, train, held)
    return task


def pictures_of(settings: LabSettings, task: Task) -> list[Pixels]:
    """What lanes paint: the picture that `settings` name, else the first that is measured on. Raises
    UserError."""
    if not task.on_pictures:
        return []
    return [load_picture(settings.picture).pixels if settings.picture else task.validation[0]]


class _Runner:
    """A lane in a race, with the moments that can be gone back to."""

    def __init__(self, number: int, lane_: RaceLane, parent: int = -1, fork: int = -1) -> None:
        self.number, self.lane = number, lane_
        self.facts = LaneFacts(
            number,
            lane_.lane.text,
            lane_.lane.title,
            lane_.lane.learner,
            lane_.lane.window,
            lane_.seed,
            lane_.weights,
            parent,
            fork,
        )
        self.marks: list[Snapshot] = []
        self.ended = ""
        self.losses: list[float] = []
        self.points: list[Point] = []
        self.measured = 0
        self.megabytes = math.nan

    def mark(self) -> Marked:
        """Keep the present moment; those after it, if the lane was brought back, are forgotten."""
        now = self.lane.snapshot()
        self.marks = [mark for mark in self.marks if mark.update < now.update] + [now]
        while len(self.marks) > MOST_MARKS:  # the one that leaves the smallest gap
            kept = [mark.update for mark in self.marks]
            del self.marks[min(range(1, len(kept) - 1), key=lambda at: kept[at + 1] - kept[at - 1])]
        allocation.give_back()  # crops come and go among moments that stay
        return Marked(self.number, now.update, now.cpu_seconds)

    def newest(self, update: int) -> Snapshot:
        """The last moment kept that is not after `update`."""
        return [self.marks[0], *(mark for mark in self.marks if mark.update <= update)][-1]


class Race:
    """One to six lanes by some seeds. Raises UserError for settings that can't be run."""

    def __init__(
        self,
        settings: LabSettings,
        task: Task,
        pictures: Sequence[Pixels] = (),
        number: int = 0,
    ) -> None:
        """pictures: to be painted; of them the first is refreshed while lanes learn. number: of `Started`."""
        torch.set_num_threads(1)
        self.settings, self.task, self.number = settings, task, number
        self.runners: list[_Runner] = []
        for seed in settings.seeds:
            for text in settings.lanes:
                self.runners.append(_Runner(len(self.runners), RaceLane(settings, lane(text), task, seed)))
        self.show(pictures)
        self._paint_pause = PAINT_SECONDS

    def show(self, pictures: Sequence[Pixels]) -> None:
        """Decode these from now on, instead of those there were."""
        self.ready = self.task.originals(pictures) if self.task.on_pictures else []
        self._painted_at = -math.inf

    @property
    def facts(self) -> tuple[LaneFacts, ...]:
        return tuple(runner.facts for runner in self.runners)

    def started(self) -> Started:
        """What lanes there are."""
        return Started(self.facts, self.task.unit, len(self.ready), self.number)

    def play(self, cancelled: Cancelled = never, updates: int = 0, rows: int = 0) -> Iterator[Event]:
        """Learn until every lane has ended or `cancelled()`; with `updates`, so many in each lane at most,
        with `rows`, to the end of so many whole rows."""
        if not any(runner.marks for runner in self.runners):
            yield self.started()
        for runner in self.runners:
            if not runner.marks:
                yield self._measure(runner)
                yield runner.mark()
        goals = {runner.number: runner.lane.update + updates for runner in self.runners}
        ends = {runner.number: runner.lane.row + rows for runner in self.runners}
        while True:
            if cancelled():
                yield Ended("paused")
                return
            left = [
                runner
                for runner in self.runners
                if not runner.ended
                and not (updates and runner.lane.update >= goals[runner.number])
                and not (rows and runner.lane.row >= ends[runner.number])
            ]
            if not left:
                break
            yield from self._update(min(left, key=self._spent))
            if time.monotonic() - self._painted_at >= self._paint_pause:
                yield from self._refresh(left, cancelled)
        if updates or rows:  # steps by hand are seen in the curves, and can be gone back to
            for runner in self.runners:
                if not runner.ended and runner.points[-1].update < runner.lane.update:
                    yield self._measure(runner)
                    yield runner.mark()
        yield from self._paint_last()
        yield Ended("done" if all(runner.ended for runner in self.runners) else "paused")

    def rewind(self, update: int) -> Iterator[Event]:
        """Bring every lane back to its last moment kept that is not after `update`."""
        for runner in self.runners:
            yield from self._restore(runner, runner.newest(update))

    def back(self, number: int, update: int) -> Iterator[Event]:
        """Bring one lane back to its last moment kept that is not after `update`."""
        runner = self.runner(number)
        yield from self._restore(runner, runner.newest(update))

    def limit(self, seconds: float, updates: int, target: float) -> None:
        """Other ends of the run; lanes that ended by the old ones may go on."""
        self.settings = replace(self.settings, seconds=seconds, updates=updates, target=target)
        for runner in self.runners:
            if runner.ended and runner.ended != "diverged":
                runner.ended = self._why(runner.lane)

    def weigh(self, number: int) -> Iterator[Event]:
        """What the learner of a lane needs as rows grow."""
        needs = self.runner(number).lane.growth(LENGTHS)
        yield Weighed(number, frozen(np.array(LENGTHS, np.int64)), frozen(np.array(needs, np.float64)))

    def fork(self, number: int, update: int, other: LaneSettings) -> Iterator[Event]:
        """A new lane that goes on with another learner from a moment of lane `number`. Raises UserError."""
        runner = self.runner(number)
        snapshot = runner.newest(update)
        forked = runner.lane.fork(other, snapshot)
        new = _Runner(len(self.runners), forked, number, snapshot.update)
        self.runners.append(new)
        yield self.started()
        yield self._measure(new)
        yield new.mark()

    def look(self, number: int, update: int, picture: int = 0) -> Iterator[Event]:
        """A picture as lane `number` decoded it at its last moment kept that is not after `update`."""
        runner = self.runner(number)
        snapshot = runner.newest(update)
        if self.ready:
            yield self._paint(runner, picture, snapshot.averaged, snapshot.update)

    def runner(self, number: int) -> _Runner:
        """Raises UserError for a lane that isn't there."""
        if not 0 <= number < len(self.runners):
            raise UserError(f"lane {number} isn't there: there are {len(self.runners)}")
        return self.runners[number]

    def _restore(self, runner: _Runner, snapshot: Snapshot) -> Iterator[Event]:
        runner.lane.restore(snapshot)
        runner.ended, runner.losses = "", []
        runner.points = [point for point in runner.points if point.update <= snapshot.update]
        yield Moved(runner.number, snapshot.update)
        if self.ready:
            yield self._paint(runner, 0, snapshot.averaged, snapshot.update)

    def _spent(self, runner: _Runner) -> tuple[float, int]:
        fair, one = self.settings.fair, runner.lane
        spent = {"updates": one.update, "patches": one.patches, "seconds": one.cpu_seconds}[fair]
        return float(spent), runner.number

    def _update(self, runner: _Runner) -> Iterator[Event]:
        one, settings = runner.lane, self.settings
        runner.losses.append(one.advance())
        why = self._why(one)
        if why or one.update % settings.measure_every == 0:
            point = self._measure(runner)
            yield point
            yield runner.mark()
            why = why or self._reached(point.value)
        if one.update == _FIRST_COST or why:
            if math.isnan(runner.megabytes) and not one.diverged:
                runner.megabytes = one.megabytes()
            yield Cost(runner.number, 1000 * one.cpu_seconds / one.update, runner.megabytes)
        if why:
            runner.ended = why
            yield LaneEnded(runner.number, one.update, why)

    def _why(self, one: RaceLane) -> str:
        settings = self.settings
        if one.diverged:
            return "diverged"
        if settings.updates and one.update >= settings.updates:
            return "updates"
        return "seconds" if settings.seconds and one.cpu_seconds >= settings.seconds else ""

    def _reached(self, value: float) -> str:
        target = self.settings.target
        better = value >= target if self.task.unit == "dB" else value <= target
        return "target" if target and better else ""

    def _measure(self, runner: _Runner) -> Point:
        one = runner.lane
        loss = sum(runner.losses) / len(runner.losses) if runner.losses else math.nan
        runner.losses = []
        wanted = self.settings.cosines and not one.diverged and one.lane.learner != "bptt"
        cosine = one.cosine() if wanted and runner.measured % _COSINE_EVERY == 0 else math.nan
        runner.measured += 1
        point = Point(runner.number, one.update, one.patches, one.cpu_seconds, loss, one.measure(), cosine)
        runner.points.append(point)
        return point

    def _refresh(self, left: Sequence[_Runner], cancelled: Cancelled) -> Iterator[Event]:
        """The first picture of every lane that still learns."""
        start = time.monotonic()
        for runner in left:
            if self.ready and not cancelled():
                yield self._paint(runner, 0, runner.lane.answering(), runner.lane.update)
        self._painted_at = time.monotonic()
        self._paint_pause = max(PAINT_SECONDS, (self._painted_at - start) / PAINT_SHARE)

    def _paint_last(self) -> Iterator[Event]:
        for runner in self.runners:
            for picture in range(len(self.ready)):
                yield self._paint(runner, picture, runner.lane.answering(), runner.lane.update)

    def _paint(self, runner: _Runner, picture: int, weights: dict[str, Any], update: int) -> Painted:
        if not 0 <= picture < len(self.ready):
            raise UserError(f"picture {picture} isn't there: there are {len(self.ready)}")
        painting = self.task.paint(runner.lane.model, weights, self.ready[picture])
        return Painted(runner.number, update, picture, painting.pixels, painting.psnr_db)
