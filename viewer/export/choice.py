"""What can be chosen of an animation, as frozen records. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

SCALES = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Sizes of an animation's pictures by those of the whole picture."""
Region = tuple[int, int, int, int]
"""Left, top, width and height in pixels of the picture."""


class AnimationKind(Enum):
    """What an animation goes through."""

    STEPS = "steps"
    SCAN = "scan"


@dataclass(frozen=True)
class AnimationChoice:
    """seconds: of each frame. beside: the received picture stands beside the refined one. region: only this
    part, None for all. stride: patches from frame to frame of a scan."""

    suffix: str = ".gif"
    kind: AnimationKind = AnimationKind.STEPS
    beside: bool = False
    region: Region | None = None
    scale: float = 1.0
    seconds: float = 1.0
    stride: int = 1


@dataclass(frozen=True)
class Outline:
    """What will come of a choice: number of frames, their size in pixels, seconds altogether; why it can't
    be had, "" when it can."""

    frames: int
    width: int
    height: int
    seconds: float
    why_not: str = ""
