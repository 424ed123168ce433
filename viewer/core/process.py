"""What the program asks of its own process: how it shares cores and interpreter, and how it ends. No Qt."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import NoReturn

SWITCH_SECONDS = 0.001
"""How long a thread may keep the interpreter while another waits: a fifth of Python's default, so that
the window gets its turn while a worker imports or loops in Python."""


def end_process(status: int) -> NoReturn:
    """End the process at once, threads that compute or hang in the system with it.

    The interpreter's own way out waits for each thread, and takes apart all that was ever imported.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(status)


def share_interpreter() -> None:
    """Let the GUI's thread have the interpreter soon after it asks; called once by the application."""
    sys.setswitchinterval(SWITCH_SECONDS)


def compute_threads() -> int:
    """Threads for PyTorch: all cores but one, which the window keeps; OMP_NUM_THREADS wins."""
    asked = os.environ.get("OMP_NUM_THREADS", "")
    if asked.isdigit() and int(asked) > 0:
        return int(asked)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores - 1)
