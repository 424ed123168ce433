"""A test chart, drawn here: what lossy codecs are known to get wrong, side by side.

Six panels of 240×200: edges at all angles (staircases, ringing), a zone plate (every frequency in every
direction), text, smooth ramps (banding, visible blocks), fine texture (flattened) and saturated colours with
thin lines (chroma subsampling). 768×512, the same pixels at every call with the same Pillow.
"""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from engine.plotting.font import font
from engine.types import Pixels

WIDTH, HEIGHT = 768, 512
PANEL_WIDTH, PANEL_HEIGHT = 240, 200

_MARGIN, _HEADER, _LABEL = 12, 36, 22
_FINE = 4  # shapes are drawn this much larger and reduced, for smooth edges
_BACKGROUND, _TEXT, _MUTED, _LINE = "#1b1e24", "#e8eaed", "#9aa3ad", "#3a414d"
_INK, _PAPER = (24, 24, 26), (244, 242, 236)

Panel = NDArray[np.uint8]


def chart() -> Pixels:
    """The chart as uint8 (512, 768, 3) sRGB."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _BACKGROUND)
    draw = ImageDraw.Draw(image)
    draw.text((_MARGIN, 19), "Test chart", _TEXT, font(17), anchor="lm")
    note = f"what lossy codecs find hard  ·  {WIDTH} by {HEIGHT} pixels  ·  sRGB"
    draw.text((WIDTH - _MARGIN, 20), note, _MUTED, font(12), anchor="rm")
    draw.line((_MARGIN, _HEADER, WIDTH - _MARGIN - 1, _HEADER), _LINE)
    panels = (
        ("Edges at all angles", _edges),
        ("Zone plate", _zone_plate),
        ("Text", _text),
        ("Smooth ramps", _ramps),
        ("Fine texture", _texture),
        ("Thin lines, saturated colours", _colours),
    )
    for index, (title, panel) in enumerate(panels):
        row, column = divmod(index, 3)
        x = _MARGIN + column * (PANEL_WIDTH + _MARGIN)
        y = _HEADER + 4 + row * (PANEL_HEIGHT + _LABEL + 10)
        draw.text((x, y + _LABEL / 2), title, _TEXT, font(13), anchor="lm")
        image.paste(Image.fromarray(panel()), (x, y + _LABEL))
    return np.asarray(image)


def _grid(height: int = PANEL_HEIGHT, width: int = PANEL_WIDTH) -> tuple[NDArray[Any], NDArray[Any]]:
    """y and x of pixel centres, relative to the middle."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    return y - (height - 1) / 2, x - (width - 1) / 2


def _rounded(levels: NDArray[np.float64]) -> Panel:
    result: Panel = np.rint(np.clip(levels, 0, 255)).astype(np.uint8)
    return result


def _reduced(image: Image.Image) -> Panel:
    """A drawing at `_FINE` times the size, averaged down."""
    return np.asarray(image.reduce(_FINE))


def _edges() -> Panel:
    """A Siemens star of 36 spokes; one ring of it in colours of nearly equal luma."""
    y, x = _grid(PANEL_HEIGHT * _FINE, PANEL_WIDTH * _FINE)
    radius = np.hypot(x, y) / _FINE
    spoke = np.floor(np.arctan2(y, x) / (2 * np.pi) * 36 + 0.25).astype(int) % 2 == 0
    picture = np.where(spoke[..., None], np.array(_INK), np.array(_PAPER))
    ring = ((radius > 52) & (radius < 72))[..., None]
    coloured = np.where(spoke[..., None], np.array((206, 52, 44)), np.array((28, 132, 96)))
    picture = np.where(ring, coloured, picture)
    picture = np.where((radius < 16)[..., None], np.array(_PAPER), picture)
    picture = np.where((radius < 10)[..., None], np.array((206, 52, 44)), picture)
    return _reduced(Image.fromarray(picture.astype(np.uint8)))


def _zone_plate() -> Panel:
    """Rings whose frequency grows with the radius, to the highest the pixels hold at the sides."""
    y, x = _grid()
    limit = PANEL_WIDTH / 2
    radius = np.hypot(x, y)
    fade = np.clip((limit * 1.02 - radius) / (limit * 0.14), 0, 1)
    wave = 128 + 112 * np.cos(np.pi * radius**2 / (2 * limit)) * fade
    return np.repeat(_rounded(wave)[..., None], 3, axis=-1)


def _text() -> Panel:
    """Dark on light in falling sizes, light on dark, and colour on colour."""
    image = Image.new("RGB", (PANEL_WIDTH, PANEL_HEIGHT), _PAPER)
    draw = ImageDraw.Draw(image)
    y = 17
    lines = ("Aa Bb Gg Qq Rr", "Sphinx of black quartz", "Sphinx of black quartz, judge")
    for size, line in (
        (28, lines[0]),
        (20, lines[1]),
        (15, lines[2]),
        (12, lines[2]),
        (10, lines[2]),
        (8, lines[2]),
    ):
        draw.text((12, y), line, _INK, font(size), anchor="lm")
        y += round(size * 0.62 + 9)
    draw.rectangle((0, 128, PANEL_WIDTH, 163), _INK)
    draw.text((12, 146), "judge my vow 0123456789", _PAPER, font(16), anchor="lm")
    draw.rectangle((0, 164, PANEL_WIDTH // 2 - 1, PANEL_HEIGHT), (20, 60, 190))
    draw.text((PANEL_WIDTH // 4, 182), "red on blue", (235, 40, 40), font(16), anchor="mm")
    draw.rectangle((PANEL_WIDTH // 2, 164, PANEL_WIDTH, PANEL_HEIGHT), (226, 60, 150))
    draw.text((PANEL_WIDTH * 3 // 4, 182), "green on pink", (30, 190, 60), font(16), anchor="mm")
    return np.asarray(image)


def _ramps() -> Panel:
    """A lit sphere before a sky at dusk, and ramps of grey, the primaries and all hues."""
    top = 112
    y, x = _grid(top)
    height = (y - y.min()) / (top - 1)
    dusk = [(0.0, (18, 34, 78)), (0.55, (126, 104, 140)), (0.8, (232, 150, 112)), (1.0, (250, 208, 150))]
    places, colours = zip(*dusk, strict=True)
    sky = np.stack([np.interp(height, places, [c[i] for c in colours]) for i in range(3)], axis=-1)
    u, v = (x + 52) / 42, (y + 2) / 42
    inside = np.clip((1 - np.hypot(u, v)) * 42 + 0.5, 0, 1)[..., None]
    depth = np.sqrt(np.clip(1 - u**2 - v**2, 0, 1))
    lit = np.clip(0.55 * u - 0.5 * v + 0.67 * depth, 0, 1)
    ball = np.array((38, 70, 96)) + lit[..., None] * np.array((96, 120, 128)) + 90 * lit[..., None] ** 24
    scene = np.clip(sky * (1 - inside) + ball * inside, 0, 255)
    level = np.linspace(0, 1, PANEL_WIDTH)
    hues = np.array([colorsys.hsv_to_rgb(hue, 0.75, 0.9) for hue in level])
    strips = [np.outer(level, (1, 1, 1)), *(np.outer(level, primary) for primary in np.eye(3) * 0.9), hues]
    heights = (24, 16, 16, 16, 16)
    bars = np.concatenate([np.repeat(s[None] * 255, h, axis=0) for s, h in zip(strips, heights, strict=True)])
    return _rounded(np.concatenate([scene, bars]))


def _texture() -> Panel:
    """Lines and checks of one to four pixels, weave, grain, fur and a brick bond, 80×100 each."""
    height, width = PANEL_HEIGHT // 2, PANEL_WIDTH // 3
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    pitch = 2 ** np.floor(x / width * 3)
    lines = np.where((y // pitch) % 2 == 0, 60.0, 196.0)
    checks = np.where((x // 2 + y // 2) % 2 == 0, 84.0, 172.0)
    lines[height // 2 :] = checks[height // 2 :]
    rng = np.random.default_rng(1)
    grain = 128 + 34 * _smoothed(rng.standard_normal((height, width)), (1, 1))
    fur = 118 + 52 * _smoothed(rng.standard_normal((height, width)), (9, 2), slant=0.5)
    weave = 128 + 46 * np.sin(x * 1.05) * np.sin(y * 0.52) + 30 * np.sin((x + y) * 0.9)
    moss = 112 + 44 * _smoothed(rng.standard_normal((height, width)), (3, 3))
    bricks = _bricks(height, width) + 14 * _smoothed(rng.standard_normal((height, width)), (1, 2))
    tints = (
        (1, 1, 1),
        (1, 1, 1),
        (1.12, 0.98, 0.82),
        (0.84, 0.96, 1.14),
        (0.86, 1.08, 0.66),
        (1.22, 0.86, 0.7),
    )
    tiles = [
        np.clip(tile[..., None] * np.array(tint), 0, 255)
        for tile, tint in zip((lines, grain, fur, weave, moss, bricks), tints, strict=True)
    ]
    rows = [np.concatenate(tiles[i : i + 3], axis=1) for i in (0, 3)]
    return _rounded(np.concatenate(rows))


def _bricks(height: int, width: int) -> NDArray[np.float64]:
    y, x = np.mgrid[0:height, 0:width]
    course = y // 10
    joint = (y % 10 < 2) | ((x + 9 * (course % 2)) % 18 < 2)
    return np.where(joint, 176.0, 112.0)


def _smoothed(noise: NDArray[np.float64], size: tuple[int, int], slant: float = 0) -> NDArray[np.float64]:
    """Noise averaged over (rows, columns), each row moved by `slant` pixels; unit variance, wraps around."""
    total = np.zeros_like(noise)
    for i in range(size[0]):
        for j in range(size[1]):
            total += np.roll(noise, (i, j + round(slant * i)), (0, 1))
    result: NDArray[np.float64] = (total - total.mean()) / total.std()
    return result


def _colours() -> Panel:
    """Hairlines fanning out of two corners, and saturated patches without borders."""
    half, top = PANEL_WIDTH // 2, 104
    dark_lines = [_INK] * 15
    hues = [tuple(round(255 * c) for c in colorsys.hsv_to_rgb(i / 15, 0.7, 1)) for i in range(15)]
    fans = [_fan(half, top, _PAPER, dark_lines), _fan(half, top, _INK, hues)[:, ::-1]]
    palette = (
        "#d6231f", "#f08a1c", "#f3d21b", "#3fa33b", "#1a9aa0", "#1c4fb4",
        "#6b2fa0", "#c42a86", "#7a4a2a", "#f2b8a0", "#0b0b0c", "#ffffff",
        "#1c4fb4", "#d6231f", "#3fa33b", "#c42a86", "#f3d21b", "#1a9aa0",
    )  # fmt: skip
    side, height = PANEL_WIDTH // 6, (PANEL_HEIGHT - top) // 3
    patches = Image.new("RGB", (PANEL_WIDTH, PANEL_HEIGHT - top))
    draw = ImageDraw.Draw(patches)
    for i, colour in enumerate(palette):
        x, y = i % 6 * side, i // 6 * height
        draw.rectangle((x, y, x + side - 1, y + height - 1), colour)
    return np.concatenate([np.concatenate(fans, axis=1), np.asarray(patches)])


def _fan(width: int, height: int, paper: tuple[int, ...], colours: Sequence[tuple[int, ...]]) -> Panel:
    """Lines one pixel wide from the upper left corner, spread over a right angle."""
    image = Image.new("RGB", (width * _FINE, height * _FINE), paper)
    draw = ImageDraw.Draw(image)
    length = 2 * max(width, height) * _FINE
    for i, colour in enumerate(colours):
        angle = np.pi / 2 * (i + 0.5) / len(colours)
        draw.line((0, 0, length * np.cos(angle), length * np.sin(angle)), colour, _FINE)
    return _reduced(image)
