"""The codes of a block in the order in which they were sent: run/size and value above, the bits below."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from viewer.model.scene.patch import ChipScene
from viewer.patch.views.grids import Place
from viewer.ui.theme import current, font, scaled

_TALL, _GAP, _PAD = 34, 4, 6
_LEAST = 40


class CodesView(QWidget):
    """Draws `ChipScene`s in lines. `pointed` carries the coefficient that a code sends, or None."""

    pointed = Signal(object)
    fitted = Signal()
    """The codes need another height than before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips: tuple[ChipScene, ...] = ()
        self._boxes: list[QRectF] = []
        self._lit: Place | None = None
        self._needed = self._least = 0
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Codes as sent")

    def set_scene(self, chips: tuple[ChipScene, ...], lit: Place | None) -> None:
        """Show these; those that speak of the lit coefficient stand out."""
        if chips is not self._chips:
            self._chips = chips
            self.setAccessibleDescription("; ".join(f"{c.head}: {c.word} {c.magnitude}" for c in chips[:64]))
            self._fit()
            self.update()
        if lit != self._lit:
            self._lit = lit
            self.update()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's names
        if event.type() == QEvent.Type.FontChange:
            self._fit()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's names
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Break the codes into lines, and be as high as they need."""
        plain, bits = QFontMetricsF(font(12, QFont.Weight.DemiBold)), QFontMetricsF(_bits_font())
        self._boxes = []
        x = y = 0.0
        for chip in self._chips:
            wide = max(plain.horizontalAdvance(chip.head), bits.horizontalAdvance(_bits_text(chip)))
            wide = max(_LEAST, round(wide + 2 * _PAD))
            if x and x + wide > self.width():
                x, y = 0.0, y + scaled(_TALL) + _GAP
            self._boxes.append(QRectF(x, y, min(wide, self.width()), scaled(_TALL)))
            x += wide + _GAP
        needed = round(y + scaled(_TALL)) if self._chips else 0
        changed, self._needed = needed != self._needed, needed
        self._take_height()
        if changed:
            self.fitted.emit()

    def needed(self) -> int:
        """The height of all codes."""
        return self._needed

    def set_least(self, height: int) -> None:
        """Be no lower than this, so that what follows stands beside its counterpart."""
        self._least = height
        self._take_height()

    def _take_height(self) -> None:
        height = max(self._needed, self._least)
        if height != self.height() or height != self.minimumHeight():
            self.setFixedHeight(height)

    def chip_at(self, position: QPointF) -> ChipScene | None:
        """The code under a point."""
        return next(
            (c for c, box in zip(self._chips, self._boxes, strict=True) if box.contains(position)), None
        )

    def chip_rect(self, number: int) -> QRectF:
        """Where a code lies."""
        return self._boxes[number]

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        painter, theme = QPainter(self), current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for chip, box in zip(self._chips, self._boxes, strict=True):
            lit = self._lit is not None and self._lit in chip.covers
            sends = self._lit == chip.sends and bool(chip.magnitude or "DC" in chip.head)
            painter.setPen(QColor(theme.accent if lit else theme.line))
            painter.setBrush(QColor(theme.hover if lit else theme.raised))
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
            painter.setFont(font(12, QFont.Weight.DemiBold if sends else QFont.Weight.Normal))
            painter.setPen(QColor(theme.text))
            inner = box.adjusted(_PAD, 2, -_PAD, -2)
            left, middle = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignVCenter
            painter.drawText(inner.adjusted(0, 0, 0, -inner.height() / 2), int(left | middle), chip.head)
            painter.setFont(_bits_font())
            low = inner.adjusted(0, inner.height() / 2, 0, 0)
            painter.setPen(QColor(theme.muted))
            painter.drawText(low, int(left | middle), chip.word)
            metrics = QFontMetricsF(painter.font())
            painter.setPen(QColor(theme.accent))
            shift = metrics.horizontalAdvance(chip.word) + metrics.horizontalAdvance(" ") / 2
            painter.drawText(low.adjusted(shift, 0, 0, 0), int(left | middle), chip.magnitude)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        chip = self.chip_at(event.position())
        self.pointed.emit(chip.sends if chip is not None else None)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self.pointed.emit(None)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tooltip_at(event.pos()), self)
            return True
        return super().event(event)

    def tooltip_at(self, position: QPoint) -> str:
        """What a code says, in words."""
        chip = self.chip_at(QPointF(position))
        return chip.tip if chip is not None else ""


def _bits_text(chip: ChipScene) -> str:
    return f"{chip.word} {chip.magnitude}" if chip.magnitude else chip.word


def _bits_font() -> QFont:
    face = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    face.setPixelSize(max(10, font(11).pixelSize()))
    return face
