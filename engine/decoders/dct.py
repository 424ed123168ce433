"""Pictures as grids of 8×8 patches in the DCT domain (PyTorch)."""

from __future__ import annotations

import math
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.types import PATCH

COEFFICIENTS = 3 * PATCH * PATCH
"""Coefficients of a patch: Y, Cb, Cr, 64 each in zigzag order."""


def dct_matrix(dtype: torch.dtype = torch.float32) -> Tensor:
    """Orthonormal DCT-II as an (8, 8) matrix, frequency by sample."""
    k = torch.arange(PATCH, dtype=torch.float64)
    matrix = torch.cos(math.pi * (2 * k[None, :] + 1) * k[:, None] / (2 * PATCH)) * 0.5
    matrix[0] /= math.sqrt(2)
    return matrix.to(dtype)


@lru_cache(maxsize=1)
def zigzag() -> tuple[int, ...]:
    """Natural index (8·v + u) of each zigzag position (ITU-T T.81, figure 5)."""

    def key(index: int) -> tuple[int, int]:
        v, u = divmod(index, PATCH)
        return v + u, (u if (v + u) % 2 == 0 else v)

    return tuple(sorted(range(PATCH * PATCH), key=key))


def basis(dtype: torch.dtype = torch.float32) -> Tensor:
    """(64, 64): row = zigzag frequency, column = pixel in raster order. Orthonormal."""
    matrix = dct_matrix(dtype)
    full = torch.einsum("vy,ux->vuyx", matrix, matrix).reshape(PATCH * PATCH, PATCH * PATCH)
    return full[list(zigzag())]


def patch_coefficients(ycc: Tensor) -> Tensor:
    """(batch, 3, height, width) to (batch, rows, columns, 192); edges are repeated to whole patches."""
    batch, _, height, width = ycc.shape
    ycc = F.pad(ycc, (0, -width % PATCH, 0, -height % PATCH), mode="replicate")
    rows, columns = ycc.shape[2] // PATCH, ycc.shape[3] // PATCH
    blocks = ycc.reshape(batch, 3, rows, PATCH, columns, PATCH).permute(0, 2, 4, 1, 3, 5)
    flat = blocks.reshape(batch, rows, columns, 3, PATCH * PATCH)
    return (flat @ basis(ycc.dtype).to(ycc.device).T).reshape(batch, rows, columns, COEFFICIENTS)


def patch_samples(coefficients: Tensor) -> Tensor:
    """(…, 192) coefficients to (…, 3, 64) samples; inverse of `patch_coefficients` for each patch."""
    parts = coefficients.reshape(*coefficients.shape[:-1], 3, PATCH * PATCH)
    return torch.matmul(parts, basis(coefficients.dtype).to(coefficients.device))
