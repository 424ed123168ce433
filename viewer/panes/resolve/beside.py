"""Panes beside original, standard decode and estimate: steps, other decoders, other programs. Pure."""

from __future__ import annotations

from engine.types import Pixels, Scores
from viewer.core import words
from viewer.core.memo import Memo
from viewer.model.facts.facts import Facts
from viewer.model.facts.guests import Guest
from viewer.model.facts.run import Run
from viewer.model.scene.picture import PaneScene
from viewer.model.session.compare import Entry
from viewer.model.session.compare_presets import labels
from viewer.model.session.decoder_names import decoder_title
from viewer.model.session.panes import decoders_beside
from viewer.model.session.state import Session


def step_pane(run: Run, key: str, position: int, named: str, memo: Memo) -> PaneScene:
    """A step, or a stage below 0, whatever the scrubber shows. named: what the decoder is called."""
    record = run.refinement
    name = words.capital(words.position_title(record, position))
    if not run.first <= position <= run.ready:
        coming = not run.over and position <= run.planned
        why = f"{name} is still to come …" if coming else f"this run has no {name.lower()}"
        return memo.recall(_empty, key, name, why, slots=12)
    title, file = (f"{name} · {named}", record.request.decoder) if position > 0 else (name, "")
    if position == 0:
        title = f"{name} · {words.codec_title(record.coded.codec)}"
    before = run.scores(0) if position else None
    return memo.recall(
        _filled, key, title, run.scores(position), before, run.pixels(position), None, file, slots=12
    )  # fmt: skip


def _empty(key: str, title: str, why: str, progress: float | None = None) -> PaneScene:
    return PaneScene(key, title, "", None, why, progress=progress)


def _filled(
    key: str, title: str, scores: Scores, before: Scores | None, pixels: Pixels,
    progress: float | None = None, file: str = "",
) -> PaneScene:  # fmt: skip
    figures = words.scores_line(scores, before) or "no original"
    return PaneScene(key, title, figures, pixels, progress=progress, file=file)


def guest_pane(run: Run, facts: Facts, key: str, name: str, memo: Memo) -> PaneScene:
    """What another program made of the stream."""
    guest = facts.guests.get(name)
    if guest is None:
        return memo.recall(_empty, key, name, "is not there any more", slots=12)
    return memo.recall(_guest_pane, key, guest, run.scores(0), slots=12)


def _guest_pane(key: str, guest: Guest, before: Scores) -> PaneScene:
    if guest.scores is None:
        return PaneScene(key, guest.name, "being scored …", guest.pixels)
    return _filled(key, guest.name, guest.scores, before, guest.pixels)


def decoder_pane(session: Session, facts: Facts, key: str, entry: Entry, step: int, memo: Memo) -> PaneScene:
    """What another decoder has made of the stream, at the step that the scrubber shows."""
    known = facts.beside
    run, failure, part = known.runs.get(entry), known.failures.get(entry, ""), known.progress(entry)
    sent = facts.run.refinement.coded if facts.run is not None else None
    if run is not None and run.refinement.coded is not sent:
        run = None  # of the stream before
    shown = max(0, min(step, run.ready)) if run is not None else 0
    part = round(part, 2) if part is not None else None
    if all(card.name != entry.decoder for card in session.fitting):
        name = decoder_title(entry.decoder, session.models)
        why = f"{name} is not trained for {session.codec_facts.title} streams"
        return memo.recall(_empty, key, name, why, slots=12)
    name = _label(session, entry)
    if failure:
        return memo.recall(_empty, key, name, failure, slots=12)
    if run is None or run.ready == 0:
        doing = "waiting for its turn …" if part is None else f"decoding, {100 * part:.0f} %"
        doing = "stopped: F5 goes on" if known.stopped else doing
        return memo.recall(_empty, key, name, doing, part, slots=12)
    title, before = f"Step {shown} · {name}", run.scores(0) if shown else None
    return memo.recall(
        _filled, key, title, run.scores(shown), before, run.pixels(shown), part, entry.decoder, slots=24
    )  # fmt: skip


def _label(session: Session, entry: Entry) -> str:
    """A name that tells it from the other decoders beside it."""
    shown = decoders_beside(session)
    shown = shown if entry in shown else (entry,)
    return labels(shown, session.models)[shown.index(entry)]
