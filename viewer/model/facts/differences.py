"""Pictures of differences: absolute or signed, of RGB or luma, at a fixed gain, adaptive or by square root.

Pure functions of arrays; nothing here knows the window. Differences are in levels of 255. An absolute
difference of RGB shows each channel's size on black; one of luma runs through a sequential colour map, and
signed ones through a diverging map that is dark at zero: of RGB the sample that differs most, with its sign.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.types import Pixels
from viewer.model.reading import read_by_field
from viewer.model.scene.palette import CIVIDIS, DIVERGING_DARK
from viewer.model.session.choices import Scale

_STRIP = 128
"""Rows at a time: 16-bit differences of a whole picture would be twice its size, and miss the cache."""
_FINE = 4
"""Steps per level at which luma is looked up: it is no whole number."""
PERCENTILE = 99.9
"""Of the sizes of differences: what an adaptive scale reaches."""
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""ITU-R BT.601, as the scores use it."""


@read_by_field
@dataclass(frozen=True)
class DifferenceLook:
    """absolute: sizes, else signed. luma: of luma only. gain: of a fixed scale, 255 / gain is full."""

    absolute: bool = False
    luma: bool = False
    scale: Scale = Scale.FIXED
    gain: int = 4

    @property
    def mapped(self) -> bool:
        """Whether one number a pixel goes through a colour map."""
        return self.luma or not self.absolute

    @property
    def colours(self) -> NDArray[np.uint8]:
        """uint8 (256, 3): what the legend shows from its low to its high end."""
        if not self.absolute:
            return DIVERGING_DARK
        return CIVIDIS if self.luma else _grey()


@dataclass(frozen=True, eq=False)
class Made:
    """Differences that share a scale. limit: the difference at its end, levels. psnr: RGB PSNR in dB of each
    pair's pictures against each other."""

    limit: float
    pictures: tuple[Pixels, ...]
    psnr: tuple[float, ...]


Pair = tuple[Pixels, Pixels]
"""Two pictures of one shape, uint8 (height, width, 3): the difference is the first less the second."""


def make_differences(pairs: Sequence[Pair], look: DifferenceLook) -> Made:
    """All of them on one scale."""
    limit = shared_limit([reach(a, b, look) for a, b in pairs], look)
    pictures = tuple(difference_picture(a, b, look, limit) for a, b in pairs)
    return Made(limit, pictures, tuple(psnr_between(a, b) for a, b in pairs))


def shared_limit(reaches: Sequence[float], look: DifferenceLook) -> float:
    """The difference at the end of the scale, in levels."""
    if look.scale is Scale.FIXED:
        return 255 / look.gain
    return 255.0 if look.scale is Scale.ROOT else max(1.0, *reaches)


def reach(a: Pixels, b: Pixels, look: DifferenceLook) -> float:
    """What an adaptive scale must reach for a pair: `PERCENTILE` of the sizes, levels. 0 for other scales."""
    if look.scale is not Scale.ADAPTIVE:
        return 0.0
    counts = np.zeros(255 * _FINE + 1, np.int64)
    for _, one, other in _strips(a, b):
        if look.luma:
            sizes = np.abs(_luma_steps(one, other))
        else:
            sizes = _FINE * np.abs(np.subtract(one, other, dtype=np.int16))
        counts += np.bincount(sizes.ravel(), minlength=counts.size)
    total = np.cumsum(counts)
    return float(np.searchsorted(total, PERCENTILE / 100 * total[-1])) / _FINE


def difference_picture(a: Pixels, b: Pixels, look: DifferenceLook, limit: float) -> Pixels:
    """uint8 (height, width, 3). limit: the difference that gets the last colour, levels."""
    root = look.scale is Scale.ROOT
    picture = np.empty_like(a)
    for rows, one, other in _strips(a, b):
        if not look.mapped:
            sizes = (np.maximum(one, other) - np.minimum(one, other)).tobytes()
            levels = np.frombuffer(sizes.translate(_curve(limit, root)), np.uint8)
            picture[rows] = levels.reshape(one.shape)
            continue
        fine = _FINE if look.luma else 1
        steps = _luma_steps(one, other) if look.luma else _largest(one, other).astype(np.intp)
        steps += 255 * fine
        packed = _table(look.absolute, limit, root, fine).take(steps)
        picture[rows] = packed.view(np.uint8).reshape(*steps.shape, 4)[..., :3]
    picture.setflags(write=False)
    return picture


def psnr_between(a: Pixels, b: Pixels) -> float:
    """PSNR in dB over all RGB samples, peak 255; infinite when equal."""
    total = 0.0
    for _, one, other in _strips(a, b):
        levels = np.subtract(one, other, dtype=np.int16).astype(np.float32).ravel()
        total += float(levels @ levels)
    return 10 * math.log10(255**2 * a.size / total) if total > 0 else math.inf


def part_of_scale(value: float, limit: float, root: bool) -> float:
    """Where a size of `value` levels stands on a scale that ends at `limit`, 0 to 1."""
    part = min(1.0, max(0.0, value / limit))
    return math.sqrt(part) if root else part


def _strips(a: Pixels, b: Pixels) -> Iterator[tuple[slice, Pixels, Pixels]]:
    for top in range(0, a.shape[0], _STRIP):
        rows = slice(top, top + _STRIP)
        yield rows, a[rows], b[rows]


def _luma_steps(a: Pixels, b: Pixels) -> NDArray[np.intp]:
    """Differences of luma in steps of 1 / `_FINE` level."""
    levels = np.subtract(a, b, dtype=np.int16).astype(np.float32) @ (_FINE * _LUMA)
    steps: NDArray[np.intp] = np.rint(levels).astype(np.intp)
    return steps


def _largest(a: Pixels, b: Pixels) -> NDArray[np.int16]:
    """Of each pixel the sample that differs most, with its sign."""
    planes = np.moveaxis(np.subtract(a, b, dtype=np.int16), -1, 0)
    highest = np.maximum(np.maximum(planes[0], planes[1]), planes[2])
    lowest = np.minimum(np.minimum(planes[0], planes[1]), planes[2])
    result: NDArray[np.int16] = np.where(highest >= -lowest, highest, lowest)
    return result


@lru_cache(16)
def _curve(limit: float, root: bool) -> bytes:
    """Levels on black of sizes 0 to 255."""
    part = np.clip(np.arange(256) / limit, 0, 1)
    return np.round(255 * (np.sqrt(part) if root else part)).astype(np.uint8).tobytes()


@lru_cache(16)
def _table(absolute: bool, limit: float, root: bool, fine: int) -> NDArray[np.uint32]:
    """Colours of differences −255 to 255 in steps of 1 / `fine`: red, green, blue and a spare byte each."""
    values = np.arange(-255 * fine, 255 * fine + 1) / fine
    part = np.clip(np.abs(values) / limit, 0, 1)
    part = np.sqrt(part) if root else part
    at = 255 * part if absolute else 127.5 + 127.5 * np.sign(values) * part
    table = np.zeros((values.size, 4), np.uint8)
    table[:, :3] = (CIVIDIS if absolute else DIVERGING_DARK)[np.round(at).astype(np.intp)]
    return table.view(np.uint32)[:, 0]


@cache
def _grey() -> NDArray[np.uint8]:
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    ramp.setflags(write=False)
    return ramp


@dataclass(frozen=True, eq=False)
class DifferenceSet:
    """What a job has made of `pairs`."""

    pairs: tuple[Pair, ...]
    look: DifferenceLook
    made: Made
