"""What screens show: windows, code, terminals, pages."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from engine.training.made.tools import (
    Rng,
    canvas,
    colour,
    dark,
    finish,
    font,
    light,
    noisy,
    pair,
    tinted,
    tones,
    word,
    words,
)
from engine.types import Pixels


def windows(rng: Rng, side: int) -> Pixels:
    """Windows over each other with titles, buttons and fields."""
    image, draw = canvas(side, colour(rng))
    for _ in range(int(rng.integers(1, 5))):
        x, y = (int(v) for v in rng.integers(-40, side - 40, 2))
        w, h = (int(v) for v in rng.integers(80, side, 2))
        paper, ink = pair(rng)
        face = font(rng, int(rng.integers(9, 14)))
        radius = int(rng.choice([0, 4, 10]))
        draw.rounded_rectangle((x, y, x + w, y + h), radius, fill=paper, outline=ink)
        draw.rectangle((x + 1, y + 1, x + w - 1, y + 18), fill=colour(rng))
        draw.text((x + 6, y + 3), words(rng, 2), light(rng), font=face)
        for row in range(y + 26, y + h - 20, int(rng.integers(18, 34))):
            column = x + 8
            while column < x + w - 50:
                width = int(rng.integers(20, 80))
                kind = rng.random()
                if kind < 0.4:
                    draw.text((column, row), word(rng), ink, font=face)
                elif kind < 0.7:
                    shade = light(rng) if rng.random() < 0.6 else colour(rng)
                    draw.rounded_rectangle(
                        (column, row, column + width, row + 16), radius // 2, fill=shade, outline=ink
                    )
                    draw.text((column + 4, row + 2), word(rng), dark(rng), font=face)
                elif kind < 0.85:
                    draw.rectangle((column, row + 2, column + 11, row + 13), outline=ink)
                else:
                    draw.ellipse((column, row, column + 14, row + 14), fill=colour(rng))
                column += width + 8
    return finish(image, side)


def code(rng: Rng, side: int) -> Pixels:
    """An editor: lines indented, words in several colours, numbers at the margin."""
    paper, ink = (dark(rng), light(rng)) if rng.random() < 0.6 else (light(rng), dark(rng))
    tints = [colour(rng) for _ in range(4)] + [ink] * 4
    image, draw = canvas(side, paper)
    size = int(rng.integers(9, 17))
    face, y, number, indent = font(rng, size), int(rng.integers(-8, 4)), int(rng.integers(900)), 0
    while y < side:
        draw.text((2, y), str(number), (128, 128, 128), font=face)
        x = 30.0 + indent * size
        for _ in range(int(rng.integers(0, 8))):
            token = word(rng) + str(rng.choice(["(", ")", " =", ".", "[0]", "", "", ":", "{"]))
            draw.text((x, y), token, tints[int(rng.integers(8))], font=face)
            x += draw.textlength(token + " ", font=face)
        indent = max(0, min(5, indent + int(rng.integers(-1, 2))))
        y, number = y + int(size * 1.3), number + 1
    return finish(image, side)


def web_page(rng: Rng, side: int) -> Pixels:
    """A banner, blocks of text, frames with something soft in them."""
    image, draw = canvas(side, light(rng))
    draw.rectangle((0, 0, side, int(rng.integers(10, 50))), fill=colour(rng))
    draw.text((8, 8), words(rng, 3), light(rng), font=font(rng, int(rng.integers(12, 28))))
    y = 56
    while y < side:
        if rng.random() < 0.35:
            size = int(rng.integers(40, 90))
            soft = noisy(tinted(tones(rng, size), colour(rng), colour(rng)), rng, rng.uniform(0, 6))
            image.paste(Image.fromarray(soft), (int(rng.integers(0, side - size)), y))
            y += size + 6
        else:
            size = int(rng.integers(8, 16))
            ink = dark(rng) if rng.random() < 0.8 else colour(rng)
            for _ in range(int(rng.integers(1, 5))):
                draw.text((8, y), words(rng, 9), ink, font=font(rng, size))
                y += int(1.35 * size)
            y += 6
    return finish(image, side)


def subpixel_text(rng: Rng, side: int) -> Pixels:
    """Text as LCD screens smooth it: each component a third of a pixel aside."""
    mask = Image.new("L", (3 * side, side))
    draw = ImageDraw.Draw(mask)
    size, y = int(rng.integers(9, 20)), 0
    while y < side:
        line = Image.new("L", (side, 2 * size))
        times = 3
        tall = Image.new("L", (side * times, 2 * size))
        glyphs = Image.new("L", (side * times, 2 * size * times))
        ImageDraw.Draw(glyphs).text((6, 2), words(rng, 8), 255, font=font(rng, size * times))
        tall = glyphs.resize((side * times, 2 * size), Image.Resampling.BOX)
        mask.paste(tall, (0, y))
        y += int(1.4 * size) + 0 * line.width
    del draw
    wide = np.asarray(mask, float).reshape(side, side, 3) / 255
    soft = (
        np.roll(wide.reshape(side, -1), 1, 1)
        + wide.reshape(side, -1)
        + np.roll(wide.reshape(side, -1), -1, 1)
    ) / 3
    share = soft.reshape(side, side, 3)
    paper, ink = pair(rng)
    mixed = np.asarray(paper) * (1 - share) + np.asarray(ink) * share
    return np.asarray(np.round(mixed), np.uint8)


def icons(rng: Rng, side: int) -> Pixels:
    """Small symbols in rows, with names."""
    image, draw = canvas(side * 2, light(rng) if rng.random() < 0.5 else colour(rng))
    step = int(rng.integers(50, 130))
    face = font(rng, int(rng.integers(14, 24)))
    for y in range(6, 2 * side, step):
        for x in range(6, 2 * side, step):
            size = step * 0.6
            tint = colour(rng)
            shape = int(rng.integers(4))
            if shape == 0:
                draw.ellipse((x, y, x + size, y + size), fill=tint, outline=dark(rng), width=2)
            elif shape == 1:
                draw.rounded_rectangle((x, y, x + size, y + size), 12, fill=tint)
            elif shape == 2:
                draw.polygon([(x, y + size), (x + size / 2, y), (x + size, y + size)], fill=tint)
            else:
                draw.regular_polygon(
                    (x + size / 2, y + size / 2, size / 2), int(rng.integers(5, 9)), fill=tint
                )
            draw.text((x, y + size), word(rng)[:8], dark(rng), font=face)
    return finish(image, side)


KINDS = (windows, code, web_page, subpixel_text, icons)
