"""A run in a process of its own: what it is told and says, how it stops, and that it never stays behind."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.lab.events import (
    Cost,
    Ended,
    Event,
    Failed,
    LaneFacts,
    Marked,
    Moved,
    Original,
    Painted,
    Point,
    Started,
    Weighed,
)  # fmt: skip
from engine.lab.settings import as_toml
from engine.lab.wire import Reader, pack_command, pack_event
from engine.types import frozen
from tests.support.lab import folder_of_pictures, picture, race, settings, small_crops

ROOT = Path(__file__).resolve().parents[3]
SERVE = (
    "from engine.lab.tasks.pictures import PictureTask as P\n"
    "P.crop, P.pool = 64, 6\n"
    "from engine.lab import serve\n"
    "raise SystemExit(serve.main())"
)


class Served:
    """The process, and the events that it has said."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.reader, self.events = Reader(), list[Event]()

    def say(self, name: str, **arguments: object) -> None:
        assert self.process.stdin
        self.process.stdin.write(pack_command(name, **arguments))
        self.process.stdin.flush()

    def until(self, wanted: Callable[[Event], bool]) -> Event:
        """Read on to the first event that is wanted."""
        assert self.process.stdout
        while True:
            for event in self.events:
                if wanted(event):
                    self.events = self.events[self.events.index(event) + 1 :]
                    return event
            data = self.process.stdout.read1()
            assert data, "the process has ended"
            self.events = list(self.reader.feed(data))

    def close(self) -> int:
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe
            pipe.close()
        return self.process.wait(120)


@pytest.fixture
def served() -> Iterator[Served]:
    one = Served()
    yield one
    if one.process.poll() is None:
        one.process.kill()
    one.close()


@pytest.fixture
def toml(tmp_path: Path) -> str:
    folder = folder_of_pictures(tmp_path / "pictures")
    return as_toml(settings(folder, updates=10_000, picture=str(folder / "0.png")))


EVENTS = [
    Started((LaneFacts(0, "tbptt:5", "Truncated BPTT (5)", "tbptt", 5, 1, 99),), "dB", 1),
    Point(0, 3, 96, 0.25, 1.5, 20.125),
    Point(1, 0, 0, 0.0, math.nan, 9.5, 0.5),
    Cost(0, 3.5, math.nan),
    Painted(0, 3, 0, frozen(picture(1)), 20.5),
    Original(0, frozen(picture(2))),
    Weighed(1, frozen(np.array([2, 4], np.int64)), frozen(np.array([0.5, 0.75]))),
    Marked(0, 3, 0.5),
    Moved(1, 2),
    Ended("done"),
    Failed("photo.png: is empty (0 bytes)"),
]


@pytest.mark.parametrize("size", [1, 7, 1000, 1_000_000])
def test_events_survive_the_wire_in_pieces_of_any_size(size: int) -> None:
    data, reader = b"".join(pack_event(event) for event in EVENTS), Reader()
    found = [event for at in range(0, len(data), size) for event in reader.feed(data[at : at + size])]
    assert [repr(event) for event in found] == [repr(event) for event in EVENTS]
    painted = found[4]
    assert isinstance(painted, Painted)
    assert np.array_equal(painted.pixels, picture(1))
    assert not painted.pixels.flags.writeable


def test_what_is_no_message_is_refused() -> None:
    for data in (b"hello\n", b'{"kind": "LaneFacts", "fields": {}, "arrays": []}\n'):
        with pytest.raises(ValueError, match=r"no such message|Expecting value"):
            list(Reader().feed(data))


def test_a_served_run_is_the_same_run(
    served: Served, toml: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.say("start", toml=toml)
    started = served.until(lambda event: isinstance(event, Started))
    assert isinstance(started, Started)
    assert [facts.text for facts in started.lanes] == ["bptt", "tbptt:1"]
    served.say("play", updates=4)
    point = served.until(lambda event: isinstance(event, Point) and event.lane == 1 and event.update == 4)
    small_crops(monkeypatch)
    here = race(settings(tmp_path / "pictures"))
    same = [e for e in here.play(updates=4) if isinstance(e, Point) and e.lane == 1 and e.update == 4]
    assert isinstance(point, Point)
    assert (point.loss, point.value, point.patches) == (same[0].loss, same[0].value, same[0].patches)
    assert served.until(lambda event: isinstance(event, Ended)) == Ended("paused")
    served.say("rewind", update=2)
    assert served.until(lambda event: isinstance(event, Moved)) == Moved(0, 2)
    served.say("fork", lane=0, update=2, text="rtrl")
    forked = served.until(lambda event: isinstance(event, Started))
    assert isinstance(forked, Started)
    assert forked.lanes[2].text == "rtrl"
    served.say("quit")
    assert served.close() == 0


def test_it_pauses_at_once_and_shows_moments_while_it_learns(served: Served, toml: str) -> None:
    served.say("start", toml=toml)
    served.say("play")
    served.until(lambda event: isinstance(event, Marked) and event.update == 4)
    served.say("look", lane=0, update=2)
    served.until(lambda event: isinstance(event, Painted) and event.update == 2)
    served.until(lambda event: isinstance(event, Marked) and event.update > 6)  # it went on
    start = time.monotonic()
    served.say("pause")
    assert served.until(lambda event: isinstance(event, Ended)) == Ended("paused")
    assert time.monotonic() - start < 5  # 0.3 s on an idle machine


def test_mistakes_are_told_in_a_line_and_the_next_run_starts(served: Served, toml: str) -> None:
    for name, arguments, reason in (
        ("play", {}, "no run was started"),
        ("start", {"toml": "title = 3"}, "settings: 'title' is not a text"),
        ("start", {"toml": toml.replace("late-answer", "sorting")}, "unknown task 'sorting'"),
        ("dance", {}, "unknown command 'dance'"),
        ("start", {"colour": "red"}, "unexpected keyword argument"),
    ):
        served.say(name, **arguments)
        failed = served.until(lambda event: isinstance(event, Failed))
        assert isinstance(failed, Failed)
        assert reason in failed.message
        assert "\n" not in failed.message
    served.say("start", toml=toml)
    served.until(lambda event: isinstance(event, Started))


@pytest.mark.parametrize("learning", [True, False])
def test_nothing_stays_behind_when_the_other_end_is_gone(served: Served, toml: str, learning: bool) -> None:
    """Closed pipes are all that a killed window leaves."""
    served.say("start", toml=toml)
    served.until(lambda event: isinstance(event, Started))
    if learning:
        served.say("play")
        served.until(lambda event: isinstance(event, Point))
    assert served.close() == 0
