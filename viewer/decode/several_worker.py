"""Keeps results of several decoders on one stream, made by one job: one decoder after the other."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from engine.types import Coded
from viewer.core.jobs import Lane
from viewer.decode.jobs import prepare_torch
from viewer.decode.several import compare, plan_of
from viewer.model.facts.compare import CompareFacts
from viewer.model.session.compare import Entry
from viewer.model.session.state import Session


class SeveralDecoders(QObject):
    """The job and its facts. What is to be decoded, and what still holds, is for the owner to say.

    `changed` comes with each piece of news.
    """

    changed = Signal()
    failed = Signal(str)
    """What stopped the whole job: the stream itself could not be made."""

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.facts = CompareFacts()
        self.under_way: tuple[Entry, ...] = ()
        """What the job was started for, as long as it runs."""
        self._lane = Lane(name, self)
        self._lane.yielded.connect(lambda _, news: self.hear(news))
        self._lane.progressed.connect(lambda _, part: self._progressed(part))
        self._lane.finished.connect(lambda _: self._ended())
        self._lane.cancelled.connect(lambda _: self._ended(stopped=True))
        self._lane.failed.connect(lambda _, text: self._ended(text))

    def start(
        self, session: Session, entries: tuple[Entry, ...], coded: Coded | None, linger: float = 0.0
    ) -> None:
        """Decode `entries` in place of what runs. coded, linger: see `compare`."""
        self.under_way = entries
        self.facts = replace(self.facts, begun=None, part=0.0, stopped=False)
        self._lane.start(compare(plan_of(session, entries), coded, prepare_torch, linger))

    def hear(self, news: object) -> None:
        """Note what a job has just said."""
        self.facts = self.facts.heard(news)
        self.changed.emit()

    def _progressed(self, part: float) -> None:
        self.facts = replace(self.facts, part=part)
        self.changed.emit()

    def _ended(self, error: str = "", stopped: bool = False) -> None:
        if self.busy():
            return  # only replaced by a newer one
        self.facts = replace(self.facts, begun=None, part=0.0, stopped=stopped or bool(error))
        self.under_way = ()
        if error:
            self.failed.emit(error)
        self.changed.emit()

    def stop(self) -> None:
        """Stop the decoders; what they have done stays."""
        self._lane.cancel()

    def resume(self) -> None:
        """What was stopped may go on."""
        self.facts = replace(self.facts, stopped=False)

    def drop(self) -> None:
        """Nothing more of the job is of interest; what it has done stays."""
        if self.busy() or self.facts.stopped:
            self._lane.drop()
            self.under_way = ()
            self.facts = replace(self.facts, begun=None, part=0.0, stopped=False)

    def keep_only(self, entries: tuple[Entry, ...]) -> None:
        """Without the results of entries that were removed: their pictures take memory."""
        self.facts = self.facts.only(entries)

    def forget(self) -> None:
        """Drop the job and what it has done; what was read of files stays."""
        self._lane.drop()
        self.under_way = ()
        self.facts = CompareFacts(studied=self.facts.studied)

    def busy(self) -> bool:
        """Whether the job runs."""
        return self._lane.busy()

    def shutdown(self) -> None:
        """Wait for the thread."""
        self._lane.shutdown()
