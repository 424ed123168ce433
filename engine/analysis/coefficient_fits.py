"""How DCT coefficients of a picture are distributed, and which law fits them best.

Lam, Goodman, "A mathematical analysis of the DCT coefficient distributions for images", IEEE TIP 9(10),
2000: were all blocks alike, the AC coefficients would be Gaussian, as sums of many samples are; because the
variance of blocks varies over a picture, their mixture has a sharper peak and heavier tails, near a
Laplacian. Müller, "Distribution shape of two-dimensional DCT coefficients of natural images", Electronics
Letters 29(22), 1993, fits a generalised Gaussian, of which both are cases:

    f(x) = β / (2 α Γ(1/β)) exp(-(|x - μ|/α)^β)     β = 2: Gaussian, β = 1: Laplacian            (1)

Its maximum-likelihood estimate of α at a given β is α = (β/n Σ|x - μ|^β)^(1/β) (Do, Vetterli, "Wavelet-based
texture retrieval using generalized Gaussian density and Kullback–Leibler distance", IEEE TIP 11(2), 2002,
equation 15), so that the log-likelihood per sample is log(β / (2 α Γ(1/β))) - 1/β, to be maximised over β.

AC coefficients are taken to have their centre μ at 0; that of DC is their mean (Gaussian), else their
median, which for the generalised Gaussian is near the best only. A picture's samples are rounded, and flat
blocks give coefficients of exactly 0, where (1) has a pole of likelihood without bound as β falls: for the
generalised Gaussian |x - μ| counts as `ROUNDING` at least.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.types import frozen

Array = NDArray[np.float64]

GAUSSIAN, LAPLACIAN, GENERALISED = "Gaussian", "Laplacian", "generalised Gaussian"
SHAPES = (0.1, 10.0)
"""Range in which β is sought."""
ROUNDING = math.sqrt(1 / 12)
"""Deviation, in levels, that rounding samples to levels leaves in every coefficient."""
_BINS = 81
_SHOWN = 0.99  # share of the samples inside the histogram


@dataclass(frozen=True)
class Fit:
    """A law fitted by maximum likelihood, equation (1).

    centre μ and scale α in the coefficients' unit (levels of an orthonormal DCT); shape β. deviation: the
    law's standard deviation. log_likelihood: nats per sample, higher is better; one nat is 1.44 bits.
    ks: the Kolmogorov–Smirnov distance, the largest gap between the laws' distribution functions, 0 to 1.
    """

    name: str
    centre: float
    scale: float
    shape: float
    log_likelihood: float
    ks: float

    @property
    def deviation(self) -> float:
        ratio = math.lgamma(3 / self.shape) - math.lgamma(1 / self.shape)
        return self.scale * math.exp(ratio / 2)

    def density(self, x: Array) -> Array:
        """f(x), per level."""
        log_norm = math.log(self.shape / (2 * self.scale)) - math.lgamma(1 / self.shape)
        result: Array = np.exp(log_norm - np.power(np.abs(x - self.centre) / self.scale, self.shape))
        return result


@dataclass(frozen=True, eq=False)
class CoefficientLaw:
    """One coefficient over all blocks of a picture.

    v, u: vertical and horizontal frequency, 0 to 7. edges: float64 (bins + 1,), levels, symmetric about the
    centre; density: (bins,), share of all samples per level. outside: share of the samples beyond the edges.
    fits: Gaussian, Laplacian and generalised Gaussian; none where all samples are equal.
    """

    v: int
    u: int
    samples: int
    edges: Array
    density: Array
    outside: float
    fits: tuple[Fit, ...]

    @property
    def best(self) -> Fit | None:
        """The better of Gaussian and Laplacian; the generalised one has one parameter more and both in it."""
        simple = [fit for fit in self.fits if fit.name != GENERALISED]
        return max(simple, key=lambda fit: fit.log_likelihood, default=None)


def law_of(values: Array, v: int, u: int) -> CoefficientLaw:
    """The law of one coefficient, from its values in all blocks, float64 (blocks,)."""
    fits = fit_laws(values, centred=(v, u) != (0, 0), least=ROUNDING)
    centre = fits[1].centre if fits else float(np.median(values))
    away = np.abs(values - centre)
    reach = float(np.quantile(away, _SHOWN))
    reach = reach if reach > 0 else max(float(away.max()), 0.5)
    edges = centre + np.linspace(-reach, reach, _BINS + 1)
    inside = values[away <= reach]
    counts, _ = np.histogram(inside, edges)
    density = counts / (len(values) * (edges[1] - edges[0]))
    return CoefficientLaw(
        v, u, len(values), frozen(edges), frozen(density), 1 - counts.sum() / len(values), fits
    )


def fit_laws(values: Array, *, centred: bool, least: float = 0.0) -> tuple[Fit, ...]:
    """Gaussian, Laplacian and generalised Gaussian of values (n,); none where the values don't vary.

    centred: their centre is 0. least: what distances from the centre count as at least, for the last."""
    mean, median = (0.0, 0.0) if centred else (float(values.mean()), float(np.median(values)))
    if float(np.abs(values - median).max()) < 1e-3:
        return ()
    ordered = np.sort(values)
    away = np.maximum(np.abs(ordered - median), least)
    return (
        _fit(GAUSSIAN, ordered, np.abs(ordered - mean), mean, 2.0),
        _fit(LAPLACIAN, ordered, np.abs(ordered - median), median, 1.0),
        _fit(GENERALISED, ordered, away, median, _best_shape(away)),
    )


def _scale(away: Array, shape: float) -> float:
    """Maximum-likelihood α of |x - μ| at a shape; through the largest value, so that no power overflows."""
    most = float(away.max())
    mean = float(shape * np.power(away / most, shape).mean())
    return most * math.pow(mean, 1 / shape)


def _log_likelihood(scale: float, shape: float) -> float:
    """Per sample, at the maximum-likelihood scale."""
    return math.log(shape / (2 * scale)) - math.lgamma(1 / shape) - 1 / shape


def _best_shape(away: Array) -> float:
    from scipy.optimize import minimize_scalar

    def cost(log_shape: float) -> float:
        shape = math.exp(log_shape)
        return -_log_likelihood(_scale(away, shape), shape)

    bounds = (math.log(SHAPES[0]), math.log(SHAPES[1]))
    found = minimize_scalar(cost, bounds=bounds, method="bounded", options={"xatol": 1e-3})
    return float(math.exp(found.x))


def _fit(name: str, ordered: Array, away: Array, centre: float, shape: float) -> Fit:
    scale = _scale(away, shape)
    gap = _largest_gap(ordered, centre, scale, shape)
    return Fit(name, centre, scale, shape, _log_likelihood(scale, shape), gap)


def _largest_gap(ordered: Array, centre: float, scale: float, shape: float) -> float:
    """Kolmogorov–Smirnov distance of sorted samples to a law. Its distribution function is a half and half
    the regularised incomplete gamma function, either way of the centre."""
    from scipy.special import gammainc

    away = (ordered - centre) / scale
    expected = 0.5 * (1 + np.sign(away) * gammainc(1 / shape, np.power(np.abs(away), shape)))
    n = len(ordered)
    rank = np.arange(n)
    above, below = (rank + 1) / n - expected, expected - rank / n
    return float(max(above.max(), below.max()))
