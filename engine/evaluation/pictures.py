"""Pictures of other kinds than the photographs that decoders are trained on."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw

from engine.data.samples import data_folder, load_sample
from engine.io.image import load_picture
from engine.types import Picture, Pixels, frozen

WIDTH, HEIGHT = 768, 512
_FINE = 4  # drawn this much larger and reduced, for smooth edges
_INK, _PAPER = (20, 20, 24), (252, 251, 247)


def other_kinds() -> dict[str, Callable[[], Picture]]:
    """What each kind is called, and how to get its picture.

    text: scikit-image's "page", a scanned page of a book (grey). retina, deep sky: see `engine.data.samples`.
    line art: drawn here. Loading raises UserError when scikit-image's files are not where they should be.
    """
    return {
        "text": _page,
        "retina": lambda: load_sample("retina"),
        "deep sky": lambda: load_sample("hubble_deep_field"),
        "line art": lambda: Picture("line art", line_art()),
    }


def _page() -> Picture:
    return replace(load_picture(data_folder() / "page.png"), name="text", path=None, notes=())


def line_art() -> Pixels:
    """Ink on paper as uint8 (512, 768, 3): a gear, a rosette, hatching and a dimensioned plan.

    The same pixels at every call with the same Pillow.
    """
    image = Image.new("RGB", (WIDTH * _FINE, HEIGHT * _FINE), _PAPER)
    draw = ImageDraw.Draw(image)
    _gear(draw, (190, 140), teeth=24, radius=104)
    _rosette(draw, (560, 150), radius=118)
    _hatching(draw, (36, 292, 340, 480))
    _plan(draw, (400, 300, 730, 470))
    return frozen(np.asarray(image.reduce(_FINE)))


def _line(draw: ImageDraw.ImageDraw, points: list[tuple[float, float]], width: float = 1.5) -> None:
    scaled = [(x * _FINE, y * _FINE) for x, y in points]
    draw.line(scaled, _INK, round(width * _FINE), joint="curve")


def _circle(draw: ImageDraw.ImageDraw, centre: tuple[float, float], radius: float, width: float) -> None:
    x, y = centre[0] * _FINE, centre[1] * _FINE
    r = radius * _FINE
    draw.ellipse((x - r, y - r, x + r, y + r), outline=_INK, width=round(width * _FINE))


def _around(centre: tuple[float, float], radius: float, angle: float) -> tuple[float, float]:
    return centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)


def _gear(draw: ImageDraw.ImageDraw, centre: tuple[float, float], teeth: int, radius: float) -> None:
    outline = []
    for i in range(4 * teeth + 1):
        angle = 2 * math.pi * (i + 0.5) / (4 * teeth)
        outline.append(_around(centre, radius if i % 4 < 2 else 0.88 * radius, angle))
    _line(draw, outline, 2)
    for share, width in ((0.7, 1), (0.3, 2), (0.16, 2)):
        _circle(draw, centre, share * radius, width)
    for i in range(6):
        _circle(draw, _around(centre, 0.5 * radius, math.pi * i / 3), 0.12 * radius, 1.5)


def _rosette(draw: ImageDraw.ImageDraw, centre: tuple[float, float], radius: float) -> None:
    """A hypotrochoid: the curve of a spirograph."""
    turns, points = 7, 2100
    curve = []
    for i in range(points + 1):
        angle = 2 * math.pi * turns * i / points
        x, y = _around(centre, 0.62 * radius, angle)
        curve.append(_around((x, y), 0.38 * radius, -angle * 17 / turns))
    _line(draw, curve, 1)


def _hatching(draw: ImageDraw.ImageDraw, box: tuple[float, float, float, float]) -> None:
    """Tone from lines alone: their distance falls to the right, and they are crossed in the right half."""
    left, top, right, bottom = box
    x, middle = left, (left + right) / 2
    while x < right:
        share = (x - left) / (right - left)
        slant = min(24.0, right - x)
        _line(draw, [(x, bottom), (x + slant, top)], 1)
        if x > middle:
            _line(draw, [(x, top), (x + slant, bottom)], 1)
        x += 12 - 9 * share
    _line(draw, [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], 2)


def _plan(draw: ImageDraw.ImageDraw, box: tuple[float, float, float, float]) -> None:
    """Walls, a door's swing and dimension lines with ticks."""
    left, top, right, bottom = box
    third = left + (right - left) / 3
    for inset in (0, 5):
        corners = [(left + inset, top + inset), (right - inset, top + inset)]
        corners += [(right - inset, bottom - inset), (left + inset, bottom - inset), corners[0]]
        _line(draw, corners, 1.5)
    _line(draw, [(third, top), (third, bottom - 60)], 3)
    swing = [_around((third, bottom), 60, -math.pi / 2 * i / 30) for i in range(31)]
    _line(draw, [*swing, (third, bottom)], 1)
    below = bottom + 18
    _line(draw, [(left, below), (right, below)], 0.75)
    for i in range(13):
        x = left + (right - left) * i / 12
        _line(draw, [(x, below - (7 if i % 4 == 0 else 4)), (x, below + 4)], 0.75)
