"""Kinds that no network is trained on, kept for the guard's training (see `engine.training.guard_task`)."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

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
    smooth,
    tinted,
    tones,
    word,
)
from engine.types import Pixels


def maze(rng: Rng, side: int) -> Pixels:
    """Corridors and walls of equal width."""
    width = int(rng.integers(1, 9))
    count = side // width // 2 + 2
    mask = np.zeros((2 * count, 2 * count), bool)
    mask[::2, ::2] = True
    way = rng.random((count, count)) < 0.5
    mask[1::2, ::2] = way
    mask[::2, 1::2] = ~way
    large = np.kron(mask, np.ones((width, width)))[:side, :side]
    return tinted(large, *pair(rng))


def mosaic(rng: Rng, side: int) -> Pixels:
    """Irregular stones with joints between them, each of one colour with a little relief."""
    count = int(rng.integers(20, 500))
    seeds = rng.integers(0, side, (count, 2))
    mark = np.zeros((side, side), int)
    mark[seeds[:, 0], seeds[:, 1]] = np.arange(1, count + 1)
    indices = ndimage.distance_transform_edt(mark == 0, return_distances=False, return_indices=True)
    index = mark[indices[0], indices[1]]
    palette = np.asarray([colour(rng) for _ in range(count + 1)], float)
    joint = ndimage.morphological_gradient(index, size=(int(rng.integers(2, 4)),) * 2) > 0
    pixels = np.where(joint[..., None], np.asarray(dark(rng)), palette[index])
    return noisy(np.asarray(pixels, np.uint8), rng, rng.uniform(0, 4))


def bricks(rng: Rng, side: int) -> Pixels:
    """Rows of bricks, every other one shifted."""
    height, width, gap = int(rng.integers(5, 24)), int(rng.integers(10, 60)), int(rng.integers(1, 4))
    y, x = np.mgrid[:side, :side]
    row = y // height
    shifted = x + (row % 2) * width // 2
    joint = (y % height < gap) | (shifted % width < gap)
    shade = rng.uniform(0.7, 1.1, (side // height + 2, side // width + 3))[row, shifted // width]
    pixels = np.asarray(colour(rng)) * shade[..., None]
    pixels = np.where(joint[..., None], np.asarray(light(rng)), np.clip(pixels, 0, 255))
    return noisy(np.asarray(pixels, np.uint8), rng, rng.choice([0.0, 3.0, 9.0]))


def waveform(rng: Rng, side: int) -> Pixels:
    """A recording as editors show it: dense upright lines about a middle."""
    paper, ink = pair(rng)
    image, draw = canvas(side, paper)
    lanes = int(rng.integers(1, 5))
    tall = side / lanes / 2
    for lane in range(lanes):
        middle = (2 * lane + 1) * tall
        loud = np.abs(ndimage.gaussian_filter1d(rng.normal(0, 1, side), rng.uniform(0.5, 8)))
        loud = loud / loud.max() * rng.random(side) ** 0.5
        for x in range(side):
            draw.line((x, middle - tall * loud[x], x, middle + tall * loud[x]), ink)
    return finish(image, side)


def oscilloscope(rng: Rng, side: int) -> Pixels:
    """A glowing trace on a dark graticule."""
    times = 2
    image, draw = canvas(side, (0, int(rng.integers(0, 30)), 0), times)
    for v in range(0, side * times, 24 * times):
        draw.line((v, 0, v, side * times), (0, 60, 40))
        draw.line((0, v, side * times, v), (0, 60, 40))
    for _ in range(int(rng.integers(1, 4))):
        t = np.linspace(0, 2 * np.pi, 700)
        a, b = rng.integers(1, 9, 2)
        x = (0.5 + 0.45 * np.sin(a * t + rng.uniform(0, 6))) * side * times
        y = (0.5 + 0.45 * np.sin(b * t)) * side * times
        draw.line(list(zip(x.tolist(), y.tolist(), strict=True)), colour(rng), int(rng.integers(1, 5)))
    sharp = finish(image, side).astype(float)
    glow = ndimage.gaussian_filter(sharp, (3, 3, 0))
    return np.asarray(np.clip(sharp + glow, 0, 255), np.uint8)


def graph(rng: Rng, side: int) -> Pixels:
    """Boxes and circles with names, joined by arrows."""
    image, draw = canvas(side, light(rng))
    ink, face = dark(rng), font(rng, int(rng.integers(8, 13)))
    places = rng.integers(0, side - 30, (int(rng.integers(4, 14)), 2))
    for _ in range(len(places) * 2):
        (x0, y0), (x1, y1) = places[rng.integers(len(places))], places[rng.integers(len(places))]
        draw.line((x0 + 15, y0 + 8, x1 + 15, y1 + 8), ink)
        draw.regular_polygon((float(x1) + 15, float(y1) + 8, 4), 3, fill=ink)
    for x, y in places:
        shape = draw.ellipse if rng.random() < 0.5 else draw.rectangle
        shape((x, y, x + 36, y + 16), fill=light(rng) if rng.random() < 0.6 else colour(rng), outline=ink)
        draw.text((x + 3, y + 2), word(rng)[:6], ink, font=face)
    return finish(image, side)


def stamps(rng: Rng, side: int) -> Pixels:
    """Round rubber stamps in one ink, worn."""
    times = 2
    mask = Image.new("L", (side * times, side * times))
    draw = ImageDraw.Draw(mask)
    for _ in range(int(rng.integers(1, 5))):
        x, y = (float(v) for v in rng.uniform(0, side * times, 2))
        radius = float(rng.uniform(25, 90) * times)
        for scale in (1.0, 0.7):
            box = x - radius * scale, y - radius * scale, x + radius * scale, y + radius * scale
            draw.ellipse(box, outline=255, width=int(rng.integers(2, 8)))
        draw.text((x - radius / 2, y - 10), word(rng).upper(), 255, font=font(rng, int(radius / 3) + 8))
    share = np.asarray(mask.resize((side, side), Image.Resampling.BOX)) / 255
    worn = share * np.clip(1.6 * smooth(rng, side, rng.uniform(2, 9)) + 0.2, 0, 1)
    return tinted(worn, light(rng), colour(rng))


def satellite(rng: Rng, side: int) -> Pixels:
    """Fields seen from above: patches with furrows in directions of their own."""
    y, x = np.mgrid[:side, :side]
    index = np.floor(smooth(rng, side, 50) * 3).astype(int) * 3 + np.floor(smooth(rng, side, 60) * 3).astype(
        int
    )
    pixels = np.zeros((side, side, 3))
    for k in np.unique(index):
        angle, pitch = rng.uniform(0, np.pi), rng.uniform(2, 10)
        furrow = rng.uniform(0, 25) * np.sin(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / pitch)
        base = rng.integers(40, 190, 3) + furrow[..., None]
        pixels = np.where((index == k)[..., None], base, pixels)
    return noisy(np.asarray(np.clip(pixels, 0, 255), np.uint8), rng, rng.uniform(0, 8))


def automaton(rng: Rng, side: int) -> Pixels:
    """Rows of a cellular automaton under one another."""
    times = int(rng.integers(1, 5))
    count = side // times + 1
    rule = np.asarray([int(b) for b in f"{int(rng.choice([30, 45, 73, 90, 110, 150])):08b}"[::-1]])
    row = (rng.random(count) < 0.3).astype(int)
    rows = []
    for _ in range(count):
        rows.append(row)
        row = rule[4 * np.roll(row, 1) + 2 * row + np.roll(row, -1)]
    large = np.kron(np.asarray(rows), np.ones((times, times)))[:side, :side]
    return tinted(large, *pair(rng))


def marble(rng: Rng, side: int) -> Pixels:
    """Veins: a wave bent by soft noise, through a palette."""
    y, x = np.mgrid[:side, :side] / side
    bent = rng.uniform(3, 30) * (x + y) + rng.uniform(3, 25) * smooth(rng, side, rng.uniform(10, 60))
    field = 0.5 + 0.5 * np.sin(bent)
    return tinted(field ** rng.choice([0.3, 1.0, 4.0]), colour(rng), colour(rng))


def gauges(rng: Rng, side: int) -> Pixels:
    """Dials with ticks, numbers and hands."""
    times = 3
    image, draw = canvas(side, colour(rng), times)
    for _ in range(int(rng.integers(1, 5))):
        x, y = (float(v) for v in rng.uniform(0.1, 0.9, 2) * side * times)
        radius = float(rng.uniform(25, 80) * times)
        ink = dark(rng)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=light(rng), outline=ink, width=5)
        for k in range(60):
            angle = k * np.pi / 30
            inner = 0.82 if k % 5 == 0 else 0.92
            u, v = np.cos(angle) * radius, np.sin(angle) * radius
            draw.line((x + inner * u, y + inner * v, x + 0.97 * u, y + 0.97 * v), ink, 3 if k % 5 == 0 else 1)
        for length, width in ((0.6, 9), (0.85, 4)):
            angle = rng.uniform(0, 2 * np.pi)
            end = x + length * radius * np.cos(angle), y + length * radius * np.sin(angle)
            draw.line((x, y, *end), colour(rng), width)
    return finish(image, side)


def glitch(rng: Rng, side: int) -> Pixels:
    """A soft picture torn into shifted rows, with blocks repeated and components apart."""
    pixels = np.stack([255 * tones(rng, side) for _ in range(3)], 2).astype(np.uint8)
    y = 0
    while y < side:
        tall = int(rng.integers(1, 30))
        if rng.random() < 0.5:
            pixels[y : y + tall] = np.roll(pixels[y : y + tall], int(rng.integers(-60, 60)), 1)
        if rng.random() < 0.2:
            pixels[y : y + tall] = pixels[y : y + 1]
        y += tall
    pixels[..., 0] = np.roll(pixels[..., 0], int(rng.integers(-6, 7)), 1)
    return pixels


KINDS = (
    maze, mosaic, bricks, waveform, oscilloscope, graph, stamps, satellite, automaton, marble, gauges, glitch,
)  # fmt: skip
SPARE = {kind.__name__: kind for kind in KINDS}
