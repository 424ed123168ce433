"""Keeps the lessons' measurements in step with what the open lesson shows: one job at low priority."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from engine.types import Pixels
from viewer.core.jobs import Lane
from viewer.core.worker import OneLane
from viewer.lessons.jobs import LessonTask, measure
from viewer.lessons.resolve.panel import source_pixels
from viewer.model.facts.facts import Facts
from viewer.model.facts.lessons import ChangesFound, LessonFacts, Limits, PatchFound
from viewer.model.facts.run import Run
from viewer.model.scene.whole import Scene
from viewer.model.session.choices import Page
from viewer.model.session.lessons import LIMITS, STEPS
from viewer.model.session.state import Session

_ALL_LAWS = 64


class LessonWorker(OneLane):
    """Owns the facts of the lessons. `changed` comes with each piece of news."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.facts = LessonFacts()
        self._task: LessonTask | None = None
        self._stopped = False
        self.lane = Lane("lesson", self, low=True)
        self.lane.yielded.connect(lambda _, news: self._heard(news))
        self.lane.finished.connect(lambda _: self._ended())
        self.lane.cancelled.connect(lambda _: self._cancelled())
        self.lane.failed.connect(lambda _, text: self._ended(text))

    def follow(self, session: Session, facts: Facts, scene: Scene) -> Facts:
        """Start what the open lesson lacks, and drop what is of no interest any more. What is measured is the
        panel's alone: `facts` are returned as they are."""
        self._follow(session, facts)
        return facts

    def _follow(self, session: Session, facts: Facts) -> None:
        pixels = source_pixels(session, facts) if session.lessons.on else None
        if pixels is None:
            self._stopped = False
            self._drop()
            return
        if pixels is not self.facts.source:
            self._stopped = False
            self._drop()
            self.facts = LessonFacts(source=pixels)
        task = self._missing(session, facts, pixels)
        if task is None or self._stopped or (self.lane.busy() and _same(task, self._task)):
            return
        self._drop()
        self._task = task
        self.lane.start(measure(task))

    def _missing(self, session: Session, facts: Facts, pixels: Pixels) -> LessonTask | None:
        known, figure = self.facts, session.lessons.figure
        run = facts.run if figure == STEPS and session.page is not Page.COMPARE else None
        if run is not None and (not run.over or run is known.changed):
            run = None
        laws = len(known.limits.laws) if known.limits is not None else 0
        limits = figure == LIMITS and laws < _ALL_LAWS and not known.limits_note
        if known.patch is not None and run is None and not limits:
            return None
        return LessonTask(pixels, known.patch is None, limits, session.lessons.coefficient, run)

    def _heard(self, news: object) -> None:
        if isinstance(news, PatchFound):
            self.facts = replace(self.facts, patch=news.patch)
        elif isinstance(news, ChangesFound):
            self.facts = replace(self.facts, changed=news.run, changes=news.changes)
        elif isinstance(news, Limits):
            self.facts = replace(self.facts, limits=news)
        self.changed.emit()

    def _ended(self, error: str = "") -> None:
        if self.lane.busy():
            return  # only replaced by a newer one
        if error:
            self.facts = replace(self.facts, limits_note=error)
        self.changed.emit()

    def _cancelled(self) -> None:
        if not self.lane.busy():
            self._stopped = True
            self.changed.emit()

    def _drop(self) -> None:
        """Hear no more of the job; nobody is told."""
        self.lane.drop()
        self._task = None

    def stop(self) -> None:
        """Stop measuring; what is there stays, and what is missing waits for `resume`."""
        self.lane.cancel()

    def resume(self) -> None:
        """Let what was stopped go on."""
        self._stopped = False

    def forget(self) -> None:
        """Another picture is open: the old one's pixels take memory."""
        self._drop()
        self._stopped = False
        self.facts = LessonFacts()


def _same(one: LessonTask, other: LessonTask | None) -> bool:
    """Whether a job for `other` will bring what `one` wants; the order of laws may differ."""
    run: Run | None = other.run if other is not None else None
    return other is not None and one.pixels is other.pixels and one.limits <= other.limits and (
        one.run is None or one.run is run
    )  # fmt: skip
