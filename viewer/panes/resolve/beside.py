"""Panes beside original, standard decode and estimate: steps that stay, other decoders. Pure."""

from __future__ import annotations

from viewer.core import words
from viewer.core.memo import Memo
from viewer.model.facts.facts import Facts
from viewer.model.facts.run import Run
from viewer.model.scene.picture import PaneScene
from viewer.model.session.compare import Entry
from viewer.model.session.compare_presets import labels
from viewer.model.session.panes import decoders_beside
from viewer.model.session.state import Session


def step_pane(run: Run, key: str, position: int, memo: Memo) -> PaneScene:
    """A step, or a stage below 0, whatever the scrubber shows."""
    record = run.refinement
    name = words.capital(words.position_title(record, position))

    def make() -> PaneScene:
        if not run.first <= position <= run.ready:
            coming = not run.over and position <= run.planned
            why = f"{name} is still to come …" if coming else f"this run has no {name.lower()}"
            return PaneScene(key, name, "", None, why)
        title = f"{name} · {record.request.decoder}" if position > 0 else name
        if position == 0:
            title = f"{name} · {words.codec_title(record.coded.codec)}"
        before = run.scores(0) if position else None
        figures = words.scores_line(run.scores(position), before)
        return PaneScene(key, title, figures or "no original", run.pixels(position))

    there = run.pixels(position) if run.first <= position <= run.ready else None
    return memo.recall("step pane", (key, there, run.over, record.request.decoder), make, slots=12)


def decoder_pane(session: Session, facts: Facts, key: str, entry: Entry, step: int, memo: Memo) -> PaneScene:
    """What another decoder has made of the stream, at the step that the scrubber shows."""
    known = facts.beside
    run, failure, part = known.runs.get(entry), known.failures.get(entry, ""), known.progress(entry)
    sent = facts.run.refinement.coded if facts.run is not None else None
    if run is not None and run.refinement.coded is not sent:
        run = None  # of the stream before
    shown = max(0, min(step, run.ready)) if run is not None else 0
    part = round(part, 2) if part is not None else None
    fits = any(card.name == entry.decoder for card in session.fitting)

    def make() -> PaneScene:
        name = _label(session, entry) if fits else entry.decoder
        if not fits:
            why = f"{entry.decoder} is not trained for {session.codec_facts.title} streams"
            return PaneScene(key, name, "", None, why)
        if failure:
            return PaneScene(key, name, "", None, failure)
        if run is None or run.ready == 0:
            doing = "waiting for its turn …" if part is None else f"decoding, {100 * part:.0f} %"
            doing = "stopped: F5 goes on" if known.stopped else doing
            return PaneScene(key, name, "", None, doing, progress=part)
        before = run.scores(0) if shown else None
        figures = words.scores_line(run.scores(shown), before)
        return PaneScene(
            key, f"Step {shown} · {name}", figures or "no original", run.pixels(shown), progress=part
        )

    inputs = (key, run, shown, failure, part, fits, session.codec, known.stopped, decoders_beside(session))
    return memo.recall("decoder pane", inputs, make, slots=24)


def _label(session: Session, entry: Entry) -> str:
    """A name that tells it from the other decoders beside it."""
    shown = decoders_beside(session)
    shown = shown if entry in shown else (entry,)
    return labels(shown, session.models)[shown.index(entry)]
