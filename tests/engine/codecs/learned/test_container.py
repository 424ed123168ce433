"""The container: what comes out is what went in, and nothing else comes out."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from engine.codecs.learned.container import MAGIC, Container, unpack
from engine.errors import UserError

WHOLE = Container(b"E", 1, 768, 512, b"abcd", 17, (b"", b"one", bytes(range(256)) * 3))


def read(payload: bytes) -> Container:
    return unpack(payload, b"E", 1, "E2E", "a.nrc")


def test_round_trip_and_layout() -> None:
    payload = WHOLE.pack()
    assert read(payload) == WHOLE
    assert payload[:20] == b"\x8bNRCE\x01\x03\x00\x02\x00abcd\x11\x03" + bytes(4)
    assert payload[24:28] == (768).to_bytes(4, "big")
    checksum = zlib.crc32(payload[:28] + payload[32:])
    assert payload[28:32] == checksum.to_bytes(4, "big")
    assert payload[32:] == b"one" + bytes(range(256)) * 3


def test_every_cut_is_told() -> None:
    payload = WHOLE.pack()
    for length in range(len(payload)):
        with pytest.raises(UserError, match=r"a\.nrc: (the E2E stream is cut off|is not an E2E stream)"):
            read(payload[:length])


def test_every_changed_byte_is_told() -> None:
    payload = WHOLE.pack()
    rng = np.random.default_rng(0)
    for place in range(len(payload)):
        changed = bytearray(payload)
        changed[place] ^= int(rng.integers(1, 256))
        with pytest.raises(UserError, match=r"a\.nrc: "):
            read(bytes(changed))


def test_what_each_mistake_is_called() -> None:
    payload = WHOLE.pack()
    with pytest.raises(UserError, match="is not an E2E stream"):
        read(b"\xff\xd8" + payload)
    with pytest.raises(UserError, match="is not an E2E stream"):
        read(payload.replace(MAGIC + b"E", MAGIC + b"G"))
    with pytest.raises(UserError, match="format version 9, this program reads 1"):
        read(payload[:5] + b"\x09" + payload[6:])
    with pytest.raises(UserError, match="2 bytes follow the end"):
        read(payload + b"\x00\x00")
    with pytest.raises(UserError, match="checksum"):
        read(payload[:-1] + b"\x00")


@pytest.mark.parametrize(
    ("width", "height", "reason"), [(0, 8, "no pixels"), (8, 0, "no pixels"), (65535, 65535, "limit|longer")]
)
def test_sizes_that_no_picture_has(width: int, height: int, reason: str) -> None:
    payload = Container(b"E", 1, width, height, b"abcd", 1, ()).pack()
    with pytest.raises(UserError, match=reason):
        read(payload)
