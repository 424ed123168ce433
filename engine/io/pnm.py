"""Netpbm's formats: PBM, PGM and PPM, plain (P1 to P3) and raw (P4 to P6), and PAM (P7), up to 16 bits.

Format pages of Netpbm (pbm, pgm, ppm, pam). Samples run from 0 to a maximum that the header states; larger
ones are refused. The files don't say whether samples are linear in light or follow a transfer curve: they
are taken for sRGB unless the caller knows better (`linear`), as of some benchmark sets.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.errors import UserError
from engine.io.opening import open_regular

_HEAD = re.compile(rb"P[1-7][\s#]")
_PLAIN_BITS, _RAW_BITS, _PAM = 1, 4, 7
_COLOURS = {1: 1, 2: 1, 3: 3, 4: 1, 5: 1, 6: 3}
_ROOM = 4096
"""Longest header that is looked for; comments may be long."""
_TUPLES = {
    "BLACKANDWHITE": 1, "GRAYSCALE": 1, "RGB": 3,
    "BLACKANDWHITE_ALPHA": 2, "GRAYSCALE_ALPHA": 2, "RGB_ALPHA": 4,
}  # fmt: skip
_WHITESPACE = b" \t\n\v\f\r"


@dataclass(frozen=True)
class _Header:
    kind: int
    width: int
    height: int
    channels: int
    maximum: int
    length: int


def looks_like_pnm(head: bytes) -> bool:
    """True when the first bytes are those of a Netpbm file."""
    return bool(_HEAD.match(head))


def read_pnm(
    file: BinaryIO,
    label: str,
    check_size: Callable[[int, int, str], None],
    notes: list[str],
    *,
    linear: bool = False,
) -> Image.Image:
    """Read the (first) picture of a seekable file to mode L, LA, RGB or RGBA with 8 bits a sample.

    check_size: called with width, height and label before the samples are read. linear: samples are linear
    in light and get sRGB's transfer curve. Raises UserError, naming `label`, on files that are damaged.
    """
    file.seek(0)
    header = _header(file.read(_ROOM), label)
    check_size(header.width, header.height, label)
    file.seek(header.length)
    samples = _samples(file, header, label)
    if int(samples.max()) > header.maximum:
        raise UserError(f"{label}: holds samples above the maximum that it states ({header.maximum})")
    eight = _eight_bit(samples, header.maximum, linear)
    if header.maximum > 255 or linear:
        light = "linear light" if linear else "samples"
        notes.append(f"{_depth(header.maximum)} {light} brought to 8-bit sRGB")
    if header.kind not in (1, 2, 3) and looks_like_pnm(file.read(3)):
        notes.append("first of several frames")
    return Image.fromarray(eight[..., 0] if header.channels == 1 else eight)


def maximum_of(path: Path) -> int | None:
    """Largest sample that the header of a file allows; None when the file can't be read as one."""
    try:
        with open_regular(path) as file:
            head = file.read(_ROOM)
        return _header(head, path.name).maximum if looks_like_pnm(head) else None
    except (OSError, UserError):
        return None


def srgb_from_linear(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """The transfer curve of sRGB (IEC 61966-2-1), 0 to 1 onto 0 to 1."""
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.power(light, 1 / 2.4) - 0.055)


def _eight_bit(samples: NDArray[np.uint16], maximum: int, linear: bool) -> NDArray[np.uint8]:
    """Scaled to 0 … 255 and rounded, one look-up a sample; alpha is never on a curve."""
    levels = np.arange(maximum + 1)
    plain = ((510 * levels + maximum) // (2 * maximum)).astype(np.uint8)
    if not linear:
        return plain[samples]
    curved = np.rint(srgb_from_linear(levels / maximum) * 255).astype(np.uint8)
    result = curved[samples]
    if samples.shape[-1] in (2, 4):
        result[..., -1] = plain[samples[..., -1]]
    return result


def _depth(maximum: int) -> str:
    bits = maximum.bit_length()
    return f"{bits}-bit" if maximum == 2**bits - 1 else f"0 to {maximum:,}"


def _header(head: bytes, label: str) -> _Header:
    kind = head[1] - ord("0")
    if kind == _PAM:
        return _pam_header(head, label)
    numbers: list[int] = []
    at = 2
    while len(numbers) < (2 if kind in (_PLAIN_BITS, _RAW_BITS) else 3):
        found = re.compile(rb"(?:\s|#[^\r\n]*[\r\n])*(\d{1,9})(?=[\s#])").match(head, at)
        if found is None:
            raise UserError(f"{label}: is damaged or cut off: its header ends early")
        numbers.append(int(found[1]))
        at = found.end()
    width, height, maximum = numbers if len(numbers) == 3 else (*numbers, 1)
    return _Header(kind, width, height, _COLOURS[kind], _maximum(maximum, label), at + 1)


def _pam_header(head: bytes, label: str) -> _Header:
    end = re.search(rb"^ENDHDR[ \t]*\r?\n", head, re.MULTILINE)
    if end is None:
        raise UserError(f"{label}: is damaged or cut off: its header ends early")
    fields: dict[str, str] = {}
    for line in head[3 : end.start()].decode("latin-1").splitlines():
        key, _, value = line.strip().partition(" ")
        if key and not key.startswith("#"):
            fields[key] = value.strip()
    try:
        width, height, channels, maximum = (
            int(fields[key]) for key in ("WIDTH", "HEIGHT", "DEPTH", "MAXVAL")
        )
    except (KeyError, ValueError):
        raise UserError(f"{label}: is damaged: its header lacks a size") from None
    kind = fields.get("TUPLTYPE", {1: "GRAYSCALE", 3: "RGB"}.get(channels, "none"))
    if _TUPLES.get(kind) != channels:
        raise UserError(f"{label}: this kind of PAM is not supported ({channels} × {kind})")
    return _Header(_PAM, width, height, channels, _maximum(maximum, label), end.end())


def _maximum(value: int, label: str) -> int:
    if not 1 <= value <= 0xFFFF:
        raise UserError(f"{label}: is damaged: its samples' maximum is {value}")
    return value


def _samples(file: BinaryIO, header: _Header, label: str) -> NDArray[np.uint16]:
    """(height, width, channels), 0 to the maximum, white being the largest."""
    shape = header.height, header.width, header.channels
    if header.kind in (1, 2, 3):
        return _plain(file.read(), header, label).reshape(shape)
    if header.kind == _RAW_BITS:
        row = (header.width + 7) // 8
        packed = np.frombuffer(_exactly(file, row * header.height, label), np.uint8).reshape(-1, row)
        bits = np.unpackbits(packed, axis=1, count=header.width)
        return (1 - bits).astype(np.uint16).reshape(shape)
    kind = np.dtype(">u2" if header.maximum > 255 else "u1")
    data = _exactly(file, header.height * header.width * header.channels * kind.itemsize, label)
    return np.frombuffer(data, kind).astype(np.uint16).reshape(shape)


def _exactly(file: BinaryIO, size: int, label: str) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise UserError(f"{label}: is cut off: {size - len(data):,} of {size:,} bytes of samples are missing")
    return data


def _plain(text: bytes, header: _Header, label: str) -> NDArray[np.uint16]:
    """Samples written as decimal numbers; bits may follow each other without a space."""
    if b"#" in text:
        text = re.sub(rb"#[^\r\n]*", b"", text)
    count = header.height * header.width * header.channels
    if header.kind == _PLAIN_BITS:
        digits = np.frombuffer(text.translate(None, _WHITESPACE), np.uint8)[:count]
        if len(digits) < count or not np.isin(digits, (48, 49)).all():
            raise UserError(f"{label}: is damaged or cut off: {count:,} bits are due")
        return (49 - digits).astype(np.uint16)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # text that is no number ends the reading, and is told below
        try:
            numbers = np.fromstring(text, np.int64, count, sep=" ")
        except ValueError:
            numbers = np.empty(0, np.int64)
    if len(numbers) < count or not ((numbers >= 0) & (numbers <= 0xFFFF)).all():
        raise UserError(f"{label}: is damaged or cut off: {count:,} numbers are due")
    return numbers.astype(np.uint16)
