"""Undo and redo of settings: keeps the history of what a person changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from viewer.core.control import Control
from viewer.model.facts.facts import Facts
from viewer.model.session.history import History, noted, redone, undone
from viewer.model.session.state import Session


class UndoRedo:
    """Is told of every change that a person makes; taking back and bringing again are not noted."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self.history = History()
        self._aside = History()

    def note(self, before: Session, after: Session, name: str) -> None:
        """A person has changed something. name: what undoing it is called, "" to say what changed."""
        self.history = noted(self.history, before, after, time.monotonic(), name)

    def take_back(self) -> None:
        """Take back the newest change of settings."""
        self._travel(undone, self.history.undo_name, "Undone")

    def bring_again(self) -> None:
        """Bring again what was taken back last."""
        self._travel(redone, self.history.redo_name, "Redone")

    def _travel(
        self, way: Callable[[History, Session], tuple[History, Session]], name: str, done: str
    ) -> None:
        if name:
            self.history, session = way(self.history, self._control.session)
            self._control.become(session)
            self._control.say(f"{done}: {name}")

    def set_aside(self) -> None:
        """Keep what can be taken back now for `bring_back`."""
        self._aside = self.history

    def bring_back(self) -> None:
        """What can be taken back is again what it was when it was set aside."""
        self.history = self._aside

    def forget(self) -> None:
        """Nothing of before can be taken back."""
        self.history = History()

    def told(self, facts: Facts) -> Facts:
        """`facts` with what can be taken back and brought again."""
        names = (self.history.undo_name, self.history.redo_name)
        return facts if (facts.undo, facts.redo) == names else replace(facts, undo=names[0], redo=names[1])
