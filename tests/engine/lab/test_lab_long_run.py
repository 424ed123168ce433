"""An hour's run, accelerated: what a run keeps doesn't grow without end."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from engine.lab import run as lab_run
from tests.support.lab import folder_of_pictures, picture, race, settings, small_crops
from tests.support.repository import ROOT

HOUR = """
import sys
from dataclasses import replace
from engine.lab.run import Race, make_task, pictures_of
from engine.lab.settings import load_settings
from engine.lab import lane
chosen = replace(load_settings("late-answer"), seconds=0.0, updates=1200, fair="updates",
measure_every=1,
                 pictures=1)
task = make_task(chosen)
race = Race(chosen, task, pictures_of(chosen, task))
model, seen = race.runners[0].lane, 0
def advance(self):  # everything of an update but the learning
    self.update += 1
    self.row += 1
    self.task.batch(self.seed, self.row * 20)
    return 1.0
lane.RaceLane.advance = advance
lane.RaceLane.measure = lambda self: 20.0
lane.RaceLane.megabytes = lambda self: 1.0
for event in race.play():
    seen += 1
most = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(seen, int(most.split()[1]) // 1024)
"""


def test_moments_kept_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_crops(monkeypatch)
    monkeypatch.setattr(lab_run, "MOST_MARKS", 8)
    chosen = settings(folder_of_pictures(tmp_path / "p"), lanes=("bptt",), updates=40, measure_every=1)
    one = race(chosen, picture(0))
    list(one.play())
    marks = [mark.update for mark in one.runners[0].marks]
    assert len(marks) <= 8
    assert (marks[0], marks[-1]) == (0, 40)
    gaps = [b - a for a, b in itertools.pairwise(marks)]
    assert max(gaps) <= 16  # spread over the whole of it


@pytest.mark.alone
@pytest.mark.timeout(500)
def test_an_hour_takes_less_than_a_gigabyte() -> None:
    """1,200 measurements of four lanes, one in three seconds, with crops, moments and pictures."""
    if not sys.platform.startswith("linux"):  # ru_maxrss would begin with what the test's own process has
        pytest.skip("this system doesn't tell a process's own peak of memory")
    done = subprocess.run(
        [sys.executable, "-c", HOUR], capture_output=True, text=True, timeout=400, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr[-800:]
    events, megabytes = map(int, done.stdout.split())
    assert events > 4 * 1200
    assert megabytes < 1000
