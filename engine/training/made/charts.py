"""Charts as programs draw them."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from engine.training.made.tools import Rng, canvas, colour, dark, finish, font, light, plain, smooth, word
from engine.types import Pixels

_SOFT = 2


def _frame(rng: Rng, side: int, image: Image.Image) -> Pixels:
    """Axes, ticks, labels and a legend over a chart drawn at a multiple of the size."""
    small = image.resize((side, side), Image.Resampling.BOX)
    draw = ImageDraw.Draw(small)
    plain(draw, rng)
    ink, face = dark(rng), font(rng, int(rng.integers(7, 13)))
    left, bottom = int(rng.integers(14, 40)), side - int(rng.integers(14, 34))
    draw.line((left, 0, left, bottom), ink)
    draw.line((left, bottom, side, bottom), ink)
    for k, x in enumerate(range(left, side, int(rng.integers(20, 50)))):
        draw.line((x, bottom, x, bottom + 3), ink)
        draw.text((x - 5, bottom + 4), str(k * 10), ink, font=face)
    for k, y in enumerate(range(bottom, 0, -int(rng.integers(16, 40)))):
        draw.line((left - 3, y, left, y), ink)
        draw.text((1, y - 6), f"{k / 5:.1f}", ink, font=face)
    if rng.random() < 0.6:
        x, y = int(rng.integers(left, side - 40)), int(rng.integers(0, side // 2))
        draw.rectangle((x, y, x + 70, y + 40), fill=light(rng), outline=ink)
        for row in range(3):
            draw.line((x + 3, y + 8 + 12 * row, x + 18, y + 8 + 12 * row), colour(rng), 2)
            draw.text((x + 22, y + 2 + 12 * row), word(rng), ink, font=face)
    return finish(small, side)


def curves(rng: Rng, side: int) -> Pixels:
    """A few noisy curves over a grid."""
    image, draw = canvas(side, light(rng), _SOFT)
    large = side * _SOFT
    if rng.random() < 0.6:
        for v in range(0, large, int(rng.integers(20, 60)) * _SOFT):
            draw.line((v, 0, v, large), (215, 215, 215), _SOFT // 2)
            draw.line((0, v, large, v), (215, 215, 215), _SOFT // 2)
    for _ in range(int(rng.integers(1, 7))):
        x = np.linspace(0, large, int(rng.integers(8, 200)))
        y = large * (rng.random() + np.cumsum(rng.normal(0, 0.4, len(x))) / len(x) ** 0.5 / 3)
        draw.line(
            list(zip(x.tolist(), y.tolist(), strict=True)), colour(rng), int(rng.integers(1, 4)) * _SOFT
        )
    return _frame(rng, side, image)


def columns(rng: Rng, side: int) -> Pixels:
    """Bars beside or upon each other."""
    image, draw = canvas(side, light(rng), _SOFT)
    large, width = side * _SOFT, int(rng.integers(3, 30)) * _SOFT
    tints = [colour(rng) for _ in range(int(rng.integers(1, 5)))]
    for k, x in enumerate(range(20, large, int(width * rng.uniform(1.0, 1.8)))):
        top = float(large)
        for tint in tints if rng.random() < 0.3 else [tints[k % len(tints)]]:
            height = rng.uniform(0.05, 0.8) * large / len(tints)
            draw.rectangle((x, top - height - 30, x + width, top - 30), fill=tint)
            top -= height
    return _frame(rng, side, image)


def points(rng: Rng, side: int) -> Pixels:
    """Scattered marks."""
    image, draw = canvas(side, light(rng), _SOFT)
    radius = int(rng.integers(1, 6)) * _SOFT
    for _ in range(int(rng.integers(1, 5))):
        tint, middle = colour(rng), rng.uniform(0, side * _SOFT, 2)
        for x, y in rng.normal(middle, side * 0.4, (int(rng.integers(10, 200)), 2)):
            if rng.random() < 0.9:
                draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=tint)
    return _frame(rng, side, image)


def slices(rng: Rng, side: int) -> Pixels:
    """A pie or a ring, labelled."""
    image, draw = canvas(side, light(rng), _SOFT)
    large = side * _SOFT
    low, high, angle = 0.1 * large, 0.9 * large, 0.0
    while angle < 360:
        step = rng.uniform(5, 110)
        draw.pieslice(
            (low, low, high, high), angle, min(360, angle + step), fill=colour(rng), outline=(255,) * 3
        )
        angle += step
    if rng.random() < 0.4:
        draw.ellipse((0.35 * large, 0.35 * large, 0.65 * large, 0.65 * large), fill=light(rng))
    small = image.resize((side, side), Image.Resampling.BOX)
    pen = ImageDraw.Draw(small)
    for _ in range(6):
        place = tuple(float(v) for v in rng.integers(0, side - 20, 2))
        pen.text(place, word(rng), dark(rng), font=font(rng, int(rng.integers(8, 14))))  # type: ignore[arg-type]
    return finish(small, side)


def surface(rng: Rng, side: int) -> Pixels:
    """A field between two or three colours, in steps or smooth."""
    field = smooth(rng, side, rng.uniform(15, 100))
    if rng.random() < 0.5:
        steps = int(rng.integers(4, 16))
        field = np.floor(field * steps) / steps
    stops = np.asarray([colour(rng) for _ in range(int(rng.integers(2, 5)))], float)
    where = np.linspace(0, 1, len(stops))
    planes = [np.interp(field, where, stops[:, k]) for k in range(3)]
    return np.asarray(np.round(np.stack(planes, 2)), np.uint8)


KINDS = (curves, columns, points, slices, surface)
