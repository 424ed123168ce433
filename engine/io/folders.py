"""Folders that are written to."""

from __future__ import annotations

from pathlib import Path

from engine.errors import UserError, printable, system_reason


def make_folder(folder: Path) -> None:
    """Make it where it is missing. Raises UserError where there can't be one."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise UserError(f"{printable(str(folder))}: is a file, not a folder") from None
    except OSError as error:
        raise UserError(f"{printable(str(folder))}: can't be made ({system_reason(error)})") from None
