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
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from engine.types import Pixels

_WHOLE = 2_500_000
"""Up to this many device pixels the whole scaled picture is kept, so that panning only copies."""

_STRIP = 1 << 20
"""Pixels reduced at a time: bounds what a level costs beyond its own memory."""


@dataclass(frozen=True)
class View:
    """The visible part of a scaled picture: `scale` device pixels per image pixel, then a rectangle."""

    scale: float
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Sampled:
    """`image` at (x, y) of the scaled picture; it covers at least the view that was asked for."""

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

    Holds no picture alive: entries of arrays that are gone are never returned and age away.
    """

    def __init__(self, budget: int = 96 << 20) -> None:
        self._budget = budget
        self._held = 0
        self._images: OrderedDict[tuple[Any, ...], tuple[ReferenceType[Any], Sampled]] = OrderedDict()
        self._levels: dict[int, _Levels] = {}

    def sample(self, pixels: Pixels, view: View) -> Sampled:
        """uint8 (height, width, 3) seen through `view`, as an opaque image."""
        height, width = pixels.shape[:2]
        whole = (max(1, round(width * view.scale)), max(1, round(height * view.scale)))
        small = view.scale < 1 and whole[0] * whole[1] <= _WHOLE
        key = (id(pixels), view.scale) if small else (id(pixels), view)
        found = self._find(key, pixels)
        if found is not None:
            return found
        if view.scale >= 1:
            packed, first = _packed_part(pixels, view)
            image = magnify(packed, view, QImage.Format.Format_RGB32, first)
            result = Sampled(image, view.left, view.top)
        elif small:
            result = Sampled(_shrink_whole(self._level(pixels, view.scale)[0], whole), 0, 0)
        else:
            level, factor = self._level(pixels, view.scale)
            result = Sampled(_shrink_part(level, factor, view), view.left, view.top)
        self._keep(key, pixels, result)
        return result

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
        self._images[key] = (ref(pixels), result)
        self._held += result.image.sizeInBytes()
        while self._held > self._budget and len(self._images) > 1:
            _, (_, gone) = self._images.popitem(last=False)
            self._held -= gone.image.sizeInBytes()

    def _level(self, pixels: Pixels, scale: float) -> tuple[Pixels, int]:
        """The coarsest level that still has at least the resolution of `scale`, and its factor."""
        number = max(0, math.floor(math.log2(1 / scale) + 1e-9))
        if number == 0 or min(pixels.shape[:2]) < 2:
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


def reduce(pixels: Pixels, factor: int) -> Pixels:
    """Mean over factor×factor blocks (fewer at the far edges): uint8 (ceil(h/f), ceil(w/f), 3)."""
    from PIL import Image

    height, width = pixels.shape[:2]
    rows = max(factor, _STRIP // width // factor * factor)
    strips = []
    for top in range(0, height, rows):
        strip = pixels[top : top + rows]
        image = Image.frombuffer("RGB", (width, strip.shape[0]), strip, "raw", "RGB", 0, 1)
        strips.append(np.asarray(image.reduce(factor)))
    return np.concatenate(strips)


def _packed_part(pixels: Pixels, view: View) -> tuple[NDArray[np.uint32], tuple[int, int]]:
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
    packed: NDArray[np.uint32], view: View, kind: QImage.Format, first: tuple[int, int] = (0, 0)
) -> QImage:
    """Nearest neighbour: device pixel i shows the image pixel that holds its centre, (i + 1/2) / scale.

    packed: one 32-bit word a pixel, beginning at image pixel `first` (x, y).
    """
    columns = np.floor((view.left + np.arange(view.width) + 0.5) / view.scale + 1e-9).astype(np.intp)
    rows = np.floor((view.top + np.arange(view.height) + 0.5) / view.scale + 1e-9).astype(np.intp)
    columns = np.clip(columns - first[0], 0, packed.shape[1] - 1)
    rows = np.clip(rows - first[1], 0, packed.shape[0] - 1)
    grown = np.ascontiguousarray(packed.take(rows, axis=0).take(columns, axis=1))
    return QImage(grown.data, view.width, view.height, 4 * view.width, kind).copy()


def _shrink_whole(level: Pixels, size: tuple[int, int]) -> QImage:
    height, width = level.shape[:2]
    level = np.ascontiguousarray(level)
    image = QImage(level.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    scaled = image.scaled(
        *size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    return scaled.convertToFormat(QImage.Format.Format_RGB32)


def _shrink_part(level: Pixels, factor: int, view: View) -> QImage:
    """Area average with the sampling grid tied to the picture, so that nothing shimmers while panning."""
    from PIL import Image

    height, width = level.shape[:2]
    unit = 1 / (view.scale * factor)
    x0, y0 = view.left * unit, view.top * unit
    x1, y1 = min(width, x0 + view.width * unit), min(height, y0 + view.height * unit)
    left, top = int(x0), int(y0)
    part = np.ascontiguousarray(level[top : math.ceil(y1), left : math.ceil(x1)])
    image = Image.frombuffer("RGB", (part.shape[1], part.shape[0]), part, "raw", "RGB", 0, 1)
    box = (x0 - left, y0 - top, x1 - left, y1 - top)
    small = image.resize((view.width, view.height), Image.Resampling.BOX, box)
    data = small.tobytes("raw", "BGRX")
    return QImage(data, view.width, view.height, 4 * view.width, QImage.Format.Format_RGB32).copy()
