"""Writes what takes long, one file after the other, beside everything else the window does."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from viewer.core.control import Control
from viewer.core.job import Work
from viewer.core.jobs import Lane
from viewer.core.worker import Apart
from viewer.export.jobs import Written
from viewer.ui.progress_line import ProgressLine

_PATIENCE_MS = 300
"""What is written sooner needs no line, which would make the pictures jump."""


class Exporter(Apart):
    """Runs the exports of a window and shows how far they are. Hung on the controller, so that it ends with
    it: what is being written when the window closes is given up, and nothing half-written stays."""

    changed = Signal()

    def __init__(self, control: Control, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._control = control
        self._names: dict[int, str] = {}
        self._there: set[int] = set()
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._show)
        self._part = 0.0
        self.lane = Lane("export", self, keep=True, hangs=True)
        self.lane.yielded.connect(self._written)
        self.lane.progressed.connect(self._progressed)
        self.lane.finished.connect(self._ended)
        self.lane.cancelled.connect(self._cancelled)
        self.lane.failed.connect(self._failed)
        self.line = ProgressLine("Export")
        self.line.cancel_requested.connect(self.cancel)
        self.changed.connect(self._show)
        control.attach(self)

    def start(self, path: Path, work: Work) -> None:
        """Write a file by a job, after those that are still to be written."""
        if not self._names:
            self._patience.start()
        self._names[self.lane.start(work, path.parent)] = path.name
        self.changed.emit()

    def cancel(self) -> None:
        """Give up all that is not yet written."""
        self.lane.cancel()

    def state(self) -> tuple[str, float] | None:
        """What is being written and how much of it is done, 0 to 1; None when nothing is."""
        if not self._names:
            return None
        name, waiting = next(iter(self._names.values())), len(self._names) - 1
        return f"Writing {name}" + (f", {waiting} more to come" if waiting else ""), self._part

    def shutdown(self) -> None:
        self._patience.stop()
        self.lane.cancel()
        super().shutdown()

    # ---- what the lane says ----------------------------------------------------------------------

    def _progressed(self, job: int, part: float) -> None:
        if job in self._names:
            self._part = part
            self.changed.emit()

    def _written(self, job: int, written: Written) -> None:
        self._there.add(job)
        note = f" ({written.note})" if written.note else ""
        self._control.say(f"Saved {written.path.name}{note}")

    def _ended(self, job: int) -> None:
        self._names.pop(job, None)
        self._there.discard(job)
        self._part = 0.0
        self.changed.emit()
        self._control.refresh()

    def _cancelled(self, job: int) -> None:
        name, there = self._names.get(job, ""), job in self._there
        self._ended(job)
        if not there:  # cancelled too late otherwise, which has been told
            self._control.say(f"Cancelled: {name} was not written")

    def _failed(self, job: int, text: str) -> None:
        self._ended(job)
        self._control.complain(text)

    def _show(self) -> None:
        state = self.state()
        if state is None:
            self._patience.stop()
            self.line.hide()
        elif not self._patience.isActive():
            self.line.show_progress(*state)
