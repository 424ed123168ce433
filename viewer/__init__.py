"""The window: shows what the engine does, and computes nothing that the engine could."""

from __future__ import annotations

import sys

if sys.implementation.name == "cpython" and sys.version_info < (3, 12):
    # PySide6 6.12.0's Signal.emit returns True without taking a reference to it. From Python 3.12 on True
    # is immortal; before, a few hundred signals would free it and abort the process. (6.11 is sound.)
    import ctypes

    ctypes.c_ssize_t.from_address(id(True)).value += 1 << 40
