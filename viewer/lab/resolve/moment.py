"""Which moment of the training is shown. Pure, no Qt.

A moment is a number in the unit in which lanes are given the same: updates, patches or CPU seconds. Lanes
that learn at other speeds stand at other updates at one moment.
"""

from __future__ import annotations

import numpy as np

from engine.lab.settings import LabSettings
from viewer.model.facts.lab import PATCHES, SECONDS, UPDATE, LaneCourse

COLUMNS = {"updates": UPDATE, "patches": PATCHES, "seconds": SECONDS}


def newest(courses: tuple[LaneCourse, ...], fair: str) -> float:
    """The end of what was trained; 0 before there is any."""
    column = COLUMNS[fair]
    return max((float(course.table[-1, column]) for course in courses if len(course.table)), default=0.0)


def row_at(course: LaneCourse, fair: str, at: float | None) -> int:
    """Row of a lane's newest point at a moment, −1 where it has none. at: None for the newest."""
    count = len(course.table)
    if at is None or not count:
        return count - 1
    return int(np.searchsorted(course.table[:, COLUMNS[fair]], at * (1 + 1e-9), side="right")) - 1


def update_at(course: LaneCourse, fair: str, at: float | None) -> int:
    """Where a lane stands at a moment; a forked one begins at its fork."""
    row = row_at(course, fair, at)
    return int(course.table[row, UPDATE]) if row >= 0 else max(0, course.facts.fork)


def moment_words(settings: LabSettings, at: float) -> str:
    """A moment as people write it."""
    if settings.fair == "seconds":
        return f"{at:.1f} CPU s"
    return f"{at:,.0f} {settings.fair}".replace(",", "\u2009")
