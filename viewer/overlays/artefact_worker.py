"""Keeps the measurements of artefacts in step with the pictures of the run, at low priority."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from PySide6.QtCore import QObject, Signal

from viewer.core.jobs import Lane
from viewer.core.worker import OneLane
from viewer.model.facts.artefacts import Measured, measured_at, original_pixels
from viewer.model.facts.facts import Facts
from viewer.model.facts.run import Run
from viewer.model.scene.whole import Scene
from viewer.model.session.choices import Page
from viewer.model.session.playback import shown_step
from viewer.model.session.state import Session
from viewer.overlays.artefact_jobs import measure_artefacts

MOST_PATCHES = 1 << 17
"""Of pictures with more (8 megapixels) only what is shown, the standard decode and the last step are
measured: each takes seconds."""
_AT_ONCE = 2
"""Pictures a job takes on: the next job knows better what is shown by then."""


class ArtefactMeasurer(OneLane):
    """Owns what is measured. `changed` comes with each picture; `failed` carries one line. most_patches: see
    `MOST_PATCHES`."""

    changed = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None, most_patches: int = MOST_PATCHES) -> None:
        super().__init__(parent)
        self.most_patches = most_patches
        self._known: Mapping[int, Measured] = MappingProxyType({})
        self._sent: object = None
        self._request: object = None
        self._note = ""
        self._stopped = False
        self.lane = Lane("artefacts", self, low=True)
        self.lane.yielded.connect(lambda _, news: self._heard(*news))
        self.lane.finished.connect(lambda _: self.changed.emit())
        self.lane.failed.connect(lambda _, text: self._failed(text))

    def follow(self, session: Session, facts: Facts, scene: Scene) -> Facts:
        """Start what is missing of the run's pictures, and return the facts with what is there. Called at
        every change, so it costs nothing where nothing is to do."""
        run = facts.run
        if run is None or session.page is Page.COMPARE:
            self._drop(None)
        else:
            if run.refinement.coded is not self._sent:
                self._drop(run.refinement.coded)
            if run.refinement.request is not self._request:
                self._request, self._stopped = run.refinement.request, False
            self._start(session, run)
        if facts.measured is self._known and facts.measured_note == self._note:
            return facts
        return replace(facts, measured=self._known, measured_note=self._note)

    def _start(self, session: Session, run: Run) -> None:
        if self._stopped or self._note or self.lane.busy():
            return
        missing = [at for at in self._wanted(session, run) if measured_at(self._known, run, at) is None]
        if missing:
            pictures = [(at, run.pixels(at)) for at in missing[:_AT_ONCE]]
            self.lane.start(measure_artefacts(pictures, original_pixels(run)))

    def _wanted(self, session: Session, run: Run) -> tuple[int, ...]:
        """Positions in the order in which they are of interest."""
        shown = shown_step(session, run.ready, run.first)
        rows, columns = session.grid
        others = range(run.ready, run.first - 1, -1) if rows * columns <= self.most_patches else (run.ready,)
        return tuple(dict.fromkeys((0, shown, *others)))

    def _drop(self, sent: object) -> None:
        """Forget everything; pictures of `sent` come next."""
        if self._sent is None and sent is None:
            return
        self._sent = sent
        self._known, self._note, self._stopped = MappingProxyType({}), "", False
        self.lane.drop()

    def _heard(self, position: int, found: Measured) -> None:
        self._known = MappingProxyType({**self._known, position: found})
        self.changed.emit()

    def _failed(self, text: str) -> None:
        self._note = text
        self.failed.emit(text)
        self.changed.emit()

    def forget(self) -> None:
        """Another picture is open."""
        self._drop(None)
        self._request = None

    def stop(self) -> None:
        """Stop what runs; the rest waits for `resume`."""
        self._stopped = self._stopped or self.lane.busy()
        self.lane.cancel()

    def resume(self) -> None:
        self._stopped, self._note = False, ""
