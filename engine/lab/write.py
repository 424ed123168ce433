"""What a run of the lab leaves in a folder: curves, settings, pictures, and a page that replays it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from pathlib import Path

from engine.io.atomic import write_atomically
from engine.io.write_image import save_png
from engine.lab.events import Event, LaneFacts, Moved, Painted, Point, Started
from engine.types import Pixels

CURVES, SETTINGS, REPLAY = "curves.csv", "lab.toml", "replay.html"
MEASURES = {"dB": "psnr_db", "error": "error"}
"""Column of what is measured, by the run's unit."""


class Record:
    """Lanes, points and last pictures of a run, gathered from its events."""

    def __init__(self) -> None:
        self.lanes: tuple[LaneFacts, ...] = ()
        self.unit = "dB"
        self.points: dict[int, list[Point]] = {}
        self.last: dict[tuple[int, int], Painted] = {}

    def take(self, event: Event) -> None:
        """What a lane measured before it was brought back counts up to where it stands now."""
        match event:
            case Started():
                self.lanes, self.unit = event.lanes, event.unit
            case Point():
                self.points.setdefault(event.lane, []).append(event)
            case Moved():
                kept = [point for point in self.points.get(event.lane, []) if point.update <= event.update]
                self.points[event.lane] = kept
            case Painted():
                self.last[event.lane, event.picture] = event
            case _:
                pass


def write_curves(path: Path, record: Record) -> None:
    """A line a point: lane, learner, window, seed, update, patches, cpu_seconds, loss, psnr_db or error,
    cosine; empty where not measured."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    header = ["lane", "learner", "window", "seed", "update", "patches", "cpu_seconds", "loss"]
    writer.writerow([*header, MEASURES[record.unit], "cosine"])
    for facts in record.lanes:
        for point in record.points.get(facts.lane, []):
            row: list[object] = [facts.text, facts.learner, facts.window, facts.seed, point.update]
            row += [point.patches, f"{point.cpu_seconds:.4f}"]
            row += [_number(each) for each in (point.loss, point.value, point.cosine)]
            writer.writerow(row)
    write_atomically(path, lambda file: file.write(text.getvalue().encode()))


def _number(value: float) -> str:
    return repr(value) if math.isfinite(value) else ""


def picture_file(facts: LaneFacts, picture: int = 0) -> str:
    """Name of a lane's picture: "0-tbptt-5-seed1.png"."""
    text = "".join(c if c.isalnum() or c in "-." else "-" for c in facts.text)
    return f"{facts.lane}-{text}-seed{facts.seed}{f'-{picture}' if picture else ''}.png"


def write_pictures(folder: Path, record: Record, originals: Sequence[Pixels]) -> list[Path]:
    """One PNG a lane and picture, as last painted, and the originals; returns the lanes' files."""
    written = []
    for number, pixels in enumerate(originals):
        save_png(folder / f"original{f'-{number}' if number else ''}.png", pixels)
    for facts in record.lanes:
        for number in range(len(originals)):
            painted = record.last.get((facts.lane, number))
            if painted is not None:
                path = folder / picture_file(facts, number)
                save_png(path, painted.pixels)
                written.append(path)
    return written
