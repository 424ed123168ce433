"""What JPEG reaches on validation pictures, for learned codecs to be measured against at equal rate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.codecs.jpeg.codec import JPEG
from engine.metrics.fidelity import psnr_rgb_db
from engine.types import Pixels

QUALITIES = (2, 5, 8, 12, 17, 24, 33, 45, 60, 75, 87, 95)


@dataclass(frozen=True, eq=False)
class Reference:
    """A picture, uint8 (height, width, 3), and JPEG's operating points on it, rates rising."""

    pixels: Pixels
    log_rates: tuple[float, ...]
    psnrs_db: tuple[float, ...]

    def gain_db(self, bits_per_pixel: float, error: float) -> float:
        """PSNR over JPEG's, linear over the logarithm of the rate, for a mean squared error of 8-bit levels.

        Below JPEG's smallest file and above its largest that file counts.
        """
        jpeg = float(np.interp(math.log(bits_per_pixel), self.log_rates, self.psnrs_db))
        return 10 * math.log10(255**2 / max(error, 1e-3)) - jpeg


def reference_curves(pictures: Sequence[Pixels], side: int, unit: int) -> list[Reference]:
    """The middle of each picture, up to `side` wide and high, in multiples of `unit`, with JPEG 4:2:0."""
    return [_reference(middle(pixels, side, unit)) for pixels in pictures]


def middle(pixels: Pixels, side: int, unit: int) -> Pixels:
    """The central part whose sides are multiples of `unit`, at most `side`."""
    height, width = (min(side, length) // unit * unit for length in pixels.shape[:2])
    y, x = (pixels.shape[0] - height) // 2, (pixels.shape[1] - width) // 2
    return np.ascontiguousarray(pixels[y : y + height, x : x + width])


def _reference(pixels: Pixels) -> Reference:
    points: dict[int, float] = {}
    for quality in QUALITIES:
        payload, standard = JPEG.size_and_standard(pixels, quality, "4:2:0")
        points.setdefault(8 * len(payload), min(psnr_rgb_db(pixels, standard), 60.0))
    area = pixels.shape[0] * pixels.shape[1]
    bits = sorted(points)
    return Reference(
        pixels, tuple(math.log(count / area) for count in bits), tuple(points[count] for count in bits)
    )
