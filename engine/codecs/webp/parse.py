"""Structure of WebP files, and the quantiser of a VP8 key frame."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from engine.codecs.bit_reader import BitReader
from engine.codecs.damage import DamagedError
from engine.codecs.seal import riff_broken


def _ac_steps() -> tuple[int, ...]:
    """Luma AC steps by quantiser index (RFC 6386, section 14.1): from 4, in runs of equal increments."""
    runs = ((1, 54), (2, 29), (3, 19), (4, 14), (5, 2), (6, 1), (4, 1), (5, 7))
    steps = [4]
    for increment, count in runs:
        for _ in range(count):
            steps.append(steps[-1] + increment)
    return tuple(steps)


AC_STEPS = _ac_steps()
_LAST = len(AC_STEPS) - 1
_EVEN = 128
"""Half, in 256ths."""


@dataclass(frozen=True)
class WebpFacts:
    """step: of the luma's AC coefficients, in VP8's units; 0 for lossless files, None when hidden. trailing:
    bytes behind the file's own; further: bytes of an animation's other frames."""

    width: int
    height: int
    step: float | None
    lossless: bool
    trailing: int
    further: int = 0


def parse(payload: bytes) -> WebpFacts:
    """Check that a file's chunks are whole and read what its first picture says of itself.

    Raises DamagedError, or struct.error or IndexError where the data end too early.
    """
    if payload[:4] != b"RIFF" or payload[8:12] != b"WEBP":
        raise DamagedError("it doesn't begin as a WebP file does")
    end = 8 + int(struct.unpack_from("<I", payload, 4)[0])
    if end > len(payload):
        raise DamagedError("its data are cut off")
    if riff_broken(payload[:end]):
        raise DamagedError("its check sum is wrong")
    canvas: tuple[int, int] | None = None
    frames = [
        stop + (stop & 1) - start + 8 for kind, start, stop in _chunks(payload, 12, end) if kind == b"ANMF"
    ]
    for kind, start, stop in _chunks(payload, 12, end):
        if kind == b"VP8X":
            width, height = (
                int.from_bytes(payload[at : at + 3], "little") + 1 for at in (start + 4, start + 7)
            )
            canvas = width, height
        elif kind == b"ANMF":
            inner = _chunks(payload, start + 16, stop)
            pictures = [chunk for chunk in inner if chunk[0] in (b"VP8 ", b"VP8L")]
            if not pictures:
                raise DamagedError("a frame holds no picture")
            kind, start, stop = pictures[0]
        if kind in (b"VP8 ", b"VP8L"):
            lossless = kind == b"VP8L"
            size, step = (_lossless if lossless else _lossy)(payload[start:stop])
            width, height = canvas or size
            return WebpFacts(width, height, step, lossless, len(payload) - end, sum(frames[1:]))
    raise DamagedError("it holds no picture")


def _chunks(payload: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of the chunks of `payload` from `at` to `end`."""
    while at + 8 <= end:
        kind, size = struct.unpack_from("<4sI", payload, at)
        if at + 8 + size > end:
            raise DamagedError("its data are cut off")
        yield kind, at + 8, at + 8 + size
        at += 8 + size + (size & 1)


def _lossless(chunk: bytes) -> tuple[tuple[int, int], float]:
    if chunk[0] != 0x2F:
        raise DamagedError("its picture doesn't begin as one")
    (sizes,) = struct.unpack_from("<I", chunk, 1)
    return ((sizes & 0x3FFF) + 1, (sizes >> 14 & 0x3FFF) + 1), 0.0


def _lossy(chunk: bytes) -> tuple[tuple[int, int], float]:
    """Size and AC step of a key frame: the geometric mean of its segments' steps.

    How often a segment occurs isn't counted: the probabilities with which the segment map is coded tell it.
    """
    tag = int.from_bytes(chunk[:3], "little")
    if tag & 1 or chunk[3:6] != b"\x9d\x01\x2a":
        raise DamagedError("its picture doesn't begin as one")
    if 10 + (tag >> 5) > len(chunk):
        raise DamagedError("its data are cut off")
    width, height = struct.unpack_from("<HH", chunk, 6)
    bits = _BoolDecoder(chunk[10 : 10 + (tag >> 5)])
    bits.number(2)  # colour space, clamping
    absolute, values, shares = False, [0] * 4, [1.0, 0.0, 0.0, 0.0]
    if bits.flag():  # segmentation
        mapped, updated = bits.flag(), bits.flag()
        if updated:
            absolute = bits.flag()
            values = [bits.optional(7) for _ in range(4)]
            for _ in range(4):
                bits.optional(6)  # loop filter
        if mapped:
            a, b, c = ((bits.number(8) if bits.flag() else 255) / 256 for _ in range(3))
            shares = [a * b, a * (1 - b), (1 - a) * c, (1 - a) * (1 - c)]
    bits.number(1 + 6 + 3)  # loop filter: kind, level, sharpness
    if bits.flag() and bits.flag():
        for _ in range(8):
            bits.optional(6)
    bits.number(2)  # partitions
    index = bits.number(7)
    steps = [AC_STEPS[min(_LAST, max(0, value + (0 if absolute else index)))] for value in values]
    if not absolute and not any(values):
        steps = [AC_STEPS[index]] * 4
    log = sum(share * math.log(step) for share, step in zip(shares, steps, strict=True))
    return (width & 0x3FFF, height & 0x3FFF), math.exp(log)


class _BoolDecoder(BitReader):
    """Decoder of RFC 6386, section 7.3, bit by bit."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 2
        self._value = int.from_bytes(data[:2].ljust(2, b"\0"), "big")
        self._range = 255
        self._shifted = 0

    def bit(self) -> int:
        """The next bit, whose chances are even."""
        split = 1 + ((self._range - 1) * _EVEN >> 8)
        if set_ := self._value >= split << 8:
            self._range -= split
            self._value -= split << 8
        else:
            self._range = split
        while self._range < 128:
            self._value <<= 1
            self._range <<= 1
            self._shifted += 1
            if self._shifted == 8:
                self._shifted = 0
                if self._at < len(self._data):
                    self._value |= self._data[self._at]
                self._at += 1
        return int(set_)

    def optional(self, width: int) -> int:
        """A flagged number with its sign behind it; 0 without."""
        if not self.flag():
            return 0
        value = self.number(width)
        return -value if self.flag() else value
