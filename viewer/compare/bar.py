"""The line above the compare view: which decoders, how they are laid out. States intents only."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QMenu, QPushButton, QSpinBox, QToolButton, QWidget

from engine.models.card import ModelCard
from viewer.core.words import codec_title
from viewer.model.session.choices import MAX_STEPS
from viewer.model.session.compare import MOST, OVERLAYS, ComparePage, Entry
from viewer.model.session.compare_presets import labels, presets
from viewer.model.session.state import Session
from viewer.overlays.choice import opacity_slider, overlay_box, show_opacity, show_overlay
from viewer.ui.controls import IconButton, SegmentedButtons, choose_data, inset, show_if
from viewer.ui.flow_layout import FlowPanel
from viewer.ui.toolbar_parts import (
    fill_menu,
    fill_pair,
    group,
    keep_place,
    muted,
    pair_boxes,
    tell_choice,
    zoom_buttons,
)

_PAGES = (
    (ComparePage.PICTURES, "Pictures", "All decoders' pictures at the same step"),
    (ComparePage.TABLE, "Table", "What each decoder is, what it cost and what it gains"),
    (ComparePage.TRAINING, "Training", "How loss and gain went while the networks learned"),
    (
        ComparePage.ROBUSTNESS,
        "Robustness",
        "Qualities, pictures, steps and encoders that they weren't trained for",
    ),
)


class CompareBar(FlowPanel):
    """Draws the compare view's part of a session; signals state what the user wants."""

    page_chosen = Signal(object)
    choose_requested = Signal()
    preset_chosen = Signal(object)
    steps_chosen = Signal(int)
    extra_toggled = Signal(str)
    overlay_chosen = Signal(object)
    opacity_chosen = Signal(float)
    first_chosen = Signal(int)
    second_chosen = Signal(int)
    fit_requested = Signal()
    full_zoom_requested = Signal()
    close_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = SegmentedButtons([(page.value, text, tip) for page, text, tip in _PAGES])
        self.choose = QPushButton("Decoders…")
        self.preset = QToolButton()
        self.steps = QSpinBox()
        self.original = QCheckBox("Original")
        self.standard = QCheckBox("JPEG")
        self.overlay, self.opacity = overlay_box(OVERLAYS), opacity_slider(80)
        tip = "The two that exchange places while X is held"
        self.first, self.second = pair_boxes(("First to flip", "Second to flip"), (tip, tip))
        self.full, self.fit = zoom_buttons()
        self.leave = IconButton("close", "Close the comparison", "Back to one decoder  (C)")
        self._models: tuple[ModelCard, ...] = ()
        self._entries: tuple[Entry, ...] = ()
        self._set_up()
        self._connect()
        self._lay_out()

    def _set_up(self) -> None:
        self.choose.setToolTip(f"Choose two to {MOST} decoders to compare  (Shift+C)")
        self.preset.setText("Presets")
        self.preset.setToolTip("Comparisons that belong together")
        self.preset.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.preset.setMenu(QMenu(self))
        self.steps.setRange(0, MAX_STEPS)
        self.steps.setSpecialValueText("as trained")
        self.steps.setAccessibleName("Steps of every decoder")
        self.steps.setToolTip(f"Steps K of every decoder, up to {MAX_STEPS}, also beyond those trained for")
        self.steps.setMinimumWidth(self.steps.fontMetrics().horizontalAdvance("as trained") + 36)
        inset(self.steps)
        self.original.setToolTip("Show the original beside the decoders")
        self.standard.setToolTip("Show what was received beside the decoders")

    def _connect(self) -> None:
        self.page.chosen.connect(lambda key: self.page_chosen.emit(ComparePage(key)))
        self.choose.clicked.connect(self.choose_requested)
        self.steps.valueChanged.connect(self.steps_chosen)
        self.original.clicked.connect(lambda _: self.extra_toggled.emit("original"))
        self.standard.clicked.connect(lambda _: self.extra_toggled.emit("standard"))
        tell_choice(self.overlay, self.overlay_chosen.emit)
        self.opacity.value_changed.connect(lambda percent: self.opacity_chosen.emit(percent / 100))
        tell_choice(self.first, self.first_chosen.emit)
        tell_choice(self.second, self.second_chosen.emit)
        self.fit.clicked.connect(self.fit_requested)
        self.full.chosen.connect(lambda _: self.full_zoom_requested.emit())
        self.leave.clicked.connect(self.close_requested)

    def _lay_out(self) -> None:
        flow = self.flow
        self._over = group(muted("Overlay"), self.overlay, self.opacity)
        self._flipping, self._other = group(muted("Flip"), self.first), group(self.second)
        self._extras = group(self.original, self.standard)
        self._zoom = group(self.full, self.fit)
        flow.addWidget(group(self.page))
        flow.addWidget(group(self.choose, self.preset))
        flow.addWidget(group(muted("Steps"), self.steps))
        flow.addWidget(self._extras)
        keep_place(self.opacity)
        flow.addWidget(self._over)
        flow.addWidget(self._flipping)
        flow.addWidget(self._other)
        flow.add_right(group(self._zoom, self.leave))

    def show_state(self, session: Session) -> None:
        """Show a session without telling anyone."""
        state = session.compare
        self.page.set_current(state.page.value)
        pictures = state.page is ComparePage.PICTURES
        for part in (self._over, self._flipping, self._other, self._extras, self._zoom):
            show_if(part, pictures)
        with QSignalBlocker(self.steps):
            self.steps.setValue(state.steps)
        self.original.setChecked(state.original)
        self.original.setEnabled(session.stream is None)
        self.standard.setChecked(state.standard)
        self.standard.setText(codec_title(session.codec))
        show_overlay(self.overlay, state.overlay)
        show_opacity(self.opacity, state.overlay, session.opacity)
        self._show_entries(session)

    def _fill_presets(self, session: Session) -> None:
        entries: list[tuple[str, str, object]] = [
            (preset.title, preset.tip, preset) for preset in presets(session.fitting)
        ]
        fill_menu(self.preset.menu(), entries, self.preset_chosen.emit)
        self.preset.setEnabled(bool(entries))

    def _show_entries(self, session: Session) -> None:
        state = session.compare
        if session.fitting != self._models:
            self._models = session.fitting
            self._fill_presets(session)
        if state.entries != self._entries:
            self._entries = state.entries
            self.choose.setText(f"Decoders ({len(state.entries)})…")
            fill_pair((self.first, self.second), enumerate(labels(state.entries, session.models)))
        for box, at in zip((self.first, self.second), state.pair, strict=True):
            choose_data(box, at)
