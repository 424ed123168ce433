"""The samples of single components of a JPEG 2000 stream, as OpenJPEG decodes them.

Pillow hands out pixels, not components: where these have fewer samples than the picture it fills them up,
and for odd sides it loses its place. So such a stream is written anew, tile by tile, on the grid of its
components' own samples. Components of different grids are taken out one by one before: packets belong to one
component each (T.800, B.9), and those of one, behind a header that knows no other, are a stream of their own.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.codecs.jpeg2000.packets import packet_order, read_packets
from engine.codecs.jpeg2000.parse import COD, EOC, QCD, SIZ, SOC, SOD, SOT, Codestream
from engine.codecs.jpeg2000.tiles import cut_tile
from engine.codecs.jpeg2000.whites import samples

Plane = NDArray[np.uint8]
Deep = NDArray[np.uint16]
Box = tuple[int, int, int, int]
"""Left, top, right and bottom."""
_MOST, _MOST_SAMPLES = 4, 40_000_000
FIRST = (0, 1, 2)
"""What is shown of more components than Pillow has a mode for."""
_TRANSFORM_AT = 4
"""Place of the colour transform in the body of COD (T.800, table A.15)."""


def component_planes(codestream: bytes, stream: Codestream) -> list[Plane] | None:
    """Each component's samples scaled to 8 bits, uint8 (its own height, its own width), of more than four
    the first three; None where the stream's structure doesn't let them be told apart. Raises what Pillow
    raises, and DamagedError."""
    grids = {(each.dx, each.dy) for each in stream.components}
    if len(stream.components) > _MOST and grids == {(1, 1)} and not stream.odd:
        return _tile_by_tile(codestream, stream, FIRST)
    if len(stream.components) > _MOST or stream.width * stream.height > _MOST_SAMPLES:
        return None
    if grids == {(1, 1)}:
        return _scaled(_decoded(codestream), stream, range(len(stream.components)))
    if stream.odd or (len(grids) > 1 and stream.colour_transform):
        return None
    if len(grids) == 1:
        return _tile_by_tile(codestream, stream, range(len(stream.components)))
    planes: list[Plane] = []
    for index in range(len(stream.components)):
        alone = _tile_by_tile(codestream, stream, (index,))
        if alone is None:
            return None
        planes += alone
    return planes


def _decoded(codestream: bytes) -> list[Deep]:
    """Samples as Pillow has them: with 8 bits, or with 16 where one component has more."""
    array = samples(codestream)
    planes = [array] if array.ndim == 2 else [array[..., index] for index in range(array.shape[2])]
    return [plane.astype(np.uint16) for plane in planes]


def _scaled(planes: Sequence[Deep], stream: Codestream, components: Sequence[int]) -> list[Plane]:
    """Pillow shifts samples of fewer bits than 8 up to the top; those of a stream of one component with more
    than 8 bits stay within 16."""
    made: list[Plane] = []
    for plane, index in zip(planes, components, strict=True):
        bits = stream.components[index].bits
        room = 16 if len(components) == 1 and bits > 8 else 8
        if bits == 8 or bits > room:  # as they are, or with the lower bits cut off
            made.append((plane >> (room - 8)).astype(np.uint8))
            continue
        levels = np.minimum((np.arange(1 << room) >> (room - bits)) * (255 / (2**bits - 1)), 255)
        made.append(np.rint(levels).astype(np.uint8)[plane])
    return made


def _tile_by_tile(codestream: bytes, stream: Codestream, components: Sequence[int]) -> list[Plane] | None:
    """Components that share a grid, each tile decoded as a stream of its own; None for orders of packets that
    can't be followed."""
    dx, dy = stream.components[components[0]].dx, stream.components[components[0]].dy
    left, top, right, bottom = _on_grid((stream.x0, stream.y0, stream.x1, stream.y1), dx, dy)
    if left >= right or top >= bottom or (right - left) * (bottom - top) > _MOST_SAMPLES:
        return None
    deep = [np.zeros((bottom - top, right - left), np.uint16) for _ in components]
    for number in sorted(stream.tiles):
        area = _on_grid(_tile_area(stream, number), dx, dy)
        if area[0] >= area[2] or area[1] >= area[3]:
            continue
        kept = _kept(stream, number, components)
        if kept is None:
            return None
        made = _decoded(_written(codestream, stream, components, area, kept))
        here = np.s_[area[1] - top : area[3] - top, area[0] - left : area[2] - left]
        for plane, part in zip(deep, made, strict=True):
            plane[here] = part
    return _scaled(deep, stream, components)


def _tile_area(stream: Codestream, number: int) -> Box:
    """A tile on the reference grid (T.800, B.3)."""
    tx, ty, tw, th = stream.tile
    row, column = divmod(number, -(-(stream.x1 - tx) // tw))
    x, y = tx + column * tw, ty + row * th
    return max(x, stream.x0), max(y, stream.y0), min(x + tw, stream.x1), min(y + th, stream.y1)


def _on_grid(area: Box, dx: int, dy: int) -> Box:
    """A part of the reference grid in a component's own samples."""
    return -(-area[0] // dx), -(-area[1] // dy), -(-area[2] // dx), -(-area[3] // dy)


def _kept(stream: Codestream, number: int, components: Sequence[int]) -> bytes | None:
    """A tile's packets of some components."""
    raw = bytes(stream.tiles[number])
    if len(components) == len(stream.components):
        return raw
    assert stream.coding is not None
    assert stream.quantisation is not None
    tile = cut_tile(stream, number, stream.coding, stream.quantisation)
    order = None if tile is None else packet_order(stream.coding, tile)
    if order is None:
        return None
    packets = read_packets(raw, stream.coding, order)
    return b"".join(raw[start:end] for component, start, end in packets if component in components)


def _written(
    codestream: bytes, stream: Codestream, components: Sequence[int], area: Box, packets: bytes
) -> bytes:
    """A stream of one tile, `area`, in which the components' samples are the reference grid."""
    left, top, right, bottom = area
    size = (right, bottom, left, top, right - left, bottom - top, left, top)
    parts = [struct.pack(">HHHH8IH", SOC, SIZ, 38 + 3 * len(components), 0, *size, len(components))]
    parts += [bytes((codestream[42 + 3 * index], 1, 1)) for index in components]
    for start, end in stream.segments:
        marker, length = struct.unpack_from(">HH", codestream, start - 4)
        body = codestream[start:end]
        if marker == COD and tuple(components[:3]) != FIRST:
            body = body[:_TRANSFORM_AT] + b"\0" + body[_TRANSFORM_AT + 1 :]
        if marker in (COD, QCD):
            parts.append(struct.pack(">HH", marker, length) + body)
    parts.append(struct.pack(">HHHIBBH", SOT, 10, 0, 14 + len(packets), 0, 1, SOD) + packets)
    parts.append(struct.pack(">H", EOC))
    return b"".join(parts)
