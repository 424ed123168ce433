"""Lessons and where one stands in them, as frozen records. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

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


@dataclass(frozen=True)
class Question:
    """What is asked before a run is shown. answer: number of the right choice, from 0. outcome: what happens,
    and why, told beside the run."""

    question: str
    choices: tuple[str, ...]
    answer: int
    outcome: str


@dataclass(frozen=True, eq=False)
class Lesson:
    """One lesson. text: its paragraphs. figure: one of `FIGURES`.

    state: what it sets, as `saved_json` reads it; what it leaves out stays as the user has it.
    preset: a preset of the compare view to open, "" for none. zoom: screen pixels per image pixel, of the
    patch that it speaks of; 0 leaves where one looks.
    lab: a preset of the lab to open, "" for none.
    question: to be answered before the run is shown. takeaway: the lesson in a line; notes: for the speaker.
    """

    title: str
    text: tuple[str, ...]
    figure: str = NONE
    state: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    preset: str = ""
    zoom: float = 0.0
    lab: str = ""
    question: Question | None = None
    takeaway: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Course:
    """Lessons of one file in their order, at least one. path: None for the bundled ones."""

    title: str
    lessons: tuple[Lesson, ...]
    path: Path | None = None
