"""Signals may be emitted without end (PySide6 6.12.0 loses a reference to True with each)."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import {module}
from PySide6.QtCore import QObject, Signal

class Teller(QObject):
    told = Signal(int)

teller = Teller()
for number in range(100_000):
    teller.told.emit(number)
"""


def test_a_hundred_thousand_signals_do_no_harm() -> None:
    program = PROGRAM.format(module="viewer")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
