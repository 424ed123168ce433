"""Session files in the window: asks where, shows what came back, offers to look for a lost picture."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtWidgets import QFileDialog, QWidget

from viewer.core.answers import there
from viewer.core.control import Control, Pictures
from viewer.documents.controller import Documents
from viewer.documents.files import Files
from viewer.documents.session_file import SUFFIX, Reopened
from viewer.model.session.saved import View
from viewer.ui.save_dialog import ask_file

_KIND = f"Sessions (*{SUFFIX})"


class Offer(Protocol):
    """A line over the pictures that offers something."""

    def offer(self, words: str, button: str, tip: str, take: Callable[[], None]) -> None: ...

    def withdraw(self) -> None: ...


class Sessions:
    """What the session commands do. window: parent of dialogs."""

    def __init__(
        self,
        window: QWidget,
        control: Control,
        documents: Documents,
        pictures: Pictures,
        files: Files,
        offer: Offer,
    ) -> None:
        self._window, self._control, self._documents, self._pictures = window, control, documents, pictures
        self._files, self._offer = files, offer
        self._path: Path | None = None
        documents.reopened.connect(self._reopened)

    def view(self) -> View:
        """Where one looks now."""
        return View.of(self._pictures.state())

    def ask_open(self) -> None:
        """Let the user choose a session."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Open a session", str(self._folder()), f"{_KIND};;All files (*)"
        )
        if name:
            self._documents.open_session(Path(name))

    def ask_save(self) -> None:
        """Let the user choose where the session goes."""
        stem = Path(self._control.session.name or "session").stem
        proposal = self._path or self._folder() / f"{stem}{SUFFIX}"
        path, _ = ask_file(self._window, "Save the session", proposal, [_KIND], SUFFIX, only=True)
        if path is not None:
            self.save(path)

    def save(self, path: Path) -> None:
        """Write what is open and set."""
        self._path = path
        self._documents.save_session(path, self.view())
        self._files.settings.add_recent(path.absolute())

    def _folder(self) -> Path:
        return self._path.parent if self._path is not None else self._files.folder()

    def _reopened(self, reopened: Reopened) -> None:
        if not reopened.missing:
            self._offer.withdraw()
            self._pictures.restore(reopened.saved.state.view.panes())
            if not reopened.temporary:
                self._path = reopened.path
                self._files.settings.add_recent(reopened.path.absolute())
            return
        self._offer.offer(
            reopened.missing, "Locate…", "Tell where the picture is now, and go on with the session",
            partial(self._locate, reopened),
        )  # fmt: skip

    def _locate(self, reopened: Reopened) -> None:
        lost = Path(reopened.saved.state.image.path)
        folder = lost.parent if there(lost.parent, Path.is_dir) else reopened.path.absolute().parent
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            f"Where is {lost.name}?",
            str(folder),
            f"{lost.name} (*{lost.suffix});;All files (*)",
        )
        if name:
            self._documents.open_session(reopened.path, Path(name), reopened.temporary)
        else:
            self._reopened(reopened)
