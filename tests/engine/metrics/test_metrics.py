"""Scores against two libraries, hand-made errors and the corners of their definitions."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.metrics import fidelity as metrics
from engine.types import Pixels


def textured(height: int, width: int, seed: int = 0) -> Pixels:
    """A picture with smooth and rough parts and all grey levels."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    waves = (
        128 + 90 * np.sin(x / 17)[..., None] * np.cos(y / 23)[..., None] + 20 * np.sin(x * y / 900)[..., None]
    )
    rough = rng.normal(0, 1, (height, width, 3)) * np.abs(np.sin(x / 40))[..., None] * 30
    return np.clip(np.rint(waves + rough), 0, 255).astype(np.uint8)


def distorted(pixels: Pixels, seed: int = 1, amount: float = 12) -> Pixels:
    noise = np.random.default_rng(seed).normal(0, amount, pixels.shape)
    return np.clip(np.rint(pixels + noise), 0, 255).astype(np.uint8)


def flat(height: int, width: int, *colour: int) -> Pixels:
    return np.full((height, width, 3), colour, np.uint8)


def test_psnr_of_a_known_error() -> None:
    a, b = flat(9, 13, 100, 100, 100), flat(9, 13, 110, 100, 100)
    assert metrics.psnr_rgb_db(a, b) == pytest.approx(10 * math.log10(255**2 / (100 / 3)), abs=1e-9)
    assert metrics.psnr_y_db(a, b) == pytest.approx(10 * math.log10(255**2 / 2.99**2), abs=1e-9)


def test_psnr_matches_scikit_image() -> None:
    from skimage.metrics import peak_signal_noise_ratio

    a = textured(75, 133)
    b = distorted(a)
    assert metrics.psnr_rgb_db(a, b) == pytest.approx(peak_signal_noise_ratio(a, b, data_range=255), abs=1e-9)


def test_black_against_white_is_zero_db() -> None:
    assert metrics.psnr_rgb_db(flat(3, 3, 0, 0, 0), flat(3, 3, 255, 255, 255)) == 0.0
    assert metrics.psnr_y_db(flat(3, 3, 0, 0, 0), flat(3, 3, 255, 255, 255)) == pytest.approx(0.0, abs=1e-9)


def test_luma_weights_the_colours_and_stays_unrounded() -> None:
    colours = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [1, 0, 0]]], np.uint8)
    assert metrics.luma(colours) == pytest.approx(np.array([[76.245, 149.685, 29.07, 0.299]]), abs=1e-4)
    assert metrics.luma(colours).dtype == np.float32


@pytest.mark.parametrize("size", [(192, 256), (161, 161), (75, 133), (11, 11), (11, 90)])
def test_ssim_matches_scikit_image(size: tuple[int, int]) -> None:
    from skimage.metrics import structural_similarity

    a = textured(*size)
    b = distorted(a)
    exact_luma = [p @ np.array([0.299, 0.587, 0.114]) for p in (a, b)]
    expected = structural_similarity(
        *exact_luma, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255
    )
    assert metrics.scores(a, b).ssim == pytest.approx(expected, abs=2e-6)
    assert 0.1 < expected < 0.95


@pytest.mark.parametrize("size", [(192, 256), (272, 176), (512, 768)])
def test_ms_ssim_matches_pytorch_msssim(size: tuple[int, int]) -> None:
    import torch
    from pytorch_msssim import ms_ssim

    a = textured(*size)
    b = distorted(a, amount=40)
    planes = [torch.from_numpy(p @ np.array([0.299, 0.587, 0.114]))[None, None] for p in (a, b)]
    expected = float(ms_ssim(*planes, data_range=255))
    # The library keeps its window in float32.
    assert metrics.scores(a, b).ms_ssim == pytest.approx(expected, abs=5e-5)
    assert expected < 0.98


def test_ms_ssim_repeats_the_last_line_of_odd_sides() -> None:
    a = textured(193, 207)
    b = distorted(a)

    def even(pixels: Pixels) -> Pixels:
        return np.pad(pixels, ((0, 1), (0, 1), (0, 0)), mode="edge")

    halves = [metrics._halved(metrics.luma(p)) for p in (a, even(a))]
    assert halves[0].shape == (97, 104)
    assert halves[0] == pytest.approx(halves[1], abs=1e-3)
    score = metrics.scores(a, b).ms_ssim
    assert score is not None
    assert 0.5 < score < 1


def test_opposite_pictures_score_nothing() -> None:
    a = textured(176, 176)
    result = metrics.scores(a, 255 - a)
    assert result.ssim is not None
    assert result.ssim < 0
    assert result.ms_ssim == 0.0


@pytest.mark.parametrize(
    ("size", "has_ssim", "has_ms_ssim"),
    [((1, 1), False, False), ((10, 300), False, False), ((11, 300), True, False),
     ((160, 400), True, False), ((161, 400), True, True)],
)  # fmt: skip
def test_scores_are_none_where_the_window_does_not_fit(
    size: tuple[int, int], has_ssim: bool, has_ms_ssim: bool
) -> None:
    a = textured(*size)
    result = metrics.scores(a, distorted(a))
    assert (result.ssim is not None, result.ms_ssim is not None) == (has_ssim, has_ms_ssim)
    assert result.psnr_rgb_db is not None
    assert math.isfinite(result.psnr_rgb_db)


def test_identical_pictures_are_perfect() -> None:
    a = textured(176, 200)
    result = metrics.scores(a, a.copy())
    assert (result.psnr_rgb_db, result.psnr_y_db) == (math.inf, math.inf)
    assert (result.ssim, result.ms_ssim) == (1.0, 1.0)


@pytest.mark.parametrize("other", [(8, 9, 3), (9, 8, 3), (8, 8, 1), (8, 8)])
def test_different_shapes_are_refused(other: tuple[int, ...]) -> None:
    a, b = np.zeros((8, 8, 3), np.uint8), np.zeros(other, np.uint8)
    for call in (metrics.scores, metrics.psnr_rgb_db, metrics.psnr_y_db):
        with pytest.raises(ValueError, match="one shape"):
            call(a, b)
    with pytest.raises(ValueError, match="one shape"):
        metrics.patch_gain_db(a, a, b)


def test_empty_pictures_are_refused() -> None:
    empty = np.zeros((0, 8, 3), np.uint8)
    with pytest.raises(ValueError, match="one shape"):
        metrics.scores(empty, empty)


def gain_by_loops(original: Pixels, standard: Pixels, estimate: Pixels) -> NDArray[np.float64]:
    rows, columns = -(-original.shape[0] // 8), -(-original.shape[1] // 8)
    result = np.zeros((rows, columns))
    for r in range(rows):
        for c in range(columns):
            patch = (slice(8 * r, 8 * r + 8), slice(8 * c, 8 * c + 8))
            result[r, c] = metrics.psnr_rgb_db(original[patch], estimate[patch]) - metrics.psnr_rgb_db(
                original[patch], standard[patch]
            )
    return np.clip(result, -20, 20)


@pytest.mark.parametrize("size", [(16, 24), (17, 31), (1, 1), (3, 40)])
def test_patch_gain_is_the_difference_of_the_patches_psnr(size: tuple[int, int]) -> None:
    original = textured(*size)
    standard, estimate = distorted(original, 2, 20), distorted(original, 3, 8)
    gain = metrics.patch_gain_db(original, standard, estimate)
    assert gain.dtype == np.float32
    assert gain == pytest.approx(gain_by_loops(original, standard, estimate), abs=1e-4)


def test_patch_gain_of_exact_patches() -> None:
    original = flat(8, 40, 50, 60, 70)
    standard, estimate = original.copy(), original.copy()
    standard[:, 8:16] += 9  # mended exactly
    estimate[:, 16:24] += 9  # broken from exact
    standard[:, 24:32], estimate[:, 24:32] = 60, 60  # as wrong as before
    assert metrics.patch_gain_db(original, standard, estimate).tolist() == [[0, 20, -20, 0, 0]]


def test_patch_gain_is_clipped() -> None:
    original = flat(8, 8, 100, 100, 100)
    slightly = original.copy()
    slightly[0, 0, 0] += 1
    assert metrics.patch_gain_db(original, original + 50, slightly).tolist() == [[20]]
    assert metrics.patch_gain_db(original, slightly, original + 50).tolist() == [[-20]]


def test_memory_stays_bounded_on_large_pictures() -> None:
    original = np.zeros((2000, 3000, 3), np.uint8)
    estimate = original + 1
    tracemalloc.start()
    try:
        result = metrics.scores(original, estimate)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert result.ms_ssim is not None
    # Two float32 luma planes, their halves, and strips.
    assert peak < 3.5 * 4 * 2000 * 3000
