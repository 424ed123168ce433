"""A Huffman decoder for sequential JPEG (T.81, F.2.2), for machines without jpeglib.

Symbol by symbol in Python with a look-up table of 16 bits: about two seconds a megabyte.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.codecs.jpeg.stream import HuffmanTable, JpegFrame, JpegScan, JpegStream
from engine.step_scale import ZIGZAG

_Block = tuple[int, list[int], list[int]]
"""Component's position in its scan, and its DC and AC look-up tables."""


def decode_sequential(stream: JpegStream, grids: Sequence[tuple[int, int]]) -> list[NDArray[np.int16]]:
    """Quantised coefficients, int16 (block rows, block columns, 8, 8) per component, on `grids`.

    Blocks outside `grids` are read and dropped. Raises ValueError where the data break the rules: a code that
    is not in the table, a run beyond the block's end, too few or too many restart markers or data.
    """
    planes = [np.zeros((rows * columns, 64), np.int16) for rows, columns in grids]
    for scan in stream.scans:
        interleaved = len(scan.components) > 1
        units = stream.frame.scan_units(scan.components)
        per_segment = scan.restart or units[0] * units[1]
        expected = -(-units[0] * units[1] // per_segment)
        if len(scan.segments) != expected:
            raise ValueError(f"{len(scan.segments)} segments between restart markers, not {expected}")
        order = _order(stream.frame, scan, interleaved)
        coded = _decode_scan(stream.payload, scan, order, units[0] * units[1], per_segment)
        for position, index in enumerate(scan.components):
            component = stream.frame.components[index]
            v, h = (component.v, component.h) if interleaved else (1, 1)
            blocks = coded[position].reshape(*units, v, h, 64).transpose(0, 2, 1, 3, 4)
            rows, columns = grids[index]
            blocks = blocks.reshape(units[0] * v, units[1] * h, 64)[:rows, :columns]
            planes[index][:, ZIGZAG] = blocks.reshape(-1, 64)
    return [plane.reshape(*grid, 8, 8) for plane, grid in zip(planes, grids, strict=True)]


def whole_units(stream: JpegStream, scan: JpegScan, interval: int, units: int) -> int:
    """How many of the `units` coding units of a restart interval can be decoded before its data break the
    rules."""
    order = _order(stream.frame, scan, len(scan.components) > 1)
    start, end = (int(at) for at in scan.segments[interval])
    data = stream.payload[start:end].rstrip(b"\xff").replace(b"\xff\x00", b"\xff")
    values: list[list[int]] = [[] for _ in scan.components]
    counts = [0] * len(scan.components)
    try:
        _decode_segment(data, order, units, values, [[] for _ in scan.components], counts)
    except ValueError:
        blocks = sum(position == 0 for position, _, _ in order)
        return (counts[0] - 1) // blocks  # a block counts from its beginning
    return units


def _order(frame: JpegFrame, scan: JpegScan, interleaved: bool) -> list[_Block]:
    """The blocks of a coding unit in order."""
    order: list[_Block] = []
    for position, index in enumerate(scan.components):
        component = frame.components[index]
        dc, ac = scan.dc[position], scan.ac[position]
        if dc is None or ac is None:
            raise ValueError("a Huffman table is missing")
        block = (position, lookup(dc), lookup(ac))
        order += [block] * (component.v * component.h if interleaved else 1)
    return order


@lru_cache(maxsize=16)
def lookup(table: HuffmanTable) -> list[int]:
    """Code length · 256 + symbol for each 16 bits that may come next; 0 where no code begins so."""
    lengths = np.repeat(np.arange(1, 17), table.counts)
    symbols = np.frombuffer(table.values, np.uint8).astype(np.int64)
    known = np.repeat(lengths << 8 | symbols, 1 << (16 - lengths))
    return [*known.tolist(), *[0] * (0x10000 - len(known))]


def _decode_scan(
    payload: bytes, scan: JpegScan, order: Sequence[_Block], units: int, per_segment: int
) -> list[NDArray[np.int16]]:
    """Coefficients in zigzag order, (blocks, 64) per component of the scan in the order of coding."""
    values: list[list[int]] = [[] for _ in scan.components]
    places: list[list[int]] = [[] for _ in scan.components]
    counts = [0] * len(scan.components)
    left = units
    for start, end in scan.segments.tolist():
        data = payload[start:end].rstrip(b"\xff").replace(b"\xff\x00", b"\xff")
        used = _decode_segment(data, order, min(per_segment, left), values, places, counts)
        left -= per_segment
        if left > 0 and 8 * len(data) - used >= 8:
            raise ValueError("extraneous bytes before a restart marker")
    planes = []
    for value, place, count in zip(values, places, counts, strict=True):
        plane = np.zeros(count * 64, np.int64)
        plane[place] = value
        planes.append(plane.astype(np.int16).reshape(count, 64))
    return planes


def _decode_segment(
    data: bytes,
    order: Sequence[_Block],
    units: int,
    values: list[list[int]],
    places: list[list[int]],
    counts: list[int],
) -> int:
    """Decode `units` coding units, appending to `values` and their `places`; returns the bits read."""
    padded = np.frombuffer(data + b"\xff" * 16, np.uint8).astype(np.int64)
    # The 32 bits that begin at each byte: any code, or any magnitude, lies within one of them.
    windows = (padded[:-3] << 24 | padded[1:-2] << 16 | padded[2:-1] << 8 | padded[3:]).tolist()
    predictions = [0] * len(counts)
    bit, bits = 0, 8 * len(data)
    for _ in range(units):
        for position, dc, ac in order:
            base = 64 * counts[position]
            counts[position] += 1
            at, table = 0, dc
            while at < 64:
                entry = table[windows[bit >> 3] >> (16 - (bit & 7)) & 0xFFFF]
                if not entry:
                    raise ValueError("bad Huffman code")
                bit += entry >> 8
                size = entry & 15
                if at:
                    at += entry >> 4 & 15
                    if not size:
                        if entry & 0xFF != 0xF0:
                            break
                        at += 1
                        continue
                value = 0
                if size:
                    value = windows[bit >> 3] >> (32 - (bit & 7) - size) & ((1 << size) - 1)
                    bit += size
                    if not value >> (size - 1):
                        value -= (1 << size) - 1
                if bit > bits or at > 63:
                    raise ValueError(
                        "premature end of data segment" if bit > bits else "a run beyond the block"
                    )
                if not at:
                    predictions[position] += value
                    value = predictions[position]
                values[position].append(value)
                places[position].append(base + at)
                at += 1
                table = ac
    if bit > bits:
        raise ValueError("premature end of data segment")
    return bit
