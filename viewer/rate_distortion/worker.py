"""Keeps the codecs view's results in step with what is asked for: curves at low priority, and pictures."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from PySide6.QtCore import QObject, Signal

from engine.codecs.facts import CODEC_FACTS
from engine.models.card import ModelCard
from engine.rates.survey import Aim, OperatingPoint, best_card, next_task
from engine.types import Picture
from viewer.core.jobs import Lane
from viewer.decode import jobs as work
from viewer.model.facts.rate_distortion import (
    CurveFacts,
    EqualFacts,
    Mean,
    Measured,
    RatesFacts,
    Recognised,
    Sent,
)
from viewer.model.facts.run import Run
from viewer.model.session.rate_distortion import Page, Part, Source, parts
from viewer.model.session.state import Session
from viewer.rate_distortion import jobs as work_rates
from viewer.rate_distortion.jobs import CurveKey

USUAL_RATE = 0.37
"""Bits per pixel around which curves begin while no stream tells where."""
_CURVES = 256
"""Curves that are remembered: those of more than thirty pictures."""


class Rater(QObject):
    """Owns the facts of the codecs view. `changed` comes with each piece of news."""

    changed = Signal()
    failed = Signal(str)
    """What stopped a whole job."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.facts = RatesFacts()
        self._cache: OrderedDict[CurveKey, dict[int, OperatingPoint]] = OrderedDict()
        self._names: tuple[tuple[Picture, str], ...] = ()
        self._aim = Aim((), USUAL_RATE)
        self._curves_of: tuple[Picture, str] | None = None
        self._equal_of: tuple[Picture, float, str] | None = None
        self._under_way: tuple[Part, ...] = ()
        self._following = False
        self.surveying = Lane("rates", self, low=True)
        self.equalling = Lane("equal", self)
        self.reading = Lane("means", self, low=True)
        self.surveying.yielded.connect(lambda _, news: self._surveyed(news))
        self.surveying.finished.connect(lambda _: self._survey_ended())
        self.surveying.cancelled.connect(lambda _: self._survey_ended(stopped=True))
        self.surveying.failed.connect(lambda _, text: self._survey_ended(text))
        self.equalling.yielded.connect(lambda _, news: self._equal_heard(news))
        self.equalling.progressed.connect(lambda _, part: self._equal_progressed(part))
        self.equalling.finished.connect(lambda _: self._equal_ended())
        self.equalling.cancelled.connect(lambda _: self._equal_ended(stopped=True))
        self.equalling.failed.connect(lambda _, text: self._equal_ended(text))
        self.reading.yielded.connect(lambda _, mean: self._read(mean))
        self.reading.failed.connect(lambda _, text: self._read(Mean(note=text)))

    # ---- following the session ------------------------------------------------------------------

    def follow(self, session: Session, run: Run | None, waiting: bool, linger: float = 0.0) -> None:
        """Start what the session's codecs view lacks, and drop what is of no interest any more.

        run: of the current stream; waiting: one is on its way, and says at which rate to begin. Called
        after every change, so it costs nothing where nothing is to do.
        """
        if self._following:
            return  # a job that was dropped on the way has told of its end
        self._following = True
        try:
            self._follow(session, run, waiting, linger)
        finally:
            self._following = False

    def _follow(self, session: Session, run: Run | None, waiting: bool, linger: float) -> None:
        if not session.rates.on:
            self._leave()
            return
        if self.facts.mean is None and not self.reading.busy():
            self.reading.start(work_rates.read_mean(work_rates.mean_path()))
        self._aim = aim_of(session, run)
        equal = session.rates.page is Page.EQUAL
        self._follow_curves(session, wanted=not equal and not (waiting and run is None))
        if equal:
            self._follow_equal(session, run, linger)
        elif self.equalling.busy():
            self.equalling.drop()

    def _follow_curves(self, session: Session, wanted: bool) -> None:
        picture = session.picture
        if picture is None:
            return
        if self._curves_of is None or not _same(self._curves_of, (picture, session.options.subsampling)):
            self.surveying.drop()
            self._curves_of = picture, session.options.subsampling
            self._set_curves(CurveFacts())
        curves = self.facts.curves
        if not wanted or session.rates.source is Source.KODAK:
            self.surveying.drop()
            return
        if curves.stopped or self.surveying.busy():
            return
        name = next((name for known, name in self._names if known is picture), "")
        if curves.name and next_task(left_of(self._aim, curves), curves.points) is None:
            return
        self.surveying.start(
            work_rates.survey(
                lambda: left_of(self._aim, self.facts.curves),
                picture,
                session.options.subsampling,
                {key: dict(points) for key, points in self._cache.items()},
                work.prepare_torch,
                name,
            )
        )

    def _follow_equal(self, session: Session, run: Run | None, linger: float) -> None:
        picture = session.picture
        if picture is None or run is None or run.refinement.original is not picture:
            return
        coded = run.refinement.coded
        about = (picture, coded.bits_per_pixel, session.options.subsampling)
        if self._equal_of is None or not _same(self._equal_of, about):
            self.equalling.drop()
            self._equal_of = about
            self._set_equal(EqualFacts(target=coded.bits_per_pixel))
        current = Sent(coded, run.refinement.steps[0].scores)
        known = self.facts.equal.sent.get(coded.codec)
        if known is None or known.coded is not coded:
            sent = {**self.facts.equal.sent, coded.codec: current}
            self._set_equal(replace(self.facts.equal, sent=sent))
        equal = self.facts.equal
        missing = equal.missing(parts(session.rates, coded.codec, session.models))
        if not missing:
            self.equalling.drop()
            return
        if equal.stopped or (self.equalling.busy() and missing == equal.missing(self._under_way)):
            return
        self._under_way = missing
        plan = work_rates.EqualPlan(
            picture, equal.target, session.options.subsampling, missing, equal.sent,
            decoders_of(session.models),
        )  # fmt: skip
        self.equalling.start(work_rates.equal(plan, work.prepare_torch, linger))

    # ---- what jobs say --------------------------------------------------------------------------

    def _tell(self) -> None:
        if not self._following:
            self.changed.emit()

    def _set_curves(self, curves: CurveFacts) -> None:
        self.facts = replace(self.facts, curves=curves)

    def _set_equal(self, equal: EqualFacts) -> None:
        self.facts = replace(self.facts, equal=equal)

    def _surveyed(self, news: object) -> None:
        if isinstance(news, Recognised) and self._curves_of is not None:
            kept = tuple(pair for pair in self._names if pair[0] is self._curves_of[0])
            self._names = kept or ((self._curves_of[0], news.name),)
        self._set_curves(self.facts.curves.heard(news))
        if isinstance(news, Measured):
            self._remember(news.point)
        self._tell()

    def _remember(self, point: OperatingPoint) -> None:
        if self._curves_of is None:
            return
        card = self._aim.decoders.get(point.codec)
        key = work_rates.curve_key(self.facts.curves.name, point.codec, self._curves_of[1], card)
        self._cache.setdefault(key, {})[point.quality] = point
        self._cache.move_to_end(key)
        while len(self._cache) > _CURVES:
            self._cache.popitem(last=False)

    def _survey_ended(self, error: str = "", stopped: bool = False) -> None:
        if self.surveying.busy():
            return  # only replaced by a newer one
        stopped = (stopped and not self._following) or bool(error)
        self._set_curves(replace(self.facts.curves, task=None, part=0.0, stopped=stopped))
        if error:
            self.failed.emit(error)
        self._tell()

    def _equal_heard(self, news: object) -> None:
        self._set_equal(self.facts.equal.heard(news))
        self._tell()

    def _equal_progressed(self, part: float) -> None:
        self._set_equal(replace(self.facts.equal, part=part))
        self._tell()

    def _equal_ended(self, error: str = "", stopped: bool = False) -> None:
        if self.equalling.busy():
            return
        self._under_way = ()
        stopped = (stopped and not self._following) or bool(error)
        self._set_equal(replace(self.facts.equal, begun=None, part=0.0, stopped=stopped))
        if error:
            self.failed.emit(error)
        self._tell()

    def _read(self, mean: Mean) -> None:
        self.facts = replace(self.facts, mean=mean)
        self._tell()

    # ---- stopping -------------------------------------------------------------------------------

    def stop(self) -> None:
        """Stop what runs; what is there stays, what is missing waits for `resume`."""
        self.surveying.cancel()
        self.equalling.cancel()

    def resume(self) -> None:
        """Let what was stopped go on, and try again what failed."""
        curves, equal = self.facts.curves, self.facts.equal
        nothing: Mapping[str, str] = MappingProxyType({})
        self._set_curves(replace(curves, stopped=False, failures=nothing, unrefined=nothing))
        self._set_equal(replace(equal, stopped=False, failures=MappingProxyType({})))

    def _leave(self) -> None:
        """The view is closed: nothing more of the jobs is of interest."""
        self._drop()
        curves, equal = self.facts.curves, self.facts.equal
        if curves.stopped or equal.stopped:
            self.facts = replace(
                self.facts, curves=replace(curves, stopped=False), equal=replace(equal, stopped=False)
            )

    def _drop(self) -> None:
        for lane in (self.surveying, self.equalling):
            if lane.busy():
                lane.drop()

    def forget(self) -> None:
        """Another picture is open: the old one's pictures take memory. Its curves are remembered."""
        self._following = True
        self._drop()
        self._following = False
        self._curves_of = self._equal_of = None
        self._names = ()
        self.facts = RatesFacts(mean=self.facts.mean)

    def busy(self) -> bool:
        return self.surveying.busy() or self.equalling.busy() or self.reading.busy()

    def shutdown(self) -> None:
        """Wait for the threads."""
        for lane in (self.surveying, self.equalling, self.reading):
            lane.shutdown()


def decoders_of(cards: tuple[ModelCard, ...]) -> Mapping[str, ModelCard]:
    """The decoder that refines the streams of each codec, for those that have one."""
    best = {codec: best_card(cards, codec) for codec in CODEC_FACTS}
    return {codec: card for codec, card in best.items() if card is not None}


def aim_of(session: Session, run: Run | None) -> Aim:
    """What curves to measure, and around which rate."""
    rate = run.refinement.coded.bits_per_pixel if run is not None else USUAL_RATE
    return Aim(session.rates.codecs, rate, decoders_of(session.models))


def left_of(aim: Aim, curves: CurveFacts) -> Aim:
    """An aim without what failed."""
    if not curves.failures and not curves.unrefined:
        return aim
    return replace(
        aim,
        codecs=tuple(codec for codec in aim.codecs if codec not in curves.failures),
        decoders={codec: card for codec, card in aim.decoders.items() if codec not in curves.unrefined},
    )


def _same(known: tuple[object, ...], wanted: tuple[object, ...]) -> bool:
    """Whether both are of one picture, by identity, and equal otherwise."""
    return known[0] is wanted[0] and known[1:] == wanted[1:]
