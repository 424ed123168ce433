"""Planes that measures of artefacts share, computed where they are first asked for, and sums over patches."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.metrics.fidelity import luma
from engine.types import PATCH, Pixels, patch_grid

Plane = NDArray[np.float32]
"""One value a pixel, float32 (height, width)."""
Map = NDArray[np.float32]
"""One value a patch, float32 (patch rows, patch columns)."""
Mask = NDArray[np.bool_]

STRONG_EDGE = 20.0
"""Sobel gradient, in levels per pixel, from which on an edge counts as strong."""
TEXTURED = 2.0
"""Activity in levels from which on a pixel is part of a texture, below which it is smooth."""


class Planes:
    """The luma of a picture, or of a band of it, and what follows from it."""

    def __init__(self, pixels: Pixels) -> None:
        self.x: Plane = luma(pixels)

    @cached_property
    def gradient(self) -> tuple[Plane, Plane]:
        """Sobel, across and down, levels per pixel, borders repeated."""
        return sobel(self.x)

    @cached_property
    def strength(self) -> Plane:
        """Magnitude of the gradient."""
        result: Plane = np.sqrt(self._squares[0] + self._squares[1])
        return result

    @cached_property
    def _squares(self) -> tuple[Plane, Plane]:
        across, down = self.gradient
        return across * across, down * down

    @cached_property
    def edges(self) -> Mask:
        """Pixels of strong edges."""
        result: Mask = self.strength >= STRONG_EDGE
        return result

    @cached_property
    def detail(self) -> Plane:
        """What a 3×3 mean removes, levels."""
        return self.x - mean3(self.x)

    @cached_property
    def activity(self) -> Plane:
        """Root mean square of the detail over 3×3 pixels, levels."""
        result: Plane = np.sqrt(mean3(np.square(self.detail)))
        return result

    @cached_property
    def orientation(self) -> tuple[Plane, Plane, Plane]:
        """The structure tensor over 3×3 pixels in double angles (Bigün, Granlund 1987): the means of g² cos
        2φ, g² sin 2φ and g², where φ is the direction of the gradient g."""
        across, down = self.gradient
        aa, dd = self._squares
        return mean3(aa - dd), mean3(2 * across * down), mean3(aa + dd)

    @cached_property
    def anisotropy(self) -> Plane:
        """Squared length of the orientation over the squared mean of g²: 1 where there is one direction only,
        0 where there is none."""
        cosine, sine, energy = self.orientation
        result: Plane = (cosine * cosine + sine * sine) / np.maximum(energy * energy, np.float32(1e-6))
        return result


def sobel(x: Plane) -> tuple[Plane, Plane]:
    """The gradient across and down in levels per pixel, borders repeated."""
    p = np.pad(x, 1, mode="edge")
    smooth_down = p[:-2] + 2 * p[1:-1] + p[2:]
    smooth_across = p[:, :-2] + 2 * p[:, 1:-1] + p[:, 2:]
    across: Plane = (smooth_down[:, 2:] - smooth_down[:, :-2]) * np.float32(1 / 8)
    down: Plane = (smooth_across[2:] - smooth_across[:-2]) * np.float32(1 / 8)
    return across, down


def patch_sums(x: NDArray[np.float32] | Mask) -> Map:
    """Sums over the pixels of each patch; patches cut by the border have fewer."""
    rows, columns = patch_grid(*x.shape)
    if x.shape != (rows * PATCH, columns * PATCH):
        whole = np.zeros((rows * PATCH, columns * PATCH), np.float32)
        whole[: x.shape[0], : x.shape[1]] = x
        x = whole
    lines = x.reshape(rows, PATCH, columns * PATCH).sum(axis=1, dtype=np.float32)
    result: Map = lines.reshape(rows, columns, PATCH).sum(axis=2)
    return result


def sum3(x: Plane) -> Plane:
    """3×3 sums, nothing outside."""
    padded = np.pad(x, 1)
    lines = padded[:-2] + padded[1:-1] + padded[2:]
    result: Plane = lines[:, :-2] + lines[:, 1:-1] + lines[:, 2:]
    return result


def mean3(x: Plane) -> Plane:
    """3×3 means, borders repeated."""
    padded = np.pad(x, 1, mode="edge")
    lines = padded[:-2] + padded[1:-1]
    lines += padded[2:]
    result: Plane = lines[:, :-2] + lines[:, 1:-1]
    result += lines[:, 2:]
    result *= np.float32(1 / 9)
    return result


def dilated(mask: Mask, reach: int) -> Mask:
    """True within `reach` pixels, across and down, of a true pixel."""
    for axis in (0, 1):
        source = mask
        mask = source.copy()
        for distance in range(1, min(reach, source.shape[axis] - 1) + 1):
            ahead = (slice(distance, None), slice(None))[:: 1 - 2 * axis]
            behind = (slice(None, -distance), slice(None))[:: 1 - 2 * axis]
            mask[ahead] |= source[behind]
            mask[behind] |= source[ahead]
    return mask


def unknown(shape: tuple[int, ...]) -> Map:
    """NaN everywhere."""
    return np.full(shape, np.nan, np.float32)


def weighted_means(values: Plane, weights: Plane, count: Map, fewest: int) -> Map:
    """Σ weights · values / Σ weights of each patch with at least `fewest` pixels counted, else NaN.

    values and weights are 0 off the pixels that count.
    """
    total, weight = patch_sums(values * weights), patch_sums(weights)
    result = unknown(count.shape)
    np.divide(total, weight, out=result, where=(count >= fewest) & (weight > 0))
    return result
