"""Reading files that people name, so that nothing but a file is ever opened.

Opening a named pipe waits for a writer for ever, devices may do anything, and a path can become one of them
between being looked at and being opened: so it is opened without waiting, and then asked what it is.
"""

from __future__ import annotations

import os
import stat
from io import BufferedReader
from pathlib import Path

from engine.errors import UserError, printable, system_reason
from engine.types import Cancelled, never

_CHUNK = 1 << 20
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def open_regular(path: Path, label: str = "") -> BufferedReader:
    """Open a regular file, or a link to one, for reading. label: stands for it in messages; else its path.

    Raises UserError, naming it, for anything that isn't there, isn't a regular file or can't be read.
    """
    label = label or printable(str(path))
    try:
        _check(path.stat().st_mode, label)
        flags = os.O_RDONLY | getattr(os, "O_BINARY", 0)
        flags |= getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOCTTY", 0)
        descriptor = os.open(path, flags)
        try:
            _check(os.fstat(descriptor).st_mode, label)
            return os.fdopen(descriptor, "rb")
        except BaseException:
            os.close(descriptor)
            raise
    except FileNotFoundError:
        raise UserError(f"{label}: no such file") from None
    except PermissionError:
        raise UserError(f"{label}: no permission to read it") from None
    except OSError as error:
        raise UserError(f"{label}: can't be read ({system_reason(error)})") from None
    except ValueError:  # a zero byte in the name
        raise UserError(f"{label}: is not a valid file name") from None


def read_regular(path: Path, label: str = "", length: int = -1, cancelled: Cancelled = never) -> bytes:
    """The bytes of a regular file, or only the first `length`; fewer where it was cancelled on the way.

    Raises UserError as `open_regular`.
    """
    label = label or printable(str(path))
    parts: list[bytes] = []
    left = length
    with open_regular(path, label) as file:
        try:
            while left and not cancelled():
                part = file.read(_CHUNK if left < 0 else min(left, _CHUNK))
                if not part:
                    break
                parts.append(part)
                left -= len(part) if left > 0 else 0
        except OSError as error:
            raise UserError(f"{label}: can't be read ({system_reason(error)})") from None
        except MemoryError:
            raise UserError(f"{label}: not enough memory to read it") from None
    return b"".join(parts)


def check_regular(path: Path, label: str = "") -> None:
    """Raise UserError where something that isn't a regular file is there; nothing there is as good."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return
    _check(mode, label or printable(str(path)))


def _check(mode: int, label: str) -> None:
    if stat.S_ISREG(mode):
        return
    kind = next((name for test, name in _KINDS if test(mode)), "something else")
    raise UserError(f"{label}: is {kind}, not a file")
