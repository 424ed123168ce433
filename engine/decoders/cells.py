"""Quantisation cells: what a stream with blocks of symbols says of its picture for certain.

A symbol q at step Δ says that the encoder's coefficient lay in [(q − ½)Δ, (q + ½)Δ]. Of all pictures in those
intervals the one nearest to an estimate is its coefficients clipped to them, block by block, as the transform
is orthonormal: projection onto convex sets (Zakhor, *Iterative procedures for reduction of blocking effects
in transform image coding*, IEEE Trans. CSVT 2(1), 1992). If the encoder's picture was the one that is sought,
no projection makes an estimate worse.

Where an estimate leaves an interval, the picture seldom lies at its end: on average a tenth of a step further
in, and in fine streams, where several steps were sent, up to three tenths. So estimates are kept to a part of
each interval around its middle (Park and Kim, *Theory of projection onto the narrow quantization constraint
set and its application*, IEEE Trans. Image Processing 8(10), 1999). Half of its width was chosen on pictures
that nothing is measured on (BSDS500's validation): 0.4 Δ for symbols −1, 0 and 1, and 0.25 + 0.05 log₂ s for
all others, between 0.2 Δ and 0.4 Δ, with s the step scale (`tests/bench/kept_intervals.py`). What is certain
of the whole intervals holds of these on average.

A component at half resolution is projected at its own: it is averaged over as many pixels, and the change
that clipping makes is repeated over them, so that the average of the result lies in its interval exactly.
Transform and units as in `engine.analysis.patch_blocks`: orthonormal DCT-II of Y less 128, Cb and Cr, in
levels of 255.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.decoders.dct import dct_matrix
from engine.types import PATCH, Coded, Component

UNIT = 16
"""Boxes of a picture begin at multiples of this many pixels, so that they hold whole blocks."""
_SMALL_HALF = 0.4
"""Half the width that estimates are kept to, in steps, for symbols −1, 0 and 1, and the most for others."""
_WHOLE = (1, 2)
"""Pixels to a sample, down or across, that are projected; rarer ones are left as they are."""


@dataclass(frozen=True)
class Cells:
    """One component's intervals in a box, and the part of each that estimates are kept to. low, high, least,
    most: (rows, columns, 64), levels; where nothing was sent they are infinite. down, across: pixels to a
    sample."""

    low: Tensor
    high: Tensor
    least: Tensor
    most: Tensor
    down: int
    across: int


def cells_of(coded: Coded, box: tuple[int, int, int, int], device: torch.device) -> list[Cells | None]:
    """Intervals of Y, Cb and Cr in `box` (top, left, bottom, right), grown to whole units; None for a
    component that was not sent in blocks. Top and left must be multiples of `UNIT`."""
    parts = coded.symbols.components if coded.symbols is not None else ()
    found: list[Cells | None] = [None, None, None]
    for index, part in enumerate(parts[:3]):
        down = _pixels_to_a_sample([each.v for each in parts], part.v)
        across = _pixels_to_a_sample([each.h for each in parts], part.h)
        if down in _WHOLE and across in _WHOLE:
            limits = _limits(part, box, down, across, kept_half(coded.scale))
            low, high, least, most = (torch.from_numpy(each).to(device) for each in limits)
            found[index] = Cells(low, high, least, most, down, across)
    return found


def kept_half(scale: float) -> float:
    """Half the width that estimates are kept to, in steps, where symbols beyond ±1 were sent."""
    return min(max(0.25 + 0.05 * math.log2(scale), 0.2), _SMALL_HALF)


def _pixels_to_a_sample(factors: list[int], own: int) -> int:
    return max(factors) // own if max(factors) % own == 0 else 0


def _limits(
    part: Component, box: tuple[int, int, int, int], down: int, across: int, half: float
) -> tuple[NDArray[np.float32], ...]:
    top, left, bottom, right = box
    tall, wide = PATCH * down, PATCH * across
    rows = math.ceil((bottom - top) / UNIT) * UNIT // tall
    columns = math.ceil((right - left) / UNIT) * UNIT // wide
    row, column = top // tall, left // wide
    inside = part.coefficients[row : row + rows, column : column + columns]
    steps = part.quantisation.reshape(-1).astype(np.float32)
    sent = inside.reshape(*inside.shape[:2], PATCH * PATCH).astype(np.float32)
    middle = sent * steps
    kept = np.where(np.abs(sent) < 2, np.float32(_SMALL_HALF), np.float32(half)) * steps
    near = np.float32(0.5) * steps
    found = middle - near, middle + near, middle - kept, middle + kept
    if inside.shape[:2] == (rows, columns):
        return found
    ends = []
    for beyond, values in zip((-np.inf, np.inf, -np.inf, np.inf), found, strict=True):
        end = np.full((rows, columns, PATCH * PATCH), beyond, np.float32)
        end[: len(values), : values.shape[1]] = values
        ends.append(end)
    return tuple(ends)


@lru_cache(maxsize=16)
def transform(device: str, down: int = 1, across: int = 1, factor: float = 1.0) -> Tensor:
    """(64, 64 · down · across): row = frequency in natural order, column = pixel; orthonormal for samples
    that are means of down × across pixels, then multiplied by `factor`."""
    tall, wide = (dct_matrix().repeat_interleave(n, 1) / n for n in (down, across))
    return (factor * torch.einsum("vy,ux->vuyx", tall, wide)).reshape(PATCH * PATCH, -1).to(device)


def spectrum(
    plane: Tensor, down: int = 1, across: int = 1, factor: float = 1.0, offset: float = 0.0
) -> Tensor:
    """`factor` times samples (height, width) plus `offset` to the coefficients of their blocks, (rows,
    columns, 64); sides whole blocks."""
    tall, wide = PATCH * down, PATCH * across
    rows, columns = plane.shape[0] // tall, plane.shape[1] // wide
    blocks = plane.reshape(rows, tall, columns, wide).permute(0, 2, 1, 3).reshape(rows * columns, -1)
    flat = plane.new_zeros(PATCH * PATCH)
    flat[0] = PATCH * offset
    # A factor given as alpha would let the product depend on the number of threads (MKL on some processors).
    found = torch.addmm(flat, blocks, transform(str(plane.device), down, across, factor).T)
    return found.view(rows, columns, PATCH * PATCH)


def samples(spectra: Tensor, down: int = 1, across: int = 1) -> Tensor:
    """Inverse of `spectrum`; samples at lower resolution are repeated."""
    rows, columns, _ = spectra.shape
    blocks = (spectra @ transform(str(spectra.device))).reshape(rows, columns, PATCH, PATCH)
    plane = blocks.permute(0, 2, 1, 3).reshape(rows * PATCH, columns * PATCH)
    if (down, across) != (1, 1):
        plane = plane.repeat_interleave(down, 0).repeat_interleave(across, 1)
    return plane


def leftover(coded: Coded, pixels: NDArray[np.uint8]) -> tuple[float, float]:
    """What rounding to 8 bits leaves over of a projected picture: the share of coefficients that lie outside
    their intervals by more than a thousandth of a level, and the largest distance, in levels.

    pixels: uint8 (height, width, 3). (0, 0) for a stream without symbols.
    """
    from engine.decoders.base import tensor_from_pixels, to_ycc

    box = 0, 0, coded.height, coded.width
    ycc = 255 * to_ycc(tensor_from_pixels(pixels, torch.device("cpu")))
    ycc[:, 0] -= 128
    ycc = F.pad(ycc, (0, -coded.width % UNIT, 0, -coded.height % UNIT), mode="replicate")[0]
    beyond, count, most = 0, 0, 0.0
    for plane, cells in zip(ycc, cells_of(coded, box, torch.device("cpu")), strict=True):
        if cells is None:
            continue
        found = spectrum(plane, cells.down, cells.across)
        distance = torch.maximum(cells.low - found, found - cells.high)
        beyond += int((distance > 1e-3).sum())
        count += int(torch.isfinite(cells.low).sum())
        most = max(most, float(distance.max()))
    return (beyond / count, most) if count else (0.0, 0.0)
