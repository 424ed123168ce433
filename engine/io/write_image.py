"""Pictures to files in the format that the ending names, without loss wherever the format allows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any

from PIL import Image

from engine.errors import UserError, printable
from engine.io.atomic import write_atomically
from engine.types import Pixels

JPEG_QUALITY = 95
COMPRESS_LEVEL = 1
"""Of PNG files, zlib's: a third of the time of its own choice (6) for a twentieth more bytes."""


@dataclass(frozen=True)
class FileFormat:
    """title: as people call it. settings: for Pillow. lossy: what is lost, in words; "" for nothing."""

    name: str
    title: str
    suffixes: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    lossy: str = ""
    most: int = 0
    """Longest side in pixels that the format holds; 0 for no such limit."""


FORMATS: tuple[FileFormat, ...] = (
    FileFormat("PNG", "PNG", (".png",), MappingProxyType({"compress_level": COMPRESS_LEVEL})),
    FileFormat("WEBP", "WebP, lossless", (".webp",), MappingProxyType({"lossless": True, "exact": True}),
               most=16383),
    FileFormat("TIFF", "TIFF", (".tif", ".tiff"), MappingProxyType({"compression": "tiff_adobe_deflate"})),
    FileFormat("JPEG2000", "JPEG 2000, lossless", (".jp2",), MappingProxyType({"irreversible": False})),
    FileFormat("BMP", "BMP", (".bmp",)),
    FileFormat("PPM", "PPM", (".ppm",)),
    FileFormat(
        "JPEG", "JPEG, lossy", (".jpg", ".jpeg"),
        MappingProxyType({"quality": JPEG_QUALITY, "subsampling": 0, "optimize": True}),
        f"JPEG of quality {JPEG_QUALITY}, 4:4:4", 65500,
    ),
)  # fmt: skip
"""In the order to offer them."""


def format_of(path: Path) -> FileFormat:
    """The format that a file's ending names. Raises UserError for unknown endings."""
    for each in FORMATS:
        if path.suffix.lower() in each.suffixes:
            return each
    known = " ".join(each.suffixes[0] for each in FORMATS)
    raise UserError(f"{printable(path.name)}: unknown ending '{path.suffix}' for a picture (known: {known})")


def save_image(path: Path, pixels: Pixels, pixels_per_inch: float | None = None) -> str:
    """Write uint8 (height, width, 3) to `path`, whole or not at all; returns what was lost, in words.

    pixels_per_inch: noted in formats that hold it. Raises UserError for unknown endings, for pictures that
    the format can't hold and when the file can't be written.
    """
    chosen = format_of(path)
    height, width = pixels.shape[:2]
    if chosen.most and max(width, height) > chosen.most:
        size = f"{width}×{height} pixels; {chosen.title} holds no side beyond {chosen.most:,}"
        raise UserError(f"{printable(path.name)}: {size}")
    extra = {"dpi": (pixels_per_inch, pixels_per_inch)} if pixels_per_inch else {}
    data = BytesIO()  # encoded first: some of Pillow's encoders move about in their file
    Image.fromarray(pixels).save(data, chosen.name, **chosen.settings, **extra)
    write_atomically(path, lambda file: file.write(data.getbuffer()))
    return chosen.lossy


def save_png(path: Path | str, pixels: Pixels) -> None:
    """Write uint8 (height, width, 3) as a PNG file, whole or not at all. Raises UserError on failure."""
    image = Image.fromarray(pixels)
    write_atomically(path, lambda file: image.save(file, "PNG", compress_level=COMPRESS_LEVEL))
