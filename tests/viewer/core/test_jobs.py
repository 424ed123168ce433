"""Jobs: one ending each, on the GUI's thread, stale results dropped, clean shutdown."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from viewer.core import jobs
from viewer.core.job import Token, Work
from viewer.core.jobs import Lane
from viewer.core.process import compute_threads
from viewer.core.words import one_line


class Log:
    """Everything a lane says, and on which thread."""

    def __init__(self, lane: Lane) -> None:
        self.events: list[tuple[Any, ...]] = []
        self.threads: set[int] = set()
        for name in ("yielded", "progressed", "finished", "cancelled", "failed"):
            getattr(lane, name).connect(self._recorder(name))

    def _recorder(self, name: str) -> Callable[..., None]:
        def record(*values: Any) -> None:
            self.events.append((name, *values))
            self.threads.add(threading.get_ident())

        return record

    def ends(self, job: int | None = None) -> list[str]:
        kinds = ("finished", "cancelled", "failed")
        return [name for name, number, *_ in self.events if name in kinds and job in (None, number)]

    def records(self, job: int) -> list[Any]:
        return [event[2] for event in self.events if event[:2] == ("yielded", job)]


@pytest.fixture
def lane(qtbot: QtBot) -> Iterator[Lane]:
    lane = Lane("test")
    yield lane
    lane.shutdown()


def until_idle(qtbot: QtBot, lane: Lane) -> None:
    qtbot.waitUntil(lambda: not lane.busy(), timeout=5000)


def counting(count: int) -> Callable[[Token], Iterator[int]]:
    def work(token: Token) -> Iterator[int]:
        yield from range(count)

    return work


def test_records_arrive_in_order_and_end_once(qtbot: QtBot, lane: Lane) -> None:
    log = Log(lane)
    job = lane.start(counting(5))
    until_idle(qtbot, lane)
    assert log.records(job) == [0, 1, 2, 3, 4]
    assert log.ends(job) == ["finished"]
    assert log.events[-1] == ("finished", job)
    assert log.threads == {threading.get_ident()}


def test_work_runs_on_another_thread_that_is_kept(qtbot: QtBot, lane: Lane) -> None:
    seen: list[int] = []

    def work(token: Token) -> Iterator[None]:
        seen.append(threading.get_ident())
        yield None

    for _ in range(2):
        lane.start(work)
        until_idle(qtbot, lane)
    assert len(set(seen)) == 1
    assert seen[0] != threading.get_ident()


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (UserError("photo.jpg: not an image"), "photo.jpg: not an image"),
        (RuntimeError("size mismatch\n  at line 3"), "RuntimeError: size mismatch at line 3"),
        (MemoryError(), "not enough memory"),
        (StopIteration(), "RuntimeError: generator raised StopIteration"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
    ],
)
def test_any_exception_is_reported_as_failed(
    qtbot: QtBot, lane: Lane, error: BaseException, text: str
) -> None:
    log = Log(lane)

    def work(token: Token) -> Iterator[int]:
        yield 1
        raise error

    job = lane.start(work)
    until_idle(qtbot, lane)
    assert log.records(job) == [1]
    assert log.events[-1] == ("failed", job, text)
    assert log.ends(job) == ["failed"]
    job = lane.start(counting(2))  # the lane survives
    until_idle(qtbot, lane)
    assert log.ends(job) == ["finished"]


def test_a_function_that_fails_before_its_first_record(qtbot: QtBot, lane: Lane) -> None:
    log = Log(lane)

    def work(token: Token) -> Iterator[int]:
        raise UserError("nothing there")

    job = lane.start(work)
    until_idle(qtbot, lane)
    assert log.events == [("failed", job, "nothing there")]


def test_cancelling_ends_between_records(qtbot: QtBot, lane: Lane) -> None:
    log = Log(lane)
    go = threading.Event()

    def work(token: Token) -> Iterator[int]:
        yield 0
        go.wait(5)
        yield 1
        yield 2

    job = lane.start(work)
    qtbot.waitUntil(lambda: log.records(job) == [0], timeout=5000)
    lane.cancel()
    go.set()
    until_idle(qtbot, lane)
    assert log.records(job) == [0, 1]
    assert log.ends(job) == ["cancelled"]


def test_cancelling_before_the_start(qtbot: QtBot, lane: Lane) -> None:
    log = Log(lane)
    job = lane.start(counting(3))
    lane.cancel()
    until_idle(qtbot, lane)
    assert log.ends(job) == ["cancelled"]


def test_newest_wins_and_stale_results_are_dropped(qtbot: QtBot, lane: Lane) -> None:
    log = Log(lane)
    started, go = threading.Event(), threading.Event()

    def stale(token: Token) -> Iterator[str]:
        yield "early"
        started.set()
        go.wait(5)
        yield "late"

    first = lane.start(stale)
    assert started.wait(5)
    second = lane.start(counting(1))
    third = lane.start(counting(2))
    assert log.ends(first) == ["cancelled"]
    assert log.ends(second) == ["cancelled"]
    go.set()
    until_idle(qtbot, lane)
    qtbot.wait(20)
    assert log.records(first) == []  # queued before the drop, heard after it: stale
    assert log.records(second) == []
    assert log.records(third) == [0, 1]
    assert [log.ends(job) for job in (first, second, third)] == [["cancelled"], ["cancelled"], ["finished"]]


def test_a_replaced_job_ends_while_the_new_one_counts_as_running(qtbot: QtBot, lane: Lane) -> None:
    busy: list[bool] = []
    lane.cancelled.connect(lambda _: busy.append(lane.busy()))
    lane.start(counting(1))
    lane.start(counting(1))
    assert busy == [True]
    lane.drop()
    assert busy == [True]
    assert not lane.busy()


def test_nothing_is_heard_of_a_dropped_job(qtbot: QtBot, lane: Lane) -> None:
    log = Log(lane)
    dropped = lane.start(counting(3))
    lane.drop()
    last = lane.start(counting(2))
    until_idle(qtbot, lane)
    assert log.records(dropped) == log.ends(dropped) == []
    assert log.records(last) == [0, 1]
    assert log.ends(last) == ["finished"]


def test_fifty_restarts_end_exactly_once_each(qtbot: QtBot, lane: Lane) -> None:
    log = Log(lane)
    jobs = [lane.start(counting(3)) for _ in range(50)]
    until_idle(qtbot, lane)
    assert [len(log.ends(job)) for job in jobs] == [1] * 50
    assert log.ends(jobs[-1]) == ["finished"]


def test_a_lane_that_keeps_runs_all_in_turn(qtbot: QtBot) -> None:
    lane = Lane("keep", keep=True)
    log = Log(lane)
    jobs = [lane.start(counting(2)) for _ in range(4)]
    until_idle(qtbot, lane)
    assert [name for name, *_ in log.events] == ["yielded", "yielded", "finished"] * 4
    assert [log.records(job) for job in jobs] == [[0, 1]] * 4
    lane.shutdown()


def test_progress_is_thinned_but_the_end_is_told(qtbot: QtBot, lane: Lane) -> None:
    log = Log(lane)

    def work(token: Token) -> Iterator[int]:
        for at in range(1001):
            token.progress(at / 1000)
        yield 0

    lane.start(work)
    until_idle(qtbot, lane)
    told = [event[2] for event in log.events if event[0] == "progressed"]
    assert told[-1] == 1.0
    assert told == sorted(told)
    assert len(told) < 500


def test_wait_returns_early_when_cancelled(qtbot: QtBot, lane: Lane) -> None:
    log = Log(lane)

    def work(token: Token) -> Iterator[bool]:
        yield token.wait(0.0)
        yield token.wait(60.0)

    job = lane.start(work)
    qtbot.waitUntil(lambda: log.records(job) == [False], timeout=5000)
    lane.cancel()
    until_idle(qtbot, lane)
    assert log.records(job) == [False, True]


def test_shutdown_in_mid_run_waits_and_is_silent(qtbot: QtBot) -> None:
    lane = Lane("test")
    log = Log(lane)
    started, closed = threading.Event(), threading.Event()

    def work(token: Token) -> Iterator[int]:
        try:
            started.set()
            while True:
                token.wait(0.01)
                yield 1
        finally:
            closed.set()

    lane.start(work)
    assert started.wait(5)
    lane.shutdown()
    assert closed.is_set()  # the generator was closed on its own thread
    said = len(log.events)
    qtbot.wait(20)
    assert len(log.events) == said
    assert log.ends() == []
    with pytest.raises(RuntimeError, match="shut down"):
        lane.start(counting(1))


def test_shutdown_of_an_unused_lane(qtbot: QtBot) -> None:
    Lane("unused").shutdown()


def test_shutdown_finishes_what_a_keeping_lane_holds(qtbot: QtBot) -> None:
    lane = Lane("save", keep=True)
    done: list[int] = []

    def work(token: Token) -> Iterator[int]:
        token.wait(0.01)
        done.append(1)
        yield 1

    for _ in range(3):
        lane.start(work)
    lane.shutdown()
    assert done == [1, 1, 1]


def test_an_idle_lane_holds_no_records(qtbot: QtBot, lane: Lane) -> None:
    class Record:
        pass

    kept: list[weakref.ref[Record]] = []

    def work(token: Token) -> Iterator[Record]:
        record = Record()
        kept.append(weakref.ref(record))
        yield record

    lane.start(work)
    until_idle(qtbot, lane)
    del work
    gc.collect()
    qtbot.waitUntil(lambda: kept[0]() is None, timeout=2000)


def test_threads_for_pytorch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert compute_threads() == 3
    monkeypatch.setenv("OMP_NUM_THREADS", "many")
    assert compute_threads() >= 1


def test_one_line_for_people() -> None:
    assert one_line(UserError("a\n b")) == "a b"
    assert one_line(ValueError()) == "ValueError"
    assert "\n" not in one_line(RuntimeError("x\n" * 500))
    assert len(one_line(RuntimeError("x" * 5000))) < 400


def test_jobs_apart_keep_their_turn_behind_one_that_is_slow(qtbot: QtBot) -> None:
    """Only one that computes nothing for a while is passed by."""
    lane = Lane("save", keep=True, apart=True)
    done: list[str] = []

    def slow(token: Token) -> Iterator[int]:
        until = time.thread_time() + 2.5
        while time.thread_time() < until:
            sum(range(1000))
        done.append("slow")
        yield 1

    def quick(token: Token) -> Iterator[int]:
        done.append("quick")
        yield 2

    lane.start(slow)
    lane.start(quick)
    lane.shutdown()
    assert done == ["slow", "quick"]


@pytest.mark.parametrize(("place", "wanted"), [("here", []), ("elsewhere", ["other"])])
def test_jobs_apart_wait_for_those_of_the_same_place_alone(
    place: str, wanted: list[str], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two savings of one file the last one stays, however slow its folder is."""
    monkeypatch.setattr(jobs, "_TURN_SECONDS", 0.01)
    lane = Lane("save", keep=True, apart=True)
    released, done = threading.Event(), []

    def save(name: str) -> Work:
        def work(_: Token) -> Iterator[str]:
            if name == "first":
                released.wait(30)
            done.append(name)
            yield name

        return work

    lane.start(save("first"), "here")
    lane.start(save("other"), place)
    if wanted:
        qtbot.waitUntil(lambda: done == wanted)
    else:
        qtbot.wait(100)
    assert done == wanted
    released.set()
    lane.shutdown()
    assert sorted(done) == ["first", "other"]
    assert done == [*wanted, *(name for name in ("first", "other") if name not in wanted)]
