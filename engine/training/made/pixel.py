"""Pixel art and what old screens showed."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage

from engine.training.made.tools import Rng, canvas, colour, finish, pair, smooth, tones, words
from engine.types import Pixels


def _palette(rng: Rng, count: int) -> Pixels:
    return np.asarray([colour(rng) for _ in range(count)], np.uint8)


def _enlarged(pixels: Pixels, times: int, side: int) -> Pixels:
    return np.repeat(np.repeat(pixels, times, 0), times, 1)[:side, :side]


def sprites(rng: Rng, side: int) -> Pixels:
    """Mirrored figures of a few colours with an outline, every pixel enlarged alike."""
    times = int(rng.integers(1, 9))
    small = side // times + 1
    palette = _palette(rng, int(rng.integers(4, 12)))
    picture = np.tile(palette[0], (small, small, 1))
    for _ in range(int(rng.integers(2, 4 + small // 6))):
        height, half = int(rng.integers(6, 20)), int(rng.integers(3, 9))
        body = smooth(rng, max(height, half) + 2, 2.5)[:height, :half]
        index = 1 + (np.floor(body * 7).astype(int) % (len(palette) - 1))
        index[body < 0.35] = 0
        index = np.concatenate([index, index[:, ::-1]], 1)
        edge = ndimage.binary_dilation(index > 0) & (index == 0)
        index[edge] = 1
        y, x = (int(v) for v in rng.integers(-4, small, 2))
        y, x = max(0, y), max(0, x)
        part = index[: small - y, : small - x]
        place = picture[y : y + part.shape[0], x : x + part.shape[1]]
        place[part > 0] = palette[part[part > 0]]
    return _enlarged(picture, times, side)


def tile_map(rng: Rng, side: int) -> Pixels:
    """A game's ground: a few tiles of 8 or 16 pixels, laid by a smooth field."""
    times, size = int(rng.choice([1, 1, 2, 3])), int(rng.choice([8, 16]))
    kinds = []
    for _ in range(int(rng.integers(2, 7))):
        palette = _palette(rng, int(rng.integers(2, 5)))
        kinds.append(palette[(rng.random((size, size)) ** 2 * len(palette)).astype(int)])
    count = side // (size * times) + 1
    field = np.floor(smooth(rng, count, rng.uniform(1, 5)) * len(kinds)).astype(int).clip(0, len(kinds) - 1)
    rows = [np.concatenate([kinds[k] for k in row], 1) for row in field]
    return _enlarged(np.concatenate(rows, 0), times, side)


def indexed(rng: Rng, side: int) -> Pixels:
    """A smooth picture in a palette of few colours, with or without dither, perhaps enlarged."""
    times = int(rng.choice([1, 1, 2, 3, 4]))
    small = side // times + 1
    stacked = np.stack([(255 * tones(rng, small)).astype(np.uint8) for _ in range(3)], 2)
    dither = Image.Dither.FLOYDSTEINBERG if rng.random() < 0.5 else Image.Dither.NONE
    palette = Image.new("P", (1, 1))
    palette.putpalette(_palette(rng, 16).ravel().tolist() * 16)
    image = Image.fromarray(stacked)
    chosen = image.quantize(palette=palette, dither=dither) if rng.random() < 0.5 else image.quantize(16)
    return _enlarged(np.asarray(chosen.convert("RGB")), times, side)


def low_resolution_text(rng: Rng, side: int) -> Pixels:
    """Letters of few pixels, each enlarged."""
    times = int(rng.integers(2, 6))
    small = side // times + 1
    paper, ink = pair(rng)
    image, draw = canvas(small, paper)
    draw.fontmode = "1"
    for y in range(0, small, int(rng.integers(9, 13))):
        draw.text((1, y), words(rng, 6), ink, font_size=int(rng.integers(8, 12)))
    return _enlarged(np.asarray(image), times, side)


def enlarged(rng: Rng, side: int) -> Pixels:
    """A small picture enlarged by whole numbers or by interpolation."""
    times = int(rng.integers(2, 9))
    small = side // times + 2
    stacked = np.stack([(255 * tones(rng, small)).astype(np.uint8) for _ in range(3)], 2)
    if rng.random() < 0.5:
        stacked = np.asarray(np.clip(stacked + rng.normal(0, 20, stacked.shape), 0, 255), np.uint8)
    if rng.random() < 0.5:
        return _enlarged(stacked, times, side)
    method = Image.Resampling.BILINEAR if rng.random() < 0.5 else Image.Resampling.BICUBIC
    return finish(
        Image.fromarray(stacked).resize((side + 16, side + 16), method).crop((4, 4, side + 4, side + 4)), side
    )


KINDS = (sprites, tile_map, indexed, low_resolution_text, enlarged)
