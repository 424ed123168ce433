"""Biased reconstruction: each coefficient at the mean of its Laplacian inside the received interval.

J. R. Price, M. Rabbani, "Biased reconstruction for JPEG decoding", IEEE Signal Processing Letters 6(12),
1999. The standard decoder puts a coefficient of symbol q ≠ 0 and step Δ at qΔ, the middle of its interval.
Coefficients are Laplacian, p(x) = λ/2 exp(-λ|x|), so their mean there lies nearer to 0. With z = exp(-λΔ/2),
the likelihood of N symbols, N_0 of them 0, N_1 not, S = Σ|q|, is greatest at

    z = (-N_0 + √(N_0² + 4 (N + 2S) (2S - N_1))) / (2 (N + 2S))                                        (1)

for each frequency of each component, and the reconstruction is

    x = sgn(q) ((|q| - ½) Δ + 1/λ - Δ z² / (1 - z²)),      1/λ = -Δ / (2 ln z)                          (2)

DC keeps the middle: it is no Laplacian. What changes is added to the standard decode, chroma through the
triangle filter that decoders use, so that everything else stays as the standard decoder has it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from engine.decoders.base import deep_from_ycc, pixels_from_ycc, tensor_from_pixels, to_ycc
from engine.decoders.dct import dct_matrix
from engine.errors import UserError
from engine.models.card import ModelCard
from engine.types import Cancelled, Coded, Component, DecodeOptions, Estimate, Progress

Values = NDArray[np.float64]


def biased(symbols: NDArray[np.int16], step: float) -> Values:
    """Eq. (2) for all symbols of one frequency: int16 of any shape to float64 of that shape, in levels of
    an orthonormal transform. step: Δ, above 0."""
    sizes = np.abs(symbols.astype(np.int64))
    z = laplacian_z(sizes)
    middle = symbols.astype(np.float64) * step
    if not 0 < z < 1:
        return middle
    inside = -step / (2 * np.log(z)) - step * z * z / (1 - z * z)  # from the interval's nearer end
    return np.sign(middle) * np.where(sizes > 0, (sizes - 0.5) * step + inside, 0.0)


def laplacian_z(sizes: NDArray[np.int64]) -> float:
    """Eq. (1): maximum likelihood of z = exp(-λΔ/2), 0 to 1, from the symbols' absolute values."""
    count, some = sizes.size, int(np.count_nonzero(sizes))
    if some == 0:
        return 0.0
    total, zeros = int(sizes.sum()), sizes.size - some
    lead = count + 2 * total
    return float((-zeros + np.sqrt(zeros**2 + 4 * lead * (2 * total - some))) / (2 * lead))


def changes(component: Component) -> NDArray[np.float32]:
    """What (2) adds to a component's plane: float32 (8 · block rows, 8 · block columns), in levels."""
    rows, columns = component.coefficients.shape[:2]
    moved = np.zeros((rows, columns, 8, 8))
    for v in range(8):
        for u in range(8):
            step = float(component.quantisation[v, u])
            symbols = component.coefficients[:, :, v, u]
            if (v or u) and symbols.any():
                moved[:, :, v, u] = biased(symbols, step) - symbols * step
    matrix = dct_matrix(torch.float64).numpy()
    blocks: Values = matrix.T @ moved @ matrix
    plane = blocks.transpose(0, 2, 1, 3).reshape(rows * 8, columns * 8)
    return np.asarray(plane, np.float32)


class LaplacianDecoder:
    """The baseline "laplacian": one step, no network, nothing trained."""

    def __init__(self, card: ModelCard) -> None:
        self.card = card

    @classmethod
    def load(cls, card: ModelCard) -> LaplacianDecoder:
        return cls(card)

    def refine(
        self, coded: Coded, options: DecodeOptions, cancelled: Cancelled, progress: Progress
    ) -> Iterator[Estimate]:
        """The one estimate, as often as steps are asked for. Raises UserError on streams without symbols."""
        if coded.symbols is None or len(coded.symbols.components) not in (1, 3):
            raise UserError(f"decoder '{self.card.name}' needs a stream's symbols: grey or YCbCr JPEG")
        start = time.perf_counter()
        parts = coded.symbols.components
        ycc = to_ycc(tensor_from_pixels(coded.standard, torch.device("cpu")))
        high, wide = max(part.v for part in parts), max(part.h for part in parts)
        for at, part in enumerate(parts):
            plane = torch.from_numpy(changes(part))[None, None] / 255
            factors = (high // part.v, wide // part.h)
            if factors != (1, 1):
                size = [side * factor for side, factor in zip(plane.shape[2:], factors, strict=True)]
                plane = F.interpolate(plane, size=size, mode="bilinear", align_corners=False)
            ycc[:, at : at + 1] += plane[:, :, : coded.height, : coded.width]
        pixels, deep = pixels_from_ycc(ycc), deep_from_ycc(ycc) if options.deep else None
        for step in range(1, (options.steps or self.card.steps) + 1):
            if cancelled():
                return
            progress(1.0)
            yield Estimate(step, pixels, time.perf_counter() - start, deep=deep)
