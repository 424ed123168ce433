"""What can be chosen: enumerations and limits."""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType

from engine.choices import MOST_STEPS
from engine.choices import MOST_STRENGTH as _MOST_STRENGTH


class Page(Enum):
    """What fills the window. The values stand in session and lesson files."""

    PICTURES = "decoder"
    COMPARE = "compare"
    CODECS = "codecs"
    REPAIR = "repair"
    LAB = "lab"
    BENCH = "bench"


class Overlay(Enum):
    """One at a time, drawn over every pane."""

    NONE = "none"
    GRID = "patch grid"
    BITS = "bits per patch"
    GAIN = "PSNR gain per patch"
    BLOCK_EDGES = "block edges"
    DEFORMED_EDGES = "deformed edges"
    RINGING = "ringing"
    FLATTENED_TEXTURE = "flattened texture"
    STAIRCASING = "staircasing"
    FLIP = "FLIP"
    SETTLED = "step at which a patch settled"
    MISSING = "missing patches"
    WINNER = "best decoder per patch"


class Mode(Enum):
    """How the panes are laid out."""

    SIDE = "side by side"
    WIPE = "wipe"
    BLINK = "blink"
    DIFFERENCE = "difference"


PANES = ("original", "standard", "estimate")
"""Keys of the panes, in the order in which a stream comes about."""
MAX_STEPS = MOST_STEPS
AS_TRAINED = MappingProxyType({0: "as trained"})
"""What 0 steps stand for."""
AS_MEASURED, MOST_STRENGTH = 100, round(100 * _MOST_STRENGTH)
"""Strengths of a repair in percent: the one that is measured, and the most."""
LEAST_TARGET, MOST_TARGET = 0.001, 48.0
"""Bits per pixel that can be aimed at."""
MAX_STAGES = 255
"""More than any progressive stream has: its first lies there or above."""
MIN_SPEED, MAX_SPEED = 0.25, 8.0
GAINS = (1, 2, 4, 8, 16, 32, 64)
"""Factors by which a difference may be magnified."""
TEXT_SCALES = (100, 125, 150, 200)
"""Sizes of text, percent."""
THEMES = ("", "dark", "light")
"""Themes; "" follows the desktop."""


SLOTS = 8
"""Views that can be saved."""
BLINK_RATES = (0.5, 1.0, 2.0, 3.0, 5.0)
"""Picture changes per second. The fastest is 2.5 flashes: more than 3 are a danger to people with
photosensitive epilepsy (WCAG 2.2, success criterion 2.3.1)."""


class Scale(Enum):
    """How a difference's size becomes a colour."""

    FIXED = "fixed gain"
    ADAPTIVE = "adaptive"
    ROOT = "square root"
