"""Repaired pictures to the bytes of a file: PNG, JPEG, WebP, TIFF, the lossless ones also in 16 bits.

Pillow writes no 16-bit colours, and of the libraries that do none writes EXIF data, so 16-bit PNG is put
together here from its chunks (PNG, third edition), and TIFF comes from tifffile with EXIF put in.
"""

from __future__ import annotations

import contextlib
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from engine.errors import UserError
from engine.io.write_image import JPEG_QUALITY
from engine.repair.exif import PREFIX, byte_order, into_tiff
from engine.repair.metadata import Metadata

Samples = NDArray[Any]
"""uint8 or uint16 (height, width, 3), or (height, width) for grey."""


@dataclass(frozen=True)
class SaveFormat:
    """title: as people write it. deep: whether it holds 16 bits a sample. quality: whether one can be asked
    for. most: longest side in pixels; 0 for no such limit."""

    title: str
    suffix: str
    deep: bool = False
    quality: bool = False
    most: int = 0


SAVE_FORMATS: Mapping[str, SaveFormat] = MappingProxyType(
    {
        "png": SaveFormat("PNG", ".png", deep=True),
        "jpeg": SaveFormat("JPEG", ".jpg", quality=True, most=65500),
        "webp": SaveFormat("WebP", ".webp", quality=True, most=16383),
        "tiff": SaveFormat("TIFF", ".tif", deep=True),
    }
)
"""In the order to offer them."""


@dataclass(frozen=True)
class SaveAs:
    """format: of `SAVE_FORMATS`. quality: 1 to 100; None for JPEG's default, and for WebP without loss. deep:
    16 bits a sample."""

    format: str = "png"
    quality: int | None = None
    deep: bool = False

    def check(self) -> None:
        """Raise UserError unless the format has what is asked for."""
        known = SAVE_FORMATS.get(self.format)
        if known is None:
            raise UserError(f"unknown format '{self.format}' (known: {', '.join(SAVE_FORMATS)})")
        if self.deep and not known.deep:
            raise UserError(f"{known.title} holds 8 bits a sample; for 16 choose PNG or TIFF")
        if self.quality is not None and not known.quality:
            raise UserError(f"{known.title} loses nothing and has no quality; JPEG and WebP have")
        if self.quality is not None and not 1 <= self.quality <= 100:
            raise UserError(f"quality must lie in 1 to 100, not {self.quality}")

    def words(self) -> str:
        """For people: "JPEG, quality 95"."""
        title = SAVE_FORMATS[self.format].title
        if self.deep:
            return f"{title}, 16 bits"
        if self.format == "webp" and self.quality is None:
            return f"{title}, lossless"
        lossy = SAVE_FORMATS[self.format].quality
        return f"{title}, quality {self.quality or JPEG_QUALITY}" if lossy else title


def file_bytes(samples: Samples, save: SaveAs, metadata: Metadata, name: str) -> bytes:
    """A file of upright `samples`, uint16 where `save.deep`, with what `metadata` says.

    Raises UserError, naming `name`, for pictures that the format can't hold.
    """
    height, width = samples.shape[:2]
    known = SAVE_FORMATS[save.format]
    if known.most and max(width, height) > known.most:
        raise UserError(f"{name}: {width}×{height} pixels; {known.title} holds no side beyond {known.most:,}")
    if save.format == "tiff":
        return _tiff(samples, metadata)
    if save.deep:
        return _deep_png(np.asarray(samples, np.uint16), metadata)
    return _by_pillow(samples, save, metadata)


def _by_pillow(samples: Samples, save: SaveAs, metadata: Metadata) -> bytes:
    image = Image.fromarray(samples)
    if save.format == "png":
        options = _png_options(metadata)
    elif save.format == "webp":
        lossless = save.quality is None
        options = {"lossless": lossless, "exact": True, "quality": 75 if lossless else save.quality}
        options |= {"xmp": metadata.xmp} if metadata.xmp else {}
    else:
        options = {"quality": save.quality or JPEG_QUALITY, "subsampling": 0}
        # A segment holds so much (ISO/IEC 10918-1, B.2.4.6); what a JPEG file brought always fits.
        options |= {"xmp": metadata.xmp} if metadata.xmp and len(metadata.xmp) < 65500 else {}
        options |= {"dpi": metadata.pixels_per_inch} if metadata.pixels_per_inch else {}
    if metadata.icc:
        options["icc_profile"] = metadata.icc
    if metadata.exif and not (save.format == "jpeg" and len(metadata.exif) > 65500):
        options["exif"] = PREFIX + metadata.exif
    title = {"png": "PNG", "webp": "WEBP", "jpeg": "JPEG"}[save.format]
    if save.format != "jpeg":
        return _written(image, title, options)
    try:
        return _written(image, title, {**options, "optimize": True})
    except OSError:  # optimised tables need the whole file in Pillow's buffer at once
        return _written(image, title, options)


def _png_options(metadata: Metadata) -> dict[str, Any]:
    options: dict[str, Any] = {"dpi": metadata.pixels_per_inch} if metadata.pixels_per_inch else {}
    if metadata.xmp:
        texts = PngImagePlugin.PngInfo()
        texts.add_itxt("XML:com.adobe.xmp", metadata.xmp.decode("utf-8", "replace"))
        options["pnginfo"] = texts
    return options


def _written(image: Image.Image, title: str, options: Mapping[str, Any]) -> bytes:
    file = BytesIO()
    image.save(file, title, **options)
    return file.getvalue()


# ---- 16-bit PNG --------------------------------------------------------------------------------------------

_SUB, _UP = 1, 2
_STRIP = 256  # rows filtered at once
_LEVEL = 4  # of zlib: what lies below 8 bits is noise, and hardly shrinks whatever the effort


def _deep_png(samples: NDArray[np.uint16], metadata: Metadata) -> bytes:
    height, width = samples.shape[:2]
    colour = 0 if samples.ndim == 2 else 2
    parts = [
        b"\x89PNG\r\n\x1a\n",
        _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, colour, 0, 0, 0)),
    ]
    if metadata.icc:
        parts.append(_chunk(b"iCCP", b"ICC Profile\0\0" + zlib.compress(metadata.icc)))
    if metadata.pixels_per_inch:
        across, down = (round(each / 0.0254) for each in metadata.pixels_per_inch)
        parts.append(_chunk(b"pHYs", struct.pack(">IIB", across, down, 1)))
    if metadata.exif:
        parts.append(_chunk(b"eXIf", metadata.exif))
    if metadata.xmp:
        parts.append(_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + metadata.xmp))
    packer = zlib.compressobj(_LEVEL)
    for strip in _filtered(samples):
        parts.append(_chunk(b"IDAT", packer.compress(strip.tobytes())))
    parts += [_chunk(b"IDAT", packer.flush()), _chunk(b"IEND", b"")]
    return b"".join(parts)


def _filtered(samples: NDArray[np.uint16]) -> Iterator[NDArray[np.uint8]]:
    """Rows with their filter's number before them, strip by strip; of Sub and Up the one whose differences
    sum to less (PNG, section 12.7)."""
    height = samples.shape[0]
    step = 2 * (1 if samples.ndim == 2 else 3)
    above = np.zeros(samples.size // height * 2, np.uint8)
    for top in range(0, height, _STRIP):
        rows = samples[top : top + _STRIP].astype(">u2").reshape(-1, samples.size // height).view(np.uint8)
        up = rows - np.vstack([above[None], rows[:-1]])
        sub = rows.copy()
        sub[:, step:] -= rows[:, :-step]
        cost = [np.abs(each.view(np.int8).astype(np.int16)).sum(1) for each in (sub, up)]
        better = (cost[1] < cost[0])[:, None]
        kinds = np.where(better, np.uint8(_UP), np.uint8(_SUB))
        yield np.hstack([kinds, np.where(better, up, sub)])
        above = rows[-1]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


# ---- TIFF --------------------------------------------------------------------------------------------------

_STRUCTURAL = frozenset(
    (254, 255, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 282, 283, 284, 296, 317, 320, 322, 323,
     324, 325, 330, 338, 339, 513, 514, 530, 531, 532, 700, 34675)
)  # fmt: skip
"""Tags of how a picture is stored (TIFF 6.0); of EXIF's main directory they describe another file. XMP and
the colour profile have been written already."""
_XMP_TAG, _BYTE, _UNDEFINED = 700, 1, 7


def _tiff(samples: Samples, metadata: Metadata) -> bytes:
    from tifffile import imwrite

    order: Literal["<", ">"] = "<"
    with contextlib.suppress(ValueError):
        order = ">" if metadata.exif and byte_order(metadata.exif) == ">" else "<"
    extra: list[tuple[Any, ...]] = []
    if metadata.xmp:
        extra.append((_XMP_TAG, _BYTE, len(metadata.xmp), metadata.xmp, True))
    file = BytesIO()
    imwrite(
        file,
        samples,
        byteorder=order,
        photometric="minisblack" if samples.ndim == 2 else "rgb",
        compression="zlib",
        predictor=True,
        rowsperstrip=64,
        metadata=None,
        software=False,
        iccprofile=metadata.icc,
        resolution=metadata.pixels_per_inch or (1.0, 1.0),
        resolutionunit="INCH" if metadata.pixels_per_inch else "NONE",
        extratags=extra,
    )
    data = file.getvalue()
    if metadata.exif:
        try:
            return into_tiff(data, metadata.exif, _STRUCTURAL)
        except (ValueError, struct.error):
            return data
    return data
