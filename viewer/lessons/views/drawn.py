"""A figure of a lesson that draws itself, as high as what it draws."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


class DrawnFigure(QWidget):
    """Its height follows from its width, the font and what is shown; it is drawn anew in another theme."""

    def __init__(self, parent: QWidget | None, name: str, least: int = 200) -> None:
        """name: for screen readers. least: pixels that it is wide at least."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(least)

    @abstractmethod
    def height_of(self) -> float:
        """Pixels that the drawing needs now."""

    def fit(self) -> None:
        """Be as high as that."""
        self.setFixedHeight(round(self.height_of()))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's names
        super().resizeEvent(event)
        self.fit()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(420, self.height())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.FontChange:
            self.fit()
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.update()
        super().changeEvent(event)
