"""Pictures of the lab: the original, and what each lane makes of it at a moment. Pure, no Qt."""

from __future__ import annotations

import math

from engine.lab.settings import LabSettings
from engine.types import Pixels
from viewer.core import words
from viewer.lab.resolve.lanes import lane_items
from viewer.lab.resolve.moment import update_at
from viewer.model.facts.lab import LaneCourse
from viewer.model.scene.lab import LaneItem
from viewer.model.scene.picture import PaneScene

ORIGINAL = "original"
MOST = 8
"""Lanes whose pictures are shown."""


def shown_lanes(courses: tuple[LaneCourse, ...]) -> tuple[LaneCourse, ...]:
    """Lanes whose pictures are shown: those of the first seed."""
    first = courses[0].facts.seed if courses else 0
    return tuple(course for course in courses if course.facts.seed == first)[:MOST]


def lane_panes(
    settings: LabSettings,
    courses: tuple[LaneCourse, ...],
    original: Pixels | None,
    name: str,
    at: float | None,
) -> tuple[PaneScene, ...]:
    """The original first, then lane by lane."""
    items = {item.number: item for item in lane_items(courses)}
    first = PaneScene(ORIGINAL, "Original", name, original, "" if original is not None else "…")
    return (first, *(_pane(items[c.facts.lane], c, settings.fair, at) for c in shown_lanes(courses)))


def planned_panes(items: tuple[LaneItem, ...], original: Pixels | None, name: str) -> tuple[PaneScene, ...]:
    """Before a run is made."""
    first = PaneScene(ORIGINAL, "Original", name, original, "" if original is not None else "…")
    return (first, *(_empty(item, "Play lets it learn") for item in items))


def _empty(item: LaneItem, message: str) -> PaneScene:
    key = f"lane/{item.number}"
    return PaneScene(key, item.label, "", None, message, colour=item.colour, style=item.style)


def _pane(item: LaneItem, course: LaneCourse, fair: str, at: float | None) -> PaneScene:
    shot = course.shots[-1] if at is None and course.shots else course.shot_at(update_at(course, fair, at))
    if shot is None:
        return _empty(item, "nothing learned yet")
    parts = [f"update {words.count(shot.update)}"]
    if math.isfinite(course.ms):
        parts.append(f"{course.ms:.1f} ms")
    if math.isfinite(course.megabytes):
        parts.append(megabytes(course.megabytes))
    parts.append(words.db(shot.psnr_db))  # last, so that it stays where there is little room
    return PaneScene(
        f"lane/{item.number}",
        item.label,
        " · ".join(parts),
        shot.pixels,
        colour=item.colour,
        style=item.style,
    )


def megabytes(value: float) -> str:
    """Memory, with the digits that tell something."""
    return f"{value:.1f} MB" if value < 100 else f"{value:.0f} MB"
