"""From the samples that a file holds (1 to 64 bits, integer or float) to images with 8 bits a sample.

Integers of n bits are scaled by 255 / (2ⁿ - 1) and rounded. Integers of more than 16 bits rarely use their
range, so the narrowest of 8, 16 and 32 bits that holds the largest sample counts. Floats from 0 to 1 are
scaled by 255; a wider range is stretched onto 0 to 255.
"""

from __future__ import annotations

import sys
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from engine.errors import UserError

_DIRECT = ("L", "LA", "RGB", "RGBA", "CMYK", "LAB")
_TO_DIRECT = {"1": "L", "P": "RGB", "PA": "RGBA", "La": "LA", "RGBa": "RGBA", "RGBX": "RGB"}
_PHOTOMETRIC, _BITS, _SAMPLE_FORMAT = 262, 258, 339  # TIFF 6.0, section 8
_UNSIGNED = 1
_STRIP = 64  # rows of floats widened at once


def read_8bit(image: ImageFile.ImageFile, file: BinaryIO, label: str, notes: list[str]) -> Image.Image:
    """Decode an opened image to mode L, LA, RGB, RGBA, CMYK or LAB with 8 bits a sample.

    file: what `image` was opened from; it may be read twice. Raises UserError, naming `label`, for samples
    that have no meaning as a picture, and what Pillow raises on damaged files.
    """
    transparent = image.info.get("transparency")
    if rawmode := _deep_rawmode(image):
        return from_integers(_read_16bit(image, file, rawmode), 16, transparent)
    image.load()
    tags: Any = getattr(image, "tag_v2", {})
    white_is_zero = tags.get(_PHOTOMETRIC) == 0
    if image.mode == "F":
        return from_floats(np.asarray(image)[..., None], label, notes, white_is_zero=white_is_zero)
    if image.mode == "I" or image.mode.startswith("I;16"):
        samples = np.asarray(image)[..., None]
        bits = 16
        if tags and samples.dtype.itemsize > 2:
            if tags.get(_SAMPLE_FORMAT, (_UNSIGNED,))[0] == _UNSIGNED:
                samples = samples.view(np.uint32)
            bits = used_bits(samples, notes)
        elif tags:
            bits = int(tags.get(_BITS, (16,))[0])
        return from_integers(samples, bits, transparent, white_is_zero=white_is_zero)
    return _direct(image)


def from_integers(
    samples: NDArray[Any], bits: int, transparent: Any = None, *, white_is_zero: bool = False
) -> Image.Image:
    """8-bit image of integer samples (height, width, 1 to 4), 0 to 2^bits - 1; values outside are clipped.

    transparent: the one value, or tuple of values, that stands for "nothing here" (PNG's tRNS).
    """
    highest = 2**bits - 1
    if samples.dtype.itemsize <= 2 and samples.dtype.kind == "u":
        table = np.rint(np.minimum(np.arange(1 << 8 * samples.dtype.itemsize), highest) * (255 / highest))
        result = table.astype(np.uint8)[samples]
    else:
        result = np.rint(np.clip(samples.astype(np.float64), 0, highest) * (255 / highest)).astype(np.uint8)
    if transparent is not None and samples.shape[-1] in (1, 3):
        shown = (samples != np.asarray(transparent)).any(axis=-1, keepdims=True)
        result = np.concatenate([result, np.where(shown, np.uint8(255), np.uint8(0))], axis=-1)
    return _image(result, white_is_zero)


def from_floats(
    samples: NDArray[Any], label: str, notes: list[str], *, alpha: bool = False, white_is_zero: bool = False
) -> Image.Image:
    """8-bit image of float samples (height, width, 1 to 4); alpha: the last channel is one, 0 to 1.

    Raises UserError, naming `label`, when there are NaN or infinite samples.
    """
    strips = [samples[top : top + _STRIP] for top in range(0, len(samples), _STRIP)]
    if not all(np.isfinite(strip).all() for strip in strips):
        raise UserError(f"{label}: holds samples that are not numbers (NaN or infinite)")
    colours = samples[..., :-1] if alpha else samples
    low, high = float(colours.min()), float(colours.max())
    stretched = low < 0 or high > 1
    if stretched:
        notes.append(f"values from {low:.4g} to {high:.4g} stretched onto black to white")
    result = np.empty(samples.shape, np.uint8)
    for strip, eight in zip(strips, np.split(result, range(_STRIP, len(result), _STRIP)), strict=True):
        wide: NDArray[Any] = strip.astype(np.float64 if strip.dtype.itemsize > 4 else np.float32)
        if stretched:
            parts = wide[..., :-1] if alpha else wide
            parts[...] = (parts - low) / ((high - low) or 1.0)
        eight[...] = np.rint(np.clip(wide * 255, 0, 255))
    return _image(result, white_is_zero)


def used_bits(samples: NDArray[Any], notes: list[str]) -> int:
    """The narrowest of 8, 16 and 32 bits that holds all of `samples`; negative ones are clipped (a note)."""
    if samples.min() < 0:
        notes.append("negative values clipped to black")
    highest = int(samples.max())
    bits = next((bits for bits in (8, 16, 32) if highest < 2**bits), 64)
    if bits < 8 * samples.dtype.itemsize:
        notes.append(f"{8 * samples.dtype.itemsize}-bit integers taken as {bits}-bit ones")
    return bits


def _image(samples: NDArray[np.uint8], white_is_zero: bool) -> Image.Image:
    if white_is_zero:
        samples[..., 0] = 255 - samples[..., 0]
    return Image.fromarray(samples[..., 0] if samples.shape[-1] == 1 else samples)


def _direct(image: Image.Image) -> Image.Image:
    """Resolve palettes, colour keys, premultiplied alpha and rare modes."""
    if "transparency" in image.info and image.mode in ("1", "L", "P", "RGB"):
        return image.convert("LA" if image.mode == "L" else "RGBA")
    return image if image.mode in _DIRECT else image.convert(_TO_DIRECT.get(image.mode, "RGB"))


def _deep_rawmode(image: ImageFile.ImageFile) -> str:
    """Pillow's raw mode where it stands for 16 bits a sample that would be cut to their high bytes."""
    if not image.tile or image.mode not in ("RGB", "RGBA"):
        return ""
    arguments = image.tile[0].args
    rawmode = arguments[0] if isinstance(arguments, tuple) else arguments
    kinds = ("RGB;16", "RGBX;16", "RGBA;16", "LA;16")
    return rawmode if isinstance(rawmode, str) and rawmode.startswith(kinds) else ""


def _read_16bit(image: ImageFile.ImageFile, file: BinaryIO, rawmode: str) -> NDArray[np.uint16]:
    """16-bit samples (height, width, 2 to 4) of an image for which Pillow keeps the high bytes only.

    Grey with alpha has four bytes a pixel, as 8-bit RGBA has, and is unpacked as that. Colours are decoded
    a second time with the other byte order named, which yields the low bytes.
    """
    if rawmode == "LA;16B":
        octets = np.ascontiguousarray(_unpacked(image, "RGBA"))
        return octets.view(">u2").astype(np.uint16)
    kind, order = rawmode.split(";")
    big = order == "16B" or (order == "16N" and sys.byteorder == "big")
    high = _unpacked(image, rawmode).astype(np.uint16)
    file.seek(0)
    with Image.open(file, formats=[str(image.format)]) as again:
        low = _unpacked(again, f"{kind};16{'L' if big else 'B'}")
    high <<= 8
    high |= low
    return high


def _unpacked(image: ImageFile.ImageFile, rawmode: str) -> NDArray[np.uint8]:
    """Decode with another raw mode than the format's reader chose."""
    image.tile = [
        tile._replace(args=(rawmode, *tile.args[1:]) if isinstance(tile.args, tuple) else rawmode)
        for tile in image.tile
    ]
    return np.asarray(image)
