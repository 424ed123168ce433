"""Jobs of the lab, functions for `Lane.start`: read what a run says, write what it leaves behind. No Qt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.lab.events import Event, Painted, Point, Started
from engine.lab.settings import LabSettings
from engine.lab.wire import Reader
from engine.types import Pixels
from viewer.export.jobs import Written
from viewer.model.facts.lab import LaneCourse

if TYPE_CHECKING:
    from viewer.core.job import Token, Work
    from viewer.lab.process import LabProcess


@dataclass(frozen=True, eq=False)
class Heard:
    """Events that came together, in order."""

    events: tuple[Event, ...]


@dataclass(frozen=True)
class Gone:
    """The process has ended. how: in words."""

    how: str


def heard(process: LabProcess) -> Work:
    """Read what a process says until it ends."""

    def work(_: Token) -> Iterator[Heard | Gone]:
        reader = Reader()
        try:
            while data := process.read():
                events = tuple(reader.feed(data))
                if events:
                    yield Heard(events)
        finally:
            process.close()
        yield Gone(process.how_it_ended())

    return work


# ---- what a run leaves behind -----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Ran:
    """A run as it is to be written. original: what lanes decode, None where they decode nothing."""

    settings: LabSettings
    unit: str
    courses: tuple[LaneCourse, ...]
    original: Pixels | None

    def events(self) -> Iterator[Event]:
        """The run told once more, lane by lane."""
        yield Started(tuple(c.facts for c in self.courses), self.unit, int(self.original is not None))
        for course in self.courses:
            number = course.facts.lane
            for update, patches, seconds, loss, value, cosine in course.table.tolist():
                yield Point(number, int(update), int(patches), seconds, loss, value, cosine)
            for shot in course.shots:
                yield Painted(number, shot.update, 0, shot.pixels, shot.psnr_db)

    @property
    def originals(self) -> list[Pixels]:
        return [self.original] if self.original is not None else []


def save_settings(path: Path, settings: LabSettings) -> Work:
    """Write `lab.toml`, which `nrc lab` and the window open."""

    def work(_: Token) -> Iterator[Written]:
        from engine.io.atomic import write_atomically
        from engine.lab.settings import as_toml

        write_atomically(path, lambda file: file.write(as_toml(settings).encode()))
        yield Written(path)

    return work


def save_curves(path: Path, ran: Ran) -> Work:
    """Write every point of every lane as CSV."""

    def work(_: Token) -> Iterator[Written]:
        from engine.lab.write import Record, write_curves

        record = Record()
        for event in ran.events():
            record.take(event)
        write_curves(path, record)
        yield Written(path, f"{sum(len(course.table) for course in ran.courses):,} points")

    return work


def save_replay(path: Path, ran: Ran) -> Work:
    """Write the page that replays the run."""

    def work(token: Token) -> Iterator[Written]:
        from engine.lab.replay import Replay, write_replay

        replay = Replay()
        for event in ran.events():
            if token.cancelled():
                return
            replay.take(event)
        write_replay(path, ran.settings, replay, ran.originals)
        yield Written(path, f"{path.stat().st_size / 1e6:.1f} MB")

    return work


def save_training(path: Path, ran: Ran) -> Work:
    """Write the pictures over training as GIF or MP4."""

    def work(token: Token) -> Iterator[Written]:
        from engine.animation.write import write_animation
        from viewer.lab.frames import TrainingFrames

        frames = TrainingFrames(ran.settings, ran.courses, ran.original)
        write_animation(path, frames, token.cancelled, token.progress)
        yield Written(path, f"{len(frames)} frames, {path.stat().st_size / 1e6:.1f} MB")

    return work


def save_run(folder: Path, ran: Ran) -> Work:
    """Write all that `nrc lab` writes of a run into a folder."""

    def work(token: Token) -> Iterator[Written]:
        from engine.io.folders import make_folder
        from engine.lab.replay import Replay, write_replay
        from engine.lab.write import CURVES, REPLAY, SETTINGS, write_curves, write_pictures

        make_folder(folder)
        replay = Replay()
        for event in ran.events():
            if token.cancelled():
                return
            replay.take(event)
        write_curves(folder / CURVES, replay.record)
        list(save_settings(folder / SETTINGS, ran.settings)(token))
        write_pictures(folder, replay.record, ran.originals)
        write_replay(folder / REPLAY, ran.settings, replay, ran.originals)
        yield Written(folder, "curves, settings, pictures and replay")

    return work


def save_text(path: Path, text: str) -> Work:
    """Write a text."""

    def work(_: Token) -> Iterator[Written]:
        from engine.io.atomic import write_atomically

        write_atomically(path, lambda file: file.write(text.encode("utf-8", "backslashreplace")))
        yield Written(path)

    return work
