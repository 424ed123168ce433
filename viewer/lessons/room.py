"""What the lessons ask of the window that they lie in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtWidgets import QDockWidget


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


class Aside(Protocol):
    """What can be undone; nothing that is done in lessons stays in it."""

    def set_aside(self) -> None:
        """Keep what can be taken back now for `bring_back`."""
        ...

    def bring_back(self) -> None:
        """What can be taken back is again what it was when it was set aside."""
        ...
