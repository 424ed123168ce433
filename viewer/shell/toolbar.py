"""The controls above the pictures: what to open, how to send it, how to decode it. States intents only."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent, QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QPushButton,
    QSpinBox,
    QToolButton,
    QWidget,
)

from engine.types import Context
from viewer.core.words import capital
from viewer.decode.codec_menu import codec_tip, fill_codecs, show_quality
from viewer.decode.commands import CONTEXT_TIPS
from viewer.decode.decoder_menu import decoder_tip, fill_decoders, show_carry
from viewer.decode.strength_button import StrengthButton
from viewer.model.facts.facts import Facts, sent_run
from viewer.model.session.choices import MAX_STEPS, Page
from viewer.model.session.decoder_choice import no_decoder_words
from viewer.model.session.state import Session
from viewer.ui.controls import IconButton, SegmentedButtons, inset, show_if
from viewer.ui.elided_box import ElidedBox
from viewer.ui.flow_layout import FlowPanel
from viewer.ui.labelled_slider import LabelledSlider
from viewer.ui.rate_field import RateField
from viewer.ui.theme import font
from viewer.ui.toolbar_parts import MenuButton, choice_box, group, muted, tell_choice

_RECEIVED = "The stream is treated as received: its encoding can't be changed"
_NARROW = 960
SUBSAMPLINGS = (
    ("4:2:0", "4:2:0", "Chroma at half resolution both ways: what most JPEG files use"),
    ("4:4:4", "4:4:4", "Chroma at full resolution"),
)


class Toolbar(FlowPanel):
    """Draws the options of a session; signals state what the user wants."""

    codec_chosen = Signal(str)
    quality_chosen = Signal(int)
    target_chosen = Signal(float)
    subsampling_chosen = Signal(str)
    decoder_chosen = Signal(str)
    steps_chosen = Signal(int)
    context_chosen = Signal(str)
    carry_chosen = Signal(bool)
    decode_requested = Signal()
    stop_requested = Signal()

    def __init__(self, session: Session, codecs: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.open = MenuButton("open", "Open", "Open a picture, or a received file of any codec")
        self.samples = MenuButton("picture", "Samples", "Bundled photographs and a test chart  (↑ ↓)")
        self.export = IconButton("export", "Export", "Save or copy what is shown  (Ctrl+E)")
        self.export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.palette_button = IconButton("search", "Commands", "Find a command by name  (Ctrl+Shift+P)")
        self.theme_button = IconButton("theme", "Light or dark", "Light or dark  (Ctrl+T)")
        self.help = IconButton("help", "Keys", "All keys  (?)")
        self.codec = QComboBox()
        self.quality = LabelledSlider("Quality", 1, 100)
        self.bpp = RateField()
        self.subsampling = SegmentedButtons(SUBSAMPLINGS)
        self.decoder = ElidedBox()
        self.steps = QSpinBox()
        self.context = choice_box(
            "Context", [(context.value, CONTEXT_TIPS[context], context.value) for context in Context]
        )
        self.carry = QCheckBox("Carry")
        self.strength = StrengthButton()
        self.run = QPushButton("Decode")
        self._listed: tuple[object, ...] = ()
        self._set_up(session, codecs)
        self._connect()
        self._lay_out()

    def _set_up(self, session: Session, codecs: tuple[str, ...]) -> None:
        fill_codecs(self.codec, codecs)
        self.codec.setAccessibleName("Codec")
        self.quality.slider().setFixedWidth(104)
        self.decoder.setMaximumWidth(240)
        self._list_decoders(session)
        self.decoder.setAccessibleName("Decoder")
        self.steps.setRange(1, MAX_STEPS)
        self.steps.setAccessibleName("Steps")
        inset(self.steps)
        self.run.setProperty("primary", True)
        self._steady_run_button()

    def _list_decoders(self, session: Session) -> None:
        """List them anew where the codec, and so what can be chosen, is another."""
        listed = (session.models, session.codec)
        if listed != self._listed:
            self._listed = listed
            fill_decoders(self.decoder, session.models, session.codec)

    def _steady_run_button(self) -> None:
        """As wide as its longer word."""
        metrics = QFontMetrics(font())  # the button itself may not have heard of another size of text yet
        self.run.setMinimumWidth(max(metrics.horizontalAdvance(word) for word in ("Decode", "Stop")) + 40)

    def _connect(self) -> None:
        tell_choice(self.codec, self.codec_chosen.emit)
        self.quality.value_changed.connect(self.quality_chosen)
        self.bpp.asked.connect(self.target_chosen)
        self.subsampling.chosen.connect(self.subsampling_chosen)
        tell_choice(self.decoder, self.decoder_chosen.emit)
        self.steps.valueChanged.connect(self.steps_chosen)
        tell_choice(self.context, self.context_chosen.emit)
        self.carry.clicked.connect(self.carry_chosen)
        self.run.clicked.connect(self._run_clicked)

    def _lay_out(self) -> None:
        flow = self.flow
        flow.addWidget(group(self.open, self.samples))
        self._sending = (group(self.codec, self.quality), group(self.bpp, self.subsampling))
        for part in self._sending:
            flow.addWidget(part)
        flow.begin()  # Decode and its options stay together
        self._decoding = (
            group(self.decoder),
            group(muted("Steps"), self.steps),
            group(muted("Context"), self.context),
            group(self.carry),
            self.strength,
        )
        for part in self._decoding:
            flow.addWidget(part)
        self._running = group(self.run)
        flow.addWidget(self._running)
        self.tools = group(self.export, self.palette_button, self.theme_button, self.help)
        flow.add_right(self.tools)

    def _run_clicked(self) -> None:
        if self.run.property("running"):
            self.stop_requested.emit()
        else:
            self.decode_requested.emit()

    # ---- showing --------------------------------------------------------------------------------

    def show_state(self, session: Session, facts: Facts, quality: int) -> None:
        """Show the options of a session without telling anyone. quality: the one in use."""
        options = session.options
        self._choose(self.codec, session.codec)
        show_quality(self.quality, session, quality, _has_quality(session, facts))
        self._show_rate(session, facts)
        self.subsampling.set_current(options.subsampling)
        self._show_sending(session)
        self._list_decoders(session)
        self._choose(self.decoder, options.decoder)
        self._show_decoder(session)
        self._show_compare(session)
        self._show_run(session, facts)

    def _show_compare(self, session: Session) -> None:
        """While several decoders are compared, the choices for one are out of the way; without a decoder
        those that it would have."""
        lab = session.page is Page.LAB  # nothing is sent there, and nothing decoded by the chosen decoder
        for part in (*self._sending, self._running):
            show_if(part, not lab)
        for widget in self._decoding:
            gone = session.page in (Page.COMPARE, Page.LAB) or (
                session.card is None and widget is not self._decoding[0]
            )
            show_if(widget, not gone)

    def _show_rate(self, session: Session, facts: Facts) -> None:
        run = sent_run(session, facts)
        rate = run.refinement.coded.bits_per_pixel if run is not None else None
        target = session.options.bits_per_pixel
        self.bpp.show_rate(rate)
        tip = "Bits per pixel of the whole file. Type a number to aim at it"
        if target is not None and rate is not None:
            tip += f"\nAsked for {target:.3f} bpp, reached {rate:.3f}"
        self.bpp.setToolTip(tip if session.stream is None else "Bits per pixel of the received file")

    def _show_sending(self, session: Session) -> None:
        """For a received stream nobody knows what was asked of its encoder, so nothing is claimed."""
        received = session.stream is not None
        self.bpp.setReadOnly(received)
        self.codec.setEnabled(not received)
        tip = f"Codec: how the picture is sent\n{codec_tip(session.codec)}"
        self.codec.setToolTip(_RECEIVED if received else tip)
        show_if(self.quality, not received)
        show_if(self.subsampling, not received and len(session.codec_facts.subsamplings) >= 2)

    def _show_decoder(self, session: Session) -> None:
        card, options = session.card, session.options
        trained = card.steps if card is not None else 1
        with QSignalBlocker(self.steps):
            self.steps.setValue(options.steps or trained)
        for widget in (self.steps, self.context, self.carry):
            widget.setEnabled(card is not None)
        if card is None:
            why = no_decoder_words(session.codec)
            self.decoder.setToolTip(f"{capital(why)}: the standard decode is all there is")
            return
        self.strength.show_state(session)
        self.decoder.setToolTip(f"{self.decoder.currentText()}\n{decoder_tip(card)}")
        self.steps.setToolTip(
            f"Steps K of an episode; {self.decoder.currentText()} was trained for {card.steps}"
        )
        self._show_contexts(session)
        self._choose(self.context, options.context.value)
        show_carry(self.carry, session)

    def _show_contexts(self, session: Session) -> None:
        card, model = session.card, self.context.model()
        assert card is not None
        assert isinstance(model, QStandardItemModel)
        for at, context in enumerate(Context):
            item = model.item(at)
            offered = context in card.contexts
            if item.isEnabled() != offered:
                item.setEnabled(offered)
            item.setToolTip(
                CONTEXT_TIPS[context]
                if offered
                else f"{self.decoder.currentText()} has no context '{context.value}'"
            )
        several = len(card.contexts) > 1
        self.context.setEnabled(several)
        why = CONTEXT_TIPS[session.options.context]
        if not several:
            why = f"{self.decoder.currentText()} always looks at: {card.contexts[0].value}. {why}"
        self.context.setToolTip(why)

    def _show_run(self, session: Session, facts: Facts) -> None:
        running = facts.job.progress is not None
        if self.run.property("running") != running:
            self.run.setProperty("running", running)
            self.run.setText("Stop" if running else "Decode")
            self.run.setToolTip("Stop the work in progress  (Esc)" if running else "Decode again  (F5)")
        self.run.setEnabled(running or session.size is not None)

    @staticmethod
    def _choose(box: QComboBox, value: str) -> None:
        at = box.findData(value)
        if at >= 0 and at != box.currentIndex():
            with QSignalBlocker(box):
                box.setCurrentIndex(at)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's names
        """Words beside the first icons go where there is little room."""
        narrow = self.width() < _NARROW
        style = (
            Qt.ToolButtonStyle.ToolButtonIconOnly if narrow else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        )
        for button in (self.open, self.samples):
            button.setToolButtonStyle(style)
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.FontChange:
            self._steady_run_button()
        super().changeEvent(event)


def _has_quality(session: Session, facts: Facts) -> bool:
    """Whether the stream that is shown was made with a quality; one still to come is taken to be."""
    run = sent_run(session, facts)
    if run is None or session.options.bits_per_pixel is None:
        return True
    coded = run.refinement.coded
    return coded.codec != session.options.codec or coded.quality is not None
