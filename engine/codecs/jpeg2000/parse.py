"""Structure of JPEG 2000 files (T.800): boxes, marker segments and tile-parts, checked for being whole."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from engine.codecs.damage import DamagedError

SOC, SIZ, COD, COC, RGN, QCD, QCC, POC = 0xFF4F, 0xFF51, 0xFF52, 0xFF53, 0xFF5E, 0xFF5C, 0xFF5D, 0xFF5F
PPM, PPT, SOT, SOD, EOC = 0xFF60, 0xFF61, 0xFF90, 0xFF93, 0xFFD9
_BOX_SIGNATURE = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_SUBSAMPLING = {(1, 1): "4:4:4", (2, 1): "4:2:2", (2, 2): "4:2:0", (1, 2): "4:4:0", (4, 1): "4:1:1"}
_MOST_COMPONENTS = 64


@dataclass(frozen=True)
class Siting:
    """One component: its depth in bits, and the distance of its samples on the reference grid."""

    bits: int
    dx: int
    dy: int


@dataclass(frozen=True)
class Coding:
    """COD: packets and code-blocks (T.800, A.6.1). block_width, block_height and precincts (one pair a
    resolution, coarsest first) are exponents of two."""

    progression: int
    layers: int
    levels: int
    block_width: int
    block_height: int
    style: int
    reversible: bool
    precincts: tuple[tuple[int, int], ...]
    start_marks: bool
    end_marks: bool


@dataclass(frozen=True)
class Quantisation:
    """QCD: for each subband, coarsest first, its exponent and mantissa (A.6.4)."""

    guard_bits: int
    exponents: tuple[int, ...]
    mantissas: tuple[int, ...]


@dataclass
class Codestream:
    """What the main header says, and the data of each tile, its parts put together.

    x0, y0, x1, y1: image area on the reference grid. odd: markers that change the order or the place of
    packet headers, or coding by component, were met. segments: where the bodies of the main header's marker
    segments begin and end. end: where the codestream ends. Positions count from its beginning.
    """

    x0: int
    y0: int
    x1: int
    y1: int
    tile: tuple[int, int, int, int]
    components: tuple[Siting, ...]
    coding: Coding | None = None
    quantisation: Quantisation | None = None
    colour_transform: bool = False
    odd: bool = False
    segments: list[tuple[int, int]] = field(default_factory=list)
    end: int = 0
    tiles: dict[int, bytearray] = field(default_factory=dict)

    @property
    def width(self) -> int:
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        return self.y1 - self.y0

    @property
    def subsampling(self) -> str:
        if len(self.components) < 3:
            return "4:0:0"
        chroma = self.components[1]
        return _SUBSAMPLING.get((chroma.dx, chroma.dy), "")


def find_codestream(payload: bytes) -> tuple[int, int | None]:
    """Where the codestream begins, and where its box ends (None: no boxes). Raises DamagedError."""
    if not payload.startswith(_BOX_SIGNATURE):
        return 0, None
    at = 0
    while at < len(payload):
        size, kind = struct.unpack_from(">I4s", payload, at)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", payload, at + 8)
            head = 16
        end = len(payload) if size == 0 else at + size
        if end > len(payload) or end < at + head:
            raise DamagedError("its data are cut off" if end > len(payload) else "a box has no length")
        if kind == b"jp2c":
            return at + head, end
        at = end
    raise DamagedError("it holds no codestream")


def boxed(codestream: bytes) -> bytes:
    """A codestream of 8-bit samples as a JP2 file (T.800, annex I). Raises DamagedError, and struct.error or
    ValueError, when it isn't whole."""
    stream = parse(codestream, 0, None)
    count = len(stream.components)
    header = struct.pack(">IIHBBBB", stream.height, stream.width, count, 7, 7, 0, 0)
    space = struct.pack(">BBBI", 1, 0, 0, 17 if count == 1 else 16)  # enumerated: grey, or sRGB
    parts = (
        (b"ftyp", b"jp2 " + struct.pack(">I", 0) + b"jp2 "),
        (b"jp2h", _box(b"ihdr", header) + _box(b"colr", space)),
        (b"jp2c", codestream),
    )
    return _BOX_SIGNATURE + b"".join(_box(kind, data) for kind, data in parts)


def _box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(data), kind) + data


def parse(payload: bytes, start: int, limit: int | None) -> Codestream:
    """Read the codestream that begins at `start`; `limit` is the end of its box.

    Raises DamagedError, and struct.error or ValueError, unless it runs in one chain to its end marker.
    """
    last = len(payload) if limit is None else limit
    if struct.unpack_from(">HH", payload, start) != (SOC, SIZ):
        raise DamagedError("it doesn't begin as a codestream does")
    stream = _size(payload, start + 2)
    at = start + 2
    while True:
        (marker,) = struct.unpack_from(">H", payload, at)
        if marker == SOT:
            break
        if marker < 0xFF01:
            raise DamagedError("there is no marker where one is due")
        (length,) = struct.unpack_from(">H", payload, at + 2)
        if length < 2 or at + 2 + length > last:
            raise DamagedError("its data are cut off")
        stream.segments.append((at + 4 - start, at + 2 + length - start))
        _main_segment(stream, marker, payload[at + 4 : at + 2 + length])
        at += 2 + length
    if stream.coding is None or stream.quantisation is None:
        raise DamagedError("its header lacks coding parameters")
    stream.end = _tile_parts(stream, payload, at, last) - start
    return stream


def _size(payload: bytes, at: int) -> Codestream:
    x1, y1, x0, y0, tw, th, tx, ty, count = struct.unpack_from(">8IH", payload, at + 6)
    if not (x0 < x1 and y0 < y1 and tw and th and tx <= x0 and ty <= y0 and x0 < tx + tw and y0 < ty + th):
        raise DamagedError("its sizes make no sense")
    if not 1 <= count <= _MOST_COMPONENTS:
        raise DamagedError(f"it claims {count:,} components")
    components = []
    for index in range(count):
        depth, dx, dy = struct.unpack_from(">3B", payload, at + 40 + 3 * index)
        if not (dx and dy):
            raise DamagedError("its sizes make no sense")
        components.append(Siting((depth & 0x7F) + 1, dx, dy))
    return Codestream(x0, y0, x1, y1, (tx, ty, tw, th), tuple(components))


def _main_segment(stream: Codestream, marker: int, body: bytes) -> None:
    if marker == COD:
        style, progression, layers, transform = struct.unpack_from(">BBHB", body)
        levels, width, height, block_style, kernel = struct.unpack_from(">5B", body, 5)
        if levels > 32 or not layers or width > 8 or height > 8:
            raise DamagedError("its coding parameters make no sense")
        sizes = tuple((b & 15, b >> 4) for b in body[10 : 11 + levels]) if style & 1 else ()
        if style & 1 and len(sizes) != levels + 1:
            raise DamagedError("its coding parameters are cut off")
        stream.colour_transform = bool(transform)
        stream.coding = Coding(
            progression, layers, levels, width + 2, height + 2, block_style, kernel == 1,
            sizes or ((15, 15),) * (levels + 1), bool(style & 2), bool(style & 4),
        )  # fmt: skip
    elif marker == QCD:
        stream.quantisation = _quantisation(body)
    elif marker in (COC, QCC, RGN, POC, PPM):
        stream.odd = True


def _quantisation(body: bytes) -> Quantisation:
    style, guard = body[0] & 31, body[0] >> 5
    if style == 0:
        return Quantisation(guard, tuple(b >> 3 for b in body[1:]), (0,) * (len(body) - 1))
    values = struct.unpack(f">{(len(body) - 1) // 2}H", body[1 : 1 + (len(body) - 1) // 2 * 2])
    if style == 1:  # the others follow from the coarsest subband's (E.1.1)
        first, mantissa = values[0] >> 11, values[0] & 0x7FF
        exponents = [first] + [first - level for level in range(33) for _ in range(3)]
        return Quantisation(guard, tuple(exponents), (mantissa,) * len(exponents))
    return Quantisation(guard, tuple(v >> 11 for v in values), tuple(v & 0x7FF for v in values))


def _tile_parts(stream: Codestream, payload: bytes, at: int, last: int) -> int:
    """Collect the tile-parts that begin at `at`; returns the position behind the end marker."""
    while True:
        (marker,) = struct.unpack_from(">H", payload, at)
        if marker == EOC:
            return at + 2
        if marker != SOT:
            raise DamagedError("there is no marker where one is due")
        length, tile, size = struct.unpack_from(">HHI", payload, at + 2)
        end = at + size if size else _last_end(payload, last)
        if length != 10 or end > last or end < at + 14:
            raise DamagedError("its data are cut off" if end > last else "a tile has no length")
        body = at + 12
        while True:
            (inner,) = struct.unpack_from(">H", payload, body)
            if inner == SOD:
                break
            stream.odd = True  # a header of its own: parameters of one tile, or packed packet headers
            body += 2 + int(struct.unpack_from(">H", payload, body + 2)[0])
            if body + 2 > end:
                raise DamagedError("a tile's header is damaged")
        stream.tiles.setdefault(tile, bytearray()).extend(payload[body + 2 : end])
        at = end


def _last_end(payload: bytes, last: int) -> int:
    """End of a tile-part of unstated length: the end marker, which must be the last thing."""
    if payload[last - 2 : last] != b"\xff\xd9":
        raise DamagedError("its data are cut off")
    return last - 2
