"""Flat colours within outlines: comics, cartoons, signs, vector drawings."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from engine.training.made import printed
from engine.training.made.tools import Rng, canvas, colour, dark, finish, font, light, smooth, words
from engine.types import Pixels


def _outlined(rng: Rng, side: int, reach: float, width: float) -> tuple[np.ndarray, np.ndarray]:
    """Index of the area of each pixel, and the share of outline there; a field's levels bound the areas."""
    times = 2
    levels = int(rng.integers(3, 8))
    field = smooth(rng, side * times, reach * times) * levels
    index = np.floor(field).astype(int).clip(0, levels - 1)
    edge = np.zeros(index.shape, bool)
    edge[:, 1:] |= index[:, 1:] != index[:, :-1]
    edge[1:] |= index[1:] != index[:-1]
    thick = ndimage.distance_transform_edt(~edge) < width * times
    share = thick.reshape(side, times, side, times).mean((1, 3))
    return index[::times, ::times], share


def comic(rng: Rng, side: int) -> Pixels:
    """Coloured areas with black outlines, some in dots, a balloon with text, frames."""
    index, share = _outlined(rng, side, rng.uniform(15, 70), rng.uniform(0.5, 2.5))
    palette = np.asarray([colour(rng) if rng.random() < 0.7 else light(rng) for _ in range(index.max() + 1)])
    pixels = palette[index].astype(float)
    if rng.random() < 0.5:
        dots = printed.halftone(rng, side).mean(2) / 255
        pixels = np.where((index == 1)[..., None], 255 - dots[..., None] * (255 - pixels), pixels)
    pixels = pixels * (1 - share[..., None])
    image = Image.fromarray(np.asarray(np.round(pixels), np.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(0, 3))):
        x, y = (int(v) for v in rng.integers(0, side - 80, 2))
        draw.ellipse((x, y, x + 110, y + 50), fill=(255, 255, 255), outline=(0, 0, 0), width=2)
        draw.text((x + 20, y + 10), words(rng, 2).upper(), (0, 0, 0), font=font(rng, 12))
        draw.text((x + 20, y + 24), words(rng, 2).upper(), (0, 0, 0), font=font(rng, 12))
    if rng.random() < 0.5:
        x = int(rng.integers(0, side))
        draw.rectangle((x, 0, x + 6, side), fill=(255, 255, 255), outline=(0, 0, 0))
    return finish(image, side)


def cartoon(rng: Rng, side: int) -> Pixels:
    """Areas with a soft shade each, outlines dark but in colour."""
    index, share = _outlined(rng, side, rng.uniform(20, 90), rng.uniform(0.4, 1.8))
    palette = np.asarray([colour(rng) for _ in range(index.max() + 1)], float)
    shade = 1 - rng.uniform(0, 0.4) * smooth(rng, side, 60)[..., None]
    pixels = palette[index] * shade
    ink = np.asarray(dark(rng), float)
    pixels = pixels * (1 - share[..., None]) + ink * share[..., None]
    return np.asarray(np.clip(np.round(pixels), 0, 255), np.uint8)


def manga(rng: Rng, side: int) -> Pixels:
    """Black ink on white with screentone in the shadows."""
    index, share = _outlined(rng, side, rng.uniform(15, 60), rng.uniform(0.4, 1.6))
    tone = printed.screentone(rng, side).mean(2)
    grey = np.where(index == 0, 0, np.where(index % 2 == 1, 255, tone))
    grey = np.round(grey * (1 - share))
    return np.repeat(np.asarray(grey, np.uint8)[..., None], 3, 2)


def sign(rng: Rng, side: int) -> Pixels:
    """A shape with a border and large letters, as logos and signs have."""
    times = 3
    image, draw = canvas(side, colour(rng), times)
    large = side * times
    for _ in range(int(rng.integers(1, 6))):
        middle = tuple(float(v) for v in rng.uniform(0, large, 2))
        radius = float(rng.uniform(0.1, 0.5) * large)
        corners = int(rng.integers(3, 12))
        draw.regular_polygon((*middle, radius), corners, float(rng.uniform(0, 90)), fill=colour(rng))
        draw.regular_polygon((*middle, radius * 0.85), corners, float(rng.uniform(0, 90)), fill=colour(rng))
        size = int(rng.integers(20, 80)) * times
        draw.text((middle[0] - radius, middle[1]), words(rng, 1), colour(rng), font=font(rng, size))
    return finish(image, side)


def ribbons(rng: Rng, side: int) -> Pixels:
    """Wide soft-edged bands with ramps of colour, as wallpapers have."""
    y, x = np.mgrid[:side, :side] / side
    pixels = np.asarray(colour(rng), float) + np.zeros((side, side, 3))
    for _ in range(int(rng.integers(3, 12))):
        wave = rng.uniform(0.05, 0.3) * np.sin(rng.uniform(2, 9) * x + rng.uniform(0, 6)) + rng.uniform(0, 1)
        share = np.clip((y - wave) * side * rng.choice([1.0, 0.2]), 0, 1) * np.clip(
            (wave + 0.3 - y) * 20, 0, 1
        )
        tint = np.asarray(colour(rng), float) * (0.5 + 0.5 * x[..., None])
        pixels += (share * rng.uniform(0.3, 1))[..., None] * (tint - pixels)
    return np.asarray(np.clip(np.round(pixels), 0, 255), np.uint8)


KINDS = (comic, cartoon, manga, sign, ribbons)
