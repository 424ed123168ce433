"""Every codec at one rate: the panes of the codecs view, their figures and their table. No Qt, pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.codecs.facts import codec_facts
from engine.rates.survey import best_card
from engine.types import Coded, Pixels, Scores
from viewer.core import words
from viewer.core.memo import Memo
from viewer.model.facts.facts import Facts
from viewer.model.reading import read_by_field
from viewer.model.scene.palette import codec_colour, decoder_colour
from viewer.model.scene.picture import PaneScene
from viewer.model.session.choices import Mode
from viewer.model.session.decoder_names import decoder_title
from viewer.model.session.playback import shown_step
from viewer.model.session.rate_distortion import ORIGINAL, OURS, Part, parts
from viewer.model.session.rate_distortion_changes import shown_panes, wiped_panes
from viewer.model.session.state import Session
from viewer.panes.resolve.difference import Wanted, difference_look, difference_panes, title_of
from viewer.panes.resolve.panes import held, original_pane
from viewer.rate_distortion.resolve.plot import NO_ORIGINAL

FAR = 0.02
"""Share of the rate by which a stream may miss it without a word."""


@read_by_field
@dataclass(frozen=True, eq=False)
class Seen:
    """A picture at the rate, or why it is not there. coded: its stream. refined: name of the decoder, "" for
    the standard decode; step: of that decoder."""

    key: str
    title: str
    coded: Coded | None
    pixels: Pixels | None
    scores: Scores
    colour: str
    refined: str = ""
    step: int = 0
    message: str = ""
    progress: float | None = None


def seen_pictures(session: Session, facts: Facts, memo: Memo) -> tuple[Seen, ...]:
    """Ours and the codecs', in the order of their panes; those that look the same are the same objects."""
    beside = parts(session.rates, session.options.codec, session.models)
    found = (_ours(session, facts), *(_part(session, facts, part) for part in beside))
    return tuple(memo.recall(_copied, seen, slots=48) for seen in found)


def _copied(seen: Seen) -> Seen:
    return replace(seen)


def _ours(session: Session, facts: Facts) -> Seen:
    run = facts.run
    if run is None:
        waiting = facts.error or ("encoding …" if facts.job.progress is not None else "not decoded")
        return Seen(OURS, "Refined", None, None, Scores(), "", message=waiting)
    step = shown_step(session, run.ready, run.first)
    record = run.refinement
    coded = record.coded if step >= 0 else record.stages[step].coded
    codec = codec_facts(coded.codec).name + ("" if step > 0 else _quality_words(coded))
    decoder = record.request.decoder if step > 0 else ""
    title = f"{codec} + {decoder_title(decoder, session.models)}" if decoder else codec
    if decoder and step != run.planned:
        title += f", step {step}"
    colour = decoder_colour(decoder) if decoder else codec_colour(coded.codec)
    return Seen(OURS, title, coded, run.pixels(step), run.scores(step), colour, decoder, max(0, step))


def _part(session: Session, facts: Facts, part: Part) -> Seen:
    equal = facts.rates.equal
    title = codec_facts(part.codec).name
    colour = codec_colour(part.codec)
    sent = equal.sent.get(part.codec)
    refined = equal.refined.get(part.codec)
    if part.refined:
        card = best_card(session.models, part.codec)
        title += f" + {decoder_title(card.name, session.models)}" if card is not None else ""
    if sent is not None and not part.refined:
        return Seen(part.key, title, sent.coded, sent.coded.standard, sent.scores, colour)
    if sent is not None and refined is not None:
        step = refined.step
        return Seen(
            part.key, title, sent.coded, step.pixels, step.scores, colour, refined.decoder, step.index
        )
    message, progress = _waiting(session, facts, part)
    return Seen(part.key, title, None, None, Scores(), colour, message=message, progress=progress)


def _waiting(session: Session, facts: Facts, part: Part) -> tuple[str, float | None]:
    """Why a picture is not there, and how far it is."""
    equal = facts.rates.equal
    failure = equal.failures.get(part) or equal.failures.get(Part(part.codec))
    if failure:
        return failure, None
    if session.picture is None:
        return (NO_ORIGINAL if session.stream is not None else "nothing is open"), None
    done = equal.progress(part)
    if done is not None:
        doing = "refining" if part.refined else "encoding"
        # Whole percents: finer ones would draw every pane anew for nothing that can be seen.
        return (f"{doing}, {100 * done:.0f} %" if done > 0 else f"{doing} …"), round(done, 2)
    return ("stopped: F5 goes on" if equal.stopped else "waiting"), None


# ---- panes -------------------------------------------------------------------------------------------------


def plain_panes(session: Session, facts: Facts, memo: Memo) -> dict[str, PaneScene]:
    """The pane of each picture and of the original, by key, in order."""
    target = facts.rates.equal.target
    panes = {
        seen.key: memo.recall(_pane, seen, target, slots=48) for seen in seen_pictures(session, facts, memo)
    }
    if ORIGINAL in shown_panes(session):
        panes[ORIGINAL] = memo.recall(original_pane, session)
    return panes


def _pane(seen: Seen, target: float) -> PaneScene:
    title, detail = seen.title, ""
    style = "dash" if seen.refined and seen.key != OURS else "solid"
    if seen.coded is not None:
        if seen.key != OURS:
            title += _quality_words(seen.coded, short=bool(seen.refined))
        title += _off_words(rate_off(seen.coded, target))
        figures = (words.bpp(seen.coded.bits_per_pixel), _score_words(seen.scores))
        detail = " · ".join(part for part in figures if part)
    return PaneScene(
        seen.key, title, detail, seen.pixels, seen.message, colour=seen.colour, style=style,
        progress=seen.progress,
    )  # fmt: skip


def _quality_words(coded: Coded, short: bool = False) -> str:
    """Behind the codec's name: the quality that it took, and of how many where these are few."""
    facts = codec_facts(coded.codec)
    if coded.quality is None:
        return ""
    if facts.quality_name != "quality":
        return f" {coded.quality}/{facts.qualities[1]}"
    return "" if short else f" {facts.quality_words(coded.quality)}"


def rate_off(coded: Coded, target: float) -> float:
    """By which share a stream's rate is off the target; 0 where it is near enough."""
    off = coded.bits_per_pixel / target - 1 if target > 0 else 0.0
    return off if abs(off) > FAR else 0.0


def _off_words(off: float) -> str:
    return f", {'+' if off > 0 else words.MINUS}{100 * abs(off):.0f} % bits" if off else ""


def _score_words(scores: Scores) -> str:
    similar = f"MS-SSIM {scores.ms_ssim:.4f}" if scores.ms_ssim is not None else ""
    db = words.db(scores.psnr_rgb_db) if scores.psnr_rgb_db is not None else ""
    return " · ".join(part for part in (similar, db) if part)


def equal_panes(session: Session, facts: Facts, memo: Memo) -> tuple[tuple[PaneScene, ...], Mode]:
    """The panes of the mode, and the mode: a wipe needs two pictures."""
    panes = plain_panes(session, facts, memo)
    mode = session.mode
    if session.peek:
        over = _peeked(session, facts, panes)
        if over is not None:
            return (
                tuple(
                    pane if key == session.peek else replace(held(over), key=key)
                    for key, pane in panes.items()
                ),
                Mode.SIDE,
            )
    if mode is Mode.DIFFERENCE and session.picture is not None:
        panes = _differences(session, facts, panes, session.picture.pixels, memo)
    if mode is Mode.WIPE:
        pair = [panes[key] for key in wiped_panes(session) if key in panes]
        if len(pair) == 2 and all(pane.pixels is not None for pane in pair):
            return tuple(pair), mode
        mode = Mode.SIDE
    if session.solo in panes:
        return (panes[session.solo],), Mode.SIDE
    return tuple(panes.values()), mode


def _peeked(session: Session, facts: Facts, panes: dict[str, PaneScene]) -> PaneScene | None:
    """What is held over the panes: the original, or what was received of the current stream."""
    if session.peek == ORIGINAL:
        return panes.get(ORIGINAL)
    run = facts.run
    if run is None:
        return None
    coded = run.refinement.coded
    title = codec_facts(coded.codec).name + _quality_words(coded)
    return PaneScene("standard", title, words.bpp(coded.bits_per_pixel), coded.standard)


def _differences(
    session: Session, facts: Facts, panes: dict[str, PaneScene], original: Pixels, memo: Memo
) -> dict[str, PaneScene]:
    """Errors in place of the pictures, all on one scale; the original has none."""
    look = difference_look(session)
    made = difference_panes(errors_wanted(panes, original), look, facts, memo)
    what = title_of("error", look)

    return {
        key: memo.recall(_with_error, pane, made[key], what, slots=16) if key in made else pane
        for key, pane in panes.items()
        if key != ORIGINAL
    }


def _with_error(pane: PaneScene, error: PaneScene, what: str) -> PaneScene:
    return replace(
        pane, detail=f"{what} · {pane.detail}", pixels=error.pixels, message=error.message,
        between=error.between,
    )  # fmt: skip


def errors_wanted(panes: dict[str, PaneScene], original: Pixels) -> tuple[Wanted, ...]:
    """The differences of the pictures that are there from the original."""
    return tuple(
        Wanted(key, pane.title, (pane.pixels, original))
        for key, pane in panes.items()
        if key != ORIGINAL and pane.pixels is not None
    )


# ---- words -------------------------------------------------------------------------------------------------


def choices_of(panes: tuple[PaneScene, ...]) -> tuple[tuple[str, str], ...]:
    """Key and name of each pane, for boxes."""
    return tuple((pane.key, pane.title.split(",")[0]) for pane in panes)
