"""What the DCT assumes of a picture, and how much its assumption costs: AR(1), its KLT, coding gains.

The DCT is nearly the Karhunen–Loève transform of an AR(1) process with ρ near 1
(`engine.analysis.ar1_model`, with the
equations and sources). A picture has a ρ of its own, measured along rows and along columns, and needn't
follow the model: so the same figures are also taken of its own 8×8 blocks, whose KLT is the best of all.

Everything is about luma, 0 to 255, unrounded.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.analysis.ar1_model import (
    ModelLimits,
    Transform,
    ar1_covariance,
    ar1_klt,
    coding_gain_db,
    dct_basis,
    klt_gain_db,
    model_limits,
    signed,
    transform,
)
from engine.errors import UserError
from engine.metrics.fidelity import luma
from engine.types import PATCH, Pixels, frozen

__all__ = [
    "Correlation", "DctLimits", "MeasuredLimits", "ModelLimits", "Transform", "ar1_covariance", "ar1_klt",
    "block_coefficients", "coding_gain_db", "correlation", "dct_basis", "dct_limits", "klt_gain_db",
    "luma_blocks", "measured_limits", "model_limits", "transform",
]  # fmt: skip

Array = NDArray[np.float64]

LEAST_VARIANCE = 1 / 12
"""Rounding a sample to levels has this variance: measured variances below it tell nothing, count as it."""
MOST_BLOCKS = 1 << 16
"""Pictures with more blocks are measured on so many, spread evenly."""


@dataclass(frozen=True, eq=False)
class Correlation:
    """How alike neighbouring samples are.

    horizontal, vertical: ρ, the lag-1 correlation along rows and columns; `rho` that of both directions'
    pairs together. along_rows, along_columns: float64 (8,), the correlation at lags 0 to 7, to be held
    against ρ^lag. mean, variance: of the luma, levels and levels².
    """

    horizontal: float
    vertical: float
    rho: float
    along_rows: Array
    along_columns: Array
    mean: float
    variance: float


@dataclass(frozen=True, eq=False)
class MeasuredLimits:
    """The picture's own blocks of 8×8.

    blocks: how many were measured. covariance: (64, 64), levels². dct: the 2-D DCT-II. model_klt:
    the separable KLT of AR(1) with the picture's ρ down and across. klt: the picture's own, the best.
    rows, columns: the picture's own KLT of 8 samples along rows and along columns, and the DCT on the same.
    """

    blocks: int
    covariance: Array
    dct: Transform
    model_klt: Transform
    klt: Transform
    rows: tuple[Transform, Transform]
    columns: tuple[Transform, Transform]


@dataclass(frozen=True, eq=False)
class DctLimits:
    """Model and measurement of one picture.

    across, down: the model along rows and along columns, each with its own ρ. model_dct_db, model_klt_db:
    gains of the separable 2-D transforms on the model, to be held against those of `measured`.
    """

    correlation: Correlation
    across: ModelLimits
    down: ModelLimits
    model_dct_db: float
    model_klt_db: float
    measured: MeasuredLimits


def dct_limits(pixels: Pixels) -> DctLimits:
    """Everything about a picture, uint8 (height, width, 3). Raises UserError where there is nothing to
    measure: a picture smaller than a block, or a flat one."""
    found = correlation(pixels)
    across, down = model_limits(found.horizontal), model_limits(found.vertical)
    return DctLimits(
        found,
        across,
        down,
        across.dct.gain_db + down.dct.gain_db,
        across.klt.gain_db + down.klt.gain_db,
        measured_limits(pixels, across.klt.basis, down.klt.basis),
    )


def correlation(pixels: Pixels) -> Correlation:
    """ρ of a picture, uint8 (height, width, 3).

    The estimate at lag k is Pearson's: the covariance of all pairs of samples k apart in a direction over
    the geometric mean of the variances of the pairs' first and second samples; so it lies in -1 to 1. Raises
    UserError for pictures that are flat, or smaller than 8 pixels on a side.
    """
    _check_size(pixels)
    x = luma(pixels).astype(np.float64)
    mean, variance = float(x.mean()), float(x.var())
    if variance < LEAST_VARIANCE:
        raise UserError("a flat picture has no correlation to measure")
    x -= mean
    rows, columns = ([_lagged(x.T if turn else x, lag) for lag in range(PATCH)] for turn in (False, True))
    across, down = rows[1], columns[1]
    rho = (across[0] + down[0]) / math.sqrt((across[1] + down[1]) * (across[2] + down[2]))
    return Correlation(
        _ratio(*across),
        _ratio(*down),
        rho,
        frozen(np.array([_ratio(*each) for each in rows])),
        frozen(np.array([_ratio(*each) for each in columns])),
        mean,
        variance,
    )


def _lagged(x: Array, lag: int) -> tuple[float, float, float]:
    """Σ ab, Σ a², Σ b² over the pairs that lie `lag` apart along rows, about the pairs' means."""
    a, b = x[:, : x.shape[1] - lag], x[:, lag:]
    n = a.size
    mean_a, mean_b = float(a.mean()), float(b.mean())
    products = [float(np.einsum("ij,ij->", one, other)) for one, other in ((a, b), (a, a), (b, b))]
    means = (mean_a * mean_b, mean_a * mean_a, mean_b * mean_b)
    ab, aa, bb = (product - n * mean for product, mean in zip(products, means, strict=True))
    return ab, aa, bb


def _ratio(ab: float, aa: float, bb: float) -> float:
    """1 where a direction has no change at all: every sample tells its neighbour."""
    return max(-1.0, min(1.0, ab / math.sqrt(aa * bb))) if aa > 0 and bb > 0 else 1.0


def luma_blocks(pixels: Pixels, most: int = MOST_BLOCKS) -> Array:
    """The whole 8×8 blocks of a picture's luma, float64 (blocks, 8, 8), at most `most`, spread evenly.

    Raises UserError when there is none.
    """
    _check_size(pixels)
    rows, columns = pixels.shape[0] // PATCH, pixels.shape[1] // PATCH
    x = luma(pixels[: rows * PATCH, : columns * PATCH]).reshape(rows, PATCH, columns, PATCH)
    blocks = x.transpose(0, 2, 1, 3).reshape(-1, PATCH, PATCH)
    if len(blocks) > most:
        blocks = blocks[np.linspace(0, len(blocks) - 1, most).round().astype(np.intp)]
    return blocks.astype(np.float64)


def block_coefficients(blocks: Array) -> Array:
    """Orthonormal 2-D DCT-II of blocks (…, 8, 8), [vertical frequency, horizontal frequency]."""
    basis = dct_basis(PATCH)
    result: Array = basis @ blocks @ basis.T
    return result


def measured_limits(pixels: Pixels, across: Array, down: Array) -> MeasuredLimits:
    """Of a picture's own blocks. across, down: (8, 8), the model's KLT along rows and along columns.

    Variances are about the mean over blocks of each sample; see `LEAST_VARIANCE`. Raises UserError when the
    picture has no whole block.
    """
    blocks = luma_blocks(pixels)
    covariance = _covariance(blocks.reshape(len(blocks), -1))
    dct = dct_basis(PATCH)
    own = _eigenbasis(covariance)

    def of(name: str, basis: Array) -> Transform:
        return transform(name, basis, covariance, LEAST_VARIANCE)

    return MeasuredLimits(
        len(blocks),
        frozen(covariance),
        of("DCT-II", _both(dct, dct)),
        of("KLT of AR(1)", _both(down, across)),
        of("the picture's own KLT", own),
        _one_way(_covariance(blocks.reshape(-1, PATCH)), _eigenbasis),
        _one_way(_covariance(blocks.transpose(0, 2, 1).reshape(-1, PATCH)), _eigenbasis),
    )


def _both(down: Array, across: Array) -> Array:
    """The separable 2-D transform on blocks in raster order, (64, 64)."""
    return np.kron(down, across).astype(np.float64)


def _one_way(covariance: Array, eigenbasis: Callable[[Array], Array]) -> tuple[Transform, Transform]:
    """The own KLT and the DCT of 8 samples in a line."""
    return (
        transform("the picture's own KLT", eigenbasis(covariance), covariance, LEAST_VARIANCE),
        transform("DCT-II", dct_basis(PATCH), covariance, LEAST_VARIANCE),
    )


def _covariance(samples: Array) -> Array:
    """(N, N) of samples (count, N), about their means."""
    centred = samples - samples.mean(axis=0)
    result: Array = centred.T @ centred / len(samples)
    return result


def _eigenbasis(covariance: Array) -> Array:
    """Rows: eigenvectors, largest eigenvalue first; signs as the DCT's where there are 8 of them."""
    _, vectors = np.linalg.eigh(covariance)
    ordered = vectors.T[::-1]
    n = len(ordered)
    like = dct_basis(n) if n == PATCH else np.broadcast_to(1.0 / math.sqrt(n), ordered.shape)
    return signed(ordered, like)


def _check_size(pixels: Pixels) -> None:
    if min(pixels.shape[:2]) < PATCH:
        raise UserError(f"a picture of {pixels.shape[1]}×{pixels.shape[0]} pixels has no whole 8×8 block")
