"""Keeps the compare view's results in step with what is asked for: one job, one decoder after the other."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from viewer.compare import jobs as work_compare
from viewer.compare.resolve.panes import compare_job
from viewer.core.jobs import LINGER_SECONDS, Lane
from viewer.core.worker import InLanes
from viewer.decode.reuse import sent_already
from viewer.decode.several_worker import SeveralDecoders
from viewer.model.facts.compare import CompareFacts
from viewer.model.facts.facts import Facts, JobState
from viewer.model.scene.whole import Scene
from viewer.model.session.choices import Page
from viewer.model.session.compare import Entry
from viewer.model.session.state import Session


class Comparer(InLanes):
    """Says what the comparison lacks. `changed` comes with each piece of news."""

    changed = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._for: tuple[object, ...] = ()
        self._asked: tuple[Entry, ...] = ()
        self._fresh = False
        self._session: Session | None = None
        self.decoding = SeveralDecoders("compare", self)
        self.reading = Lane("study", self, low=True)
        self.lanes = (self.decoding, self.reading)
        self.decoding.changed.connect(self.changed)
        self.decoding.failed.connect(self.failed)
        self.reading.yielded.connect(lambda _, news: self.decoding.hear(news))
        self.reading.failed.connect(lambda _, text: self.failed.emit(text))

    @property
    def facts(self) -> CompareFacts:
        """What the compared decoders have made, and what files tell of them."""
        return self.decoding.facts

    def follow(self, session: Session, facts: Facts, scene: Scene) -> Facts:
        """Start what the session's comparison lacks. Results that still hold are kept."""
        self._session = session
        if session.page is not Page.COMPARE:
            self._fresh = False
            self.drop()
        elif session.size is not None:
            self._follow(session, facts)
        return facts if facts.compare is self.facts else replace(facts, compare=self.facts)

    def _follow(self, session: Session, known: Facts) -> None:
        self._study(session)
        fresh, self._fresh = self._fresh, False
        options = session.options
        wanted = (
            session.picture, session.stream, options.codec, options.encode_options(), session.compare.steps
        )  # fmt: skip
        entries = session.compare.entries
        linger = LINGER_SECONDS if self.decoding.busy() else 0.0  # in case the hand moves on
        if fresh or not _holds(self._for, wanted):
            self._for = wanted
            self.decoding.forget()
        else:
            self.decoding.keep_only(entries)
            if self.decoding.busy() and self.facts.missing(entries) == self._remaining(entries):
                return  # all that is missing is on its way
            if self.facts.stopped and entries == self._asked:
                return
        missing = self.facts.missing(entries)
        if not missing and self.facts.sent is not None:
            self.drop()
            return
        self._asked = entries
        sent = self.facts.sent
        coded = sent.refinement.coded if sent is not None else None
        if coded is None and not (fresh and session.stream is None):
            coded = sent_already(session, known, session.request()).coded
        self.decoding.start(session, missing, coded, linger)

    def _remaining(self, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        return self.facts.missing(tuple(entry for entry in self.decoding.under_way if entry in entries))

    def _study(self, session: Session) -> None:
        if self.facts.studied is None and not self.reading.busy():
            self.reading.start(work_compare.study(session.models, work_compare.robustness_path()))

    def stop(self) -> None:
        """Stop the decoders; what they have done stays."""
        self.decoding.stop()

    def resume(self) -> None:
        """Decode everything anew, if the view is open."""
        self._fresh = True

    def drop(self) -> None:
        """Nothing more of the job is of interest; what it has done stays."""
        self.decoding.drop()

    def forget(self) -> None:
        """Another picture is open: what was made of the old one takes memory."""
        self.decoding.forget()
        self._for, self._fresh = (), False

    def job(self) -> JobState | None:
        """What the status bar says of the comparison."""
        if self._session is None or not self.decoding.busy():
            return None
        return compare_job(self._session, self.facts, busy=True)


def _holds(known: tuple[object, ...], wanted: tuple[object, ...]) -> bool:
    """Whether results for `known` are results for `wanted`: pictures are compared by identity."""
    return len(known) == len(wanted) and all(
        a is b if number < 2 else a == b for number, (a, b) in enumerate(zip(known, wanted, strict=True))
    )
