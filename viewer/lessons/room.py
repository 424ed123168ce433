"""What the lessons ask of the window that they lie in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtWidgets import QDockWidget

from viewer.core.control import Control
from viewer.documents.jobs import Opened
from viewer.model.facts.run import Run


class Room(Protocol):
    """The panel's place, and what gives way to it."""

    def add(self, panel: QDockWidget) -> None:
        """Dock the panel at the left."""
        ...

    def widen(self, panel: QDockWidget) -> None:
        """Give the panel about a third of the window."""
        ...

    def take(self) -> None:
        """The panel is about to open: remember how the columns are, and hide one where there is no room."""
        ...

    def give_back(self) -> Callable[[], None]:
        """The panel has gone: show what was hidden. What is returned brings the columns back, to be called
        once the layout knows."""
        ...


class LessonControl(Control, Protocol):
    """What opens a lesson's picture, and takes changes made in lessons back."""

    def choose_step(self, step: int) -> None: ...

    def sent(self) -> Run | None: ...

    def take(self, opened: Opened) -> None: ...

    def open_sample(self, name: str) -> None: ...

    def save_bytes(self, path: Path, data: bytes) -> None: ...

    def set_history_aside(self) -> None:
        """Keep what can be undone now for `bring_history_back`."""
        ...

    def bring_history_back(self) -> None:
        """What can be undone is again what it was when it was set aside."""
        ...
