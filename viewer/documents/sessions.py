"""Session files in the window: asks where, shows what came back, offers to look for a lost picture."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from viewer.documents.session_file import SUFFIX, Reopened
from viewer.model.session.saved import View
from viewer.ui.save_dialog import ask_file

if TYPE_CHECKING:
    from viewer.shell.window import MainWindow

_KIND = f"Sessions (*{SUFFIX})"


class Sessions:
    """What the session commands do."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._path: Path | None = None
        window.controller.reopened.connect(self._reopened)

    def view(self) -> View:
        """Where one looks now."""
        return View.of(self._window.panes.state())

    def ask_open(self) -> None:
        """Let the user choose a session."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Open a session", str(self._folder()), f"{_KIND};;All files (*)"
        )
        if name:
            self._window.controller.open_session(Path(name))

    def ask_save(self) -> None:
        """Let the user choose where the session goes."""
        stem = Path(self._window.controller.session.name or "session").stem
        proposal = self._path or self._folder() / f"{stem}{SUFFIX}"
        path, _ = ask_file(self._window, "Save the session", proposal, [_KIND], SUFFIX, only=True)
        if path is not None:
            self.save(path)

    def save(self, path: Path) -> None:
        """Write what is open and set."""
        self._path = path
        self._window.controller.save_session(path, self.view())
        self._window.settings.add_recent(path.absolute())

    def _folder(self) -> Path:
        return self._path.parent if self._path is not None else self._window.files.folder()

    def _reopened(self, reopened: Reopened) -> None:
        if not reopened.missing:
            self._window.offer.withdraw()
            self._window.panes.restore(reopened.saved.state.view.panes())
            if not reopened.temporary:
                self._path = reopened.path
                self._window.settings.add_recent(reopened.path.absolute())
            return
        self._window.offer.offer(
            reopened.missing, "Locate…", "Tell where the picture is now, and go on with the session",
            partial(self._locate, reopened),
        )  # fmt: skip

    def _locate(self, reopened: Reopened) -> None:
        lost = Path(reopened.saved.state.image.path)
        folder = lost.parent if lost.parent.is_dir() else reopened.path.absolute().parent
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            f"Where is {lost.name}?",
            str(folder),
            f"{lost.name} (*{lost.suffix});;All files (*)",
        )
        if name:
            self._window.controller.open_session(reopened.path, Path(name), reopened.temporary)
        else:
            self._reopened(reopened)
