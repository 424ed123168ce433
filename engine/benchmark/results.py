"""What the rows of a benchmark amount to: lines a picture, lines of means, differences, curves, deltas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from engine.errors import UserError
from engine.evaluation.bench import gain
from engine.evaluation.differences import STANDARD, Difference, baselines, differences_to
from engine.evaluation.rows import Row, operating_point
from engine.evaluation.seeds import Groups, averaged, groups_of
from engine.models.card import ModelCard
from engine.rates.curves import Delta, RateCurve, curves_of, deltas_to
from engine.records import read_csv


@dataclass(frozen=True)
class PictureLine:
    """One refinement of one picture, or a stream that nothing refines. first, last: its rows of step 0 and of
    the last step. title: of the group of seeds, or the decoder itself. difference: to the baseline on the
    same stream, seeds averaged, dB; None where there is none."""

    first: Row
    last: Row
    title: str = ""
    difference: float | None = None

    @property
    def point(self) -> float:
        """The quality, or the rate asked for."""
        return operating_point(self.last)

    @property
    def gain_db(self) -> float | None:
        """Over the standard decode; None without a decoder."""
        before, after = self.first.psnr_rgb_db, self.last.psnr_rgb_db
        refined = self.last.decoder and before is not None and after is not None
        return gain(before, after) if refined else None  # type: ignore[arg-type]


@dataclass(frozen=True)
class MeanLine:
    """Means over the pictures of one codec, operating point, decoder (seeds averaged) and context. decoder:
    "" for the standard decode alone. asked_rate: the point is a rate. gains: the last step's by picture, dB.
    difference, delta: to the baseline, None for itself and where it wasn't measured."""

    codec: str
    point: float
    asked_rate: bool
    decoder: str
    context: str
    seeds: int
    pictures: int
    bits_per_pixel: float
    standard_db: float
    psnr_db: float
    gains: tuple[float, ...]
    seconds: float
    difference: Difference | None = None
    delta: Delta | None = None


@dataclass(frozen=True, eq=False)
class Results:
    """All of a table, against one baseline. curves: of codecs and decoders over the rate,
    deltas: of those that share a codec with the baseline."""

    rows: tuple[Row, ...]
    baseline: str
    baselines: tuple[str, ...]
    pictures: tuple[PictureLine, ...]
    means: tuple[MeanLine, ...]
    differences: tuple[Difference, ...]
    curves: tuple[RateCurve, ...]
    deltas: tuple[Delta, ...]


def read_results(path: Path) -> tuple[Row, ...]:
    """The rows of a table that `nrc bench` has written. Raises UserError naming the file, and for rows that
    no means can be made of: of received streams, or without scores."""
    rows = tuple(read_csv(path, Row, "a table of 'nrc bench'"))
    if not rows:
        raise UserError(f"{path}: holds no rows")
    for row in rows:
        if row.psnr_rgb_db is None or (row.quality is None and row.target_bpp is None):
            raise UserError(f"{path}: {row.image}: has no scores at a quality or rate; not of 'nrc bench'")
    return rows


def results_of(rows: Sequence[Row], cards: Iterable[ModelCard], baseline: str = STANDARD) -> Results:
    """Everything about `rows`, models grouped by seed as `cards` tell. A baseline that isn't measured counts
    as the standard decode."""
    groups = groups_of((row.decoder for row in rows if row.decoder), cards)
    known = baselines(rows, groups)
    chosen = baseline if baseline in known else STANDARD
    mean = averaged(rows, groups)
    found = differences_to(chosen, rows, groups) if rows else []
    curves = curves_of(mean)
    deltas = deltas_within(curves, chosen)
    return Results(
        rows=tuple(rows),
        baseline=chosen,
        baselines=known,
        pictures=_with_differences(_pictures(rows), found, groups),
        means=_means(mean, groups, found, deltas),
        differences=tuple(found),
        curves=tuple(curves),
        deltas=tuple(deltas),
    )


def deltas_within(curves: Sequence[RateCurve], baseline: str) -> list[Delta]:
    """Bjøntegaard's deltas of every curve against the baseline's on the same codec."""
    found = []
    for codec in dict.fromkeys(curve.codec for curve in curves):
        own = [curve for curve in curves if curve.codec == codec]
        wanted = "" if baseline == STANDARD else baseline
        base = next((curve for curve in own if curve.decoder == wanted), None)
        if base is not None:
            found += deltas_to(own, base, baseline)
    return found


def _pictures(rows: Sequence[Row]) -> list[PictureLine]:
    held: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        key = (row.image, row.codec, operating_point(row), row.decoder, row.context)
        held.setdefault(key, []).append(row)
    return [
        PictureLine(min(steps, key=lambda row: row.step), max(steps, key=lambda row: row.step))
        for steps in held.values()
    ]


def _with_differences(
    lines: Sequence[PictureLine], found: Sequence[Difference], groups: Groups
) -> tuple[PictureLine, ...]:
    """Each seed of a group has the mean difference of the group beside it."""
    by_line = {each.line: each.by_picture for each in found}
    told = []
    for line in lines:
        row = line.last
        title = groups[row.decoder].title if row.decoder in groups else row.decoder
        pairs = by_line.get((row.codec, line.point, title, row.context), {})
        told.append(PictureLine(line.first, row, title, pairs.get(row.image)))
    return tuple(told)


def _means(
    rows: Sequence[Row], groups: Groups, found: Sequence[Difference], deltas: Sequence[Delta]
) -> tuple[MeanLine, ...]:
    lines: dict[tuple[str, float, str, str], list[PictureLine]] = {}
    for line in _pictures(rows):
        row = line.last
        lines.setdefault((row.codec, line.point, row.decoder, row.context), []).append(line)
    seeds: dict[str, int] = {}
    for member in groups.values():
        seeds[member.title] = seeds.get(member.title, 0) + 1
    by_line = {each.line: each for each in found}
    by_curve = {(each.codec, each.decoder, each.context): each for each in deltas}
    told = []
    for key, pictures in lines.items():
        codec, point, decoder, context = key
        told.append(
            MeanLine(
                codec=codec,
                point=point,
                asked_rate=pictures[0].last.target_bpp is not None,
                decoder=decoder,
                context=context,
                seeds=seeds.get(decoder, 0),
                pictures=len(pictures),
                bits_per_pixel=fmean(line.last.bits_per_pixel for line in pictures),
                standard_db=_mean(line.first.psnr_rgb_db for line in pictures),
                psnr_db=_mean(line.last.psnr_rgb_db for line in pictures),
                gains=tuple(line.gain_db for line in pictures if line.gain_db is not None),
                seconds=fmean(line.last.seconds for line in pictures),
                difference=by_line.get(key),
                delta=by_curve.get((codec, decoder, context)),
            )
        )
    return tuple(told)


def _mean(values: Iterable[float | None]) -> float:
    return fmean(value for value in values if value is not None)
