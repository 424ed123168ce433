"""Plain text of lessons, at sizes of its own."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel

from viewer.ui.theme import font


class Words(QLabel):
    """Plain text over as many lines as it takes, at a size of its own that grows with the window's."""

    def __init__(self, pixels: int = 0, weight: QFont.Weight = QFont.Weight.Normal) -> None:
        """pixels: at 100 % text, 0 for the window's size."""
        super().__init__()
        self._pixels, self._weight = pixels, weight
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._fit()

    def _fit(self) -> None:
        wanted = font(self._pixels, self._weight) if self._pixels else None
        if wanted is not None and self.font().pixelSize() != wanted.pixelSize():
            self.setFont(wanted)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()
