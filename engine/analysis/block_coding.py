"""One 8×8 block on its way through JPEG, with every number on the way: to explain it, not to write files.

ITU-T T.81 (1992), section A.3: level shift by 128, the discrete cosine transform of type II (orthonormal,
which for 8×8 is T.81's own scaling), division by the quantisation step and rounding; and back. Ahmed,
Natarajan, Rao, "Discrete cosine transform", IEEE Trans. Computers C-23, 1974.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from engine.metrics.fidelity import luma
from engine.types import PATCH, Pixels, frozen, patch_grid

Block = NDArray[np.float64]
SHIFT = 128.0
"""Levels taken off before the transform (T.81, A.3.1), so that mid-grey is 0."""


@dataclass(frozen=True, eq=False)
class CodedBlock:
    """All arrays are (8, 8); coefficients are indexed [vertical frequency, horizontal frequency].

    levels: luma, 0 to 255. coefficients: of the transform, in levels. steps: the quantisation table.
    symbols: whole numbers, what is sent. dequantised: symbols · steps, 0 where a coefficient is left out.
    decoded: luma of the way back, rounded and clipped to 0 … 255.
    """

    levels: Block
    coefficients: Block
    steps: Block
    symbols: NDArray[np.int64]
    dequantised: Block
    decoded: Block

    @property
    def error_rms(self) -> float:
        """Root of the mean squared error of the decoded luma, in levels."""
        return float(np.sqrt(np.mean(np.square(self.decoded - self.levels))))


@cache
def dct_matrix() -> Block:
    """The 8-point DCT-II, orthonormal: row k holds c_k cos((2n + 1) k π / 16), c_0 = √(1/8), else 1/2."""
    k, n = np.mgrid[:PATCH, :PATCH]
    rows = np.cos((2 * n + 1) * k * np.pi / (2 * PATCH)) * np.sqrt(2 / PATCH)
    rows[0] = np.sqrt(1 / PATCH)
    return frozen(rows)


@cache
def basis_functions() -> Block:
    """The 64 pictures of which a block is a weighted sum: (8, 8, 8, 8), the first two indices are vertical
    and horizontal frequency, each picture has norm 1."""
    rows = dct_matrix()
    return frozen(np.einsum("uy,vx->uvyx", rows, rows))


def luma_block(pixels: Pixels, row: int, column: int) -> Block:
    """Luma of a patch of uint8 (height, width, 3) RGB, rounded to whole levels as JPEG does; (8, 8).

    Beyond the picture's edge the last row and column are repeated. Raises IndexError outside the patch grid.
    """
    rows, columns = patch_grid(*pixels.shape[:2])
    if not (0 <= row < rows and 0 <= column < columns):
        raise IndexError(f"patch ({row}, {column}) of {rows} × {columns}")
    top, left = PATCH * row, PATCH * column
    levels = np.rint(luma(pixels[top : top + PATCH, left : left + PATCH])).astype(np.float64)
    missing = [(0, PATCH - size) for size in levels.shape]
    return np.pad(levels, missing, mode="edge")


def code_block(
    levels: Block,
    steps: Block,
    used: NDArray[np.bool_] | None = None,
    symbols: NDArray[np.integer] | None = None,
) -> CodedBlock:
    """Send a block of luma and decode it. used: bool (8, 8), the coefficients to decode from, None for all.

    symbols: those of a real stream, in place of the rounded quotients.
    """
    rows = dct_matrix()
    coefficients = rows @ (levels - SHIFT) @ rows.T
    sent = np.rint(coefficients / steps).astype(np.int64) if symbols is None else symbols.astype(np.int64)
    dequantised = (sent * steps * (1 if used is None else used)).astype(np.float64)
    decoded = np.clip(np.rint(rows.T @ dequantised @ rows + SHIFT), 0, 255)
    return CodedBlock(levels, coefficients, steps, sent, dequantised, decoded)


def busiest_patch(pixels: Pixels) -> tuple[int, int]:
    """(row, column) of a patch with much in it, but not the wildest: of those whole patches whose luma's
    standard deviation lies at the 85th to 95th percentile, the one nearest to the middle; (0, 0) without."""
    rows, columns = pixels.shape[0] // PATCH, pixels.shape[1] // PATCH
    if not rows or not columns:
        return 0, 0
    levels = luma(pixels[: rows * PATCH, : columns * PATCH]).reshape(rows, PATCH, columns, PATCH)
    spread = levels.std(axis=(1, 3))
    low, high = np.percentile(spread, (85, 95))
    at = np.argwhere((spread >= low) & (spread <= high))
    away = np.square((at + 0.5) / (rows, columns) - 0.5).sum(axis=1)
    row, column = at[int(away.argmin())]
    return int(row), int(column)
