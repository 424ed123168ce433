"""In the background, while a patch is explained: reads where the codes of each block stand in the stream, and
follows the patch through the decoder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

from PySide6.QtCore import QObject, Signal

from engine import pipeline
from engine.errors import UserError
from engine.types import Coded, Refinement
from viewer.core.job import Token, Work
from viewer.core.jobs import Lane
from viewer.core.memo import same
from viewer.core.process import compute_threads
from viewer.core.worker import InLanes
from viewer.model.facts.codes import CodesFacts
from viewer.model.facts.facts import Facts
from viewer.model.facts.traces import TraceFacts, TraceKey
from viewer.model.scene.whole import Scene
from viewer.model.session.patch_changes import shown
from viewer.model.session.state import Session
from viewer.patch.resolve.dock import explained, explained_step


class PatchReader(InLanes):
    """Keeps `facts` up to date with the stream that is shown; `changed` comes when they are read."""

    changed = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.facts, self.traces = CodesFacts(), TraceFacts()
        self._wanted: Coded | None = None
        self._tracing: tuple[object, ...] = ()
        self.reading = Lane("codes", self, low=True)
        self.reading.yielded.connect(lambda _, facts: self._take(facts))
        self.reading.failed.connect(lambda _, text: self._fail(text))
        self.tracing = Lane("trace", self, low=True)
        self.lanes = (self.reading, self.tracing)
        self.tracing.yielded.connect(lambda _, traces: self._traced(traces))
        self.tracing.failed.connect(lambda _, text: self.failed.emit(text))

    def follow(self, session: Session, facts: Facts, scene: Scene) -> Facts:
        """Read the codes of the run's stream, if they are wanted and it has any."""
        coded = facts.run.refinement.coded if facts.run is not None else None
        if coded is not None and coded is not self._wanted and shown(session) and coded.symbols is not None:
            self._wanted = coded
            self.reading.start(read_codes(coded))
        self._follow_trace(session, facts)
        if facts.codes is self.facts and facts.traces is self.traces:
            return facts
        return replace(facts, codes=self.facts, traces=self.traces)

    def _follow_trace(self, session: Session, facts: Facts) -> None:
        """Follow the patches that are explained, once nothing else computes."""
        run, card = facts.run, session.card
        if run is None or not run.over or facts.decoding or card is None or not shown(session):
            return
        record = run.refinement
        keys = tuple((place, explained_step(session, run, place)) for place in explained(session))
        keys = tuple(key for key in keys if key[1] > 0)
        if not keys or record.coded.symbols is None or record.request.decoder != card.name:
            return
        wanted = (record.coded, record.request, keys)
        if same(wanted[:1], self._tracing[:1]) and wanted[1:] == self._tracing[1:]:
            return
        self._tracing = wanted
        self.tracing.start(trace(record, card.address, keys))

    def forget(self) -> None:
        """Another picture is open."""
        self._wanted, self.facts, self.traces, self._tracing = None, CodesFacts(), TraceFacts(), ()
        self.reading.drop()
        self.tracing.drop()

    def stop(self) -> None:
        """Reading is short, and goes on."""

    def resume(self) -> None:
        """Nothing was stopped."""

    def _traced(self, traces: TraceFacts) -> None:
        self.traces = traces
        self.changed.emit()

    def _take(self, facts: CodesFacts) -> None:
        self.facts = facts
        self.changed.emit()

    def _fail(self, text: str) -> None:
        self.facts = CodesFacts(self._wanted, None, text)
        self.failed.emit(text)


def read_codes(coded: Coded) -> Work:
    """Find where each block of a JPEG stream stands; yields one `CodesFacts`, with the reason if it can't."""

    def work(_: Token) -> Iterator[CodesFacts]:
        from engine.codecs.jpeg.bits import UncountableError
        from engine.codecs.jpeg.codes import index_blocks

        try:
            yield CodesFacts(coded, index_blocks(coded.payload))
        except (UncountableError, UserError) as reason:
            yield CodesFacts(coded, None, str(reason))

    return work


def trace(record: Refinement, address: str, keys: tuple[TraceKey, ...]) -> Work:
    """Follow patches of a run through its decoder; yields one `TraceFacts`. address: where the engine finds
    the decoder."""

    def work(token: Token) -> Iterator[TraceFacts]:
        import torch

        from engine.analysis.patch_trace import trace_patch

        torch.set_num_threads(compute_threads())
        decoder = pipeline.load_decoder(address)
        found = {}
        for place, step in keys:
            found[place, step] = trace_patch(decoder, record.coded, record.request.options, step, place)
            if token.cancelled():
                return
        yield TraceFacts(record.coded, record.request, MappingProxyType(found))

    return work
