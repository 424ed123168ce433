"""Pictures for tests, and pictures read from files."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

from engine.types import Pixels, frozen


def noise(height: int, width: int, seed: int = 0) -> Pixels:
    return frozen(np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8))


def grey(levels: np.ndarray) -> Pixels:
    """Levels of any kind, (height, width), rounded into the range, as a grey picture."""
    return np.repeat(np.clip(np.rint(levels), 0, 255).astype(np.uint8)[..., None], 3, axis=-1)


def pixels_in(file: str | Path | bytes) -> Pixels:
    """The picture in a file, given by its name or content, as any program that uses Pillow sees it."""
    with Image.open(io.BytesIO(file) if isinstance(file, bytes) else file) as image:
        return np.asarray(image.convert("RGB"))


def after_jpeg(pixels: Pixels, quality: int) -> Pixels:
    """Through Pillow's JPEG, with the chroma subsampling it takes by itself."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return pixels_in(file.getvalue())
