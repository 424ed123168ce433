"""Patterns that repeat."""

from __future__ import annotations

import numpy as np

from engine.training.made.tools import Rng, blurred, colour, pair, tinted
from engine.types import Pixels


def stripes(rng: Rng, side: int) -> Pixels:
    """Stripes of any width, upright or level, two tones or several colours."""
    widths = [int(v) for v in rng.integers(1, int(rng.choice([3, 8, 30])) + 1, int(rng.integers(2, 6)))]
    tones = pair(rng) if len(widths) == 2 else tuple(colour(rng) for _ in widths)
    row = np.concatenate(
        [np.tile(np.asarray(c, np.uint8), (w, 1)) for c, w in zip(tones, widths, strict=True)]
    )
    row = np.tile(row, (side // len(row) + 2, 1))[int(rng.integers(len(row))) :][:side]
    pixels = np.repeat(row[None], side, 0)
    return np.ascontiguousarray(pixels.transpose(1, 0, 2)) if rng.random() < 0.5 else pixels


def waves(rng: Rng, side: int) -> Pixels:
    """Sinusoids at any angle, one to three of them, softly or in two tones."""
    y, x = np.mgrid[:side, :side]
    field = np.zeros((side, side))
    for _ in range(int(rng.integers(1, 4))):
        angle, length = rng.uniform(0, np.pi), np.exp(rng.uniform(np.log(2.2), np.log(60)))
        field += np.cos(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / length + rng.uniform(0, 6))
    field = 0.5 + 0.5 * field / np.abs(field).max()
    return tinted(field > rng.uniform(0.3, 0.7) if rng.random() < 0.4 else field, *pair(rng))


def rings(rng: Rng, side: int) -> Pixels:
    """Circles or rays about a centre."""
    y, x = np.mgrid[:side, :side]
    cy, cx = rng.uniform(-0.3, 1.3, 2) * side
    radius, angle = np.hypot(y - cy, x - cx), np.arctan2(y - cy, x - cx)
    phase = radius / rng.uniform(1.5, 14) if rng.random() < 0.5 else angle * int(rng.integers(4, 60))
    field = 0.5 + 0.5 * np.cos(phase)
    soft = rng.choice([0.02, 0.3, 1.0])
    return tinted(np.clip((field - 0.5) / soft + 0.5, 0, 1), *pair(rng))


def tiles(rng: Rng, side: int) -> Pixels:
    """A small random tile, repeated, perhaps mirrored, perhaps enlarged."""
    size = int(rng.integers(2, 24))
    if rng.random() < 0.5:
        tile = rng.integers(0, 256, (size, size, 3)).astype(np.uint8)
    else:
        palette = np.asarray([colour(rng) for _ in range(int(rng.integers(2, 5)))], np.uint8)
        tile = palette[rng.integers(0, len(palette), (size, size))]
    if rng.random() < 0.5:
        tile = np.concatenate([tile, tile[:, ::-1]], 1)
        tile = np.concatenate([tile, tile[::-1]], 0)
    times = int(rng.choice([1, 1, 2, 4]))
    tile = np.repeat(np.repeat(tile, times, 0), times, 1)
    count = side // len(tile) + 2
    shift = int(rng.integers(len(tile)))
    pixels = np.tile(tile, (count, count, 1))[shift : shift + side, :side]
    return blurred(pixels, rng.uniform(0.4, 1.5)) if rng.random() < 0.3 else pixels


def grid(rng: Rng, side: int) -> Pixels:
    """Thin lines at equal distances, or dots where they would cross."""
    y, x = np.mgrid[:side, :side] + int(rng.integers(32))
    pitch, width = int(rng.integers(3, 40)), int(rng.integers(1, 3))
    across, down = x % pitch < width, y % (pitch if rng.random() < 0.7 else int(rng.integers(3, 40))) < width
    return tinted(across | down if rng.random() < 0.7 else across & down, *pair(rng))


def weave(rng: Rng, side: int) -> Pixels:
    """Threads over and under each other, each with its shading."""
    width = int(rng.integers(2, 14))
    y, x = np.mgrid[:side, :side]
    over = (y // width + x // width) % 2 == 0
    round_x, round_y = (np.sin(np.pi * ((v % width) + 0.5) / width) for v in (x, y))
    shade = np.where(over, round_x, round_y)[..., None] * rng.uniform(0.3, 0.9) + 0.1
    first, second = np.asarray(colour(rng)), np.asarray(colour(rng))
    pixels = np.where(over[..., None], first, second) * shade
    return np.asarray(np.clip(np.round(pixels), 0, 255), np.uint8)


KINDS = (stripes, waves, rings, tiles, grid, weave)
