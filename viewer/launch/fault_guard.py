"""What happens to an exception that nobody caught: it is told once, and the window goes on.

Qt calls paint events and slots of ours; Python hands what they raise to `sys.excepthook`. A painter that is
still alive in the traceback's frames would paint on a surface that Qt takes away at once, which ends the
program: so the frames are cleared first.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, QTimer

from engine.errors import printable

Hook = Callable[[type[BaseException], BaseException, TracebackType | None], object]


class FaultGuard(QObject):
    """Stands in for `sys.excepthook` between `install` and `remove`. tell: takes one line for the window."""

    def __init__(self, tell: Callable[[str], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tell = tell
        self._told: set[tuple[str, int]] = set()
        self._before: Hook | None = None

    def install(self) -> None:
        """Catch from now on what would be lost."""
        if self._before is None:
            self._before, sys.excepthook = sys.excepthook, self._caught

    def remove(self) -> None:
        """Be as before."""
        if self._before is not None:
            sys.excepthook, self._before = self._before, None

    def _caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        before = self._before or sys.__excepthook__
        if not issubclass(kind, Exception):  # e.g. KeyboardInterrupt
            before(kind, error, trace)
            return
        place = place_of(trace)
        text = "".join(traceback.format_exception(kind, error, trace))
        traceback.clear_frames(trace)  # ends painters before Qt takes their surface away
        if place in self._told:
            return
        self._told.add(place)
        print(text, end="", file=sys.stderr)
        words = error_words(error, trace)
        # Later: telling repaints, and this may be the middle of a paint event.
        QTimer.singleShot(0, self, lambda: self._tell(words))


def place_of(trace: TracebackType | None) -> tuple[str, int]:
    """File and line where an exception was raised."""
    frames = list(traceback.walk_tb(trace))
    return (frames[-1][0].f_code.co_filename, frames[-1][1]) if frames else ("", 0)


def error_words(error: BaseException, trace: TracebackType | None) -> str:
    """One line for the window: what failed, where, and that the rest goes on."""
    file, line = place_of(trace)
    frames = list(traceback.walk_tb(trace))
    doing = "drawing" if frames and frames[0][0].f_code.co_name == "paintEvent" else "working"
    reason = printable(" ".join(str(error).split()))[:120]
    what = f"{type(error).__name__}: {reason}" if reason else type(error).__name__
    return f"Internal error while {doing} ({what}, {Path(file).name} line {line}); the program continues"
