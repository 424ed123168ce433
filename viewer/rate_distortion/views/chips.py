"""Codecs to switch on and off, each with its line and symbol: the legend of their plot as buttons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from viewer.model.scene.plots import Curve
from viewer.model.scene.rate_distortion import Chip
from viewer.ui.controls import show_if
from viewer.ui.flow_layout import Flow
from viewer.ui.line_keys import draw_key
from viewer.ui.theme import current, font, scaled

_HEIGHT, _KEY, _PAD, _GAP = 28, 24.0, 8.0, 6.0
_NOTHING = np.zeros(0)


class CodecChip(QAbstractButton):
    """One codec. `alone` comes with a double click."""

    alone = Signal()

    def __init__(self, chip: Chip, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chip = chip
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_chip(chip)

    def show_chip(self, chip: Chip) -> None:
        """Show a state without telling anyone."""
        self._chip = chip
        self.setText(chip.title)
        self.setAccessibleName(chip.title)
        self.setToolTip(chip.tip)
        self.setChecked(chip.on)
        self.updateGeometry()
        self.update()

    def nextCheckState(self) -> None:  # noqa: N802 - Qt's names
        """The state is shown when it has been decided, not before."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton:
            self.alone.emit()

    def sizeHint(self) -> QSize:  # noqa: N802
        words = QFontMetricsF(font(12)).horizontalAdvance(self.text())
        return QSize(round(2 * _PAD + _KEY + _GAP + words + 1), max(_HEIGHT, scaled(_HEIGHT - 4)))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange):
            self.updateGeometry()
            self.update()
        super().changeEvent(event)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        theme, chip = current(), self._chip
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        edge = theme.accent if self.hasFocus() else theme.line
        painter.setPen(QPen(QColor(edge), 1))
        face = theme.hover if self.underMouse() else theme.raised if chip.on else theme.panel
        painter.setBrush(QColor(face))
        painter.drawRoundedRect(box, 4, 4)
        painter.setOpacity(1.0 if chip.on and not chip.failed else 0.35)
        curve = Curve(chip.title, _NOTHING, _NOTHING, chip.colour, "solid", chip.symbol)
        draw_key(painter, curve, QRectF(_PAD, 0, _KEY, self.height()))
        painter.setOpacity(1.0)
        painter.setFont(font(12))
        painter.setPen(QColor(theme.text if chip.on and not chip.failed else theme.muted))
        words = QRectF(_PAD + _KEY + _GAP, 0, self.width(), self.height())
        painter.drawText(words, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), self.text())


class CodecChips(QObject):
    """All codecs, each a widget of its own in a bar's flow. Signals carry a codec's name."""

    toggled = Signal(str)
    alone = Signal(str)

    def __init__(self, bar: QWidget, flow: Flow, at: int) -> None:
        """at: where in the flow of `bar` they begin."""
        super().__init__(bar)
        self._bar, self._flow, self._at = bar, flow, at
        self._shown = True
        self._chips: dict[str, CodecChip] = {}

    def chip(self, codec: str) -> CodecChip:
        """The button of a codec. Raises KeyError when there is none."""
        return self._chips[codec]

    def set_chips(self, chips: Sequence[Chip]) -> None:
        """Show these, the same codecs each time."""
        for chip in chips:
            if chip.codec in self._chips:
                self._chips[chip.codec].show_chip(chip)
                continue
            made = CodecChip(chip, self._bar)
            made.clicked.connect(lambda _=False, codec=chip.codec: self.toggled.emit(codec))
            made.alone.connect(lambda codec=chip.codec: self.alone.emit(codec))
            self._chips[chip.codec] = made
            made.setVisible(self._shown)
            self._flow.insert(self._at + len(self._chips) - 1, made)

    def set_shown(self, shown: bool) -> None:
        """Show them, or none."""
        self._shown = shown
        for chip in self._chips.values():
            show_if(chip, shown)
