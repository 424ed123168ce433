"""Where a picture shows an artefact most: places to go to, one after the other. No Qt, pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.artefacts.measures import FACTS, Artefact
from engine.artefacts.planes import Map
from viewer.core import words
from viewer.model.facts.artefacts import measured_at, original_pixels
from viewer.model.facts.facts import Facts
from viewer.model.session.playback import shown_step
from viewer.model.session.state import Session
from viewer.overlays.resolve.artefacts import figure

REACH = 2
"""A place is a patch with those up to so many rows and columns around it."""
MOST_PLACES = 8
SIDE = 8 * (2 * REACH + 1)
"""Pixels across a place."""

Place = tuple[int, int]
"""Row and column of the patch in the middle."""


def places(values: Map, faint: float) -> tuple[Place, ...]:
    """Where a map is highest over a whole place, the worst first, none within another; at most
    `MOST_PLACES`, and none where the artefact is no more than `faint` on the mean of its patches.

    values: float32 (patch rows, patch columns); NaN and what is below 0 count as none. The middle of a place
    is its worst patch.
    """
    none = np.float32(0)
    severity = np.maximum(np.nan_to_num(values, nan=0.0), none)
    around = _sums(severity)
    counted = np.maximum(_sums((~np.isnan(values)).astype(np.float32)), 1)
    columns = severity.shape[1]
    found: list[Place] = []
    while len(found) < MOST_PLACES:
        row, column = divmod(int(np.argmax(around)), columns)
        if around[row, column] <= faint * counted[row, column]:
            break
        top, left = max(0, row - REACH), max(0, column - REACH)
        part = severity[top : row + REACH + 1, left : column + REACH + 1]
        worst = divmod(int(np.argmax(part)), part.shape[1])
        found.append((top + worst[0], left + worst[1]))
        far = 2 * REACH + 1
        around[max(0, row - far) : row + far + 1, max(0, column - far) : column + far + 1] = 0
    return tuple(found)


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
    return places(found.maps[artefact], about.faint) or f"Hardly any {artefact.value} in this picture"


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
