"""What every decoder offers, and what they share: devices, colour and 8-bit output."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from engine.errors import UserError
from engine.models.card import ModelCard
from engine.types import Cancelled, Coded, DecodeOptions, DeepPixels, Estimate, Pixels, Progress, frozen

# BT.601 full range, as JFIF 1.02 defines it; chroma centred on 0.
RGB_TO_YCC = (
    (0.299, 0.587, 0.114),
    (-0.168735892, -0.331264108, 0.5),
    (0.5, -0.418687589, -0.081312411),
)
YCC_TO_RGB = ((1.0, 0.0, 1.402), (1.0, -0.344136286, -0.714136286), (1.0, 1.772, 0.0))
FEWEST_ROWS = 16
"""Rows that products should have at least. Of fewer, MKL's kernels for AVX-512 may sum otherwise in two
threads than in one; of as many they were never seen to. Older kernels may at other sizes too, by 1e-4 of a
level."""


class Decoder(Protocol):
    """A trained decoder. It sees a `Coded` and its weights, nothing else."""

    card: ModelCard

    def refine(
        self, coded: Coded, options: DecodeOptions, cancelled: Cancelled, progress: Progress
    ) -> Iterator[Estimate]:
        """Yield the estimates of steps 1 to K; stops early, without an error, once `cancelled()`."""
        ...


def filled(rows: Tensor) -> Tensor:
    """(n, …) with zeros after the last row, so that there are `FEWEST_ROWS` at least."""
    missing = max(0, FEWEST_ROWS - len(rows))
    return torch.cat([rows, rows.new_zeros(missing, *rows.shape[1:])]) if missing else rows


def pick_device(name: str) -> torch.device:
    """`auto` takes CUDA, then MPS, then the CPU. Raises UserError for a device that is not there."""
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        return torch.device(next(kind for kind in ("cuda", "mps", "cpu") if available[kind]))
    if not available.get(name, False):
        there = ", ".join(kind for kind, found in available.items() if found)
        raise UserError(f"device '{name}' is not available here (available: auto, {there})")
    return torch.device(name)


def colour_matrix(matrix: tuple[tuple[float, ...], ...], like: Tensor) -> Tensor:
    return torch.tensor(matrix, dtype=like.dtype, device=like.device)


def to_ycc(rgb: Tensor) -> Tensor:
    """(batch, 3, height, width) RGB to YCbCr with chroma centred on 0, in the units of the input."""
    return torch.einsum("ij,bjhw->bihw", colour_matrix(RGB_TO_YCC, rgb), rgb)


def to_rgb(ycc: Tensor) -> Tensor:
    """Inverse of `to_ycc`."""
    return torch.einsum("ij,bjhw->bihw", colour_matrix(YCC_TO_RGB, ycc), ycc)


def _levels(ycc: Tensor, top: int) -> Tensor:
    """(1, 3, height, width) YCbCr, 0 to 1, to RGB in whole levels, 0 to `top`. As `to_rgb`, which gradients
    and exported networks go through, but without what is 0 or 1 in the matrix."""
    y, cb, cr = ycc[0]
    rgb = torch.empty_like(ycc[0])
    (_, _, red), (_, *green), (_, blue, _) = YCC_TO_RGB
    torch.add(y, cr, alpha=red, out=rgb[0])
    torch.add(y, cb, alpha=green[0], out=rgb[1]).add_(cr, alpha=green[1])
    torch.add(y, cb, alpha=blue, out=rgb[2])
    return rgb.mul_(top).clamp_(0, top).round_()


def tensor_from_pixels(pixels: Pixels, device: torch.device) -> Tensor:
    """uint8 (height, width, 3) to float32 (1, 3, height, width), 0 to 1."""
    array = np.array(pixels, order="C", copy=True)  # PyTorch refuses read-only memory
    return torch.from_numpy(array).to(device).permute(2, 0, 1).unsqueeze(0).float() / 255


def pixels_from_ycc(ycc: Tensor) -> Pixels:
    """(1, 3, height, width) YCbCr, 0 to 1, to 8-bit RGB pixels (rounded to nearest)."""
    rgb = _levels(ycc, 255).to(torch.uint8)
    return frozen(rgb.permute(1, 2, 0).contiguous().cpu().numpy())


def deep_from_ycc(ycc: Tensor) -> DeepPixels:
    """As `pixels_from_ycc`, to 16 bits a sample: the estimate before it is rounded to 8."""
    rgb = _levels(ycc, 65535).to(torch.int32)
    samples = rgb.permute(1, 2, 0).contiguous().cpu().numpy().astype(np.uint16)
    samples.setflags(write=False)
    return samples
