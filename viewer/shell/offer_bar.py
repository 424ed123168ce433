"""A quiet line above the pictures that offers something, until it is taken or closed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton, QWidget

from viewer.ui.controls import IconButton, wrapping_label
from viewer.ui.strip import lay_out_strip


class OfferLine(QWidget):
    """One offer at a time; a newer one takes the place of the last."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._take: Callable[[], None] = lambda: None
        self._decline: Callable[[], None] = lambda: None
        self.words = wrapping_label()
        self.words.setAccessibleName("Offer")
        self.accept = QPushButton("Accept")
        self.accept.setToolTip("Take what this line offers")
        self.close_button = IconButton("close", "Not now", "Hide this line")
        lay_out_strip(self, self.words, self.accept, self.close_button)
        self.accept.clicked.connect(self._taken)
        self.close_button.clicked.connect(self._declined)

    def offer(
        self,
        words: str,
        button: str,
        tip: str,
        take: Callable[[], None],
        decline: Callable[[], None] = lambda: None,
    ) -> None:
        """Show an offer. take, decline: what to do when the button is pressed, or the line closed."""
        self._take, self._decline = take, decline
        self.words.setText(words)
        self.accept.setText(button)
        self.accept.setToolTip(tip)
        self.accept.setAccessibleDescription(words)
        self.show()

    def withdraw(self) -> None:
        """Hide the line: what it offered is of no use any more."""
        self.hide()
        self._take = self._decline = lambda: None

    def _taken(self) -> None:
        take = self._take
        self.withdraw()
        take()

    def _declined(self) -> None:
        decline = self._decline
        self.withdraw()
        decline()
