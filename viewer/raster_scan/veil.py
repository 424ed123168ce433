"""The animation over the window: play, pause, step, and what is looked at."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from viewer.raster_scan.resolve.moment import TITLES, WAYS, length, moment
from viewer.raster_scan.views.grid import GridView, Legend
from viewer.ui.controls import title_label, wrapping_label
from viewer.ui.modal_overlay import Veil
from viewer.ui.theme import scaled
from viewer.ui.toolbar_parts import choice_box, tell_choice

_BEAT_MS = 600


class ScanVeil(Veil):
    """Space plays and pauses, ← and → step, Home and End go to the ends, 1 to 5 choose, Esc closes."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Raster scan")
        self._way, self._at = WAYS[0], 0
        self.grid, self.text, self.legend = GridView(), wrapping_label(), Legend()
        entries = [(f"{number}  {TITLES[way]}", "", way) for number, way in enumerate(WAYS, 1)]
        self.way: QComboBox = choice_box("What is shown", entries, "What is shown  (1 to 5)")
        self.back, self.play, self.on = QPushButton("Back"), QPushButton("Play"), QPushButton("Next")
        for button, tip, act in (
            (self.back, "One patch back  (←)", lambda: self.step(-1)),
            (self.play, "Play or pause  (Space)", self.toggle),
            (self.on, "One patch on  (→)", lambda: self.step(1)),
        ):
            button.setToolTip(tip)
            button.clicked.connect(act)
        self.close_button = QPushButton("Close")
        self.close_button.setToolTip("Close  (Esc)")
        self.close_button.clicked.connect(self.close_veil)
        for control in (self.back, self.play, self.on, self.way, self.close_button):
            control.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.play.setProperty("primary", True)
        self._beat = QTimer(self)
        self._beat.setInterval(_BEAT_MS)
        self._beat.timeout.connect(self._tick)
        tell_choice(self.way, self.choose)
        self._lay_out()

    def _lay_out(self) -> None:
        controls = QHBoxLayout()
        controls.setSpacing(8)
        for widget in (self.back, self.play, self.on):
            controls.addWidget(widget)
        controls.addStretch(1)
        controls.addWidget(self.close_button)
        above = QHBoxLayout()
        above.addWidget(self.way)
        above.addStretch(1)
        column = QVBoxLayout(self.frame)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(title_label("How a decoder goes through a picture"))
        column.addLayout(above)
        column.addWidget(self.grid, 1)
        column.addWidget(self.legend)
        column.addWidget(self.text)
        column.addLayout(controls)

    def _wanted_size(self) -> QSize:
        return QSize(scaled(640), scaled(560))

    def begin(self, way: str = WAYS[0]) -> None:
        """Open, playing from the first patch."""
        self.open()
        self.choose(way)
        self._beat.start()
        self._tell()

    def choose(self, way: str) -> None:
        """Look at another way, from its beginning."""
        self._way, self._at = way, 0
        self.way.setCurrentIndex(WAYS.index(way))
        self._tell()

    def step(self, by: int) -> None:
        """So many moments on, paused."""
        self._beat.stop()
        self._at = min(max(0, self._at + by), length(self._way) - 1)
        self._tell()

    def toggle(self) -> None:
        """Play or pause; from the end it begins anew."""
        if self._beat.isActive():
            self._beat.stop()
        else:
            self._at = 0 if self._at == length(self._way) - 1 else self._at
            self._beat.start()
        self._tell()

    def state(self) -> tuple[str, int, bool]:
        """What is shown, the number of the moment, and whether it plays."""
        return self._way, self._at, self._beat.isActive()

    def _tick(self) -> None:
        if self._at == length(self._way) - 1:
            self._beat.stop()
        else:
            self._at += 1
        self._tell()

    def _tell(self) -> None:
        shown = moment(self._way, self._at)
        self.grid.set_moment(shown)
        self.legend.set_roles(frozenset(role for row in shown.roles for role in row))
        self.text.setText(shown.text)
        self.play.setText("Pause" if self._beat.isActive() else "Play")

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's names
        self._beat.stop()
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key, last = Qt.Key(event.key()), length(self._way)
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1,
              Qt.Key.Key_Home: -last, Qt.Key.Key_End: last}.get(key, 0)  # fmt: skip
        number = event.text()
        if by:
            self.step(by)
        elif key == Qt.Key.Key_Space:
            self.toggle()
        elif number.isdecimal() and 1 <= int(number) <= len(WAYS):
            self.choose(WAYS[int(number) - 1])
        else:
            super().keyPressEvent(event)
