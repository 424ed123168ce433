"""Frames of the pictures over training, for GIF and MP4. No Qt, pure."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw

from engine.animation.frames import CAPTION_INK, CAPTION_PAPER, Frame
from engine.lab.settings import LabSettings
from engine.plotting.font import font
from engine.types import Pixels, frozen
from viewer.core import words
from viewer.lab.resolve.lanes import lane_items
from viewer.lab.resolve.moment import COLUMNS, moment_words, newest, update_at
from viewer.lab.resolve.panes import shown_lanes
from viewer.model.facts.lab import LaneCourse, Shot
from viewer.model.scene.palette import rgb

MOST_FRAMES = 120
_WIDEST, _GAP, _LINE = 1600, 8, 20
"""Pixels: of the whole frame, between pictures, of a lane's name below its picture."""
_SECONDS, _LAST = 0.12, 2.0
"""How long a frame is shown, and the last one."""


class TrainingFrames:
    """Original and lanes side by side at moments of the training (an `engine.animation.frames.Frames`).

    A frame for each moment at which a lane was painted, evenly fewer where there are very many.
    """

    def __init__(
        self, settings: LabSettings, courses: tuple[LaneCourse, ...], original: Pixels | None
    ) -> None:
        self._settings, self._original = settings, original
        self._courses = tuple(course for course in shown_lanes(courses) if course.shots)
        items = {item.number: item for item in lane_items(courses)}
        self._items = [items[course.facts.lane] for course in self._courses]
        self._moments = _moments(self._courses, settings.fair)

    def __len__(self) -> int:
        return len(self._moments)

    def __getitem__(self, index: int) -> Frame:
        at = self._moments[index]
        shots = [course.shot_at(update_at(course, self._settings.fair, at)) for course in self._courses]
        cells: list[tuple[Pixels, str, tuple[int, int, int]]] = []
        if self._original is not None:
            cells.append((self._original, "Original", CAPTION_INK))
        for item, shot in zip(self._items, shots, strict=True):
            if isinstance(shot, Shot):
                cells.append((shot.pixels, f"{item.label}  {words.db(shot.psnr_db)}", rgb(item.colour)))
        seconds = _LAST if index == len(self) - 1 else _SECONDS
        return Frame(mosaic(cells), self._settings.title, moment_words(self._settings, at), seconds)


def _moments(courses: tuple[LaneCourse, ...], fair: str) -> list[float]:
    """When pictures were painted, in the unit of `fair`."""
    found = {newest(courses, fair)} if courses else set()
    for course in courses:
        for shot in course.shots:
            row = course.point_at(shot.update)
            if row >= 0:
                found.add(float(course.table[row, COLUMNS[fair]]))
    every = sorted(found)
    if len(every) <= MOST_FRAMES:
        return every
    return [every[at] for at in np.unique(np.linspace(0, len(every) - 1, MOST_FRAMES).round().astype(int))]


def mosaic(cells: list[tuple[Pixels, str, tuple[int, int, int]]], columns: int = 0) -> Pixels:
    """Pictures of one size in rows, each over its name beside a spot of colour. columns: 0 for as many as
    make it about square."""
    height, width = cells[0][0].shape[:2]
    if not columns:
        columns = math.ceil(math.sqrt(len(cells) * height / width)) if len(cells) > 3 else len(cells)
    columns = max(1, min(len(cells), columns))
    share = min(1.0, (_WIDEST - _GAP * (columns - 1)) / (columns * width))
    size = max(1, round(width * share)), max(1, round(height * share))
    rows = math.ceil(len(cells) / columns)
    whole = Image.new(
        "RGB",
        (columns * (size[0] + _GAP) - _GAP, rows * (size[1] + _LINE + _GAP) - _GAP),
        CAPTION_PAPER,
    )
    draw = ImageDraw.Draw(whole)
    for at, (pixels, name, colour) in enumerate(cells):
        x, y = at % columns * (size[0] + _GAP), at // columns * (size[1] + _LINE + _GAP)
        picture = Image.fromarray(pixels)
        whole.paste(picture if picture.size == size else picture.resize(size, Image.Resampling.BOX), (x, y))
        draw.rectangle((x, y + size[1] + 4, x + 4, y + size[1] + _LINE - 4), colour)
        draw.text((x + 10, y + size[1] + _LINE // 2), name, CAPTION_INK, font(13), anchor="lm")
    return frozen(np.asarray(whole))
