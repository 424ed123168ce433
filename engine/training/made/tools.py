"""What the kinds share: fonts, colours, words, smooth fields, drawing at a multiple of the size."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from engine.types import Pixels

Rng = np.random.Generator
Colour = tuple[int, int, int]
Draw = ImageDraw.ImageDraw
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "C:/Windows/Fonts")
_LETTERS = "etaoinshrdlucmfwypvbgkjqxz"
_WEIGHTS = np.array(
    [12, 9, 8, 8, 7, 7, 6, 6, 6, 4, 4, 3, 3, 2.5, 2.4, 2.4, 2, 2, 1, 1.5, 2, 0.8, 0.2, 0.1, 0.2, 0.1]
)


@lru_cache(maxsize=1)
def faces() -> tuple[str, ...]:
    """Font files of this machine, and those in the folder that NRC_FONTS names."""
    folders = [os.environ.get("NRC_FONTS", ""), *_FOLDERS]
    found = {
        str(path)
        for folder in folders
        if folder
        for suffix in ("*.ttf", "*.otf")
        for path in Path(folder).rglob(suffix)
        if not any(odd in path.name.lower() for odd in ("symbol", "dingbat", "d050", "math", "emoji"))
    }
    return tuple(sorted(found))


def font(rng: Rng, size: int) -> Font:
    """A face by chance, `size` pixels high."""
    names = faces()
    if not names:
        return ImageFont.load_default(size)
    return _face(names[int(rng.integers(len(names)))], size)


@lru_cache(maxsize=256)
def _face(name: str, size: int) -> Font:
    try:
        return ImageFont.truetype(name, size)
    except OSError:
        return ImageFont.load_default(size)


def word(rng: Rng) -> str:
    """Letters as frequent as in English, sometimes a number."""
    kind = rng.random()
    if kind < 0.12:
        return str(int(rng.integers(10 ** int(rng.integers(1, 6)))))
    chosen = rng.choice(list(_LETTERS), int(rng.integers(1, 11)), p=_WEIGHTS / _WEIGHTS.sum())
    letters = "".join(chosen)
    if kind < 0.25:
        letters = letters.capitalize()
    if kind > 0.94:
        letters = letters.upper()
    return letters + (rng.choice([",", ".", ":", ";", "!", "?", "-", ")"]) if rng.random() < 0.15 else "")


def words(rng: Rng, count: int) -> str:
    return " ".join(word(rng) for _ in range(count))


def colour(rng: Rng) -> Colour:
    """Any colour; pure and grey ones are frequent."""
    kind = rng.random()
    if kind < 0.25:
        return tuple(int(v) for v in rng.choice([0, 255], 3))  # type: ignore[return-value]
    if kind < 0.45:
        return (int(rng.integers(256)),) * 3
    return tuple(int(v) for v in rng.integers(0, 256, 3))  # type: ignore[return-value]


def light(rng: Rng) -> Colour:
    """A background to write on: mostly white or nearly so."""
    if rng.random() < 0.5:
        return (255, 255, 255)
    return tuple(int(v) for v in rng.integers(215, 256, 3))  # type: ignore[return-value]


def dark(rng: Rng) -> Colour:
    if rng.random() < 0.5:
        return (0, 0, 0)
    return tuple(int(v) for v in rng.integers(0, 80, 3))  # type: ignore[return-value]


def pair(rng: Rng) -> tuple[Colour, Colour]:
    """Paper and ink: dark on light, light on dark, or two colours that differ."""
    kind = rng.random()
    if kind < 0.5:
        return light(rng), dark(rng)
    if kind < 0.65:
        return dark(rng), light(rng)
    while True:
        first, second = colour(rng), colour(rng)
        if sum(abs(a - b) for a, b in zip(first, second, strict=True)) > 150:
            return first, second


def canvas(side: int, paper: Colour, times: int = 1) -> tuple[Image.Image, Draw]:
    image = Image.new("RGB", (side * times, side * times), paper)
    return image, ImageDraw.Draw(image)


def plain(draw: Draw, rng: Rng, share: float = 0.35) -> None:
    """Now and then let text be drawn without grey edges."""
    if rng.random() < share:
        draw.fontmode = "1"


def finish(image: Image.Image, side: int) -> Pixels:
    """The picture at its size, reduced by averaging."""
    if image.size != (side, side):
        image = image.resize((side, side), Image.Resampling.BOX)
    return np.asarray(image.convert("RGB"))


def smooth(rng: Rng, side: int, reach: float) -> NDArray[np.float64]:
    """A random field, 0 to 1, whose details are about `reach` pixels wide."""
    coarse = max(2, int(side / max(reach, 1)) + 2)
    field = ndimage.zoom(rng.random((coarse, coarse)), (side + 8) / coarse, order=3)[:side, :side]
    field = field - field.min()
    return np.asarray(field / max(field.max(), 1e-6), np.float64)


def tones(rng: Rng, side: int) -> NDArray[np.float64]:
    """Something grey to be printed, 0 to 1: soft fields, ramps and shapes."""
    y, x = np.mgrid[:side, :side] / side
    angle = rng.uniform(0, 2 * np.pi)
    field = rng.uniform(0, 1) * smooth(rng, side, rng.uniform(10, 120))
    field += rng.uniform(-1, 1) * (x * np.cos(angle) + y * np.sin(angle))
    for _ in range(int(rng.integers(0, 6))):
        cy, cx, radius = rng.random(), rng.random(), rng.uniform(0.05, 0.35)
        distance = np.hypot(y - cy, x - cx)
        ball = np.clip(1 - distance / radius, 0, 1) ** rng.choice([0.3, 1.0])
        field = np.where(distance < radius, ball * rng.uniform(-1, 1) + rng.uniform(-0.3, 0.3) + field, field)
    field -= field.min()
    return np.asarray(field / max(field.max(), 1e-6), np.float64)


def tinted(mask: NDArray[Any], paper: Colour, ink: Colour) -> Pixels:
    """`paper` where mask is 0, `ink` where it is 1, mixed in between."""
    share = np.asarray(mask, np.float64)[..., None]
    mixed = np.asarray(paper) * (1 - share) + np.asarray(ink) * share
    return np.asarray(np.clip(np.round(mixed), 0, 255), np.uint8)


def blurred(pixels: Pixels, sigma: float) -> Pixels:
    return np.asarray(ndimage.gaussian_filter(pixels.astype(np.float32), (sigma, sigma, 0)).round(), np.uint8)


def noisy(pixels: Pixels, rng: Rng, level: float) -> Pixels:
    """With grey noise of standard deviation `level`."""
    noise = rng.normal(0, level, (*pixels.shape[:2], 1))
    return np.asarray(np.clip(np.round(pixels + noise), 0, 255), np.uint8)


def scattered(rng: Rng, side: int, count: int, shape: Callable[[float, float], None]) -> None:
    for _ in range(count):
        shape(float(rng.uniform(-10, side)), float(rng.uniform(-10, side)))
