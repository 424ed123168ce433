"""Results of other programs for what is open: from files, or sent by scripts."""

from __future__ import annotations

from dataclasses import dataclass

from engine.types import Pixels, Scores


@dataclass(frozen=True, eq=False)
class Guest:
    """One of them. scores: against the original, None until they are measured."""

    name: str
    pixels: Pixels
    scores: Scores | None = None
