"""Pictures at a zoom: nearest-neighbour when magnified, area-averaged when minified.

All coordinates are device pixels of the scaled picture, so what is drawn is what was computed: nothing is
resampled a second time by the painter. Large pictures are averaged from a pyramid of halved levels, built
at first need and forgotten with the picture.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from weakref import ReferenceType, ref

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from engine.types import Pixels

_WHOLE = 600_000
"""Up to this many device pixels the whole scaled picture is kept, so that panning only copies."""

_TILE = 256
"""Beyond that, minified pictures are kept in squares of this side: panning samples only what comes in."""

_STRIP = 1 << 20
"""Pixels reduced at a time: bounds what a level costs beyond its own memory."""

_CACHED = 48 * 1024
"""Pixels averaged at a time, few enough for the processor's cache: three times faster than all at once."""

_HALF = np.uint64(0x0080008000800080)
_LOW = np.uint64(0x00FF00FF00FF00FF)


@dataclass(frozen=True)
class Excerpt:
    """The visible part of a scaled picture: `scale` device pixels per image pixel, then a rectangle."""

    scale: float
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Sampled:
    """`image` at (x, y) of the scaled picture."""

    image: QImage
    x: int
    y: int


class _Levels:
    """Halved levels of one array. The array itself is level 0."""

    def __init__(self, pixels: Pixels) -> None:
        self.source: ReferenceType[Any] = ref(pixels)
        self.reduced: dict[int, Pixels] = {}


class Sampler:
    """Samples pictures and remembers the results, by identity of their arrays, within `budget` bytes.

    Holds no picture alive: entries of arrays that are gone are never returned, and go with the next sampling.
    """

    def __init__(self, budget: int = 96 << 20, whole: int = _WHOLE, tile: int = _TILE) -> None:
        self._budget, self._whole, self._tile = budget, whole, tile
        self._held = 0
        self._images: OrderedDict[tuple[Any, ...], tuple[ReferenceType[Any], Sampled]] = OrderedDict()
        self._levels: dict[int, _Levels] = {}
        self._magnified: dict[int, tuple[Any, ...]] = {}
        """Of each picture the entry of its last magnified view."""
        self._first: dict[int, Excerpt] = {}
        """Of large minified pictures: the first view at their zoom of now."""
        self._gone: list[ReferenceType[Any]] = []  # may grow on any thread, so it only says that some are

    def sample(self, pixels: Pixels, view: Excerpt) -> list[Sampled]:
        """uint8 (height, width, 3) seen through `view`, as opaque images that together cover it."""
        if self._gone:
            self._forget_gone()
        if view.scale >= 1:
            return [self._one(pixels, view)]
        height, width = pixels.shape[:2]
        size = max(1, round(width * view.scale)), max(1, round(height * view.scale))
        if size[0] * size[1] <= self._whole:
            return [self._one(pixels, Excerpt(view.scale, 0, 0, *size))]
        if self._passing(pixels, view):
            return [self._one(pixels, view)]
        return [self._one(pixels, tile) for tile in _tiles(view, size, self._tile)]

    def _passing(self, pixels: Pixels, view: Excerpt) -> bool:
        """Whether this zoom has only just been come to: while zooming nothing is sampled beyond what is seen,
        which is a third of its tiles; they are made once somebody pans."""
        first = self._first.get(id(pixels))
        if first is None or first.scale != view.scale:
            first = self._first[id(pixels)] = view
        return first == view

    def _one(self, pixels: Pixels, view: Excerpt) -> Sampled:
        key = (id(pixels), view)
        found = self._find(key, pixels)
        if found is not None:
            return found
        if view.scale >= 1:
            packed, first = _packed_part(pixels, view)
            image = magnify(packed, view, QImage.Format.Format_RGB32, first, self._last(key))
            self._magnified[key[0]] = key
        else:
            image = shrink(*self._level(pixels, view.scale), view)
        result = Sampled(image, view.left, view.top)
        self._keep(key, pixels, result)
        return result

    def _last(self, key: tuple[Any, ...]) -> QImage | None:
        """The picture's magnified view before this one, to be drawn over: nobody comes back to exactly that,
        and fresh memory takes several times as long to fill."""
        entry = self._images.pop(self._magnified.get(key[0], ()), None)
        if entry is None:
            return None
        self._held -= entry[1].image.sizeInBytes()
        return entry[1].image

    def _find(self, key: tuple[Any, ...], pixels: Pixels) -> Sampled | None:
        entry = self._images.get(key)
        if entry is None or entry[0]() is not pixels:
            return None
        self._images.move_to_end(key)
        return entry[1]

    def _keep(self, key: tuple[Any, ...], pixels: Pixels, result: Sampled) -> None:
        old = self._images.pop(key, None)
        if old is not None:
            self._held -= old[1].image.sizeInBytes()
        self._images[key] = (ref(pixels, self._gone.append), result)
        self._held += result.image.sizeInBytes()
        while self._held > self._budget and len(self._images) > 1:
            _, (_, gone) = self._images.popitem(last=False)
            self._held -= gone.image.sizeInBytes()

    def _forget_gone(self) -> None:
        self._gone.clear()
        for key in [key for key, (source, _) in self._images.items() if source() is None]:
            self._held -= self._images.pop(key)[1].image.sizeInBytes()
        self._levels = {key: entry for key, entry in self._levels.items() if entry.source() is not None}
        alive = {key[0] for key in self._images}
        self._first = {key: view for key, view in self._first.items() if key in alive}
        self._magnified = {key: entry for key, entry in self._magnified.items() if key in alive}

    def _level(self, pixels: Pixels, scale: float) -> tuple[Pixels, int]:
        """The coarsest level that still has at least the resolution of `scale`, and its factor."""
        number = max(0, math.floor(math.log2(1 / scale) + 1e-9))
        if number == 0:
            return pixels, 1
        levels = self._levels.get(id(pixels))
        if levels is None or levels.source() is not pixels:
            self._levels = {key: entry for key, entry in self._levels.items() if entry.source() is not None}
            levels = self._levels[id(pixels)] = _Levels(pixels)
        if number not in levels.reduced:
            finer = max((have for have in levels.reduced if have < number), default=0)
            source = levels.reduced[finer] if finer else pixels
            levels.reduced[number] = reduce(source, 1 << (number - finer))
        return levels.reduced[number], 1 << number


def _tiles(view: Excerpt, size: tuple[int, int], side: int) -> list[Excerpt]:
    """The squares of a fixed grid that a view touches, cut off at the scaled picture's edges."""
    tiles = []
    for top in range(view.top // side * side, view.top + view.height, side):
        for left in range(view.left // side * side, view.left + view.width, side):
            width, height = min(side, size[0] - left), min(side, size[1] - top)
            tiles.append(Excerpt(view.scale, left, top, width, height))
    return tiles


def reduce(pixels: Pixels, factor: int, strip_size: int = _STRIP) -> Pixels:
    """Mean over factor×factor blocks (fewer at the far edges): uint8 (ceil(h/f), ceil(w/f), 3). strip_size:
    pixels reduced at a time."""
    from PIL import Image

    height, width = pixels.shape[:2]
    rows = max(factor, strip_size // width // factor * factor)
    strips = []
    for top in range(0, height, rows):
        strip = pixels[top : top + rows]
        image = Image.frombuffer("RGB", (width, strip.shape[0]), strip, "raw", "RGB", 0, 1)
        strips.append(np.asarray(image.reduce(factor)))
    return np.concatenate(strips)


def _packed_part(pixels: Pixels, view: Excerpt) -> tuple[NDArray[np.uint32], tuple[int, int]]:
    """The image pixels a magnified view touches, as 0xffRRGGBB, and where they begin."""
    x0, y0 = int(view.left / view.scale), int(view.top / view.scale)
    x1 = math.ceil((view.left + view.width) / view.scale)
    y1 = math.ceil((view.top + view.height) / view.scale)
    part = pixels[y0:y1, x0:x1]
    packed = np.empty((part.shape[0], part.shape[1], 4), np.uint8)
    packed[..., 0] = part[..., 2]
    packed[..., 1] = part[..., 1]
    packed[..., 2] = part[..., 0]
    packed[..., 3] = 255
    return packed.view("<u4")[..., 0], (x0, y0)


def magnify(
    packed: NDArray[np.uint32],
    view: Excerpt,
    kind: QImage.Format,
    first: tuple[int, int] = (0, 0),
    over: QImage | None = None,
) -> QImage:
    """Nearest neighbour: device pixel i shows the image pixel that holds its centre, (i + 1/2) / scale.

    packed: one 32-bit word a pixel, beginning at image pixel `first` (x, y). over: an image that may be drawn
    over where it has the size and kind.
    """
    columns = np.floor((view.left + np.arange(view.width) + 0.5) / view.scale + 1e-9).astype(np.intp)
    rows = np.floor((view.top + np.arange(view.height) + 0.5) / view.scale + 1e-9).astype(np.intp)
    image = over
    if image is None or (image.width(), image.height(), image.format()) != (view.width, view.height, kind):
        image = QImage(view.width, view.height, kind)
    grown = np.frombuffer(image.bits(), np.uint32).reshape(view.height, view.width)
    wide = packed.take(columns - first[0], axis=1, mode="clip")  # few rows yet: the rest is whole rows copied
    wide.take(rows - first[1], axis=0, out=grown, mode="clip")
    return image


def shrink(level: Pixels, factor: int, view: Excerpt) -> QImage:
    """Area average: a device pixel is the mean of what it covers of the picture, to one level in 255.

    level: the picture reduced by `factor`, with 1 to 2 of its pixels to a device pixel. The grid of device
    pixels is tied to the picture, so that nothing shimmers while panning. Four channels of 16 bits lie in
    one 64-bit word: weights add up to 256, so no channel runs into its neighbour.
    """
    height, width = level.shape[:2]
    unit = 1 / (view.scale * factor)
    rows, row_weights = _taps(view.top, view.height, unit, height)
    columns, column_weights = _taps(view.left, view.width, unit, width)
    left, right = int(columns.min()), int(columns.max()) + 1
    part, columns = level[:, left:right], columns - left
    small = np.empty((view.height, view.width, 4), np.uint8)
    strip = max(8, _CACHED // part.shape[1])
    for top in range(0, view.height, strip):
        some = slice(top, min(top + strip, view.height))
        down = _weighed_rows(part, rows[:, some], row_weights[:, some])
        across = _weighed_columns(_channels_in_words(down), columns, column_weights)
        small[some] = across.view(np.uint16).reshape(-1, view.width, 4)
    return QImage(small.data, view.width, view.height, 4 * view.width, QImage.Format.Format_RGB32).copy()


def _weighed_rows(level: Pixels, rows: NDArray[np.intp], weights: NDArray[np.uint64]) -> NDArray[np.uint16]:
    total = np.zeros((rows.shape[1], *level.shape[1:]), np.uint16)
    for row, weight in zip(rows, weights.astype(np.uint16)[..., None, None], strict=True):
        total += np.multiply(level[row], weight, dtype=np.uint16)
    total += 128
    total >>= 8
    return total


def _weighed_columns(
    words: NDArray[np.uint64], columns: NDArray[np.intp], weights: NDArray[np.uint64]
) -> NDArray[np.uint64]:
    total = np.zeros((words.shape[0], columns.shape[1]), np.uint64)
    for column, weight in zip(columns, weights, strict=True):
        total += words.take(column, axis=1) * weight
    total += _HALF
    total >>= np.uint64(8)
    total &= _LOW
    return total


def _channels_in_words(samples: NDArray[np.uint16]) -> NDArray[np.uint64]:
    """(height, width, 3) as one word a pixel: blue lowest, opaque on top."""
    words = np.empty((*samples.shape[:2], 4), "<u2")
    words[..., 0] = samples[..., 2]
    words[..., 1] = samples[..., 1]
    words[..., 2] = samples[..., 0]
    words[..., 3] = 255
    return words.view("<u8")[..., 0]


def _taps(first: int, count: int, unit: float, length: int) -> tuple[NDArray[np.intp], NDArray[np.uint64]]:
    """Which source pixels make up each of `count` device pixels, and how much: two (3, count) arrays.

    A device pixel covers `unit` (1 to 2) source pixels, three at most in part. Weights add up to 256.
    """
    edges = np.minimum((first + np.arange(count + 1)) * unit, length)
    low, high = edges[:-1], edges[1:]
    start = np.minimum(np.floor(low + 1e-9), length - 1)
    at = start + np.arange(3)[:, None]
    cover = np.clip(np.minimum(high, at + 1) - np.maximum(low, at), 0, None)
    cover[0] += high - low < 1e-9  # beyond the picture by less than a pixel: repeat its last one
    weights = np.round(256 * cover / cover.sum(axis=0))
    weights[np.argmax(weights, axis=0), np.arange(count)] += 256 - weights.sum(axis=0)
    return np.minimum(at, length - 1).astype(np.intp), weights.astype(np.uint64)
