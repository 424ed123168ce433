"""What presenting asks of the window that it fills."""

from __future__ import annotations

from typing import Protocol


class Stage(Protocol):
    """The window, and what of it gives way."""

    def take(self) -> None:
        """Remember how the window is, fill the screen, and hide all but the middle."""
        ...

    def give_back(self) -> None:
        """The window is again as it was."""
        ...
