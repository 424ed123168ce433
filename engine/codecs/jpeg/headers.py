"""What stands in a JPEG file's marker segments (T.81, B.2), checked for what libjpeg would trip over.

`damaged` is called with a reason where a segment can't be right; it raises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from engine.codecs.jpeg import stream as js
from engine.codecs.jpeg.stream import Colour, FrameComponent, HuffmanTable, JpegFrame
from engine.errors import UserError
from engine.step_scale import ZIGZAG

_OTHER_PROCESSES = {0xC3: "lossless", 0xCB: "lossless"}
_MAX_UNIT_BLOCKS = 10  # B.2.3
_MAX_SHIFT = 13  # libjpeg's limit to successive approximation
Damaged = Callable[[str], NoReturn]


def quantisation_tables(body: bytes, damaged: Damaged) -> Iterator[tuple[int, NDArray[np.uint16]]]:
    """Numbers, 0 to 3, and tables, (8, 8) in natural order, up to one that is broken (B.2.4.1)."""
    while body:
        size = 128 if body[0] >> 4 else 64
        if body[0] & 15 > 3 or len(body) < 1 + size:
            damaged("a broken quantisation table")
        zigzag = np.frombuffer(body[1 : 1 + size], ">u2" if size == 128 else np.uint8)
        table = np.zeros(64, np.uint16)
        table[ZIGZAG] = zigzag
        table.setflags(write=False)
        yield body[0] & 15, table.reshape(8, 8)
        body = body[1 + size :]


def huffman_tables(body: bytes, damaged: Damaged) -> Iterator[tuple[int, HuffmanTable]]:
    """Class and number, one byte, and tables, up to one that is broken (B.2.4.2)."""
    while body:
        counts = tuple(body[1:17])
        size = sum(counts)
        if body[0] & ~0x13 or len(body) < 17 + size or size > 256:
            damaged("a broken Huffman table")
        yield body[0], HuffmanTable(counts, body[17 : 17 + size])
        body = body[17 + size :]


def frame(marker: int, body: bytes, name: str, damaged: Damaged) -> JpegFrame:
    """The frame header (B.2.2). Raises UserError, naming `name`, for what is not supported."""
    if len(body) < 6 or len(body) != 6 + 3 * body[5]:
        damaged("a broken frame header")
    process = _OTHER_PROCESSES.get(marker, "hierarchical")
    if marker not in (js.BASELINE, js.EXTENDED, js.PROGRESSIVE, js.ARITHMETIC, js.ARITHMETIC_PROGRESSIVE):
        raise UserError(f"{name}: {process} JPEG is not supported")
    if body[0] != 8:
        raise UserError(f"{name}: JPEG with {body[0]} bits a sample is not supported (8 are)")
    if body[5] not in (1, 3, 4):
        raise UserError(f"{name}: JPEG with {body[5]} components is not supported (1, 3 or 4 are)")
    height, width = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
    if not height or not width:
        damaged(f"its header says {width}×{height} pixels")
    if max(height, width) > js.MAX_SIDE:
        raise UserError(f"{name}: {width}×{height} pixels, the longest side allowed is {js.MAX_SIDE:,}")
    components = tuple(
        FrameComponent(body[i], body[i + 1] >> 4, body[i + 1] & 15, body[i + 2])
        for i in range(6, len(body), 3)
    )
    if not all(1 <= c.h <= 4 and 1 <= c.v <= 4 for c in components):
        damaged("impossible sampling factors")
    found = JpegFrame(marker, height, width, components)
    if any(found.v_max % c.v or found.h_max % c.h for c in components):
        factors = ", ".join(f"{c.h}×{c.v}" for c in components)
        raise UserError(f"{name}: JPEG with sampling factors {factors} is not supported")
    return found


def check_scan(
    frame: JpegFrame,
    indices: Sequence[int],
    spectral: tuple[int, int],
    approximation: tuple[int, int],
    damaged: Damaged,
) -> None:
    """Which components and coefficients a scan has (B.2.3, G.1.1.1)."""
    if len(indices) > 1:
        blocks = sum(frame.components[i].h * frame.components[i].v for i in indices)
        if blocks > _MAX_UNIT_BLOCKS:
            damaged("more than 10 blocks in a coding unit")
    if not frame.progressive:
        return
    (first, last), (high, low) = spectral, approximation
    dc_scan = first == 0
    sound = last == 0 if dc_scan else first <= last < 64 and len(indices) == 1
    if not sound or low > _MAX_SHIFT or (high and low != high - 1):
        damaged("impossible parameters of a progressive scan")


def check_tables(
    frame: JpegFrame,
    dc: Sequence[HuffmanTable | None],
    ac: Sequence[HuffmanTable | None],
    first: int,
    high: int,
    damaged: Damaged,
) -> None:
    """Huffman codes that this scan uses. A missing table isn't an error: libjpeg has default ones."""
    uses_dc = frame.sequential or (first == 0 and not high)
    uses_ac = frame.sequential or first > 0
    used = [*(dc if uses_dc else ()), *(ac if uses_ac else ())]
    if not all(table.sound() for table in used if table is not None):
        damaged("a broken Huffman table")
    if uses_dc and any(max(table.values, default=0) > 15 for table in dc if table is not None):
        damaged("a broken Huffman table")


def colour(frame: JpegFrame, jfif: bool, adobe: int | None) -> Colour:
    """What the components are. adobe: the transform that an Adobe segment names."""
    if len(frame.components) == 1:
        return Colour.GREY
    if len(frame.components) == 4:
        return Colour.CMYK if adobe in (None, 0) else Colour.YCCK
    if jfif:
        return Colour.YCBCR
    if adobe is not None:
        return Colour.RGB if adobe == 0 else Colour.YCBCR
    named = bytes(c.identifier for c in frame.components) == b"RGB"
    return Colour.RGB if named else Colour.YCBCR
