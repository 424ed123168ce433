"""Pictures from files and bytes, and PNG files from pixels.

Whatever the file holds, a `Picture` is uint8 sRGB (height, width, 3); its notes say what that took.
`engine.io.bit_depth`, `engine.io.tiff` and `engine.io.pnm` bring samples to eight bits, `engine.io.colour`
brings colours to sRGB.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import warnings
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageFile, UnidentifiedImageError

from engine.errors import UserError, printable
from engine.io import cicp, readers
from engine.io.atomic import reason
from engine.io.bit_depth import read_8bit
from engine.io.colour import to_srgb
from engine.io.opening import read_regular
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

_JPEG = b"\xff\xd8\xff"
_SIGNATURES = {
    "PNG": (0, b"\x89PNG\r\n\x1a\n"),
    "JPEG": (0, _JPEG),
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
    # All of it at once: a read that hangs must not hold what decoding locks.
    data = read_regular(path, label)
    if not data:
        raise UserError(f"{label}: is empty (0 bytes)")
    pixels, notes = _read(BytesIO(data), label, linear)
    return Picture(printable(path.name), pixels, path, notes, lossy_kind(data))


def find_pictures(folder: Path) -> list[Path]:
    """Image files in `folder` and below it, hidden ones left out, in order of their paths.

    Raises UserError when the folder is missing or holds none.
    """
    if not folder.is_dir():
        label = printable(str(folder))
        raise UserError(f"{label}: {'is a file, not a folder' if folder.exists() else 'no such folder'}")
    paths = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.is_file()
    ]
    if not paths:
        raise UserError(f"{printable(str(folder))}: holds no pictures ({' '.join(SUFFIXES)})")
    return paths


def picture_from_bytes(data: bytes, name: str) -> Picture:
    """As `load_picture`, from the bytes of an image file; `name` stands in its place in messages."""
    label = printable(name)
    if not data:
        raise UserError(f"{label}: is empty (0 bytes)")
    pixels, notes = _read(BytesIO(data), label)
    return Picture(label, pixels, None, notes, lossy_kind(data))


def lossy_kind(data: bytes) -> str:
    """Title of the lossy codec that an image file's first bytes tell; "" for none."""
    head = data[:_HEAD]
    if data[8:12] == b"WEBP":
        return "" if b"VP8L" in data[12:64] else "WebP"
    if data[4:12] in (b"ftypavif", b"ftypavis", b"ftypmif1", b"ftypmiaf"):
        return "AVIF"
    if head.startswith((b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0cjP  ")):
        coding = head.find(b"\xff\x52")
        reversible = 0 < coding < len(head) - 13 and head[coding + 13] == 1
        return "" if reversible else "JPEG 2000"
    begins = any(head[at : at + len(mark)] == mark for at, mark in _SIGNATURES.values() if mark != _JPEG)
    return "JPEG" if not begins and not looks_like_pnm(head[:3]) and _JPEG in head else ""


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
            f"{name}: {width}×{height} pixels; {title} can't hold a side longer than {MAX_SIDE:,}"
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
    head = file.read(16)
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
        if looks_like_tiff(head):  # Pillow has no mode for e.g. float RGB
            image, orientation, icc = read_tiff(file, label, check_size, notes)
        elif _begins_known(head):
            raise
        elif (made := _by_own_reader("JPEG2000", file)) is not None:  # of more components than modes have
            check_size(*made.size, label)
            _note_structure("JPEG2000", file, notes)
            image, orientation, icc = made, 1, _profile("JPEG2000", file)
        else:
            image, orientation, icc = _rescued("JPEG", file, label, notes)
    else:
        with opened:
            check_size(*opened.size, label)
            opened = _frames_noted(opened, file, notes)
            if needs_tifffile(opened, notes):
                image, orientation, icc = read_tiff(file, label, check_size, notes)
            else:
                image, orientation, icc = _by_pillow(opened, file, label, notes)
    pixels = np.asarray(to_srgb(image, icc, notes))
    if 2 <= orientation <= 8:
        pixels = upright(pixels, orientation)
        notes.append("turned upright as its EXIF orientation says")
    return frozen(pixels)


def _by_pillow(
    opened: ImageFile.ImageFile, file: BinaryIO, label: str, notes: list[str]
) -> tuple[Image.Image, int, bytes | None]:
    """Image with 8 bits a sample, orientation and colour profile of an opened file."""
    kind = str(opened.format)
    made = _by_own_reader(kind, file)
    if made is not None:
        return made, 1, _profile(kind, file)
    try:
        with silent_libtiff() if kind == "TIFF" else contextlib.nullcontext():
            image = read_8bit(opened, file, label, notes)
    except (OSError, SyntaxError, ValueError, EOFError):
        if readers.rescue_of(kind) is None:
            raise
        return _rescued(kind, file, label, notes)
    _note_structure(kind, file, notes)
    said, icc = orientation_of(opened), opened.info.get("icc_profile") or _profile(kind, file)
    if said is None:
        notes.append("EXIF data can't be read; shown as stored")
    described = None
    if kind == "PNG":
        described = cicp.of_png(_all(file))
    elif kind == "AVIF" and not icc:
        described = cicp.of_nclx(_all(file)[:_HEAD])
    if described is not None and image.mode in ("L", "LA", "RGB", "RGBA"):
        image, icc = cicp.converted(image, described), None
        notes.append(f"colours converted to sRGB ({described.words})")
    return image, said or 1, icc


_HEAD = 1 << 16


def _all(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()


def _by_own_reader(kind: str, file: BinaryIO) -> Image.Image | None:
    """The picture of a file that Pillow would misread; None where Pillow's own is right, or says what is
    wrong."""
    own = readers.picture_of(kind)
    if own is not None:
        with contextlib.suppress(Exception):  # parsers of hostile bytes
            return own(_all(file))
    return None


def _rescued(
    kind: str, file: BinaryIO, label: str, notes: list[str]
) -> tuple[Image.Image, int, bytes | None]:
    """What can be had of a file that Pillow can't read. Raises UserError, or UnidentifiedImageError."""
    rescue = readers.rescue_of(kind)
    assert rescue is not None
    payload = _all(file)
    if _JPEG not in payload[:_HEAD]:
        raise UnidentifiedImageError
    image, said = rescue(payload, label)
    notes += said
    with contextlib.suppress(Exception):  # whatever the metadata are, the picture is there
        at = payload.find(_JPEG)
        with Image.open(BytesIO(payload[at:]), formats=[kind]) as opened:
            return image, orientation_of(opened) or 1, opened.info.get("icc_profile")
    return image, 1, None


def _begins_known(head: bytes) -> bool:
    return any(head[at : at + len(mark)] == mark for at, mark in _SIGNATURES.values() if mark != _JPEG)


def _profile(kind: str, file: BinaryIO) -> bytes | None:
    """The ICC profile that Pillow doesn't find in files of a kind."""
    own = readers.profile_of(kind)
    return own(_all(file)) if own is not None else None


def _note_structure(kind: str, file: BinaryIO, notes: list[str]) -> None:
    more = readers.notes_of(kind)
    if more is not None:
        with contextlib.suppress(Exception):  # the picture is there, whatever its structure
            notes += more(_all(file))


def _frames_noted(image: ImageFile.ImageFile, file: BinaryIO, notes: list[str]) -> ImageFile.ImageFile:
    """The image at its first frame; opened anew where looking at the others went wrong."""
    try:
        frames = int(getattr(image, "n_frames", 1))
        if frames > 1:
            image.seek(0)  # counting frames may leave the file at another one
            notes.append(f"first of {frames} frames")
        return image
    except Exception:  # parsers of hostile bytes raise nearly anything
        notes.append("a later frame is damaged; the first one is shown")
        file.seek(0)
        return Image.open(file, formats=FORMATS)


def _unidentified(file: BinaryIO) -> str:
    file.seek(0)
    head = file.read(16)
    for name, (offset, signature) in _SIGNATURES.items():
        if head[offset : offset + len(signature)] == signature:
            return f"is damaged or cut off (starts as {name})"
    return "is not an image that can be opened (PNG, JPEG, WebP, AVIF, TIFF, BMP, GIF, PNM, JPEG 2000)"
