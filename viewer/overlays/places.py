"""Where a picture shows an artefact most: places to go to, one after the other. No Qt, pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.artefacts.measures import FACTS, Artefact
from engine.artefacts.planes import Map
from engine.types import PATCH, Pixels, patch_grid
from viewer.core import words
from viewer.model.facts.artefacts import measured_at, original_pixels
from viewer.model.facts.facts import Facts
from viewer.model.session.playback import shown_step
from viewer.model.session.state import Session
from viewer.overlays.resolve.artefacts import figure

REACH = 2
"""A place is a patch with those up to so many rows and columns around it."""
MOST_PLACES = 8
MASKED = (Artefact.BLOCK_EDGES, Artefact.RINGING)
"""Artefacts that texture hides."""
_MASKING = 2.0
"""Levels per pixel of the quietest quarter of a patch at which half of an artefact is hidden."""
SIDE = 8 * (2 * REACH + 1)
"""Pixels across a place."""

Place = tuple[int, int]
"""Row and column of the patch in the middle."""


def places(values: Map, faint: float, visible: NDArray[np.float32] | None = None) -> tuple[Place, ...]:
    """Where a map is highest over a whole place, the worst first, none within another; at most
    `MOST_PLACES`, and none where the artefact is no more than `faint` on the mean of its patches.

    values: float32 (patch rows, patch columns); NaN and what is below 0 count as none. visible: how well it
    can be seen on each patch, 0 to 1, see `visibility`. The middle of a place is its worst patch.
    """
    none = np.float32(0)
    severity = np.maximum(np.nan_to_num(values, nan=0.0), none)
    plain = _sums(severity)
    counted = np.maximum(_sums((~np.isnan(values)).astype(np.float32)), 1)
    if visible is not None:
        severity = severity * visible
    around = np.where(plain > faint * counted, _sums(severity), none)
    columns = severity.shape[1]
    found: list[Place] = []
    while len(found) < MOST_PLACES:
        row, column = divmod(int(np.argmax(around)), columns)
        if around[row, column] <= 0:
            break
        top, left = max(0, row - REACH), max(0, column - REACH)
        part = severity[top : row + REACH + 1, left : column + REACH + 1]
        worst = divmod(int(np.argmax(part)), part.shape[1])
        found.append((top + worst[0], left + worst[1]))
        far = 2 * REACH + 1
        around[max(0, row - far) : row + far + 1, max(0, column - far) : column + far + 1] = 0
    return tuple(found)


def visibility(pixels: Pixels) -> NDArray[np.float32]:
    """How well a jump or a ripple can be seen on each patch, float32 (patch rows, patch columns), 0 to 1.

    What lies on texture is masked by it: the quarter of a patch's pixels with the least luma gradients tells
    how quiet it is where it is quietest. Patches that reach beyond the picture count as seen.
    """
    height, width = pixels.shape[0] // PATCH, pixels.shape[1] // PATCH
    luma = pixels @ np.array((0.299, 0.587, 0.114), np.float32)
    inner = luma[: height * PATCH, : width * PATCH].reshape(height, PATCH, width, PATCH).swapaxes(1, 2)
    across = np.abs(np.diff(inner, axis=3)).reshape(height, width, -1)
    down = np.abs(np.diff(inner, axis=2)).reshape(height, width, -1)
    quiet = np.percentile(np.concatenate([across, down], axis=2), 25, axis=2) if height and width else 0
    found = np.ones(patch_grid(*pixels.shape[:2]), np.float32)
    found[:height, :width] = 1 / (1 + np.square(quiet / _MASKING))
    return found


def _sums(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sums over places, nothing outside."""
    for axis in (0, 1):
        width = [(0, 0), (0, 0)]
        width[axis] = (REACH + 1, REACH)
        running = np.cumsum(np.pad(values, width), axis=axis, dtype=np.float64)
        ahead, behind = [slice(None)] * 2, [slice(None)] * 2
        ahead[axis], behind[axis] = slice(2 * REACH + 1, None), slice(None, -(2 * REACH + 1))
        values = (running[tuple(ahead)] - running[tuple(behind)]).astype(np.float32)
    return values


def places_of(session: Session, facts: Facts, artefact: Artefact) -> tuple[Place, ...] | str:
    """Places of what was received, or why there are none."""
    run, about = facts.run, FACTS[artefact]
    name = words.capital(artefact.value)
    if run is None:
        return "Nothing is decoded yet"
    if about.needs_original and original_pixels(run) is None:
        return f"{name} can't be measured: a received file has no original"
    found = measured_at(facts.measured, run, 0)
    if found is None:
        return facts.measured_note or f"{name}: still being measured, try again in a moment"
    masked = visibility(run.pixels(0)) if artefact in MASKED else None
    return places(found.maps[artefact], about.faint, masked) or f"Hardly any {artefact.value} in this picture"


def next_place(session: Session, found: tuple[Place, ...]) -> int:
    """Index of the place after the one whose patch is pinned; else the first."""
    return (found.index(session.pinned) + 1) % len(found) if session.pinned in found else 0


def place_words(
    session: Session, facts: Facts, artefact: Artefact, number: int, count: int, at: Place
) -> str:
    """What there is to say of a place: how much of the artefact its patch has, and has at the shown step."""
    run = facts.run
    assert run is not None
    step = shown_step(session, run.ready, run.first)
    values = []
    for position in dict.fromkeys((0, step)):
        found = measured_at(facts.measured, run, position)
        value = float(found.maps[artefact][at]) if found is not None else np.nan
        if not np.isnan(value):
            values.append(figure(artefact, max(0.0, value)))
    text = f"{words.capital(artefact.value)} {number + 1} of {count}: {' → '.join(values)}"
    return f"{text} at {words.position_title(run.refinement, step)}" if len(values) > 1 else text
