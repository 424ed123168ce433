"""What a window has while people use it, and tests and snapshots don't: a net below it.

Faults that nobody caught are told in the window; the session is kept on disk, to be offered at the next start
should this one not end as it should.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from engine.types import Pixels
from viewer.core.garbage import Collector
from viewer.documents.recovery import Recovery, folder, forget
from viewer.documents.restore import kept
from viewer.documents.session_file import SavedSession
from viewer.launch.fault_guard import FaultGuard

if TYPE_CHECKING:
    from viewer.shell.window import MainWindow


class Running(QObject):
    """Between `start` and `end`. place: the folder for what is kept; None takes the user's own."""

    def __init__(self, window: MainWindow, place: Path | None = None) -> None:
        super().__init__(window)
        self._window = window
        self._taken: Path | None = None
        self.collector = Collector(self)
        self.guard = FaultGuard(window.controller.complain, self)
        self.recovery = Recovery(self._kept, place or folder(), self)

    def start(self) -> None:
        """Watch over the window; offer what a crashed one left behind."""
        self.collector.start()
        self.guard.install()
        left = self.recovery.start()
        self._window.controller.changed.connect(self.recovery.changed)
        if left is not None:
            self._offer(left)

    def end(self) -> None:
        """The window was closed as it should be."""
        self.recovery.end()
        if self._taken is not None:
            forget(self._taken)
        self.guard.remove()
        self.collector.stop()

    def _kept(self) -> tuple[SavedSession, Pixels | None] | None:
        session = self._window.controller.session
        return kept(session, self._window.sessions.view()) if session.size is not None else None

    def _offer(self, left: Path) -> None:
        self._window.offer.offer(
            "nrc-viewer closed unexpectedly.",
            "Restore session",
            "Bring back the picture, all settings and the view slots of the last session",
            partial(self._window.controller.documents.open_session, left, None, True),
            partial(forget, left),
        )
        self._window.controller.documents.reopened.connect(lambda reopened: self._back(reopened.path, left))

    def _back(self, path: Path, left: Path) -> None:
        """Once it is there, the session is this one's to keep; what was left goes when this one ends."""
        if path == left:
            self._taken = left
            self.recovery.write()
