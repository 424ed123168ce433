"""How pictures are looked at: the comparing part of the window's state, as frozen records. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from viewer.model.session.choices import SLOTS, Scale

if TYPE_CHECKING:
    from viewer.model.session.saved import SavedState


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
