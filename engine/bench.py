"""Decoders against the standard decode over a folder of pictures: rows, and what they amount to."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from engine import pipeline
from engine.errors import UserError, system_reason
from engine.image import load_picture
from engine.models import ModelCard
from engine.registry import CODECS
from engine.report import Row, rows_of
from engine.types import Context, DecodeOptions, EncodeOptions, RefineRequest

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FIELDS = tuple(field.name for field in fields(Row))


@dataclass(frozen=True)
class Run:
    """One decoder with its options. name: as `pipeline.load_decoder` takes it."""

    name: str
    card: ModelCard
    options: DecodeOptions


@dataclass(frozen=True)
class Plan:
    """What is measured on each picture: every run at every quality."""

    codec: str
    qualities: tuple[int, ...]
    subsampling: str
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Summary:
    """Means over the pictures of one group (quality, decoder, context).

    standard_db: RGB PSNR of step 0. gains_db: mean gain over it after each step, steps 1 to K.
    worst_db: the smallest gain of a picture at the last step, of picture `worst_image`. worse: how many
    pictures the last step makes worse than the standard decode. seconds: for all steps.
    """

    quality: int
    decoder: str
    context: str
    pictures: int
    bits_per_pixel: float
    standard_db: float
    gains_db: tuple[float, ...]
    worst_db: float
    worst_image: str
    worse: int
    seconds: float


def gain(before: float, after: float) -> float:
    """Difference of two PSNRs in dB; 0 when both pictures are exact, whose PSNRs are infinite."""
    return 0.0 if before == after else after - before


def widest_context(card: ModelCard) -> Context:
    """The context with the most neighbours that a decoder offers."""
    return max(card.contexts, key=lambda context: (context.causal + context.noncausal, context.causal))


def plan_runs(
    decoders: Sequence[tuple[str, ModelCard]], contexts: Sequence[Context], options: DecodeOptions
) -> tuple[Run, ...]:
    """Each decoder with those of `contexts` that it offers; with its widest one when none is asked for.

    Everything else comes from `options`; decoders without a state to carry run without. Raises UserError
    when a decoder offers none of the contexts or can't run with the options, or when none can carry.
    """
    if options.carry and not any(card.carry for _, card in decoders):
        raise UserError("none of the decoders has a state to carry along the row")
    runs = []
    for name, card in decoders:
        offered = [context for context in contexts if context in card.contexts]
        if contexts and not offered:
            asked = ", ".join(context.value for context in contexts)
            there = ", ".join(context.value for context in card.contexts)
            raise UserError(f"decoder '{card.name}' has no context {asked} (it has: {there})")
        for context in offered or [widest_context(card)]:
            run = Run(name, card, replace(options, context=context, carry=options.carry and card.carry))
            pipeline.check_options(card, run.options)
            runs.append(run)
    return tuple(runs)


def check_qualities(codec: str, qualities: Iterable[int]) -> None:
    """Raise UserError unless the codec takes all of `qualities`."""
    entry = CODECS.get(codec)
    low, high = entry.qualities
    for quality in qualities:
        if not low <= quality <= high:
            raise UserError(f"{entry.title} quality {quality} does not lie in {low} to {high}")


class PictureError(UserError):
    """A picture that can't be measured: it can't be read, or the codec can't hold it."""


def measure(path: Path, name: str, plan: Plan) -> Iterator[list[Row]]:
    """Yield the rows of each refinement of one picture as it finishes; `name` identifies the picture.

    Raises PictureError when the picture can't be read or encoded, and UserError when a decoder can't run.
    """
    try:
        original = load_picture(path)
    except UserError as error:
        raise PictureError(str(error)) from None
    for quality in plan.qualities:
        encode = EncodeOptions(quality=quality, subsampling=plan.subsampling)
        try:
            coded = pipeline.encode(plan.codec, original.pixels, encode)
        except UserError as error:
            raise PictureError(f"{path}: {error}") from None
        for run in plan.runs:
            request = RefineRequest(name, plan.codec, encode, run.name, run.options)
            *_, complete = pipeline.refine(request, original, coded)
            yield rows_of(complete, run.card)


class Table:
    """A CSV file that takes rows as they come: after each `add`, what was added is on disk.

    UTF-8, a header line; rows are records whose fields are those named at the beginning, in that order
    (left out: those of `engine.report.Row`). An undefined value is an empty field, an infinite one is
    "inf". Raises UserError when the file can't be written.
    """

    def __init__(self, path: Path, names: Sequence[str] = FIELDS) -> None:
        self._path = path
        with _reporting(path):
            self._file = path.open("w", encoding="utf-8", errors="backslashreplace", newline="")
            self._writer = csv.DictWriter(self._file, names, lineterminator="\n")
            self._writer.writeheader()

    def add(self, rows: Iterable[DataclassInstance]) -> None:
        with _reporting(self._path):
            self._writer.writerows(asdict(row) for row in rows)
            self._file.flush()

    def close(self) -> None:
        with _reporting(self._path):
            self._file.close()


@contextmanager
def _reporting(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UserError(f"{path}: can't be written ({system_reason(error)})") from None


def summarise(rows: Iterable[Row]) -> list[Summary]:
    """Means per quality, decoder and context, in order of first appearance within ascending quality.

    Raises ValueError for rows without quality or scores, which streams opened as received have.
    """
    groups: dict[tuple[int, str, str], dict[str, list[Row]]] = {}
    for row in rows:
        if row.quality is None:
            raise ValueError("only streams encoded here can be summarised")
        pictures = groups.setdefault((row.quality, row.decoder, row.context), {})
        pictures.setdefault(row.image, []).append(row)
    ordered = sorted(groups.items(), key=lambda item: item[0][0])
    return [_summary(key, pictures) for key, pictures in ordered]


def _summary(key: tuple[int, str, str], pictures: dict[str, list[Row]]) -> Summary:
    quality, decoder, context = key
    runs = [sorted(rows, key=lambda row: row.step) for rows in pictures.values()]
    curves = [[_psnr(row) for row in rows] for rows in runs]
    gains = [[gain(curve[0], after) for after in curve[1:]] for curve in curves]
    worst_db, worst_image = min((steps[-1], name) for steps, name in zip(gains, pictures, strict=True))
    return Summary(
        quality=quality,
        decoder=decoder,
        context=context,
        pictures=len(runs),
        bits_per_pixel=fmean(rows[0].bits_per_pixel for rows in runs),
        standard_db=fmean(curve[0] for curve in curves),
        gains_db=tuple(fmean(step) for step in zip(*gains, strict=True)),
        worst_db=worst_db,
        worst_image=worst_image,
        worse=sum(steps[-1] < 0 for steps in gains),
        seconds=fmean(rows[-1].seconds for rows in runs),
    )


def _psnr(row: Row) -> float:
    if row.psnr_rgb_db is None:
        raise ValueError("only scored rows can be summarised")
    return row.psnr_rgb_db


def card_gain_db(card: ModelCard, pictures: str, quality: int) -> float | None:
    """Mean gain of the last step on a set of pictures, from a model's card; None if not measured.

    Cards keep figures as `tools/card_scores.py` writes them: by set, then by quality ("q15").
    """
    try:
        return float(card.scores[pictures][f"q{quality}"]["gain_db"][-1])
    except (KeyError, IndexError, TypeError, ValueError):
        return None
