"""Races: fair, repeatable to the last bit, brought back, forked, and equal where theory says so."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from engine.errors import UserError
from engine.lab import run as lab_run
from engine.lab.events import Cost, Ended, LaneEnded, Marked, Moved, Painted, Point, Started
from engine.lab.lane import RaceLane
from engine.lab.settings import NetworkSettings, OptimiserSettings, lane
from engine.lab.tasks.pictures import PictureTask
from tests.support.lab import curves, folder_of_pictures, picture, race, settings, small_crops, weights


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    small_crops(monkeypatch)
    return folder_of_pictures(tmp_path / "pictures")


def test_a_run_says_what_happens(folder: Path) -> None:
    events = list(race(settings(folder), picture(0)).play())
    assert isinstance(events[0], Started)
    assert [facts.text for facts in events[0].lanes] == ["bptt", "tbptt:1"]
    assert events[0].unit == "dB"
    assert events[-1] == Ended("done")
    for number in (0, 1):
        points = [event for event in events if isinstance(event, Point) and event.lane == number]
        assert [point.update for point in points] == [0, 2, 4, 6]
        assert [point.patches for point in points] == [0, 48, 96, 144]  # 4 rows of 4 + 2 patches an update
        assert all(a.cpu_seconds < b.cpu_seconds for a, b in itertools.pairwise(points))
        marks = [event.update for event in events if isinstance(event, Marked) and event.lane == number]
        assert marks == [0, 2, 4, 6]
        assert LaneEnded(number, 6, "updates") in events
        painted = [event for event in events if isinstance(event, Painted) and event.lane == number]
        assert painted[-1].update == 6
        assert painted[-1].pixels.shape == picture(0).shape
        assert not painted[-1].pixels.flags.writeable
    costs = [event for event in events if isinstance(event, Cost)]
    assert all(cost.ms > 0 and cost.megabytes > 0 for cost in costs)
    assert costs[0].megabytes > 1.2 * costs[1].megabytes  # BPTT keeps the graph of the whole row


def test_equal_settings_give_equal_curves(folder: Path) -> None:
    chosen = settings(folder, lanes=("bptt", "tbptt:2,every=2", "uoro,every=3", "kf-rtrl,draws=2"), updates=5)
    first, second = (curves(race(chosen).play()) for _ in range(2))
    assert first == second
    other = curves(race(replace(chosen, seeds=(2,))).play())
    assert all(first[number] != other[number] for number in first)


def test_lanes_do_not_touch_each_other(folder: Path) -> None:
    """A lane alone, fair by whatever, goes the way that it goes beside others."""
    together = curves(race(settings(folder, lanes=("uoro", "bptt", "tbptt:1"))).play())
    for number, text in enumerate(("uoro", "bptt", "tbptt:1")):
        for fair in ("updates", "patches", "seconds"):
            alone = curves(race(settings(folder, lanes=(text,), fair=fair)).play())
            assert alone[0] == together[number]


def test_lanes_of_a_seed_begin_alike(folder: Path) -> None:
    one = race(settings(folder, lanes=("bptt", "uoro"), seeds=(1, 2)))
    assert [facts.seed for facts in one.facts] == [1, 1, 2, 2]
    assert torch.equal(weights(one, 0), weights(one, 1))
    assert torch.equal(weights(one, 2), weights(one, 3))
    assert not torch.equal(weights(one, 0), weights(one, 2))


@pytest.mark.parametrize("text", ["rtrl", "bptt", "tbptt:1,every=1", "uoro,every=3", "snap1,every=2"])
def test_brought_back_and_played_again_is_equal_to_the_last_bit(folder: Path, text: str) -> None:
    """Also from the middle of a row, where learners hold influence and random signs."""
    one = race(settings(folder, lanes=(text,), updates=9, measure_every=1))
    before = curves(one.play())[0]
    end = weights(one, 0)
    for update in (0, 4, 5):
        moved = list(one.rewind(update))
        assert moved == [Moved(0, update)]
        again = curves(one.play())[0]
        assert again == [point for point in before if point[0] > update]
        assert torch.equal(weights(one, 0), end)


def test_a_fork_goes_on_from_its_moment(folder: Path) -> None:
    one = race(settings(folder, lanes=("bptt",)))
    list(one.play())
    events = list(one.fork(0, 4, lane("tbptt:1")))
    assert isinstance(events[0], Started)
    assert (events[0].lanes[1].parent, events[0].lanes[1].fork) == (0, 4)
    same = list(one.fork(0, 4, lane("bptt")))
    assert isinstance(same[1], Point)
    assert isinstance(events[1], Point)
    assert same[1].value == events[1].value
    list(one.play())
    assert torch.equal(weights(one, 2), weights(one, 0))  # the same learner goes the same way
    assert not torch.equal(weights(one, 1), weights(one, 0))
    with pytest.raises(UserError, match="a fork keeps the cell"):
        list(one.fork(0, 4, lane("bptt,cell=gru")))
    with pytest.raises(UserError, match="lane 9 isn't there"):
        list(one.fork(9, 4, lane("bptt")))


def test_a_moment_can_be_looked_at(folder: Path) -> None:
    one = race(settings(folder, lanes=("bptt",)), picture(0))
    events = list(one.play())
    last = [event for event in events if isinstance(event, Painted)][-1]
    early, late = (next(iter(one.look(0, update))) for update in (2, 6))
    assert isinstance(early, Painted)
    assert isinstance(late, Painted)
    assert np.array_equal(late.pixels, last.pixels)
    assert not np.array_equal(early.pixels, last.pixels)


def test_pausing_and_single_updates(folder: Path) -> None:
    one = race(settings(folder))
    events = list(one.play(updates=1))
    assert [runner.lane.update for runner in one.runners] == [1, 1]
    assert [runner.points[-1].update for runner in one.runners] == [1, 1]
    assert [runner.newest(1).update for runner in one.runners] == [1, 1]
    assert events[-1] == Ended("paused")
    asked = itertools.count()
    list(one.play(lambda: next(asked) >= 3))
    assert [runner.lane.update for runner in one.runners] == [3, 2]
    whole = race(settings(folder))
    list(whole.play())
    list(one.play())
    assert torch.equal(weights(one, 1), weights(whole, 1))


@pytest.mark.parametrize("seconds", [0.05, 1.0])
def test_painting_takes_a_fifth_of_the_time_at_most(
    folder: Path, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    """Quick pictures come every two seconds, slow ones as seldom as it takes; by a clock of the test's."""
    clock, learning = [100.0], [0.0]
    paint, advance = PictureTask.paint, RaceLane.advance

    def painting(*given: Any) -> Any:
        clock[0] += seconds
        return paint(*given)

    def learned(lane: RaceLane) -> float:
        clock[0] += 0.25
        learning[0] += 0.25
        return advance(lane)

    monkeypatch.setattr(lab_run, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    monkeypatch.setattr(PictureTask, "paint", painting)
    monkeypatch.setattr(RaceLane, "advance", learned)
    lanes = ("bptt", "tbptt:1", "tbptt:2", "immediate")
    chosen = settings(folder, updates=0, lanes=lanes, measure_every=10**6)
    times = []
    for event in race(chosen, picture(0)).play(cancelled=lambda: learning[0] > 45):
        if isinstance(event, Painted) and event.lane == 0 and learning[0] < 45:
            times.append((clock[0], learning[0]))
    apart = [(b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(times)]
    assert len(apart) > 1
    assert all(learns >= 0.8 * whole for whole, learns in apart)
    if seconds < 0.1:
        assert max(whole for whole, _ in apart) < 2.0 + 4 * seconds + 0.3


def test_fair_by_seconds_gives_lanes_equal_time(folder: Path) -> None:
    chosen = settings(folder, lanes=("bptt", "rtrl"), fair="seconds", updates=0, seconds=0.4)
    one = race(chosen)
    list(one.play())
    fast, slow = (runner.lane for runner in one.runners)
    assert fast.update > slow.update
    assert 0.4 <= fast.cpu_seconds < 0.8
    assert 0.4 <= slow.cpu_seconds < 0.8


@pytest.mark.parametrize(
    "optimiser",
    [OptimiserSettings(kind="sgd", adam_rate=0.05, clip=0.0, rows=4, warmup=0), OptimiserSettings(rows=4)],
)
def test_rtrl_equals_bptt_at_equal_updates(folder: Path, optimiser: OptimiserSettings) -> None:
    """In float64, with plain descent and as the presets have it: the weights are the same to 1e-9."""
    one = race(settings(folder, lanes=("bptt", "rtrl"), optimiser=optimiser, updates=8))
    for runner in one.runners:
        _in_double_precision(runner.lane)
    list(one.play(updates=8))
    assert float((weights(one, 0) - weights(one, 1)).abs().max()) < 1e-9
    start = race(settings(folder, lanes=("bptt",)))
    assert float((weights(one, 0) - weights(start, 0)).abs().max()) > 1e-3


def _in_double_precision(one: RaceLane) -> None:
    one.network.double()
    one.averaged.double()
    batch, measure = one.task.batch, one.measure

    def doubled(seed: int, index: int) -> list[object]:
        return [
            replace(p, features=p.features.double(), target=p.target.double(), weights=p.weights.double())
            for p in batch(seed, index)
        ]

    one.task = type("Doubled", (), {"batch": staticmethod(doubled), "length": one.task.length})()
    one.measure = lambda: 0.0  # type: ignore[method-assign]
    one.megabytes = lambda: 0.0  # type: ignore[method-assign]
    del measure


def test_a_lane_that_diverges_ends(folder: Path) -> None:
    wild = OptimiserSettings(kind="sgd", adam_rate=1e30, clip=0.0, rows=4, warmup=0)
    events = list(race(settings(folder, optimiser=wild, lanes=("bptt",), updates=50)).play())
    ends = [event for event in events if isinstance(event, LaneEnded)]
    assert [end.why for end in ends] == ["diverged"]
    assert ends[0].update < 50


def test_a_lane_stops_at_its_target(folder: Path) -> None:
    events = list(race(settings(folder, target=5.0, updates=0)).play())
    assert {event.why for event in events if isinstance(event, LaneEnded)} == {"target"}


def test_moments_kept_are_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab_run, "MOST_MARKS", 8)
    one = race(settings(folder, lanes=("bptt",), updates=40, measure_every=1))
    list(one.play())
    kept = [mark.update for mark in one.runners[0].marks]
    assert len(kept) <= 8
    assert (kept[0], kept[-1]) == (0, 40)


def test_masked_weights_stay_away(folder: Path) -> None:
    chosen = settings(folder, lanes=("bptt",), network=NetworkSettings(units=6, embed=8, density=0.3))
    one = race(chosen)
    mask = one.runners[0].lane.network.masks["recurrent.U"]
    assert 6 <= mask.sum() < 36
    list(one.play())
    recurrent = one.runners[0].lane.parameters()["recurrent.U"]
    assert not recurrent[mask == 0].any()
    assert recurrent[mask == 1].all()


def test_learners_that_cannot_train_the_network_are_told(folder: Path) -> None:
    with pytest.raises(UserError, match="'sab' needs an attentive network"):
        race(settings(folder, lanes=("sab:2",)))
    with pytest.raises(UserError, match="unknown field 'dely'"):
        race(settings(folder, options={"dely": 3}))
    with pytest.raises(UserError, match="unknown task 'sorting'"):
        race(settings(folder, task="sorting"))


def test_draws_are_averaged(folder: Path) -> None:
    """The mean of many is the exact gradient, of its very length, and one draw lies far off."""
    texts = ("bptt", "uoro", "uoro,draws=200", "kf-rtrl,draws=200")
    one = race(settings(folder, lanes=texts, network=NetworkSettings(units=6, embed=8, gain=3.0)))
    generator = torch.Generator().manual_seed(1)
    added = [
        0.3 * torch.randn(p.shape, generator=generator) for p in one.runners[0].lane.network.parameters()
    ]
    found = []
    for runner in one.runners:
        for parameter, more in zip(runner.lane.network.parameters(), added, strict=True):
            parameter.data += more
        runner.lane._open()
        loss, taken = runner.lane._gather()
        inner = [p.grad for name, p in runner.lane.network.named_parameters() if not name.startswith("out.")]
        found.append((loss, taken, torch.cat([g.flatten() for g in inner if g is not None])))
    exact = found[0][2]
    cosines = [float(each @ exact / each.norm() / exact.norm()) for _, _, each in found]
    assert cosines[1] < 0.9
    assert min(cosines[2:]) > 0.97
    assert all(float(each.norm() / exact.norm()) == pytest.approx(1, abs=0.15) for _, _, each in found[2:])
    assert all(loss == pytest.approx(found[0][0], rel=1e-4) and taken == 6 for loss, taken, _ in found)
