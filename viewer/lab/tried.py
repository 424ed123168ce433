"""Lanes of a run as rows of the table of runs tried. Pure, no Qt."""

from __future__ import annotations

import math

import numpy as np

from engine.lab.settings import LabSettings
from viewer.model.facts.lab import VALUE, LaneCourse, Tried

_NETWORK = ("cell", "units", "steps")


def tried_of(
    run: int, settings: LabSettings, unit: str, courses: tuple[LaneCourse, ...]
) -> tuple[Tried, ...]:
    """A row for each lane that has learned."""
    options = ", ".join(
        [f"{key} {value}" for key, value in settings.options.items()]
        + [f"{key} {getattr(settings.network, key)}" for key in _NETWORK]
    )
    return tuple(
        Tried(
            run, settings.title, settings.task, options, course.facts.title, course.facts.learner,
            course.facts.seed, course.update, course.seconds, course.ms, course.megabytes, unit,
            result(course), course.ended,
        )
        for course in courses
        if course.update
    )  # fmt: skip


def result(course: LaneCourse) -> float:
    """The newest value that is a number; nan where there is none."""
    values = course.table[:, VALUE]
    known = values[np.isfinite(values)]
    return float(known[-1]) if len(known) else math.nan
