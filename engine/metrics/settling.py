"""The step at which each patch settled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.types import Pixels

SETTLED_LEVELS = 1.0
"""A patch has settled once its mean absolute difference to the last step stays below this (of 255)."""


def settled_map(steps: tuple[Pixels, ...]) -> NDArray[np.float32]:
    """First step from which on each patch stays within `SETTLED_LEVELS` of the last step, mean absolute
    difference over its RGB samples. steps: uint8 (height, width, 3) each. float32 (rows, columns)."""
    last = steps[-1]
    result: NDArray[np.float32] | None = None
    for index in range(len(steps) - 1, -1, -1):
        near = _patch_means(steps[index], last) < SETTLED_LEVELS
        if result is None:
            result = np.full(near.shape, index, np.float32)
            open_ = np.ones(near.shape, bool)
        open_ &= near
        result[open_] = index
    assert result is not None
    result.setflags(write=False)
    return result


def _patch_means(a: Pixels, b: Pixels) -> NDArray[np.float64]:
    """Mean absolute difference of each patch; patches cut by the edge count their own samples."""
    height, width, _ = a.shape
    down, across = np.arange(0, height, 8), np.arange(0, width, 8)
    total = np.zeros((len(down), len(across)))
    for row, top in enumerate(down):
        size = np.maximum(a[top : top + 8], b[top : top + 8]) - np.minimum(a[top : top + 8], b[top : top + 8])
        total[row] = np.add.reduceat(size.sum(axis=(0, 2), dtype=np.int64), across)
    area = np.outer(np.minimum(8, height - down), np.minimum(8, width - across))
    means: NDArray[np.float64] = total / (3 * area)
    return means
