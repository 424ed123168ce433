"""Undo and redo of settings: the controller's part that keeps the history."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject

from viewer.documents.restore import restored, restored_words
from viewer.documents.session_file import Reopened
from viewer.model.facts.facts import Facts
from viewer.model.session.history import History, noted, redone, undone
from viewer.model.session.state import Session
from viewer.shell.controller.playback import Player


class Undoing(Player):
    """`note` is told of every change that a person makes; undoing and redoing are not noted."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(session, parent)
        self.history = History()

    def become(self, session: Session, linger: float = 0.0) -> None:
        """Take a session; decode anew if it calls for it."""
        raise NotImplementedError

    def change(self, transition: Callable[[Session], Session], linger: float = 0.0, name: str = "") -> None:
        """Take a transition; decode anew if the result calls for it. name: what undoing it is called, ""
        to say what changed."""
        after = transition(self.session)
        self.history = noted(self.history, self.session, after, time.monotonic(), name)
        self.become(after, linger)

    def undo(self) -> None:
        """Take back the newest change of settings."""
        self._travel(undone, self.history.undo_name, "Undone")

    def redo(self) -> None:
        """Bring again what was undone last."""
        self._travel(redone, self.history.redo_name, "Redone")

    def _travel(
        self, way: Callable[[History, Session], tuple[History, Session]], name: str, done: str
    ) -> None:
        if name:
            self.history, session = way(self.history, self.session)
            self.become(session)
            self.say(f"{done}: {name}")

    def restore(self, reopened: Reopened | None) -> str:
        """Bring the session to a saved one, if there is any; says what of it can't be had. Nothing of before
        can be undone then."""
        if reopened is None:
            return ""
        self.session, self.history = restored(self.session, reopened), History()
        return restored_words(self.session, reopened)

    def with_history(self, facts: Facts) -> Facts:
        """Facts that tell what can be undone and redone."""
        names = (self.history.undo_name, self.history.redo_name)
        return facts if (facts.undo, facts.redo) == names else replace(facts, undo=names[0], redo=names[1])
