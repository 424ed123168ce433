"""A run of the lab as one HTML file: a scrubber through the training, curves and pictures.

Nothing is loaded from anywhere: pictures are `data:` addresses, numbers lie in the page as JSON, and a
content security policy holds it to that.
"""

from __future__ import annotations

import base64
import io
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from PIL import Image

from engine.io.atomic import write_atomically
from engine.lab.events import Event, Moved, Painted, Point, Started
from engine.lab.settings import LabSettings
from engine.lab.write import Record
from engine.types import Pixels

MOST_BYTES = 2_800_000
"""Of all pictures together; base64 and the rest bring the page to less than 5 MB."""
LONGEST_SIDE = 384
_QUALITY = 72
_MOST_POINTS = 400


@dataclass(frozen=True, eq=False)
class _Shot:
    """A picture at a moment of a lane."""

    update: int
    psnr_db: float
    data: bytes


class Replay:
    """Gathers the course of a run; of the pictures as many as fit, evenly over the training."""

    def __init__(self) -> None:
        self.record = Record()
        self.shots: dict[int, list[_Shot]] = {}

    def take(self, event: Event) -> None:
        self.record.take(event)
        match event:
            case Painted() if event.picture == 0:
                shots = self.shots.setdefault(event.lane, [])
                if not shots or shots[-1].update < event.update:
                    shots.append(_Shot(event.update, event.psnr_db, _small(event.pixels)))
                    self._thin()
            case Moved():
                kept = [shot for shot in self.shots.get(event.lane, []) if shot.update <= event.update]
                self.shots[event.lane] = kept
            case Started() | Point() | _:
                pass

    def _thin(self) -> None:
        """Drop every second picture, but for the last, while there are too many."""
        while sum(len(shot.data) for shots in self.shots.values() for shot in shots) > MOST_BYTES:
            before = {lane: len(shots) for lane, shots in self.shots.items()}
            for lane, shots in self.shots.items():
                self.shots[lane] = shots[:-1:2] + shots[-1:]
            if before == {lane: len(shots) for lane, shots in self.shots.items()}:
                return


def _small(pixels: Pixels) -> bytes:
    image = Image.fromarray(pixels)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BOX)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_QUALITY, subsampling=0)
    return file.getvalue()


def _address(data: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(data).decode()


def write_replay(path: Path, settings: LabSettings, replay: Replay, originals: Sequence[Pixels]) -> None:
    """Write the page to `path`, whole or not at all. Raises UserError when it can't be written."""
    page = replay_page(settings, replay, originals)
    write_atomically(path, lambda file: file.write(page))


def replay_page(settings: LabSettings, replay: Replay, originals: Sequence[Pixels]) -> bytes:
    """The page, UTF-8. originals: the first is what lanes paint."""
    source = files("assets").joinpath("report")
    style = source.joinpath("report.css").read_text("utf-8") + source.joinpath("replay.css").read_text(
        "utf-8"
    )
    script = source.joinpath("replay.js").read_text("utf-8")
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
    data = json.dumps(_data(settings, replay, originals), allow_nan=False).replace("</", "<\\/")
    title = escape(settings.title)
    paragraphs = "".join(
        f"<p>{escape(' '.join(part.split()))}</p>" for part in settings.commentary.split("\n\n")
    )
    rows = "".join(_lane_row(replay.record, number) for number in range(len(replay.record.lanes)))
    measure = "PSNR, dB" if replay.record.unit == "dB" else "error"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f'<header><div><h1>{title}</h1><p class="lead">{escape(settings.see)}</p></div>'
        '<button id="theme" type="button">Light or dark</button></header>\n'
        '<div class="tools transport"><button id="play" type="button">Play</button>'
        '<input id="time" type="range" min="0" max="1000" value="1000" aria-label="Moment of the training">'
        '<output id="now"></output><label>over <select id="over"><option value="2">CPU seconds</option>'
        '<option value="0">updates</option><option value="1">patches</option></select></label></div>\n'
        '<div id="lanes" class="pictures"></div>\n<div id="curves"></div>\n'
        f"{paragraphs}\n<h2>How it ended</h2>\n<table><thead><tr><th>lane</th><th>seed</th><th>updates</th>"
        f"<th>CPU s</th><th>{measure}</th></tr></thead><tbody>{rows}</tbody></table>\n"
        f'<script type="application/json" id="data">{data}</script>\n<script>\n{script}</script>\n'
        "</body>\n</html>\n"
    ).encode()


def _lane_row(record: Record, number: int) -> str:
    facts, points = record.lanes[number], record.points.get(number, [])
    last = points[-1] if points else Point(number, 0, 0, 0.0, math.nan, math.nan)
    value = f"{last.value:.2f}" if record.unit == "dB" else f"{last.value:.3g}"
    cells = (facts.title, str(facts.seed), f"{last.update:,}", f"{last.cpu_seconds:.2f}", value)
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _data(settings: LabSettings, replay: Replay, originals: Sequence[Pixels]) -> dict[str, Any]:
    """points: [update, patches, CPU seconds, value] each; pictures: [update, PSNR, address] each."""
    record = replay.record
    seeds = len({facts.seed for facts in record.lanes}) > 1
    lanes = []
    for facts in record.lanes:
        points = record.points.get(facts.lane, [])
        points = points[: -1 : max(1, len(points) // _MOST_POINTS)] + points[-1:]
        lanes.append(
            {
                "title": facts.title + (f", seed {facts.seed}" if seeds else ""),
                "points": [
                    [p.update, p.patches, round(p.cpu_seconds, 3), float(f"{p.value:.5g}")]
                    for p in points
                    if math.isfinite(p.value)
                ],
                "pictures": [
                    [shot.update, round(shot.psnr_db, 2), _address(shot.data)]
                    for shot in replay.shots.get(facts.lane, [])
                ],
            }
        )
    return {
        "unit": record.unit,
        "target": settings.target,
        "original": _address(_small(originals[0])) if originals else "",
        "lanes": lanes,
    }
