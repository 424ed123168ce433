"""Staircasing: how far slanting edges have turned towards the horizontal and the vertical. Per cent.

Yuen, Wu, "A survey of hybrid MC/DPCM/DCT video coding distortions", Signal Processing 70, 1998, section 3.3:
the basis functions of the DCT suit horizontal and vertical features; of an edge that slants, coarse
quantisation leaves what follows the axes, so that consecutive blocks along it look like steps. With d the
angle between an edge and the nearer axis, 0 to 45 degrees, the measure is the mean of (d_before - d) /
d_before along edges that slanted before: 0 where they run as they did, or have turned to either side alike,
100 % where they are made of horizontal and vertical pieces. Directions are those of the structure tensor over
3×3 pixels (Bigün, Granlund, "Optimal orientation detection of linear symmetry", ICCV 1987).

What an edge was before is told by the original. Without one it is its course: the direction after smoothing
over more than a block (means of 4×4 pixels, 1-2-1 filters and Sobel's on them), where steps of 8 pixels have
disappeared.
"""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.artefacts.planes import Map, Mask, Plane, Planes, mean3, patch_sums, sobel, weighted_means

T = TypeVar("T", bound=np.generic)

_LEAST_SLANT = 15.0  # degrees that a slanting edge is away from both axes
_ONE_DIRECTION = 0.64  # of 1: one direction only
_ONE_COURSE = 0.9
_LEAST_COURSE = 2.0  # levels per pixel after smoothing
_LEAST_EDGE = 10.0  # levels per pixel
_CELL = 4  # pixels
_FEWEST = 6


def staircasing(picture: Planes, original: Planes | None) -> Map:
    """How far the slanting edges of each patch have turned to an axis, per cent, below 0 for away from it;
    NaN for patches that no such edge crosses."""
    if original is None:
        before, slanting = _course(picture.x)
    else:
        before = _slant(*original.orientation[:2])
        slanting = original.edges & (original.anisotropy >= _ONE_DIRECTION)
    counted = slanting & (before >= _LEAST_SLANT)
    counted &= (picture.strength >= _LEAST_EDGE) & (picture.anisotropy >= _ONE_DIRECTION / 2)
    cosine, sine, energy = picture.orientation
    turned = np.zeros_like(energy)
    turned[counted] = 100 * (1 - _slant(cosine[counted], sine[counted]) / before[counted])
    return weighted_means(turned, np.where(counted, energy, np.float32(0)), patch_sums(counted), _FEWEST)


def _slant(cosine: Plane, sine: Plane) -> Plane:
    """Degrees between a direction, given in double angles, and the nearer axis: 0 to 45."""
    result: Plane = np.arctan2(np.abs(sine), np.abs(cosine)) * np.float32(math.degrees(0.5))
    return result


def _course(x: Plane) -> tuple[Plane, Mask]:
    """How the smoothed picture's edges slant, degrees, and where it has one clear direction; by pixel."""
    across, down = sobel(_smoothed(_smoothed(_cells(x))))
    aa, dd = across * across, down * down
    cosine, sine, energy = mean3(aa - dd), mean3(2 * across * down), mean3(aa + dd)
    clear = (aa + dd >= (_CELL * _LEAST_COURSE) ** 2) & (
        cosine * cosine + sine * sine >= _ONE_COURSE * energy * energy
    )
    slant = _slant(cosine, sine)
    return _by_pixel(slant, x.shape), _by_pixel(clear, x.shape)


def _by_pixel(cells: NDArray[T], shape: tuple[int, ...]) -> NDArray[T]:
    return np.repeat(np.repeat(cells, _CELL, axis=0), _CELL, axis=1)[: shape[0], : shape[1]]


def _cells(x: Plane) -> Plane:
    """Means of 4×4 pixels; the border is repeated to whole cells."""
    height, width = x.shape
    x = np.pad(x, ((0, -height % _CELL), (0, -width % _CELL)), mode="edge")
    lines = x.reshape(x.shape[0] // _CELL, _CELL, x.shape[1]).mean(axis=1)
    result: Plane = lines.reshape(lines.shape[0], -1, _CELL).mean(axis=2)
    return result


def _smoothed(x: Plane) -> Plane:
    """1-2-1 filters down and across, borders repeated."""
    p = np.pad(x, 1, mode="edge")
    lines = p[:-2] + 2 * p[1:-1] + p[2:]
    result: Plane = (lines[:, :-2] + 2 * lines[:, 1:-1] + lines[:, 2:]) * np.float32(1 / 16)
    return result
