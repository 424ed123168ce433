"""Constants of JPEG (ISO/IEC 10918-1, ITU-T T.81) and the step size of a quantisation table."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

ZIGZAG: NDArray[np.intp] = np.array(
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
        12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
        58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ],
    dtype=np.intp,
)  # fmt: skip
"""Natural index (8 · vertical + horizontal frequency) of each zigzag position (T.81, figure A.6)."""

STANDARD_LUMA: NDArray[np.float64] = np.array(
    [
        16, 11, 10, 16, 24, 40, 51, 61,
        12, 12, 14, 19, 26, 58, 60, 55,
        14, 13, 16, 24, 40, 57, 69, 56,
        14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77,
        24, 35, 55, 64, 81, 104, 113, 92,
        49, 64, 78, 87, 103, 121, 120, 101,
        72, 92, 95, 98, 112, 100, 103, 99,
    ],
    dtype=np.float64,
).reshape(8, 8)  # fmt: skip
"""Luma quantisation table of T.81, table K.1, natural order: libjpeg's at quality 50."""

STANDARD_CHROMA: NDArray[np.float64] = np.full((8, 8), 99.0)
"""Chroma quantisation table of T.81, table K.2, natural order."""
STANDARD_CHROMA[:4, :4] = [[17, 18, 24, 47], [18, 21, 26, 66], [24, 26, 56, 99], [47, 66, 99, 99]]

_CEILING = 255
"""Largest step of a baseline file; encoders clip there."""
FINEST = 1 / float(STANDARD_LUMA.max())
"""Scale of a table of ones, the finest there is."""


def step_scale(table: NDArray[np.uint16]) -> float:
    """How coarse a luma table (8, 8) is, relative to `STANDARD_LUMA`; always above 0.

    libjpeg clips its scaled table to 1 … 255, so entries at either end only bound the scale and are left
    out. Of the others' ratios to the standard table the geometric mean counts, without the eighth at each
    end, so that single odd steps of other encoders don't carry it away. For libjpeg's own tables at
    qualities 2 to 99 this is within 3 % of (5000 / q below 50, else 200 - 2 q) / 100.
    """
    inside = (table > 1) & (table != _CEILING)
    ratios = table / STANDARD_LUMA
    if inside.any():
        logs = np.sort(np.log(ratios[inside]))
        trim = len(logs) // 8
        return float(np.exp(logs[trim : len(logs) - trim].mean()))
    # Every entry only bounds the scale: the entries that clip last give the tightest bound.
    return max(FINEST, float(ratios.max() if table.max() >= _CEILING else ratios.min()))


def jpeg_scale(quality: float) -> float:
    """libjpeg's scale of its standard tables at `quality`, 1 at 50 and 5 at 10; above 0, as `step_scale`."""
    return max(FINEST, (5000 / quality if quality < 50 else 200 - 2 * quality) / 100)


_MOST_FORM = 1.5


def table_form(luma: NDArray[np.uint16], chroma: NDArray[np.uint16] | None) -> tuple[float, float]:
    """How tables (8, 8) differ in form from libjpeg's of the same `step_scale`; both 0 for those.

    The logarithm of the chroma table's coarseness over the luma table's, each relative to the standard's
    (0 without chroma), and that of the luma table's at the 15 lowest frequencies over the others. Entries at
    1 or 255, which only bound the scale, are left out; what is left is limited to ±1.5.
    """

    def level(table: NDArray[np.uint16], standard: NDArray[np.float64], where: NDArray[np.bool_]) -> float:
        inside = where & (table > 1) & (table != _CEILING)
        if inside.sum() < _LEAST_ENTRIES:
            return math.nan
        return float(np.log(table[inside] / standard[inside]).mean())

    low = in_zigzag(15)
    everything = np.ones((8, 8), np.bool_)
    own = level(luma, STANDARD_LUMA, everything)
    colour = math.nan if chroma is None else level(chroma, STANDARD_CHROMA, everything) - own
    slope = level(luma, STANDARD_LUMA, low) - level(luma, STANDARD_LUMA, ~low)

    def limited(value: float) -> float:
        return 0.0 if math.isnan(value) else max(-_MOST_FORM, min(_MOST_FORM, value))

    return limited(colour), limited(slope)


_LEAST_ENTRIES = 4


def luma_table(quality: int) -> NDArray[np.float64]:
    """libjpeg's luma quantisation table at `quality`, 1 to 100: the standard's (T.81, K.1), scaled, rounded
    and clipped to 1 … 255 (`jpeg_quality_scaling`, `jpeg_add_quant_table` with force_baseline)."""
    return _scaled(STANDARD_LUMA, quality)


def chroma_table(quality: int) -> NDArray[np.float64]:
    """Likewise the chroma table (T.81, K.2)."""
    return _scaled(STANDARD_CHROMA, quality)


def _scaled(standard: NDArray[np.float64], quality: int) -> NDArray[np.float64]:
    if not 1 <= quality <= 100:
        raise ValueError(f"quality {quality} is not in 1 to 100")
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    return np.clip((standard * scale + 50) // 100, 1, _CEILING)


def in_zigzag(count: int) -> NDArray[np.bool_]:
    """Which of the 8×8 coefficients are the first `count` in zigzag order (T.81, A.3.6)."""
    mask = np.zeros(64, np.bool_)
    mask[ZIGZAG[: max(0, count)]] = True
    return mask.reshape(8, 8)


LEAST_SCALE = 1 / 128
"""Scale of streams that lose nothing."""


def scale_of_rate(bits_per_pixel: float) -> float:
    """A rough scale for a stream that hides its quantiser: steps halve with each further bit and a half a
    pixel, from 2.5 at a quarter of a bit (transform-coded photographs)."""
    return max(LEAST_SCALE, 2.5 * 2 ** ((0.25 - bits_per_pixel) / 1.5))
