"""The session of a program that did not end as it should: written while it runs, offered at the next start.

Each running program holds the lock of a file of its own, and removes both when it ends. A session file whose
lock can be had belongs to one that crashed or was killed.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QStandardPaths, QTimer

from engine.types import Pixels
from viewer.core.job import Token, Work
from viewer.core.jobs import PATIENCE_SECONDS, Lane
from viewer.documents.session_file import SUFFIX, SavedSession, save

_QUIET_MS = 2000
"""Time without changes after which they are written."""


def folder() -> Path:
    """Where the program keeps such files."""
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
    return Path(place) / "running"


class Recovery(QObject):
    """keep: gives what to write, with the pixels of a picture that has no file; None for
    nothing. Call `start` once, `changed` at every change, `end`."""

    def __init__(
        self,
        keep: Callable[[], tuple[SavedSession, Pixels | None] | None],
        place: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._keep, self._place = keep, place
        self._lane = Lane("autosave", self, keep=True, hangs=True)
        self._written: SavedSession | None = None
        self._path = place / f"{secrets.token_hex(8)}{SUFFIX}"
        self._lock = QLockFile(str(self._path.with_suffix(".lock")))
        self._lock.setStaleLockTime(0)  # a lock is stale when its program is gone, never because it is old
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(_QUIET_MS)
        self._clock.timeout.connect(self.write)
        self._running = False

    def start(self) -> Path | None:
        """Begin to keep the session; returns the newest one that was left behind. Older ones are removed.

        Where the folder can't be written nothing is kept: that is no reason not to work.
        """
        left: list[Path] = []
        with contextlib.suppress(OSError):
            self._place.mkdir(parents=True, exist_ok=True)
            left = sorted(
                (path for path in self._place.glob(f"*{SUFFIX}") if _abandoned(path)),
                key=lambda path: path.stat().st_mtime,
            )
            self._running = self._lock.tryLock(0)
        for path in left[:-1]:
            forget(path)
        return left[-1] if left else None

    def changed(self) -> None:
        """Something is different: write it once it has been quiet for a while."""
        if self._running:
            self._clock.start()

    def write(self) -> None:
        """Write now, in the background, unless it is written already."""
        kept = self._keep()
        if self._running and kept is not None and not _same(kept[0], self._written):
            self._written = kept[0]
            self._lane.start(_unless_over(save(self._path, *kept), self._path), self._path)

    def end(self) -> None:
        """The program ends as it should: nothing is to be offered."""
        self._clock.stop()
        self._running = False
        self._lane.cancel()
        self._lane.shutdown(PATIENCE_SECONDS)
        forget(self._path)
        self._lock.unlock()


def _unless_over(work: Work, path: Path) -> Work:
    """`work` that writes a file, and removes it again if it is cancelled meanwhile: who doesn't wait for it
    has removed what was there before."""

    def undone(token: Token) -> Iterator[Path]:
        try:
            yield from work(token)
        finally:
            if token.cancelled():
                forget(path)

    return undone


def forget(path: Path) -> None:
    """Remove a session that was left behind."""
    for each in (path, path.with_suffix(".lock")):
        with contextlib.suppress(OSError):
            each.unlink(missing_ok=True)


def _abandoned(path: Path) -> bool:
    """Whether nobody runs who would remove this file."""
    lock = QLockFile(str(path.with_suffix(".lock")))
    lock.setStaleLockTime(0)
    if not lock.tryLock(0):
        return False
    lock.unlock()
    return True


def _same(one: SavedSession, other: SavedSession | None) -> bool:
    if other is None:
        return False
    return (one.state, one.slots, one.playlist) == (other.state, other.slots, other.playlist)
