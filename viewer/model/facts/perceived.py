"""What viewers' models say of the pictures: SSIMULACRA2 and FLIP, by position. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.types import Pixels
from viewer.model.facts.artefacts import original_pixels

if TYPE_CHECKING:
    from viewer.model.facts.run import Run

MOST_PIXELS = 1 << 22
"""Pictures with more aren't measured: a picture would take seconds and hundreds of megabytes."""


@dataclass(frozen=True, eq=False)
class Perceived:
    """One picture against its original. ssimulacra2: 100 at most; flip: 0 to 1; None where they can't be had.
    flips: FLIP's mean in each patch, float32 (patch rows, patch columns). notes: why something is missing."""

    pixels: Pixels
    original: Pixels
    ssimulacra2: float | None = None
    flip: float | None = None
    flips: NDArray[np.float32] | None = None
    notes: tuple[str, ...] = ()


def perceived_at(known: Mapping[int, Perceived], run: Run, position: int) -> Perceived | None:
    """The measurement of the picture at a position, if it is that picture's."""
    found = known.get(position)
    if found is None or not run.first <= position <= run.ready or found.pixels is not run.pixels(position):
        return None
    return found if found.original is original_pixels(run) else None


def unmeasured(run: Run) -> str:
    """Why the run's pictures aren't measured; "" where they are."""
    if original_pixels(run) is None:
        return "a received file has no original"
    coded = run.refinement.coded
    return "measured up to 4 megapixels" if coded.width * coded.height > MOST_PIXELS else ""
