"""What is known of a run of the lab: what its lanes measured, and how pictures looked on the way. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.lab.events import Angles, Course, Credit, LaneFacts
from engine.lab.settings import LabSettings
from engine.types import Picture, Pixels, frozen
from viewer.model.reading import read_by_field

Floats = NDArray[np.float64]
UPDATE, PATCHES, SECONDS, LOSS, VALUE, COSINE = range(6)
"""Columns of `LaneCourse.table`."""
_NONE: Floats = frozen(np.empty((0, 6)))


class LabState(Enum):
    """What the run does. NONE: there is none. STARTING: it is being made. PAUSED: it waits, also before its
    first update. DONE: every lane has ended."""

    NONE = auto()
    STARTING = auto()
    PLAYING = auto()
    PAUSED = auto()
    DONE = auto()


@dataclass(frozen=True, eq=False)
class Shot:
    """A picture as a lane decoded it at an update."""

    update: int
    pixels: Pixels
    psnr_db: float


@dataclass(frozen=True, eq=False)
class LaneCourse:
    """A lane so far. table: float64 (points, 6), see `UPDATE` and what follows it. shots: oldest first; of a
    long run they are thinned out. ended: why it learns no more, "". growth: patches of a row and megabytes
    that the learner needs for it, float64 (2, lengths), None while that was not measured."""

    facts: LaneFacts
    table: Floats = field(default_factory=lambda: _NONE)
    shots: tuple[Shot, ...] = ()
    megabytes: float = math.nan
    ended: str = ""
    growth: Floats | None = None

    @property
    def update(self) -> int:
        """Of the newest point."""
        return int(self.table[-1, UPDATE]) if len(self.table) else 0

    @property
    def seconds(self) -> float:
        return float(self.table[-1, SECONDS]) if len(self.table) else 0.0

    @property
    def ms(self) -> float:
        """CPU milliseconds an update, mean."""
        return 1000 * self.seconds / self.update if self.update else math.nan

    def shot_at(self, update: int) -> Shot | None:
        """The picture of the newest moment that is not after `update`, else the first there is."""
        earlier = [shot for shot in self.shots if shot.update <= update]
        return earlier[-1] if earlier else self.shots[0] if self.shots else None

    def point_at(self, update: int) -> int:
        """Row of the newest point that is not after `update`; −1 where there is none."""
        return int(np.searchsorted(self.table[:, UPDATE], update, side="right")) - 1


@dataclass(frozen=True)
class Tried:
    """A lane of a run that was tried, for the table. result: in `unit`, the best and the last."""

    run: int
    title: str
    task: str
    options: str
    lane: str
    learner: str
    seed: int
    updates: int
    seconds: float
    ms: float
    megabytes: float
    unit: str
    result: float
    ended: str


@dataclass(frozen=True, eq=False)
class CreditFacts:
    """Where credit goes, as the run has said when it was last asked. asked: lane, update, and row and column
    of a patch of the picture (−1: of a batch), None before that. waiting: answers are still to come."""

    asked: tuple[int, int, int, int] | None = None
    credit: Credit | None = None
    angles: Angles | None = None
    course: Course | None = None

    @property
    def waiting(self) -> bool:
        return self.asked is not None and self.course is None

    def told(self, answer: Credit | Angles | Course) -> CreditFacts:
        """With an answer that has come."""
        match answer:
            case Credit():
                return replace(self, credit=answer)
            case Angles():
                return replace(self, angles=answer)
            case Course():
                return replace(self, course=answer)


@read_by_field
@dataclass(frozen=True, eq=False)
class LabFacts:
    """The run there is. settings: its own; learn: the open picture, where it learns from that. original: what
    lanes decode. tried: lanes of all runs, this one's included, oldest first.
    fault: why it stopped, in a line, "" where it did not. more: facts of further views, by their keys."""

    state: LabState = LabState.NONE
    settings: LabSettings | None = None
    learn: Picture | None = None
    unit: str = "dB"
    courses: tuple[LaneCourse, ...] = ()
    original: Pixels | None = None
    tried: tuple[Tried, ...] = ()
    fault: str = ""
    weighing: bool = False
    credit: CreditFacts = field(default_factory=CreditFacts)
    more: dict[str, Any] = field(default_factory=dict)
