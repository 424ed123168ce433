"""The samples of single components of a JPEG 2000 stream, as OpenJPEG decodes them.

Pillow hands out pixels, not components: where these have fewer samples than the picture it fills them up, and
for odd sides it loses its place. So a component that is subsampled is taken out of the stream first: packets
belong to one component each (T.800, B.9), and those of one, behind a header that knows no other, are a stream
of their own.
"""

from __future__ import annotations

import struct
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile

from engine.codecs.jpeg2000.packets import packet_order, read_packets
from engine.codecs.jpeg2000.parse import COD, EOC, QCD, SIZ, SOC, SOD, SOT, Codestream
from engine.codecs.jpeg2000.tiles import cut_tile

Plane = NDArray[np.uint8]
_MOST = 4


def component_planes(codestream: bytes, stream: Codestream) -> list[Plane] | None:
    """Each component's samples scaled to 8 bits, uint8 (its own height, its own width); None where the
    stream's structure doesn't let them be told apart. Raises what Pillow raises, and DamagedError."""
    if len(stream.components) > _MOST:
        return None
    if all((each.dx, each.dy) == (1, 1) for each in stream.components):
        planes = _decoded(codestream)
        return [_scaled(plane, each.bits) for plane, each in zip(planes, stream.components, strict=True)]
    alones: list[Plane] = []
    for index, each in enumerate(stream.components):
        alone = _alone(codestream, stream, index)
        if alone is None:
            return None
        alones.append(_scaled(_decoded(alone)[0], each.bits))
    return alones


def _decoded(codestream: bytes) -> list[NDArray[np.uint16]]:
    """Samples as Pillow has them: with 8 bits, or with 16 where one component has more."""
    with Jpeg2KImageFile(BytesIO(codestream)) as image:
        image.load()
        array = np.asarray(image)
    planes = [array] if array.ndim == 2 else [array[..., index] for index in range(array.shape[2])]
    return [plane.astype(np.uint16) for plane in planes]


def _scaled(plane: NDArray[np.uint16], bits: int) -> Plane:
    """Pillow shifts samples of fewer bits than 8, or 16, up to the top."""
    if bits == 8:
        return plane.astype(np.uint8)
    room = 16 if plane.size and plane.max() > 255 else 8
    if bits > room:  # it has cut the lower bits off
        return plane.astype(np.uint8)
    levels = np.minimum((plane >> (room - bits)) * (255 / (2**bits - 1)), 255)
    scaled: Plane = np.rint(levels).astype(np.uint8)
    return scaled


def _alone(codestream: bytes, stream: Codestream, index: int) -> bytes | None:
    """The stream of one component; None for orders of packets that can't be followed."""
    coding, quantisation, own = stream.coding, stream.quantisation, stream.components[index]
    assert coding is not None
    assert quantisation is not None
    grid = _grid(stream, own.dx, own.dy)
    if stream.odd or stream.colour_transform or grid is None:
        return None
    (depth,) = struct.unpack_from(">B", codestream, 42 + 3 * index)
    parts = [struct.pack(">HHHH8IHBBB", SOC, SIZ, 41, 0, *grid, 1, depth, 1, 1)]
    for start, end in stream.segments:
        marker, length = struct.unpack_from(">HH", codestream, start - 4)
        if marker in (COD, QCD):
            parts.append(struct.pack(">HH", marker, length) + codestream[start:end])
    for number, data in sorted(stream.tiles.items()):
        tile = cut_tile(stream, number, coding, quantisation)
        order = None if tile is None else packet_order(coding, tile)
        if order is None:
            return None
        raw = bytes(data)
        kept = b"".join(
            raw[start:end] for component, start, end in read_packets(raw, coding, order) if component == index
        )
        parts.append(struct.pack(">HHHIBBH", SOT, 10, number, 14 + len(kept), 0, 1, SOD) + kept)
    parts.append(struct.pack(">H", EOC))
    return b"".join(parts)


def _grid(stream: Codestream, dx: int, dy: int) -> tuple[int, ...] | None:
    """Image area and tiles (Xsiz, Ysiz, XOsiz, YOsiz, XTsiz, YTsiz, XTOsiz, YTOsiz) on a component's own
    samples; None where its tiles begin between them."""
    tx, ty, tw, th = stream.tile
    edges = [
        -(-edge // step) for edge, step in
        ((stream.x1, dx), (stream.y1, dy), (stream.x0, dx), (stream.y0, dy))
    ]  # fmt: skip
    if edges[0] <= edges[2] or edges[1] <= edges[3]:
        return None
    if tx + tw >= stream.x1 and ty + th >= stream.y1:  # one tile
        return (*edges, edges[0] - edges[2], edges[1] - edges[3], edges[2], edges[3])
    if tx % dx or tw % dx or ty % dy or th % dy:
        return None
    return (*edges, tw // dx, th // dy, tx // dx, ty // dy)
