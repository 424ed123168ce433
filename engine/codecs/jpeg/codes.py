"""The codes of single blocks of a sequential JPEG file, read from where they stand in it.

`engine.codecs.jpeg.bits` counts the bits of every block, and the counts agree with the file to the bit; their
running sum is thus each block's place. `BlockIndex.read` decodes the bits found there by the file's own
Huffman tables (T.81, F.2.2), so what it tells is what was sent, not what an encoder would have sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.codecs.damage import DamagedError
from engine.codecs.jpeg.bits import UncountableError, block_bits, check_countable, in_raster, segment_padding
from engine.codecs.jpeg.coefficients import CoefficientsUnavailableError, read_coefficients
from engine.codecs.jpeg.parse import parse
from engine.codecs.jpeg.stream import HuffmanTable, JpegScan, JpegStream

_EOB, _ZRL = 0x00, 0xF0
_LONGEST = 64 * (16 + 15)
"""Bits that a block takes at most: 64 codes of 16 bits with magnitudes of 15."""


@dataclass(frozen=True)
class Code:
    """One Huffman code of a block, and the magnitude bits that follow it.

    kind: "DC", "AC", "ZRL" (sixteen zeros) or "EOB" (the rest is zeros). at: zigzag position, 0 to 63, of the
    coefficient that it sends; of ZRL the last of its zeros, of EOB the first. run: zeros before that
    coefficient. size: category, the number of magnitude bits (tables F.1 and F.2). value: the quantised
    coefficient, of DC its difference to the block before; 0 for ZRL and EOB. word, magnitude: bits as "0"
    and "1".
    """

    kind: str
    at: int
    run: int
    size: int
    value: int
    word: str
    magnitude: str

    @property
    def bits(self) -> int:
        return len(self.word) + len(self.magnitude)


@dataclass(frozen=True)
class BlockCodes:
    """All codes of a block. prediction: the quantised DC of the block coded before it (0 at the start of the
    scan and after restart markers), which the DC's difference is added to."""

    codes: tuple[Code, ...]
    prediction: int

    @property
    def bits(self) -> int:
        return sum(code.bits for code in self.codes)


@dataclass(frozen=True, eq=False)
class _Part:
    """Where a component's codes are. data: of its scan, without stuffing. starts: int64 (block rows, block
    columns), bit positions in it. dc: int16, same shape, the quantised DC coefficients."""

    data: bytes
    starts: NDArray[np.int64]
    dc: NDArray[np.int16]
    dc_table: HuffmanTable
    ac_table: HuffmanTable


@dataclass(frozen=True, eq=False)
class BlockIndex:
    """Where each block of a file begins. Made by `index_blocks`."""

    parts: tuple[_Part, ...]

    def read(self, component: int, row: int, column: int) -> BlockCodes:
        """The codes of a block. Raises IndexError outside the grid, UncountableError where the bits are no
        codes of the tables."""
        part = self.parts[component]
        rows, columns = part.starts.shape
        if not (0 <= row < rows and 0 <= column < columns):
            raise IndexError(f"no block ({row}, {column}) among {rows} × {columns}")
        start = int(part.starts[row, column])
        first = start >> 3
        raw = part.data[first : first + (_LONGEST >> 3) + 2]
        text = f"{int.from_bytes(raw, 'big'):0{8 * len(raw)}b}"[start & 7 :]
        codes = _decoded(text, _words(part.dc_table), _words(part.ac_table))
        return BlockCodes(codes, int(part.dc[row, column]) - codes[0].value)


def index_blocks(payload: bytes, name: str = "stream") -> BlockIndex:
    """Find the place of every block of a file; about as slow as decoding it.

    Raises UncountableError, with the reason for people to read, where blocks' codes can't be told apart (see
    `engine.codecs.jpeg.bits`), and UserError, naming `name`, for what is no JPEG file.
    """
    stream = parse(payload, name)
    check_countable(stream)
    try:
        planes = read_coefficients(stream)
    except (CoefficientsUnavailableError, DamagedError) as reason:
        raise UncountableError(str(reason)) from None
    parts: dict[int, _Part] = {}
    for scan in stream.scans:
        parts |= _scan_parts(stream, scan, planes)
    return BlockIndex(tuple(parts[index] for index in range(len(planes))))


def _scan_parts(stream: JpegStream, scan: JpegScan, planes: list[NDArray[np.int16]]) -> dict[int, _Part]:
    interleaved = len(scan.components) > 1
    counted = [
        block_bits(planes[index], stream.frame, scan, position, interleaved)
        for position, index in enumerate(scan.components)
    ]
    segment_padding(scan, counted)  # raises unless every segment agrees with the counts
    segments = [
        stream.payload[start:end].rstrip(b"\xff").replace(b"\xff\x00", b"\xff")
        for start, end in scan.segments.tolist()
    ]
    starts = _starts(scan, counted, np.array([len(segment) for segment in segments], np.int64))
    data = b"".join(segments)
    parts = {}
    for position, index in enumerate(scan.components):
        dc, ac = scan.dc[position], scan.ac[position]
        assert dc is not None
        assert ac is not None
        first = np.ascontiguousarray(planes[index][:, :, 0, 0])
        parts[index] = _Part(data, starts[position], first, dc, ac)
    return parts


def _starts(
    scan: JpegScan, counted: list[NDArray[np.int64]], lengths: NDArray[np.int64]
) -> list[NDArray[np.int64]]:
    """Bit position of each block, int64 (block rows, block columns) a component. counted: bits of blocks in
    order of coding (unit rows, unit columns, v, h); lengths: bytes of the segments, laid end to end."""
    units = counted[0].shape[0] * counted[0].shape[1]
    flat = [bits.reshape(units, -1) for bits in counted]
    every = np.concatenate(flat, axis=1)
    before = (np.cumsum(every) - every.ravel()).reshape(every.shape)
    segment = np.arange(units) // (scan.restart or units)
    begins = np.arange(0, units, scan.restart or units)
    opens = 8 * (np.cumsum(lengths) - lengths)
    before += (opens - before[begins, 0])[segment][:, None]
    found, at = [], 0
    for bits, each in zip(counted, flat, strict=True):
        found.append(in_raster(before[:, at : at + each.shape[1]].reshape(bits.shape)))
        at += each.shape[1]
    return found


@lru_cache(maxsize=16)
def _words(table: HuffmanTable) -> dict[str, int]:
    """Symbol of each code, codes as texts of bits (C.2)."""
    words: dict[str, int] = {}
    code, at = 0, 0
    for length, count in enumerate(table.counts, 1):
        for _ in range(count):
            words[f"{code:0{length}b}"] = table.values[at]
            code, at = code + 1, at + 1
        code <<= 1
    return words


def _decoded(text: str, dc: dict[str, int], ac: dict[str, int]) -> tuple[Code, ...]:
    """The codes that a text of bits begins with, up to the end of the block."""
    word = _next_word(text, 0, dc)
    size = dc[word]
    value, bit = _magnitude(text, len(word), size)
    codes = [Code("DC", 0, 0, size, value, word, text[len(word) : bit])]
    at = 1
    while at < 64:
        word = _next_word(text, bit, ac)
        symbol, bit = ac[word], bit + len(word)
        run, size = symbol >> 4, symbol & 15
        if symbol == _EOB:
            codes.append(Code("EOB", at, 0, 0, 0, word, ""))
            break
        if symbol == _ZRL:
            at += 16
            codes.append(Code("ZRL", at - 1, 15, 0, 0, word, ""))
            continue
        at += run
        value, end = _magnitude(text, bit, size)
        codes.append(Code("AC", at, run, size, value, word, text[bit:end]))
        at, bit = at + 1, end
    if at > 64:
        raise UncountableError("a run of zeros leads beyond the block")
    return tuple(codes)


def _next_word(text: str, bit: int, words: dict[str, int]) -> str:
    for length in range(1, 17):
        word = text[bit : bit + length]
        if word in words:
            return word
    raise UncountableError("its bits are no codes of its Huffman tables")


def _magnitude(text: str, bit: int, size: int) -> tuple[int, int]:
    """The value that `size` bits stand for (F.2.2.1, EXTEND), and the bit after them."""
    if not size:
        return 0, bit
    value = int(text[bit : bit + size], 2)
    return (value if value >> (size - 1) else value - (1 << size) + 1), bit + size
