"""What bars, menus and banner depend on: while none of it changes they are left alone."""

from __future__ import annotations

from viewer.model.facts.facts import Facts
from viewer.model.scene.whole import Scene
from viewer.model.session.state import Session


def controls_of(session: Session) -> tuple[object, ...]:
    """What toolbar, menus and banner show of a session; steps, scan, flips and cursor leave them alone."""
    state = session.compare
    return (
        session.page, session.options, session.models, session.picture, session.stream, session.file_codec,
        session.overlay, session.opacity, session.mode, session.wipe, session.absolute, session.gain,
        session.order, session.looking, session.blinking, session.playing, session.show_inside,
        session.theme, session.text_scale,
        state.entries, state.steps, state.original, state.standard, state.overlay, state.page,
        state.axis, state.flip, session.rates, session.repair, session.bench, session.lessons, session.lab,
        session.presentation,
        session.pinned is None, session.explain.open, session.explain.second, session.explain.component,
    )  # fmt: skip


def codecs_of(scene: Scene) -> tuple[object, ...]:
    """What the codecs view's bar shows beside the session."""
    return (
        (scene.rates.chips, scene.rates.choices, scene.rates.pair, scene.rates.anchors, scene.rates.anchor)
        if scene.rates is not None
        else ()
    )


def progress_of(facts: Facts) -> tuple[object, ...]:
    """What they show of the work."""
    coded = facts.run.refinement.coded if facts.run is not None else None
    sent = facts.compare.sent
    lab = facts.lab
    learned = any(course.update for course in lab.courses), any(course.shots for course in lab.courses)
    repair = facts.repair.running, bool(facts.repair.files)
    bench = facts.bench.running, facts.bench.results is None
    return (
        coded,
        sent,
        facts.job.progress is None,
        facts.undo,
        facts.redo,
        lab.state,
        *learned,
        *repair,
        *bench,
    )
