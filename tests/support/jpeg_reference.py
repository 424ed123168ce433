"""JPEG written and read bit by bit in plain Python, to hold the codec against.

Shares nothing with `engine`: its own marker walk, Huffman codes, units, zigzag and inverse transform.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np


def zigzag_path() -> list[tuple[int, int]]:
    """(vertical, horizontal) frequency of each zigzag position, by walking the diagonals."""
    path = []
    for diagonal in range(15):
        cells = [(diagonal - x, x) for x in range(8) if 0 <= diagonal - x < 8]
        path += cells[::-1] if diagonal % 2 else cells
    return path


PATH = zigzag_path()


@dataclass
class Part:
    """A component as read: blocks[(row, column)] is (bits, 8×8 coefficients)."""

    h: int
    v: int
    quantisation: np.ndarray
    blocks: dict[tuple[int, int], tuple[int, np.ndarray]] = field(default_factory=dict)


@dataclass
class Reading:
    height: int
    width: int
    parts: list[Part]
    padding: int = 0
    stuffing: int = 0
    headers: int = 0

    def patch_bits(self) -> list[list[Fraction]]:
        """Bits of each 8×8 patch, found by asking for each block which patches of pixels it covers."""
        rows, columns = math.ceil(self.height / 8), math.ceil(self.width / 8)
        bits = [[Fraction(0)] * columns for _ in range(rows)]
        v_max, h_max = max(p.v for p in self.parts), max(p.h for p in self.parts)
        for part in self.parts:
            tall, wide = 8 * v_max // part.v, 8 * h_max // part.h
            for (row, column), (size, _) in part.blocks.items():
                inside_rows = covered(row * tall, tall, rows)
                inside_columns = covered(column * wide, wide, columns)
                for r in inside_rows:
                    for c in inside_columns:
                        bits[r][c] += Fraction(size, len(inside_rows) * len(inside_columns))
        return bits

    def coefficients(self, index: int, rows: int, columns: int) -> np.ndarray:
        blocks = self.parts[index].blocks
        return np.array([[blocks[r, c][1] for c in range(columns)] for r in range(rows)])


def covered(start: int, size: int, patches: int) -> list[int]:
    """Patches that the pixels [start, start + size) touch; else those of the last block inside."""
    inside = [p for p in range(patches) if start < 8 * p + 8 and 8 * p < start + size]
    if inside:
        return inside
    last_block = max(s for s in range(0, 8 * patches, size))
    return covered(last_block, size, patches)


class Bits:
    """The bits of one segment between restart markers, stuffing taken out."""

    def __init__(self, data: bytes) -> None:
        self.stuffed = data.count(b"\xff\x00")
        self.bits = "".join(f"{byte:08b}" for byte in data.replace(b"\xff\x00", b"\xff"))
        self.at = 0

    def take(self, count: int) -> str:
        assert self.at + count <= len(self.bits), "out of data"
        self.at += count
        return self.bits[self.at - count : self.at]

    def symbol(self, codes: dict[str, int]) -> int:
        word = ""
        while word not in codes:
            assert len(word) < 16, "not a code"
            word += self.take(1)
        return codes[word]

    def amplitude(self, size: int) -> int:
        if size == 0:
            return 0
        value = int(self.take(size), 2)
        return value if value >= 2 ** (size - 1) else value - 2**size + 1


def codes_of(counts: bytes, symbols: bytes) -> dict[str, int]:
    codes, code, next_symbol = {}, 0, iter(symbols)
    for length, count in enumerate(counts, 1):
        for _ in range(count):
            codes[f"{code:0{length}b}"] = next(next_symbol)
            code += 1
        code *= 2
    return codes


def read(payload: bytes) -> Reading:
    """Read a sequential Huffman-coded file."""
    assert payload[:2] == b"\xff\xd8"
    at, restart, reading, ids = 2, 0, None, []
    tables: dict[int, np.ndarray] = {}
    huffman: dict[int, dict[str, int]] = {}
    coded_bytes = 0
    while payload[at : at + 2] != b"\xff\xd9":
        assert payload[at] == 0xFF
        marker, length = payload[at + 1], int.from_bytes(payload[at + 2 : at + 4], "big")
        body = payload[at + 4 : at + 2 + length]
        at += 2 + length
        if marker == 0xDB:
            while body:
                wide = body[0] >> 4
                steps = np.frombuffer(body[1 : 1 + 64 * (1 + wide)], ">u2" if wide else "u1")
                table = np.zeros((8, 8), int)
                for (v, h), step in zip(PATH, steps, strict=True):
                    table[v, h] = step
                tables[body[0] & 15] = table
                body = body[1 + 64 * (1 + wide) :]
        elif marker == 0xC4:
            while body:
                size = sum(body[1:17])
                huffman[body[0]] = codes_of(body[1:17], body[17 : 17 + size])
                body = body[17 + size :]
        elif marker == 0xDD:
            restart = int.from_bytes(body, "big")
        elif marker in (0xC0, 0xC1):
            height, width = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
            entries = [body[i : i + 3] for i in range(6, len(body), 3)]
            ids = [e[0] for e in entries]
            parts = [Part(e[1] >> 4, e[1] & 15, tables[e[2]]) for e in entries]
            reading = Reading(height, width, parts)
        elif marker == 0xDA:
            assert reading is not None
            chosen = [
                (ids.index(body[i]), huffman[body[i + 1] >> 4], huffman[16 + (body[i + 1] & 15)])
                for i in range(1, 1 + 2 * body[0], 2)
            ]
            end = at
            while not (payload[end] == 0xFF and payload[end + 1] not in (0, *range(0xD0, 0xD8))):
                end += 1
            segments, markers = cut(payload[at:end])
            coded_bytes += end - at - 2 * markers
            read_scan(reading, segments, chosen, restart)
            at = end
    assert reading is not None
    reading.headers = 8 * (len(payload) - coded_bytes)
    return reading


def cut(data: bytes) -> tuple[list[bytes], int]:
    """Segments between restart markers, and how many markers there are."""
    segments, start, at = [], 0, 0
    while at < len(data):
        if data[at] == 0xFF and data[at + 1] != 0:
            segments.append(data[start:at])
            start = at = at + 2
        else:
            at += 2 if data[at] == 0xFF else 1
    return [*segments, data[start:]], len(segments)


def units_of(reading: Reading, chosen: list[int]) -> list[list[tuple[int, int, int]]]:
    """For each coding unit the (component, block row, block column) in it, in order."""
    v_max, h_max = max(p.v for p in reading.parts), max(p.h for p in reading.parts)
    if len(chosen) == 1:
        part = reading.parts[chosen[0]]
        rows = math.ceil(math.ceil(reading.height * part.v / v_max) / 8)
        columns = math.ceil(math.ceil(reading.width * part.h / h_max) / 8)
        return [[(chosen[0], r, c)] for r in range(rows) for c in range(columns)]
    units = []
    for row in range(math.ceil(reading.height / (8 * v_max))):
        for column in range(math.ceil(reading.width / (8 * h_max))):
            units.append(
                [
                    (index, row * reading.parts[index].v + r, column * reading.parts[index].h + c)
                    for index in chosen
                    for r in range(reading.parts[index].v)
                    for c in range(reading.parts[index].h)
                ]
            )
    return units


def read_scan(
    reading: Reading,
    segments: list[bytes],
    chosen: list[tuple[int, dict[str, int], dict[str, int]]],
    restart: int,
) -> None:
    units = units_of(reading, [index for index, _, _ in chosen])
    codes = {index: (dc, ac) for index, dc, ac in chosen}
    step = restart or len(units)
    groups = [units[i : i + step] for i in range(0, len(units), step)]
    for segment, group in zip(segments, groups, strict=True):
        bits = Bits(segment)
        last = dict.fromkeys(codes, 0)
        for unit in group:
            for index, row, column in unit:
                before = bits.at
                block, last[index] = read_block(bits, *codes[index], last[index])
                reading.parts[index].blocks[row, column] = (bits.at - before, block)
        reading.padding += len(bits.bits) - bits.at
        reading.stuffing += 8 * bits.stuffed


def read_block(bits: Bits, dc: dict[str, int], ac: dict[str, int], last: int) -> tuple[np.ndarray, int]:
    block = np.zeros((8, 8), int)
    last += bits.amplitude(bits.symbol(dc))
    block[0, 0] = last
    place = 1
    while place < 64:
        symbol = bits.symbol(ac)
        run, size = symbol >> 4, symbol & 15
        if symbol == 0:
            break
        place += run
        if size:
            block[PATH[place]] = bits.amplitude(size)
        place += 1
    return block, last


FLAT_DC = {size: f"{size:04b}" for size in range(12)}
_AC_SYMBOLS = [0x00, 0xF0, *(run << 4 | size for run in range(16) for size in range(1, 11))]
FLAT_AC = {symbol: f"{number:08b}" for number, symbol in enumerate(_AC_SYMBOLS)}


def amplitude_bits(value: int) -> str:
    size = abs(value).bit_length()
    return f"{value if value > 0 else value + 2**size - 1:0{size}b}" if size else ""


def write_block(block: np.ndarray, last: int) -> str:
    """One block in codes of fixed length."""
    difference = int(block[0, 0]) - last
    words = [FLAT_DC[abs(difference).bit_length()] + amplitude_bits(difference)]
    run = 0
    for place in PATH[1:]:
        value = int(block[place])
        if value == 0:
            run += 1
            continue
        while run > 15:
            words.append(FLAT_AC[0xF0])
            run -= 16
        words.append(FLAT_AC[run << 4 | abs(value).bit_length()] + amplitude_bits(value))
        run = 0
    if run:
        words.append(FLAT_AC[0])
    return "".join(words)


def write(
    height: int,
    width: int,
    sampling: list[tuple[int, int]],
    rng: np.random.Generator,
    *,
    interleaved: bool = True,
    restart: int = 0,
    step: int = 8,
    app: bytes = b"",
    filling: bytes = b"",
    long_end: bool = False,
) -> bytes:
    """A file of random coefficients, also in the blocks beyond the edge. sampling: (h, v) per component.

    filling: 0xFF bytes before each marker in and after the data. long_end: the first block's end is written
    the long way, with a run of 16 zeros before it, as no encoder needs to.
    """
    parts = [Part(h, v, np.full((8, 8), step)) for h, v in sampling]
    reading = Reading(height, width, parts)
    out = bytearray(b"\xff\xd8" + app)
    out += b"\xff\xdb" + (67).to_bytes(2, "big") + b"\x00" + bytes([step] * 64)
    count = len(sampling)
    out += b"\xff\xc0" + (8 + 3 * count).to_bytes(2, "big") + b"\x08"
    out += height.to_bytes(2, "big") + width.to_bytes(2, "big") + bytes([count])
    for number, (h, v) in enumerate(sampling, 1):
        out += bytes([number, h << 4 | v, 0])
    for kind, codes in ((0x00, FLAT_DC), (0x10, FLAT_AC)):
        counts = [sum(len(word) == length for word in codes.values()) for length in range(1, 17)]
        out += b"\xff\xc4" + (19 + len(codes)).to_bytes(2, "big") + bytes([kind, *counts, *codes])
    if restart:
        out += b"\xff\xdd\x00\x04" + restart.to_bytes(2, "big")
    for scan in [list(range(count))] if interleaved else [[i] for i in range(count)]:
        out += b"\xff\xda" + (6 + 2 * len(scan)).to_bytes(2, "big") + bytes([len(scan)])
        out += b"".join(bytes([i + 1, 0]) for i in scan) + b"\x00\x3f\x00"
        out += write_scan(units_of(reading, scan), rng, restart, filling, long_end)
        out += filling
    return bytes(out + b"\xff\xd9")


def write_scan(
    units: list[list[tuple[int, int, int]]],
    rng: np.random.Generator,
    restart: int,
    filling: bytes,
    long_end: bool,
) -> bytes:
    out = b""
    step = restart or len(units)
    for number, start in enumerate(range(0, len(units), step)):
        if number:
            out += filling + bytes([0xFF, 0xD0 + (number - 1) % 8])
        last: dict[int, int] = {}
        words = []
        for unit in units[start : start + step]:
            for index, _, _ in unit:
                block = random_block(rng)
                if long_end and not words and number == 0:
                    block[:] = 0
                    words.append(FLAT_DC[0] + FLAT_AC[0xF0] + FLAT_AC[0])
                else:
                    words.append(write_block(block, last.get(index, 0)))
                last[index] = int(block[0, 0])
        bits = "".join(words)
        bits += "1" * (-len(bits) % 8)
        data = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
        out += data.replace(b"\xff", b"\xff\x00")
    return out


def random_block(rng: np.random.Generator) -> np.ndarray:
    block = np.zeros((8, 8), int)
    kept = int(rng.integers(0, 65)) if rng.random() < 0.3 else int(rng.integers(0, 8))
    for place in rng.permutation(64)[:kept]:
        block[PATH[place]] = int(rng.integers(-40, 41))
    block[0, 0] = int(rng.integers(-60, 61))
    return block


def inverse_dct(coefficients: np.ndarray) -> np.ndarray:
    """Samples of dequantised blocks (rows, columns, 8, 8), level-shifted, as one plane (A.3.3)."""
    x = np.arange(8)
    basis = np.cos((2 * x[:, None] + 1) * x[None, :] * np.pi / 16) / 2
    basis[:, 0] /= np.sqrt(2)
    blocks = np.einsum("yv,rcvh,xh->rcyx", basis, coefficients.astype(float), basis)
    rows, columns = blocks.shape[:2]
    return blocks.transpose(0, 2, 1, 3).reshape(rows * 8, columns * 8) + 128
