"""The line right above the pictures: how they are compared, what lies over them. States intents only."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QPushButton, QWidget

from viewer.actions_view import OVERLAY_TIPS, overlay_title
from viewer.compare_choice import can_compare
from viewer.flow import FlowPanel
from viewer.scene import Mode, Overlay
from viewer.session import GAINS, Session
from viewer.toolbar import group, muted
from viewer.widgets.controls import IconButton, LabelledSlider, SegmentedButtons

_MODES = (
    (Mode.SIDE, "Side by side", "All pictures beside each other"),
    (Mode.WIPE, "Wipe", "Two pictures in one place with a divider to drag  (W)"),
    (Mode.BLINK, "Blink", "Two pictures take turns in one place: what moves has changed  (B)"),
    (Mode.DIFFERENCE, "Difference", "Errors against the original, and what the decoder changed  (D)"),
)


class ViewBar(FlowPanel):
    """Draws the view's part of a session; signals state what the user wants."""

    mode_chosen = Signal(object)
    overlay_chosen = Signal(object)
    opacity_chosen = Signal(float)
    gain_chosen = Signal(int)
    absolute_chosen = Signal(bool)
    fit_requested = Signal()
    full_zoom_requested = Signal()
    compare_requested = Signal()
    rates_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mode = SegmentedButtons([(mode.value, text, tip) for mode, text, tip in _MODES])
        self.compare = QPushButton("Compare decoders")
        self.rates = QPushButton("All codecs")
        self.gain = QComboBox()
        self.absolute = QCheckBox("Absolute")
        self.overlay = QComboBox()
        self.opacity = LabelledSlider("Opacity", 0, 100, lambda value: f"{value} %")
        self.fit = IconButton("fit", "Fit", "Show whole pictures  (F)")
        tip = "One image pixel on one pixel of the screen  (Ctrl+0)"
        self.full = SegmentedButtons([("100", "100 %", tip)])
        self._set_up()
        self._connect()
        flow = self.flow
        self._difference = group(muted("Gain"), self.gain, self.absolute)
        flow.addWidget(group(self.mode, self.compare, self.rates))
        flow.addWidget(self._difference)
        flow.addWidget(group(muted("Overlay"), self.overlay, self.opacity))
        flow.add_right(group(self.full, self.fit))

    def _set_up(self) -> None:
        for gain in GAINS:
            self.gain.addItem(f"×{gain}", gain)
        self.gain.setAccessibleName("Gain of differences")
        self.gain.setToolTip("Differences are multiplied by this, so that small ones are seen")
        self.rates.setToolTip("Quality of every codec over the rate, and their pictures at equal rate  (E)")
        self.absolute.setToolTip("Size of the difference on black; else its sign around grey  (A)")
        for overlay in (each for each in Overlay if each is not Overlay.WINNER):
            self.overlay.addItem(overlay_title(overlay), overlay)
            at = self.overlay.count() - 1
            self.overlay.setItemData(at, OVERLAY_TIPS[overlay], Qt.ItemDataRole.ToolTipRole)
        self.overlay.setAccessibleName("Overlay")
        self.opacity.slider().setFixedWidth(96)
        self.opacity.setToolTip("How much the overlay covers")
        self.overlay.setMaximumWidth(216)
        button = self.full.button("100")
        button.setCheckable(False)

    def _connect(self) -> None:
        self.compare.clicked.connect(self.compare_requested)
        self.rates.clicked.connect(self.rates_requested)
        self.mode.chosen.connect(lambda key: self.mode_chosen.emit(Mode(key)))
        self.gain.activated.connect(lambda at: self.gain_chosen.emit(self.gain.itemData(at)))
        self.absolute.clicked.connect(self.absolute_chosen)
        self.overlay.activated.connect(lambda at: self.overlay_chosen.emit(self.overlay.itemData(at)))
        self.opacity.value_changed.connect(lambda percent: self.opacity_chosen.emit(percent / 100))
        self.fit.clicked.connect(self.fit_requested)
        self.full.chosen.connect(lambda _: self.full_zoom_requested.emit())

    def _show_compare(self, session: Session) -> None:
        possible = can_compare(session.fitting)
        self.compare.setEnabled(possible)
        tip = "Two to six of them side by side, at the same step  (C)"
        why = f"Not now: there are not two decoders for {session.codec_facts.title} streams"
        self.compare.setToolTip(tip if possible else f"{tip}\n{why}")

    def show_state(self, session: Session) -> None:
        """Show a session without telling anyone."""
        self.mode.set_current(session.mode.value)
        self._show_compare(session)
        if self._difference.isHidden() == (session.mode is Mode.DIFFERENCE):
            self._difference.setVisible(session.mode is Mode.DIFFERENCE)
        for box, value in ((self.gain, session.gain), (self.overlay, session.overlay)):
            at = box.findData(value)
            if at != box.currentIndex():
                with QSignalBlocker(box):
                    box.setCurrentIndex(at)
        self.overlay.setToolTip(OVERLAY_TIPS[session.overlay])
        self.absolute.setChecked(session.absolute)
        percent = round(100 * session.opacity)
        if self.opacity.value() != percent and not self.opacity.slider().isSliderDown():
            self.opacity.set_value(percent)
        coloured = session.overlay not in (Overlay.NONE, Overlay.GRID)
        if self.opacity.isHidden() == coloured:
            self.opacity.setVisible(coloured)
