"""Rate–distortion curves of every codec on one picture, the operating points that matter first.

A survey goes from point to point: `next_task` says which one is wanted next, `measure` encodes and scores it,
`refine` has a decoder repair it. Nothing is kept between the calls, so a survey can be stopped, go on and
turn to another rate after any of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean

from engine import pipeline
from engine.metrics.fidelity import scores
from engine.models.card import ModelCard
from engine.registry import CODECS, Progressive
from engine.types import Cancelled, DecodeOptions, EncodeOptions, Pixels, Progress, Scores, ignore, never

SURVEYED: Mapping[str, tuple[tuple[int, float], ...]] = {
    "jpeg": ((4, 0.19), (7, 0.32), (10, 0.44), (14, 0.58), (18, 0.70), (24, 0.85), (32, 1.05), (42, 1.24),
             (55, 1.47), (68, 1.79), (80, 2.31), (90, 3.24)),
    "jpeg2000": ((1, 0.28), (4, 0.33), (8, 0.41), (12, 0.49), (16, 0.58), (20, 0.68), (26, 0.83), (32, 1.00),
                 (40, 1.25), (50, 1.62), (62, 2.07), (75, 2.62)),
    "jpeg2000-nomct": ((1, 0.38), (4, 0.46), (8, 0.57), (12, 0.68), (16, 0.81), (20, 0.95), (26, 1.16),
                       (32, 1.40), (40, 1.75), (50, 2.27), (62, 2.90), (75, 3.67)),
    "webp": ((1, 0.30), (4, 0.39), (8, 0.48), (13, 0.58), (20, 0.70), (30, 0.86), (42, 1.03), (56, 1.23),
             (70, 1.55), (80, 1.86), (88, 2.60), (94, 3.50)),
    "avif": ((8, 0.17), (16, 0.24), (22, 0.31), (28, 0.39), (34, 0.48), (40, 0.61), (46, 0.76), (52, 0.98),
             (60, 1.28), (68, 1.65), (76, 2.06), (86, 2.80)),
    "e2e": ((1, 0.22), (6, 0.28), (12, 0.38), (18, 0.50), (24, 0.65), (30, 0.82), (36, 1.00), (42, 1.20),
            (49, 1.45), (56, 1.77), (64, 2.19)),
    "goog": ((1, 0.09), (2, 0.20), (3, 0.31), (4, 0.42), (5, 0.54), (6, 0.65), (7, 0.76), (8, 0.88)),
}  # fmt: skip
"""Qualities that make a curve, denser at low rates, and the bits per pixel that they took on a detailed
photograph: enough to tell, before anything is encoded, which of them lie near a rate."""
_OTHER_POINTS = 12


@dataclass(frozen=True)
class OperatingPoint:
    """One stream of a picture. standard: scores of its standard decode; refined: those of the last step of
    `decoder`, None as long as there are none. decoder: name of its card, "" for none."""

    codec: str
    quality: int
    bits_per_pixel: float
    standard: Scores
    refined: Scores | None = None
    decoder: str = ""


Known = Mapping[str, Mapping[int, OperatingPoint]]
"""Points measured so far, by codec and quality."""


@dataclass(frozen=True)
class Aim:
    """What a survey is to find out. codecs: in the order in which they take turns. rate: bits per pixel
    around which it begins. decoders: by codec, the card that refines its streams; a codec may have none."""

    codecs: tuple[str, ...]
    rate: float
    decoders: Mapping[str, ModelCard] = field(default_factory=dict)


@dataclass(frozen=True)
class SurveyTask:
    """The next thing to do: measure a point, or refine one that is measured."""

    codec: str
    quality: int
    refine: bool = False


def surveyed(codec: str) -> tuple[tuple[int, float], ...]:
    """Qualities that make a codec's curve, with the rate (bits per pixel) to expect of each."""
    if codec in SURVEYED:
        return SURVEYED[codec]
    low, high = CODECS.get(codec).qualities
    count = min(_OTHER_POINTS, high - low + 1)
    steps = [round(low + k * (high - low) / max(1, count - 1)) for k in range(count)]
    return tuple((quality, 0.15 * 1.3**at) for at, quality in enumerate(dict.fromkeys(steps)))


def best_card(cards: Sequence[ModelCard], codec: str) -> ModelCard | None:
    """The decoder to refine a codec's streams with: the first of `cards` (the flagship) that was trained for
    them and belongs to no study; None where there is none."""
    return next((card for card in cards if codec in card.codecs and not card.study), None)


def next_task(aim: Aim, known: Known) -> SurveyTask | None:
    """What to do next; None when nothing is missing.

    Codecs take turns, each with its missing point nearest to the rate. A refined point costs most, so a
    codec's k-th waits for everybody's 2k-th plain one.
    """
    turns: list[tuple[int, int, int, SurveyTask]] = []
    for place, codec in enumerate(aim.codecs):
        points = known.get(codec, {})
        wanted = [quality for quality, _ in surveyed(codec)]
        missing = [quality for quality in wanted if quality not in points]
        if missing:
            task = SurveyTask(codec, _nearest(codec, missing, aim.rate, known))
            turns.append((len(wanted) - len(missing), 0, place, task))
        if codec in aim.decoders:
            plain = [quality for quality in wanted if quality in points and points[quality].refined is None]
            done = sum(quality in points and points[quality].refined is not None for quality in wanted)
            if plain:
                task = SurveyTask(codec, _nearest(codec, plain, aim.rate, known), refine=True)
                turns.append((2 * done + 1, 1, place, task))
    return min(turns, key=lambda turn: turn[:3])[3] if turns else None


def progress_of(aim: Aim, known: Known) -> float:
    """How much of a survey is done, 0 to 1, a refined point counting as much as three plain ones."""
    done = total = 0
    for codec in aim.codecs:
        points, refines = known.get(codec, {}), codec in aim.decoders
        for quality, _ in surveyed(codec):
            total += 4 if refines else 1
            if quality in points:
                done += 4 if refines and points[quality].refined is not None else 1
    return done / total if total else 1.0


def _nearest(codec: str, qualities: Sequence[int], rate: float, known: Known) -> int:
    """The one of `qualities` whose rate is, or is likely to be, nearest to `rate` as a ratio."""
    points = known.get(codec, {})
    expected = dict(surveyed(codec))
    own = {quality: math.log(point.bits_per_pixel / expected[quality])
           for quality, point in points.items() if quality in expected}  # fmt: skip
    others = [
        math.log(point.bits_per_pixel / rates[quality])
        for other, found in known.items()
        for rates in (dict(surveyed(other)),)
        for quality, point in found.items()
        if quality in rates
    ]
    general = fmean(others) if others else 0.0

    def away(quality: int) -> float:
        if quality in points:
            return abs(math.log(points[quality].bits_per_pixel / rate))
        offset = own[min(own, key=lambda other: abs(other - quality))] if own else general
        return abs(math.log(expected[quality] / rate) + offset)

    return min(qualities, key=lambda quality: (away(quality), quality))


def measure(
    codec: str, quality: int, pixels: Pixels, subsampling: str, cancelled: Cancelled = never
) -> Iterator[tuple[OperatingPoint, bytes]]:
    """Yield the point of a quality with its stream, and before it those that come along with it.

    pixels: uint8 (height, width, 3) sRGB. A `Progressive` codec yields the points of all its qualities that
    are surveyed. Raises UserError as the codec's `encode`.
    """
    encoder = CODECS.get(codec)
    area = pixels.shape[0] * pixels.shape[1]
    if isinstance(encoder, Progressive):
        wanted = {each for each, _ in surveyed(codec)} | {quality}
        for coded in encoder.encode_stages(pixels, EncodeOptions(quality=max(wanted))):
            if coded.quality in wanted:
                marks = scores(pixels, coded.standard)
                yield OperatingPoint(codec, coded.quality, coded.bits_per_pixel, marks), coded.payload
            if cancelled():
                return
        return
    payload, standard = encoder.size_and_standard(pixels, quality, subsampling)
    if not cancelled():
        rate = 8 * len(payload) / area
        yield OperatingPoint(codec, quality, rate, scores(pixels, standard)), payload


def refine(
    point: OperatingPoint,
    payload: bytes,
    pixels: Pixels,
    card: ModelCard,
    address: str,
    cancelled: Cancelled = never,
    progress: Progress = ignore,
) -> OperatingPoint | None:
    """The point with the scores of its stream after all steps of a decoder; None when it was cancelled.

    payload: the stream of the point, all that the decoder gets. address: name or path that finds `card`.
    Raises UserError.
    """
    coded = pipeline.decode(payload, f"{point.codec} {point.quality}")
    options = DecodeOptions(steps=card.steps)
    last: Pixels | None = None
    for estimate in pipeline.estimates(pipeline.load_decoder(address), coded, options, cancelled, progress):
        last = estimate.pixels if estimate.index == card.steps else None
    if last is None or cancelled():
        return None
    return replace(point, refined=scores(pixels, last), decoder=card.name)


def survey(
    aim: Callable[[], Aim],
    known: Known,
    pixels: Pixels,
    subsampling: str,
    address: Callable[[ModelCard], str],
    *,
    cancelled: Cancelled = never,
    begins: Callable[[SurveyTask, float], None],
    failed: Callable[[SurveyTask, Exception], None],
) -> Iterator[OperatingPoint | None]:
    """Yield points as they are measured, and again once they are refined, until `aim` lacks nothing.

    aim: asked before each task, so that its rate and codecs may change on the way. known: what need not be
    measured again. begins: told of each task, and how much of the whole is done, 0 to 1; a None follows.
    failed: told of a task that raised. Its codec is passed over from then on; if it was to refine, the codec
    stays unrefined. Stops soon after `cancelled()`.
    """
    found = {codec: dict(points) for codec, points in known.items()}
    streams: dict[tuple[str, int], bytes] = {}
    broken: set[str] = set()
    unrefined: set[str] = set()
    while not cancelled():
        now = _without(aim(), broken, unrefined)
        task = next_task(now, found)
        if task is None:
            return
        begins(task, progress_of(now, found))
        yield None
        try:
            for point in _done(task, now, found, streams, pixels, subsampling, address, cancelled):
                found.setdefault(point.codec, {})[point.quality] = point
                yield point
        except Exception as error:
            if cancelled():
                return
            (unrefined if task.refine else broken).add(task.codec)
            failed(task, error)


def _done(
    task: SurveyTask,
    aim: Aim,
    known: Known,
    streams: dict[tuple[str, int], bytes],
    pixels: Pixels,
    subsampling: str,
    address: Callable[[ModelCard], str],
    cancelled: Cancelled,
) -> Iterator[OperatingPoint]:
    """The points of one task. streams: of points still to be refined, kept as long as they are needed."""
    at = task.codec, task.quality
    if not task.refine or at not in streams:
        for point, payload in measure(*at, pixels, subsampling, cancelled):
            if task.codec in aim.decoders:
                streams[point.codec, point.quality] = payload
            if point.quality not in known.get(point.codec, {}):
                yield point
    if task.refine and at in streams and not cancelled():
        card = aim.decoders[task.codec]
        plain, payload = known[task.codec][task.quality], streams.pop(at)
        after = refine(plain, payload, pixels, card, address(card), cancelled)
        if after is not None:
            yield after


def _without(aim: Aim, broken: set[str], unrefined: set[str]) -> Aim:
    if not broken and not unrefined:
        return aim
    return replace(
        aim,
        codecs=tuple(codec for codec in aim.codecs if codec not in broken),
        decoders={codec: card for codec, card in aim.decoders.items() if codec not in unrefined},
    )
