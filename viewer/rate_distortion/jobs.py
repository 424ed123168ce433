"""The codecs view's jobs: functions for `Lane.start`. No Qt, no threads, no widgets."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine import pipeline
from engine.codecs.facts import codec_facts
from engine.errors import UserError
from engine.models.card import ModelCard, studies_folder
from engine.rates import survey as rate_curves
from engine.rates.survey import Aim, OperatingPoint
from engine.types import DecodeOptions, EncodeOptions, Picture, Pixels
from viewer.decode.jobs import address_of
from viewer.model.facts.rate_distortion import (
    Mean,
    PartBegun,
    PartFailed,
    PartMade,
    PartRefined,
    RatesBegun,
    RatesFailed,
    RatesMeasured,
    RatesSent,
    Recognised,
    Refined,
)
from viewer.model.session.rate_distortion import Part

if TYPE_CHECKING:
    from viewer.core.job import Token, Work

CurveKey = tuple[str, str, str, str, str]
"""Picture, codec, subsampling, the codec's model, the decoder and its weights: what a curve depends on."""
Cache = Mapping[CurveKey, Mapping[int, OperatingPoint]]
_MOST_BYTES = 3 << 30
"""Pictures of all codecs are kept, to be flipped through; this much at most."""


# ---- curves ------------------------------------------------------------------------------------------------


def picture_name(pixels: Pixels) -> str:
    """The same for the same pixels, whatever file they came from."""
    digest = hashlib.blake2b(repr(pixels.shape).encode(), digest_size=16)
    digest.update(pixels.data)
    return digest.hexdigest()


def curve_key(name: str, codec: str, subsampling: str, card: ModelCard | None) -> CurveKey:
    """What the curve of a codec on the picture `name`, refined by `card`, is kept under."""
    choice = subsampling if len(codec_facts(codec).subsamplings) > 1 else ""
    return name, codec, choice, codec_model(codec), _weights(card)


def codec_model(codec: str) -> str:
    """The model that a learned codec uses now; "" for others, and where it can't be read."""
    facts = codec_facts(codec)
    if not facts.torch:
        return ""
    from engine.codecs.learned.model import find_model

    try:
        return find_model(codec, facts.title).identity.hex()
    except UserError:
        return ""


def _weights(card: ModelCard | None) -> str:
    if card is None:
        return ""
    try:
        return f"{card.weights_path} {card.weights_path.stat().st_mtime_ns}"
    except (OSError, UserError):
        return card.name


def survey(
    aim: Callable[[], Aim],
    picture: Picture,
    subsampling: str,
    cache: Cache,
    prepare: Callable[[], None],
    name: str = "",
) -> Work:
    """Measure what `aim` lacks on a picture, beginning with what `cache` knows of it.

    name: of the picture, where it is known already. `prepare` runs once, before the first network.
    """

    def work(token: Token) -> Iterator[object]:
        found = name or picture_name(picture.pixels)
        first = aim()
        known = {
            codec: cache.get(curve_key(found, codec, subsampling, first.decoders.get(codec)), {})
            for codec in codecs_of(cache, first)
        }
        yield Recognised(found, {codec: points for codec, points in known.items() if points})
        if rate_curves.next_task(first, known) is None:
            return
        prepare()
        news: list[object] = []
        points = rate_curves.survey(
            aim,
            known,
            picture.pixels,
            subsampling,
            address_of,
            cancelled=token.cancelled,
            begins=lambda task, part: news.append(RatesBegun(task, part)),
            failed=lambda task, error: news.append(RatesFailed(task.codec, reason(error), task.refine)),
        )
        for point in points:
            yield from news
            news.clear()
            if point is not None:
                yield RatesMeasured(point)
        yield from news

    return work


def codecs_of(cache: Cache, aim: Aim) -> tuple[str, ...]:
    """Codecs of which something may be known: those aimed at, and those switched off meanwhile."""
    return tuple(dict.fromkeys([*aim.codecs, *(key[1] for key in cache)]))


def reason(error: Exception) -> str:
    """Why something failed, in one line."""
    from viewer.core.words import one_line

    return one_line(error)


# ---- curves that come with the program ---------------------------------------------------------------------


def mean_path() -> Path:
    """Where the bundled means over Kodak lie: what `nrc bench --curves` wrote."""
    return studies_folder() / "kodak_curves.csv"


def read_mean(path: Path) -> Work:
    """Read the means over Kodak and the published curves."""

    def work(_: Token) -> Iterator[Mean]:
        from engine.rates.curves import published_curves, read_curves

        mean = Mean(published=tuple(published_curves()))
        if not path.exists():
            yield replace(mean, note="This installation holds no means over the Kodak pictures")
            return
        try:
            yield replace(mean, measured=tuple(read_curves(path)))
        except UserError as error:
            yield replace(mean, note=str(error))

    return work


# ---- equal rate --------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class EqualPlan:
    """Which pictures to make, in this order, all near `target` bits per pixel. sent: streams that are there
    already, by codec. decoders: by codec."""

    picture: Picture
    target: float
    subsampling: str
    parts: tuple[Part, ...]
    sent: Mapping[str, RatesSent]
    decoders: Mapping[str, ModelCard]


def equal(plan: EqualPlan, prepare: Callable[[], None], linger: float = 0.0) -> Work:
    """Encode and refine the pictures of a plan one after the other; one that fails is reported and passed
    over. It waits `linger` seconds, in case the rate moves on; `prepare` runs before the first."""

    def work(token: Token) -> Iterator[object]:
        if token.wait(linger):
            return
        prepare()
        sent, count = dict(plan.sent), len(plan.parts)
        kept = len(sent) * plan.picture.pixels.nbytes
        for place, part in enumerate(plan.parts):
            yield PartBegun(part, place, count)
            kept += plan.picture.pixels.nbytes
            try:
                if kept > _MOST_BYTES:
                    raise UserError(f"the picture is too large to keep {place + 1} of them")
                if not part.refined:
                    sent[part.codec] = _encoded(plan, part.codec)
                    yield PartMade(part, sent[part.codec])
                elif part.codec in sent:
                    yield from _refined(plan, part, sent[part.codec], token, place, count)
            except Exception as error:
                if token.cancelled():
                    raise
                yield PartFailed(part, reason(error))
            if token.cancelled():
                return
            token.progress((place + 1) / count)

    return work


def _encoded(plan: EqualPlan, codec: str) -> RatesSent:
    from engine.metrics.fidelity import scores

    facts = codec_facts(codec)
    subsampling = plan.subsampling if plan.subsampling in facts.subsamplings else facts.subsamplings[0]
    options = EncodeOptions(bits_per_pixel=plan.target, subsampling=subsampling)
    coded = pipeline.encode(codec, plan.picture.pixels, options)
    return RatesSent(coded, scores(plan.picture.pixels, coded.standard))


def _refined(
    plan: EqualPlan, part: Part, sent: RatesSent, token: Token, place: int, count: int
) -> Iterator[PartRefined]:
    from engine.metrics.fidelity import scores
    from engine.types import Step

    card = plan.decoders[part.codec]
    last = None
    for estimate in pipeline.estimates(
        pipeline.load_decoder(address_of(card)),
        sent.coded,
        DecodeOptions(steps=card.steps),
        token.cancelled,
        lambda done: token.progress((place + done) / count),
    ):
        last = estimate
    if last is not None and last.index == card.steps:
        marks = scores(plan.picture.pixels, last.pixels)
        yield PartRefined(part, Refined(card.name, Step(last.index, last.pixels, marks, last.seconds)))
