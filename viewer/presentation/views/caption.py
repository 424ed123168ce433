"""The line below the pictures, in type that the back row can read."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.model.scene.presentation import CaptionScene
from viewer.ui.theme import back_row, current, exact_font

_FIGURE, _GAIN = ("88.88 dB", "identical"), ("+88.88 dB",)
"""The widest that stands in a column."""


class CaptionLine(QWidget):
    """Draws a `CaptionScene`: step, PSNR and gain in columns of their own, which no value moves."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = CaptionScene()
        self._size = back_row(0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Caption")
        self.hide()

    def set_scene(self, scene: CaptionScene | None) -> None:
        """Show this; None hides the line."""
        if self.isHidden() == (scene is not None):
            self.setVisible(scene is not None)
        if scene is not None and scene != self._scene:
            self._scene = scene
            parts = (scene.step, scene.figure, scene.gain, scene.title)
            self.setAccessibleDescription(" · ".join(part for part in parts if part))
            self.update()

    def fit(self, height: int) -> None:
        """Take the size of a window of this height."""
        self._size = back_row(height)
        wanted = round(1.7 * self._size)
        if self.minimumHeight() != wanted or self.maximumHeight() != wanted:
            self.setFixedHeight(wanted)

    def columns(self) -> list[tuple[QRectF, str]]:
        """Where each part stands, and what it says as far as there is room. Only how many columns there are
        depends on the scene, and how wide a step can become."""
        scene, metrics, size = self._scene, QFontMetricsF(exact_font(self._size)), self._size
        inner = QRectF(self.rect()).adjusted(0.5 * size, 0, -0.5 * size, 0)
        bold = QFontMetricsF(exact_font(size, QFont.Weight.DemiBold))
        parts = [(scene.step, bold.horizontalAdvance(scene.widest))] if scene.widest else []
        if scene.measured:
            parts += [(text, max(map(metrics.horizontalAdvance, widest)))
                      for text, widest in ((scene.figure, _FIGURE), (scene.gain, _GAIN))]  # fmt: skip
        found: list[tuple[QRectF, str]] = []
        x = inner.left()
        for text, wide in parts:
            found.append((QRectF(x, inner.top(), wide + 2, inner.height()), text))
            x += wide + size
        rest = QRectF(x, inner.top(), max(0.0, inner.right() - x), inner.height())
        face = bold if scene.loud else metrics
        found.append((rest, face.elidedText(scene.title, Qt.TextElideMode.ElideRight, rest.width() - 2)))
        return found

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter, theme, scene = QPainter(self), current(), self._scene
        painter.fillRect(self.rect(), QColor(theme.panel))
        found = self.columns()
        for number, (rect, text) in enumerate(found):
            last = number == len(found) - 1
            strong = scene.loud if last else bool(scene.widest) and not number
            painter.setFont(exact_font(self._size, QFont.Weight.DemiBold if strong else QFont.Weight.Normal))
            painter.setPen(QColor(theme.muted if last and not scene.loud else theme.text))
            side = Qt.AlignmentFlag.AlignRight if last and not scene.loud else Qt.AlignmentFlag.AlignLeft
            painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter | side), text)
