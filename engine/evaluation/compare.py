"""Models against each other on the same streams: which belong together, and what each is worth.

Every model of a set decodes the very same streams; each picture is encoded once a condition. Scores are
RGB PSNR of 8-bit pixels (see `engine.metrics.fidelity`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean, stdev
from typing import TYPE_CHECKING

from engine.errors import UserError
from engine.evaluation.bench import DecoderRun, PictureError, gain, plan_runs
from engine.evaluation.conditions import Condition, memory, plain, robustness
from engine.evaluation.table import CompareRow
from engine.io.image import load_picture
from engine.metrics.fidelity import psnr_rgb_db
from engine.models.card import ModelCard, find_card, shipped_cards
from engine.models.training_record import record_of
from engine.pipeline import estimates, load_decoder
from engine.registry import CELLS
from engine.types import Coded, Context, DecodeOptions, Picture, ignore, never

if TYPE_CHECKING:
    from engine.decoders.base import Decoder

FEW_PICTURES = 6
"""How many pictures the set "robustness" takes when none are asked for: it has many conditions."""

MEMORY_QUALITY = 10
"""Quality of the streams of the set "memory" when none is asked for: that of its models' training."""
_LEARNERS = (
    "BPTT", "Truncated BPTT", "Truncated BPTT (5)", "Truncated BPTT (1)", "SAB", "RTRL", "SnAp-1", "UORO",
    "KF-RTRL", "RFLO",
)  # fmt: skip
_STUDIES = {"robustness": "learners"}
_CONTEXT_MODEL = "raster"


Curve = tuple[float, ...]
"""RGB PSNR in dB after each step, step 0 first."""


@dataclass(frozen=True)
class Sample:
    """One picture as it was sent. original: named by its path within the folder."""

    original: Picture
    coded: Coded


@dataclass(frozen=True)
class Result:
    """What one model made of the samples of one condition.

    curves: by the picture's name. bits_per_pixel: mean.
    """

    run: DecoderRun
    condition: Condition
    curves: Mapping[str, Curve]
    bits_per_pixel: float


def runs_of(of_set: str, extra: Sequence[str], options: DecodeOptions) -> tuple[DecoderRun, ...]:
    """The models of a set, and those named in `extra`, in the order to show them.

    The set "context" has one shipped model with each of its contexts; elsewhere every model has its
    widest. Raises UserError where there are none, for an unknown name, and for options that don't fit.
    """
    study = _STUDIES.get(of_set, of_set)
    cards = {card.name: card for card in shipped_cards() if card.study == study}
    if of_set == "context":
        cards = {card.name: card for card in shipped_cards() if card.name == _CONTEXT_MODEL}
    there = {card.weights_path.resolve() for card in cards.values()}
    for name in extra:
        card = find_card(name)
        if card.weights_path.resolve() not in there:
            there.add(card.weights_path.resolve())
            cards[name] = card
    if not cards:
        raise UserError(f"set {of_set}: no models of it are bundled yet (name your own with --decoder)")
    ordered = sorted(cards.items(), key=lambda item: _order(item[1]))
    contexts = list(Context) if of_set == "context" else []
    return plan_runs(ordered, contexts, options)


def _order(card: ModelCard) -> tuple[int, bool, bool, int, int, int, str]:
    cells = CELLS.names()
    cell = cells.index(card.cell) if card.cell in cells else len(cells)
    learner = _LEARNERS.index(card.learner) if card.learner in _LEARNERS else len(_LEARNERS)
    return (cell, card.kind == "sibling", card.attentive, learner, card.weights, card.seed or 0, card.name)


def conditions_of(of_set: str, codec: str, quality: int, subsampling: str) -> tuple[Condition, ...]:
    """What the models of a set are measured on. Raises UserError where the codec has no such conditions."""
    if of_set == "robustness":
        return robustness(codec, quality, subsampling)
    if of_set == "memory":
        return memory(codec, quality)
    return (plain(codec, quality, subsampling),)


def spread_evenly(paths: Sequence[Path], count: int) -> list[Path]:
    """`count` of `paths` at equal distances, the first one among them; all when there are no more."""
    if count >= len(paths):
        return list(paths)
    return [paths[i * len(paths) // count] for i in range(count)]


def load(path: Path, name: str) -> Picture:
    """A picture of the folder under the name that rows know it by. Raises PictureError."""
    try:
        return replace(load_picture(path), name=name)
    except UserError as error:
        raise PictureError(str(error)) from None


def send(picture: Picture, condition: Condition) -> Sample:
    """Encode a picture; what no decoder reads is dropped, for all samples are held at once.

    Raises PictureError when the codec can't hold it.
    """
    try:
        coded = condition.encode(picture.pixels)
    except UserError as error:
        raise PictureError(f"{picture.name}: {error}") from None
    return Sample(picture, replace(coded, symbols=None, patch_bits=None))


def measure(
    run: DecoderRun, condition: Condition, samples: Sequence[Sample], done: Callable[[], object]
) -> Result:
    """Decode every sample with one model; `done` is called after each. Raises UserError."""
    curves = {}
    for sample in samples:
        curves[sample.original.name] = curve_of(run, condition, sample)
        done()
    return Result(run, condition, curves, fmean(sample.coded.bits_per_pixel for sample in samples))


def curve_of(run: DecoderRun, condition: Condition, sample: Sample) -> Curve:
    """RGB PSNR in dB after each step of one decode, step 0 first. Raises UserError."""
    decoder = load_decoder(run.name)
    if condition.whole:
        decoder = _trusting(decoder)
    options = replace(run.options, steps=steps_of(run, condition))
    original, coded = sample.original.pixels, sample.coded
    decoded = estimates(decoder, coded, options, never, ignore)
    scores = [psnr_rgb_db(original, estimate.pixels) for estimate in decoded]
    return (psnr_rgb_db(original, coded.standard), *scores)


def steps_of(run: DecoderRun, condition: Condition) -> int:
    return condition.steps or run.options.steps or run.card.steps


def _trusting(decoder: Decoder) -> Decoder:
    """The decoder with a card that knows of no limit to its training (see `ModelCard.trust`)."""
    same = copy(decoder)
    same.card = replace(decoder.card, training={})
    return same


def rows_of(result: Result, of_set: str) -> list[CompareRow]:
    """The result's steps averaged over the pictures, dB to four places."""
    card, condition = result.run.card, result.condition
    cost = cost_of(card)
    rows = []
    for step, scores in enumerate(zip(*result.curves.values(), strict=True)):
        gains = [gain(curve[0], curve[step]) for curve in result.curves.values()]
        rows.append(
            CompareRow(
                decoder=result.run.name,
                learner=card.learner,
                cell=card.cell,
                context=result.run.options.context.value,
                seed=card.seed,
                parameters=card.weights,
                updates=cost.updates,
                train_seconds=cost.seconds,
                ms_per_update=cost.ms_per_update,
                peak_mb=cost.peak_mb,
                step=step,
                psnr_rgb_db=round(mean(scores), 4),
                gain_db=round(mean(gains), 4),
                set=of_set,
                topic=condition.topic,
                condition=condition.name,
                residual="whole" if condition.whole else "as run",
                kind=card.kind,
                attentive=card.attentive,
                patches=cost.patches,
                gain_sd_db=_rounded(deviation(gains)),
                worst_gain_db=round(min(gains), 4),
                pictures=len(gains),
                bits_per_pixel=round(result.bits_per_pixel, 4),
            )
        )
    return rows


@dataclass(frozen=True)
class Cost:
    """What training a model took, None where neither record nor card tells; see `TrainingRecord`."""

    updates: int | None = None
    patches: int | None = None
    seconds: float | None = None
    ms_per_update: float | None = None
    peak_mb: float | None = None


def cost_of(card: ModelCard) -> Cost:
    """From the record beside the card, else from the card. Raises UserError when the record is none."""
    record = record_of(card)
    if record is not None and record.updates:
        return Cost(
            record.updates[-1],
            record.patches[-1],
            round(record.seconds[-1], 1),
            round(record.ms_per_update, 3),
            round(record.peak_mb, 3),
        )
    told = card.training
    updates, seconds = told.get("updates"), told.get("cpu_seconds", told.get("seconds"))
    return Cost(
        updates=updates if isinstance(updates, int) else None,
        seconds=float(seconds) if isinstance(seconds, int | float) else None,
    )


def mean(values: Iterable[float]) -> float:
    """Mean in dB, where exact pictures make it infinite; NaN where infinities of both signs meet."""
    values = tuple(values)
    try:
        return fmean(values)
    except ValueError:
        return float("nan")


def deviation(values: Sequence[float]) -> float | None:
    """Sample standard deviation; None for fewer than two values and for infinite ones."""
    if len(values) < 2 or not all(abs(value) < float("inf") for value in values):
        return None
    return stdev(values)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
