"""Keeps the compare view's results in step with what is asked for: one job, one decoder after the other."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from engine.types import Coded
from viewer.compare import jobs as work_compare
from viewer.core.jobs import Lane
from viewer.decode import jobs as work
from viewer.decode.several import compare, plan_of
from viewer.model.facts.compare import CompareFacts
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
        self.decoding = Lane("compare", self)
        self.reading = Lane("study", self, low=True)
        self.decoding.yielded.connect(lambda _, news: self._heard(news))
        self.decoding.progressed.connect(lambda _, part: self._progressed(part))
        self.decoding.finished.connect(lambda _: self._ended())
        self.decoding.cancelled.connect(lambda _: self._ended(stopped=True))
        self.decoding.failed.connect(lambda _, text: self._ended(text))
        self.reading.yielded.connect(lambda _, news: self._heard(news))
        self.reading.failed.connect(lambda _, text: self.failed.emit(text))

    def follow(self, session: Session, coded: Coded | None, linger: float, fresh: bool = False) -> None:
        """Start what the session's comparison lacks. coded: the stream, when it is there already.

        Results that still hold are kept; `fresh` begins anew.
        """
        self._study(session)
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
            sent = self.facts.sent
            coded = sent.refinement.coded if sent is not None else coded
            if self.decoding.busy() and self.facts.missing(entries) == self._remaining(entries):
                return  # all that is missing is on its way
        missing = self.facts.missing(entries)
        if not missing and self.facts.sent is not None:
            self.decoding.drop()
            return
        self.facts = replace(self.facts, begun=None, part=0.0, stopped=False)
        self._under_way = missing
        plan = plan_of(session, missing)
        self.decoding.start(compare(plan, coded, work.prepare_torch, linger))

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

    def drop(self) -> None:
        """The view is closed: nothing more of the job is of interest."""
        self.decoding.drop()

    def forget(self) -> None:
        """Another picture is open: what was made of the old one takes memory."""
        self.decoding.drop()
        self._for = ()
        self.facts = CompareFacts(studied=self.facts.studied)

    def busy(self) -> bool:
        return self.decoding.busy() or self.reading.busy()

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
    return replace(
        facts,
        runs={entry: run for entry, run in facts.runs.items() if entry in entries},
        failures={entry: text for entry, text in facts.failures.items() if entry in entries},
    )
