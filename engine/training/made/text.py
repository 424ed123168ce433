"""Text in many faces, sizes and colours, on screens and on paper."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from engine.training.made.tools import (
    Colour,
    Rng,
    blurred,
    canvas,
    colour,
    dark,
    finish,
    font,
    light,
    noisy,
    pair,
    plain,
    smooth,
    tinted,
    tones,
    word,
    words,
)  # fmt: skip
from engine.types import Pixels


def _lines(draw: ImageDraw.ImageDraw, rng: Rng, side: int, size: int, ink: Colour, leading: float) -> None:
    face = font(rng, size)
    y, margin = float(rng.integers(-size, size + 1)), float(rng.integers(-20, 24))
    while y < side:
        line = words(rng, int(rng.integers(2, 4 + side // (2 * size))))
        if rng.random() > 0.08:
            draw.text((margin + (rng.integers(30) if rng.random() < 0.1 else 0), y), line, ink, font=face)
        y += size * leading


def page(rng: Rng, side: int) -> Pixels:
    """Black on white, as a document shows."""
    image, draw = canvas(side, (255, 255, 255) if rng.random() < 0.7 else light(rng))
    plain(draw, rng, 0.2)
    _lines(draw, rng, side, int(rng.integers(8, 22)), dark(rng), rng.uniform(1.1, 1.7))
    return finish(image, side)


def coloured_text(rng: Rng, side: int) -> Pixels:
    """Every line in a colour of its own, on any ground."""
    paper, ink = pair(rng)
    image, draw = canvas(side, paper)
    plain(draw, rng)
    many, y = rng.random() < 0.5, int(rng.integers(-10, 5))
    while y < side:
        size = int(rng.integers(9, 40))
        draw.text(
            (int(rng.integers(-20, 20)), y), words(rng, 8), colour(rng) if many else ink, font=font(rng, size)
        )
        y += int(size * rng.uniform(1.05, 1.5))
    return finish(image, side)


def headline(rng: Rng, side: int) -> Pixels:
    """Letters so large that few fit."""
    paper, ink = pair(rng)
    times = 2 if rng.random() < 0.5 else 1
    image, draw = canvas(side, paper, times)
    y = -int(rng.integers(40)) * times
    while y < side * times:
        size = int(rng.integers(40, 150)) * times
        draw.text((int(rng.integers(-60, 10)) * times, y), words(rng, 3), ink, font=font(rng, size))
        y += size
    return finish(image, side)


def scanned_text(rng: Rng, side: int) -> Pixels:
    """A page as a scanner sees it: a little turned, soft, on paper with a tint and grain."""
    image, draw = canvas(side + 60, light(rng), 2)
    _lines(draw, rng, 2 * (side + 60), int(rng.integers(18, 44)), dark(rng), rng.uniform(1.1, 1.6))
    image = image.rotate(rng.uniform(-3, 3), Image.Resampling.BICUBIC, fillcolor=(250, 250, 250))
    small = image.resize((side + 60, side + 60), Image.Resampling.BOX)
    pixels = blurred(np.asarray(small)[30 : 30 + side, 30 : 30 + side], rng.uniform(0.2, 0.9))
    return noisy(pixels, rng, rng.uniform(0, 5))


def turned_text(rng: Rng, side: int) -> Pixels:
    """Words at any angle, over each other."""
    paper, ink = pair(rng)
    image, _ = canvas(side, paper)
    for _ in range(int(rng.integers(4, 16))):
        size = int(rng.integers(10, 48))
        layer = Image.new("L", (side, 2 * size))
        ImageDraw.Draw(layer).text((4, size // 4), words(rng, 4), 255, font=font(rng, size))
        layer = layer.rotate(rng.uniform(0, 360), Image.Resampling.BICUBIC, expand=True)
        place = tuple(int(v) for v in rng.integers(-side // 2, side, 2))
        image.paste(ink if rng.random() < 0.5 else colour(rng), place, layer)  # type: ignore[arg-type]
    return finish(image, side)


def text_on_tones(rng: Rng, side: int) -> Pixels:
    """A caption on something soft."""
    ground = tinted(tones(rng, side), colour(rng), colour(rng))
    if rng.random() < 0.5:
        ground = noisy(ground, rng, rng.uniform(0, 8))
    image = Image.fromarray(ground)
    draw = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(2, 8))):
        place = float(rng.integers(-20, side // 2)), float(rng.integers(0, side))
        draw.text(place, words(rng, 4), colour(rng), font=font(rng, int(rng.integers(10, 50))),
                  stroke_width=int(rng.integers(0, 3)), stroke_fill=colour(rng))  # fmt: skip
    return finish(image, side)


def table(rng: Rng, side: int) -> Pixels:
    """Ruled cells with short entries."""
    paper, ink = light(rng), dark(rng)
    image, draw = canvas(side, paper)
    plain(draw, rng)
    size = int(rng.integers(8, 16))
    face, row, column = font(rng, size), int(size * rng.uniform(1.3, 2.2)), int(rng.integers(30, 90))
    shade, line = light(rng), colour(rng)
    for j, y in enumerate(range(-int(rng.integers(row)), side, row)):
        if j % 2 and rng.random() < 0.9:
            draw.rectangle((0, y, side, y + row), fill=shade)
        draw.line((0, y, side, y), line)
        for x in range(-int(rng.integers(3)), side, column):
            draw.text((x + 3, y + 1), word(rng)[: column // size + 2], ink, font=face)
    for x in range(0, side, column):
        draw.line((x, 0, x, side), line)
    return finish(image, side)


def worn_print(rng: Rng, side: int) -> Pixels:
    """Ink that spread or failed, in two tones."""
    image, draw = canvas(side, (0, 0, 0))
    _lines(draw, rng, side, int(rng.integers(10, 36)), (255, 255, 255), 1.3)
    ink = ndimage.gaussian_filter(np.asarray(image)[..., 0] / 255, rng.uniform(0.4, 1.2))
    ink = ink + rng.uniform(0, 0.3) * (smooth(rng, side, 3) - 0.5)
    mask = ink > rng.uniform(0.25, 0.6) if rng.random() < 0.7 else np.clip(ink, 0, 1)
    paper, black = pair(rng)
    return tinted(mask, paper, black)


KINDS = (page, coloured_text, headline, scanned_text, turned_text, text_on_tones, table, worn_print)
