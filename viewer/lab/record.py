"""Gathers a run's events into `LaneCourse`s. No Qt.

Points lie in buffers that only grow, so that a course handed out is a read-only view of their beginning and
costs nothing to make, however long a run lasts. Pictures are kept up to a bound and thinned out evenly
beyond it.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from engine.lab.events import (
    Cost,
    Event,
    LaneEnded,
    LaneFacts,
    Moved,
    Original,
    Painted,
    Point,
    Started,
    Weighed,
)
from engine.types import frozen
from viewer.model.facts.lab import UPDATE, Floats, LaneCourse, Shot

MOST_SHOT_BYTES = 160_000_000
"""Of all lanes' pictures together."""
MOST_POINTS = 20_000
"""Of a lane; beyond that every second one of the older half goes."""


class _Lane:
    """What is known of one lane."""

    def __init__(self, facts: LaneFacts) -> None:
        self.facts = facts
        self._buffer = np.empty((256, 6))
        self._count = 0
        self.shots: list[Shot] = []
        self.megabytes, self.ended = math.nan, ""
        self.growth: Floats | None = None

    def point(self, event: Point) -> None:
        if self._count == len(self._buffer):
            self._grow()
        row = (event.update, event.patches, event.cpu_seconds, event.loss, event.value, event.cosine)
        self._buffer[self._count] = row
        self._count += 1

    def _grow(self) -> None:
        known, room = self._buffer, 2 * self._count
        if self._count >= MOST_POINTS:
            half, room = self._count // 2, self._count
            known = np.concatenate([known[:half:2], known[half:]])
        self._buffer = np.empty((room, 6))
        self._buffer[: len(known)] = known
        self._count = len(known)

    def back(self, update: int) -> None:
        """What was measured later is no longer so. Views handed out keep their buffer."""
        kept = self._buffer[: self._count]
        kept = kept[kept[:, UPDATE] <= update]
        self._buffer = np.empty((max(256, 2 * len(kept)), 6))
        self._buffer[: len(kept)] = kept
        self._count = len(kept)
        self.shots = [shot for shot in self.shots if shot.update <= update]
        self.ended = ""

    def shot(self, event: Painted) -> None:
        """Keep a picture where it belongs; a look back may bring one between others."""
        new = Shot(event.update, event.pixels, event.psnr_db)
        before = [shot for shot in self.shots if shot.update < new.update]
        after = [shot for shot in self.shots if shot.update > new.update]
        self.shots = [*before, new, *after]

    @property
    def table(self) -> Floats:
        view = self._buffer[: self._count]
        view.flags.writeable = False
        return view

    def course(self) -> LaneCourse:
        return LaneCourse(self.facts, self.table, tuple(self.shots), self.megabytes, self.ended, self.growth)


class CourseRecord:
    """All lanes of a run. `courses` hands out the same object for a lane of which there is no news."""

    def __init__(self) -> None:
        self.unit = "dB"
        self._lanes: list[_Lane] = []
        self._made: list[LaneCourse | None] = []

    def take(self, event: Event) -> bool:
        """Note an event; says whether it told anything new of a lane."""
        match event:
            case Started():
                self._start(event)
                return True
            case Point():
                self._lanes[event.lane].point(event)
            case Painted() if event.picture == 0:
                self._lanes[event.lane].shot(event)
                self._thin()
            case Original():
                for lane in self._lanes:
                    lane.shots = []
                self._made = [None] * len(self._lanes)
                return True
            case Cost():
                self._lanes[event.lane].megabytes = event.megabytes
            case Moved():
                self._lanes[event.lane].back(event.update)
            case LaneEnded():
                self._lanes[event.lane].ended = event.why
            case Weighed():
                both = np.stack([event.patches.astype(np.float64), event.megabytes])
                self._lanes[event.lane].growth = frozen(both)
            case _:
                return False
        self._made[event.lane] = None
        return True

    def _start(self, event: Started) -> None:
        """Lanes that are known stay; a fork adds one."""
        self.unit = event.unit
        for facts in event.lanes[len(self._lanes) :]:
            self._lanes.append(_Lane(facts))
            self._made.append(None)
            if facts.parent >= 0:
                self._inherit(facts)

    def _inherit(self, facts: LaneFacts) -> None:
        """A forked lane shows its parent's picture until it has one of its own."""
        shots = [shot for shot in self._lanes[facts.parent].shots if shot.update <= facts.fork]
        self._lanes[-1].shots = [replace(shot, update=facts.fork) for shot in shots[-1:]]

    def _thin(self) -> None:
        """Every second picture of every lane goes, the last aside, while there are too many."""
        while True:
            shots = [shot for lane in self._lanes for shot in lane.shots]
            if sum(shot.pixels.nbytes for shot in shots) <= MOST_SHOT_BYTES:
                return
            for number, lane in enumerate(self._lanes):
                lane.shots = lane.shots[:-1:2] + lane.shots[-1:]
                self._made[number] = None
            if sum(len(lane.shots) for lane in self._lanes) == len(shots):
                return

    def courses(self) -> tuple[LaneCourse, ...]:
        for number, lane in enumerate(self._lanes):
            if self._made[number] is None:
                self._made[number] = lane.course()
        return tuple(course for course in self._made if course is not None)
