"""Courses of lanes for tests, made up."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from engine.lab.events import LaneFacts
from engine.types import frozen
from viewer.model.facts.lab import LaneCourse, Shot
from viewer.model.session.lab import preset_settings

SETTINGS = replace(preset_settings("late-answer"), target=14.0)


def course(
    lane: int = 0, text: str = "bptt", seed: int = 1, speed: float = 0.1, count: int = 5, **changes: object
) -> LaneCourse:
    """A lane measured at updates 0, 10, 20, …, `speed` seconds apart, 10 dB and 1 dB more each time."""
    name, _, window = text.partition(":")
    title = {"bptt": "BPTT", "uoro": "UORO"}.get(name, f"Truncated BPTT ({window})")
    facts = LaneFacts(lane, text, title, name, int(window or 8), seed, 99)
    rows = [(10 * k, 320 * k, speed * k, 1.0, 10.0 + k, math.nan) for k in range(count)]
    shots = tuple(Shot(10 * k, frozen(np.full((8, 8, 3), k, np.uint8)), 9.0 + k) for k in range(0, count, 2))
    made = LaneCourse(facts, frozen(np.array(rows, float).reshape(-1, 6)), shots, 1.5)
    return replace(made, **changes)  # type: ignore[arg-type]
