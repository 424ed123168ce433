"""One line above the pictures that says how a JPEG file is taken, and offers the other way."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from viewer.session import Session
from viewer.widgets.controls import ElidedLabel, IconButton, panel


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
