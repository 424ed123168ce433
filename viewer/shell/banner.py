"""Lines above the pictures: an error in full, and what there is to know of the picture that is open."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from engine.codecs.facts import article, codec_facts
from viewer.model.session.decoder_choice import fitting, no_decoder_words
from viewer.model.session.state import Session
from viewer.ui.controls import IconButton, WrappedLabel, wrapping_label
from viewer.ui.strip import lay_out_strip


class ErrorLine(QWidget):
    """An error in full, until it is closed or overtaken."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = WrappedLabel()
        self.words.setProperty("role", "error")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setAccessibleName("Error")
        self.close_button = IconButton("close", "Close", "Hide this line  (Esc)")
        row = lay_out_strip(self, self.words, self.close_button)
        row.setAlignment(self.close_button, Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)  # words may wrap
        self.close_button.clicked.connect(lambda: self.closed.emit())

    def show_error(self, text: str) -> None:
        """Show it; "" hides the line."""
        self.words.setText(text)
        self.setVisible(bool(text))


class Banner(QWidget):
    """What loading had to do, and the choice for codecs' files; once closed it stays so for that picture."""

    toggle_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._closed_for: object = None
        self._about: object = None
        self.words = wrapping_label()
        self.other = QPushButton("Treat file as received")
        self.other.setToolTip(
            "Treat the file as the received stream, or its pixels as the original  (Ctrl+R)"
        )
        self.close_button = IconButton("close", "Close", "Hide this line")
        lay_out_strip(self, self.words, self.other, self.close_button)
        self.other.clicked.connect(lambda: self.toggle_requested.emit())
        self.close_button.clicked.connect(self._close)

    def _close(self) -> None:
        self._closed_for = self._about
        self.hide()

    def show_state(self, session: Session) -> None:
        """Show what fits the session."""
        shown = session.stream or session.picture
        self._about = shown
        words = list(shown.notes) if shown is not None else []
        facts = codec_facts(session.file_codec)
        offered = bool(session.file_codec) and shown is not None and shown.path is not None
        offered = offered and not facts.container
        self.other.setVisible(offered)
        if session.stream is not None and session.file_codec:
            words.append(f"{facts.title}, decoded as received: no original, so no PSNR")
        if offered and session.stream is not None:
            self.other.setText("Use as original and re-encode")
            self.other.setToolTip("Use the file's pixels as the original and encode them again  (Ctrl+R)")
        elif offered:
            repaired = bool(fitting(session.models, session.file_codec))
            instead = " Repair it instead?" if repaired else ""
            words.append(f"{article(facts.title)} {facts.title} file, used as the original.{instead}")
            self.other.setText("Repair it as received" if repaired else "Treat file as received")
            what = "its artefacts are repaired" if repaired else no_decoder_words(session.file_codec)
            self.other.setToolTip(f"Treat the file as the received stream: {what}  (Ctrl+R)")
        self.words.setText(f"{session.name}: {'; '.join(words)}")
        self.setVisible(bool(words) and self._closed_for is not shown)
