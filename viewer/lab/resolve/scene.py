"""What the lab shows, made of the session and what is known of its run. Pure, no Qt."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from engine.lab.settings import LabSettings
from viewer.core.memo import Memo
from viewer.lab.resolve.arrows import credit_patch
from viewer.lab.resolve.credit import credit_scene
from viewer.lab.resolve.curves import growth_plot, race_plot
from viewer.lab.resolve.lanes import lane_items, planned
from viewer.lab.resolve.moment import COLUMNS, moment_words, newest
from viewer.lab.resolve.panes import lane_panes, planned_panes
from viewer.lab.resolve.tables import meters_table, runs_table
from viewer.lab.wanted import Wanted, on_pictures, wanted_of
from viewer.model.facts.facts import Facts
from viewer.model.facts.lab import LabFacts, LabState, LaneCourse
from viewer.model.scene.lab import LabScene, LabTransport, PresetItem
from viewer.model.scene.picture import PaneScene
from viewer.model.scene.whole import Scene
from viewer.model.session.lab import preset_names, preset_settings
from viewer.model.session.state import Session

_STATES = {
    LabState.NONE: "Ready",
    LabState.STARTING: "Getting ready …",
    LabState.PLAYING: "Learning",
    LabState.PAUSED: "Paused",
    LabState.DONE: "All lanes have ended",
}


def with_lab(scene: Scene, session: Session, facts: Facts, memo: Memo) -> Scene:
    """The scene with the lab's page."""
    return replace(scene, title="The lab", lab=resolve_lab(session, facts.lab, memo))


def resolve_lab(session: Session, facts: LabFacts, memo: Memo) -> LabScene:
    lab, settings = session.lab, session.lab.settings
    wanted = wanted_of(session)
    fresh = is_current(facts, wanted)
    courses: tuple[LaneCourse, ...] = facts.courses if fresh else ()
    lanes = memo.recall(lane_items, courses) if courses else memo.recall(planned, settings)
    pictures = on_pictures(settings)
    panes: tuple[PaneScene, ...] = ()
    original = facts.original if fresh else None
    if original is None and wanted.paint is not None:
        original = wanted.paint.pixels
    name = wanted.picture_name
    if pictures and courses:
        panes = memo.recall(lane_panes, settings, courses, original, name, lab.at)
    elif pictures:
        panes = memo.recall(planned_panes, lanes, original, name)
    return memo.recall(
        LabScene,
        presets(),
        lab.preset,
        settings,
        lab.own,
        pictures,
        panes,
        settings.see,
        memo.recall(_transport, settings, facts, fresh, courses, lab.at, slots=2),
        lanes,
        memo.recall(race_plot, settings, courses, facts.unit if courses else _unit(settings), lab.axis,
                    lab.smoothing, lab.at),
        memo.recall(growth_plot, courses, facts.weighing),
        memo.recall(meters_table, courses, facts.unit),
        memo.recall(runs_table, facts.tried, lab.sort),
        memo.recall(credit_scene, settings, courses, facts.credit, lab.lane, lab.at, lab.place),
        memo.recall(credit_patch, settings, courses, facts.credit, lab.lane, lab.at, lab.place)
        if lab.area == "credit" else None,
    )  # fmt: skip


def is_current(facts: LabFacts, wanted: Wanted) -> bool:
    """Whether what is known is of the run that the settings ask for."""
    return facts.settings is not None and Wanted(facts.settings, None, facts.learn).same(wanted)


def _unit(settings: LabSettings) -> str:
    return "dB" if on_pictures(settings) else "error"


@cache
def presets() -> tuple[PresetItem, ...]:
    every = [(name, preset_settings(name)) for name in preset_names()]
    return tuple(PresetItem(name, each.title, each.see, each.verdict == "bad") for name, each in every)


def _transport(
    settings: LabSettings, facts: LabFacts, fresh: bool, courses: tuple[LaneCourse, ...], at: float | None
) -> LabTransport:
    end = newest(courses, settings.fair)
    shown = end if at is None else min(at, end)
    forks = tuple(
        float(c.table[0, COLUMNS[settings.fair]]) / end
        for c in courses
        if c.facts.parent >= 0 and len(c.table) and end
    )
    return LabTransport(
        playing=fresh and facts.state is LabState.PLAYING,
        busy=facts.state is LabState.STARTING,
        there=end > 0 or any(shot.update for course in courses for shot in course.shots[-1:]),
        done=fresh and facts.state is LabState.DONE,
        stale=not fresh and bool(facts.courses),
        at=shown / end if end else 1.0,
        followed=at is None,
        words=moment_words(settings, shown),
        state=_STATES[facts.state]
        if fresh or facts.state is LabState.NONE
        else "New settings: Play begins anew",
        fault=facts.fault,
        marks=forks,
    )
