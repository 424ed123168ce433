"""Lines above the pictures: an error in full, and how a JPEG file is taken with the other way on offer."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from viewer.session import Session
from viewer.widgets.controls import ElidedLabel, IconButton, panel


class ErrorLine(QWidget):
    """An error in full, until it is closed or overtaken."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        panel(self)
        self.words = QLabel()
        self.words.setProperty("role", "error")
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setAccessibleName("Error")
        self.close_button = IconButton("close", "Close", "Hide this line  (Esc)")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.close_button.clicked.connect(lambda: self.closed.emit())
        self.hide()

    def show_error(self, text: str) -> None:
        """Show it; "" hides the line."""
        self.words.setText(text)
        self.setVisible(bool(text))


class Banner(QWidget):
    """Hidden unless a JPEG file is open; closing it keeps it closed for that file."""

    toggle_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        panel(self)
        self._closed_for: object = None
        self._about: object = None
        self.words = ElidedLabel()
        self.other = QPushButton()
        self.close_button = IconButton("close", "Close", "Hide this line")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.other)
        row.addWidget(self.close_button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.other.clicked.connect(lambda: self.toggle_requested.emit())
        self.close_button.clicked.connect(self._close)
        self.hide()

    def _close(self) -> None:
        self._closed_for = self._about
        self.hide()

    def show_state(self, session: Session) -> None:
        """Show what fits the session."""
        shown = session.stream or session.picture
        self._about = shown
        offered = session.jpeg and shown is not None and shown.path is not None
        self.setVisible(offered and self._closed_for is not shown)
        if not offered:
            return
        if session.stream is not None:
            self.words.setText(f"{session.name} is decoded as received: no original, so no PSNR.")
            self.other.setText("Encode its pixels instead")
            self.other.setToolTip("Take the file's pixels as an original and send them anew  (Ctrl+R)")
        else:
            self.words.setText(
                f"{session.name} is a JPEG file itself; its pixels serve as the original here."
            )
            self.other.setText("Repair it as received")
            self.other.setToolTip("Take the file as the stream: what it spoiled is repaired  (Ctrl+R)")
