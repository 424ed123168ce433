"""Measures the codec on the picture beside the run, at low priority: quality against rate."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from engine.types import Picture, RatePoint
from viewer.core.jobs import Lane
from viewer.core.worker import OneLane
from viewer.decode import jobs as work
from viewer.decode.rate_points import quality_in_use
from viewer.model.facts.facts import Facts
from viewer.model.facts.run import Run
from viewer.model.scene.whole import Scene
from viewer.model.session.choices import Page
from viewer.model.session.state import Session


class CurveWorker(OneLane):
    """Owns the points of the codec's curve. `changed` comes with each of them."""

    changed = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._points: tuple[RatePoint, ...] = ()
        self._of: tuple[Picture, str, str] | None = None
        self._cut: object = None
        self._request: object = None
        self.lane = Lane("curve", self, low=True)
        self.lane.yielded.connect(lambda _, points: self._grew(points))
        self.lane.finished.connect(lambda _: self.changed.emit())
        self.lane.failed.connect(lambda _, text: self.failed.emit(text))

    def follow(self, session: Session, facts: Facts, scene: Scene) -> Facts:
        """Measure the codec on the run's picture, unless it was, around the quality in use first."""
        run = facts.run
        self._request = run.refinement.request if run is not None else None
        if run is None:
            self.forget()
        elif session.picture is not None and session.page is not Page.COMPARE and _answers(run, session):
            wanted = (session.picture, session.options.codec, session.options.subsampling)
            if not self._known(wanted) and self._cut is not self._request:
                self._of, self._points = wanted, ()
                near = quality_in_use(session, facts)
                codec, subsampling = wanted[1:]
                self.lane.start(work.rate_curve(codec, session.picture.pixels, subsampling, near))
        return facts if facts.rate_points is self._points else replace(facts, rate_points=self._points)

    def _known(self, wanted: tuple[Picture, str, str]) -> bool:
        return self._of is not None and self._of[0] is wanted[0] and self._of[1:] == wanted[1:]

    def _grew(self, points: tuple[RatePoint, ...]) -> None:
        self._points = points
        self.changed.emit()

    def forget(self) -> None:
        """Another picture is open."""
        self._of, self._points, self._cut = None, (), None
        self.lane.drop()

    def stop(self) -> None:
        """Stop; a curve that was cut short is measured anew with the next run."""
        if self.lane.busy():
            self._of, self._cut = None, self._request
        self.lane.cancel()

    def resume(self) -> None:
        """A curve that was cut short comes anew with the run."""


def _answers(run: Run, session: Session) -> bool:
    """Whether the run is of what is chosen now, so that the encoder has had its turn."""
    request, options = run.refinement.request, session.options
    if run.refinement.original is not session.picture or request.codec != options.codec:
        return False
    return request.encode is not None and request.encode.subsampling == options.subsampling
