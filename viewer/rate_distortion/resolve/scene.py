"""The whole scene of the codecs view, put together from its parts. No Qt, pure."""

from __future__ import annotations

from dataclasses import replace

from engine.codecs.facts import codec_facts
from engine.rates.survey import SurveyTask
from viewer.core.memo import Memo, itself
from viewer.model.facts.facts import Facts, JobState
from viewer.model.facts.rate_distortion import RatesFacts
from viewer.model.scene.picture import PaneScene
from viewer.model.scene.rate_distortion import RatesScene
from viewer.model.scene.whole import Scene
from viewer.model.session.choices import Mode
from viewer.model.session.rate_distortion import RatesPage, RatesSource
from viewer.model.session.rate_distortion_changes import wiped_panes
from viewer.model.session.state import Session
from viewer.panes.resolve.status import resolve_status
from viewer.rate_distortion.resolve.deltas import anchor_of, anchors, deltas_note
from viewer.rate_distortion.resolve.lines import CodecLine, is_kodak, lines_of
from viewer.rate_distortion.resolve.panes import choices_of, equal_panes, plain_panes, seen_pictures
from viewer.rate_distortion.resolve.plot import (
    chips_of,
    note_of,
    rates_plot,
    side_plots,
    targets_of,
)
from viewer.rate_distortion.resolve.table import rates_summary, rates_table


def plain_session(session: Session) -> Session:
    """The session as it would be outside this view, with this view's overlay: what the rest of the scene is
    made of."""
    return replace(session, mode=Mode.SIDE, solo="", peek="", overlay=session.rates.overlay)


def with_rates(scene: Scene, session: Session, facts: Facts, memo: Memo) -> Scene:
    """`scene`, that of the current stream, with what the codecs view shows in its place."""
    lines = lines_of(session, facts, memo)
    plot = rates_plot(session, facts, lines, memo)
    plain = plain_panes(session, facts, memo)
    panes, mode = equal_panes(session, facts, memo)
    known_panes = tuple(plain.values())
    seen = tuple(one for one in seen_pictures(session, facts, memo) if one.coded is not None)
    return replace(
        scene,
        title=_title(session, scene),
        mode=mode,
        panes=memo.recall(itself, panes, slots=8),
        plots=scene.plots
        if session.rates.page is RatesPage.EQUAL
        else side_plots(session, lines, facts, memo),
        status=resolve_status(
            plain_session(session), facts, _visible(session, known_panes), scene.patch, memo, None
        ),
        summary=memo.recall(rates_summary, session, facts, lines, seen, slots=4),
        inside=None,
        rates=RatesScene(
            plot,
            memo.recall(chips_of, session, facts),
            memo.recall(targets_of, lines),
            memo.recall(rates_table, session, lines, seen, facts.deltas, slots=4),
            _note(session, facts, lines),
            memo.recall(choices_of, known_panes),
            wiped_panes(session),
            session.rates.source is RatesSource.KODAK or is_kodak(session),
            memo.recall(anchors, lines),
            anchor_of(session.rates.anchor, lines),
        ),
    )


def _note(session: Session, facts: Facts, lines: tuple[CodecLine, ...]) -> str:
    """What there is to say below the plot, the deltas on a line of their own."""
    deltas = deltas_note(facts.deltas, lines, session.rates.anchor)
    return "\n".join(part for part in (note_of(session, facts), deltas) if part)


def _visible(session: Session, panes: tuple[PaneScene, ...]) -> tuple[PaneScene, ...]:
    return panes if session.rates.page is RatesPage.EQUAL else ()


def _title(session: Session, scene: Scene) -> str:
    what = "codecs at equal rate" if session.rates.page is RatesPage.EQUAL else "codecs"
    return f"{session.name} · {what} · {scene.bits_readout}".rstrip(" ·") if session.name else ""


def rates_job(known: RatesFacts, surveying: bool, equalling: bool) -> JobState:
    """What the status bar says of the codecs view's jobs."""
    if equalling:
        begun = known.equal.begun
        if begun is None:
            return JobState("Starting the codecs", 0.0)
        doing = "Refining" if begun.part.refined else "Encoding"
        name = codec_facts(begun.part.codec).name
        return JobState(f"{doing} {name}, {begun.place + 1} of {begun.count}", known.equal.part)
    if surveying:
        task = known.curves.task
        return JobState(
            _task_words(task) if task is not None else "Looking at the picture", known.curves.part
        )
    return JobState()


def _task_words(task: SurveyTask) -> str:
    facts = codec_facts(task.codec)
    return f"{'Refining' if task.refine else 'Measuring'} {facts.name} {facts.quality_words(task.quality)}"
