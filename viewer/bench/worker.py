"""Keeps the Measure page's results: measures a folder in the background, reads tables, compares anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.models.card import ModelCard
from viewer.bench import jobs
from viewer.bench.resolve.scene import output_of, why_not
from viewer.core.jobs import Lane
from viewer.core.worker import InLanes
from viewer.decode import jobs as decoding
from viewer.model.facts.bench import BenchFacts
from viewer.model.facts.facts import Facts, JobState
from viewer.model.scene.whole import Scene
from viewer.model.session.bench import AUTO, Bench, qualities_of
from viewer.model.session.choices import Page
from viewer.model.session.state import Session

if TYPE_CHECKING:
    from engine.benchmark.plan import Asked


class Bencher(InLanes):
    """Owns the facts of the Measure page. `changed` comes with each piece of news."""

    changed = Signal()
    failed = Signal(str)
    """What stopped a job."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.facts = BenchFacts()
        self._chosen = Bench()
        self._models: tuple[ModelCard, ...] = ()
        self._wanted = ""
        self.measuring = Lane("measure", self, hangs=True)
        self.reading = Lane("results", self, apart=True)
        self.lanes = (self.measuring, self.reading)
        self.measuring.yielded.connect(lambda _, news: self._heard(news))
        self.measuring.finished.connect(lambda _: self._ended())
        self.measuring.cancelled.connect(lambda _: self._ended(stopped=True))
        self.measuring.failed.connect(lambda _, text: self._ended(text))
        self.reading.yielded.connect(lambda _, news: self._set(results=news.results))
        self.reading.finished.connect(lambda _: self._read())
        self.reading.failed.connect(lambda _, text: self._read(text))

    def _set(self, **changes: object) -> None:
        self.facts = replace(self.facts, **changes)  # type: ignore[arg-type]
        self.changed.emit()

    def follow(self, session: Session, facts: Facts, scene: Scene) -> Facts:
        """Compare anew where the baseline is another; while a folder is measured its next results do."""
        self._chosen, self._models = session.bench, session.models
        results, wanted = self.facts.results, self._chosen.baseline
        there = results is not None and wanted in results.baselines and wanted != results.baseline
        if there and wanted != self._wanted and not self.facts.running and not self.facts.opening:
            assert results is not None
            self._wanted = wanted
            self.reading.start(jobs.against(results.rows, self._models, wanted))
        return facts if facts.bench is self.facts else replace(facts, bench=self.facts)

    # ---- measuring ------------------------------------------------------------------------------

    def start(self) -> None:
        """Measure the chosen folder into its table, or go on with it."""
        if why_not(self._chosen, self.facts):
            return
        folder, output = Path(self._chosen.folder), output_of(self._chosen)
        self.reading.drop()
        self._wanted = self._chosen.baseline
        same = self.facts.table == output
        self._set(
            results=self.facts.results if same else None, table=output, folder=folder, running=True,
            opening=False, image="", done=0, count=0, notes=(), ended="", failed=False,
        )  # fmt: skip
        self.measuring.start(
            jobs.measure(
                folder, output, self._asking(), self._models, lambda: self._chosen.baseline,
                decoding.prepare_torch,
            )
        )  # fmt: skip

    def _asking(self) -> Callable[[], Asked]:
        """Makes what is asked for, of what is chosen now."""
        chosen, cards = self._chosen, self._models

        def ask() -> Asked:
            from engine.benchmark.plan import Asked

            by_name = {card.name: card for card in cards}
            wanted = [by_name[name] for name in chosen.decoders if name in by_name]
            return Asked(
                codecs=chosen.codecs,
                qualities=qualities_of(chosen.qualities),
                decoders=tuple((card.address, card) for card in wanted),
                auto=cards if AUTO in chosen.decoders else (),
            )

        return ask

    def cancel(self) -> None:
        """Stop measuring; the table keeps what was measured."""
        self.measuring.cancel()

    def _heard(self, news: object) -> None:
        if isinstance(news, jobs.Planned):
            self._set(count=news.count, notes=news.notes)
        elif isinstance(news, jobs.Went):
            notes = (*self.facts.notes, news.note) if news.note else self.facts.notes
            self._set(image=news.image, done=news.done, notes=notes)
        elif isinstance(news, jobs.Found):
            self._set(results=news.results)

    def _ended(self, error: str = "", stopped: bool = False) -> None:
        if self.measuring.busy():
            return
        if error:
            words = error
        elif stopped:
            words = f"Stopped after {self.facts.done} of {self.facts.count}: Measure goes on from there"
        else:
            words = f"Measured: {self.facts.table}"
        early = self.facts.table if stopped or (error and self.facts.done) else None
        self._set(running=False, opening=early is not None, ended=words, failed=bool(error))
        if early is not None:  # what came since the results were last shown
            self._wanted = self._chosen.baseline
            self.reading.start(jobs.kept(early, self._models, self._wanted))
        if error:
            self.failed.emit(error)

    # ---- tables ---------------------------------------------------------------------------------

    def open(self, table: Path, folder: Path | None) -> None:
        """Show the results of a table. folder: of its pictures, where that is known."""
        if self.facts.running:
            self.failed.emit("a folder is being measured; cancel that, or wait for it")
            return
        self._wanted = self._chosen.baseline
        self._set(results=None, table=table, folder=folder, opening=True, notes=(), ended="", failed=False)
        self.reading.start(jobs.read(table, self._models, self._wanted))

    def place(self, folder: Path) -> None:
        """Where the pictures of the table lie."""
        self._set(folder=folder)

    def _read(self, error: str = "") -> None:
        if self.reading.busy():
            return
        self._set(opening=False)
        if error:
            self._set(ended=error, failed=True)
            self.failed.emit(error)

    # ---- as every worker ------------------------------------------------------------------------

    def stop(self) -> None:
        """Stop what runs; what is there stays."""
        self.measuring.cancel()

    def resume(self) -> None:
        """Nothing waits: a folder is measured when it is asked for."""

    def forget(self) -> None:
        """Another picture is open; the results are none of it."""

    def job(self) -> JobState | None:
        """What the status bar says of it, wherever one looks meanwhile."""
        if not self.facts.running:
            return None
        count = self.facts.count
        part = self.facts.done / count if count else 0.0
        return JobState(f"Measuring {self.facts.done} of {count}", part, Page.BENCH)
