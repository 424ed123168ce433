"""What every codec asks of pictures and options."""

from __future__ import annotations

import math

import numpy as np

from engine.errors import UserError
from engine.io.image import check_size
from engine.types import EncodeOptions, Pixels


def check_pixels(pixels: Pixels) -> None:
    """Raise unless `pixels` are a picture (ValueError) of a size that can be coded (UserError)."""
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ValueError("pixels must be uint8 (height, width, 3)")
    check_size(pixels.shape[1], pixels.shape[0], "picture")


def check_rate(options: EncodeOptions, title: str) -> None:
    """Raise UserError unless exactly one of quality and bits per pixel is asked for, and sensibly."""
    if (options.quality is None) == (options.bits_per_pixel is None):
        raise UserError(f"{title} needs either a quality or a number of bits per pixel, and not both")
    target = options.bits_per_pixel
    if target is not None and not (math.isfinite(target) and target > 0):
        raise UserError(f"bits per pixel must be a number above 0, not {target}")


def check_quality(quality: object, qualities: tuple[int, int], title: str, word: str = "quality") -> None:
    """Raise UserError unless `quality`, called `word`, is a whole number in `qualities`."""
    low, high = qualities
    if isinstance(quality, bool) or not isinstance(quality, int) or not low <= quality <= high:
        raise UserError(f"{title} {word} must be a whole number from {low} to {high}, not {quality}")


def check_subsampling(subsampling: str, known: tuple[str, ...], title: str) -> None:
    """Raise UserError unless `subsampling` is one of `known`."""
    if subsampling not in known:
        raise UserError(f"{title} subsampling must be {' or '.join(known)}, not '{subsampling}'")
