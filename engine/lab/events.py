"""What a run of the lab says of itself: frozen records, in the order in which things happen.

Lanes are numbered from 0; a lane that was forked gets the next number. Arrays are read-only NumPy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.types import Pixels


@dataclass(frozen=True)
class LaneFacts:
    """lane: its number. text: as `settings.lane` reads it; title: as people write it. seed: of data, order
    and first weights. weights: numbers that are learned. parent, fork: the lane it was forked from and the
    update at which, −1 for none."""

    lane: int
    text: str
    title: str
    learner: str
    window: int
    seed: int
    weights: int
    parent: int = -1
    fork: int = -1


@dataclass(frozen=True)
class Started:
    """Lanes are there and nothing was learned yet. unit: of values measured, "dB" or "error"."""

    lanes: tuple[LaneFacts, ...]
    unit: str
    pictures: int


@dataclass(frozen=True)
class Point:
    """A lane measured. patches: seen by its updates so far. cpu_seconds: CPU time of its gradients and
    updates alone; data, measuring and painting are not in it. loss: mean since the last point. value: in the
    run's unit. cosine: of its gradient to the exact one, nan where not measured."""

    lane: int
    update: int
    patches: int
    cpu_seconds: float
    loss: float
    value: float
    cosine: float = math.nan


@dataclass(frozen=True)
class Cost:
    """ms: CPU milliseconds an update, mean so far. megabytes: 10^6 bytes a batch of rows needs at most,
    nan where that was not measured."""

    lane: int
    ms: float
    megabytes: float


@dataclass(frozen=True, eq=False)
class Painted:
    """A picture as a lane decodes it at an update: uint8 (height, width, 3). picture: its number."""

    lane: int
    update: int
    picture: int
    pixels: Pixels
    psnr_db: float


@dataclass(frozen=True)
class Marked:
    """A moment that can be gone back to, kept by the run until it thins them out."""

    lane: int
    update: int
    cpu_seconds: float


@dataclass(frozen=True)
class Moved:
    """A lane stands at another update now; what it measured later is no longer so."""

    lane: int
    update: int


@dataclass(frozen=True)
class Kept:
    """A lane's weights of an update were written. file: the card; what makes it a decoder lies beside it."""

    lane: int
    update: int
    file: str


@dataclass(frozen=True)
class LaneEnded:
    """Why a lane learns no more: "updates", "seconds", "target" or "diverged"."""

    lane: int
    update: int
    why: str


@dataclass(frozen=True)
class Ended:
    """The run stops: "done" (every lane ended), or "paused" when it was asked to."""

    why: str


@dataclass(frozen=True)
class Failed:
    """One line on what went wrong, for people."""

    message: str


Event = Started | Point | Cost | Painted | Marked | Moved | Kept | LaneEnded | Ended | Failed
EVENTS: tuple[type[Event], ...] = (
    Started, Point, Cost, Painted, Marked, Moved, Kept, LaneEnded, Ended, Failed
)  # fmt: skip
