"""The line above the codecs view: curves or pictures, and which. States intents only."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from viewer.model.scene.rate_distortion import RatesScene
from viewer.model.session.choices import GAINS, Mode
from viewer.model.session.rate_distortion import (
    OVERLAYS,
    PRESETS,
    SPANS,
    Decode,
    Metric,
    RatesPage,
    RatesSource,
)
from viewer.model.session.state import Session
from viewer.overlays.choice import overlay_box, show_overlay
from viewer.rate_distortion.views.chips import CodecChips
from viewer.ui.controls import IconButton, SegmentedButtons, choose_data, show_if
from viewer.ui.flow_layout import FlowPanel
from viewer.ui.toolbar_parts import (
    TakingTurns,
    choice_box,
    fill_pair,
    group,
    muted,
    pair_boxes,
    tell_choice,
    zoom_buttons,
)

_PAGES = (
    (RatesPage.CURVES.value, "Curves", "Rate–distortion curves of all codecs  (Alt+5)"),
    (RatesPage.EQUAL.value, "Equal rate", "Every codec's picture at the rate of the current stream  (Alt+6)"),
)
_SOURCES = (
    (RatesSource.PICTURE.value, "This picture", "Measured here, on the open picture"),
    (RatesSource.KODAK.value, "Kodak mean", "Means over the Kodak pictures, measured beforehand  (Shift+M)"),
)
_METRICS = (
    (Metric.PSNR.value, "PSNR", "Over all RGB samples of the 8-bit pictures  (M)"),
    (Metric.MS_SSIM.value, "MS-SSIM", "Multi-scale structural similarity of luma  (M)"),
)
_DECODES = (
    (Decode.STANDARD.value, "Standard", "Each codec's own decode"),
    (Decode.REFINED.value, "Refined", "What the decoder trained for each codec makes of its stream"),
    (Decode.BOTH.value, "Both", "Own decode and refined one beside each other"),
)
_MODES = (
    (Mode.SIDE.value, "Side by side", "All pictures beside each other"),
    (Mode.WIPE.value, "Wipe", "Two pictures in one place with a divider to drag  (W)"),
    (Mode.DIFFERENCE.value, "Difference", "Errors against the original  (D)"),
)


class RatesBar(FlowPanel):
    """Draws the codecs view's part of a session; signals state what the user wants."""

    page_chosen = Signal(object)
    source_chosen = Signal(object)
    metric_chosen = Signal(object)
    reach_chosen = Signal(float)
    published_toggled = Signal()
    anchor_chosen = Signal(str)
    preset_chosen = Signal(str)
    decode_chosen = Signal(object)
    mode_chosen = Signal(object)
    first_chosen = Signal(str)
    second_chosen = Signal(str)
    gain_chosen = Signal(int)
    absolute_chosen = Signal(bool)
    overlay_chosen = Signal(object)
    fit_requested = Signal()
    full_zoom_requested = Signal()
    close_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page, self.source = SegmentedButtons(_PAGES), SegmentedButtons(_SOURCES)
        self.scores, self.decode = SegmentedButtons(_METRICS), SegmentedButtons(_DECODES)
        self.mode = SegmentedButtons(_MODES)
        spans = [(f"{rate:g}", f"{rate:g}", f"Rates up to {rate:g} bits per pixel") for rate in SPANS]
        self.reach = SegmentedButtons(spans)
        self.published = QCheckBox("Published")
        self.anchor = QComboBox()
        self.anchor.setAccessibleName("Curve that others are compared with")
        self.anchor.setToolTip("Bjøntegaard deltas (below the plot) are against this curve")
        self.anchor.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.anchor.setMinimumContentsLength(9)
        self.preset = choice_box(
            "Pictures at equal rate",
            [(preset.title, preset.tip, preset.key) for preset in PRESETS],
            "Which pictures stand beside each other",
        )
        self.overlay = overlay_box(OVERLAYS)
        self.gain = choice_box(
            "Gain of differences",
            [(f"×{gain}", "", gain) for gain in GAINS],
            "Differences are multiplied by this, so that small ones are seen",
        )
        left, right = names = ("Left of the wipe", "Right of the wipe")
        tips = (f"{left}  (S exchanges the two)", f"{right}  (S exchanges the two)")
        self.first, self.second = pair_boxes(names, tips)
        self.absolute = QCheckBox("Absolute")
        self.full, self.fit = zoom_buttons()
        self.leave = IconButton("close", "Close the codecs view", "Back to the one stream  (E)")
        self._choices: tuple[tuple[str, str], ...] = ()
        self._set_up()
        self._connect()
        self._lay_out()

    def _set_up(self) -> None:
        self.published.setToolTip(
            "Thin grey lines behind Kodak's curves: means over the Kodak pictures, published by others"
        )
        self.absolute.setToolTip("Magnitude on black; otherwise with its sign, around grey  (A)")

    def _connect(self) -> None:
        self.page.chosen.connect(lambda key: self.page_chosen.emit(RatesPage(key)))
        self.source.chosen.connect(lambda key: self.source_chosen.emit(RatesSource(key)))
        self.scores.chosen.connect(lambda key: self.metric_chosen.emit(Metric(key)))
        self.reach.chosen.connect(lambda key: self.reach_chosen.emit(float(key)))
        self.published.clicked.connect(lambda _: self.published_toggled.emit())
        tell_choice(self.anchor, self.anchor_chosen.emit)
        tell_choice(self.preset, self.preset_chosen.emit)
        self.decode.chosen.connect(lambda key: self.decode_chosen.emit(Decode(key)))
        self.mode.chosen.connect(lambda key: self.mode_chosen.emit(Mode(key)))
        tell_choice(self.first, self.first_chosen.emit)
        tell_choice(self.second, self.second_chosen.emit)
        tell_choice(self.gain, self.gain_chosen.emit)
        self.absolute.clicked.connect(self.absolute_chosen)
        tell_choice(self.overlay, self.overlay_chosen.emit)
        self.fit.clicked.connect(self.fit_requested)
        self.full.chosen.connect(lambda _: self.full_zoom_requested.emit())
        self.leave.clicked.connect(self.close_requested)

    def _lay_out(self) -> None:
        self._curves = (
            group(self.source),
            group(self.scores),
            group(muted("Up to"), self.reach, muted("bpp")),
            group(self.published),
            group(muted("BD to"), self.anchor),
        )
        self._wipe = group(self.first, self.second)
        self._difference = group(muted("Gain"), self.gain, self.absolute)
        self._over = group(muted("Overlay"), self.overlay)
        self._zoom = group(self.full, self.fit)
        self._equal = (group(self.preset), group(self.decode), group(self.mode), self._over, self._zoom)
        flow = self.flow
        flow.addWidget(group(self.page))
        for part in self._curves:
            flow.addWidget(part)
        self._of_mode = TakingTurns(self._wipe, self._difference)
        for part in (*self._equal[:2], self._over, self._equal[2], self._of_mode):
            flow.addWidget(part)
        self.chips = CodecChips(self, flow, flow.count())
        flow.add_right(group(self._zoom, self.leave))

    # ---- showing --------------------------------------------------------------------------------

    def show_state(self, session: Session, scene: RatesScene | None) -> None:
        """Show a session without telling anyone."""
        state = session.rates
        equal = state.page is RatesPage.EQUAL
        self.page.set_current(state.page.value)
        for part in self._curves:
            show_if(part, not equal)
        for part in self._equal:
            show_if(part, equal)
        by_mode = {Mode.WIPE: self._wipe, Mode.DIFFERENCE: self._difference}
        self._of_mode.show_one(by_mode.get(session.mode) if equal else None)
        self._of_mode.keep(equal)
        self.chips.set_shown(not equal or state.preset == "all")
        self.source.set_current(state.source.value)
        self.scores.set_current(state.metric.value)
        self._show_reach(state.span)
        self.published.setChecked(state.published)
        self.decode.set_current(state.decode.value)
        self.mode.set_current(session.mode.value)
        choose_data(self.preset, state.preset)
        choose_data(self.gain, session.gain)
        show_overlay(self.overlay, state.overlay)
        self.absolute.setChecked(session.absolute)
        if scene is not None:
            self._show_scene(scene)

    def _show_scene(self, scene: RatesScene) -> None:
        self.chips.set_chips(scene.chips)
        self.published.setEnabled(scene.comparable)
        if [self.anchor.itemData(at) for at in range(self.anchor.count())] != [
            key for key, _ in scene.anchors
        ]:
            with QSignalBlocker(self.anchor):
                self.anchor.clear()
                for key, name in scene.anchors:
                    self.anchor.addItem(name, key)
        choose_data(self.anchor, scene.anchor)
        if scene.choices != self._choices:
            self._choices = scene.choices
            fill_pair((self.first, self.second), scene.choices)
        for box, key in zip((self.first, self.second), scene.pair, strict=True):
            choose_data(box, key)

    def _show_reach(self, span: tuple[float, float]) -> None:
        """No button is down where the wheel has chosen another span."""
        key = f"{span[1]:g}" if span[0] == 0 and span[1] in SPANS else ""
        self.reach.set_current_or_none(key)
