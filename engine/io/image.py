"""Pictures from files and bytes, and PNG files from pixels.

Whatever the file holds, a `Picture` is uint8 sRGB (height, width, 3); its notes say what that took.
`engine.io.bit_depth`, `engine.io.tiff` and `engine.io.pnm` bring samples to eight bits, `engine.io.colour`
brings colours to sRGB.
"""

from __future__ import annotations

import contextlib
import logging
import stat
import struct
import threading
import warnings
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, UnidentifiedImageError

from engine.errors import UserError, printable
from engine.io.atomic import reason
from engine.io.bit_depth import read_8bit
from engine.io.colour import to_srgb
from engine.io.orientation import orientation_of, upright
from engine.io.pnm import looks_like_pnm, read_pnm
from engine.io.tiff import looks_like_tiff, needs_tifffile, read_tiff, silent_libtiff
from engine.types import Picture, Pixels, frozen

MAX_PIXELS = 175_000_000
"""Larger pictures are refused before they are decoded (Pillow itself stops at 179 megapixels)."""
MAX_SIDE = 65_500
"""Longest side the JPEG libraries write (JPEG_MAX_DIMENSION of libjpeg; the format ends at 65,535)."""

FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "TIFF", "BMP", "DIB", "GIF", "PPM", "JPEG2000")
"""Pillow's names of the formats that are opened. Others have parsers that nobody needs here."""
SUFFIXES = (
    ".png", ".jpg", ".jpeg", ".webp", ".avif", ".tif", ".tiff", ".bmp", ".gif", ".ppm", ".pgm", ".pbm",
    ".pnm", ".pam", ".jp2", ".j2k",
)  # fmt: skip
"""File endings to offer in a dialog."""

_SIGNATURES = {
    "PNG": (0, b"\x89PNG\r\n\x1a\n"),
    "JPEG": (0, b"\xff\xd8\xff"),
    "WebP": (8, b"WEBP"),
    "AVIF": (4, b"ftypavi"),
    "TIFF": (0, b"II*\x00"),
    "TIFF (big-endian)": (0, b"MM\x00*"),
    "GIF": (0, b"GIF8"),
    "BMP": (0, b"BM"),
}
_warning_filters = threading.Lock()
# With no handler at all, Pillow's complaints about odd tags would reach standard error.
logging.getLogger("PIL").addHandler(logging.NullHandler())


def load_picture(path: Path | str, *, linear: bool = False) -> Picture:
    """Read an image file: PNG, JPEG, WebP, AVIF, TIFF, BMP, GIF, PNM or JPEG 2000.

    Transparency is composited on white, 16-bit and float samples are scaled to 8 bits, EXIF orientation is
    applied, embedded colour profiles are converted to sRGB, and of several frames the first is taken; each
    leaves a note. linear: the samples of a PNM file, which can't say so, are linear in light. Raises
    UserError with one line that names the file and the reason.
    """
    path = Path(path)
    label = printable(str(path))
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise UserError(f"{label}: is a folder, not an image")
        if not stat.S_ISREG(status.st_mode):
            raise UserError(f"{label}: is not a regular file")
        if status.st_size == 0:
            raise UserError(f"{label}: is empty (0 bytes)")
        with path.open("rb") as file:
            pixels, notes = _read(file, label, linear)
    except FileNotFoundError:
        raise UserError(f"{label}: no such file") from None
    except PermissionError:
        raise UserError(f"{label}: no permission to read it") from None
    except OSError as error:
        raise UserError(f"{label}: can't be read: {reason(error)}") from None
    except ValueError:  # a zero byte in the name
        raise UserError(f"{label}: is not a valid file name") from None
    return Picture(printable(path.name), pixels, path, notes)


def find_pictures(folder: Path) -> list[Path]:
    """Image files in `folder` and below it, hidden ones left out, in order of their paths.

    Raises UserError when the folder is missing or holds none.
    """
    if not folder.is_dir():
        raise UserError(f"{folder}: {'is a file, not a folder' if folder.exists() else 'no such folder'}")
    paths = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not path.is_dir()
    ]
    if not paths:
        raise UserError(f"{folder}: holds no pictures ({' '.join(SUFFIXES)})")
    return paths


def picture_from_bytes(data: bytes, name: str) -> Picture:
    """As `load_picture`, from the bytes of an image file; `name` stands in its place in messages."""
    label = printable(name)
    if not data:
        raise UserError(f"{label}: is empty (0 bytes)")
    pixels, notes = _read(BytesIO(data), label)
    return Picture(label, pixels, None, notes)


def unsupported(said: str) -> bool:
    """Whether a reader's complaint is that it doesn't know this kind of file, which may be sound."""
    said = said.lower()
    return any(word in said for word in _UNSUPPORTED)


_UNSUPPORTED = (
    "unsupported", "not supported", "unable to determine", "cannot handle", "unrecognized", "unknown",
    "not available", "not installed", "not implemented",
)  # fmt: skip


def check_size(width: int, height: int, name: str, title: str = "JPEG") -> None:
    """Raise UserError, naming `name`, unless a picture of this size can be encoded and decoded here. title:
    of the codec it is for."""
    if width < 1 or height < 1:
        raise UserError(f"{name}: has no pixels ({width}×{height})")
    if max(width, height) > MAX_SIDE:
        raise UserError(
            f"{name}: {width}×{height} pixels; {title} can't hold a side longer than {MAX_SIDE:,} here"
        )
    if width * height > MAX_PIXELS:
        size = f"{width}×{height} pixels ({width * height / 1e6:.0f} megapixels)"
        raise UserError(f"{name}: {size}; the limit is {MAX_PIXELS // 1_000_000} megapixels")


def _read(file: BinaryIO, label: str, linear: bool = False) -> tuple[Pixels, tuple[str, ...]]:
    """Decode from a seekable file. Everything that the parsers may throw ends as a UserError here."""
    notes: list[str] = []
    try:
        # Libraries warn about odd metadata; what matters to people is in the notes. Warning filters are
        # shared by all threads, so two loads must not restore each other's.
        with _warning_filters, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pixels = _decode(file, label, notes, linear)
    except UserError:
        raise
    except Image.DecompressionBombError:
        raise UserError(
            f"{label}: more pixels than the limit of {MAX_PIXELS // 1_000_000} megapixels"
        ) from None
    except UnidentifiedImageError:
        raise UserError(f"{label}: {_unidentified(file)}") from None
    except MemoryError:
        raise UserError(f"{label}: not enough memory to open it") from None
    except Exception as error:
        # Parsers of hostile bytes raise nearly anything, but only these speak of the file.
        detail = f": {reason(error)}" if isinstance(error, OSError | SyntaxError) else ""
        if unsupported(detail):
            raise UserError(f"{label}: this kind of file is not supported{detail}") from None
        raise UserError(f"{label}: is damaged or cut off{detail}") from None
    return pixels, tuple(notes)


def _decode(file: BinaryIO, label: str, notes: list[str], linear: bool) -> Pixels:
    head = file.read(3)
    file.seek(0)
    if looks_like_pnm(head):
        return frozen(
            np.asarray(to_srgb(read_pnm(file, label, check_size, notes, linear=linear), None, notes))
        )
    if linear:
        raise UserError(f"{label}: only PNM files can be taken for linear in light")
    try:
        opened = Image.open(file, formats=FORMATS)
    except UnidentifiedImageError:
        file.seek(0)
        if not looks_like_tiff(file.read(4)):
            raise
        # Pillow has no mode for e.g. float RGB.
        image, orientation, icc = read_tiff(file, label, check_size, notes)
    else:
        with opened:
            check_size(*opened.size, label)
            _note_frames(opened, notes)
            if needs_tifffile(opened, label):
                image, orientation, icc = read_tiff(file, label, check_size, notes)
            else:
                with silent_libtiff() if opened.format == "TIFF" else contextlib.nullcontext():
                    image = read_8bit(opened, file, label, notes)
                said, icc = orientation_of(opened), opened.info.get("icc_profile")
                if said is None:
                    notes.append("EXIF data can't be read; shown as stored")
                orientation = said or 1
    pixels = np.asarray(to_srgb(image, icc, notes))
    if 2 <= orientation <= 8:
        pixels = upright(pixels, orientation)
        notes.append("turned upright as its EXIF orientation says")
    return frozen(pixels)


def _note_frames(image: Image.Image, notes: list[str]) -> None:
    try:
        frames = int(getattr(image, "n_frames", 1))
        if frames > 1:
            image.seek(0)  # counting frames may leave the file at another one
    except (OSError, EOFError, SyntaxError, ValueError, KeyError, TypeError, struct.error):
        notes.append("a later frame is damaged; the first one is shown")
    else:
        if frames > 1:
            notes.append(f"first of {frames} frames")


def _unidentified(file: BinaryIO) -> str:
    file.seek(0)
    head = file.read(16)
    for name, (offset, signature) in _SIGNATURES.items():
        if head[offset : offset + len(signature)] == signature:
            return f"is damaged or cut off (starts as {name})"
    return "is not an image that can be opened (PNG, JPEG, WebP, AVIF, TIFF, BMP, GIF, PNM, JPEG 2000)"
