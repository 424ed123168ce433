"""Two pictures beside each other, alike in size, called A and B and nothing else."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.types import Pixels
from viewer.ui.theme import current, font, scaled

_GAP = 16


class PairView(QWidget):
    """Draws both at whole multiples of their pixels where there is room, else smaller, alike."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images: tuple[QImage, ...] = ()
        self._words = ""
        self._marks = ("A", "B")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Two pictures")

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's names
        return QSize(240, 120)

    def set_pair(self, a: Pixels | None, b: Pixels | None, words: str = "") -> None:
        """Show these, or in their place words."""
        self._images = tuple(_image(each) for each in (a, b) if each is not None)
        self._words = words
        self.update()

    def words(self) -> str:
        """What stands in place of pictures."""
        return self._words

    def places(self) -> list[QRectF]:
        """Where the pictures lie."""
        if len(self._images) != 2:
            return []
        image = self._images[0]
        head = scaled(28)
        room = (self.width() - _GAP) / 2, float(self.height() - head)
        ratio = self.devicePixelRatioF()
        whole = min(room[0] * ratio / image.width(), room[1] * ratio / image.height())
        times = (int(whole) if whole >= 1 else whole) / ratio
        wide, tall = times * image.width(), times * image.height()
        top = head + (room[1] - tall) / 2
        middle = self.width() / 2
        return [QRectF(middle - _GAP / 2 - wide, top, wide, tall), QRectF(middle + _GAP / 2, top, wide, tall)]

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        painter, theme = QPainter(self), current()
        painter.fillRect(self.rect(), QColor(theme.canvas))
        centre = int(Qt.AlignmentFlag.AlignCenter)
        if len(self._images) != 2:
            painter.setPen(QColor(theme.text))
            painter.setFont(font(16))
            room = QRectF(self.rect()).adjusted(16, 8, -16, -8)
            painter.drawText(room, centre | int(Qt.TextFlag.TextWordWrap), self._words)
            return
        painter.setFont(font(16, QFont.Weight.DemiBold))
        for box, image, mark in zip(self.places(), self._images, self._marks, strict=True):
            shrunk = box.width() * self.devicePixelRatioF() < image.width()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrunk)
            painter.drawImage(box, image)
            painter.setPen(QColor(theme.text))
            painter.drawText(QRectF(box.left(), 0, box.width(), scaled(28)), centre, mark)


def _image(pixels: Pixels) -> QImage:
    own = np.ascontiguousarray(pixels)
    height, width, _ = own.shape
    return QImage(own.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
