"""Streams as people have them: any quality, saved twice, other encoders' tables, grey, and no photographs.

Photographs in JPEG files bring traces of their own, which no network should learn to keep. So the pictures
given are scaled down at least to a half; as they are, small ones serve for coarse streams alone, where their
own traces don't count. Everything depends on seed and update, so that a run can be resumed.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.step_scale import (
    STANDARD_CHROMA,
    STANDARD_LUMA,
    chroma_table,
    luma_table,
    step_scale,
    table_form,
)
from engine.training.config import DataConfig, TrainConfig
from engine.training.data import Example, compress, draw_square, turn
from engine.training.made import MADE, make
from engine.types import Pixels

VALIDATION_QUALITY = 15
COARSE = 0.9
"""Step scale from which pictures with traces of their own serve (about quality 55)."""
_LARGE = 800
"""Short side in pixels above which a picture counts as scaled down already."""
_MADE_SIDE = 224
_MADE_WINDOW = 160
_MADE_EVERY = 8
"""So many made pictures are kept, and one is replaced after so many updates."""
_RANGES = (DataConfig().middling, (0.07, 1.1), (7.0, 50.0))
"""Step scales, drawn log-uniformly within each range: qualities 7 to 45, 45 to 97, 1 to 7."""
_SHARES = DataConfig().shares

Tables = tuple[NDArray[np.float64], NDArray[np.float64]]


class WideSource:
    """Draws such streams."""

    def __init__(self, config: TrainConfig, pictures: Sequence[Pixels]) -> None:
        self._config, self._data = config, config.data
        side = config.data.crop + 32
        self._clean = [small for pixels in pictures for small in scaled_down(pixels, side)]
        self._traced = [pixels for pixels in pictures if min(pixels.shape[:2]) < _LARGE]
        self._made: dict[int, Pixels] = {}
        self._together = bool(config.network.get("scales"))

    def draw(self, rng: np.random.Generator, update: int) -> Example:
        data = self._data
        scale = self._scale(rng, update)
        made = rng.random() < data.made
        original = self._made_crop(rng, update) if made else self._photograph(rng, scale)
        if rng.random() < data.grey:
            original = np.repeat(np.asarray(Image.fromarray(original).convert("L"))[..., None], 3, axis=2)
        full = bool(rng.random() < data.full_chroma)
        if rng.random() < data.other_tables:
            tables = other_tables(rng, scale)
        else:
            tables = libjpeg_tables(quality_of(scale))
        side = data.crop
        if rng.random() < data.twice:
            original, received = saved_before(original, rng, scale, side)
        else:
            y, x = (int(rng.integers(length - side + 1)) for length in original.shape[:2])
            original = received = np.ascontiguousarray(original[y : y + side, x : x + side])
        return encoded(original, received, tables, full)

    def validation(self, pixels: Pixels) -> list[Example]:
        return [compress(pixels, VALIDATION_QUALITY, False)]

    def finest_scales(self) -> dict[str, float]:
        """Nothing is too fine for a network trained here."""
        return {"jpeg": 0.008}

    def _scale(self, rng: np.random.Generator, update: int) -> float:
        """A step scale; near that of the update's other examples where all get the same weights."""
        if not self._together:
            return draw_scale(rng, self._data.shares, self._data.middling)
        same = np.random.default_rng((self._config.seed, 13, update))
        middle = draw_scale(same, self._data.shares, self._data.middling)
        return float(np.clip(middle * math.exp(rng.uniform(-0.2, 0.2)), _RANGES[1][0], _RANGES[2][1]))

    def _photograph(self, rng: np.random.Generator, scale: float) -> Pixels:
        """A square 32 pixels wider than a crop, turned."""
        traced = scale > COARSE and rng.random() < 0.6 and self._traced
        pictures = self._traced if traced else self._clean
        return turn(_square(pictures, rng, self._config), rng)

    def _made_crop(self, rng: np.random.Generator, update: int) -> Pixels:
        newest = update // _MADE_EVERY
        number = newest - int(rng.integers(_MADE_WINDOW))
        if number not in self._made:
            for old in [entry for entry in self._made if entry <= newest - _MADE_WINDOW]:
                del self._made[old]
            own = np.random.default_rng((self._config.seed, 12, number + _MADE_WINDOW))
            names = tuple(MADE)
            self._made[number] = make(names[int(own.integers(len(names)))], own, _MADE_SIDE)
        pixels, side = self._made[number], self._data.crop + 32
        best = pixels[:side, :side]
        for _ in range(8):  # crops with nothing in them teach little, but a few are wanted
            y, x = (int(rng.integers(length - side + 1)) for length in pixels.shape[:2])
            best = pixels[y : y + side, x : x + side]
            if best.std() >= self._data.min_deviation:
                break
        return turn(best, rng)


def scaled_down(pixels: Pixels, least: int) -> list[Pixels]:
    """`pixels` at sizes at which traces of their own file no longer count, each side at least `least`."""
    short = min(pixels.shape[:2])
    factors = (1.0, 1.7) if short > _LARGE else (2.0,)
    found = []
    for factor in factors:
        height, width = (round(length / factor) for length in pixels.shape[:2])
        if min(height, width) >= least:
            image = Image.fromarray(pixels).resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3)
            found.append(np.asarray(image) if factor > 1 else pixels)
    return found


def draw_scale(
    rng: np.random.Generator,
    shares: tuple[float, float, float] = _SHARES,
    middling: tuple[float, float] = _RANGES[0],
) -> float:
    """A step scale; what people have most, and benchmarks ask for, is most frequent."""
    low, high = (middling, *_RANGES[1:])[int(rng.choice(len(shares), p=shares))]
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def quality_of(scale: float) -> int:
    """libjpeg's quality with about that step scale."""
    quality = 50 / scale if scale > 1 else (2 - scale) * 50
    return max(1, min(100, round(quality)))


@lru_cache(maxsize=128)
def libjpeg_tables(quality: int) -> Tables:
    return luma_table(quality), chroma_table(quality)


def other_tables(rng: np.random.Generator, scale: float) -> Tables:
    """Luma and chroma tables of about that scale as other encoders have them: flatter or steeper than the
    standard's, uneven, chroma coarser or finer."""

    def bent(standard: NDArray[np.float64], level: float) -> NDArray[np.float64]:
        power, noise = rng.uniform(0.3, 1.25), rng.uniform(0, 0.2)
        middle = math.exp(np.log(standard).mean())
        table = middle * (standard / middle) ** power * level
        return np.clip(np.round(table * np.exp(rng.normal(0, noise, (8, 8)))), 1, 255)

    luma = bent(STANDARD_LUMA, scale)
    if rng.random() < 0.2:
        return luma, luma
    return luma, bent(STANDARD_CHROMA, scale * math.exp(rng.normal(0, 0.4)))


def saved_before(pixels: Pixels, rng: np.random.Generator, scale: float, side: int) -> tuple[Pixels, Pixels]:
    """A crop of `pixels` and the same of an earlier JPEG file of them, perhaps scaled, grids apart or not."""
    before = draw_scale(rng) if rng.random() < 0.3 else scale * math.exp(rng.uniform(-0.7, 1.6))
    first = _through(pixels, libjpeg_tables(quality_of(before)), bool(rng.random() < 0.3))
    if rng.random() < 0.3:
        factor = rng.uniform(0.72, 1.5)
        size = [max(side + 8, round(length * factor)) for length in pixels.shape[:2]]
        method = (Image.Resampling.BICUBIC, Image.Resampling.LANCZOS, Image.Resampling.BILINEAR)
        chosen = method[int(rng.integers(3))]
        pixels, first = (
            np.asarray(Image.fromarray(array).resize((size[1], size[0]), chosen)) for array in (pixels, first)
        )
    y, x = (int(rng.integers(length - side + 1)) for length in pixels.shape[:2])
    if rng.random() < 0.3:
        y, x = y // 8 * 8, x // 8 * 8
    box = slice(y, y + side), slice(x, x + side)
    return np.ascontiguousarray(pixels[box]), np.ascontiguousarray(first[box])


def encoded(original: Pixels, received: Pixels, tables: Tables, full_chroma: bool) -> Example:
    """What a decoder gets of `received` by JPEG with `tables`, beside `original`."""
    standard = _through(received, tables, full_chroma)
    luma, chroma = (table.astype(np.uint16) for table in tables)
    return Example(original, standard, step_scale(luma), full_chroma, form=table_form(luma, chroma))


def _through(pixels: Pixels, tables: Tables, full_chroma: bool) -> Pixels:
    with Image.open(io.BytesIO(encoded_payload(pixels, tables, full_chroma))) as decoded:
        return np.asarray(decoded.convert("RGB"))


def encoded_payload(pixels: Pixels, tables: Tables, full_chroma: bool) -> bytes:
    """A JPEG file of `pixels` with those tables."""
    buffer = io.BytesIO()
    lists = [table.astype(int).ravel().tolist() for table in tables]
    Image.fromarray(pixels).save(buffer, "JPEG", qtables=lists, subsampling=0 if full_chroma else 2)
    return buffer.getvalue()


def _square(pictures: Sequence[Pixels], rng: np.random.Generator, config: TrainConfig) -> Pixels:
    """A random square, 32 pixels wider than a crop, that is not flat."""
    return draw_square(pictures, rng, config.data, config.data.crop + 32)
