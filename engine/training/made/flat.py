"""Areas with little in them, and fields with nothing but noise."""

from __future__ import annotations

import numpy as np

from engine.training.made.tools import Rng, canvas, colour, finish, light, noisy, smooth, tinted
from engine.types import Pixels


def one_colour(rng: Rng, side: int) -> Pixels:
    """Nothing at all, or a single speck or edge."""
    image, draw = canvas(side, colour(rng) if rng.random() < 0.6 else light(rng))
    for _ in range(int(rng.integers(0, 4))):
        x, y = (int(v) for v in rng.integers(0, side, 2))
        draw.rectangle((x, y, x + int(rng.integers(60)), y + int(rng.integers(60))), fill=colour(rng))
    return finish(image, side)


def areas(rng: Rng, side: int) -> Pixels:
    """Rectangles and ellipses in even colours, edges hard or soft."""
    times = int(rng.choice([1, 1, 3]))
    image, draw = canvas(side, colour(rng), times)
    for _ in range(int(rng.integers(3, 30))):
        x, y = (int(v) for v in rng.integers(-30, side, 2) * times)
        w, h = (int(v) for v in rng.integers(3, 120, 2) * times)
        shape = draw.rectangle if rng.random() < 0.6 else draw.ellipse
        outline = colour(rng) if rng.random() < 0.3 else None
        shape((x, y, x + w, y + h), fill=colour(rng), outline=outline, width=times * int(rng.integers(1, 4)))
    return finish(image, side)


def gradient(rng: Rng, side: int) -> Pixels:
    """Slow ramps, straight or round, in steps, dithered or with a little noise."""
    y, x = np.mgrid[:side, :side] / side
    angle = rng.uniform(0, 2 * np.pi)
    ramp = x * np.cos(angle) + y * np.sin(angle)
    if rng.random() < 0.4:
        ramp = np.hypot(x - rng.random(), y - rng.random())
    ramp = (ramp - ramp.min()) / (ramp.max() - ramp.min())
    start, end = np.asarray(colour(rng), float), np.asarray(colour(rng), float)
    if rng.random() < 0.5:
        end = start + rng.uniform(-40, 40, 3)
    field = start + ramp[..., None] * (end - start)
    kind = rng.random()
    if kind < 0.2:
        levels = rng.integers(3, 24)
        field = start + np.floor(ramp[..., None] * levels) / levels * (end - start)
    elif kind < 0.4:
        field = field + rng.random((side, side, 3)) - 0.5
    elif kind < 0.55:
        field = field + rng.normal(0, rng.uniform(0.5, 6), (side, side, 1))
    return np.asarray(np.clip(np.round(field), 0, 255), np.uint8)


def noise(rng: Rng, side: int) -> Pixels:
    """Noise, grey or in colours, of any strength, about a middle."""
    components = 1 if rng.random() < 0.5 else 3
    level = np.exp(rng.uniform(np.log(1), np.log(90)))
    shape = (side, side, components)
    drawn = rng.normal(0, level, shape) if rng.random() < 0.6 else rng.uniform(-level, level, shape) * 1.7
    return np.asarray(np.clip(np.round(np.asarray(colour(rng)) + drawn), 0, 255), np.uint8)


def clouds(rng: Rng, side: int) -> Pixels:
    """Noise of several sizes added up, as procedural textures are made."""
    persistence, reach = rng.uniform(0.35, 0.8), rng.uniform(30, 120)
    field, weight = np.zeros((side, side, 3)), 1.0
    grey = rng.random() < 0.5
    while reach > 1:
        planes = [smooth(rng, side, reach)] * 3 if grey else [smooth(rng, side, reach) for _ in range(3)]
        field += weight * (np.stack(planes, 2) - 0.5)
        weight, reach = weight * persistence, reach / 2
    field = 128 + field * rng.uniform(60, 200)
    return np.asarray(np.clip(np.round(field), 0, 255), np.uint8)


def blobs(rng: Rng, side: int) -> Pixels:
    """A soft field cut at levels: islands in even colours, edges hard."""
    levels = int(rng.integers(2, 8))
    index = np.minimum(np.floor(smooth(rng, side, rng.uniform(6, 70)) * levels), levels - 1).astype(int)
    palette: Pixels = np.asarray([colour(rng) for _ in range(levels)], np.uint8)
    return np.take(palette, index, axis=0)


def specks(rng: Rng, side: int) -> Pixels:
    """Single pixels or small squares strewn on an even ground: stars, dust, rain of colours."""
    paper, times = colour(rng), int(rng.choice([1, 1, 2, 3]))
    small = side // times + 1
    mask = rng.random((small, small)) < np.exp(rng.uniform(np.log(0.002), np.log(0.4)))
    ink = rng.integers(0, 256, (small, small, 3)) if rng.random() < 0.5 else np.asarray(colour(rng))
    pixels = np.where(mask[..., None], ink, np.asarray(paper)).astype(np.uint8)
    pixels = np.repeat(np.repeat(pixels, times, 0), times, 1)[:side, :side]
    return noisy(pixels, rng, 2.0) if rng.random() < 0.2 else pixels


def rendered(rng: Rng, side: int) -> Pixels:
    """Shaded balls with highlights on a soft ground, as ray tracers draw them."""
    pixels = tinted(smooth(rng, side, 150), colour(rng), colour(rng)).astype(np.float64)
    y, x = np.mgrid[:side, :side].astype(np.float64)
    for _ in range(int(rng.integers(2, 9))):
        cy, cx, radius = rng.uniform(0, side), rng.uniform(0, side), rng.uniform(8, 70)
        u, v = (x - cx) / radius, (y - cy) / radius
        inside = u * u + v * v < 1
        height = np.sqrt(np.clip(1 - u * u - v * v, 0, 1))
        lit = np.clip(0.5 * u - 0.5 * v + 0.7 * height, 0.05, 1)
        shine = 255 * np.clip(lit, 0, 1) ** 30
        pixels = np.where(
            inside[..., None], lit[..., None] * np.asarray(colour(rng)) + shine[..., None], pixels
        )
    return np.asarray(np.clip(np.round(pixels), 0, 255), np.uint8)


KINDS = (one_colour, areas, gradient, noise, clouds, blobs, specks, rendered)
