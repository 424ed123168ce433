"""The headers of an AV1 key frame (AV1 Bitstream & Decoding Process Specification), up to its quantiser.

Section numbers are that specification's. A picture of AVIF is one key frame, mostly with the short header
of still pictures; what a key frame can't have is not read.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.codecs.bit_reader import PlainBits
from engine.codecs.damage import DamagedError

_SEQUENCE, _FRAME_HEADER, _FRAME = 1, 3, 6
_SELECT = 2
_KEY = 0
_BT709, _SRGB, _IDENTITY = 1, 13, 0


def _ac_steps() -> tuple[int, ...]:
    """AC steps of 8-bit pictures by quantiser index (7.12.2): runs of equal increments, then each growing
    by about a fiftieth."""
    steps = [4, 8, *range(9, 103), *range(104, 153, 2), *range(155, 201, 3), *range(203, 252, 4)]
    steps += [*range(255, 306, 5), *range(311, 354, 6), *range(359, 409, 7), *range(416, 449, 8)]
    steps += [*range(456, 511, 9), *range(520, 551, 10), *range(560, 605, 11), *range(615, 652, 12)]
    steps += [
        *(663, 676, 689, 702, 715, 729, 743, 757, 771, 786, 801, 816, 832, 848, 864, 881, 898, 915, 933, 951),
        *(969, 988, 1007, 1026, 1046, 1066, 1087, 1108, 1129, 1151, 1173, 1196, 1219, 1243, 1267, 1292, 1317),
        *(1343, 1369, 1396, 1423, 1451, 1479, 1508, 1537, 1567, 1597, 1628, 1660, 1692, 1725, 1759, 1793),
        1828,
    ]
    return tuple(steps)


AC_STEPS = _ac_steps()


@dataclass(frozen=True)
class FrameFacts:
    """step: AC step of the frame's base quantiser in 8-bit units, None when it could not be read."""

    step: float | None
    subsampling: str


@dataclass
class _Sequence:
    """What of the sequence header the frame header depends on (5.5)."""

    reduced: bool = False
    decoder_model: bool = False
    equal_intervals: bool = False
    time_bits: int = 0
    width_bits: int = 0
    height_bits: int = 0
    width: int = 0
    height: int = 0
    id_bits: int = 0
    large_blocks: bool = False
    screen_content: int = _SELECT
    integer_motion: int = _SELECT
    order_bits: int = 0
    superres: bool = False
    subsampling: str = ""


class _Unreadable(Exception):  # noqa: N818 (not an error: the rest of the header is simply not read)
    pass


def frame_facts(data: bytes) -> FrameFacts:
    """Read the open bitstream units of a picture. Raises DamagedError when one runs over the end."""
    sequence: _Sequence | None = None
    at = 0
    while at < len(data):
        head = data[at]
        kind, extended, sized = head >> 3 & 15, head >> 2 & 1, head >> 1 & 1
        at += 1 + extended
        if head & 0x80:
            raise DamagedError("its picture data are no AV1")
        length, at = _leb128(data, at) if sized else (len(data) - at, at)
        if at + length > len(data):
            raise DamagedError("its data are cut off")
        body = data[at : at + length]
        if kind == _SEQUENCE:
            sequence = _sequence(_Bits(body))
        elif kind in (_FRAME, _FRAME_HEADER) and sequence is not None:
            try:
                return FrameFacts(float(AC_STEPS[_base_index(_Bits(body), sequence)]), sequence.subsampling)
            except _Unreadable:
                return FrameFacts(None, sequence.subsampling)
        at += length
    raise DamagedError("it holds no picture")


def _sequence(bits: _Bits) -> _Sequence:
    s = _Sequence()
    profile = bits.number(3)
    bits.number(1)
    s.reduced = bits.flag()
    if s.reduced:
        bits.number(5)
    else:
        _operating_points(bits, s)
    s.width_bits, s.height_bits = bits.number(4) + 1, bits.number(4) + 1
    s.width, s.height = bits.number(s.width_bits) + 1, bits.number(s.height_bits) + 1
    if not s.reduced and bits.flag():
        s.id_bits = bits.number(4) + 2 + bits.number(3) + 1
    s.large_blocks = bits.flag()
    bits.number(2)
    if not s.reduced:
        bits.number(4)
        ordered = bits.flag()
        if ordered:
            bits.number(2)
        s.screen_content = _SELECT if bits.flag() else bits.number(1)
        if s.screen_content:
            s.integer_motion = _SELECT if bits.flag() else bits.number(1)
        if ordered:
            s.order_bits = bits.number(3) + 1
    s.superres = bits.flag()
    bits.number(2)
    s.subsampling = _subsampling(bits, profile)
    return s


def _operating_points(bits: _Bits, s: _Sequence) -> None:
    delay_bits = 0
    if bits.flag():  # timing
        bits.number(64)
        s.equal_intervals = bits.flag()
        if s.equal_intervals:
            bits.uvlc()
        s.decoder_model = bits.flag()
        if s.decoder_model:
            delay_bits = bits.number(5) + 1
            bits.number(32 + 5)
            s.time_bits = bits.number(5) + 1
    delayed = bits.flag()
    for _ in range(bits.number(5) + 1):
        bits.number(12)
        if bits.number(5) > 7:
            bits.number(1)
        if s.decoder_model and bits.flag():
            bits.number(2 * delay_bits + 1)
        if delayed and bits.flag():
            bits.number(4)


def _subsampling(bits: _Bits, profile: int) -> str:
    """Colour configuration (5.5.2)."""
    deep = bits.flag()
    twelve = profile == 2 and deep and bits.flag()
    if profile != 1 and bits.flag():
        return "4:0:0"
    primaries, transfer, matrix = (bits.number(8) for _ in range(3)) if bits.flag() else (2, 2, 2)
    if (primaries, transfer, matrix) == (_BT709, _SRGB, _IDENTITY):
        return "4:4:4"
    bits.number(1)
    if profile < 2:
        return "4:4:4" if profile else "4:2:0"
    if not twelve:
        return "4:2:2"
    if not bits.flag():
        return "4:4:4"
    return "4:2:0" if bits.flag() else "4:2:2"


def _base_index(bits: _Bits, s: _Sequence) -> int:
    """Uncompressed header (5.9.2) of a shown or hidden key frame, up to base_q_idx."""
    shown = True
    if not s.reduced:
        if bits.flag() or bits.number(2) != _KEY:
            raise _Unreadable
        shown = bits.flag()
        if shown and s.decoder_model and not s.equal_intervals:
            bits.number(s.time_bits)
        if not shown:
            bits.number(2)  # showable, error-resilient
    frozen_probabilities = bits.flag()
    screen_content = bits.number(1) if s.screen_content == _SELECT else s.screen_content
    if screen_content and s.integer_motion == _SELECT:
        bits.number(1)
    bits.number(s.id_bits)
    sized = not s.reduced and bits.flag()
    bits.number(s.order_bits)
    if s.decoder_model and bits.flag():
        raise _Unreadable
    if not shown and bits.number(8) != 0xFF and s.order_bits:
        raise _Unreadable
    width, height = s.width, s.height
    if sized:
        width, height = bits.number(s.width_bits) + 1, bits.number(s.height_bits) + 1
    scaled = s.superres and bits.flag()
    if scaled:
        denominator = bits.number(3) + 9
        width = (width * 8 + denominator // 2) // denominator
    if bits.flag():  # another size to show
        bits.number(32)
    if screen_content and not scaled:
        bits.number(1)
    if not (s.reduced or frozen_probabilities):
        bits.number(1)
    _skip_tiles(bits, width, height, s.large_blocks)
    return bits.number(8)


def _skip_tiles(bits: _Bits, width: int, height: int, large: bool) -> None:
    """Tile info (5.9.15), for tiles of equal size."""
    side = 7 if large else 6
    columns, rows = -(-(-(-width // 8) * 8) // (1 << side)), -(-(-(-height // 8) * 8) // (1 << side))
    widest, largest = 4096 >> side, 4096 * 2304 >> 2 * side
    least_columns = _log2(widest, columns)
    if not bits.flag():
        raise _Unreadable
    column_bits = least_columns
    while column_bits < _log2(1, min(columns, 64)) and bits.flag():
        column_bits += 1
    row_bits = max(max(least_columns, _log2(largest, rows * columns)) - column_bits, 0)
    while row_bits < _log2(1, min(rows, 64)) and bits.flag():
        row_bits += 1
    if column_bits or row_bits:
        bits.number(column_bits + row_bits + 2)


def _log2(unit: int, target: int) -> int:
    """Smallest k with unit · 2^k at or above target."""
    k = 0
    while unit << k < target:
        k += 1
    return k


def _leb128(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for i in range(8):
        byte = data[at + i]
        value |= (byte & 0x7F) << 7 * i
        if byte < 0x80:
            return value, at + i + 1
    raise DamagedError("a length in it makes no sense")


class _Bits(PlainBits):
    def uvlc(self) -> int:
        zeros = 0
        while not self.flag():
            zeros += 1
            if zeros >= 32:
                return (1 << 32) - 1
        return self.number(zeros) + (1 << zeros) - 1
