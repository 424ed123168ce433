"""Photographs for training: found in folders, held in memory, encoded on the fly."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from engine.errors import UserError
from engine.io.image import find_pictures, load_picture
from engine.metrics.fidelity import error_gain_db
from engine.step_scale import jpeg_scale
from engine.training.config import DataConfig
from engine.types import Pixels


def load_folder(folders: Sequence[Path], least_side: int) -> list[Pixels]:
    """All pictures below `folders`, in order of their paths, that are at least `least_side` wide and high.

    Raises UserError when a folder is missing or holds none, and for a picture that can't be read.
    """
    pictures: list[Pixels] = []
    for path in (path for folder in folders for path in find_pictures(folder)):
        pixels = load_picture(path).pixels
        if min(pixels.shape[:2]) >= least_side:
            pictures.append(pixels)
    if not pictures:
        names = ", ".join(str(folder) for folder in folders)
        raise UserError(f"{names}: no pictures of at least {least_side} pixels a side")
    return pictures


@dataclass(frozen=True)
class Example:
    """A picture (or crop) and what a codec makes of it, both uint8 (height, width, 3).

    form: of the quantisation tables, see `table_form`.
    """

    original: Pixels
    standard: Pixels
    scale: float
    full_chroma: bool
    codec: str = "jpeg"
    form: tuple[float, float] = (0.0, 0.0)


def compress(original: Pixels, quality: int, full_chroma: bool) -> Example:
    """Encode with libjpeg and decode again; the quickest way, without counting bits."""
    buffer = io.BytesIO()
    Image.fromarray(original).save(buffer, "JPEG", quality=quality, subsampling=0 if full_chroma else 2)
    buffer.seek(0)
    with Image.open(buffer) as image:
        return Example(original, np.asarray(image.convert("RGB")), jpeg_scale(quality), full_chroma)


def draw_quality(rng: np.random.Generator, config: DataConfig) -> int:
    """Log-uniform, so that low qualities, where steps are coarse, are not rare."""
    lowest, highest = config.range_of("jpeg")
    low, high = math.log(lowest), math.log(highest + 0.999)
    return min(highest, int(math.exp(rng.uniform(low, high))))


def turn(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """One of the eight flips and turns of a picture."""
    pixels = pixels[:: int(rng.integers(2)) * 2 - 1, :: int(rng.integers(2)) * 2 - 1]
    return np.ascontiguousarray(pixels.transpose(1, 0, 2) if rng.integers(2) else pixels)


def draw_square(
    pictures: Sequence[Pixels], rng: np.random.Generator, config: DataConfig, side: int = 0
) -> Pixels:
    """A random square that is not flat, uint8 (side, side, 3); as wide as a crop unless `side` is given."""
    side = side or config.crop
    for _ in range(1000):
        picture = pictures[int(rng.integers(len(pictures)))]
        y = int(rng.integers(picture.shape[0] - side + 1))
        x = int(rng.integers(picture.shape[1] - side + 1))
        crop = picture[y : y + side, x : x + side]
        if crop.std() >= config.min_deviation:
            return crop
    raise UserError("the training pictures are nearly flat: no crop varies by data.min_deviation levels")


def draw_crop(pictures: Sequence[Pixels], rng: np.random.Generator, config: DataConfig) -> Example:
    """A random crop that is not flat, turned, then encoded, so that its block grid starts at a corner."""
    crop = draw_square(pictures, rng, config)
    full = bool(rng.random() < config.full_chroma)
    return compress(turn(crop, rng), draw_quality(rng, config), full)


def mean_gains_db(errors: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """Mean PSNR gain (dB) of each step over pictures, from their squared errors.

    errors: a row for each picture, the standard decode's first, then each step's.
    """
    before, after = np.split(np.asarray(errors, np.float64), [1], axis=1)
    return tuple(error_gain_db(np.broadcast_to(before, after.shape), after).mean(axis=0).tolist())
