"""PNG files of decoded pictures."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from engine.io.write_image import COMPRESS_LEVEL
from engine.types import Pixels


def png_of(pixels: Pixels, profile: bytes | None = None, *, grey: bool = False) -> bytes:
    """`pixels` as a PNG file, of one component if `grey`, with the ICC profile if it describes such pixels
    (ICC.1, 7.2: the colour space stands at byte 16; a CMYK file's, say, doesn't)."""
    if profile is not None and profile[16:20] != (b"GRAY" if grey else b"RGB "):
        profile = None
    file = BytesIO()
    Image.fromarray(pixels[..., 0] if grey else pixels).save(
        file, "PNG", icc_profile=profile, compress_level=COMPRESS_LEVEL
    )
    return file.getvalue()
