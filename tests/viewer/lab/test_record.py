"""What is kept of a run: views that stay as they were handed out, and bounds however long it lasts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.lab.events import Cost, LaneEnded, LaneFacts, Moved, Original, Painted, Point, Started
from engine.types import frozen
from viewer.lab import record as records
from viewer.lab.record import CourseRecord

BPTT = LaneFacts(0, "bptt", "BPTT", "bptt", 8, 1, 99)
UORO = LaneFacts(1, "uoro", "UORO", "uoro", 8, 1, 99)
FORK = LaneFacts(2, "rflo", "RFLO", "rflo", 8, 1, 99, 0, 4)


def painted(lane: int, update: int, side: int = 8) -> Painted:
    return Painted(lane, update, 0, frozen(np.full((side, side, 3), update % 256, np.uint8)), 20.0 + update)


def point(lane: int, update: int) -> Point:
    return Point(lane, update, 32 * update, 0.01 * update, 1.0, 10 + 0.1 * update)


@pytest.fixture
def record() -> CourseRecord:
    one = CourseRecord()
    one.take(Started((BPTT, UORO), "dB", 1))
    return one


def test_points_and_pictures_of_every_lane(record: CourseRecord) -> None:
    for update in range(3):
        record.take(point(0, update))
    record.take(painted(1, 2))
    record.take(Cost(1, 3.0, 4.5))
    record.take(LaneEnded(0, 2, "updates"))
    bptt, uoro = record.courses()
    assert bptt.table[:, 0].tolist() == [0, 1, 2]
    assert bptt.table[-1].tolist()[:5] == [2, 64, 0.02, 1.0, 10.2]
    assert math.isnan(bptt.table[-1, 5])
    assert (bptt.ended, bptt.update, bptt.ms) == ("updates", 2, 10.0)
    assert (uoro.megabytes, len(uoro.shots), uoro.update) == (4.5, 1, 0)


def test_a_lane_without_news_is_the_same_object(record: CourseRecord) -> None:
    record.take(point(0, 0))
    before = record.courses()
    record.take(point(1, 0))
    after = record.courses()
    assert after[0] is before[0]
    assert after[1] is not before[1]


def test_what_was_handed_out_stays_as_it_was(record: CourseRecord) -> None:
    """Buffers grow and lanes go back, and nobody's view changes."""
    for update in range(200):
        record.take(point(0, update))
    early = record.courses()[0].table
    copy = early.copy()
    for update in range(200, 2000):
        record.take(point(0, update))
    record.take(Moved(0, 50))
    record.take(Point(0, 51, 0, 0.0, 0.0, -1.0))
    np.testing.assert_array_equal(early, copy)
    assert record.courses()[0].table[:, 0].tolist() == list(range(52))
    assert not early.flags.writeable


def test_going_back_forgets_what_came_later(record: CourseRecord) -> None:
    for update in (0, 2, 4):
        record.take(point(0, update))
        record.take(painted(0, update))
    record.take(LaneEnded(0, 4, "target"))
    record.take(Moved(0, 2))
    course = record.courses()[0]
    assert course.table[:, 0].tolist() == [0, 2]
    assert [shot.update for shot in course.shots] == [0, 2]
    assert course.ended == ""


def test_a_look_back_finds_its_place_among_the_pictures(record: CourseRecord) -> None:
    for update in (0, 8, 4, 8):
        record.take(painted(0, update))
    shots = record.courses()[0].shots
    assert [shot.update for shot in shots] == [0, 4, 8]
    assert record.courses()[0].shot_at(7) is shots[1]
    assert record.courses()[0].shot_at(-1) is shots[0]


def test_a_fork_shows_its_parents_picture_first(record: CourseRecord) -> None:
    for update in (0, 3, 6):
        record.take(painted(0, update))
    record.take(Started((BPTT, UORO, FORK), "dB", 1))
    assert len(record.courses()) == 3
    shots = record.courses()[2].shots
    assert [shot.update for shot in shots] == [4]
    assert shots[0].pixels is record.courses()[0].shots[1].pixels


def test_pictures_of_another_picture_go(record: CourseRecord) -> None:
    record.take(painted(0, 3))
    record.take(point(0, 3))
    record.take(Original(0, frozen(np.zeros((8, 8, 3), np.uint8))))
    assert record.courses()[0].shots == ()
    assert len(record.courses()[0].table) == 1


def test_an_hours_run_stays_small(record: CourseRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    """An accelerated one: as many points and pictures as an hour brings, with the ends kept."""
    monkeypatch.setattr(records, "MOST_SHOT_BYTES", 100 * 3 * 16 * 16)
    monkeypatch.setattr(records, "MOST_POINTS", 1000)
    for update in range(30_000):
        record.take(point(0, update))
        if update % 20 == 0:
            record.take(painted(0, update, 16))
            record.take(painted(1, update, 16))
    bptt, uoro = record.courses()
    assert sum(shot.pixels.nbytes for c in (bptt, uoro) for shot in c.shots) <= records.MOST_SHOT_BYTES
    assert len(bptt.shots) > 20
    assert bptt.shots[-1].update == 29_980
    assert len(bptt.table) <= 2200
    assert bptt.table[0, 0] == 0
    assert bptt.update == 29_999
    assert (np.diff(bptt.table[:, 0]) > 0).all()
    base = bptt.table.base
    assert base is not None
    assert base.nbytes < 300_000
