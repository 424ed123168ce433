"""Lessons and where one stands in them, as frozen records. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from viewer.model.session.state import Session

NONE, TRANSFORM, LIMITS, CONTEXT, STEPS, LEARNERS = (
    "none", "transform", "limits", "context", "steps", "learners",
)  # fmt: skip
FIGURES: Mapping[str, str] = MappingProxyType(
    {
        NONE: "Text alone",
        TRANSFORM: "One patch through transform and quantisation",
        LIMITS: "What the DCT assumes of the picture, and what is measured",
        CONTEXT: "One decoder with four contexts, on the patch and on the picture",
        STEPS: "The patch and the picture, step by step",
        LEARNERS: "The compared decoders, on the patch and on the picture",
    }
)
"""Live figures, as lesson files name them, and what each one shows."""
ALL = 64
"""Coefficients of a block."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """One lesson. text: its paragraphs. figure: one of `FIGURES`.

    state: what it sets, as `saved_state_json` reads it; what it leaves out stays as the user has it.
    preset: a preset of the compare view to open, "" for none.
    """

    title: str
    text: tuple[str, ...]
    figure: str = NONE
    state: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    preset: str = ""


@dataclass(frozen=True, eq=False)
class Course:
    """Lessons of one file in their order, at least one. path: None for the bundled ones."""

    title: str
    lessons: tuple[Lesson, ...]
    path: Path | None = None


@dataclass(frozen=True, eq=False)
class Lessons:
    """Where one stands. seen: numbers of the lessons that were opened, from 0.

    before: the session as it was when the lessons were opened, to come back to. quality: of the transform
    figure where the stream can't be sent anew. used: coefficients that its decoder takes, in zigzag order.
    coefficient: (vertical, horizontal) frequency whose histogram is shown. rho: hundredths of the model's ρ,
    None for the picture's own. fault: what of the lesson can't be
    had here, in words.
    """

    on: bool = False
    course: Course | None = None
    at: int = 0
    seen: tuple[int, ...] = ()
    before: Session | None = None
    quality: int = 15
    used: int = ALL
    coefficient: tuple[int, int] = (0, 1)
    rho: int | None = None
    fault: str = ""

    @property
    def lesson(self) -> Lesson | None:
        """The open lesson, None while the panel is closed."""
        return self.course.lessons[self.at] if self.on and self.course is not None else None

    @property
    def figure(self) -> str:
        """Key of the live figure that is shown."""
        return self.lesson.figure if self.lesson is not None else NONE
