"""How pictures are looked at: the comparing part of the window's state, as frozen records. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from viewer.model.reading import read_by_field
from viewer.model.session.choices import BLINK_RATES, SLOTS, Scale
from viewer.model.session.saved import SavedState
from viewer.model.session.setting import Kept, one_of, setting


@read_by_field
@dataclass(frozen=True)
class Looking:
    """luma: differences of luma only. scale: of differences; the gain of a fixed one is the session's.
    blink_rate: changes per second; second: blinking shows the second picture of the pair. zoom_box: the
    magnifier follows the cursor. minimap: the whole picture stands in a corner while zoomed. pixels: a grid
    between large pixels, and their values in them. slots: the saved views.
    """

    luma: bool = setting(False, "luma only", Kept.ALWAYS)
    scale: Scale = setting(Scale.FIXED, "scale of differences", Kept.ALWAYS)
    blink_rate: float = setting(2.0, "blink rate", Kept.ALWAYS, limits=one_of(*BLINK_RATES))
    zoom_box: bool = setting(False, "zoom box", Kept.FILES)
    minimap: bool = setting(True, "minimap", Kept.ALWAYS)
    pixels: bool = setting(True, "values in pixels", Kept.ALWAYS)
    second: bool = False
    slots: tuple[SavedState | None, ...] = (None,) * SLOTS
