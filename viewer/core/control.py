"""What features may ask of the program that they are part of; the shell is what answers.

A feature takes a `Control`, and where it moves the pictures a `Pictures`, never the window or the controller.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import SignalInstance

from viewer.core.command import Act
from viewer.core.worker import Worker
from viewer.model.facts.facts import Facts
from viewer.model.scene.whole import Scene
from viewer.model.session.state import Session

Transition = Callable[[Session], Session]


class Control(Protocol):
    """What is chosen, known and shown, and the ways to change it."""

    @property
    def session(self) -> Session: ...

    @property
    def facts(self) -> Facts: ...

    @property
    def scene(self) -> Scene: ...

    @property
    def changed(self) -> SignalInstance:
        """Emitted after every change, with `scene` up to date."""
        ...

    def change(self, transition: Transition, linger: float = 0.0, name: str = "") -> None:
        """Take a transition that a person asked for; decode anew if the result calls for it.

        linger: seconds to wait before decoding, in case the hand moves on. name: what undoing it is called,
        "" to say what changed.
        """
        ...

    def become(self, session: Session, linger: float = 0.0) -> None:
        """Take a session without noting it for undo; decode anew if it calls for it."""
        ...

    def say(self, text: str) -> None:
        """Show a message until the next one."""
        ...

    def complain(self, text: str) -> None:
        """Show an error in one line; the window stays as it is."""
        ...

    def refresh(self) -> None:
        """Something has changed: resolve anew and tell."""
        ...

    def attach(self, worker: Worker) -> None:
        """Let a worker stop, be waited for, and end with everything else."""
        ...


class Pictures(Protocol):
    """Where one looks in the pictures, all under one zoom."""

    def fit(self) -> None:
        """Show whole pictures, and go on doing so when the window's size changes."""
        ...

    def zoom_to(self, percent: float) -> None:
        """Zoom, keeping what is in the middle; 100 is one device pixel per image pixel."""
        ...

    def zoom_by_powers(self, count: int) -> None:
        """Zoom to the next powers of two, keeping what is in the middle."""
        ...

    def pan_by(self, across: float, down: float) -> None:
        """Move what is seen by parts of a pane's width and height."""
        ...

    def look_at(self, x: float, y: float, across: float) -> None:
        """Put an image pixel in the middle, at the largest whole zoom that shows `across` pixels."""
        ...

    def set_wipe(self, fraction: float) -> None:
        """Put the wipe's divider at a fraction of the visible picture's width, 0 to 1."""
        ...

    def state(self) -> dict[str, Any]:
        """Zoom, place and divider, for `restore`."""
        ...

    def restore(self, state: dict[str, Any]) -> None:
        """Take up what `state` gave; anything missing or nonsensical is left as it is."""
        ...

    def visible_region(self) -> tuple[int, int, int, int] | None:
        """What can be seen: left, top, width, height in image pixels; None for all of it."""
        ...

    def setFocus(self) -> None:  # noqa: N802 - Qt's name
        """Give the pictures the keyboard."""
        ...


def changing(control: Control) -> Callable[[Transition], Act]:
    """Makes of a transition what a command runs."""

    def change(transition: Transition) -> Act:
        return lambda: control.change(transition)

    return change
