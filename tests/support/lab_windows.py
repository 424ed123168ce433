"""The lab's process for tests: crops of 64² pixels; and waiting for what a run does."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pytestqt.qtbot import QtBot

from engine.lab.settings import LabSettings, as_toml
from tests.support.lab import folder_of_pictures, settings
from viewer.lab.process import LabProcess
from viewer.lab.worker import LabRunner
from viewer.model.facts.facts import Facts
from viewer.model.scene.whole import Scene
from viewer.model.session.choices import Page
from viewer.model.session.lab import Lab
from viewer.model.session.state import Session

SERVE = (
    "from engine.lab.tasks.pictures import PictureTask as P\n"
    "P.crop, P.pool = 64, 6\n"
    "from engine.lab import serve\n"
    "raise SystemExit(serve.main())"
)


class SmallProcess(LabProcess):
    """The real process with small crops."""

    COMMAND = ("-c", SERVE)


def long_run(folder: Path, **changes: object) -> LabSettings:
    """A run that ends when it is told to."""
    pictures = folder_of_pictures(folder / "pictures")
    return settings(pictures, **{"updates": 1_000_000, "picture": str(pictures / "0.png"), **changes})


def lab_session(chosen: LabSettings, page: Page = Page.LAB) -> Session:
    return replace(Session(page=page), lab=Lab(setup=as_toml(chosen), paint_open=False))


@contextmanager
def runner_of(chosen: LabSettings) -> Iterator[LabRunner]:
    """A runner that follows a session with these settings; ended afterwards."""
    runner = LabRunner(process=SmallProcess)
    try:
        follow(runner, lab_session(chosen))
        yield runner
    finally:
        runner.shutdown()


def follow(runner: LabRunner, session: Session) -> Facts:
    return runner.follow(session, Facts(), NO_SCENE)


NO_SCENE: Scene = None  # type: ignore[assignment]
"""Runners look at none."""


def until(qtbot: QtBot, wanted: Callable[[], object], seconds: float = 180) -> None:
    qtbot.waitUntil(lambda: bool(wanted()), timeout=round(1000 * seconds))


def points(runner: LabRunner, lane: int = 0) -> int:
    """How often a lane was measured."""
    courses = runner.facts.courses
    return len(courses[lane].table) if len(courses) > lane else 0


def running(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"
