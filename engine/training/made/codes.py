"""Codes for machines: bars, squares, and boards that look like them."""

from __future__ import annotations

import numpy as np

from engine.training.made.tools import Rng, blurred, canvas, font, pair, tinted
from engine.types import Pixels


def _ink(rng: Rng) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    return ((255, 255, 255), (0, 0, 0)) if rng.random() < 0.7 else pair(rng)


def bars(rng: Rng, side: int) -> Pixels:
    """Bar codes: bars one to four modules wide, with digits below."""
    module = int(rng.integers(1, 5))
    paper, ink = _ink(rng)
    image, draw = canvas(side, paper)
    y = int(rng.integers(0, 20))
    while y < side:
        height, x = int(rng.integers(20, 110)), int(rng.integers(-40, 30))
        start, end = x, x + int(rng.integers(80, side + 60))
        while x < end:
            width = int(rng.integers(1, 5)) * module
            draw.rectangle((x, y, x + width - 1, y + height), fill=ink)
            x += width + int(rng.integers(1, 5)) * module
        digits = "".join(str(d) for d in rng.integers(0, 10, 13))
        draw.text((start, y + height + 2), digits, ink, font=font(rng, int(rng.integers(8, 16))))
        y += height + int(rng.integers(18, 40))
    pixels = np.asarray(image)
    pixels = np.ascontiguousarray(pixels.transpose(1, 0, 2)) if rng.random() < 0.3 else pixels
    return blurred(pixels, rng.uniform(0.3, 1)) if rng.random() < 0.25 else pixels


def squares(rng: Rng, side: int) -> Pixels:
    """Codes of squares with three finders, modules one to nine pixels wide."""
    module = int(rng.integers(1, 10))
    count = min(side // module, int(rng.choice([21, 25, 33, 57])))
    code = rng.random((count, count)) < 0.5
    finder = np.ones((7, 7), bool)
    finder[1:6, 1:6] = False
    finder[2:5, 2:5] = True
    if count >= 21:
        for y, x in ((0, 0), (0, count - 7), (count - 7, 0)):
            code[max(0, y - 1) : y + 8, max(0, x - 1) : x + 8] = False
            code[y : y + 7, x : x + 7] = finder
    large = np.kron(code, np.ones((module, module)))
    gap = int(rng.integers(1, 5)) * module
    unit = np.pad(large, ((0, gap), (0, gap)))
    repeats = side // len(unit) + 2
    y, x = (int(v) for v in rng.integers(0, len(unit), 2))
    mask = np.tile(unit, (repeats, repeats))[y : y + side, x : x + side]
    pixels = tinted(mask, *_ink(rng))
    return blurred(pixels, rng.uniform(0.3, 1)) if rng.random() < 0.25 else pixels


def board(rng: Rng, side: int) -> Pixels:
    """A checkerboard, fields one to 40 pixels wide."""
    width = int(np.exp(rng.uniform(0, np.log(40))))
    height = width if rng.random() < 0.7 else int(np.exp(rng.uniform(0, np.log(40))))
    y, x = np.mgrid[:side, :side] + int(rng.integers(40))
    mask = (y // height + x // width) % 2
    if rng.random() < 0.3:  # only in part, the rest even
        low, high = sorted(int(v) for v in rng.integers(0, side, 2))
        mask[:, low:high] = 0
    return tinted(mask, *_ink(rng))


def random_modules(rng: Rng, side: int) -> Pixels:
    """Squares in two tones or many colours, at random."""
    module = int(rng.integers(1, 12))
    small = side // module + 1
    if rng.random() < 0.5:
        mask = np.kron(rng.random((small, small)) < rng.uniform(0.1, 0.9), np.ones((module, module)))
        return tinted(mask[:side, :side], *_ink(rng))
    tiles = rng.integers(0, 256, (small, small, 3)).astype(np.uint8)
    return np.repeat(np.repeat(tiles, module, 0), module, 1)[:side, :side]


KINDS = (bars, squares, board, random_modules)
