"""Full-reference picture scores, computed on the 8-bit pixels that are shown, peak 255.

Luma is Y = 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601, full range as in JPEG), not rounded.

PSNR = 10 log10(255² / MSE), the mean squared error taken over all RGB samples or over luma.

SSIM: Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error visibility to structural
similarity", IEEE TIP 2004, eq. 13 on luma: 11×11 Gaussian window with σ = 1.5, K1 = 0.01, K2 = 0.03,
population statistics, mean over the windows that lie wholly inside.

MS-SSIM: Wang, Simoncelli, Bovik, "Multiscale structural similarity for image quality assessment",
Asilomar 2003, eq. 7: five scales, 2×2 mean and decimation between them.

Both come out of one pass here, because the window statistics of the finest scale serve both: at 768×512
that takes about a quarter of the time of calling scikit-image and pytorch-msssim, and the pass goes over
strips of rows, so memory stays bounded on large photographs. The tests hold it against both libraries.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.types import PATCH, DeepPixels, Pixels, Scores, frozen, patch_grid

PEAK = 255.0
LUMA = np.array([0.299, 0.587, 0.114])
"""Weights of R, G and B in luma (ITU-R BT.601)."""
GAIN_LIMIT_DB = 20.0
"""Per-patch gains are clipped to this, either way: single patches can be exact."""
WINDOW = 11
MS_SSIM_MINIMUM = (WINDOW - 1) * 2**4 + 1
"""Shortest side in pixels on which the window still fits at the coarsest of the five scales."""

_STRIP = 64  # rows: a strip and its temporaries stay in the processor's cache
_C1, _C2 = (0.01 * PEAK) ** 2, (0.03 * PEAK) ** 2
_SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # Wang et al. 2003, section 3.2
_GAUSSIAN = np.exp(-((np.arange(WINDOW) - WINDOW // 2) ** 2) / (2 * 1.5**2))
_GAUSSIAN /= _GAUSSIAN.sum()

Plane = NDArray[np.float32]
Level = TypeVar("Level", np.uint8, np.uint16)


def luma(pixels: Pixels | DeepPixels) -> Plane:
    """Luma of (height, width, 3) RGB as float32 (height, width) on the same scale, not rounded."""
    result = np.empty(pixels.shape[:2], np.float32)
    weights = LUMA.astype(np.float32)
    for rows in _strips(pixels.shape[0]):
        result[rows] = pixels[rows].astype(np.float32) @ weights
    return result


def grey(pixels: NDArray[Level]) -> NDArray[Level]:
    """`pixels`, uint8 or uint16 (height, width, 3), without its colours: luma, rounded, three times."""
    levels = np.rint(luma(pixels)).astype(pixels.dtype)
    return frozen(np.repeat(levels[..., None], 3, axis=-1))


def psnr_rgb_db(a: Pixels, b: Pixels) -> float:
    """PSNR in dB over all RGB samples; infinite when equal. Raises ValueError unless the shapes match."""
    _check_shapes(a, b)
    error = 0
    for rows in _strips(a.shape[0]):
        difference = a[rows].astype(np.int32)
        difference -= b[rows]
        difference *= difference
        error += int(difference.sum(dtype=np.int64))
    return _psnr_db(error / a.size)[0]


def psnr_y_db(a: Pixels, b: Pixels) -> float:
    """PSNR in dB of luma; infinite when equal. Raises ValueError unless the shapes match."""
    return _psnr_db(*_squared_errors(a, b))[1]


def scores(original: Pixels, estimate: Pixels) -> Scores:
    """All scores of `estimate` against `original`, both uint8 (height, width, 3).

    SSIM is None below 11 pixels on a side, MS-SSIM below 161. Raises ValueError unless the shapes match.
    """
    rgb, y = _psnr_db(*_squared_errors(original, estimate))
    ssim, ms_ssim = _structural_similarity(luma(original), luma(estimate))
    return Scores(rgb, y, ssim, ms_ssim)


def patch_gain_db(original: Pixels, standard: Pixels, estimate: Pixels) -> NDArray[np.float32]:
    """Per-patch gain in RGB PSNR of `estimate` over `standard`: float32 (patch rows, patch columns), dB.

    All three are uint8 (height, width, 3). Patches cut by the picture's edge count their own pixels only.
    Clipped to ±20 dB, which is also what a patch gets when one of the two is exact; 0 when both are.
    Raises ValueError unless the shapes match.
    """
    return error_gain_db(patch_squared_error(original, standard), patch_squared_error(original, estimate))


def error_gain_db(before: NDArray[np.float64], after: NDArray[np.float64]) -> NDArray[np.float32]:
    """Gain in dB from squared errors `before` to `after`, one shape, clipped to ±20 dB; 0 where equal."""
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = 10.0 * np.log10(before / after)
    gain[before == after] = 0.0
    return np.clip(gain, -GAIN_LIMIT_DB, GAIN_LIMIT_DB).astype(np.float32)


def _strips(rows: int, step: int = _STRIP) -> Iterator[slice]:
    for top in range(0, rows, step):
        yield slice(top, min(top + step, rows))


def _check_shapes(a: Pixels, b: Pixels) -> None:
    if a.shape != b.shape or a.ndim != 3 or a.shape[2] != 3 or a.size == 0:
        raise ValueError(f"pictures to compare must have one shape (height, width, 3): {a.shape}, {b.shape}")


def _squared_errors(a: Pixels, b: Pixels) -> tuple[float, float]:
    """Mean squared error over RGB samples and over luma. The sums over RGB are exact integers."""
    _check_shapes(a, b)
    rgb = y = 0.0
    for rows in _strips(a.shape[0]):
        difference = np.subtract(a[rows], b[rows], dtype=np.float64).reshape(-1, 3)
        rgb += float(np.vdot(difference, difference))
        luma_difference = difference @ LUMA
        y += float(np.vdot(luma_difference, luma_difference))
    pixels = a.shape[0] * a.shape[1]
    return rgb / (3 * pixels), y / pixels


def _psnr_db(*errors: float) -> tuple[float, ...]:
    return tuple(10.0 * math.log10(PEAK**2 / error) if error > 0 else math.inf for error in errors)


def patch_squared_error(a: Pixels, b: Pixels) -> NDArray[np.float64]:
    """Sum of squared RGB differences in each patch: float64 (patch rows, patch columns), exact integers.

    Raises ValueError unless the shapes match.
    """
    _check_shapes(a, b)
    height, width, _ = a.shape
    rows, columns = patch_grid(height, width)
    result = np.empty((rows, columns))
    for row in range(rows):
        top = row * PATCH
        difference = np.subtract(a[top : top + PATCH], b[top : top + PATCH], dtype=np.float64)
        line = np.zeros(columns * PATCH)
        line[:width] = np.einsum("ijk,ijk->j", difference, difference)
        result[row] = line.reshape(columns, PATCH).sum(axis=1)
    return result


def patch_means(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean of (height, width) values in each patch: float32 (patch rows, patch columns); those that the
    picture's edge cuts count what is there."""
    height, width = values.shape
    rows, columns = (np.arange(0, length, PATCH) for length in (height, width))
    sums = np.add.reduceat(np.add.reduceat(values.astype(np.float64), rows, 0), columns, 1)
    tall, wide = (np.diff([*starts, length]) for starts, length in ((rows, height), (columns, width)))
    means: NDArray[np.float32] = frozen((sums / (tall[:, None] * wide)).astype(np.float32))
    return means


def _structural_similarity(a: Plane, b: Plane) -> tuple[float | None, float | None]:
    """SSIM and MS-SSIM of two luma planes, each None where the picture is too small."""
    if min(a.shape) < WINDOW:
        return None, None
    ssim, contrast = _ssim_terms(a, b)
    if min(a.shape) < MS_SSIM_MINIMUM:
        return ssim, None
    contrasts = [contrast]
    coarse = ssim
    for _ in _SCALE_WEIGHTS[1:]:
        a, b = _halved(a), _halved(b)
        coarse, contrast = _ssim_terms(a, b)
        contrasts.append(contrast)
    contrasts[-1] = coarse
    # Anticorrelated structure would give a complex power; it counts as no similarity at all.
    factors = [max(c, 0.0) ** w for c, w in zip(contrasts, _SCALE_WEIGHTS, strict=True)]
    return ssim, math.prod(factors)


def _ssim_terms(a: Plane, b: Plane) -> tuple[float, float]:
    """Mean over all windows of SSIM and of its contrast-structure factor."""
    height, width = a.shape
    ssim = contrast = 0.0
    for rows in _strips(height - WINDOW + 1):
        window_rows = slice(rows.start, rows.stop + WINDOW - 1)
        # Centred samples halve the magnitudes whose small differences give the variances in float32.
        x, y = a[window_rows] - 128.0, b[window_rows] - 128.0
        mean_x, mean_y = _blurred(x), _blurred(y)
        covariance = _blurred(x * y) - mean_x * mean_y
        variances = _blurred(x * x + y * y) - (mean_x * mean_x + mean_y * mean_y)
        structure = (2.0 * covariance + _C2) / (variances + _C2)
        mean_x += 128.0
        mean_y += 128.0
        luminance = (2.0 * mean_x * mean_y + _C1) / (mean_x * mean_x + mean_y * mean_y + _C1)
        contrast += float(structure.sum(dtype=np.float64))
        luminance *= structure
        ssim += float(luminance.sum(dtype=np.float64))
    windows = (height - WINDOW + 1) * (width - WINDOW + 1)
    return ssim / windows, contrast / windows


def _blurred(x: Plane) -> Plane:
    """Gaussian window means of float32 (h, w), whole windows only: (h - 10, w - 10)."""
    rows, columns = x.shape[0] - WINDOW + 1, x.shape[1] - WINDOW + 1
    down = float(_GAUSSIAN[WINDOW // 2]) * x[WINDOW // 2 : WINDOW // 2 + rows]
    for i in range(WINDOW // 2):
        down += float(_GAUSSIAN[i]) * (x[i : i + rows] + x[WINDOW - 1 - i : WINDOW - 1 - i + rows])
    across = float(_GAUSSIAN[WINDOW // 2]) * down[:, WINDOW // 2 : WINDOW // 2 + columns]
    for i in range(WINDOW // 2):
        right = WINDOW - 1 - i
        across += float(_GAUSSIAN[i]) * (down[:, i : i + columns] + down[:, right : right + columns])
    return across


def _halved(x: Plane) -> Plane:
    """2×2 means, every second one; an odd last row or column is repeated, as the authors' code does."""
    odd = (x.shape[0] % 2, x.shape[1] % 2)
    if any(odd):
        x = np.pad(x, ((0, odd[0]), (0, odd[1])), mode="edge")
    result: Plane = x[0::2, 0::2] + x[1::2, 0::2]
    result += x[0::2, 1::2]
    result += x[1::2, 1::2]
    result *= np.float32(0.25)
    return result
