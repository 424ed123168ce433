"""Earlier runs on the same stream, and what they are called."""

from __future__ import annotations

from collections.abc import Sequence

from engine.models.card import ModelCard
from engine.types import Context, RefineRequest
from viewer.model.facts.facts import PAST_RUNS, Facts, Past
from viewer.model.facts.run import Run
from viewer.model.session.compare import context_name
from viewer.model.session.decoder_choice import no_decoder_words
from viewer.model.session.decoder_names import decoder_title


def run_label(request: RefineRequest, cards: Sequence[ModelCard]) -> str:
    """Name of a run among others: the decoder with what sets it apart. cards: all there are."""
    words = [decoder_title(request.decoder, cards)]
    kind = next((card.kind for card in cards if card.name == request.decoder), "")
    if kind == "raster" and request.options.context is not Context.BOTH:
        words = [f"{words[0]}, {context_name(request.options.context)}"]
    if request.options.carry:
        words.append("carry")
    if request.options.steps:
        words.append(f"K={request.options.steps}")
    if request.options.strength != 1:
        words.append(f"{100 * request.options.strength:.0f} %")
    if not request.options.projection:
        words.append("no intervals")
    if not request.options.guard:
        words.append("no guard")
    if not request.options.earlier:
        words.append("last saving")
    if kind == "sweep" and request.options.orientations > 1:
        words.append(f"{request.options.orientations} orientations")
    return " ".join(words)


def remembered(facts: Facts, request: RefineRequest, cards: Sequence[ModelCard]) -> tuple[Past, ...]:
    """Runs to compare with the one that `request` starts on the same stream: those known, and the one that
    is shown if it has all its scores. cards: of decoders, all there are."""
    past = [old for old in facts.past if old.request != request and _one_stream(old.request, request)]
    record = facts.run.refinement if facts.run is not None else None
    if record is None or not record.finished or record.request == request:
        return tuple(past)
    if not _one_stream(record.request, request):
        return tuple(past)  # e.g. what was shown before comparing on another stream
    db = tuple(step.scores.psnr_rgb_db for step in record.steps)
    known = tuple(value for value in db if value is not None)
    if len(known) == len(db):
        label = run_label(record.request, cards)
        past = [old for old in past if old.request != record.request]
        past.insert(0, Past(record.request, label, known))
    return tuple(past[:PAST_RUNS])


def _one_stream(one: RefineRequest, other: RefineRequest) -> bool:
    return (one.image, one.codec, one.encode) == (other.image, other.codec, other.encode)


def finished_words(run: Run, card: ModelCard | None) -> str:
    """What there is to say when a run is complete, also where its decoder was not trained for steps as
    fine as those of the stream."""
    coded, last = run.refinement.coded, run.refinement.steps[-1]
    if not run.refinement.request.decoder:
        return f"Standard decode only: {no_decoder_words(coded.codec)}"
    if not last.index:
        return ""
    steps = "step" if run.planned == 1 else "steps"
    text = f"{run.planned} {steps} in {last.seconds:.2f} s"
    note = card.trust_note(coded.scale, coded.codec) if card is not None else ""
    return f"{text} · {note}" if note else text
