"""What has been computed for the lessons so far. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.types import Pixels

if TYPE_CHECKING:
    from viewer.lessons.jobs import Limits
    from viewer.model.facts.facts import Run


@dataclass(frozen=True, eq=False)
class LessonFacts:
    """source: the pixels that `patch` and `limits` are of. patch: one worth looking at, where none is pinned.

    limits_note: why the measurements are not there. changes: root mean squared difference of each step of
    `changed` to the one before, in levels of RGB.
    """

    source: Pixels | None = None
    patch: tuple[int, int] | None = None
    limits: Limits | None = None
    limits_note: str = ""
    changed: Run | None = None
    changes: tuple[float, ...] = ()
