"""Keeps SSIMULACRA2 and FLIP of the run's pictures, once its decoder is done, at low priority."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from PySide6.QtCore import QObject, Signal

from engine.errors import UserError
from engine.types import Pixels
from viewer.core.job import Token, Work
from viewer.core.jobs import Lane
from viewer.core.worker import OneLane
from viewer.model.facts.artefacts import original_pixels
from viewer.model.facts.facts import Facts
from viewer.model.facts.perceived import Perceived, perceived_at, unmeasured
from viewer.model.facts.run import Run
from viewer.model.scene.whole import Scene
from viewer.model.session.choices import Page
from viewer.model.session.playback import shown_step
from viewer.model.session.state import Session

_AT_ONCE = 2


class PerceptualMeasurer(OneLane):
    """Owns what is measured. `changed` comes with each picture; `failed` carries one line."""

    changed = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: Mapping[int, Perceived] = MappingProxyType({})
        self._sent: object = None
        self._stopped = False
        self.lane = Lane("perceptual", self, low=True)
        self.lane.yielded.connect(lambda _, news: self._heard(*news))
        self.lane.finished.connect(lambda _: self.changed.emit())
        self.lane.failed.connect(lambda _, text: self._failed(text))

    def follow(self, session: Session, facts: Facts, scene: Scene) -> Facts:
        """Start what is missing of the run's pictures, and return the facts with what is there."""
        run = facts.run
        if run is None or session.page is not Page.PICTURES:
            self.lane.drop()
        else:
            if run.refinement.coded is not self._sent:
                self.forget()
                self._sent = run.refinement.coded
            if run.over and not facts.decoding:
                self._start(session, run)
        return facts if facts.perceived is self._known else replace(facts, perceived=self._known)

    def _start(self, session: Session, run: Run) -> None:
        original = original_pixels(run)
        if self._stopped or self.lane.busy() or original is None or unmeasured(run):
            return
        shown = shown_step(session, run.ready, run.first)
        wanted = dict.fromkeys((0, shown, *range(run.ready, run.first - 1, -1)))
        missing = [at for at in wanted if perceived_at(self._known, run, at) is None]
        if missing:
            self.lane.start(measure([(at, run.pixels(at)) for at in missing[:_AT_ONCE]], original))

    def _heard(self, position: int, found: Perceived) -> None:
        self._known = MappingProxyType({**self._known, position: found})
        self.changed.emit()

    def _failed(self, text: str) -> None:
        self._stopped = True
        self.failed.emit(text)

    def forget(self) -> None:
        """Another picture is open."""
        self._sent, self._known, self._stopped = None, MappingProxyType({}), False
        self.lane.drop()

    def stop(self) -> None:
        """Stop what runs; the rest waits for `resume`."""
        self._stopped = self._stopped or self.lane.busy()
        self.lane.cancel()

    def resume(self) -> None:
        self._stopped = False


def measure(pictures: Sequence[tuple[int, Pixels]], original: Pixels) -> Work:
    """Yield the position of each picture with its `Perceived`, in the order given."""

    def work(token: Token) -> Iterator[tuple[int, Perceived]]:
        for position, pixels in pictures:
            if token.cancelled():
                return
            yield position, perceived(pixels, original)

    return work


def perceived(pixels: Pixels, original: Pixels) -> Perceived:
    """One picture's scores and map; what its optional package is missing for is noted."""
    from engine.metrics.fidelity import patch_means
    from engine.metrics.perceptual import flip_map, ssimulacra2

    notes, score, flips, mean = [], None, None, None
    try:
        score = ssimulacra2(original, pixels)
    except UserError as reason:
        notes.append(str(reason))
    try:
        errors = flip_map(original, pixels)
        flips, mean = patch_means(errors), float(errors.mean(dtype="float64"))
    except UserError as reason:
        notes.append(str(reason))
    return Perceived(pixels, original, score, mean, flips, tuple(notes))
