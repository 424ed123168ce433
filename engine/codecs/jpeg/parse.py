"""From the bytes of a JPEG file to a `JpegStream`, with everything checked that libjpeg would trip over.

libjpeg's wrapper brings the process down where a header is impossible, so what passes here must be sound:
lengths, table numbers, Huffman codes, scan parameters. The entropy-coded data themselves are not decoded.
A file that breaks off or goes wrong behind its first scan header counts as what came until then, and its
`JpegStream.faults` say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from engine.codecs.damage import DamagedError
from engine.codecs.jpeg import headers
from engine.codecs.jpeg import stream as js
from engine.codecs.jpeg.arrival import faults_of
from engine.codecs.jpeg.entropy_markers import EntropyMarkers
from engine.codecs.jpeg.stream import HuffmanTable, JpegFrame, JpegScan, JpegStream
from engine.errors import UserError

_RESTARTS = range(0xD0, 0xD8)
_TEM = 0x01
_KNOWN = frozenset({js.DHT, 0xCC, js.DQT, js.DNL, js.DRI, js.SOS, js.COM, *range(js.APP0, js.APP15 + 1)})
_HIERARCHICAL = frozenset({0xDE, 0xDF})
"""DHP and EXP (T.81, annex J): a picture in several frames, which libjpeg refuses, too."""
_START = b"\xff\xd8\xff"
_MOST_JUNK = 1 << 16
_FIRST_SEGMENTS = (
    frozenset({0xDE, js.DQT, js.DHT, js.DRI, js.COM, 0xFF, *range(js.APP0, js.APP15 + 1)}) | js.FRAMES
)
_MOST_SCANS = 500
_LARGE = 16_000_000
"""Pixels from which on there must be some data for them."""


def find_start(payload: bytes) -> int | None:
    """Where a JPEG file begins: at 0, or within the first 64 KiB behind bytes that are not its own; None:
    nowhere. There must be a start marker with the marker of a segment behind it."""
    at = payload.find(_START, 0, _MOST_JUNK)
    while at >= 0:
        if payload[at + 3 : at + 4] and payload[at + 3] in _FIRST_SEGMENTS:
            return at
        at = payload.find(_START, at + 1, _MOST_JUNK)
    return 0 if payload.startswith(_START) else None


def parse(payload: bytes, name: str) -> JpegStream:
    """Read the markers of a JPEG file as far as they go; bytes before and after it are allowed.

    Raises UserError, naming `name`, when the file is not JPEG, ends or is damaged before its first scan, or
    uses a process other than 8-bit baseline, extended sequential or progressive DCT.
    """
    return _Parser(payload, name).parse()


class _Parser:
    def __init__(self, payload: bytes, name: str) -> None:
        self.payload = payload
        self.name = name
        self.markers = EntropyMarkers(payload)
        self.frame: JpegFrame | None = None
        self.scans: list[JpegScan] = []
        self.segments: list[tuple[int, int, int]] = []
        self.tables: dict[int, NDArray[np.uint16]] = {}
        self.huffman: dict[int, HuffmanTable] = {}
        self.restart = 0
        self.latched: dict[int, NDArray[np.uint16]] = {}
        self.faults: list[str] = []
        self.jfif = False
        self.adobe: int | None = None

    def damaged(self, reason: str) -> NoReturn:
        raise DamagedError(reason)

    def cut_off(self) -> NoReturn:
        if self.scans:
            self.damaged("its end marker is missing")
        self.damaged(f"cut off after {len(self.payload):,} bytes")

    def parse(self) -> JpegStream:
        start = find_start(self.payload)
        if start is None:
            raise UserError(f"{self.name}: not a JPEG file")
        end = None
        try:
            end = self._markers(start + 2)
        except DamagedError as reason:
            if not self.scans:
                raise UserError(f"{self.name}: the JPEG file is damaged ({reason})") from None
            self.faults.append(str(reason))
        if self.frame is None or not self.scans:
            raise UserError(f"{self.name}: the JPEG file is damaged (it holds no picture)")
        return self._finish(self.frame, start, end)

    def _markers(self, position: int) -> int:
        """Read segments up to the end marker; returns the position behind it. Raises DamagedError."""
        while True:
            if self._complete():
                return self._end(position)
            marker, start = self._next_marker(position)
            position = start + 2
            if marker == js.EOI:
                return position
            if marker in _RESTARTS or marker == _TEM:
                continue
            if marker == js.SOI:
                self.damaged("a second start of image")
            if marker in _HIERARCHICAL and self.frame is None:  # behind it, damage
                raise UserError(f"{self.name}: hierarchical JPEG is not supported")
            if marker not in _KNOWN and marker not in js.FRAMES:
                self.damaged(f"unknown marker 0xFF{marker:02X}")
            position = self._segment(marker, start)

    def _complete(self) -> bool:
        """Whether all of a sequential picture has come, so that nothing more can change it."""
        frame = self.frame
        if frame is None or frame.progressive or not self.scans:
            return False
        return len(self.latched) == len(frame.components)

    def _end(self, position: int) -> int:
        """Position behind the end marker of a picture that is complete at `position`. Raises DamagedError."""
        while True:
            marker, start = self._next_marker(position)
            if marker == js.EOI:
                return start + 2
            if marker == js.SOI:
                self.damaged("its end marker is missing")
            behind = start + 2 + int.from_bytes(self.payload[start + 2 : start + 4], "big")
            skip = marker in _KNOWN and self.payload[behind : behind + 1] == b"\xff"
            position = behind if skip else start + 2

    def _next_marker(self, position: int) -> tuple[int, int]:
        """The next marker and where its 0xFF is, over stray and fill bytes as libjpeg skips them."""
        while True:
            start = self.payload.find(b"\xff", position)
            if start < 0 or start + 1 >= len(self.payload):
                self.cut_off()
            marker = self.payload[start + 1]
            if marker not in (0x00, 0xFF):
                return marker, start
            position = start + (1 if marker == 0xFF else 2)

    def _segment(self, marker: int, start: int) -> int:
        """Read the marker segment at `start`; returns the position after it and its scan data."""
        length = int.from_bytes(self.payload[start + 2 : start + 4], "big")
        end = start + 2 + length
        if start + 4 > len(self.payload) or end > len(self.payload):
            self.cut_off()
        if length < 2:
            self.damaged(f"an impossible length of the segment 0xFF{marker:02X}")
        after = end
        body = self.payload[start + 4 : end]
        if marker == js.DQT:
            self.tables.update(headers.quantisation_tables(body, self.damaged))
        elif marker == js.DHT:
            self.huffman.update(headers.huffman_tables(body, self.damaged))
        elif marker == js.DRI:
            if len(body) != 2:
                self.damaged("a broken restart interval")
            self.restart = int.from_bytes(body, "big")
        elif marker in js.FRAMES:
            if self.frame is not None:
                self.damaged("a second frame header")
            self.frame = headers.frame(marker, body, self.name, self.damaged)
        elif marker == js.SOS:
            after = self._scan(body, end)
        elif not self.scans:
            self._application(marker, body)
        self.segments.append((marker, start, end))
        return after

    def _application(self, marker: int, body: bytes) -> None:
        if marker == js.APP0 and body.startswith(b"JFIF\0") and len(body) >= 14:
            self.jfif = True
        elif marker == js.APP14 and body.startswith(b"Adobe") and len(body) >= 12:
            self.adobe = body[11]

    def _scan(self, body: bytes, start: int) -> int:
        """B.2.3; returns where the scan's data end."""
        frame = self.frame
        if frame is None:
            self.damaged("a scan before the frame header")
        count = body[0] if body else 0
        if not 1 <= count <= 4 or len(body) != 4 + 2 * count:
            self.damaged("a broken scan header")
        indices: list[int] = []
        dc: list[HuffmanTable | None] = []
        ac: list[HuffmanTable | None] = []
        for i in range(1, 1 + 2 * count, 2):
            matches = [
                k for k, c in enumerate(frame.components) if c.identifier == body[i] and k not in indices
            ]
            if not matches or body[i + 1] >> 4 > 3 or body[i + 1] & 15 > 3:
                self.damaged("a broken scan header")
            indices.append(matches[0])
            dc.append(self.huffman.get(body[i + 1] >> 4))
            ac.append(self.huffman.get(0x10 | (body[i + 1] & 15)))
        first, last, approximation = body[-3:]
        headers.check_scan(
            frame, indices, (first, last), (approximation >> 4, approximation & 15), self.damaged
        )
        if not frame.arithmetic:
            headers.check_tables(frame, dc, ac, first, approximation >> 4, self.damaged)
        self._latch(frame, indices)
        found = self.markers.end_of_data(start, self.restart > 0)
        end = len(self.payload) if found is None else found
        stuffed, filling = self.markers.within(start, end)
        rows, columns = frame.scan_units(indices)
        intervals = -(-rows * columns // self.restart) if self.restart else 1
        if intervals > max(8 * (end - start), 1 << 16) or len(self.scans) == _MOST_SCANS:
            self.damaged("its scans make no sense")
        segments, restarts = self.markers.segments(start, end, intervals)
        self.scans.append(
            JpegScan(
                tuple(indices),
                tuple(dc),
                tuple(ac),
                (first, last),
                (approximation >> 4, approximation & 15),
                self.restart,
                start,
                end,
                segments,
                stuffed,
                filling,
                restarts,
            )
        )
        return end

    def _latch(self, frame: JpegFrame, indices: Sequence[int]) -> None:
        """A component's quantisation table is the one in force at its first scan."""
        for index in indices:
            if index not in self.latched:
                table = self.tables.get(frame.components[index].table)
                if table is None:
                    self.damaged("a quantisation table is missing")
                self.latched[index] = table

    def _finish(self, frame: JpegFrame, start: int, end: int | None) -> JpegStream:
        indices = range(len(frame.components))
        if 0 not in self.latched:
            raise UserError(f"{self.name}: the JPEG file is damaged (its first component is missing)")
        if not frame.arithmetic:
            # A block takes at least one bit for its DC code, and a sequential one another to end.
            blocks = sum(rows * columns for rows, columns in map(frame.blocks, indices))
            coded = 8 * sum(int((s.segments[:, 1] - s.segments[:, 0]).sum()) for s in self.scans)
            needed = blocks * (2 if frame.sequential else 1)
            if coded < needed and (end is not None or coded < needed // 64) and blocks > _LARGE // 64:
                size = f"{frame.width}×{frame.height} pixels"
                raise UserError(f"{self.name}: the JPEG file is damaged (too few data for {size})")
        first = self.latched[0]
        stream = JpegStream(
            self.payload,
            frame,
            tuple(self.scans),
            tuple(self.latched.get(index, first) for index in indices),
            headers.colour(frame, self.jfif, self.adobe),
            tuple(self.segments),
            start,
            len(self.payload) if end is None else end,
            ended=end is not None,
        )
        return replace(stream, faults=(*dict.fromkeys(self.faults), *faults_of(stream)))
