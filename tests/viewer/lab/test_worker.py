"""The lab's run in a process of its own, as the window has it: what it does, how it stops, what it leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.support.lab import picture
from tests.support.lab_windows import (
    SERVE,
    follow,
    lab_session,
    long_run,
    points,
    runner_of,
    running,
    until,
)
from viewer.lab.worker import LabRunner
from viewer.model.facts.lab import SECONDS, LabState

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def runner(tmp_path: Path, qtbot: QtBot) -> Iterator[LabRunner]:
    """A run that is made and paused."""
    with runner_of(long_run(tmp_path)) as one:
        until(qtbot, lambda: one.facts.state is LabState.PAUSED)
        yield one


def play(runner: LabRunner, qtbot: QtBot, count: int = 3) -> None:
    """Until the first lane was measured so often."""
    runner.play()
    until(qtbot, lambda: points(runner) >= count)


def paused(runner: LabRunner, qtbot: QtBot) -> None:
    runner.pause()
    until(qtbot, lambda: runner.facts.state is LabState.PAUSED)


def curves(runner: LabRunner) -> list[np.ndarray]:
    """What was measured, without the clock's column."""
    return [np.delete(course.table, SECONDS, axis=1) for course in runner.facts.courses]


def test_a_run_is_made_when_the_page_opens_and_plays(runner: LabRunner, qtbot: QtBot) -> None:
    assert [course.facts.text for course in runner.facts.courses] == ["bptt", "tbptt:1"]
    until(qtbot, lambda: runner.facts.original is not None)
    assert points(runner) == 0
    play(runner, qtbot)
    assert runner.playing
    until(qtbot, lambda: all(course.shots for course in runner.facts.courses))
    for course in runner.facts.courses:
        assert course.shots[-1].pixels.shape == picture(0).shape
        assert not course.table.flags.writeable


def test_pausing_takes_no_time_and_pictures_are_of_the_newest_moment(runner: LabRunner, qtbot: QtBot) -> None:
    play(runner, qtbot)
    start = time.monotonic()
    paused(runner, qtbot)
    assert time.monotonic() - start < 0.3 + 0.15  # 0.1 s of it are the thinning of news
    until(qtbot, lambda: all(course.shots[-1].update >= course.update for course in runner.facts.courses))
    count = points(runner)
    qtbot.wait(300)
    assert points(runner) == count


def test_rewound_and_played_again_is_the_same_to_the_last_bit(runner: LabRunner, qtbot: QtBot) -> None:
    play(runner, qtbot, 4)
    paused(runner, qtbot)
    before = curves(runner)
    start = time.monotonic()
    runner.rewind()
    until(qtbot, lambda: points(runner) == 1)
    assert time.monotonic() - start < 0.5 + 0.15
    assert all(len(course.shots) == 1 and course.shots[0].update == 0 for course in runner.facts.courses)
    play(runner, qtbot, len(before[0]))
    paused(runner, qtbot)
    for old, new in zip(before, curves(runner), strict=True):
        count = min(len(old), len(new))
        assert count >= 3
        np.testing.assert_array_equal(old[1:count], new[1:count])


def test_one_update_and_one_span(runner: LabRunner, qtbot: QtBot, tmp_path: Path) -> None:
    many = replace(long_run(tmp_path), lanes=("bptt", "rtrl,every=2"), measure_every=50)
    follow(runner, lab_session(many))
    runner.play(updates=1)
    until(qtbot, lambda: not runner.busy() and points(runner, 1) == 2)
    assert [course.update for course in runner.facts.courses] == [1, 1]
    runner.play(rows=1)  # six steps, two to an update: the rest of its first row
    until(qtbot, lambda: not runner.busy() and runner.facts.courses[1].update == 3)
    assert [course.update for course in runner.facts.courses] == [2, 3]


def test_a_fork_goes_on_from_its_moment_with_another_learner(runner: LabRunner, qtbot: QtBot) -> None:
    play(runner, qtbot, 4)
    paused(runner, qtbot)
    at = int(runner.facts.courses[0].table[1, 0])
    start = time.monotonic()
    runner.fork(0, at, "uoro")
    until(qtbot, lambda: len(runner.facts.courses) == 3 and points(runner, 2))
    assert time.monotonic() - start < 1.0 + 0.15
    fork = runner.facts.courses[2]
    assert (fork.facts.parent, fork.facts.fork, fork.update) == (0, at, at)
    assert fork.table[0, 4] == runner.facts.courses[0].table[1, 4]  # the same weights measure the same
    assert fork.shots
    runner.play()
    until(qtbot, lambda: points(runner, 2) > 1)


def test_a_fork_while_it_learns_lets_it_go_on(runner: LabRunner, qtbot: QtBot) -> None:
    play(runner, qtbot)
    runner.fork(1, runner.facts.courses[1].update, "rflo")
    until(qtbot, lambda: len(runner.facts.courses) == 3 and points(runner, 2) > 2)
    assert runner.facts.state is LabState.PLAYING


def test_lanes_go_back_to_moments_of_their_own(runner: LabRunner, qtbot: QtBot) -> None:
    play(runner, qtbot, 5)
    paused(runner, qtbot)
    runner.back({0: 2, 1: 4})
    until(qtbot, lambda: [course.update for course in runner.facts.courses] == [2, 4])


def test_where_it_stops_may_change_while_it_learns(runner: LabRunner, qtbot: QtBot, tmp_path: Path) -> None:
    play(runner, qtbot)
    end = runner.facts.courses[0].update + 40
    follow(runner, lab_session(replace(long_run(tmp_path), updates=end)))
    until(qtbot, lambda: runner.facts.state is LabState.DONE)
    assert [course.update for course in runner.facts.courses] == [end, end]
    assert {course.ended for course in runner.facts.courses} == {"updates"}
    assert len({each.run for each in runner.facts.tried}) == 1
    follow(runner, lab_session(replace(long_run(tmp_path), updates=end + 4)))
    assert runner.facts.state is LabState.PAUSED
    runner.play()
    until(qtbot, lambda: runner.facts.state is LabState.DONE)
    assert {course.update for course in runner.facts.courses} == {end + 4}
    runner.fork(0, 4, "uoro")  # which has not ended
    until(qtbot, lambda: runner.facts.state is LabState.PAUSED)
    runner.play()
    until(qtbot, lambda: runner.facts.state is LabState.DONE)
    runner.rewind()
    until(qtbot, lambda: runner.facts.state is LabState.PAUSED)


def test_other_settings_begin_anew_and_the_old_run_is_in_the_table(
    runner: LabRunner, qtbot: QtBot, tmp_path: Path
) -> None:
    play(runner, qtbot)
    paused(runner, qtbot)
    follow(runner, lab_session(replace(long_run(tmp_path), lanes=("rflo",), seeds=(7, 8))))
    assert not runner.current()
    runner.play()
    until(qtbot, lambda: len(runner.facts.courses) == 2 and points(runner) > 1)
    assert [(c.facts.text, c.facts.seed) for c in runner.facts.courses] == [("rflo", 7), ("rflo", 8)]
    until(qtbot, lambda: [each.run for each in runner.facts.tried] == [1, 1, 2, 2])
    assert runner.facts.tried[0].lane == "BPTT"


def test_another_picture_is_decoded_by_the_same_run(runner: LabRunner, qtbot: QtBot, tmp_path: Path) -> None:
    from engine.types import Picture, frozen

    play(runner, qtbot)
    open_one = Picture("other", frozen(picture(2, 40, 96)))
    session = lab_session(long_run(tmp_path))
    session = replace(session, picture=open_one, lab=replace(session.lab, paint_open=True))
    follow(runner, session)
    until(
        qtbot, lambda: all(c.shots and c.shots[-1].pixels.shape[:2] == (40, 96) for c in runner.facts.courses)
    )
    assert runner.facts.original is not None
    np.testing.assert_array_equal(runner.facts.original, open_one.pixels)
    assert runner.facts.state is LabState.PLAYING


def test_memory_over_the_span_grows_with_the_credit_that_is_kept(runner: LabRunner, qtbot: QtBot) -> None:
    """BPTT keeps the row, a window of one step does not; and what was playing goes on."""
    play(runner, qtbot)
    runner.weigh()
    until(qtbot, lambda: all(course.growth is not None for course in runner.facts.courses))
    bptt, cut = (course.growth for course in runner.facts.courses)
    assert bptt is not None
    assert cut is not None
    assert bptt[0].tolist() == cut[0].tolist() == [2, 4, 8, 16, 32]
    assert (np.diff(bptt[1]) > 0).all()
    assert cut[1, -1] < 1.1 * cut[1, 1] < bptt[1, -1]
    count = points(runner)
    until(qtbot, lambda: points(runner) > count)


# ---- what goes wrong ---------------------------------------------------------------------------------------


def test_a_mistake_is_told_in_a_line_and_the_next_run_goes(
    runner: LabRunner, qtbot: QtBot, tmp_path: Path
) -> None:
    wrong = replace(long_run(tmp_path), options={"delay": 99, "span": 4})
    follow(runner, lab_session(wrong))
    runner.play()
    until(qtbot, lambda: runner.facts.fault)
    assert "delay must lie in 0 to 16" in runner.facts.fault
    assert "\n" not in runner.facts.fault
    assert not runner.busy()
    follow(runner, lab_session(long_run(tmp_path)))
    play(runner, qtbot)
    assert runner.facts.fault == ""


def test_a_killed_process_is_told_in_a_line_and_begun_anew(runner: LabRunner, qtbot: QtBot) -> None:
    play(runner, qtbot)
    pid = runner.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(qtbot, lambda: runner.facts.fault)
    assert "signal 9" in runner.facts.fault
    assert "\n" not in runner.facts.fault
    assert points(runner)  # what it had measured stays
    assert not runner.busy()
    play(runner, qtbot)
    assert runner.facts.fault == ""
    assert runner.pid() not in (None, pid)


def test_shutting_down_leaves_no_process(tmp_path: Path, qtbot: QtBot) -> None:
    with runner_of(long_run(tmp_path)) as runner:
        play(runner, qtbot)
        pid = runner.pid()
        assert pid is not None
        start = time.monotonic()
    assert time.monotonic() - start < 1
    assert not running(pid)


def test_shutting_down_while_it_is_being_made_leaves_none_either(tmp_path: Path, qtbot: QtBot) -> None:
    with runner_of(long_run(tmp_path)) as runner:
        pid = runner.pid()
        assert pid is not None
    assert not running(pid)


def test_a_killed_window_leaves_no_process(tmp_path: Path) -> None:
    """A program that starts a run as the window does, and is killed while it learns."""
    toml = tmp_path / "lab.toml"
    from engine.lab.settings import as_toml

    toml.write_text(as_toml(long_run(tmp_path)))
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from viewer.lab.process import LabProcess\n"
        "class Small(LabProcess):\n"
        f"    COMMAND = ('-c', {SERVE!r})\n"
        "one = Small()\n"
        "one.say('start', toml=Path(sys.argv[1]).read_text())\n"
        "one.say('play')\n"
        "seen = b''\n"
        "while b'Point' not in seen: seen += one.read()\n"
        "print(one.pid, flush=True)\n"
        "while True: one.read()\n"
    )
    window = subprocess.Popen([sys.executable, "-c", program, str(toml)], cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert window.stdout is not None
        pid = int(window.stdout.readline())
        assert running(pid)
        window.kill()
        window.wait()
        until_gone = time.monotonic() + 20
        while running(pid) and time.monotonic() < until_gone:
            time.sleep(0.05)
        assert not running(pid)
    finally:
        window.kill()
        window.wait()
        window.stdout.close()
