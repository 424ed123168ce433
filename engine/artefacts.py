"""No-reference measures of two coding artefacts, per 8×8 patch and for whole pictures, in luma levels.

Both look at the luma of the 8-bit picture alone, so they can be taken of any step and of files without an
original. The grid of patches is the codec's block grid, starting at the upper left pixel.

Blockiness follows Wang, Sheikh, Bovik, "No-reference perceptual quality assessment of JPEG compressed
images", ICIP 2002: the mean step across block boundaries (their B) against the mean step between
neighbouring pixels inside the blocks (their A). Here the two are compared at each side of each block and
subtracted: B - A, with A from the two blocks that meet there. Without coding it's about 0.

Ringing follows the idea of Liu, Klomp, Heynderickx, "A no-reference metric for perceived ringing artifacts
in images", IEEE TCSVT 20(4), 2010, and Feng, Allebach, "Measurement of ringing artifacts in JPEG images",
SPIE 6076, 2006: the activity of the pixels near strong edges against that of the neighbouring background.
A codec confines ringing to the blocks that an edge crosses, so those are "near" and the blocks around them
that no edge crosses are the background. Activity is the root mean square of what a 3×3 mean removes.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from engine.metrics import luma
from engine.types import PATCH, Pixels, patch_grid

STRONG_EDGE = 20.0
"""Sobel gradient, in levels per pixel, from which on an edge counts as strong."""

_EDGE_REACH = 2  # pixels this close to a strong edge belong to the edge itself
_FEWEST_NEAR, _FEWEST_BACKGROUND = 6, 32  # pixels to judge by
_BAND = 32  # patch rows measured at once, which bounds memory on large pictures
_HALO = 2  # patch rows around a band that its measures look at

Plane = NDArray[np.float32]
Map = NDArray[np.float32]


def blockiness_map(pixels: Pixels) -> Map:
    """Blockiness of each patch: float32 (patch rows, patch columns), 0 or more, in levels.

    pixels: uint8 (height, width, 3). The mean of B - A over the patch's sides (not the picture's border),
    0 where steps at the sides are no larger than those inside.
    """
    return np.maximum(np.nan_to_num(_banded(pixels, _signed_blockiness)), 0)


def blockiness(pixels: Pixels) -> float:
    """Blockiness of a whole picture, 0 or more, in levels: the mean over patches of B - A, unclipped."""
    return _clipped_mean(_banded(pixels, _signed_blockiness))


def ringing_map(pixels: Pixels) -> Map:
    """Ringing of each patch: float32 (patch rows, patch columns), 0 or more, in levels.

    pixels: uint8 (height, width, 3). How much more active the pixels off the edges of a patch are than the
    background around it; 0 for patches without a strong edge and where there is no background to compare.
    """
    return np.maximum(np.nan_to_num(_banded(pixels, _signed_ringing)), 0)


def ringing(pixels: Pixels) -> float:
    """Ringing of a whole picture, 0 or more, in levels: the mean over patches where it can be judged."""
    return _clipped_mean(_banded(pixels, _signed_ringing))


def _clipped_mean(signed: Map) -> float:
    known = signed[~np.isnan(signed)]
    return max(0.0, float(known.mean(dtype=np.float64))) if known.size else 0.0


def _banded(pixels: Pixels, measure: Callable[[Plane], Map]) -> Map:
    """`measure` of the luma, band by band: float32 (patch rows, patch columns), NaN where undefined."""
    rows, columns = patch_grid(*pixels.shape[:2])
    result = np.empty((rows, columns), np.float32)
    for top in range(0, rows, _BAND):
        first, last = max(top - _HALO, 0), top + _BAND + _HALO
        band = measure(luma(pixels[first * PATCH : last * PATCH]))
        result[top : top + _BAND] = band[top - first : top - first + _BAND]
    return result


def _signed_blockiness(x: Plane) -> Map:
    beside = _boundary_excess(x)  # (rows, columns - 1)
    below = _boundary_excess(x.T).T  # (rows - 1, columns)
    shape = (below.shape[0] + 1, beside.shape[1] + 1)
    total, sides = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for excess, one, other in (
        (beside, np.s_[:, :-1], np.s_[:, 1:]),
        (below, np.s_[:-1], np.s_[1:]),
    ):
        for part in (one, other):
            total[part] += excess
            sides[part] += 1
    return np.divide(total, sides, out=np.full(shape, np.nan, np.float32), where=sides > 0)


def _boundary_excess(x: Plane) -> Map:
    """B - A at the boundary between each patch and its right neighbour: (patch rows, patch columns - 1)."""
    steps = np.zeros_like(x)
    np.abs(np.diff(x, axis=1), out=steps[:, :-1])
    exists = np.zeros_like(x)
    exists[:, :-1] = 1
    across = np.arange(x.shape[1]) % PATCH == PATCH - 1
    inside, inside_count = _patch_sums(steps * ~across), _patch_sums(exists * ~across)
    at_side, side_count = _patch_sums(steps * across)[:, :-1], _patch_sums(exists * across)[:, :-1]
    both, both_count = inside[:, :-1] + inside[:, 1:], inside_count[:, :-1] + inside_count[:, 1:]
    return at_side / side_count - both / both_count


def _signed_ringing(x: Plane) -> Map:
    edges = _gradient(x) >= STRONG_EDGE
    off_edges = (~_dilated(edges, _EDGE_REACH)).astype(np.float32)
    activity = np.sqrt(_mean3(np.square(x - _mean3(x))))
    crossed = _patch_sums(edges.astype(np.float32)) > 0
    pixels, active = _patch_sums(off_edges), _patch_sums(off_edges * activity)
    around = _sum3(np.where(crossed, 0, pixels))
    around_active = _sum3(np.where(crossed, 0, active))
    judged = crossed & (pixels >= _FEWEST_NEAR) & (around >= _FEWEST_BACKGROUND)
    result = np.full(crossed.shape, np.nan, np.float32)
    result[judged] = active[judged] / pixels[judged] - around_active[judged] / around[judged]
    return result


def _patch_sums(x: Plane) -> Map:
    """Sums over the pixels of each patch; patches cut by the border have fewer."""
    rows, columns = patch_grid(*x.shape)
    whole = np.zeros((rows * PATCH, columns * PATCH), np.float32)
    whole[: x.shape[0], : x.shape[1]] = x
    result: Map = whole.reshape(rows, PATCH, columns, PATCH).sum(axis=(1, 3))
    return result


def _sum3(x: Plane) -> Plane:
    """3×3 sums, nothing outside."""
    padded = np.pad(x, 1)
    lines = padded[:-2] + padded[1:-1] + padded[2:]
    result: Plane = lines[:, :-2] + lines[:, 1:-1] + lines[:, 2:]
    return result


def _mean3(x: Plane) -> Plane:
    """3×3 means, borders repeated."""
    padded = np.pad(x, 1, mode="edge")
    lines = padded[:-2] + padded[1:-1] + padded[2:]
    result: Plane = (lines[:, :-2] + lines[:, 1:-1] + lines[:, 2:]) * np.float32(1 / 9)
    return result


def _gradient(x: Plane) -> Plane:
    """Magnitude of the Sobel gradient in levels per pixel, borders repeated."""
    p = np.pad(x, 1, mode="edge")
    smooth_down = p[:-2] + 2 * p[1:-1] + p[2:]
    smooth_across = p[:, :-2] + 2 * p[:, 1:-1] + p[:, 2:]
    result: Plane = np.hypot(smooth_down[:, 2:] - smooth_down[:, :-2], smooth_across[2:] - smooth_across[:-2])
    result *= np.float32(1 / 8)
    return result


def _dilated(mask: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
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
