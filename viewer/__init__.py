"""The window: shows what the engine does, and computes nothing that the engine could."""

from __future__ import annotations

import sys

if sys.implementation.name == "cpython" and sys.version_info < (3, 12):
    # PySide6 6.12.0 returns None from every method without a result, and True from Signal.emit, without
    # taking a reference. From Python 3.12 on both are immortal; before, some thousand calls would free None
    # and abort the process. (6.11 is sound.)
    import ctypes

    for shared in (None, True):
        ctypes.c_ssize_t.from_address(id(shared)).value += 1 << 40
