"""Bjøntegaard's deltas of the curves that are shown, in words. No Qt, pure.

G. Bjøntegaard, *Calculation of average PSNR differences between RD-curves*, ITU-T VCEG-M33, 2001; see
`engine.metrics.bjontegaard`.
"""

from __future__ import annotations

import math

from viewer.core import words
from viewer.model.facts.rate_distortion import Deltas, Shape
from viewer.model.session.rate_distortion import Metric
from viewer.rate_distortion.resolve.lines import CodecLine

FEW_POINTS = 4
"""Bjøntegaard's method asks for at least this many on each curve."""
Found = tuple[float, float, int]
"""BD-rate in percent, BD-PSNR in dB, points of the shorter curve."""


def anchor_of(wanted: str, lines: tuple[CodecLine, ...]) -> str:
    """The line that others are compared with: the wanted one, else the first; "" where there is none."""
    keys = [line.key for line in lines]
    return wanted if wanted in keys else keys[0] if keys else ""


def points_of(line: CodecLine) -> list[tuple[float, float]]:
    """Rates and finite PSNRs in dB."""
    values = line.values(Metric.PSNR)
    return [
        (rate, float(db)) for rate, db in zip(line.rates, values, strict=True) if math.isfinite(float(db))
    ]


def delta_of(
    known: Deltas | None, lines: tuple[CodecLine, ...], anchor: str, line: CodecLine
) -> Found | None:
    """What is known of a line against the anchor; None while it is not, and for curves of before."""
    if known is None or known.anchor != anchor or known.of != shape_of(lines):
        return None
    return known.found.get(line.key)


def shape_of(lines: tuple[CodecLine, ...]) -> Shape:
    """What deltas follow from."""
    return tuple((line.key, tuple(points_of(line))) for line in lines)


def deltas_note(known: Deltas | None, lines: tuple[CodecLine, ...], wanted: str) -> str:
    """Every line against the anchor, for the line below the plot; "" where nothing compares."""
    anchor = anchor_of(wanted, lines)
    told, few = [], False
    for line in lines:
        found = delta_of(known, lines, anchor, line)
        if found is not None:
            told.append(f"{line.name} {percent(found[0])}, {words.gain(found[1])}")
            few = few or found[2] < FEW_POINTS
    if not told:
        return ""
    base = next(line.name for line in lines if line.key == anchor)
    rough = f" (rough: fewer than {FEW_POINTS} points)" if few else ""
    return f"BD-rate and BD-PSNR against {base}{rough}: {'; '.join(told)}"


def percent(value: float) -> str:
    """A change of the rate: "−12.3 %"."""
    return f"{value:+.1f} %".replace("-", words.MINUS)


def anchors(lines: tuple[CodecLine, ...]) -> tuple[tuple[str, str], ...]:
    """Key and name of every line that others can be compared with."""
    return tuple((line.key, line.name) for line in lines)
