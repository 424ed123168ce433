"""The choice of what lies over pictures, and how much it covers, as the bars have it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QComboBox

from viewer.model.session.choices import Overlay
from viewer.overlays.titles import OVERLAY_TIPS, overlay_title
from viewer.ui.controls import choose_data, show_if
from viewer.ui.labelled_slider import LabelledSlider
from viewer.ui.toolbar_parts import choice_box


def overlay_box(overlays: Iterable[Overlay]) -> QComboBox:
    """A box to choose one of `overlays` from."""
    entries = [(overlay_title(overlay), OVERLAY_TIPS[overlay], overlay) for overlay in overlays]
    box = choice_box("Overlay", entries)
    box.setToolTip("What lies over all pictures, patch by patch")
    return box


def opacity_slider(wide: int) -> LabelledSlider:
    """How much an overlay covers, in per cent. wide: of the slider itself, in pixels."""
    opacity = LabelledSlider("Opacity", 0, 100, lambda value: f"{value} %")
    opacity.slider().setFixedWidth(wide)
    opacity.setToolTip("How much the overlay covers")
    return opacity


def show_overlay(box: QComboBox, overlay: Overlay) -> None:
    """Show what is chosen, and what it is, without telling anyone."""
    choose_data(box, overlay)
    box.setToolTip(OVERLAY_TIPS[overlay])


def show_opacity(slider: LabelledSlider, overlay: Overlay, opacity: float) -> None:
    """Show how much `overlay` covers, 0 to 1; nothing where it covers nothing."""
    percent = round(100 * opacity)
    if slider.value() != percent and not slider.slider().isSliderDown():
        slider.set_value(percent)
    show_if(slider, overlay not in (Overlay.NONE, Overlay.GRID))
