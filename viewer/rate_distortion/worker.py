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
from viewer.core.jobs import LINGER_SECONDS, Lane
from viewer.core.worker import InLanes
from viewer.decode import jobs as work
from viewer.model.facts.facts import Facts, JobState
from viewer.model.facts.rate_distortion import (
    CurveFacts,
    EqualFacts,
    Mean,
    RatesFacts,
    RatesMeasured,
    RatesSent,
    Recognised,
)
from viewer.model.facts.run import Run
from viewer.model.scene.whole import Scene
from viewer.model.session.choices import Page
from viewer.model.session.rate_distortion import Part, RatesPage, RatesSource, parts
from viewer.model.session.state import Session
from viewer.rate_distortion import jobs as work_rates
from viewer.rate_distortion.jobs import CurveKey
from viewer.rate_distortion.resolve.scene import rates_job

USUAL_RATE = 0.37
"""Bits per pixel around which curves begin while no stream tells where."""
_CURVES = 256
"""Curves that are remembered: those of more than thirty pictures."""


class Rater(InLanes):
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
        self.surveying = Lane("rates", self, low=True)
        self.equalling = Lane("equal", self)
        self.reading = Lane("means", self, low=True)
        self.lanes = (self.surveying, self.equalling, self.reading)
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

    def follow(self, session: Session, facts: Facts, scene: Scene) -> Facts:
        """Start what the session's codecs view lacks, and drop what is of no interest any more. A run that is
        on its way says at which rate to begin."""
        self._follow(session, facts.run, facts.decoding)
        return facts if facts.rates is self.facts else replace(facts, rates=self.facts)

    def _follow(self, session: Session, run: Run | None, waiting: bool) -> None:
        if session.page is not Page.CODECS:
            self._leave()
            return
        if self.facts.mean is None and not self.reading.busy():
            self.reading.start(work_rates.read_mean(work_rates.mean_path()))
        self._aim = aim_of(session, run)
        equal = session.rates.page is RatesPage.EQUAL
        self._follow_curves(session, wanted=not equal and not (waiting and run is None))
        if equal:
            self._follow_equal(session, run)
        else:
            self._drop_equal()

    def _follow_curves(self, session: Session, wanted: bool) -> None:
        picture = session.picture
        if picture is None:
            return
        if self._curves_of is None or not _same(self._curves_of, (picture, session.options.subsampling)):
            self._drop_survey()
            self._curves_of = picture, session.options.subsampling
            self._set_curves(CurveFacts())
        curves = self.facts.curves
        if not wanted or session.rates.source is RatesSource.KODAK:
            self._drop_survey()
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

    def _follow_equal(self, session: Session, run: Run | None) -> None:
        picture = session.picture
        if picture is None or run is None or run.refinement.original is not picture:
            return
        coded = run.refinement.coded
        about = (picture, coded.bits_per_pixel, session.options.subsampling)
        if self._equal_of is None or not _same(self._equal_of, about):
            self._drop_equal()
            self._equal_of = about
            self._set_equal(EqualFacts(target=coded.bits_per_pixel))
        current = RatesSent(coded, run.refinement.steps[0].scores)
        known = self.facts.equal.sent.get(coded.codec)
        if known is None or known.coded is not coded:
            sent = {**self.facts.equal.sent, coded.codec: current}
            self._set_equal(replace(self.facts.equal, sent=sent))
        equal = self.facts.equal
        missing = equal.missing(parts(session.rates, coded.codec, session.models))
        if not missing:
            self._drop_equal()
            return
        if equal.stopped or (self.equalling.busy() and missing == equal.missing(self._under_way)):
            return
        self._under_way = missing
        plan = work_rates.EqualPlan(
            picture, equal.target, session.options.subsampling, missing, equal.sent,
            decoders_of(session.models),
        )  # fmt: skip
        self.equalling.start(work_rates.equal(plan, work.prepare_torch, LINGER_SECONDS))

    # ---- what jobs say --------------------------------------------------------------------------

    def _set_curves(self, curves: CurveFacts) -> None:
        self.facts = replace(self.facts, curves=curves)

    def _set_equal(self, equal: EqualFacts) -> None:
        self.facts = replace(self.facts, equal=equal)

    def _surveyed(self, news: object) -> None:
        if isinstance(news, Recognised) and self._curves_of is not None:
            kept = tuple(pair for pair in self._names if pair[0] is self._curves_of[0])
            self._names = kept or ((self._curves_of[0], news.name),)
        self._set_curves(self.facts.curves.heard(news))
        if isinstance(news, RatesMeasured):
            self._remember(news.point)
        self.changed.emit()

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
        self._set_curves(replace(self.facts.curves, task=None, part=0.0, stopped=stopped or bool(error)))
        if error:
            self.failed.emit(error)
        self.changed.emit()

    def _equal_heard(self, news: object) -> None:
        self._set_equal(self.facts.equal.heard(news))
        self.changed.emit()

    def _equal_progressed(self, part: float) -> None:
        self._set_equal(replace(self.facts.equal, part=part))
        self.changed.emit()

    def _equal_ended(self, error: str = "", stopped: bool = False) -> None:
        if self.equalling.busy():
            return
        self._under_way = ()
        self._set_equal(replace(self.facts.equal, begun=None, part=0.0, stopped=stopped or bool(error)))
        if error:
            self.failed.emit(error)
        self.changed.emit()

    def _read(self, mean: Mean) -> None:
        self.facts = replace(self.facts, mean=mean)
        self.changed.emit()

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
        self._drop_survey()
        self._drop_equal()

    def _drop_survey(self) -> None:
        """Hear no more of the curves' job; what it has measured stays."""
        if self.surveying.busy():
            self.surveying.drop()
            self._set_curves(replace(self.facts.curves, task=None, part=0.0, stopped=False))

    def _drop_equal(self) -> None:
        """Hear no more of the pictures' job; what it has made stays."""
        if self.equalling.busy():
            self.equalling.drop()
            self._under_way = ()
            self._set_equal(replace(self.facts.equal, begun=None, part=0.0, stopped=False))

    def forget(self) -> None:
        """Another picture is open: the old one's pictures take memory. Its curves are remembered."""
        self._drop()
        self._curves_of = self._equal_of = None
        self._names = ()
        self.facts = RatesFacts(mean=self.facts.mean)

    def job(self) -> JobState | None:
        """What the status bar says of the codecs view."""
        surveying, equalling = self.surveying.busy(), self.equalling.busy()
        return rates_job(self.facts, surveying, equalling) if surveying or equalling else None


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
