"""A line above the pictures that says how far a piece of work is, with a button to cancel it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QPushButton, QWidget

from viewer.ui.controls import ElidedLabel
from viewer.ui.strip import lay_out_strip

_FINE = 1000


class ProgressLine(QWidget):
    """Hidden until there is something to show."""

    cancel_requested = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = ElidedLabel()
        self.words.setAccessibleName(name)
        self.bar = QProgressBar()
        self.bar.setAccessibleName(f"{name}: how much is done")
        self.bar.setRange(0, _FINE)
        self.bar.setFixedWidth(200)
        self.bar.setTextVisible(False)
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Stop; no partial file is left  (Esc)")
        self.cancel.setAccessibleName(f"Cancel the {name.lower()}")
        lay_out_strip(self, self.words, self.bar, self.cancel)
        self.cancel.clicked.connect(lambda: self.cancel_requested.emit())

    def show_progress(self, text: str, part: float) -> None:
        """Show what is done, 0 to 1."""
        self.words.setText(f"{text} · {round(100 * part)} %")
        self.bar.setValue(round(_FINE * min(1.0, max(0.0, part))))
        self.show()
