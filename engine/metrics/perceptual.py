"""Perceptual scores by well-kept implementations, an extra: `pip install nrc-viewer[scores]`.

SSIMULACRA2: J. Sneyers, Cloudinary, 2022 (package `ssimulacra2`); 100 is lossless, 90 is visually lossless,
70 high, 50 medium, 30 low quality; negative values are possible.

FLIP: P. Andersson et al., "FLIP: A Difference Evaluator for Alternating Images", HPG 2020 (package
`flip-evaluator`, NVIDIA); 0 is no visible difference, 1 the largest, at 67 pixels per degree.
"""

from __future__ import annotations

from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from engine.errors import UserError
from engine.types import Pixels, frozen

_INSTALL = "install it with: pip install nrc-viewer[scores]"
SSIMULACRA2_MINIMUM = 8
"""Shortest side in pixels at which SSIMULACRA2 has a scale to look at."""


def ssimulacra2(original: Pixels, estimate: Pixels) -> float | None:
    """SSIMULACRA2 of `estimate`, both uint8 (height, width, 3) sRGB; None below 8 pixels a side.

    Raises UserError where the package is missing, ValueError unless the shapes match.
    """
    _check(original, estimate)
    try:
        from ssimulacra2 import compute_ssimulacra2
    except ImportError:
        raise UserError(f"SSIMULACRA2 needs the package ssimulacra2 ({_INSTALL})") from None
    if min(original.shape[:2]) < SSIMULACRA2_MINIMUM:
        return None
    return float(compute_ssimulacra2(_file(original), _file(estimate)))


def flip_map(original: Pixels, estimate: Pixels) -> NDArray[np.float32]:
    """FLIP error of each pixel, float32 (height, width), 0 to 1, of uint8 (height, width, 3) sRGB pictures.

    Raises UserError where the package is missing, ValueError unless the shapes match.
    """
    _check(original, estimate)
    try:
        import flip_evaluator
    except ImportError:
        raise UserError(f"FLIP needs the package flip-evaluator ({_INSTALL})") from None
    scaled = [pixels.astype(np.float32) / np.float32(255) for pixels in (original, estimate)]
    result, _, _ = flip_evaluator.evaluate(*scaled, "LDR", applyMagma=False, computeMeanError=False)
    return frozen(np.ascontiguousarray(result[..., 0], np.float32))


def flip(original: Pixels, estimate: Pixels) -> float:
    """Mean of `flip_map`, 0 to 1."""
    return float(flip_map(original, estimate).mean(dtype=np.float64))


def _check(original: Pixels, estimate: Pixels) -> None:
    if original.shape != estimate.shape:
        raise ValueError(f"pictures to compare must have one shape: {original.shape}, {estimate.shape}")


def _file(pixels: Pixels) -> BytesIO:
    """As the package takes pictures: a file."""
    from PIL import Image

    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=0)
    file.seek(0)
    return file
