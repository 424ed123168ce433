"""From pixels to a refinement: encode, decode, refine, score. What the window and the commands call.

Importing this module is cheap; PyTorch is loaded with the first decoder.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from engine.choices import MOST_STEPS, MOST_STRENGTH, ORIENTATIONS
from engine.codecs.facts import CODEC_FACTS, article
from engine.errors import UserError, system_reason
from engine.metrics.fidelity import grey, psnr_rgb_db, scores
from engine.models.card import ModelCard, find_card, shipped_cards
from engine.registry import CODECS, DECODERS, Progressive
from engine.types import (
    PATCH,
    Cancelled,
    Coded,
    DecodeOptions,
    EncodeOptions,
    Estimate,
    Picture,
    Pixels,
    Progress,
    RatePoint,
    Refinement,
    RefineRequest,
    Scores,
    Stage,
    Step,
    frozen,
    ignore,
    never,
)

if TYPE_CHECKING:
    from engine.decoders.base import Decoder


def encode(codec: str, pixels: Pixels, options: EncodeOptions) -> Coded:
    """Encode uint8 (height, width, 3) sRGB. Raises UserError for unknown codecs and bad options."""
    return CODECS.get(codec).encode(pixels, options)


def decode(payload: bytes, name: str) -> Coded:
    """Read a stream of any codec, told apart by its first bytes. Raises UserError naming `name`.

    `Coded.codec` may name a variant of the codec that reads it.
    """
    if not payload:
        raise UserError(f"{name}: the file is empty")
    key = codec_of(payload)
    if key:
        return CODECS.get(key).decode(payload, name)
    other = next((kind for kind, heads in _OTHER_FILES.items() if payload.startswith(heads)), "")
    if other:
        raise UserError(f"{name}: not a stream of a known codec, but {article(other)} {other} file")
    known = ", ".join(dict.fromkeys(facts.name for facts in CODEC_FACTS.values()))
    raise UserError(f"{name}: not a stream of a known codec ({known})")


_OTHER_FILES = {
    "PNG": (b"\x89PNG",), "GIF": (b"GIF8",), "BMP": (b"BM",), "TIFF": (b"II*\0", b"MM\0*"),
    "PDF": (b"%PDF",), "Photoshop": (b"8BPS",), "ZIP": (b"PK\3\4",),
}  # fmt: skip
"""Files that hold no stream, though a JPEG picture may lie in them."""


def codec_of(payload: bytes) -> str:
    """Name of the codec that reads a stream, told by its first bytes, or of JPEG where its stream begins a
    little behind bytes that are nobody's; "" for none."""
    for key in CODECS:
        codec = CODECS.get(key)
        if payload.startswith(codec.magic, codec.magic_at):
            return key
    if any(payload.startswith(heads) for heads in _OTHER_FILES.values()):
        return ""
    from engine.codecs.jpeg.parse import find_start

    return "" if find_start(payload) is None else "jpeg"


def told(coded: Coded, name: str) -> tuple[str, ...]:
    """What people should know of a received stream: what is damaged or could not be followed, and what its
    codec left undone; one short sentence each."""
    title = CODECS.get(coded.codec).title
    notes = []
    if coded.damage:
        notes.append(f"the {title} file is damaged: {coded.damage}")
    if coded.unread:
        alone = "shown as the standard decoder shows it"
        notes.append(f"{alone}; its structure can't be followed here: {coded.unread}")
    return (*notes, *CODECS.get(coded.codec).notes(coded.payload, name))


def model_cards() -> tuple[ModelCard, ...]:
    """Cards of the bundled decoders, the flagship first."""
    return shipped_cards()


def load_decoder(name: str) -> Decoder:
    """A bundled decoder by name, or one's own by the path of its card; kept in memory once loaded."""
    card = find_card(name)
    try:
        changed = tuple(path.stat().st_mtime_ns for path in card.files)
    except OSError as error:
        reason = system_reason(error)
        raise UserError(f"{card.files[-1].name}: can't read the weights ({reason})") from None
    return _loaded(str(card.files[0].resolve()), changed)


@lru_cache(maxsize=8)
def _loaded(path: str, _changed: tuple[int, ...]) -> Decoder:
    """Keyed by the files' times of change too: a model may be trained on while the program runs."""
    card = find_card(path)
    decoder: Decoder = DECODERS.get(card.kind).load(card)
    return decoder


def check_codec(card: ModelCard, codec: str) -> None:
    """Raise UserError unless `card`'s decoder was trained for streams of `codec`."""
    if codec not in card.codecs:
        trained = ", ".join(CODECS.get(key).title if key in CODECS else key for key in card.codecs)
        title = CODECS.get(codec).title
        raise UserError(f"decoder '{card.name}' was not trained for {title} streams (trained for: {trained})")


def check_options(card: ModelCard, options: DecodeOptions, codec: str | None = None) -> None:
    """Raise UserError, naming the option, when `card`'s decoder can't run with `options`.

    codec: of the stream to decode, where it is known.
    """
    if codec is not None:
        check_codec(card, codec)
    if not 0 <= options.steps <= MOST_STEPS:
        raise UserError(f"steps must lie in 1 to {MOST_STEPS}, not {options.steps}")
    if not 0 <= options.strength <= MOST_STRENGTH:
        most, given = 100 * MOST_STRENGTH, 100 * options.strength
        raise UserError(f"strength must lie in 0 to {most:.0f} %, not {given:.0f} %")
    if options.orientations not in ORIENTATIONS:
        counts = ", ".join(map(str, ORIENTATIONS))
        raise UserError(f"estimates are averaged over {counts} orientations, not {options.orientations}")
    if options.context not in card.contexts:
        offered = ", ".join(context.value for context in card.contexts)
        raise UserError(f"decoder '{card.name}' has no context '{options.context.value}' (it has: {offered})")
    if options.carry and not card.carry:
        raise UserError(f"decoder '{card.name}' has no state to carry along the row")
    if options.precision != "auto":
        from engine.decoders.base import pick_device
        from engine.decoders.precision import precision_of

        precision_of(options.precision, pick_device(options.device))


def refine(
    request: RefineRequest,
    original: Picture | None,
    coded: Coded | None = None,
    *,
    progressive: bool = False,
    known: tuple[Stage, ...] = (),
    cancelled: Cancelled = never,
    progress: Progress = ignore,
) -> Iterator[Refinement]:
    """Yield a refinement as it grows: first with step 0, the standard decode, then a step more each time.

    The last record is `finished`, or `cancelled` when `cancelled()` became true on the way; cancelled while
    it encodes, it yields nothing. Without a decoder the standard decode is all there is. With `coded` nothing
    is encoded; without `original` nothing is scored. progressive: whether the stages of a progressive
    stream are wanted too (see `Refinement`); known: those of `coded`, when they are there already. Raises
    UserError.
    """
    card = find_card(request.decoder) if request.decoder else None
    if card is not None:
        check_options(card, request.options, request.codec if coded is None else coded.codec)
    if coded is None:
        if original is None or request.encode is None:
            raise ValueError("refine needs a picture and how to encode it, or a coded stream")
        sent = _sent(request.codec, original, request.encode, progressive, cancelled)
        if not sent:
            return
        *shorter, coded = sent
        known = tuple(_stage(original, number, each) for number, each in enumerate(shorter, 1))
    record = _first_record(request, original, coded, card, known, progressive)
    yield record
    if record.finished:
        return
    if len(record.stages) < record.planned_stages:
        record = _with_stages(record, cancelled)
        if record.stages:
            yield record
    if cancelled() and not record.finished:
        yield replace(record, cancelled=True)
    elif card is not None:
        yield from _steps(record, cancelled, progress)


def _sent(
    codec: str, original: Picture, options: EncodeOptions, progressive: bool, cancelled: Cancelled
) -> tuple[Coded, ...]:
    """The stream, after the shorter ones of its stages where those are wanted; empty when cancelled."""
    encoder = CODECS.get(codec)
    if not (progressive and isinstance(encoder, Progressive)):
        return (encode(codec, original.pixels, options),)
    sent: list[Coded] = []
    for coded in encoder.encode_stages(original.pixels, options):
        if cancelled():
            return ()
        sent.append(coded)
    return tuple(sent)


def _stage(original: Picture | None, number: int, coded: Coded) -> Stage:
    return Stage(number, coded, _scores(original, coded.standard))


def _first_record(
    request: RefineRequest,
    original: Picture | None,
    coded: Coded,
    card: ModelCard | None,
    known: tuple[Stage, ...],
    progressive: bool,
) -> Refinement:
    codec = CODECS.get(coded.codec)
    count = 0
    if progressive and isinstance(codec, Progressive):
        count = codec.stage_count(coded.payload, request.image) - 1
    stages = known if len(known) == count else ()
    return Refinement(
        request,
        coded,
        original,
        (Step(0, coded.standard, _scores(original, coded.standard), 0.0),),
        planned_steps=(request.options.steps or card.steps) if card is not None else 0,
        finished=card is None and len(stages) == count,
        stages=stages,
        planned_stages=count,
    )


def _with_stages(record: Refinement, cancelled: Cancelled) -> Refinement:
    """The record with the stages that its stream holds; as it was when cancelled."""
    coded, codec = record.coded, CODECS.get(record.coded.codec)
    assert isinstance(codec, Progressive)
    stages: list[Stage] = []
    for number, shorter in enumerate(codec.stages(coded.payload, record.request.image), 1):
        if cancelled():
            return record
        if number <= record.planned_stages:
            stages.append(_stage(record.original, number, shorter))
        if number == record.planned_stages:
            break  # the last stage is the stream itself
    return replace(record, stages=tuple(stages), finished=not record.request.decoder)


def _steps(record: Refinement, cancelled: Cancelled, progress: Progress) -> Iterator[Refinement]:
    """The record, a step more each time."""
    request, original, count = record.request, record.original, record.planned_steps
    options = replace(request.options, steps=count)
    for estimate in estimates(load_decoder(request.decoder), record.coded, options, cancelled, progress):
        marks = _scores(original, estimate.pixels)
        step = Step(estimate.index, estimate.pixels, marks, estimate.seconds, estimate.inside)
        record = replace(record, steps=(*record.steps, step), finished=estimate.index == count)
        yield record
    if not record.finished:
        yield replace(record, cancelled=True)


def estimates(
    decoder: Decoder, coded: Coded, options: DecodeOptions, cancelled: Cancelled, progress: Progress
) -> Iterator[Estimate]:
    """What the decoder yields; of a stream without colour only the luma, as its networks know colour only.

    Raises UserError when memory runs out, and for a codec that the decoder was not trained for.
    """
    check_codec(decoder.card, coded.codec)
    try:
        for estimate in decoder.refine(coded, options, cancelled, progress):
            yield _as_received(coded, estimate)
    except (MemoryError, RuntimeError) as error:
        # PyTorch has no exception of its own for this on the CPU, and one derived from RuntimeError on GPUs.
        if isinstance(error, RuntimeError) and "memory" not in str(error):
            raise
        raise UserError(f"not enough memory to decode {coded.width}×{coded.height} pixels") from None


def _as_received(coded: Coded, estimate: Estimate) -> Estimate:
    """An estimate without the colours that the stream hasn't, and, where patches never came, with the
    standard decode: there is nothing to repair."""
    pixels, deep = estimate.pixels, estimate.deep
    if coded.grey:
        pixels, deep = grey(pixels), grey(deep) if deep is not None else None
    if coded.missing is not None:
        height, width = pixels.shape[:2]
        mask = coded.missing.repeat(PATCH, 0)[:height].repeat(PATCH, 1)[:, :width, None]
        pixels = frozen(np.where(mask, coded.standard, pixels))
        if deep is not None:
            deep = frozen(np.where(mask, coded.standard.astype(np.uint16) * np.uint16(257), deep))
    return estimate if pixels is estimate.pixels else replace(estimate, pixels=pixels, deep=deep)


def rate_curve(
    codec: str,
    pixels: Pixels,
    subsampling: str,
    qualities: Sequence[int],
    cancelled: Cancelled = never,
) -> Iterator[RatePoint]:
    """Yield the operating points of a codec on a picture, in the order of `qualities`; those of a progressive
    one in the order of its stages, which are the qualities, as one stream holds them all."""
    encoder = CODECS.get(codec)
    if isinstance(encoder, Progressive):
        for coded in encoder.encode_stages(pixels, EncodeOptions(quality=max(qualities))):
            if cancelled():
                return
            if coded.quality is not None and coded.quality in qualities:
                decibels = psnr_rgb_db(pixels, coded.standard)
                yield RatePoint(codec, coded.quality, coded.bits_per_pixel, decibels)
        return
    for quality in qualities:
        if cancelled():
            return
        payload, standard = encoder.size_and_standard(pixels, quality, subsampling)
        rate = 8 * len(payload) / (pixels.shape[0] * pixels.shape[1])
        yield RatePoint(codec, quality, rate, psnr_rgb_db(pixels, standard))


def _scores(original: Picture | None, pixels: Pixels) -> Scores:
    if original is None:
        return Scores()
    return scores(original.pixels, pixels)
