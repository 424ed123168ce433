"""Entries of the compare view, what the job says of them, and what is shown."""

from __future__ import annotations

from dataclasses import replace

from engine.models.training_record import TrainingRecord
from tests.support.viewer_engine import STUDY_CARDS, Token, picture, scene_of
from viewer.decode.several import compare, plan_of
from viewer.model.facts.compare import CompareFacts
from viewer.model.facts.facts import Facts, JobState
from viewer.model.scene.whole import Scene
from viewer.model.session import compare_changes as c
from viewer.model.session.compare import Entry
from viewer.model.session.state import Options, Session
from viewer.shell.window import MainWindow

BPTT, RTRL, UORO, SAB = (
    Entry(f"learner-{name}-1") for name in ("bptt", "rtrl", "uoro", "attentive-sab")
)  # fmt: skip
ENTRIES = (BPTT, RTRL, SAB)


def session(entries: tuple[Entry, ...] = ENTRIES) -> Session:
    start = Session(options=Options(decoder="sweep"), models=STUDY_CARDS, picture=picture())
    return c.open_compare(start, entries)


def told(state: Session, upto: int | None = None, **limits: int) -> CompareFacts:
    """What the job says of the session's comparison, cut after `upto` pieces of news."""
    plan = plan_of(state, state.compare.entries)
    facts = CompareFacts()
    for number, news in enumerate(compare(plan, None, lambda: None, **limits)(Token())):  # type: ignore[arg-type]
        if number == upto:
            break
        facts = facts.heard(news)
    return facts if upto is not None else replace(facts, begun=None)


def shown(state: Session, facts: CompareFacts, busy: bool = False) -> Scene:
    job = JobState("", 0.0 if busy else None)
    return scene_of(state, Facts(compare=facts, job=job))


def record(**changes: object) -> TrainingRecord:
    plain = TrainingRecord(
        updates=(10, 20), patches=(1_000_000, 2_000_000), seconds=(5.0, 9.0), loss=(0.9, 0.8),
        validation_db=((0.1, 0.2), (0.3, 0.4)), ms_per_update=450.0, peak_mb=12.5,
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def titles(window: MainWindow) -> list[str]:
    return [pane.title for pane in window.controller.scene.panes]
