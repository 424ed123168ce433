"""What a received file says beside its pixels, as it is to stand in the repaired one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image

from engine.codecs.jpeg2000.colour import profile_of
from engine.io.image import FORMATS
from engine.repair.exif import PREFIX, upright_exif
from engine.types import Coded

_XMP_ORIENTATION = re.compile(
    rb"""(tiff:Orientation\s*=\s*["'])[1-8](["'])|(<tiff:Orientation>\s*)[1-8](\s*</tiff:Orientation>)"""
)

_JPEG2000 = ("jpeg2000", "jpeg2000-nomct")
_JPEG = b"\xff\xd8\xff"
"""How a JPEG file begins, whatever stands before it."""


@dataclass(frozen=True)
class Metadata:
    """exif: a TIFF structure; icc: the colour profile; xmp: its packet; pixels_per_inch: across and down.

    orientation: how the stored pixels are to be turned, 1 (upright) to 8.
    """

    exif: bytes | None = None
    icc: bytes | None = None
    xmp: bytes | None = None
    pixels_per_inch: tuple[float, float] | None = None
    orientation: int = 1

    def words(self) -> tuple[str, ...]:
        """What there is, for people."""
        named = (("EXIF", self.exif), ("colour profile", self.icc), ("XMP", self.xmp))
        return tuple(name for name, there in named if there)


def metadata_of(coded: Coded) -> Metadata:
    """What a received file says; nothing but its orientation for files that are no pictures to other programs
    (E2E, GOOG).

    A colour profile for another kind of pixels (ICC.1, 7.2: the colour space stands at byte 16; a CMYK
    file's, say) is left out.
    """
    begin = max(0, coded.payload.find(_JPEG)) if coded.codec == "jpeg" else 0
    try:
        with Image.open(BytesIO(coded.payload[begin:]), formats=FORMATS) as image:
            info, mode = dict(image.info), image.mode
    except Exception:  # metadata are written by every kind of program; the pixels have been read already
        return Metadata(orientation=coded.orientation)
    exif, icc, xmp = (_octets(info.get(key)) for key in ("exif", "icc_profile", "xmp"))
    if coded.codec in _JPEG2000 and icc is None:  # Pillow knows none of these files
        icc = profile_of(coded.payload)
    if icc is not None and (mode == "CMYK" or icc[16:20] != (b"GRAY" if coded.grey else b"RGB ")):
        icc = None
    dpi: Any = info.get("dpi")
    known = isinstance(dpi, tuple) and len(dpi) == 2 and all(1 <= float(each) < 1e6 for each in dpi)
    return Metadata(
        exif=exif.removeprefix(PREFIX) or None if exif else None,
        icc=icc,
        xmp=xmp,
        pixels_per_inch=(float(dpi[0]), float(dpi[1])) if known else None,
        orientation=coded.orientation,
    )


def turned(metadata: Metadata, width: int, height: int) -> Metadata:
    """The same for the picture after it has been turned upright to `width` × `height`."""
    exif = upright_exif(metadata.exif, width, height) if metadata.exif else None
    xmp = _XMP_ORIENTATION.sub(rb"\g<1>\g<3>1\g<2>\g<4>", metadata.xmp) if metadata.xmp else None
    dpi = metadata.pixels_per_inch
    if dpi is not None and metadata.orientation >= 5:
        dpi = dpi[1], dpi[0]
    return Metadata(exif, metadata.icc, xmp, dpi, 1)


def _octets(value: object) -> bytes | None:
    return value if isinstance(value, bytes) and value else None
