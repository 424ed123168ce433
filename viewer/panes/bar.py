"""The line right above the pictures: how they are compared, what lies over them. States intents only."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QPushButton, QWidget

from viewer.model.session.choices import BLINK_RATES, GAINS, Mode, Overlay, Scale
from viewer.model.session.compare_presets import can_compare
from viewer.model.session.pages import panes_available
from viewer.model.session.panes import ERRORS
from viewer.model.session.state import Session
from viewer.overlays.choice import opacity_slider, overlay_box, show_opacity, show_overlay
from viewer.panes.menu import PaneButton
from viewer.panes.names import pair_names
from viewer.panes.slot_bar import SlotBar
from viewer.ui.controls import IconButton, SegmentedButtons, choose_data, show_if
from viewer.ui.flow_layout import FlowPanel
from viewer.ui.theme import scaled
from viewer.ui.toolbar_parts import (
    TakingTurns,
    choice_box,
    fill_pair,
    group,
    keep_place,
    pair_boxes,
    tell_choice,
    zoom_buttons,
)

_MODES = (
    (Mode.SIDE, "Side by side", "All pictures beside each other"),
    (Mode.WIPE, "Wipe", "Two pictures in one place with a divider to drag  (W)"),
    (Mode.BLINK, "Blink", "Two pictures take turns in one place: what differs moves  (B, by hand V)"),
    (Mode.DIFFERENCE, "Difference", "Errors against the original, and what the decoder changed  (D)"),
)
_SCALES = (
    (Scale.ADAPTIVE, "adaptive", "Full colour where all but a thousandth of the differences end"),
    (
        Scale.ROOT,
        "square root",
        "The square root of the magnitude: small differences are seen, large ones not clipped",
    ),
)

_ROOMY = 620
"""Logical pixels from which on the bar has room for the slots."""


class ViewBar(FlowPanel):
    """Draws the view's part of a session; signals state what the user wants."""

    mode_chosen = Signal(object)
    overlay_chosen = Signal(object)
    opacity_chosen = Signal(float)
    gain_chosen = Signal(int)
    scale_chosen = Signal(object)
    absolute_chosen = Signal(bool)
    luma_chosen = Signal(bool)
    first_chosen = Signal(str)
    second_chosen = Signal(str)
    rate_chosen = Signal(float)
    running_toggled = Signal()
    fit_requested = Signal()
    full_zoom_requested = Signal()
    compare_requested = Signal()
    rates_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mode = SegmentedButtons([(mode.value, text, tip) for mode, text, tip in _MODES])
        self.compare = QPushButton("Compare decoders")
        self.rates = QPushButton("All codecs")
        self.panes = PaneButton()
        first, second = names = ("First picture", "Second picture")
        what = "of the wipe and of blinking  (S exchanges the two)"
        self.first, self.second = pair_boxes(names, (f"{first} {what}", f"{second} {what}"))
        self.rate = choice_box(
            "Rate of blinking",
            [(f"{rate:g} /s", "", rate) for rate in BLINK_RATES],
            "Picture changes per second",
        )
        self.running = IconButton("pause", "Pause blinking", "Pause or resume  (Shift+V)")
        self.gain = choice_box(
            "Scale of differences",
            [
                *((f"×{gain}", "", gain) for gain in GAINS),
                *((text, tip, scale) for scale, text, tip in _SCALES),
            ],
            "Gain of the differences, so that small ones are seen  (Shift+Y)",
        )
        self.absolute, self.luma = QCheckBox("Absolute"), QCheckBox("Luma only")
        self.overlay = overlay_box(each for each in Overlay if each is not Overlay.WINNER)
        self.opacity = opacity_slider(96)
        self.slots = SlotBar()
        self.full, self.fit = zoom_buttons()
        self._pairs: tuple[tuple[str, str], ...] = ()
        self._set_up()
        self._connect()
        self._lay_out()

    def _lay_out(self) -> None:
        flow = self.flow
        self._blink = keep_place(group(self.rate, self.running))
        self._pair = group(self.first, self.second, self._blink)
        self._difference = group(self.gain, self.absolute, self.luma)
        self._of_mode = TakingTurns(self._pair, self._difference)
        keep_place(self.opacity)
        flow.addWidget(group(self.mode))
        flow.addWidget(group(self.panes))
        self._pages = group(self.compare, self.rates)
        flow.addWidget(self._pages)
        flow.addWidget(group(self.overlay, self.opacity))
        flow.addWidget(self._of_mode)
        flow.add_right(group(self.slots, self.full, self.fit))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Where more rows would be needed the pictures get their room; what goes has a menu of its own."""
        roomy = event.size().width() >= scaled(_ROOMY)
        for part in (self.slots, self._pages):
            show_if(part, roomy)
        self._of_mode.keep(roomy)
        super().resizeEvent(event)

    def _set_up(self) -> None:
        self.rates.setToolTip("Rate–distortion curves of all codecs, and their pictures at equal rate  (E)")
        self.absolute.setToolTip("Magnitude on black; otherwise with its sign, in two hues  (A)")
        self.luma.setToolTip("Differences of luma, Y, instead of red, green and blue  (Y)")

    def _connect(self) -> None:
        self.compare.clicked.connect(self.compare_requested)
        self.rates.clicked.connect(self.rates_requested)
        self.mode.chosen.connect(lambda key: self.mode_chosen.emit(Mode(key)))
        tell_choice(self.gain, self._choose_gain)
        self.absolute.clicked.connect(self.absolute_chosen)
        self.luma.clicked.connect(self.luma_chosen)
        tell_choice(self.first, self.first_chosen.emit)
        tell_choice(self.second, self.second_chosen.emit)
        tell_choice(self.rate, self.rate_chosen.emit)
        self.running.clicked.connect(lambda _: self.running_toggled.emit())
        tell_choice(self.overlay, self.overlay_chosen.emit)
        self.opacity.value_changed.connect(lambda percent: self.opacity_chosen.emit(percent / 100))
        self.fit.clicked.connect(self.fit_requested)
        self.full.chosen.connect(lambda _: self.full_zoom_requested.emit())

    def _choose_gain(self, value: int | Scale) -> None:
        if isinstance(value, int):
            self.gain_chosen.emit(value)
        else:
            self.scale_chosen.emit(value)

    # ---- showing --------------------------------------------------------------------------------

    def show_state(self, session: Session) -> None:
        """Show a session without telling anyone."""
        self.mode.set_current(session.mode.value)
        self._show_compare(session)
        keys = panes_available(session)
        self.panes.show_count(len(keys))
        differing = session.mode is Mode.DIFFERENCE or (
            session.mode is Mode.SIDE and any(key in ERRORS for key in keys)
        )
        self._show_pair(session, differing)
        fixed = session.looking.scale is Scale.FIXED
        choose_data(self.gain, session.gain if fixed else session.looking.scale)
        show_overlay(self.overlay, session.overlay)
        self.absolute.setChecked(session.absolute)
        self.luma.setChecked(session.looking.luma)
        show_opacity(self.opacity, session.overlay, session.opacity)
        self.slots.show_slots(session.looking.slots, session.models)

    def _show_compare(self, session: Session) -> None:
        possible = can_compare(session.fitting)
        self.compare.setEnabled(possible)
        tip = "Two to six of them side by side, at the same step  (C)"
        why = f"Not now: there are not two decoders for {session.codec_facts.title} streams"
        self.compare.setToolTip(tip if possible else f"{tip}\n{why}")

    def _show_pair(self, session: Session, differing: bool) -> None:
        paired = session.mode in (Mode.WIPE, Mode.BLINK)
        self._of_mode.show_one(self._pair if paired else self._difference if differing else None)
        show_if(self._blink, session.mode is Mode.BLINK)
        pairs = pair_names(session)
        if pairs != self._pairs:
            self._pairs = pairs
            fill_pair((self.first, self.second), pairs)
        for box, key in zip((self.first, self.second), session.wipe, strict=True):
            choose_data(box, key)
        choose_data(self.rate, session.looking.blink_rate)
        if session.blinking:
            self.running.set_icon("pause", "Pause blinking", "Pause  (Shift+V)")
        else:
            self.running.set_icon("play", "Resume blinking", "Resume  (Shift+V)")
