"""What stands beside the run that is shown: results of other decoders, and differences of large pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from engine.models.card import ModelCard
from engine.types import Coded, DecodeOptions
from viewer.core.job import Token, Work
from viewer.core.jobs import Lane
from viewer.core.memo import same
from viewer.core.worker import InLanes
from viewer.decode.several_worker import SeveralDecoders
from viewer.model.facts.compare import CompareFacts
from viewer.model.facts.differences import DifferenceLook, DifferenceSet, Pair, make_differences
from viewer.model.facts.facts import Facts, JobState
from viewer.model.facts.run import Run
from viewer.model.scene.whole import Scene
from viewer.model.session.choices import Page
from viewer.model.session.decoder_names import decoder_title
from viewer.model.session.panes import decoders_beside, decoders_chosen
from viewer.model.session.state import Session
from viewer.panes.resolve.difference import difference_look

_SETS = 2
"""Sets of differences that are kept: a set of large pictures takes hundreds of megabytes."""


class Beside(InLanes):
    """Starts what the panes lack, once the run that is shown is complete. `changed` comes with each news."""

    changed = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.differences: tuple[DifferenceSet, ...] = ()
        self._coded: Coded | None = None
        self._how: tuple[object, ...] = ()
        self._making: tuple[tuple[Pair, ...], DifferenceLook] | None = None
        self.decoding = SeveralDecoders("beside", self)
        self.differing = Lane("difference", self)
        self._models: tuple[ModelCard, ...] = ()
        self.lanes = (self.decoding, self.differing)
        self.decoding.changed.connect(self.changed)
        self.decoding.failed.connect(self.failed)
        self.differing.yielded.connect(lambda _, made: self._made(made))
        self.differing.failed.connect(lambda _, text: self.failed.emit(text))

    @property
    def facts(self) -> CompareFacts:
        """What the other decoders have made."""
        return self.decoding.facts

    # ---- following --------------------------------------------------------------------------------

    def _told(self, facts: Facts) -> Facts:
        if facts.beside is self.facts and facts.differences is self.differences:
            return facts
        return replace(facts, beside=self.facts, differences=self.differences)

    def follow(self, session: Session, facts: Facts, scene: Scene) -> Facts:
        """Start what `scene` lacks."""
        self._follow_differences(session, scene)
        run, elsewhere = facts.run, session.page is not Page.PICTURES
        if run is not None and not facts.decoding and run.refinement.finished and not elsewhere:
            self._follow_decoders(session, run)
        return self._told(facts)

    def _follow_decoders(self, session: Session, run: Run) -> None:
        entries, coded = decoders_beside(session), run.refinement.coded
        self._models = session.models
        options = session.options
        how = options.steps, options.finished(DecodeOptions())
        if coded is not self._coded or how != self._how:
            self._coded, self._how = coded, how
            self.decoding.forget()
        if not entries:
            if not decoders_chosen(session) and (self.facts.runs or self.decoding.busy()):
                self.decoding.forget()
            return
        missing = self.facts.missing(entries)
        if not missing or self.facts.stopped:
            return
        if self.decoding.busy() and set(missing) <= set(self.decoding.under_way):
            return
        asked = replace(session.compare, steps=session.options.steps)
        self.decoding.start(replace(session, compare=asked), missing, coded)

    def _follow_differences(self, session: Session, scene: Scene) -> None:
        panes = [pane for pane in scene.panes if pane.between is not None]
        pairs = tuple(pane.between for pane in panes if pane.between is not None)
        if not panes or all(pane.pixels is not None for pane in panes):
            return
        look = difference_look(session)
        if any(made.look == look and same(made.pairs, pairs) for made in self.differences):
            return  # the scene is from before they came
        known = self._making is not None and self._making[1] == look and same(self._making[0], pairs)
        if known and self.differing.busy():
            return
        self._making = pairs, look
        self.differing.start(_differences(pairs, look))

    # ---- news -------------------------------------------------------------------------------------

    def _made(self, made: DifferenceSet) -> None:
        self._making = None
        self.differences = (made, *self.differences)[:_SETS]
        self.changed.emit()

    # ---- ends -------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Stop decoders; what they have done stays. `resume` lets them go on."""
        self.decoding.stop()

    def resume(self) -> None:
        """What was stopped may go on."""
        self.decoding.resume()

    def forget(self) -> None:
        """Another picture is open: what was made of the old one takes memory."""
        self.decoding.forget()
        self._coded = None
        self.differing.drop()
        self._making, self.differences = None, ()

    def job(self) -> JobState | None:
        """What the status bar says of other decoders at work."""
        if not self.decoding.busy():
            return None
        begun = self.facts.begun
        if begun is None:
            return JobState("Starting the decoders", 0.0)
        title = decoder_title(begun.entry.decoder, self._models)
        return JobState(f"{title}, {begun.place + 1} of {begun.count} beside", self.facts.part)


def _differences(pairs: tuple[Pair, ...], look: DifferenceLook) -> Work:
    """Make differences of large pictures; yields one `DifferenceSet`."""

    def work(_: Token) -> Iterator[DifferenceSet]:
        yield DifferenceSet(pairs, look, make_differences(pairs, look))

    return work
