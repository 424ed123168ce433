"""What stands beside the run that is shown: results of other decoders, and differences of large pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from engine.types import Coded
from viewer.core.jobs import Lane, Token, Work
from viewer.core.memo import same
from viewer.decode import jobs as work
from viewer.decode.several import compare, plan_of
from viewer.model.facts.compare import CompareFacts
from viewer.model.facts.differences import DifferenceLook, DifferenceSet, Pair, make_differences
from viewer.model.facts.facts import Facts, JobState
from viewer.model.facts.run import Run
from viewer.model.scene.whole import Scene
from viewer.model.session.compare import Entry
from viewer.model.session.panes import decoders_beside, decoders_chosen
from viewer.model.session.state import Session
from viewer.panes.resolve.difference import difference_look

_SETS = 2
"""Sets of differences that are kept: a set of large pictures takes hundreds of megabytes."""


class Beside(QObject):
    """Starts what the panes lack, once the run that is shown is complete. `changed` comes with each news."""

    changed = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.facts = CompareFacts()
        self.differences: tuple[DifferenceSet, ...] = ()
        self._coded: Coded | None = None
        self._steps = 0
        self._resetting = False
        self._under_way: tuple[Entry, ...] = ()
        self._making: tuple[tuple[Pair, ...], DifferenceLook] | None = None
        self.decoding = Lane("beside", self)
        self.differing = Lane("difference", self)
        self.decoding.yielded.connect(lambda _, news: self._heard(news))
        self.decoding.progressed.connect(lambda _, part: self._progressed(part))
        self.decoding.finished.connect(lambda _: self._ended())
        self.decoding.cancelled.connect(lambda _: self._ended(stopped=True))
        self.decoding.failed.connect(lambda _, text: self._ended(text))
        self.differing.yielded.connect(lambda _, made: self._made(made))
        self.differing.failed.connect(lambda _, text: self.failed.emit(text))

    # ---- following --------------------------------------------------------------------------------

    def told(self, facts: Facts) -> Facts:
        """`facts` with what is known here."""
        if facts.beside is self.facts and facts.differences is self.differences:
            return facts
        return replace(facts, beside=self.facts, differences=self.differences)

    def follow(self, session: Session, run: Run | None, busy: bool, scene: Scene) -> None:
        """Start what `scene` lacks. busy: the decoder of the run is still at work."""
        self._follow_differences(session, scene)
        if run is None or busy or not run.refinement.finished or session.compare.on or session.rates.on:
            return
        self._follow_decoders(session, run)

    def _follow_decoders(self, session: Session, run: Run) -> None:
        entries, coded = decoders_beside(session), run.refinement.coded
        if coded is not self._coded or session.options.steps != self._steps:
            self._coded, self._steps = coded, session.options.steps
            self._reset()
        if not entries:
            if not decoders_chosen(session) and (self.facts.runs or self.decoding.busy()):
                self._reset()
            return
        missing = self.facts.missing(entries)
        if not missing or self.facts.stopped:
            return
        if self.decoding.busy() and set(missing) <= set(self._under_way):
            return
        self._under_way = missing
        self.facts = replace(self.facts, begun=None, part=0.0)
        asked = replace(session.compare, steps=session.options.steps)
        plan = plan_of(replace(session, compare=asked), missing)
        self.decoding.start(compare(plan, coded, work.prepare_torch))

    def _follow_differences(self, session: Session, scene: Scene) -> None:
        panes = [pane for pane in scene.panes if pane.between is not None]
        pairs = tuple(pane.between for pane in panes if pane.between is not None)
        if not panes or all(pane.pixels is not None for pane in panes):
            return
        look = difference_look(session)
        known = self._making is not None and self._making[1] == look and same(self._making[0], pairs)
        if known and self.differing.busy():
            return
        self._making = pairs, look
        self.differing.start(_differences(pairs, look))

    # ---- news -------------------------------------------------------------------------------------

    def _heard(self, news: object) -> None:
        self.facts = self.facts.heard(news)
        self.changed.emit()

    def _progressed(self, part: float) -> None:
        self.facts = replace(self.facts, part=part)
        self.changed.emit()

    def _ended(self, error: str = "", stopped: bool = False) -> None:
        if self._resetting or self.decoding.busy():
            return  # of no interest any longer, or only replaced by a newer one
        self.facts = replace(self.facts, begun=None, part=0.0, stopped=stopped or bool(error))
        self._under_way = ()
        if error:
            self.failed.emit(error)
        self.changed.emit()

    def _made(self, made: DifferenceSet) -> None:
        self._making = None
        self.differences = (made, *self.differences)[:_SETS]
        self.changed.emit()

    # ---- ends -------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Stop decoders; what they have done stays. `resume` lets them go on."""
        self.decoding.cancel()

    def resume(self) -> None:
        """What was stopped may go on."""
        self.facts = replace(self.facts, stopped=False)

    def _reset(self) -> None:
        self._resetting = True
        self.decoding.drop()
        self._resetting = False
        self._under_way = ()
        self.facts = CompareFacts()

    def forget(self) -> None:
        """Another picture is open: what was made of the old one takes memory."""
        self._reset()
        self._coded = None
        self.differing.drop()
        self._making, self.differences = None, ()

    def job(self) -> JobState:
        """What the status bar says of other decoders at work."""
        begun = self.facts.begun
        if begun is None:
            return JobState("Starting the decoders", 0.0)
        return JobState(f"{begun.entry.decoder}, {begun.place + 1} of {begun.count} beside", self.facts.part)

    def busy(self) -> bool:
        return self.decoding.busy() or self.differing.busy()

    def shutdown(self) -> None:
        """Wait for both threads."""
        self.decoding.shutdown()
        self.differing.shutdown()


def _differences(pairs: tuple[Pair, ...], look: DifferenceLook) -> Work:
    """Make differences of large pictures; yields one `DifferenceSet`."""

    def work(_: Token) -> Iterator[DifferenceSet]:
        yield DifferenceSet(pairs, look, make_differences(pairs, look))

    return work
