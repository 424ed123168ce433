"""The AR(1) model of a row of samples, its KLT against the DCT-II, and their coding gains.

A first-order autoregressive process has the covariance σ² ρ^|i-j|. The Karhunen–Loève transform (KLT) of a
block of N samples, the eigenvectors of that matrix, decorrelates it wholly, and no orthonormal transform has
a larger coding gain. For ρ towards 1 the KLT becomes the DCT-II (Ahmed, Natarajan, Rao, "Discrete
cosine transform", IEEE Trans. Computers C-23, 1974; Clarke, "Relation between the Karhunen Loève and cosine
transforms", IEE Proc. F 128, 1981), which is why codecs use it for every picture.

Coding gain (Jayant, Noll, "Digital Coding of Waveforms", 1984, section 12.2; Clarke, "Transform Coding of
Images", 1985, chapter 4) of an orthonormal transform with coefficient variances σ²_k, over PCM:

    G = (1/N Σ σ²_k) / (Π σ²_k)^(1/N),  in dB: 10 log10 G                                     (1)

For the model's KLT this is 10 log10 (1 - ρ²)^(-(N-1)/N), as the determinant of the covariance over σ²ᴺ is
(1 - ρ²)^(N-1). A separable transform of a separable process has the sum of both directions' gains in dB.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.types import PATCH, frozen

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Transform:
    """An orthonormal transform of N samples and what it does to a covariance.

    basis: float64 (N, N), a row a basis vector, in order of falling model variance (KLT) or rising frequency
    (DCT); a 2-D transform of 8×8 blocks has N = 64, vectors in raster order of the pixels. variances: (N,),
    of its coefficients. compaction: (N,), share of the variance in the largest 1, 2, … coefficients.
    gain_db: coding gain, equation (1). decorrelation: 1 - Σ|off-diagonal after| / Σ|off-diagonal before|
    (Akansu, Haddad, "Multiresolution Signal Decomposition", 1992, section 2.2.2), 1 where nothing was
    correlated before.
    """

    name: str
    basis: Array
    variances: Array
    compaction: Array
    gain_db: float
    decorrelation: float


@dataclass(frozen=True, eq=False)
class ModelLimits:
    """AR(1) with one ρ over `klt.basis.shape[0]` samples, unit variance.

    covariance: (N, N). bound_db: gain that no block length exceeds, 10 log10 1/(1 - ρ²).
    """

    rho: float
    covariance: Array
    klt: Transform
    dct: Transform
    bound_db: float


def dct_basis(n: int = PATCH) -> Array:
    """Orthonormal DCT-II, float64 (n, n): row k is √(2/n) c_k cos(π (2i + 1) k / 2n), c_0 = 1/√2."""
    i = np.arange(n)
    basis = math.sqrt(2 / n) * np.cos(math.pi * (2 * i[None, :] + 1) * i[:, None] / (2 * n))
    basis[0] /= math.sqrt(2)
    return frozen(basis)


def ar1_covariance(rho: float, n: int = PATCH) -> Array:
    """ρ^|i-j|, float64 (n, n)."""
    i = np.arange(n)
    return frozen(np.power(float(rho), np.abs(i[:, None] - i[None, :])))


def ar1_klt(rho: float, n: int = PATCH) -> Array:
    """KLT of AR(1), float64 (n, n): a row an eigenvector of ρ^|i-j|, largest eigenvalue first, signs as the
    DCT's. rho: -1 to 1.

    Computed from the inverse, which is tridiagonal: the eigenvectors are those of the matrix with 1 beside
    its diagonal and ρ at both its ends, 0 else. That form is well conditioned for every ρ, and has the
    limits: at ρ = 1 the DCT-II, at ρ = 0 the discrete sine transform.
    """
    chain = np.diag(np.ones(n - 1), 1) + np.diag(np.ones(n - 1), -1)
    chain[0, 0] += rho if n > 1 else 0.0
    chain[-1, -1] += rho if n > 1 else 0.0
    _, vectors = np.linalg.eigh(chain)
    # an eigenvalue m of the chain belongs to (1 - ρ²) / (1 + ρ² - ρ m) of the covariance
    ordered = vectors.T[::-1] if rho >= 0 else vectors.T
    return signed(ordered, dct_basis(n) if rho >= 0 else dct_basis(n)[::-1])


def signed(vectors: Array, like: Array) -> Array:
    """Rows turned so that each points the way of its counterpart (or, square to it, of its first sample)."""
    along = np.einsum("ij,ij->i", vectors, like)
    unclear = np.abs(along) < 1e-6
    signs = np.where(unclear, np.where(vectors[:, 0] < 0, -1.0, 1.0), np.where(along < 0, -1.0, 1.0))
    return frozen(vectors * signs[:, None])


def coding_gain_db(variances: Array, least: float = 0.0) -> float:
    """Equation (1) in dB; variances count as `least` at least. Infinite where one is 0."""
    kept = np.maximum(np.asarray(variances, np.float64), least)
    if kept.min() <= 0:
        return math.inf if kept.max() > 0 else 0.0
    return float(10 * (math.log10(kept.mean()) - np.log10(kept).mean()))


def klt_gain_db(rho: float, n: int = PATCH) -> float:
    """The closed form for AR(1): 10 log10 (1 - ρ²)^(-(n-1)/n)."""
    return math.inf if abs(rho) >= 1 else -10 * (n - 1) / n * math.log10(1 - rho * rho)


def transform(name: str, basis: Array, covariance: Array, least: float = 0.0) -> Transform:
    """What an orthonormal basis (N, N) does to a covariance (N, N). least: see `coding_gain_db`."""
    after = basis @ covariance @ basis.T
    variances = np.maximum(np.diag(after), 0.0)
    total = variances.sum()
    compaction = np.cumsum(np.sort(variances)[::-1]) / total if total > 0 else np.ones(len(variances))
    before_off, after_off = _off_diagonal(covariance), _off_diagonal(after)
    decorrelation = 1 - after_off / before_off if before_off > 1e-12 * max(total, 1e-300) else 1.0
    return Transform(
        name,
        frozen(basis),
        frozen(variances),
        frozen(compaction),
        coding_gain_db(variances, least),
        float(decorrelation),
    )


def _off_diagonal(matrix: Array) -> float:
    return float(np.abs(matrix).sum() - np.abs(np.diag(matrix)).sum())


def model_limits(rho: float, n: int = PATCH) -> ModelLimits:
    """AR(1) with ρ in -1 to 1, for blocks of n samples. At ±1 the gains are those just below."""
    rho = max(-1 + 1e-6, min(1 - 1e-6, rho))
    covariance = ar1_covariance(rho, n)
    return ModelLimits(
        rho,
        covariance,
        transform("KLT of AR(1)", ar1_klt(rho, n), covariance),
        transform("DCT-II", dct_basis(n), covariance),
        -10 * math.log10(1 - rho * rho),
    )
