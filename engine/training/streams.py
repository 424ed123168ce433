"""Where decoders get pictures and what codecs make of them.

JPEG codes blocks of at most 16×16 pixels alone, so crops are encoded one by one, as they are drawn. Other
codecs look further: whole pictures are encoded for them, and crops cut out on the 16×16 grid, where the
phases of their transforms repeat. As that takes longer, a window of such pictures is kept and moves on with
the run. Everything depends on seed and update alone, so that a run can be resumed.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from engine.codecs.learned.goog import GOOG
from engine.errors import UserError
from engine.registry import CODECS
from engine.training.config import DataConfig, TrainConfig
from engine.training.data import Example, compress, draw_crop, turn
from engine.training.wide import WideSource
from engine.types import Coded, EncodeOptions, Pixels

GRID = 16
"""Crops begin at multiples of this many pixels."""
VALIDATION_QUALITY = 15
VALIDATION_RATE = 0.375
"""Bits per pixel at which networks for codecs other than JPEG are measured; JPEG's q15 is about as many."""
_FINE = 0.02


class Source(Protocol):
    """Draws examples for a run."""

    def draw(self, rng: np.random.Generator, update: int) -> Example:
        """A crop with its standard decode. Updates may only rise from one call to the next."""
        ...

    def validation(self, pixels: Pixels) -> list[Example]:
        """The picture as each of the codecs decodes it at one middling rate."""
        ...

    def finest_scales(self) -> dict[str, float]:
        """Finest step scale of the streams so far, by codec, where nothing else tells."""
        ...


def source(config: TrainConfig, pictures: Sequence[Pixels]) -> Source:
    """What `config.data.codecs` asks for. Raises UserError."""
    if config.data.wide:
        return WideSource(config, pictures)
    if config.data.codecs == ("jpeg",):
        return CropSource(config.data, pictures)
    return WindowSource(config, pictures)


class CropSource:
    """JPEG: every crop is encoded for itself."""

    def __init__(self, data: DataConfig, pictures: Sequence[Pixels]) -> None:
        self._data, self._pictures = data, pictures

    def draw(self, rng: np.random.Generator, update: int) -> Example:
        return draw_crop(self._pictures, rng, self._data)

    def validation(self, pixels: Pixels) -> list[Example]:
        return [compress(pixels, VALIDATION_QUALITY, False)]

    def finest_scales(self) -> dict[str, float]:
        """Known from `quality_high`."""
        return {}


class WindowSource:
    """Any codecs: the last `data.window` of the pictures encoded so far, one more every `data.replace_every`
    updates. Codecs take turns; qualities are drawn evenly, as in these codecs they are logarithms of the
    error already; of a progressive stream all its shorter ones count too."""

    def __init__(self, config: TrainConfig, pictures: Sequence[Pixels]) -> None:
        self._data, self._pictures, self._seed = config.data, pictures, config.seed
        self._window: dict[int, list[Example]] = {}
        self._scales: dict[str, list[float]] = {}
        for name in self._data.codecs:
            (lowest, highest), (low, high) = CODECS.get(name).qualities, self._data.range_of(name)
            if not lowest <= low <= high <= highest:
                where = f"configuration '{config.name}'"
                raise UserError(
                    f"{where}: qualities of {CODECS.get(name).title} lie in {lowest} to {highest}"
                )

    def draw(self, rng: np.random.Generator, update: int) -> Example:
        newest = update // self._data.replace_every
        oldest = newest - self._data.window + 1
        for entry in [entry for entry in self._window if entry < oldest]:
            del self._window[entry]
        for entry in range(oldest, newest + 1):
            if entry not in self._window:
                self._window[entry] = self._encode(entry)
        for _ in range(1000):
            choices = self._window[oldest + int(rng.integers(self._data.window))]
            example = choices[int(rng.integers(len(choices)))]
            crop = self._cut(example, rng)
            if crop.original.std() >= self._data.min_deviation:
                return crop
        raise UserError("the training pictures are nearly flat: no crop varies by data.min_deviation levels")

    def validation(self, pixels: Pixels) -> list[Example]:
        options = EncodeOptions(bits_per_pixel=VALIDATION_RATE, subsampling="4:4:4")
        return [example_of(pixels, CODECS.get(name).encode(pixels, options)) for name in self._data.codecs]

    def finest_scales(self) -> dict[str, float]:
        return {
            name: round(float(np.quantile(scales, _FINE)), 4)
            for name, scales in self._scales.items()
            if name != "jpeg"
        }

    def _encode(self, entry: int) -> list[Example]:
        """Picture number `entry` of the run; numbers of the first window are negative."""
        rng = np.random.default_rng((self._seed, 11, entry + self._data.window))
        name = self._data.codecs[entry % len(self._data.codecs)]
        pixels = turn(self._pictures[int(rng.integers(len(self._pictures)))], rng)
        height, width = (length // GRID * GRID for length in pixels.shape[:2])
        pixels = np.ascontiguousarray(pixels[:height, :width])
        low, high = self._data.range_of(name)
        quality = int(rng.integers(low, high + 1))
        if name == GOOG.name:
            streams = list(itertools.islice(GOOG.growing(pixels), low - 1, high))
        else:
            full = rng.random() < self._data.full_chroma
            options = EncodeOptions(quality=quality, subsampling="4:4:4" if full else "4:2:0")
            streams = [CODECS.get(name).encode(pixels, options)]
        self._scales.setdefault(name, []).extend(coded.scale for coded in streams)
        return [example_of(pixels, coded) for coded in streams]

    def _cut(self, example: Example, rng: np.random.Generator) -> Example:
        side = self._data.crop
        height, width = example.original.shape[:2]
        y = int(rng.integers((height - side) // GRID + 1)) * GRID
        x = int(rng.integers((width - side) // GRID + 1)) * GRID
        box = slice(y, y + side), slice(x, x + side)
        return Example(
            example.original[box], example.standard[box], example.scale, example.full_chroma, example.codec
        )


def example_of(original: Pixels, coded: Coded) -> Example:
    """What `coded` offers a network, beside the picture that it came from."""
    return Example(original, coded.standard, coded.scale, coded.subsampling == "4:4:4", coded.codec)
