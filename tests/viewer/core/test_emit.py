"""Qt may be called without end (PySide6 6.12.0 lost a reference to None or True with each call)."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import {module}
from PySide6.QtCore import QObject, QRect, Signal

class Teller(QObject):
    told = Signal(int)

teller = Teller()
rect = QRect()
for number in range(100_000):
    teller.told.emit(number)
    rect.setWidth(number)
"""


def test_a_hundred_thousand_signals_and_calls_do_no_harm() -> None:
    program = PROGRAM.format(module="viewer")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
