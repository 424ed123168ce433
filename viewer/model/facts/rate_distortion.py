"""What has been computed for the codecs view so far. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from engine.rates.survey import OperatingPoint, SurveyTask
from viewer.model.reading import read_by_field
from viewer.model.session.rate_distortion import Part

if TYPE_CHECKING:
    from engine.rates.curves import PublishedCurve, RateCurve
    from engine.types import Coded, Scores, Step

Points = Mapping[str, Mapping[int, OperatingPoint]]
"""Measured points by codec and quality."""


Shape = tuple[tuple[str, tuple[tuple[float, float], ...]], ...]
"""Curves: each its key, its rates and PSNRs."""


# ---- what jobs say -----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Recognised:
    """The open picture has been looked at. name: the same for the same pixels. points: known of it."""

    name: str
    points: Points


@dataclass(frozen=True)
class RatesBegun:
    """The survey turns to a point; part: of the whole, 0 to 1."""

    task: SurveyTask
    part: float


@dataclass(frozen=True)
class RatesMeasured:
    """A point, for the first time or refined now."""

    point: OperatingPoint


@dataclass(frozen=True)
class RatesFailed:
    """A codec, or (unrefined) the decoder of its streams, could not do its part; the others go on."""

    codec: str
    reason: str
    unrefined: bool = False


@dataclass(frozen=True, eq=False)
class Deltas:
    """Bjøntegaard's deltas of curves against the one with the key `anchor`: by key the BD-rate in percent,
    the BD-PSNR in dB and the points of the shorter curve. of: the curves' keys and points."""

    of: Shape
    anchor: str
    found: Mapping[str, tuple[float, float, int]]


@dataclass(frozen=True, eq=False)
class Mean:
    """Curves that come with the program. measured: means over Kodak; note: why there are none."""

    measured: tuple[RateCurve, ...] = ()
    published: tuple[PublishedCurve, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class PartBegun:
    """A picture's turn has come. place: its number among those of the job, of `count`."""

    part: Part
    place: int
    count: int


@dataclass(frozen=True, eq=False)
class PartMade:
    """A codec's stream at the target, and how its standard decode scores."""

    part: Part
    sent: RatesSent


@dataclass(frozen=True, eq=False)
class PartRefined:
    """The last step of the decoder of a codec's stream."""

    part: Part
    refined: Refined


@dataclass(frozen=True)
class PartFailed:
    """A picture that can't be made; the others go on."""

    part: Part
    reason: str


# ---- what is known -----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class RatesSent:
    """A stream and the scores of its standard decode."""

    coded: Coded
    scores: Scores


@dataclass(frozen=True, eq=False)
class Refined:
    """What a decoder (the name of its card) makes of a stream."""

    decoder: str
    step: Step


@read_by_field
@dataclass(frozen=True, eq=False)
class CurveFacts:
    """The survey of the open picture. points: measured. failures: by codec; unrefined: by codec, of decoders
    alone. task: under way; part: of the whole that is done. stopped: what is missing won't come by itself."""

    name: str = ""
    points: Points = field(default_factory=lambda: MappingProxyType({}))
    failures: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    unrefined: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    task: SurveyTask | None = None
    part: float = 0.0
    stopped: bool = False

    def heard(self, news: object) -> CurveFacts:
        """These facts and what the survey has just said."""
        if isinstance(news, Recognised):
            return replace(self, name=news.name, points=news.points)
        if isinstance(news, RatesBegun):
            return replace(self, task=news.task, part=news.part)
        if isinstance(news, RatesMeasured):
            codec = news.point.codec
            own = {**self.points.get(codec, {}), news.point.quality: news.point}
            return replace(self, points={**self.points, codec: own})
        if isinstance(news, RatesFailed):
            if news.unrefined:
                return replace(self, unrefined={**self.unrefined, news.codec: news.reason})
            return replace(self, failures={**self.failures, news.codec: news.reason})
        raise TypeError(f"unknown news {news!r}")


@read_by_field
@dataclass(frozen=True, eq=False)
class EqualFacts:
    """Codecs at one rate. target: bits per pixel aimed at. sent, refined: by codec; failures: by picture.

    begun: whose turn it is; part: of the whole job, 0 to 1.
    """

    target: float = 0.0
    sent: Mapping[str, RatesSent] = field(default_factory=lambda: MappingProxyType({}))
    refined: Mapping[str, Refined] = field(default_factory=lambda: MappingProxyType({}))
    failures: Mapping[Part, str] = field(default_factory=lambda: MappingProxyType({}))
    begun: PartBegun | None = None
    part: float = 0.0
    stopped: bool = False

    def missing(self, wanted: tuple[Part, ...]) -> tuple[Part, ...]:
        """Those of `wanted` that are neither there nor failed; what refining needs comes before it."""
        found: list[Part] = []
        for part in wanted:
            stream = Part(part.codec)
            there = self.refined if part.refined else self.sent
            if part.codec in there or part in self.failures or stream in self.failures:
                continue
            found += [stream] if part.refined and part.codec not in self.sent else []
            found.append(part)
        ordered = dict.fromkeys(found)
        return tuple(sorted(ordered, key=lambda part: part.refined))

    def progress(self, part: Part) -> float | None:
        """How far a picture is, 0 to 1; None while its turn has not come, or is over."""
        begun = self.begun
        if begun is None or begun.part != part:
            return None
        return min(1.0, max(0.0, self.part * begun.count - begun.place))

    def heard(self, news: object) -> EqualFacts:
        """These facts and what the job has just said."""
        if isinstance(news, PartBegun):
            return replace(self, begun=news)
        if isinstance(news, PartMade):
            return replace(self, sent={**self.sent, news.part.codec: news.sent})
        if isinstance(news, PartRefined):
            return replace(self, refined={**self.refined, news.part.codec: news.refined})
        if isinstance(news, PartFailed):
            return replace(self, failures={**self.failures, news.part: news.reason})
        raise TypeError(f"unknown news {news!r}")


@read_by_field
@dataclass(frozen=True, eq=False)
class RatesFacts:
    """All of it. mean: None while the files are still to be read."""

    curves: CurveFacts = field(default_factory=CurveFacts)
    equal: EqualFacts = field(default_factory=EqualFacts)
    mean: Mean | None = None
