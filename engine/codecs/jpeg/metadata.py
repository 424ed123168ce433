"""What application segments say about showing a JPEG file: its colour profile and its orientation."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from engine.codecs.jpeg import stream as js
from engine.codecs.jpeg.stream import Colour, JpegStream
from engine.io.colour import left_out_words
from engine.io.orientation import ORIENTATION_TAG, orientation_words

_ICC = b"ICC_PROFILE\0"
_EXIF = b"Exif\0\0"
_MPF = b"MPF\0"
_FILM_HEAD = 256
"""Bytes within which a film behind a picture begins: makers put a few of their own before it."""
_SHORT = 3  # TIFF 6.0, section 2


def icc_profile(stream: JpegStream) -> bytes | None:
    """The embedded colour profile, put together from its numbered parts (ICC.1, annex B.4)."""
    parts = sorted((b[12], b[13], b[14:]) for b in _bodies(stream, js.APP2, _ICC) if len(b) > 14)
    if not parts or [number for number, _, _ in parts] != list(range(1, parts[0][1] + 1)):
        return None
    return b"".join(part for _, _, part in parts)


def orientation(stream: JpegStream) -> int:
    """EXIF orientation, 1 (upright) to 8; 1 as well when there is none that can be read."""
    for body in _bodies(stream, js.APP1, _EXIF):
        tiff = body[len(_EXIF) :]
        order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
        try:
            if order is None:
                continue
            (start,) = struct.unpack_from(f"{order}I", tiff, 4)
            (count,) = struct.unpack_from(f"{order}H", tiff, start)
            for entry in range(start + 2, start + 2 + 12 * count, 12):
                tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, entry)
                if tag == ORIENTATION_TAG and kind == _SHORT and 1 <= value <= 8:
                    return int(value)
        except struct.error:  # the table points outside the segment
            continue
    return 1


def undone(stream: JpegStream) -> Iterator[str]:
    """What showing the coded pixels as they are leaves out, one short sentence each."""
    turned = orientation(stream)
    if turned > 1:
        yield orientation_words(turned)
    profile = icc_profile(stream)
    if profile and stream.colour not in (Colour.CMYK, Colour.YCCK):
        words = left_out_words(profile, stream.colour is Colour.GREY)
        if words:
            yield words
    yield from foreign(stream)


def foreign(stream: JpegStream) -> Iterator[str]:
    """What lies before and behind the picture's own stream, one short sentence each."""
    if stream.start:
        yield f"the picture begins after {stream.start:,} bytes that are not its own, not counted"
    behind = stream.payload[stream.end :]
    if not behind:
        return
    multiple = any(True for _ in _bodies(stream, js.APP2, _MPF))
    if b"ftyp" in behind[:_FILM_HEAD]:
        what = "of a film (motion photo) behind the picture"
    elif multiple and b"\xff\xd8\xff" in behind:
        count = behind.count(b"\xff\xd8\xff")
        what = f"of {count} further picture{'s' if count > 1 else ''} (MPO) behind the first"
    elif not behind.strip(b"\0"):
        what = "of zeros after the end of the picture"
    else:
        what = "after the end of the picture"
    yield f"{len(behind):,} bytes {what}, not counted"


def _bodies(stream: JpegStream, wanted: int, prefix: bytes) -> Iterator[bytes]:
    for marker, start, end in stream.segments:
        body = stream.payload[start + 4 : end]
        if marker == wanted and body.startswith(prefix):
            yield body
