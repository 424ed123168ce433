"""PSNR-B: PSNR with a penalty for block edges.

C. Yim, A. C. Bovik, "Quality assessment of deblocked images", IEEE Trans. Image Processing 20(1), 2011,
eqs. 9 to 16: with D_B the mean squared step of luma across the edges of the coding blocks of the assessed
picture and D_C that between all other neighbours,

    BEF = η (D_B - D_C),   η = log2(8) / log2(min(height, width)) if D_B > D_C, else 0
    PSNR-B = 10 log10(255² / (MSE + BEF))
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from engine.metrics.fidelity import PEAK, luma
from engine.types import PATCH, Pixels


def psnr_b_db(original: Pixels, estimate: Pixels) -> float | None:
    """PSNR-B in dB of the luma of `estimate`, both uint8 (height, width, 3); infinite for an exact copy
    without block edges, None on pictures without an edge between two blocks in either direction.

    Raises ValueError unless the shapes match.
    """
    if original.shape != estimate.shape:
        raise ValueError(f"pictures to compare must have one shape: {original.shape}, {estimate.shape}")
    if min(estimate.shape[:2]) <= PATCH:
        return None
    plane = luma(estimate).astype(np.float64)
    error = float(np.mean((luma(original) - plane) ** 2)) + block_edge_factor(plane)
    return 10.0 * math.log10(PEAK**2 / error) if error > 0 else math.inf


def block_edge_factor(plane: NDArray[np.float64]) -> float:
    """BEF of float (height, width), sides above 8, in squared levels; 0 or more."""
    at_edges, elsewhere = [], []
    for axis in (0, 1):
        steps = np.diff(plane, axis=axis) ** 2
        across = np.arange(1, plane.shape[axis]) % PATCH == 0
        at_edges.append(np.compress(across, steps, axis=axis).ravel())
        elsewhere.append(np.compress(~across, steps, axis=axis).ravel())
    excess = float(np.concatenate(at_edges).mean() - np.concatenate(elsewhere).mean())
    return math.log2(PATCH) / math.log2(min(plane.shape)) * excess if excess > 0 else 0.0
