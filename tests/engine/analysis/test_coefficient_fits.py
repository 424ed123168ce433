"""Laws of DCT coefficients: parameters of made-up samples come back, and pictures are as published."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from engine.analysis import coefficient_fits as fits
from engine.analysis.ar1_model import dct_basis
from engine.analysis.dct_limits import block_coefficients, luma_blocks
from engine.data.samples import load_sample

N = 40_000
RNG_SEED = 3
CHOSEN = ((0, 1), (1, 0), (1, 1), (2, 2))
"""Low coefficients, where most is sent."""


def samples(name: str) -> np.ndarray:
    rng = np.random.default_rng(RNG_SEED)
    if name == fits.GAUSSIAN:
        return rng.normal(0, 12, N)
    if name == fits.LAPLACIAN:
        return rng.laplace(0, 12, N)
    shape = 0.6
    return 12 * rng.gamma(1 / shape, 1, N) ** (1 / shape) * rng.choice([-1, 1], N)


def laws(pixels: np.ndarray, chosen: Sequence[tuple[int, int]] = CHOSEN) -> list[fits.CoefficientLaw]:
    """The laws of chosen coefficients (v, u) of a picture's luma."""
    coefficients = block_coefficients(luma_blocks(pixels))
    return [fits.law_of(coefficients[:, v, u], v, u) for v, u in chosen]


@pytest.mark.parametrize(
    ("law", "scale", "shape", "deviation"),
    [
        (fits.GAUSSIAN, 12 * math.sqrt(2), 2.0, 12),
        (fits.LAPLACIAN, 12, 1.0, 12 * math.sqrt(2)),
        (fits.GENERALISED, 12, 0.6, 12 * math.sqrt(math.gamma(5) / math.gamma(1 / 0.6))),
    ],
)
def test_parameters_come_back(law: str, scale: float, shape: float, deviation: float) -> None:
    found = {fit.name: fit for fit in fits.fit_laws(samples(law), centred=True)}
    own = found[law]
    assert own.scale == pytest.approx(scale, rel=0.06)
    assert own.deviation == pytest.approx(deviation, rel=0.04)
    assert own.ks < 0.01
    assert found[fits.GENERALISED].shape == pytest.approx(shape, rel=0.04)
    for other in found.values():
        if other.name not in (law, fits.GENERALISED):
            assert other.log_likelihood < own.log_likelihood - 0.01
            assert other.ks > 2 * own.ks


def test_log_likelihood_is_the_mean_log_density() -> None:
    values = samples(fits.LAPLACIAN)
    for fit in fits.fit_laws(values, centred=True):
        assert fit.log_likelihood == pytest.approx(float(np.log(fit.density(values)).mean()), abs=1e-9)
        x = np.linspace(-2000, 2000, 400_001)
        assert float(fit.density(x).sum() * 0.01) == pytest.approx(1, abs=1e-3)


def test_closed_forms() -> None:
    values = np.array([-3.0, -1.0, 0.0, 2.0, 4.0])
    gaussian, laplacian, _ = fits.fit_laws(values, centred=True)
    assert gaussian.deviation == pytest.approx(math.sqrt(30 / 5))
    assert gaussian.log_likelihood == pytest.approx(-0.5 * math.log(2 * math.pi * 6) - 0.5)
    assert laplacian.scale == pytest.approx(2)
    assert laplacian.log_likelihood == pytest.approx(-math.log(4) - 1)
    off_centre, median, _ = fits.fit_laws(values + 100, centred=False)
    assert off_centre.centre == pytest.approx(100.4)
    assert median.centre == pytest.approx(100)


def test_kolmogorov_smirnov_agrees_with_scipy() -> None:
    from scipy import stats

    values = samples(fits.GENERALISED)[:2000]
    gaussian, laplacian, general = fits.fit_laws(values, centred=True)
    assert gaussian.ks == pytest.approx(stats.kstest(values, stats.norm(0, gaussian.deviation).cdf).statistic)
    assert laplacian.ks == pytest.approx(
        stats.kstest(values, stats.laplace(0, laplacian.scale).cdf).statistic
    )
    law = stats.gennorm(general.shape, 0, general.scale)
    assert general.ks == pytest.approx(stats.kstest(values, law.cdf).statistic)


@pytest.mark.parametrize("name", ["coffee", "astronaut", "chelsea", "motorcycle_left"])
def test_coefficients_of_pictures_are_nearer_to_a_laplacian(name: str) -> None:
    """Lam, Goodman 2000; Reininger, Gibson 1983."""
    for law in laws(load_sample(name).pixels):
        gaussian, laplacian, general = law.fits
        assert law.best is laplacian
        assert laplacian.log_likelihood > gaussian.log_likelihood + 0.1
        assert general.shape < 1.1
        assert law.density.shape == (len(law.edges) - 1,)
        inside = float((law.density * np.diff(law.edges)).sum())
        assert inside + law.outside == pytest.approx(1)
        assert law.outside < 0.03


def test_dc_has_a_centre_of_its_own() -> None:
    pixels = load_sample("coffee").pixels
    (dc,) = laws(pixels, [(0, 0)])
    assert dc.fits[0].centre == pytest.approx(
        8 * 0.299 * pixels[..., 0].mean()
        + 8 * 0.587 * pixels[..., 1].mean()
        + 8 * 0.114 * pixels[..., 2].mean(),
        rel=0.01,
    )


def test_flat_blocks_do_not_run_away_with_the_shape() -> None:
    rng = np.random.default_rng(0)
    values = np.where(rng.random(4000) < 0.2, 0.0, rng.laplace(0, 20, 4000))
    general = fits.law_of(values, 1, 1).fits[-1]
    assert 0.3 < general.shape < 1
    assert general.deviation == pytest.approx(float(values.std()), rel=0.5)


def test_a_coefficient_that_does_not_vary_has_no_law() -> None:
    law = fits.law_of(np.zeros(50), 0, 3)
    assert law.fits == ()
    assert law.best is None
    assert law.density.max() > 0
    flat = laws(np.full((16, 16, 3), 9, np.uint8), [(1, 0)])
    assert flat[0].fits == ()


def test_coefficients_are_those_of_the_orthonormal_dct() -> None:
    block = np.random.default_rng(0).normal(size=(1, 8, 8))
    found = block_coefficients(block)
    assert (found**2).sum() == pytest.approx((block**2).sum())
    basis = dct_basis()
    assert found[0, 2, 5] == pytest.approx(float((np.outer(basis[2], basis[5]) * block[0]).sum()))
