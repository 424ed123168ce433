"""Structure of AVIF files (ISO/IEC 14496-12, 23008-12), down to the picture's AV1 data."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from engine.codecs.avif.av1_header import FrameFacts, frame_facts
from engine.codecs.bit_reader import PlainBits
from engine.codecs.damage import DamagedError
from engine.codecs.seal import boxes_broken

_GRID, _CODED = b"grid", b"av01"


@dataclass(frozen=True)
class AvifFacts:
    """step: of AC coefficients in AV1's 8-bit units, None when hidden. subsampling: J:a:b."""

    step: float | None
    subsampling: str


@dataclass(frozen=True)
class _Box:
    kind: bytes
    start: int
    end: int


def parse(payload: bytes) -> AvifFacts:
    """Check that boxes and the picture's data are whole and read what its (first) tile says of itself.

    Raises DamagedError, or struct.error or IndexError where the data end too early.
    """
    if boxes_broken(payload):
        raise DamagedError("its check sum is wrong")
    top = list(_boxes(payload, 0, len(payload)))
    meta = next((box for box in top if box.kind == b"meta"), None)
    if meta is None:
        return AvifFacts(None, "")  # a sequence only
    boxes = {box.kind: box for box in _boxes(payload, meta.start + 4, meta.end)}
    item = _primary(payload, boxes[b"pitm"])
    kinds = dict(_item_kinds(payload, boxes[b"iinf"]))
    places = _places(payload, boxes[b"iloc"], boxes.get(b"idat"))
    if kinds.get(item) == _GRID:
        item = _first_of_grid(payload, boxes[b"iref"], item)
    if kinds.get(item) != _CODED or item not in places:
        return AvifFacts(None, "")
    data = b"".join(payload[start:end] for start, end in places[item])
    frame: FrameFacts = frame_facts(data)
    return AvifFacts(frame.step, frame.subsampling)


def _boxes(payload: bytes, at: int, end: int) -> Iterator[_Box]:
    while at < end:
        size, kind = struct.unpack_from(">I4s", payload, at)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", payload, at + 8)
            head = 16
        stop = end if size == 0 else at + size
        if stop > end:
            raise DamagedError("its data are cut off")
        if stop < at + head:
            raise DamagedError("a box has no length")
        yield _Box(kind, at + head, stop)
        at = stop


def _primary(payload: bytes, box: _Box) -> int:
    return int(struct.unpack_from(">I" if payload[box.start] else ">H", payload, box.start + 4)[0])


def _item_kinds(payload: bytes, box: _Box) -> Iterator[tuple[int, bytes]]:
    head = 8 if payload[box.start] else 6
    for entry in _boxes(payload, box.start + head, box.end):
        if payload[entry.start] >= 2:
            form = ">IH4s" if payload[entry.start] == 3 else ">HH4s"
            item, _, kind = struct.unpack_from(form, payload, entry.start + 4)
            yield item, kind


def _places(payload: bytes, box: _Box, idat: _Box | None) -> dict[int, list[tuple[int, int]]]:
    """Extents of each item, as positions in the file (14496-12, 8.11.3)."""
    version = payload[box.start]
    sizes, more = payload[box.start + 4 : box.start + 6]
    widths = (sizes >> 4, sizes & 15, more >> 4, (more & 15) if version else 0)
    if any(width not in (0, 4, 8) for width in widths):
        raise DamagedError("the places of its data make no sense")
    reader = PlainBits(payload, box.start + 6)
    count = reader.number(16 if version < 2 else 32)
    places: dict[int, list[tuple[int, int]]] = {}
    for _ in range(count):
        item = reader.number(16 if version < 2 else 32)
        method = reader.number(16) & 15 if version else 0
        reader.number(16)
        base = reader.number(8 * widths[2])
        origin = base if method == 0 or idat is None else base + idat.start
        extents: list[tuple[int, int]] = []
        parts, size = reader.number(16), 0
        if parts > 1 and not any((*widths[:2], widths[3])):
            raise DamagedError("the places of its data make no sense")  # all alike, and without end
        for _ in range(parts):
            reader.number(8 * widths[3])
            start = origin + reader.number(8 * widths[0])
            length = reader.number(8 * widths[1])
            end = start + length if length else len(payload)
            size += end - start
            if end > len(payload):
                raise DamagedError("its data are cut off")
            if size > len(payload):
                raise DamagedError("a picture takes more than all of its data")
            extents.append((start, end))
        if method < 2:
            places[item] = extents
    return places


def _first_of_grid(payload: bytes, box: _Box, item: int) -> int:
    """The item that is the first tile of the grid `item`."""
    form = ">HHH" if payload[box.start] == 0 else ">IHI"
    for reference in _boxes(payload, box.start + 4, box.end):
        source, count, first = struct.unpack_from(form, payload, reference.start)
        if reference.kind == b"dimg" and source == item and count:
            return int(first)
    raise DamagedError("a grid has no tiles")
