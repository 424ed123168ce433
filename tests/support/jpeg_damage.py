"""Damage that JPEG files come with, made on purpose, and what libjpeg shows of it."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import numpy as np
from PIL.JpegImagePlugin import JpegImageFile

from engine.types import Pixels

EOI = b"\xff\xd9"


def data_start(payload: bytes) -> int:
    """Where the data of the first scan begin."""
    at = payload.index(b"\xff\xda")
    return at + 2 + int.from_bytes(payload[at + 2 : at + 4], "big")


def markers(payload: bytes, wanted: range) -> list[int]:
    """Places of markers of some kinds behind the first scan's header."""
    start = data_start(payload)
    return [at for at in range(start, len(payload) - 1) if payload[at] == 0xFF and payload[at + 1] in wanted]


def scans_of(payload: bytes) -> list[int]:
    """Where each scan but the first begins, with the tables before it."""
    starts = markers(payload, range(0xDA, 0xDB))
    tables = markers(payload, range(0xC4, 0xC5))
    return [max([at for at in tables if at < start and start - at < 64] or [start]) for start in starts]


def cuts(payload: bytes) -> Iterator[bytes]:
    """The tail gone, at five places."""
    start = data_start(payload)
    for part in (0.05, 0.3, 0.5, 0.77, 0.95):
        yield payload[: start + int(part * (len(payload) - start))]


def zeroed(payload: bytes) -> Iterator[bytes]:
    """The tail overwritten by zeros, from five places on."""
    for cut in cuts(payload):
        yield cut + bytes(len(payload) - len(cut))


def lost_markers(payload: bytes) -> Iterator[bytes]:
    """Five restart markers gone, one at a time, then two together."""
    places = markers(payload, range(0xD0, 0xD8))
    for at in places[:5]:
        yield payload[:at] + payload[at + 2 :]
    first, second = places[1], places[3]
    yield payload[:first] + payload[first + 2 : second] + payload[second + 2 :]


def wrong_markers(payload: bytes) -> Iterator[bytes]:
    """A restart marker with another number: ahead, behind, far off."""
    at = markers(payload, range(0xD0, 0xD8))[2]
    for off in (1, 2, 3, 4, 5, 6, 7):
        yield payload[: at + 1] + bytes([0xD0 + (payload[at + 1] - 0xD0 + off) % 8]) + payload[at + 2 :]


def broken_markers(payload: bytes) -> Iterator[bytes]:
    """A restart marker whose second byte is another, or with its data gone."""
    places = markers(payload, range(0xD0, 0xD8))
    at = places[2]
    for byte in (0x00, 0x01, 0x33, 0xBF, 0xE5):
        yield payload[: at + 1] + bytes([byte]) + payload[at + 2 :]
    yield payload[:at] + payload[places[3] :]


def lost_scans(payload: bytes) -> Iterator[bytes]:
    """A progressive file's last scans gone, one more each time."""
    for at in scans_of(payload)[-5:]:
        yield payload[:at] + EOI


def reference(payload: bytes) -> Pixels:
    """What libjpeg makes of a damaged file: with an end marker behind it, it fills up what is missing."""
    data = payload[payload.index(b"\xff\xd8\xff") :]
    with JpegImageFile(BytesIO(data + EOI)) as image:
        return np.asarray(image.convert("RGB"))
