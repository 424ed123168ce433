"""Points of a rate curve nearest to a quality or a rate, and the quality in use. No Qt, pure."""

from __future__ import annotations

import math

import numpy as np

from engine.types import RatePoint
from viewer.model.facts.facts import Facts, sent_run
from viewer.model.session.state import Session


def nearest_quality(points: tuple[RatePoint, ...], codec: str, bits_per_pixel: float) -> int | None:
    """The quality at which the codec comes to about a rate on this picture, linear between points in the
    logarithm of the rate; None while there are no points of this codec."""
    known = sorted((p.bits_per_pixel, p.quality) for p in points if p.codec == codec)
    if not known:
        return None
    rates, qualities = zip(*known, strict=True)
    return round(float(np.interp(math.log(bits_per_pixel), np.log(rates), qualities)))


def equal_rate(points: tuple[RatePoint, ...], psnr_db: float | None) -> float | None:
    """Bits per pixel at which the codec alone reaches a PSNR on this picture, linear between points.

    None outside the measured range.
    """
    if psnr_db is None or not math.isfinite(psnr_db):
        return None
    curve = sorted((p.psnr_rgb_db, p.bits_per_pixel) for p in points if math.isfinite(p.psnr_rgb_db))
    if len(curve) < 2 or not curve[0][0] <= psnr_db <= curve[-1][0]:
        return None
    x, y = zip(*curve, strict=True)
    return float(np.interp(psnr_db, x, y))


def quality_in_use(session: Session, facts: Facts) -> int:
    """The quality set, or the one reached, while a target of bits is set. A stream that is made to a size has
    none; there it is the one whose stream would be about as large."""
    options, run = session.options, sent_run(session, facts)
    if options.bits_per_pixel is None or run is None or run.refinement.coded.codec != options.codec:
        return options.quality
    coded = run.refinement.coded
    if coded.quality is not None:
        return coded.quality
    known = nearest_quality(facts.rate_points, options.codec, coded.bits_per_pixel)
    return options.quality if known is None else known
