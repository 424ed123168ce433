"""PSNR-B against its definition, written out pixel by pixel."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
from PIL import Image

from engine.metrics.blocking import psnr_b_db
from engine.metrics.fidelity import luma, psnr_y_db
from engine.types import Pixels


def picture(height: int, width: int, seed: int = 0) -> Pixels:
    rng = np.random.default_rng(seed)
    wave = 120 + 60 * np.sin(np.arange(width) * 0.13)[None] + 30 * np.cos(np.arange(height) * 0.2)[:, None]
    return np.clip(wave[..., None] + rng.normal(0, 4, (height, width, 3)), 0, 255).astype(np.uint8)


def jpeg(pixels: Pixels, quality: int) -> Pixels:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(io.BytesIO(file.getvalue())))


def slow(original: Pixels, estimate: Pixels) -> float:
    """Eqs. 9 to 16 of Yim and Bovik, one pair of neighbours after the other."""
    x, y = luma(original).astype(float), luma(estimate).astype(float)
    height, width = y.shape
    edge, other = [], []
    for i in range(height):
        for j in range(width):
            if j + 1 < width:
                (edge if (j + 1) % 8 == 0 else other).append((y[i, j] - y[i, j + 1]) ** 2)
            if i + 1 < height:
                (edge if (i + 1) % 8 == 0 else other).append((y[i, j] - y[i + 1, j]) ** 2)
    excess = float(np.mean(edge) - np.mean(other))
    factor = math.log2(8) / math.log2(min(height, width)) * excess if excess > 0 else 0.0
    return 10 * math.log10(255**2 / (float(np.mean((x - y) ** 2)) + factor))


@pytest.mark.parametrize("size", [(24, 40), (33, 17)])
@pytest.mark.parametrize("quality", [5, 30, 90])
def test_it_is_the_definition(size: tuple[int, int], quality: int) -> None:
    original = picture(*size)
    decoded = jpeg(original, quality)
    assert psnr_b_db(original, decoded) == pytest.approx(slow(original, decoded), abs=1e-5)


def test_block_edges_cost_and_their_absence_does_not() -> None:
    original = picture(64, 64)
    blocky = jpeg(original, 4)
    penalised = psnr_b_db(original, blocky)
    assert penalised is not None
    assert penalised < psnr_y_db(original, blocky) - 0.1
    flat = np.full_like(original, 128)
    assert psnr_b_db(original, flat) == pytest.approx(psnr_y_db(original, flat), abs=1e-4)


def test_copies_small_pictures_and_other_shapes() -> None:
    flat = np.full((16, 16, 3), 7, np.uint8)
    assert psnr_b_db(flat, flat) == math.inf
    assert psnr_b_db(flat[:8], flat[:8]) is None
    with pytest.raises(ValueError, match="one shape"):
        psnr_b_db(flat, flat[:8])
