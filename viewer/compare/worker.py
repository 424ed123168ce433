"""Keeps the compare view's results in step with what is asked for: one job, one decoder after the other."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from viewer.compare import jobs as work_compare
from viewer.compare.resolve.panes import compare_job
from viewer.core.jobs import LINGER_SECONDS, Lane
from viewer.decode import jobs as work
from viewer.decode.reuse import sent_already
from viewer.decode.several import compare, plan_of
from viewer.model.facts.compare import CompareFacts
from viewer.model.facts.facts import Facts, JobState
from viewer.model.scene.whole import Scene
from viewer.model.session.choices import Page
from viewer.model.session.compare import Entry
from viewer.model.session.state import Session


class Comparer(QObject):
    """Owns the facts of the comparison. `changed` comes with each piece of news."""

    changed = Signal()
    failed = Signal(str)
    """What stopped the whole job: the stream itself could not be made."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.facts = CompareFacts()
        self._for: tuple[object, ...] = ()
        self._under_way: tuple[Entry, ...] = ()
        self._asked: tuple[Entry, ...] = ()
        self._fresh = False
        self._session: Session | None = None
        self.decoding = Lane("compare", self)
        self.reading = Lane("study", self, low=True)
        self.decoding.yielded.connect(lambda _, news: self._heard(news))
        self.decoding.progressed.connect(lambda _, part: self._progressed(part))
        self.decoding.finished.connect(lambda _: self._ended())
        self.decoding.cancelled.connect(lambda _: self._ended(stopped=True))
        self.decoding.failed.connect(lambda _, text: self._ended(text))
        self.reading.yielded.connect(lambda _, news: self._heard(news))
        self.reading.failed.connect(lambda _, text: self.failed.emit(text))

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
        if fresh or not _holds(self._for, wanted):
            self._for = wanted
            self.facts = CompareFacts(studied=self.facts.studied)
        else:
            self.facts = _only(self.facts, entries)
            if self.decoding.busy() and self.facts.missing(entries) == self._remaining(entries):
                return  # all that is missing is on its way
            if self.facts.stopped and entries == self._asked:
                return
        missing = self.facts.missing(entries)
        if not missing and self.facts.sent is not None:
            self.drop()
            return
        self.facts = replace(self.facts, begun=None, part=0.0, stopped=False)
        self._under_way, self._asked = missing, entries
        sent = self.facts.sent
        coded = sent.refinement.coded if sent is not None else None
        if coded is None and not (fresh and session.stream is None):
            coded = sent_already(session, known, session.request()).coded
        linger = LINGER_SECONDS if self.decoding.busy() else 0.0  # in case the hand moves on
        self.decoding.start(compare(plan_of(session, missing), coded, work.prepare_torch, linger))

    def _remaining(self, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        return self.facts.missing(tuple(entry for entry in self._under_way if entry in entries))

    def _study(self, session: Session) -> None:
        if self.facts.studied is None and not self.reading.busy():
            self.reading.start(work_compare.study(session.models, work_compare.robustness_path()))

    def _heard(self, news: object) -> None:
        self.facts = self.facts.heard(news)
        self.changed.emit()

    def _progressed(self, part: float) -> None:
        self.facts = replace(self.facts, part=part)
        self.changed.emit()

    def _ended(self, error: str = "", stopped: bool = False) -> None:
        if self.decoding.busy():
            return  # only replaced by a newer one
        self.facts = replace(self.facts, begun=None, part=0.0, stopped=stopped or bool(error))
        if error:
            self.failed.emit(error)
        self.changed.emit()

    def stop(self) -> None:
        """Stop the decoders; what they have done stays."""
        self.decoding.cancel()

    def resume(self) -> None:
        """Decode everything anew, if the view is open."""
        self._fresh = True

    def drop(self) -> None:
        """Nothing more of the job is of interest; what it has done stays."""
        if self.decoding.busy() or self.facts.stopped:
            self.decoding.drop()
            self.facts = replace(self.facts, begun=None, part=0.0, stopped=False)

    def forget(self) -> None:
        """Another picture is open: what was made of the old one takes memory."""
        self.decoding.drop()
        self._for, self._fresh = (), False
        self.facts = CompareFacts(studied=self.facts.studied)

    def busy(self) -> bool:
        return self.decoding.busy() or self.reading.busy()

    def job(self) -> JobState | None:
        """What the status bar says of the comparison."""
        if self._session is None or not self.decoding.busy():
            return None
        return compare_job(self._session, self.facts, busy=True)

    def shutdown(self) -> None:
        """Wait for both threads."""
        self.decoding.shutdown()
        self.reading.shutdown()


def _holds(known: tuple[object, ...], wanted: tuple[object, ...]) -> bool:
    """Whether results for `known` are results for `wanted`: pictures are compared by identity."""
    return len(known) == len(wanted) and all(
        a is b if number < 2 else a == b for number, (a, b) in enumerate(zip(known, wanted, strict=True))
    )


def _only(facts: CompareFacts, entries: tuple[Entry, ...]) -> CompareFacts:
    """Without the runs of entries that were removed: their pictures take memory."""
    if {*facts.runs, *facts.failures} <= set(entries):
        return facts
    return replace(
        facts,
        runs={entry: run for entry, run in facts.runs.items() if entry in entries},
        failures={entry: text for entry, text in facts.failures.items() if entry in entries},
    )
