"""The lines of the codecs view: measured on the open picture, or means over Kodak. No Qt, pure."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.codecs.facts import codec_facts
from engine.models.card import ModelCard
from engine.rates.curves import RateCurve
from engine.rates.survey import OperatingPoint, best_card
from engine.types import Scores
from viewer.core.memo import Memo
from viewer.model.facts.facts import Facts
from viewer.model.facts.rate_distortion import Mean
from viewer.model.session.decoder_names import decoder_title
from viewer.model.session.rate_distortion import Metric, RatesSource
from viewer.model.session.state import Session

_KODAK = re.compile(r"kodim(0[1-9]|1\d|2[0-4])\b", re.IGNORECASE)
_KODAK_SIZES = ((512, 768), (768, 512))
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CodecLine:
    """A curve before it is drawn: what each of its points is. decoder: "" for the standard decode.

    quality: None for means. scores: PSNR in RGB and MS-SSIM of luma count.
    """

    codec: str
    decoder: str
    rates: tuple[float, ...]
    scores: tuple[Scores, ...]
    qualities: tuple[int | None, ...]
    title: str = ""

    @property
    def key(self) -> str:
        """Names the curve."""
        return f"{self.codec}/{self.decoder or 'standard'}"

    @property
    def name(self) -> str:
        """As the read-out has it."""
        title = codec_facts(self.codec).name
        return f"{title}, refined by {self.title or self.decoder}" if self.decoder else title

    def values(self, metric: Metric) -> Floats:
        """The metric at each point; NaN where it is undefined or infinite."""
        return array([value_of(scores, metric) for scores in self.scores])


def value_of(scores: Scores, metric: Metric) -> float:
    """A score as plots take it: NaN where it is undefined, and for an error of nothing."""
    value = scores.psnr_rgb_db if metric is Metric.PSNR else scores.ms_ssim
    return math.nan if value is None or not math.isfinite(value) else value


def array(values: Sequence[float]) -> Floats:
    result = np.asarray(values, dtype=np.float64)
    result.setflags(write=False)
    return result


def is_kodak(session: Session) -> bool:
    """Whether one of the Kodak pictures is open, told by its name and size."""
    return session.size in _KODAK_SIZES and _KODAK.match(session.name) is not None


def lines_of(session: Session, facts: Facts, memo: Memo) -> tuple[CodecLine, ...]:
    """The lines of the codecs that are switched on: each the standard decode, then the refined one."""
    rates, known = session.rates, facts.rates
    if rates.source is RatesSource.KODAK:
        return memo.recall(_mean_lines, known.mean, rates.codecs, session.models)
    if session.picture is None:
        return ()
    return memo.recall(_measured_lines, session, facts, slots=2)


def _measured_lines(session: Session, facts: Facts) -> tuple[CodecLine, ...]:
    lines = []
    for codec in session.rates.codecs:
        points = list(facts.rates.curves.points.get(codec, {}).values())
        lines += [_line(codec, "", points)] if points else []
        refined = [point for point in points if point.refined is not None]
        if refined:
            decoder = refined[0].decoder
            lines.append(_line(codec, decoder, refined, decoder_title(decoder, session.models)))
    return tuple(lines)


def _line(codec: str, decoder: str, points: Sequence[OperatingPoint], title: str = "") -> CodecLine:
    ordered = sorted(points, key=lambda point: point.bits_per_pixel)
    return CodecLine(
        codec,
        decoder,
        tuple(point.bits_per_pixel for point in ordered),
        tuple(point.refined or point.standard if decoder else point.standard for point in ordered),
        tuple(point.quality for point in ordered),
        title,
    )


def _mean_lines(
    mean: Mean | None, codecs: tuple[str, ...], cards: tuple[ModelCard, ...]
) -> tuple[CodecLine, ...]:
    """Of several decoders that were measured on a codec, the one that this view would take."""
    lines = []
    for codec in codecs:
        own = [curve for curve in (mean.measured if mean is not None else ()) if curve.codec == codec]
        best = best_card(cards, codec)
        refined = [curve for curve in own if curve.decoder]
        refined.sort(key=lambda curve: best is None or curve.decoder != best.name)
        lines += [_mean_line(curve) for curve in own if not curve.decoder]
        lines += [_mean_line(curve, decoder_title(curve.decoder, cards)) for curve in refined[:1]]
    return tuple(lines)


def _mean_line(curve: RateCurve, title: str = "") -> CodecLine:
    marks = zip(curve.psnr_rgb_db, curve.ms_ssim, strict=True)
    scores = tuple(Scores(psnr_rgb_db=db, ms_ssim=similarity) for db, similarity in marks)
    qualities = (None,) * len(curve.bits_per_pixel)
    return CodecLine(curve.codec, curve.decoder, curve.bits_per_pixel, scores, qualities, title)


def at_rate(line: CodecLine, rate: float, metric: Metric) -> float | None:
    """The metric at a rate, linear between the points; None outside the measured range."""
    values = line.values(metric)
    there = [(r, v) for r, v in zip(line.rates, values, strict=True) if not math.isnan(v)]
    if len(there) < 2 or not there[0][0] <= rate <= there[-1][0]:
        return None
    rates, known = zip(*there, strict=True)
    return float(np.interp(rate, rates, known))
