"""The marker structure of a JPEG file: what its headers say, and where its entropy-coded data lie.

Numbers of annexes and tables are those of ISO/IEC 10918-1 (ITU-T T.81). Pixels and coefficients are left to
libjpeg; `essential` and `completed` write the file anew with only what a decoder needs, so that no odd
metadata disturbs one. `engine.codecs.jpeg.parse` makes a `JpegStream` of bytes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

SOI, EOI, SOS, DQT, DHT, DRI, DNL = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD, 0xDC
APP0, APP1, APP2, APP14, APP15, COM = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
BASELINE, EXTENDED, PROGRESSIVE, ARITHMETIC, ARITHMETIC_PROGRESSIVE = 0xC0, 0xC1, 0xC2, 0xC9, 0xCA
FRAMES = frozenset(range(0xC0, 0xD0)) - {DHT, 0xC8, 0xCC}
"""Frame headers, one per coding process (table B.1)."""
MAX_SIDE = 65_500
"""Longest side that libjpeg reads and writes (JPEG_MAX_DIMENSION)."""


class Colour(Enum):
    """What the components are, told as libjpeg tells it (jdapimin.c, default_decompress_parms)."""

    GREY = "grey"
    YCBCR = "YCbCr"
    RGB = "RGB"
    CMYK = "CMYK"
    YCCK = "YCCK"


@dataclass(frozen=True)
class HuffmanTable:
    """counts: how many codes of each length 1 … 16; values: their symbols in order of the codes (C.2)."""

    counts: tuple[int, ...]
    values: bytes

    def lengths(self) -> NDArray[np.int64]:
        """Code length in bits of each symbol 0 … 255; 0 where there is no code."""
        lengths = np.zeros(256, np.int64)
        lengths[np.frombuffer(self.values, np.uint8)] = np.repeat(np.arange(1, 17), self.counts)
        return lengths

    def sound(self) -> bool:
        """Whether the codes fit their lengths, none of them all ones, as libjpeg demands (C.2)."""
        code = 0
        longest = max((length for length, count in enumerate(self.counts, 1) if count), default=0)
        for length, count in enumerate(self.counts[:longest], 1):
            code += count
            if code >= 1 << length:
                return False
            code <<= 1
        return True


@dataclass(frozen=True)
class FrameComponent:
    """A component of the frame header: sampling factors and number of its quantisation table."""

    identifier: int
    h: int
    v: int
    table: int


@dataclass(frozen=True)
class JpegFrame:
    """The frame header (B.2.2). marker: the coding process."""

    marker: int
    height: int
    width: int
    components: tuple[FrameComponent, ...]

    @property
    def sequential(self) -> bool:
        """Huffman-coded, every block whole in one scan."""
        return self.marker in (BASELINE, EXTENDED)

    @property
    def progressive(self) -> bool:
        return self.marker in (PROGRESSIVE, ARITHMETIC_PROGRESSIVE)

    @property
    def arithmetic(self) -> bool:
        return self.marker in (ARITHMETIC, ARITHMETIC_PROGRESSIVE)

    @property
    def h_max(self) -> int:
        return max(component.h for component in self.components)

    @property
    def v_max(self) -> int:
        return max(component.v for component in self.components)

    def units(self) -> tuple[int, int]:
        """Rows and columns of coding units (MCUs) when all components are interleaved (A.2.4)."""
        return math.ceil(self.height / (8 * self.v_max)), math.ceil(self.width / (8 * self.h_max))

    def blocks(self, index: int) -> tuple[int, int]:
        """Rows and columns of blocks that cover a component (A.1.1 and A.2.2)."""
        component = self.components[index]
        return (
            math.ceil(self.height * component.v / (8 * self.v_max)),
            math.ceil(self.width * component.h / (8 * self.h_max)),
        )

    def scan_units(self, components: Sequence[int]) -> tuple[int, int]:
        """Rows and columns of coding units in a scan: blocks, where it holds one component only (A.2.2)."""
        return self.units() if len(components) > 1 else self.blocks(components[0])

    def completed_blocks(self, index: int) -> tuple[int, int]:
        """`blocks`, with those that only complete the last units of an interleaved scan."""
        rows, columns = self.units()
        return rows * self.components[index].v, columns * self.components[index].h


@dataclass(frozen=True)
class JpegScan:
    """A scan header (B.2.3) with the tables in force and the extent of its data.

    components: indices into the frame's. dc, ac: a Huffman table per component, None where undefined.
    restart: units between restart markers, 0 for none. start, end: the entropy-coded bytes in the file.
    segments: data bytes (start, end) of each restart interval, none of those that are missing. stuffed,
    filling: positions of the zero bytes after 0xFF, and of 0xFF bytes that only fill, in the whole file.
    restarts: what is wrong with the restart markers, "" for nothing.
    """

    components: tuple[int, ...]
    dc: tuple[HuffmanTable | None, ...]
    ac: tuple[HuffmanTable | None, ...]
    spectral: tuple[int, int]
    approximation: tuple[int, int]
    restart: int
    start: int
    end: int
    segments: NDArray[np.int64]
    stuffed: NDArray[np.int64]
    filling: NDArray[np.int64]
    restarts: str = ""


@dataclass(frozen=True)
class JpegStream:
    """A parsed file. segments: (marker, start, end) of marker segments, from 0xFF to the last byte.

    quantisation: uint16 (8, 8), natural order, per component; of a component that never came the first
    one's. start, end: where its own bytes are, from SOI to EOI, in a payload that may hold others before and
    behind. faults: what is missing or broken, for people to read; empty for sound files. ended: whether it
    has its EOI.
    """

    payload: bytes
    frame: JpegFrame
    scans: tuple[JpegScan, ...]
    quantisation: tuple[NDArray[np.uint16], ...]
    colour: Colour
    segments: tuple[tuple[int, int, int], ...]
    start: int
    end: int
    faults: tuple[str, ...] = ()
    ended: bool = True

    @property
    def length(self) -> int:
        """Bytes of the picture's own stream."""
        return self.end - self.start

    @property
    def absent(self) -> tuple[int, ...]:
        """Components of which no scan is there."""
        there = {index for scan in self.scans for index in scan.components}
        return tuple(index for index in range(len(self.frame.components)) if index not in there)

    @property
    def interleaved(self) -> bool:
        """One scan holds everything, so that units may need blocks beyond the picture's edge."""
        return len(self.frame.components) > 1 and len(self.scans[0].components) > 1

    @property
    def subsampling(self) -> str:
        """J:a:b notation for usual factors, "4:0:0" for grey, else the sampling factors h×v."""
        first, *others = ((c.h, c.v) for c in self.frame.components)
        if not others:
            return "4:0:0"
        chroma = others[:2]
        if chroma[0] == chroma[1] and all(a % b == 0 for a, b in zip(first, chroma[0], strict=True)):
            ratio = (first[0] // chroma[0][0], first[1] // chroma[0][1])
            if ratio in _NOTATIONS:
                return _NOTATIONS[ratio]
        return ",".join(f"{h}×{v}" for h, v in (first, *others))

    def essential(self) -> bytes:
        """The file without comments, application data and bytes outside, ended where it ends early; it
        decodes to the same pixels.

        JFIF and Adobe segments stay, as they tell the colour space.
        """
        dropped = {COM, *range(APP0, APP15 + 1)} - {APP0, APP14}
        whole = self.length == len(self.payload) and self.ended and not self.faults
        if whole and not any(s[0] in dropped for s in self.segments):
            return self.payload
        return self._rewritten(dropped, None)

    def completed(self) -> tuple[bytes, tuple[tuple[int, int], ...]]:
        """A file with the same coefficients, and the grids of blocks (rows, columns) to find in it.

        An interleaved file's sides are rounded up to whole units, so that libjpeg also hands out the blocks
        that only complete a unit. Where that would exceed `MAX_SIDE`, it doesn't.
        """
        indices = range(len(self.frame.components))
        dropped = {COM, DNL, *range(APP0, APP15 + 1)}
        rows, columns = self.frame.units()
        height, width = rows * 8 * self.frame.v_max, columns * 8 * self.frame.h_max
        if not self.interleaved or len(self.scans) > 1 or max(height, width) > MAX_SIDE:
            return self._rewritten(dropped, None), tuple(self.frame.blocks(i) for i in indices)
        grids = tuple(self.frame.completed_blocks(i) for i in indices)
        return self._rewritten(dropped, (height, width)), grids

    def _rewritten(self, dropped: set[int], size: tuple[int, int] | None) -> bytes:
        parts = [bytes((0xFF, SOI))]
        scans = iter(self.scans)
        for marker, start, end in self.segments:
            if marker in dropped:
                continue
            segment = self.payload[start:end]
            if marker in FRAMES and size is not None:
                height, width = size
                segment = segment[:5] + height.to_bytes(2, "big") + width.to_bytes(2, "big") + segment[9:]
            parts.append(segment)
            if marker == SOS:
                scan = next(scans)
                parts.append(self.payload[scan.start : scan.end])
        parts.append(bytes((0xFF, EOI)))
        return b"".join(parts)


_NOTATIONS = {
    (1, 1): "4:4:4",
    (2, 1): "4:2:2",
    (2, 2): "4:2:0",
    (4, 1): "4:1:1",
    (4, 2): "4:1:0",
    (1, 2): "4:4:0",
}
"""J:a:b notation by how much coarser chroma is than luma, across and down."""
