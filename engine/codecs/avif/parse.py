"""Structure of AVIF files (ISO/IEC 14496-12, 23008-12), down to the picture's AV1 data."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from engine.codecs.avif.av1_header import FrameFacts, frame_facts
from engine.codecs.bit_reader import PlainBits
from engine.codecs.damage import DamagedError
from engine.codecs.seal import boxes_broken
from engine.io.cicp import cicp_words

_GRID, _CODED = b"grid", b"av01"


@dataclass(frozen=True)
class AvifFacts:
    """step: of AC coefficients in AV1's 8-bit units, None when hidden. subsampling: J:a:b. further: bytes of
    a sequence's frames that are no part of the still picture. notes: what its properties ask for."""

    step: float | None
    subsampling: str
    further: int = 0
    notes: tuple[str, ...] = ()


_APERTURE = "clean aperture"


def aperture_notes(payload: bytes) -> list[str]:
    """What the properties of a file ask for that showing it leaves out, but for colours; for
    `engine.io.readers`. Raises as `parse`."""
    return [note for note in parse(payload).notes if _APERTURE in note]


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
    notes = tuple(_property_notes(payload, boxes[b"iprp"])) if b"iprp" in boxes else ()
    further = _further(top, [extent for extents in places.values() for extent in extents])
    if kinds.get(item) == _GRID:
        item = _first_of_grid(payload, boxes[b"iref"], item)
    if kinds.get(item) != _CODED or item not in places:
        return AvifFacts(None, "", further, notes)
    data = b"".join(payload[start:end] for start, end in places[item])
    frame: FrameFacts = frame_facts(data)
    return AvifFacts(frame.step, frame.subsampling, further, notes)


def _further(top: list[_Box], extents: list[tuple[int, int]]) -> int:
    """Bytes of a sequence: its index, and what no item holds of the data."""
    index = sum(box.end - box.start + 8 for box in top if box.kind == b"moov")
    if not index:
        return 0
    data = 0
    for box in top:
        if box.kind == b"mdat":
            at = box.start
            for start, end in sorted(extents):
                if box.start <= start < box.end:
                    data += max(0, start - at)
                    at = max(at, min(end, box.end))
            data += box.end - at
    return index + data


def _property_notes(payload: bytes, box: _Box) -> Iterator[str]:
    """What is asked of whoever shows the picture (23000-22, 23008-12), and isn't done here."""
    store = next((each for each in _boxes(payload, box.start, box.end) if each.kind == b"ipco"), None)
    if store is None:
        return
    for each in _boxes(payload, store.start, store.end):
        if each.kind == b"clap":
            numbers = struct.unpack_from(">4I", payload, each.start)
            if numbers[1] and numbers[3]:
                size = f"{numbers[0] / numbers[1]:g}×{numbers[2] / numbers[3]:g}"
                yield f"shown whole, not cropped to its {_APERTURE} ({size})"
        elif each.kind == b"colr" and payload[each.start : each.start + 4] == b"nclx":
            primaries, transfer = struct.unpack_from(">HH", payload, each.start + 4)
            if words := cicp_words(primaries, transfer):
                yield f"colours shown as coded: they are {words}"


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
