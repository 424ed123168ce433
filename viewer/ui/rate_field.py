"""A field that shows a rate and takes one to aim at."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget


class RateField(QLineEdit):
    """The bits per pixel in use; a number typed here is a target to aim at."""

    asked = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rate: float | None = None
        self.setAccessibleName("Bits per pixel")
        self._fit_width()
        self.editingFinished.connect(self._finished)

    def _fit_width(self) -> None:
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("48.000 bpp") + 20)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.FontChange:
            self._fit_width()
        super().changeEvent(event)

    def show_rate(self, rate: float | None) -> None:
        """Show a rate, unless somebody is typing; None: nothing is encoded yet."""
        self._rate = rate
        if not (self.hasFocus() and self.isModified()):
            self._write()

    def _write(self) -> None:
        text = ""
        if self._rate is not None:
            text = f"{self._rate:.3f} bpp" if self._rate < 100 else f"{self._rate:.0f} bpp"
        if text != self.text():
            self.setText(text)
            self.setCursorPosition(0)
        self.setModified(False)

    def _finished(self) -> None:
        """Enter, or the focus goes elsewhere."""
        if not self.isModified():
            return
        typed = self.text().lower().replace("bpp", "").replace(",", ".").strip()
        try:
            value = float(typed)
        except ValueError:
            value = 0.0
        self._write()
        if 0 < value <= 48:
            self.asked.emit(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape:
            self._write()
        super().keyPressEvent(event)
