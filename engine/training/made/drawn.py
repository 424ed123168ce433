"""Drawings in lines: plans, maps, music, line art."""

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
    pair,
    smooth,
    tinted,
    word,
)
from engine.types import Pixels


def plan(rng: Rng, side: int) -> Pixels:
    """Walls, doors and dimensions, in lines one or a few pixels wide, without grey."""
    paper, ink = (light(rng), dark(rng)) if rng.random() < 0.7 else pair(rng)
    image, draw = canvas(side, paper)
    draw.fontmode = "1"
    thin, thick = 1, int(rng.integers(1, 5))
    for _ in range(int(rng.integers(4, 18))):
        x, y = (int(v) for v in rng.integers(-20, side, 2))
        w, h = (int(v) for v in rng.integers(10, 120, 2))
        draw.rectangle((x, y, x + w, y + h), outline=ink, width=thick)
        if rng.random() < 0.5:
            draw.line((x, y - 6, x + w, y - 6), ink, thin)
            draw.text((x + w // 3, y - 16), word(rng), ink, font=font(rng, 9))
        if rng.random() < 0.5:
            radius = int(rng.integers(8, 30))
            draw.arc((x - radius, y - radius, x + radius, y + radius), 0, 90, ink, thin)
        if rng.random() < 0.3:
            for offset in range(0, w + h, int(rng.integers(3, 9))):
                start = x + min(offset, w), y + max(0, offset - w)
                end = x + max(0, offset - h), y + min(offset, h)
                draw.line((*start, *end), ink, thin)
    return finish(image, side)


def drawing(rng: Rng, side: int) -> Pixels:
    """Straight and curved strokes with soft edges, a technical drawing's or a child's."""
    times = 3
    paper, ink = pair(rng)
    image, draw = canvas(side, paper, times)
    many = rng.random() < 0.4
    for _ in range(int(rng.integers(5, 50))):
        width = int(rng.uniform(0.5, 4) * times)
        tint = colour(rng) if many else ink
        points = rng.uniform(-0.1, 1.1, (int(rng.integers(2, 5)), 2)) * side * times
        if rng.random() < 0.5:
            t = np.linspace(0, 1, 40)[:, None]
            while len(points) > 3:
                points = points[:-1]
            a, b, c = points[0], points[1], points[-1]
            points = (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t**2 * c
        draw.line([tuple(p) for p in points], tint, width, joint="curve")
    return finish(image, side)


def street_map(rng: Rng, side: int) -> Pixels:
    """Green and blue areas, roads with casings, names along them."""
    times = 2
    image, draw = canvas(side, light(rng), times)
    for _ in range(int(rng.integers(2, 8))):
        centre = rng.uniform(0, side * times, 2)
        angles = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(4, 11))))
        radii = rng.uniform(20, 90, len(angles)) * times
        polygon = [
            (centre[0] + r * np.cos(a), centre[1] + r * np.sin(a)) for a, r in zip(angles, radii, strict=True)
        ]
        draw.polygon(
            polygon,
            fill=colour(rng) if rng.random() < 0.3 else tuple(int(v) for v in rng.integers(150, 245, 3)),
        )
    for _ in range(int(rng.integers(3, 14))):
        points = [tuple(p) for p in rng.uniform(-0.2, 1.2, (int(rng.integers(2, 5)), 2)) * side * times]
        width, casing, fill = int(rng.integers(1, 12)) * times, dark(rng), light(rng)
        draw.line(points, casing, width + 2 * times, joint="curve")
        draw.line(points, fill, width, joint="curve")
    small = image.resize((side, side), Image.Resampling.BOX)
    pen = ImageDraw.Draw(small)
    for _ in range(int(rng.integers(2, 12))):
        x, y = (float(v) for v in rng.integers(-10, side, 2))
        face, edge = font(rng, int(rng.integers(7, 14))), int(rng.integers(0, 2))
        name, ink = word(rng).title(), dark(rng)
        pen.text((x, y), name, ink, font=face, stroke_width=edge, stroke_fill=(255, 255, 255))
    return finish(small, side)


def music(rng: Rng, side: int) -> Pixels:
    """Staves with notes and bars."""
    times = int(rng.choice([1, 3]))
    paper, ink = light(rng), dark(rng)
    image, draw = canvas(side, paper, times)
    gap = int(rng.integers(4, 9)) * times
    y = int(rng.integers(5, 30)) * times
    while y < side * times:
        for line in range(5):
            draw.line((0, y + line * gap, side * times, y + line * gap), ink, max(1, times // 2))
        x = int(rng.integers(5, 20)) * times
        while x < side * times:
            height = y + int(rng.integers(-2, 10)) * gap / 2
            box = (x, height, x + 1.4 * gap, height + gap)
            draw.ellipse(box, fill=ink if rng.random() < 0.7 else paper, outline=ink, width=times)
            up = rng.random() < 0.5
            stem = (x + 1.4 * gap, height - 3 * gap) if up else (x, height + 4 * gap)
            draw.line((stem[0], height + gap / 2, *stem), ink, times)
            if rng.random() < 0.2:
                draw.line((x + 3 * gap, y, x + 3 * gap, y + 4 * gap), ink, times)
            if rng.random() < 0.3:
                draw.line((*stem, stem[0] + 3.5 * gap, stem[1] + gap / 2), ink, gap // 2)
            x += int(rng.uniform(2, 5) * gap)
        y += int(rng.uniform(8, 13) * gap)
    return finish(image, side)


def sketch(rng: Rng, side: int) -> Pixels:
    """Pencil: many short strokes over each other, along a field's slope."""
    times = 2
    image, draw = canvas(side, light(rng), times)
    field = smooth(rng, side * times, 80 * times)
    for _ in range(int(rng.integers(200, 1500))):
        x, y = rng.integers(0, side * times, 2)
        angle = field[y, x] * 6
        length = rng.uniform(4, 22) * times
        grey = int(rng.integers(0, 190))
        end = x + length * np.cos(angle), y + length * np.sin(angle)
        draw.line((float(x), float(y), *end), (grey, grey, grey), int(rng.integers(1, 3)))
    return finish(image, side)


def blueprint(rng: Rng, side: int) -> Pixels:
    """A plan in light lines on a dark ground, with a fine grid."""
    grey = plan(rng, side).mean(2)
    mask = (np.abs(grey - np.median(grey)) > 40).astype(float)
    y, x = np.mgrid[:side, :side]
    pitch = int(rng.integers(6, 20))
    mask = np.maximum(mask, 0.25 * ((x % pitch == 0) | (y % pitch == 0)))
    return tinted(
        mask, dark(rng) if rng.random() < 0.3 else (20, 50, int(rng.integers(100, 190))), light(rng)
    )


KINDS = (plan, drawing, street_map, music, sketch, blueprint)
