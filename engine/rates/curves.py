"""Rate–distortion curves of a benchmark, and Bjøntegaard's deltas between them.

Deltas: G. Bjøntegaard, *Calculation of average PSNR differences between RD-curves*, ITU-T VCEG-M33, 2001,
with piecewise cubic interpolation (PCHIP), as its revisions (VCEG-AI11, 2008) and JCT-VC have it, in place of
one cubic through all points, which swings where points are many or far apart. With r = log10 of the rate
and the curves D(r), or r(D), over what both cover,

    BD-PSNR = 1 / (r1 - r0) · ∫ (D_test - D_anchor) dr                   in dB                   (1)
    BD-rate = 10^(1 / (D1 - D0) · ∫ (r_test - r_anchor) dD) - 1         as a share              (2)
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from statistics import fmean

from engine.evaluation.rows import Row, operating_point
from engine.metrics.bjontegaard import bd_psnr_db, bd_rate
from engine.records import read_csv

FEW_POINTS = 4
"""Bjøntegaard's method asks for at least this many on each curve."""


@dataclass(frozen=True)
class RateCurve:
    """Means over the pictures at each operating point, in order of the rate.

    decoder, context: empty for the standard decode, else of the last step. ms_ssim: None where a picture has
    none. pictures: how many, the same for every point.
    """

    codec: str
    decoder: str
    context: str
    bits_per_pixel: tuple[float, ...]
    psnr_rgb_db: tuple[float, ...]
    ms_ssim: tuple[float | None, ...]
    pictures: int


@dataclass(frozen=True)
class CurvePoint:
    """One point of a curve, flat: a row of a file of curves."""

    codec: str
    decoder: str
    context: str
    bits_per_pixel: float
    psnr_rgb_db: float
    ms_ssim: float | None
    pictures: int


@dataclass(frozen=True)
class Delta:
    """A curve against the anchor. bd_rate_percent: bits saved (below 0) or spent at equal PSNR;
    bd_psnr_db: gained at equal rate; None where the curves share no range. points: of the shorter curve.
    pictures, anchor_pictures: that the two curves are means of; deltas mean little where they differ.
    """

    codec: str
    decoder: str
    context: str
    anchor: str
    bd_rate_percent: float | None
    bd_psnr_db: float | None
    points: int
    pictures: int
    anchor_pictures: int


@dataclass(frozen=True)
class PublishedCurve:
    """A published curve of means over Kodak. source: file and commit it was taken from. ms_ssim_rgb: over
    the RGB components, not luma as elsewhere here; None where it wasn't published."""

    codec: str
    bits_per_pixel: tuple[float, ...]
    psnr_rgb_db: tuple[float, ...]
    source: str
    ms_ssim_rgb: tuple[float | None, ...] = ()


def curves_of(rows: Iterable[Row]) -> list[RateCurve]:
    """The standard decode of each codec and the last step of each decoder and context, in order of rows.

    Only pictures with every point of the codec count (a run may have been stopped), and only finite PSNRs.
    """
    last: dict[tuple[str, str, str], dict[float, dict[str, Row]]] = {}
    for row in rows:
        if row.psnr_rgb_db is None:
            raise ValueError("only scored rows make curves")
        point = operating_point(row)
        keys = [(row.codec, "", "")] if row.step == 0 else []
        if row.decoder:
            keys.append((row.codec, row.decoder, row.context))
        for key in keys:
            at = last.setdefault(key, {}).setdefault(point, {})
            if key[1] == "" or row.image not in at or row.step >= at[row.image].step:
                at[row.image] = row
    curves = [curve for key, points in last.items() if (curve := _curve(key, points)) is not None]
    order = list(dict.fromkeys(key[0] for key in last))
    return sorted(curves, key=lambda curve: (order.index(curve.codec), bool(curve.decoder)))


def _curve(key: tuple[str, str, str], points: Mapping[float, Mapping[str, Row]]) -> RateCurve | None:
    images = set.intersection(*(set(rows) for rows in points.values()))
    if not images:
        return None
    means = []
    for rows in points.values():
        chosen = [row for name, row in rows.items() if name in images]
        scores = [row.psnr_rgb_db for row in chosen if row.psnr_rgb_db is not None]
        db = fmean(scores)
        structural = [row.ms_ssim for row in chosen if row.ms_ssim is not None]
        if math.isfinite(db):
            whole = len(structural) == len(chosen)
            means.append(
                (fmean(row.bits_per_pixel for row in chosen), db, fmean(structural) if whole else None)
            )
    if not means:
        return None
    rates, decibels, similarities = zip(*sorted(set(means), key=lambda mean: mean[:2]), strict=True)
    return RateCurve(*key, rates, decibels, similarities, len(images))


def points_of(curves: Iterable[RateCurve]) -> list[CurvePoint]:
    return [
        CurvePoint(curve.codec, curve.decoder, curve.context, rate, db, ms_ssim, curve.pictures)
        for curve in curves
        for rate, db, ms_ssim in zip(curve.bits_per_pixel, curve.psnr_rgb_db, curve.ms_ssim, strict=True)
    ]


def deltas_of(curves: Sequence[RateCurve], anchor: str = "jpeg") -> list[Delta]:
    """Every curve against the standard decode of `anchor`; none when it isn't among them."""
    base = next((curve for curve in curves if curve.codec == anchor and not curve.decoder), None)
    return [] if base is None else deltas_to(curves, base, anchor)


def deltas_to(curves: Sequence[RateCurve], base: RateCurve, anchor: str) -> list[Delta]:
    """Every curve but `base` against it, which is called `anchor`."""
    return [
        Delta(
            curve.codec,
            curve.decoder,
            curve.context,
            anchor,
            None if (share := bd_rate(_points(base), _points(curve))) is None else 100 * share,
            bd_psnr_db(_points(base), _points(curve)),
            min(len(base.bits_per_pixel), len(curve.bits_per_pixel)),
            curve.pictures,
            base.pictures,
        )
        for curve in curves
        if curve is not base
    ]


def _points(curve: RateCurve) -> list[tuple[float, float]]:
    return list(zip(curve.bits_per_pixel, curve.psnr_rgb_db, strict=True))


def published_curves() -> list[PublishedCurve]:
    """Published means over the Kodak pictures, collected from CompressAI's results (BSD-3-Clause-Clear)."""
    table: dict[tuple[str, str], list[tuple[float, float, float | None]]] = {}
    text = files("assets").joinpath("published/kodak_rd.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        similarity = float(row["ms_ssim_rgb"]) if row["ms_ssim_rgb"] else None
        point = float(row["bits_per_pixel"]), float(row["psnr_rgb_db"]), similarity
        table.setdefault((row["codec"], row["source"]), []).append(point)
    curves = []
    for (codec, source), points in table.items():
        rates, decibels, similarities = zip(*sorted(points, key=lambda point: point[:2]), strict=True)
        curves.append(PublishedCurve(codec, rates, decibels, source, similarities))
    return curves


def read_curves(path: Path) -> list[RateCurve]:
    """The curves of a file of points (`CurvePoint`), as `nrc bench --curves` writes it, in its order.

    Raises UserError naming the file, and the line where one is wrong.
    """
    table: dict[tuple[str, str, str], list[CurvePoint]] = {}
    for point in read_csv(path, CurvePoint, "a file of curves"):
        table.setdefault((point.codec, point.decoder, point.context), []).append(point)
    return [_curve_of(key, points) for key, points in table.items()]


def _curve_of(key: tuple[str, str, str], points: Sequence[CurvePoint]) -> RateCurve:
    ordered = sorted(points, key=lambda point: point.bits_per_pixel)
    return RateCurve(
        *key,
        tuple(point.bits_per_pixel for point in ordered),
        tuple(point.psnr_rgb_db for point in ordered),
        tuple(point.ms_ssim for point in ordered),
        max(point.pictures for point in ordered),
    )
