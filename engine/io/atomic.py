"""Files written whole or not at all."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from engine.errors import UserError, printable


def write_atomically(path: Path | str, write: Callable[[BinaryIO], object]) -> None:
    """Let `write` fill a file beside `path`, then put it in its place in one move.

    A failure or a kill in between leaves what was there before. Raises UserError on failure.
    """
    path = Path(path)
    label = printable(str(path))
    try:
        if path.is_dir():
            raise UserError(f"{label}: is a folder, can't be written as a file")
        if path.exists() and not path.is_file():
            raise UserError(f"{label}: is not a regular file, can't be replaced")
        if not path.parent.is_dir():
            raise UserError(f"{label}: can't be written, its folder does not exist")
        target = path.resolve()  # follow a link rather than replace it
        _fill_and_move(target, write)
    except PermissionError:
        raise UserError(f"{label}: no permission to write it") from None
    except OSError as error:
        raise UserError(f"{label}: can't be written: {reason(error)}") from None


def _fill_and_move(target: Path, write: Callable[[BinaryIO], object]) -> None:
    partial = target.with_name(f".{secrets.token_hex(8)}.partial")
    try:
        with partial.open("xb") as file:
            write(file)
        partial.replace(target)
    finally:
        with contextlib.suppress(OSError):  # the folder itself may be gone: the reason is on its way
            partial.unlink(missing_ok=True)


def reason(error: BaseException) -> str:
    """One printable line of an exception."""
    text = (error.strerror if isinstance(error, OSError) else None) or str(error)
    line = printable(text.strip().split("\n")[0])[:160].rstrip(".")
    return line[:1].lower() + line[1:] if line[1:2].islower() else line or type(error).__name__
