"""What has been computed for the compare view so far. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from engine.models.training_record import TrainingRecord
from viewer.model.reading import read_by_field
from viewer.model.session.compare import Entry

if TYPE_CHECKING:
    from engine.evaluation.table import CompareRow
    from viewer.model.facts.run import Run


@dataclass(frozen=True)
class CompareBegun:
    """A decoder's turn has come. place: its number among those of the job, of `count`."""

    entry: Entry
    place: int
    count: int


@dataclass(frozen=True, eq=False)
class CompareSent:
    """The stream that all decoders get, with its standard decode as the only step."""

    run: Run


@dataclass(frozen=True, eq=False)
class Grown:
    """One more step of a decoder."""

    entry: Entry
    run: Run


@dataclass(frozen=True)
class CompareFailed:
    """A decoder could not do its part; the others go on."""

    entry: Entry
    reason: str


@dataclass(frozen=True, eq=False)
class Studied:
    """What files beside the models tell. records: by decoder; one line for people where reading failed.

    robustness: rows of the bundled study; note: why there are none. learners: rows of that of learners, ()
    where there is none.
    """

    records: Mapping[str, TrainingRecord | str | None]
    robustness: tuple[CompareRow, ...] = ()
    note: str = ""
    learners: tuple[CompareRow, ...] = ()


@read_by_field
@dataclass(frozen=True, eq=False)
class CompareFacts:
    """sent: the stream. runs, failures: by entry. begun: whose turn it is; part: of the whole job, 0 to 1.

    stopped: the job was cancelled, so that what is missing will not come by itself. studied: None while
    the files are still to be read.
    """

    sent: Run | None = None
    runs: Mapping[Entry, Run] = field(default_factory=lambda: MappingProxyType({}))
    failures: Mapping[Entry, str] = field(default_factory=lambda: MappingProxyType({}))
    begun: CompareBegun | None = None
    part: float = 0.0
    stopped: bool = False
    studied: Studied | None = None

    def missing(self, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        """Those of `entries` that are neither finished nor failed."""
        return tuple(
            entry
            for entry in entries
            if entry not in self.failures
            and not (entry in self.runs and self.runs[entry].refinement.finished)
        )

    def only(self, entries: tuple[Entry, ...]) -> CompareFacts:
        """These facts without those of other entries than `entries`."""
        if {*self.runs, *self.failures} <= set(entries):
            return self
        return replace(
            self,
            runs={entry: run for entry, run in self.runs.items() if entry in entries},
            failures={entry: text for entry, text in self.failures.items() if entry in entries},
        )

    def steps(self, entries: tuple[Entry, ...]) -> tuple[int, int]:
        """The newest step that any of `entries` has, and the last that one will have."""
        runs = [self.runs[entry] for entry in entries if entry in self.runs]
        ready = max((run.ready for run in runs), default=0)
        return ready, max((run.planned for run in runs), default=0)

    def progress(self, entry: Entry) -> float | None:
        """How far an entry is, 0 to 1; None while its turn has not come, or is over."""
        begun = self.begun
        if begun is None or begun.entry != entry:
            return None
        return min(1.0, max(0.0, self.part * begun.count - begun.place))

    def heard(self, news: object) -> CompareFacts:
        """These facts and what a job has just said."""
        if isinstance(news, CompareBegun):
            return replace(self, begun=news)
        if isinstance(news, CompareSent):
            return replace(self, sent=news.run)
        if isinstance(news, Grown):
            return replace(self, runs={**self.runs, news.entry: news.run})
        if isinstance(news, CompareFailed):
            runs = {entry: run for entry, run in self.runs.items() if entry != news.entry}
            return replace(self, runs=runs, failures={**self.failures, news.entry: news.reason})
        if isinstance(news, Studied):
            return replace(self, studied=news)
        raise TypeError(f"unknown news {news!r}")
