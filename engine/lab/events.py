"""What a run of the lab says of itself: frozen records, in the order in which things happen.

Lanes are numbered from 0; a lane that was forked gets the next number. Arrays are read-only NumPy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    """Lanes are there and nothing was learned yet. unit: of values measured, "dB" or "error". run: the number
    that whoever asked for it gave it."""

    lanes: tuple[LaneFacts, ...]
    unit: str
    pictures: int
    run: int = 0


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


@dataclass(frozen=True, eq=False)
class Original:
    """A picture that lanes are to decode, as it is: uint8 (height, width, 3). picture: its number."""

    picture: int
    pixels: Pixels


@dataclass(frozen=True, eq=False)
class Weighed:
    """What a lane's learner needs for rows of growing length. patches: int64, megabytes: float64, 10^6 bytes
    at most, of equal length."""

    lane: int
    patches: NDArray[np.int64]
    megabytes: NDArray[np.float64]


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


@dataclass(frozen=True, eq=False)
class Credit:
    """Where a lane's credit goes along a row of T steps, `steps` a patch, at an update (see
    `engine.lab.credit`).

    picture, row, column: the patch whose span was looked at; row −1: a batch. All arrays are read-only,
    float32 unless said.

    triangle: ‖∂L_t/∂h_s‖ at [t, s], (T, T), nan for s > t; kept: what of it the lane's learner lets through.
    losses: L_t, (T,). lag_share: share of the gradient (but the read-out's) that credit of t − s = ℓ makes,
    (T,), which sums to 1, entry 0 is the immediate one; lag_kept: what the lane's learner has of it.
    influence: ‖∂s_t/∂d_i‖ of patch i's drive, (T, patches), influence_kept: what SnAp-1 keeps;
    influence_last: its numbers at the end, (patches, state, gates · units); reach: int32 (units, units), [i,
    j] steps in which weights of unit j reach unit i, 0 never: SnAp-n keeps 1 to n. spectrum_real,
    spectrum_imag: eigenvalues of ∂s_t/∂s_{t−1}, (T, state). Empty for attentive networks.
    recalled: weight of every memory at every step, (T, memories); memory_credit: norm of the credit that step
    sent into it; memory_patch: int32 (memories,), the patch whose end it is, −1 the row's start. Empty for
    others.
    place_value: what is measured, by place in the span (dB or error); place_standard: of the standard decode,
    dB, or empty. seen, painted: int32 (T,), column in its row of the patch of the picture that each step sees
    and paints, −1 for none; empty for a batch.
    """

    lane: int
    update: int
    picture: int
    row: int
    column: int
    steps: int
    triangle: NDArray[np.float32]
    kept: NDArray[np.float32]
    losses: NDArray[np.float32]
    lag_share: NDArray[np.float32]
    lag_kept: NDArray[np.float32]
    influence: NDArray[np.float32]
    influence_kept: NDArray[np.float32]
    influence_last: NDArray[np.float32]
    reach: NDArray[np.int32]
    spectrum_real: NDArray[np.float32]
    spectrum_imag: NDArray[np.float32]
    recalled: NDArray[np.float32]
    memory_credit: NDArray[np.float32]
    memory_patch: NDArray[np.int32]
    place_value: NDArray[np.float32]
    place_standard: NDArray[np.float32]
    seen: NDArray[np.int32]
    painted: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Angles:
    """Draws of a stochastic learner against the exact gradient at an update. angles: degrees, (draws,);
    lengths: of the exact one's, (draws,); narrowed: mean angle of the mean of `counts` draws, (counts,)."""

    lane: int
    update: int
    learner: str
    counts: tuple[int, ...]
    angles: NDArray[np.float32]
    lengths: NDArray[np.float32]
    narrowed: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Course:
    """A lane's gradient against the exact one at some updates: see `engine.learners.observe`; float32, nan
    where there is none (the variance of what draws nothing is 0)."""

    lane: int
    updates: tuple[int, ...]
    cosine: NDArray[np.float32]
    variance: NDArray[np.float32]
    error: NDArray[np.float32]


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


Event = (
    Started
    | Point
    | Cost
    | Painted
    | Original
    | Weighed
    | Marked
    | Moved
    | Kept
    | Credit
    | Angles
    | Course
    | LaneEnded
    | Ended
    | Failed
)
EVENTS: tuple[type[Event], ...] = (
    Started, Point, Cost, Painted, Original, Weighed, Marked, Moved, Kept, Credit, Angles, Course, LaneEnded,
    Ended, Failed,
)  # fmt: skip
