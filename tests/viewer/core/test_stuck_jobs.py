"""Jobs that hang in the system on a lane that keeps turns: the next one goes on, the end doesn't wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.viewer.core.test_jobs import Log
from viewer.core import jobs
from viewer.core.job import Token
from viewer.core.jobs import Lane


class Stuck:
    """Work that hangs until it is released, and counts what came of it."""

    def __init__(self) -> None:
        self.released, self.begun, self.done = threading.Event(), threading.Event(), list[str]()

    def hang(self, _: Token) -> Iterator[str]:
        self.begun.set()
        self.released.wait(30)
        self.done.append("stuck")
        yield "stuck"

    def go(self, _: Token) -> Iterator[str]:
        self.done.append("next")
        yield "next"


@pytest.fixture
def stuck() -> Iterator[Stuck]:
    made = Stuck()
    yield made
    made.released.set()


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("cancelled", ["before", "never"])
def test_what_hangs_is_passed_by(qtbot: QtBot, stuck: Stuck, keep: bool, cancelled: str) -> None:
    """A cancelled job that is stuck counts as ended, and in any case the next one goes on."""
    lane = Lane("passing", keep=keep, hangs=True)
    log = Log(lane)
    first = lane.start(stuck.hang)
    assert stuck.begun.wait(30)
    if cancelled == "before":
        lane.cancel()
        qtbot.waitUntil(lambda: log.ends(first) == ["cancelled"], timeout=5000)
        assert not lane.busy()
    second = lane.start(stuck.go)
    qtbot.waitUntil(lambda: log.ends(second) == ["finished"], timeout=5000)
    assert stuck.done == ["next"]
    stuck.released.set()
    qtbot.waitUntil(lambda: stuck.done == ["next", "stuck"], timeout=5000)
    waited_for = keep and cancelled == "never"
    if waited_for:  # it was late, but it was to be done
        qtbot.waitUntil(lambda: log.ends(first) == ["finished"], timeout=5000)
    third = lane.start(stuck.go)
    qtbot.waitUntil(lambda: log.ends(third) == ["finished"], timeout=5000)
    records = [event[2] for event in log.events if event[0] == "yielded"]
    assert records == ["next", *(["stuck"] if waited_for else []), "next"]
    assert log.ends(first) == (["finished"] if waited_for else ["cancelled"])
    lane.shutdown()


def test_one_that_was_passed_by_can_be_cancelled(qtbot: QtBot, stuck: Stuck) -> None:
    lane = Lane("passing", keep=True, hangs=True)
    log, first, second = Log(lane), lane.start(stuck.hang), lane.start(stuck.go)
    qtbot.waitUntil(lambda: log.ends(second) == ["finished"], timeout=5000)
    assert lane.busy()
    lane.cancel()
    assert log.ends(first) == ["cancelled"]
    assert not lane.busy()
    lane.shutdown()


def test_what_computes_is_not_passed_by(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_PASS_SECONDS", 0.2)
    lane, done = Lane("passing", hangs=True), []

    def slow(_: Token) -> Iterator[int]:
        until = time.thread_time() + 0.4
        while time.thread_time() < until:
            sum(range(1000))
        done.append("slow")
        yield 1

    def quick(_: Token) -> Iterator[int]:
        done.append("quick")
        yield 2

    lane.start(slow)
    qtbot.wait(20)
    lane.start(quick)
    qtbot.waitUntil(lambda: "quick" in done, timeout=30_000)
    assert done == ["slow", "quick"]
    lane.shutdown()


def test_of_two_writings_to_one_place_the_last_stays(qtbot: QtBot, stuck: Stuck) -> None:
    lane = Lane("passing", keep=True, hangs=True)
    lane.start(stuck.hang, "there")
    assert stuck.begun.wait(30)
    lane.start(stuck.go, "there")
    lane.start(stuck.go, "elsewhere")
    qtbot.waitUntil(lambda: stuck.done == ["next"], timeout=10_000)
    qtbot.wait(50)
    assert stuck.done == ["next"]
    stuck.released.set()
    qtbot.waitUntil(lambda: stuck.done == ["next", "stuck", "next"], timeout=5000)
    qtbot.waitUntil(lambda: not lane.busy(), timeout=5000)
    lane.shutdown()


@pytest.mark.parametrize("keep", [False, True])
def test_the_end_waits_a_moment_for_what_hangs(stuck: Stuck, qtbot: QtBot, keep: bool) -> None:
    lane = Lane("passing", keep=keep, hangs=True)
    lane.start(stuck.hang)
    assert stuck.begun.wait(30)
    start = time.monotonic()
    lane.cancel()
    lane.shutdown()
    assert time.monotonic() - start < 10  # not for ever
