"""AR(1), its KLT, the DCT and a picture's own blocks, against closed forms and made-up processes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.analysis import dct_limits as limits
from engine.data.samples import load_sample
from engine.errors import UserError
from engine.types import Pixels
from tests.support.pictures import grey


def ar1_picture(down: float, across: float, height: int = 512, width: int = 640, seed: int = 0) -> Pixels:
    """A separable AR(1) field with a deviation of 30 levels."""
    x = np.random.default_rng(seed).normal(0, 1, (height, width))
    for axis, rho in ((0, down), (1, across)):
        lines = np.moveaxis(x, axis, 0)
        for i in range(1, len(lines)):
            lines[i] = rho * lines[i - 1] + math.sqrt(1 - rho * rho) * lines[i]
    return grey(128 + 30 * x)


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.9, 0.95, 0.99, -0.6])
@pytest.mark.parametrize("n", [2, 8, 16])
def test_gain_of_the_klt_is_the_closed_form(rho: float, n: int) -> None:
    model = limits.model_limits(rho, n)
    assert model.klt.gain_db == pytest.approx(limits.klt_gain_db(rho, n), abs=1e-9)
    assert model.klt.gain_db <= model.bound_db + 1e-9
    assert model.klt.decorrelation == pytest.approx(1, abs=1e-9)
    assert model.dct.gain_db <= model.klt.gain_db + 1e-9


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.95, 1.0, -0.7])
def test_the_klt_is_made_of_eigenvectors_in_order(rho: float) -> None:
    basis, covariance = limits.ar1_klt(rho), limits.ar1_covariance(rho)
    assert basis @ basis.T == pytest.approx(np.eye(8), abs=1e-12)
    after = basis @ covariance @ basis.T
    assert after - np.diag(np.diag(after)) == pytest.approx(np.zeros((8, 8)), abs=1e-12)
    assert (np.diff(np.diag(after)) <= 1e-12).all()


def test_without_correlation_nothing_is_gained() -> None:
    model = limits.model_limits(0.0)
    assert model.dct.gain_db == pytest.approx(0, abs=1e-12)
    assert model.bound_db == pytest.approx(0, abs=1e-12)


def test_the_klt_becomes_the_dct() -> None:
    dct = limits.dct_basis()
    away = [float(np.abs(limits.ar1_klt(rho) - dct).max()) for rho in (0.5, 0.9, 0.99, 1.0)]
    assert away == sorted(away, reverse=True)
    assert away[-1] < 1e-12
    assert away[0] > 0.05


def test_the_dct_of_two_samples_is_exact_for_any_rho() -> None:
    """Sum and difference are the eigenvectors of every symmetric 2×2 Toeplitz matrix."""
    for rho in (0.2, 0.7, 0.99):
        model = limits.model_limits(rho, 2)
        assert model.dct.gain_db == pytest.approx(model.klt.gain_db, abs=1e-12)


def test_the_published_gain_for_rho_095() -> None:
    """Akansu, Haddad 1992, table 2.1: G of the DCT of 8 samples is 7.6310."""
    assert 10 ** (limits.model_limits(0.95).dct.gain_db / 10) == pytest.approx(7.6310, abs=5e-4)


@pytest.mark.parametrize(("down", "across"), [(0.95, 0.9), (0.6, 0.8), (0.0, 0.3)])
def test_rho_of_a_synthetic_process_is_found(down: float, across: float) -> None:
    found = limits.correlation(ar1_picture(down, across))
    assert found.horizontal == pytest.approx(across, abs=0.02)
    assert found.vertical == pytest.approx(down, abs=0.02)
    assert min(down, across) - 0.02 < found.rho < max(down, across) + 0.02
    assert found.along_rows == pytest.approx(across ** np.arange(8), abs=0.05)
    assert found.along_columns == pytest.approx(down ** np.arange(8), abs=0.05)
    assert math.sqrt(found.variance) == pytest.approx(30, rel=0.15)


def test_correlations_are_pearsons_of_all_pairs() -> None:
    """Edges that are brighter and rougher than the rest make the two samples of a pair differ in mean and
    variance, and sides of 24 and 80 make the directions differ in their number of pairs."""
    rng = np.random.default_rng(3)
    x = 120 + rng.normal(0, 12, (24, 80)).cumsum(1) / 4
    x[0] += 60
    x[:, -1] = rng.uniform(0, 255, 24)
    pixels = grey(x)
    x = pixels[..., 0].astype(np.float64)
    found = limits.correlation(pixels)

    def pairs(lag: int, down: bool) -> tuple[np.ndarray, np.ndarray]:
        lines = x.T if down else x
        return lines[:, : lines.shape[1] - lag].ravel(), lines[:, lag:].ravel()

    for down, measured in ((False, found.along_rows), (True, found.along_columns)):
        wanted = [np.corrcoef(*pairs(lag, down))[0, 1] for lag in range(8)]
        assert measured == pytest.approx(wanted, abs=1e-5)
    assert found.horizontal == found.along_rows[1]
    assert found.vertical == found.along_columns[1]
    assert abs(found.horizontal - found.vertical) > 0.1
    centred = [[side - side.mean() for side in pairs(1, down)] for down in (False, True)]
    a, b = (np.concatenate(side) for side in zip(*centred, strict=True))
    assert found.rho == pytest.approx(a @ b / math.sqrt((a @ a) * (b @ b)), abs=1e-5)
    assert (found.mean, found.variance) == pytest.approx((x.mean(), x.var()), rel=1e-5)


@pytest.mark.parametrize("gain", [0.25, 0.5])
def test_correlation_does_not_depend_on_contrast_or_brightness(gain: float) -> None:
    levels = np.random.default_rng(4).integers(0, 60, (32, 40)).cumsum(1) % 60 * 4.0
    strong, weak = (limits.correlation(grey(each)) for each in (levels, levels * gain + 40))
    assert weak.variance == pytest.approx(strong.variance * gain**2, rel=1e-5)
    for name in ("horizontal", "vertical", "rho"):
        assert getattr(weak, name) == pytest.approx(getattr(strong, name), abs=1e-5)


def test_blocks_have_the_covariance_of_their_samples() -> None:
    pixels = ar1_picture(0.8, 0.9, 64, 96)
    found = limits.dct_limits(pixels).measured
    samples = limits.luma_blocks(pixels).reshape(-1, 64)
    assert found.covariance == pytest.approx(np.cov(samples.T, bias=True), rel=1e-6, abs=1e-6)


def test_a_picture_that_follows_the_model_has_its_gains() -> None:
    found = limits.dct_limits(ar1_picture(0.9, 0.95, 1024, 1024))
    assert found.measured.blocks == 128 * 128
    assert found.model_klt_db == pytest.approx(found.across.klt.gain_db + found.down.klt.gain_db)
    # rounding to levels adds white noise of 1/12, which is why a little is lost
    assert found.measured.dct.gain_db == pytest.approx(found.model_dct_db, abs=0.35)
    assert found.measured.model_klt.gain_db == pytest.approx(found.model_klt_db, abs=0.35)
    assert found.measured.rows[1].gain_db == pytest.approx(found.across.dct.gain_db, abs=0.3)
    assert found.measured.columns[1].gain_db == pytest.approx(found.down.dct.gain_db, abs=0.3)


@pytest.mark.parametrize("name", ["coffee", "chelsea"])
def test_no_transform_exceeds_the_pictures_own(name: str) -> None:
    measured = limits.dct_limits(load_sample(name).pixels).measured
    own = measured.klt
    assert own.decorrelation == pytest.approx(1, abs=1e-6)
    for other in (measured.dct, measured.model_klt):
        assert 5 < other.gain_db < own.gain_db
        assert (other.compaction <= own.compaction + 1e-9).all()
        assert other.variances.sum() == pytest.approx(np.trace(measured.covariance))
    for klt, dct in (measured.rows, measured.columns):
        assert dct.gain_db <= klt.gain_db
        assert 0.5 < dct.decorrelation < 1


def test_records_are_read_only() -> None:
    found = limits.dct_limits(load_sample("coffee").pixels)
    for array in (found.across.klt.basis, found.measured.covariance, found.correlation.along_rows):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_many_blocks_are_thinned_out_evenly() -> None:
    pixels = ar1_picture(0.5, 0.5, 80, 96)
    assert limits.luma_blocks(pixels).shape == (120, 8, 8)
    thin = limits.luma_blocks(pixels, 7)
    assert thin.shape == (7, 8, 8)
    assert np.array_equal(thin[[0, -1]], limits.luma_blocks(pixels)[[0, -1]])


def test_what_cannot_be_measured_is_told() -> None:
    with pytest.raises(UserError, match="flat"):
        limits.dct_limits(np.full((16, 16, 3), 90, np.uint8))
    with pytest.raises(UserError, match="7×20 pixels has no whole 8×8 block"):
        limits.correlation(np.zeros((20, 7, 3), np.uint8))
    stripes = grey(np.repeat(np.arange(16.0)[:, None] * 9, 24, axis=1))
    assert limits.correlation(stripes).horizontal == pytest.approx(1)
    assert math.isfinite(limits.dct_limits(stripes).model_dct_db)
