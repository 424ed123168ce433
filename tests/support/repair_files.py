"""Received files for tests of repairing: JPEGs with everything that cameras write beside the pixels."""

from __future__ import annotations

import os
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

from engine.io.orientation import upright
from engine.types import Pixels
from tests.support.tiny_models import textured_pixels

ORIENTATION, MAKE, DATE_TAKEN, EXIF_IFD, GPS_IFD = 0x0112, 0x010F, 0x9003, 0x8769, 0x8825
MAKER_NOTE, WIDTH, HEIGHT = 0x927C, 0xA002, 0xA003
TAKEN = "2019:08:01 12:34:56"
NOTE = bytes(range(64))
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r tiff:Orientation="6" dc:title="Sea"/></x:xmpmeta>'
DAY = 1_564_662_896_000_000_000
"""Time of the files, in nanoseconds."""


@cache
def _srgb() -> bytes:
    """Made once: it holds the time at which it was."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def profile(space: bytes = b"RGB ") -> bytes:
    """A colour profile that says it is for `space`."""
    return _srgb()[:16] + space + _srgb()[20:]


def exif_of(orientation: int, width: int, height: int) -> Image.Exif:
    """Make, orientation, date, sizes, maker's note and a place."""
    exif = Image.Exif()
    exif[MAKE], exif[ORIENTATION] = "Camera", orientation
    exif.get_ifd(EXIF_IFD).update({DATE_TAKEN: TAKEN, MAKER_NOTE: NOTE, WIDTH: width, HEIGHT: height})
    exif.get_ifd(GPS_IFD).update({1: "N", 2: (52.0, 30.0, 15.5)})
    return exif


def camera_file(
    path: Path,
    orientation: int = 1,
    quality: int = 20,
    pixels: Pixels | None = None,
    mode: str = "RGB",
    subsampling: str = "4:2:0",
) -> Path:
    """A JPEG with EXIF, XMP, profile, resolution and an old date."""
    pixels = textured_pixels() if pixels is None else pixels
    path.parent.mkdir(parents=True, exist_ok=True)
    height, width = pixels.shape[:2]
    Image.fromarray(np.asarray(pixels)).convert(mode).save(
        path,
        "JPEG",
        quality=quality,
        subsampling=subsampling,
        exif=exif_of(orientation, width, height),
        icc_profile=profile({"L": b"GRAY", "CMYK": b"CMYK"}.get(mode, b"RGB ")),
        xmp=XMP.replace(b'"6"', f'"{orientation}"'.encode()),
        dpi=(300, 200),
    )
    os.utime(path, ns=(DAY, DAY))
    return path


def received_upright(path: Path) -> Pixels:
    """What the standard decoder shows of a JPEG, turned as its EXIF data say."""
    data = path.read_bytes()
    with Image.open(BytesIO(data)) as image:
        orientation = int(image.getexif().get(ORIENTATION, 1))
        return upright(np.asarray(image.convert("RGB")), orientation)
