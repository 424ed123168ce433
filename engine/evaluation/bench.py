"""Codecs and decoders over a folder of pictures: rows, and what they amount to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import fmean
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from engine import pipeline
from engine.errors import UserError
from engine.evaluation.extra_scores import extra_scores
from engine.evaluation.protocol import Protocol
from engine.evaluation.rows import Row, operating_point, rows_of, standard_row
from engine.io.image import load_picture
from engine.metrics.fidelity import scores
from engine.models.card import ModelCard
from engine.registry import CODECS
from engine.types import Cancelled, Context, DecodeOptions, EncodeOptions, RefineRequest, never

UNIT = 16
"""Side of the picture that codecs are tried with, in pixels."""
Key = tuple[str, str, float, str, str]
"""What a refinement is of: picture, codec, operating point, decoder and context ("" for the standard one)."""


@dataclass(frozen=True)
class DecoderRun:
    """One decoder with its options. name: as `pipeline.load_decoder` takes it. codecs: those whose streams it
    is to decode, None for all that it was trained for."""

    name: str
    card: ModelCard
    options: DecodeOptions
    codecs: tuple[str, ...] | None = None

    def takes(self, codec: str) -> bool:
        return codec in self.card.codecs and (self.codecs is None or codec in self.codecs)


@dataclass(frozen=True)
class Plan:
    """What is measured on each picture: every codec at every operating point, its stream decoded by every
    run whose decoder was trained for it, or by the standard decoder alone where there is none.

    linear: the samples of the pictures' files are linear in light (see `load_picture`). extra: scores beside
    the usual ones, keys of `EXTRA_SCORES`.
    """

    codecs: tuple[str, ...]
    encodes: tuple[EncodeOptions, ...]
    runs: tuple[DecoderRun, ...] = ()
    linear: bool = False
    protocol: Protocol = field(default_factory=Protocol)
    extra: tuple[str, ...] = ()

    def runs_of(self, codec: str) -> tuple[DecoderRun, ...]:
        return tuple(run for run in self.runs if run.takes(codec))

    @property
    def rounds(self) -> int:
        """How many lists of rows `measure` yields for a picture."""
        return len(self.encodes) * sum(max(1, len(self.runs_of(codec))) for codec in self.codecs)


@dataclass(frozen=True)
class BenchSummary:
    """Means over the pictures of one group (codec, operating point, decoder, context).

    quality: None where a rate was asked for, `target_bpp`. standard_db: RGB PSNR of step 0. gains_db: mean
    gain over it after each step, steps 1 to K; none for the standard decode alone, whose `decoder` is empty.
    worst_db: the smallest gain of a picture at the last step, of picture `worst_image`. worse: how many
    pictures the last step makes worse than the standard decode. seconds: for all steps.
    """

    codec: str
    quality: int | None
    target_bpp: float | None
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
    decoders: Sequence[tuple[str, ModelCard]],
    contexts: Sequence[Context],
    options: DecodeOptions,
    codecs: Sequence[str] = (),
) -> tuple[DecoderRun, ...]:
    """Each decoder with those of `contexts` that it offers; with its widest one when none is asked for.

    Everything else comes from `options`; decoders without a state to carry run without. Raises UserError
    when a decoder offers none of the contexts, can't run with the options or was trained for none of
    `codecs`, or when none can carry.
    """
    for _, card in decoders:
        if codecs and not set(codecs) & set(card.codecs):
            pipeline.check_codec(card, codecs[0])
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
            run = DecoderRun(
                name, card, replace(options, context=context, carry=options.carry and card.carry)
            )
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


def check_points(codecs: Iterable[str], encodes: Iterable[EncodeOptions]) -> None:
    """Raise UserError unless every codec takes all of the qualities asked for."""
    qualities = [encode.quality for encode in encodes if encode.quality is not None]
    for codec in codecs:
        check_qualities(codec, qualities)


class PictureError(UserError):
    """A picture that can't be measured: it can't be read, or the codec can't hold it."""


@dataclass(frozen=True)
class Failure:
    """A codec that could not encode a picture. rounds: how many lists of rows are missing for it."""

    codec: str
    reason: str
    rounds: int


def without_broken_codecs(plan: Plan) -> tuple[Plan, dict[str, str]]:
    """`plan` without the codecs that can't encode anything here, and why not, by codec.

    A learned codec's model may be missing or broken; that is told once and before the work. It is loaded
    then, too, and counts in no picture's time.
    """
    flat = np.full((UNIT, UNIT, 3), 128, np.uint8)
    broken: dict[str, str] = {}
    for codec in plan.codecs:
        try:
            pipeline.encode(codec, flat, EncodeOptions(quality=CODECS.get(codec).qualities[0]))
        except UserError as error:
            broken[codec] = str(error)
    codecs = tuple(codec for codec in plan.codecs if codec not in broken)
    runs = tuple(run for run in plan.runs if any(run.takes(codec) for codec in codecs))
    return replace(plan, codecs=codecs, runs=runs), broken


def keys_of(name: str, plan: Plan) -> Iterator[tuple[Key, DecoderRun | None]]:
    """What `measure` yields the rows of for picture `name`, in order, each with its run."""
    for codec in plan.codecs:
        for encode in plan.encodes:
            for run in plan.runs_of(codec) or (None,):
                yield _key(name, codec, encode, run), run


def _key(name: str, codec: str, encode: EncodeOptions, run: DecoderRun | None) -> Key:
    point = encode.quality if encode.bits_per_pixel is None else encode.bits_per_pixel
    decoder, context = ("", "") if run is None else (run.name, run.options.context.value)
    return as_written(name), codec, float(point or 0), decoder, context


def key_of(row: Row) -> Key:
    """What a row is of."""
    return as_written(row.image), row.codec, operating_point(row), row.decoder, row.context


def as_written(name: str) -> str:
    """A picture's name as a table in UTF-8 holds it."""
    return name.encode("utf-8", "backslashreplace").decode()


def measure(
    path: Path,
    name: str,
    plan: Plan,
    known: Mapping[Key, list[Row]] = MappingProxyType({}),
    *,
    cancelled: Cancelled = never,
) -> Iterator[list[Row] | Failure]:
    """Yield the rows of each refinement of one picture as it finishes; `name` identifies the picture.

    known: rows that need not be measured; they are yielded in their place. A codec that can't encode it ends
    with a `Failure` in place of its further rows. Cancelled, it yields no half refinement and ends. Raises
    PictureError when the picture can't be read, and UserError when a decoder can't run.
    """
    keys = {key for key, _ in keys_of(name, plan)}
    if keys <= known.keys():
        yield from (known[key] for key, _ in keys_of(name, plan))
        return
    try:
        original = load_picture(path, linear=plan.linear)
        reference, sent = plan.protocol.prepared(original.pixels)
        original = replace(original, pixels=reference)
    except UserError as error:
        raise PictureError(str(error)) from None
    for codec in plan.codecs:
        runs = plan.runs_of(codec)
        for done, encode in enumerate(plan.encodes):
            found = [known.get(_key(name, codec, encode, run)) for run in runs or (None,)]
            if all(rows is not None for rows in found):
                yield from (rows for rows in found if rows is not None)
                continue
            try:
                coded = plan.protocol.encode(codec, sent, encode)
            except UserError as error:
                yield Failure(codec, str(error), (len(plan.encodes) - done) * max(1, len(runs)))
                break
            for run, rows in zip(runs, found, strict=bool(runs)):
                if rows is not None:
                    yield rows
                    continue
                request = RefineRequest(name, codec, encode, run.name, run.options)
                *_, complete = pipeline.refine(request, original, coded, cancelled=cancelled)
                if cancelled():
                    return
                yield rows_of(complete, run.card, plan.extra)
            if not runs:
                marks = scores(reference, coded.standard)
                extra = extra_scores(reference, coded.standard, plan.extra)
                yield [standard_row(name, coded, encode, marks, extra, original.lossy)]


def summarise(rows: Iterable[Row]) -> list[BenchSummary]:
    """Means per codec, operating point, decoder and context: codecs in order of first appearance, points in
    ascending order, the others in order of first appearance.

    Raises ValueError for rows without quality and target, or without scores, which streams opened as
    received have.
    """
    groups: dict[_Group, dict[str, list[Row]]] = {}
    for row in rows:
        point = operating_point(row)
        pictures = groups.setdefault(_Group(row.codec, point, row.decoder, row.context), {})
        pictures.setdefault(row.image, []).append(row)
    codecs = list(dict.fromkeys(group.codec for group in groups))
    ordered = sorted(groups.items(), key=lambda item: (codecs.index(item[0].codec), item[0].point))
    return [_summary(key, pictures) for key, pictures in ordered]


class _Group(NamedTuple):
    codec: str
    point: float
    decoder: str
    context: str


def _summary(group: _Group, pictures: dict[str, list[Row]]) -> BenchSummary:
    first = next(iter(pictures.values()))[0]
    runs = [sorted(rows, key=lambda row: row.step) for rows in pictures.values()]
    curves = [[_psnr(row) for row in rows] for rows in runs]
    gains = [[gain(curve[0], after) for after in curve[1:]] for curve in curves]
    last = [steps[-1] if steps else 0.0 for steps in gains]
    worst_db, worst_image = min(zip(last, pictures, strict=True))
    return BenchSummary(
        codec=group.codec,
        quality=first.quality if first.target_bpp is None else None,
        target_bpp=first.target_bpp,
        decoder=group.decoder,
        context=group.context,
        pictures=len(runs),
        bits_per_pixel=fmean(rows[0].bits_per_pixel for rows in runs),
        standard_db=fmean(curve[0] for curve in curves),
        gains_db=tuple(fmean(step) for step in zip(*gains, strict=True)),
        worst_db=worst_db,
        worst_image=worst_image,
        worse=sum(value < 0 for value in last),
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
