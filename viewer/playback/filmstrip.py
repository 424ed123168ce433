"""Thumbnails of the steps above the transport: play, step, speed, and the scan over patches."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from viewer.model.scene.picture import ThumbScene, TransportScene
from viewer.playback.thumbnails import ThumbRow, ThumbScroll
from viewer.ui.controls import IconButton, panel
from viewer.ui.scrubber import ScrubBar
from viewer.ui.steady_label import SteadyLabel
from viewer.ui.theme import scaled

_SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)
_SCAN_FROM = 520
"""Pixels, at 100 % text, from which on the scan has its place in the line; its keys work without."""
_THIN = "\u2009"
_FIRST = "First step: the standard decode  (Home)"
_STEPS = "Step of the refinement; 0 is the standard decode"


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", _THIN)


def _set_tooltip(widget: QWidget, text: str) -> None:
    """Qt tells everyone also where it is the same."""
    if widget.toolTip() != text:
        widget.setToolTip(text)


class Filmstrip(QWidget):
    """Draws `ThumbScene`s and a `TransportScene`. The thumbnails say which steps can be chosen.

    `scan_chosen` carries a number of patches already refined, 0 to scan_total - 1; `scan_ended` asks for
    the whole step again. No signal comes from `set_scene`.
    """

    step_chosen = Signal(int)
    play_toggled = Signal()
    speed_chosen = Signal(float)
    scan_chosen = Signal(int)
    scan_ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        panel(self)
        self._transport = TransportScene(0, 0, 0, False, 1.0, None, 0)
        self._ready, self._lowest = -1, 0
        self._compact = self._low = False
        self.thumbs = ThumbRow()
        self._scroll = ThumbScroll(self.thumbs)
        self.first = IconButton("first", "First step", _FIRST)
        self.previous = IconButton("previous", "Previous step", "One step back  (←)")
        self.play = IconButton("play", "Play", "Play the steps  (Space)")
        self.next = IconButton("next", "Next step", "One step on  (→)")
        self.last = IconButton("last", "Last step", "Last step that is ready  (End)")
        self.steps = ScrubBar(ticks=True)
        self.steps.setAccessibleName("Step")
        self.steps.setToolTip(_STEPS)
        self.step_label = SteadyLabel()
        self.speed = QComboBox()
        self.scan_name = QLabel("Scan")
        self.scan = ScrubBar()
        self.scan.setAccessibleName("Scan over patches")
        self.scan_label = SteadyLabel()
        self.scan_end = IconButton("close", "Show the whole step", "Leave the scan, show the whole step")
        self._set_up_speed()
        self._set_up_scan()
        self._lay_out()
        self._connect()
        self.set_scene((), self._transport)

    def _set_up_speed(self) -> None:
        self.speed.setAccessibleName("Speed")
        self.speed.setToolTip("Speed of playback, relative to normal")
        self.speed.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for speed in _SPEEDS:
            self.speed.addItem(f"{speed:g}×", speed)

    def _set_up_scan(self) -> None:
        self.scan_name.setProperty("role", "muted")
        self.scan.setToolTip(
            "Patches refined so far, in raster order: those before the position are refined (causal), "
            "those after it are as received"
        )

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        for button in (self.first, self.previous, self.play, self.next, self.last):
            buttons.addWidget(button)
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(8)
        row.addLayout(buttons)
        row.addWidget(self.steps, 3)
        row.addWidget(self.step_label)
        row.addWidget(self.scan_name)
        row.addWidget(self.scan, 3)
        row.addWidget(self.scan_label)
        row.addWidget(self.scan_end)
        row.addWidget(self.speed)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 6)
        self._column.setSpacing(4)
        self._column.addWidget(self._scroll)
        self._column.addLayout(row)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for label in (self.step_label, self.scan_label):
            label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def _connect(self) -> None:
        self.thumbs.chosen.connect(self.step_chosen)
        self.steps.chosen.connect(self.step_chosen)
        self.play.clicked.connect(self.play_toggled)
        self.first.clicked.connect(self._go_first)
        self.previous.clicked.connect(self._go_back)
        self.next.clicked.connect(self._go_on)
        self.last.clicked.connect(self._go_last)
        self.speed.activated.connect(self._speed_picked)
        self.scan.chosen.connect(self._scan_moved)
        self.scan_end.clicked.connect(self.scan_ended)

    def _go(self, step: int) -> None:
        if self._lowest <= step <= self._ready and step != self._transport.step:
            self.step_chosen.emit(step)

    def _go_first(self) -> None:
        self._go(self._lowest)

    def _go_back(self) -> None:
        self._go(self._transport.step - 1)

    def _go_on(self) -> None:
        self._go(self._transport.step + 1)

    def _go_last(self) -> None:
        self._go(self._ready)

    def _speed_picked(self, at: int) -> None:
        self.speed_chosen.emit(self.speed.itemData(at))

    def _scan_moved(self, position: int) -> None:
        if position >= self.scan.maximum():
            self.scan_ended.emit()
        else:
            self.scan_chosen.emit(position)

    def set_scene(
        self, thumbs: tuple[ThumbScene, ...], transport: TransportScene, orientation: int = 1
    ) -> None:
        """Show this state. orientation: as in EXIF, how pictures are to be turned."""
        self._transport = transport
        last = thumbs[-1].index if thumbs else 0
        there = [thumb.index for thumb in thumbs if thumb.pixels is not None]
        self._ready, self._lowest = max(there, default=-1), min(there, default=0)
        self.thumbs.set_thumbs(thumbs, transport.step, orientation)
        self._show_steps(last, thumbs[0].index if thumbs else 0)
        self._show_scan()
        self._show_speed(transport.speed)
        if transport.playing:
            self.play.set_icon("pause", "Pause", "Pause  (Space)")
        else:
            self.play.set_icon("play", "Play", "Play the steps  (Space)")
        for number, thumb in enumerate(thumbs):
            if thumb.index == transport.step:
                self._scroll.show_cell(self.thumbs.cell_rect(number))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._show_scan()

    def set_compact(self, compact: bool) -> None:
        """Without the thumbnails: several decoders have no one picture a step."""
        self._compact = compact
        self._fit()

    def set_low(self, low: bool) -> None:
        """Without the thumbnails, too: the window has no height for them."""
        if low != self._low:
            self._low = low
            self._fit()

    def _fit(self) -> None:
        bare = self._compact or self._low
        self._scroll.setHidden(bare)
        self._column.setContentsMargins(0, 6 if bare else 0, 0, 6)

    def _show_steps(self, last: int, first: int) -> None:
        step, stage = self._transport.step, self._transport.stage
        self.steps.show_range(first, max(first + 1, last))
        self.steps.set_ready(
            self._ready if self._ready < last else None, self._lowest if first < self._lowest else None
        )
        self.steps.show_value(step)
        several = self._ready > self._lowest
        self.steps.setEnabled(several)
        _set_tooltip(self.steps, f"{_STEPS}; below 0 the stream ends earlier" if first else _STEPS)
        _set_tooltip(self.first, "First: the shortest stream  (Home)" if first else _FIRST)
        self.first.setEnabled(several and step > self._lowest)
        self.previous.setEnabled(several and step > self._lowest)
        self.next.setEnabled(step < self._ready)
        self.last.setEnabled(step < self._ready)
        self.play.setEnabled(several or self._transport.playing)
        self.step_label.show_text(stage or f"{step} / {last}", f"{last} / {last}")

    def _show_scan(self) -> None:
        total, position = self._transport.scan_total, self._transport.scan
        roomy = self.width() >= scaled(_SCAN_FROM) or position is not None
        for widget in (self.scan_name, self.scan, self.scan_label, self.scan_end):
            widget.setVisible(total > 0 and roomy)
        if total <= 0:
            return
        self.scan.show_range(0, total)
        self.scan.setPageStep(max(1, total // 20))
        self.scan.show_value(total if position is None else position)
        self.scan_end.setEnabled(position is not None)
        done = total if position is None else position
        text = self._transport.scan_label or f"patch {_grouped(done)} / {_grouped(total)}"
        if position is None:
            text = f"all {_grouped(total)} patches" if total > 1 else "the only patch"
        widest = f"patch {_grouped(total)} / {_grouped(total)}"
        self.scan_label.show_text(text, widest)

    def _show_speed(self, speed: float) -> None:
        at = self.speed.findData(speed)
        with QSignalBlocker(self.speed):
            if at < 0:
                self.speed.addItem(f"{speed:g}×", speed)
                at = self.speed.count() - 1
            self.speed.setCurrentIndex(at)
