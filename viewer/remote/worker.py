"""Holds results of other programs for what is open, and lets them be read and scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from PySide6.QtCore import QObject, Signal

from engine.types import Pixels
from viewer.core.control import Control
from viewer.core.jobs import Lane
from viewer.core.worker import InLanes
from viewer.model.facts.facts import Facts, JobState
from viewer.model.facts.guests import Guest
from viewer.model.scene.whole import Scene
from viewer.model.session.panes import add_guest, guest_name, without_guest
from viewer.model.session.state import Session
from viewer.remote.jobs import read, score

_NONE: Mapping[str, Guest] = MappingProxyType({})


class Guests(InLanes):
    """Owns `Facts.guests`. Another picture's are forgotten with it."""

    changed = Signal()
    failed = Signal(str)

    def __init__(self, control: Control, parent: QObject) -> None:
        super().__init__(parent)
        self._control = control
        self._known = _NONE
        self._unscored: dict[str, Guest] = {}
        self._asked: tuple[Path, ...] = ()
        self.reading = Lane("read beside", self, keep=True, apart=True, hangs=True)
        self.scoring = Lane("score beside", self, low=True)
        self.lanes = (self.reading, self.scoring)
        self.reading.yielded.connect(lambda _, guest: self.take(guest.name, guest.pixels))
        self.reading.failed.connect(lambda _, text: self.failed.emit(text))
        self.reading.finished.connect(lambda _: self.changed.emit())
        self.scoring.yielded.connect(lambda _, guest: self._scored(guest))
        self.scoring.finished.connect(lambda _: self._score())
        self.scoring.failed.connect(lambda _, text: self._not_scored(text))

    def open_files(self, paths: Sequence[Path]) -> None:
        """Read files as results of what is open, or is being opened."""
        self._asked = (*self._asked, *paths)
        self.changed.emit()

    def take(self, name: str, pixels: Pixels) -> None:
        """Show a result, in the place of the one of that name; its pixels have the size of what is open."""
        guest = Guest(name, pixels)
        self._known = MappingProxyType({**self._known, name: guest})
        self._unscored[name] = guest
        self._score()
        session = self._control.session
        before = set(session.order)
        session = add_guest(session, name)
        if session.order == self._control.session.order:
            self.changed.emit()
            return
        gone = {guest_name(key) for key in before - set(session.order)} - {None}
        self._known = MappingProxyType({key: each for key, each in self._known.items() if key not in gone})
        self._control.become(session)

    def remove(self, name: str) -> None:
        """Show it no longer, and forget it."""
        self._known = MappingProxyType({key: each for key, each in self._known.items() if key != name})
        self._unscored.pop(name, None)
        self._control.become(without_guest(self._control.session, name))

    def _score(self) -> None:
        if self._unscored and not self.scoring.busy():
            waiting, self._unscored = tuple(self._unscored.values()), {}
            picture = self._control.session.picture
            self.scoring.start(score(waiting, None if picture is None else picture.pixels))

    def _scored(self, guest: Guest) -> None:
        there = self._known.get(guest.name)
        if there is not None and there.pixels is guest.pixels:  # else a newer one came meanwhile
            self._known = MappingProxyType({**self._known, guest.name: guest})
            self.changed.emit()

    def _not_scored(self, text: str) -> None:
        self.failed.emit(text)
        self._score()

    # ---- as a worker ------------------------------------------------------------------------------

    def follow(self, session: Session, facts: Facts, scene: Scene) -> Facts:
        """Read what was asked for before there was anything that it could be a result of."""
        if self._asked and session.size is not None:
            asked, self._asked = self._asked, ()
            self.reading.start(read(asked, session.size, tuple(self._known)))
        return facts if facts.guests is self._known else replace(facts, guests=self._known)

    def forget(self) -> None:
        """Another picture is open: they were results of the old one."""
        self._known, self._unscored = _NONE, {}
        self.scoring.drop()
        self.reading.drop()

    def stop(self) -> None:
        """Stop reading; what is there stays."""
        self.reading.cancel()

    def resume(self) -> None:
        """Nothing waits."""

    def busy(self) -> bool:
        return bool(self._asked) or super().busy()

    def job(self) -> JobState | None:
        return JobState("Reading other results", 0.0) if self.reading.busy() else None
