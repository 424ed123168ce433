"""Work for other processes, importable there: some of it kills the process that does it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from engine.errors import UserError


def doubled(number: int) -> int:
    """Refuses 7."""
    if number == 7:
        raise UserError("7: is refused")
    return 2 * number


def deadly_once(marker: str) -> int:
    """Dies the first time, when there is no such file."""
    if not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def deadly(_: str) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0
