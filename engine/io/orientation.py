"""EXIF orientation: how a stored picture is to be turned (Exif 2.3, tag 0x0112)."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.ExifTags import Base

Level = TypeVar("Level", np.uint8, np.uint16)

ORIENTATION_TAG = int(Base.Orientation)


def orientation_of(image: Image.Image) -> int | None:
    """Orientation that an opened file says, 1 (upright) to 8; 1 where it says none or another, None where its
    EXIF data can't be read."""
    try:
        value = int(image.getexif().get(ORIENTATION_TAG, 1))
    except Exception:  # EXIF is written by every kind of camera and editor
        return None
    return value if 1 <= value <= 8 else 1


def upright(pixels: NDArray[Level], orientation: int) -> NDArray[Level]:
    """Undo an orientation, 1 to 8, of uint8 or uint16 (height, width, 3); a view."""
    if orientation >= 5:
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return pixels
