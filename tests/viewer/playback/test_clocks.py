"""The beats of playback: how often, and how far along a scan each goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from tests.support.viewer_engine import picture, session
from viewer.core.control import Control
from viewer.model.session.choices import MAX_SPEED, MIN_SPEED
from viewer.model.session.options import set_decoder
from viewer.model.session.playback import scan_beat, scan_to, scan_total, tick
from viewer.model.session.state import Session
from viewer.playback.clocks import Clocks
from viewer.playback.controller import Playback


def scanning(speed: float = 1.0, height: int = 45, width: int = 70) -> Session:
    """A scan played from its beginning."""
    start = replace(session(), picture=picture(height, width))
    return replace(scan_to(set_decoder(start, "raster"), 0), playing=True, speed=speed)


@pytest.mark.parametrize(
    ("total", "speed", "beat", "patches"),
    [
        (54, 1.0, 370, 1),  # 2.7 patches a second
        (54, 2.0, 185, 1),
        (54, 0.25, 1481, 1),
        (600, 1.0, 33, 1),
        (880, 1.0, 23, 1),  # 44 a second are nearer to one patch a beat than to two
        (920, 1.0, 43, 2),
        (6144, 1.0, 33, 10),  # 768×512
        (6144, 8.0, 33, 82),
        (0, 1.0, 20_000, 1),
    ],
)
def test_a_beat_and_its_patches(total: int, speed: float, beat: int, patches: int) -> None:
    assert scan_beat(total, speed) == (beat, patches)


@pytest.mark.parametrize("total", [2, 54, 1234, 6144, 100_000])
@pytest.mark.parametrize("speed", [MIN_SPEED, 1.0, 3.0, MAX_SPEED])
def test_a_whole_scan_takes_20_seconds_at_speed_1_and_30_beats_a_second_at_most(
    total: int, speed: float
) -> None:
    beat, patches = scan_beat(total, speed)
    assert total / patches * beat / 1000 * speed == pytest.approx(20, rel=0.03)
    assert beat >= 22  # 45 a second where one patch a beat is as few as there can be


def test_a_tick_goes_on_by_its_patches_up_to_the_last() -> None:
    state = scanning()
    assert scan_total(state) == 54
    assert tick(state, 2, 2).scan == 1
    assert tick(state, 2, 2, patches=7).scan == 7
    assert tick(state, 2, 2, patches=0).scan == 1  # it never stands still
    near = tick(replace(state, scan=50), 2, 2, patches=2)
    assert (near.scan, near.playing) == (52, True)
    for patches in (3, 30):
        end = tick(replace(state, scan=50), 2, 2, patches=patches)
        assert (end.scan, end.playing) == (53, False)


@pytest.fixture
def told() -> list[int]:
    """Patches of each beat."""
    return []


@pytest.fixture
def clocks(qtbot: QtBot, told: list[int]) -> Iterator[Clocks]:
    clocks = Clocks(told.append, lambda: told.append(-1))
    yield clocks
    clocks.stop()


@pytest.mark.parametrize(
    ("height", "width", "speed", "beat", "patches"),
    [(45, 70, 1.0, 370, 1), (45, 70, 2.0, 185, 1), (512, 768, 1.0, 33, 10), (512, 768, 2.0, 33, 20)],
)
def test_clocks_tell_how_many_patches_a_beat_stands_for(
    clocks: Clocks, told: list[int], height: int, width: int, speed: float, beat: int, patches: int
) -> None:
    clocks.follow(scanning(speed, height, width))
    assert clocks.player.isActive()
    assert clocks.player.interval() == beat
    clocks.player.timeout.emit()
    assert told == [patches]


def test_clocks_beat_once_a_step_without_a_scan(clocks: Clocks, told: list[int]) -> None:
    clocks.follow(scanning(1.0, 512, 768))
    steps = replace(scanning(2.0, 512, 768), scan=None)
    clocks.follow(steps)
    assert clocks.player.interval() == 350
    clocks.player.timeout.emit()
    assert told == [1]
    clocks.follow(replace(steps, playing=False))
    assert not clocks.player.isActive()


def test_clocks_blink_at_their_rate_and_stop(clocks: Clocks, told: list[int]) -> None:
    state = replace(session(), blinking=True)
    state = replace(state, looking=replace(state.looking, blink_rate=4.0))
    clocks.follow(state)
    assert (clocks.player.isActive(), clocks.blinker.isActive()) == (False, True)
    assert clocks.blinker.interval() == 250
    clocks.blinker.timeout.emit()
    assert told == [-1]
    clocks.follow(replace(scanning(), blinking=True))
    clocks.stop()
    assert not clocks.player.isActive()
    assert not clocks.blinker.isActive()


def test_a_beat_moves_the_scan_by_all_its_patches(qtbot: QtBot) -> None:
    owner = QObject()
    became: list[Session] = []
    state = scanning(1.0, 512, 768)
    facts: Any = SimpleNamespace(run=SimpleNamespace(ready=2, planned=2, first=0))
    control: Any = SimpleNamespace(session=state, facts=facts, become=became.append)
    playback = Playback(cast(Control, control), owner)
    playback.follow(state)
    playback.clocks.player.timeout.emit()
    playback.stop()
    assert [each.scan for each in became] == [10]
