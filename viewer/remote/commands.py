"""Commands of other programs' results."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtWidgets import QFileDialog, QWidget

from viewer.core.availability import empty
from viewer.core.command import Command
from viewer.core.control import Control
from viewer.remote.worker import Guests


class Folder(Protocol):
    """Where dialogs begin."""

    def folder(self) -> Path: ...


def commands(control: Control, guests: Guests, window: QWidget, files: Folder) -> list[Command]:
    return [
        Command("open.beside", "Open another decoder's result…", "File", 0,
                partial(_ask, window, guests, files), ("Ctrl+Shift+B",),
                "Pictures that other programs made of what is open: a pane each, scored like ours",
                why_not=empty, icon="side"),
        Command("close.beside", "Close other decoders' results", "File", 0,
                partial(_close, control, guests), (), "Take away what was opened beside, or sent by scripts",
                why_not=lambda _, facts: "" if facts.guests else "there are none"),
    ]  # fmt: skip


def _ask(window: QWidget, guests: Guests, files: Folder) -> None:
    from engine.io.image import SUFFIXES

    kinds = f"Images ({' '.join(f'*{suffix}' for suffix in sorted(SUFFIXES))});;All files (*)"
    title = "Open another decoder's result"
    names, _ = QFileDialog.getOpenFileNames(window, title, str(files.folder()), kinds)
    if names:
        guests.open_files([Path(name) for name in names])


def _close(control: Control, guests: Guests) -> None:
    for name in tuple(control.facts.guests):
        guests.remove(name)
