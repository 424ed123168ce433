"""How pictures are looked at: the comparing part of the window's state, as frozen records. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viewer.model.session.saved import SavedState

SLOTS = 8
"""Views that can be saved."""
BLINK_RATES = (0.5, 1.0, 2.0, 3.0, 5.0)
"""Changes of the picture per second. The fastest is 2.5 flashes: more than 3 are a danger to people with
photosensitive epilepsy (WCAG 2.2, success criterion 2.3.1)."""


class Scale(Enum):
    """How a difference's size becomes a colour."""

    FIXED = "fixed gain"
    ADAPTIVE = "adaptive"
    ROOT = "square root"


@dataclass(frozen=True)
class Looking:
    """luma: differences of luma only. scale: of differences; the gain of a fixed one is the session's.
    blink_rate: changes per second; second: blinking shows the second picture of the pair. zoom_box: the
    magnifier follows the cursor. minimap: the whole picture stands in a corner while zoomed. pixels: a grid
    between large pixels, and their values in them. slots: the saved views.
    """

    luma: bool = False
    scale: Scale = Scale.FIXED
    blink_rate: float = 2.0
    second: bool = False
    zoom_box: bool = False
    minimap: bool = True
    pixels: bool = True
    slots: tuple[SavedState | None, ...] = (None,) * SLOTS
