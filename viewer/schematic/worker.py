"""In the background, while the diagram is shown: runs the decoder's network on the patch that it shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from engine import pipeline
from engine.errors import UserError
from engine.types import Refinement
from viewer.core.job import Token, Work
from viewer.core.jobs import Lane
from viewer.core.memo import same
from viewer.core.process import compute_threads
from viewer.core.worker import OneLane
from viewer.model.facts.facts import Facts
from viewer.model.facts.networks import NetworkFacts
from viewer.model.scene.whole import Scene
from viewer.model.session.patch import Place
from viewer.model.session.schematic_changes import shown
from viewer.model.session.state import Session
from viewer.schematic.resolve.scene import wanted


class NetworkReader(OneLane):
    """Keeps `facts` up to date with the patch and the step that are shown."""

    changed = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.facts = NetworkFacts()
        self._asked: tuple[object, ...] = ()
        self._kept = _Kept()
        self.lane = Lane("network", self, low=True)
        self.lane.yielded.connect(lambda _, facts: self._take(facts))
        self.lane.failed.connect(lambda _, text: self.failed.emit(text))

    def follow(self, session: Session, facts: Facts, scene: Scene) -> Facts:
        """Trace what the diagram lacks, once nothing else decodes."""
        run, card = facts.run, session.card
        if not shown(session):
            self._asked = ()
        elif run is not None and run.over and not facts.decoding and card is not None:
            ask = wanted(session, run)
            if ask is not None:
                key = (run.refinement.coded, run.refinement.request, *ask)
                if not same(key[:2], self._asked[:2]) or key[2:] != self._asked[2:]:
                    self._asked = key
                    self.lane.start(trace(self._kept, run.refinement, card.address, *ask))
        return facts if facts.networks is self.facts else replace(facts, networks=self.facts)

    def forget(self) -> None:
        """Another picture is open."""
        self.lane.drop()
        self.facts, self._asked, self._kept = NetworkFacts(), (), _Kept()

    def stop(self) -> None:
        """What is missing comes with the next patch or step."""
        self.lane.cancel()

    def resume(self) -> None:
        """Try again."""
        self._asked = ()

    def _take(self, facts: NetworkFacts) -> None:
        self.facts = facts
        self.changed.emit()


class _Kept:
    """The last run's tracer. Only jobs of the lane touch it, one after the other on its thread."""

    def __init__(self) -> None:
        self.key: tuple[object, ...] = ()
        self.tracer: object = None


def trace(kept: _Kept, record: Refinement, address: str, place: Place, step: int) -> Work:
    """Run the network of a decoder on a patch; yields one `NetworkFacts`. address: where the engine finds
    the decoder."""

    def work(token: Token) -> Iterator[NetworkFacts]:
        import torch

        from engine.analysis.network_trace import RasterTracer, SweepTracer, tracer_of

        torch.set_num_threads(compute_threads())
        coded, request = record.coded, record.request
        key = (coded, request, address)
        if not same(key, kept.key):
            kept.key, kept.tracer = (), None
            try:
                tracer = tracer_of(pipeline.load_decoder(address), coded, request.options, token.cancelled)
            except UserError as reason:
                yield NetworkFacts(coded, request, place, step, None, str(reason))
                return
            if token.cancelled():
                return
            kept.key, kept.tracer = key, tracer
        if not isinstance(kept.tracer, RasterTracer | SweepTracer):
            yield NetworkFacts(coded, request, place, step, None, "This decoder has no network to draw")
            return
        yield NetworkFacts(coded, request, place, step, kept.tracer.at(place, step))

    return work
