"""Reference cycles are collected on the GUI's thread alone.

Python's collector runs on whatever thread allocates. Cycles hold widgets, plots and their items, and Qt
crashes when those are destroyed on a worker's thread. So automatic collection is off while a window is
there, and a timer does what it would have done.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 500


def collect_due() -> int:
    """Collect the generations whose turn it is by Python's thresholds; returns the oldest, −1 for none."""
    due = -1
    for generation, (count, threshold) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)):
        if not threshold or count <= threshold:
            break
        due = generation
    if due >= 0:
        gc.collect(due)
    return due


class Collector(QObject):
    """Between `start` and `stop` automatic collection is off and cycles are collected by a timer."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._before, self._froze = True, False
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(collect_due)

    def start(self) -> None:
        """Take over from Python."""
        self._before = gc.isenabled()
        gc.disable()
        self._froze = not gc.get_freeze_count()
        if self._froze:
            gc.freeze()  # what was loaded so far stays: no collection need look at it
        self._timer.start()

    def stop(self) -> None:
        """Give back to Python, if it had it."""
        self._timer.stop()
        if self._froze:
            gc.unfreeze()
        if self._before:
            gc.enable()
