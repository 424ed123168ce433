"""Tiles of a JPEG 2000 stream, cut into subbands, precincts and code-blocks (T.800, B.3 to B.7), and the
bits and tag trees that its packet headers are written in (B.10)."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.codecs.bit_reader import BitReader
from engine.codecs.damage import UnfollowedError
from engine.codecs.jpeg2000.parse import Codestream, Coding, Quantisation

# Norms of the synthesis vectors, by decomposition level, with the subbands' nominal gains of equation E-4
# taken out (a test computes them from the filters). From there on they double.
_NORMS_97 = {
    "LL": (1.0, 1.965, 4.177, 8.403, 16.90, 33.84),
    "HL": (1.0, 2.022, 3.989, 8.355, 17.04, 34.27),
    "HH": (1.0, 2.080, 3.865, 8.307, 17.18, 34.71),
}
_NORMS_53 = {
    "LL": (1.0, 1.500, 2.750, 5.375, 10.68, 21.34),
    "HL": (1.0, 1.038, 1.592, 2.919, 5.703, 11.33),
    "HH": (1.0, 0.7186, 0.9218, 1.586, 3.043, 6.019),
}
_MOST_BLOCKS, _MOST_TURNS = 400_000, 1_000_000
"""Code-blocks, and visits to resolutions, beyond which a header only claims a picture."""


@dataclass
class CodeBlock:
    samples: int
    passes: int = 0
    empty: int = 0
    length_bits: int = 3


@dataclass
class Band:
    """The code-blocks of one subband in one precinct, in raster order."""

    columns: int
    rows: int
    step: float
    planes: int
    blocks: list[CodeBlock]
    included: TagTree = field(init=False)
    empty: TagTree = field(init=False)

    def __post_init__(self) -> None:
        self.included = TagTree(self.columns, self.rows)
        self.empty = TagTree(self.columns, self.rows)


Tile = list[list[list[list[Band]]]]
"""Bands by component, resolution, precinct."""


def cut_tile(stream: Codestream, index: int, coding: Coding, quantisation: Quantisation) -> Tile | None:
    """The empty blocks of a tile, or None when there are too many to be a picture's."""
    tx, ty, tw, th = stream.tile
    across = -(-(stream.x1 - tx) // tw)
    p, q = index % across, index // across
    x0, y0 = max(tx + p * tw, stream.x0), max(ty + q * th, stream.y0)
    x1, y1 = min(tx + (p + 1) * tw, stream.x1), min(ty + (q + 1) * th, stream.y1)
    if x0 >= x1 or y0 >= y1:
        raise UnfollowedError("a tile lies outside the picture")
    smallest = min([coding.block_width + coding.block_height, *(sum(sides) for sides in coding.precincts)])
    turns = coding.layers * (coding.levels + 1) * len(stream.components)
    if (x1 - x0) * (y1 - y0) * len(stream.components) > _MOST_BLOCKS << smallest or turns > _MOST_TURNS:
        return None
    tile: Tile = []
    for component in stream.components:
        area = (
            -(-x0 // component.dx), -(-y0 // component.dy), -(-x1 // component.dx), -(-y1 // component.dy),
        )  # fmt: skip
        bits = component.bits
        tile.append([_resolution(area, r, coding, quantisation, bits) for r in range(coding.levels + 1)])
    return tile


def _resolution(
    area: tuple[int, int, int, int], r: int, coding: Coding, quantisation: Quantisation, bits: int
) -> list[list[Band]]:
    """Precincts of a resolution, each a list of its bands (B.5 to B.7)."""
    down = coding.levels - r
    x0, y0, x1, y1 = (-(-edge // (1 << down)) for edge in area)
    if x0 >= x1 or y0 >= y1:
        return []
    px, py = coding.precincts[r]
    columns = range(x0 >> px, -(-x1 // (1 << px)))
    rows = range(y0 >> py, -(-y1 // (1 << py)))
    shrink = 1 if r else 0  # precincts of a finer resolution lie over bands of half its size
    width, height = min(coding.block_width, px - shrink), min(coding.block_height, py - shrink)
    if width < 0 or height < 0:
        raise UnfollowedError("its precincts have no size")
    kinds = (("HL", 1, 0), ("HL", 0, 1), ("HH", 1, 1)) if r else (("LL", 0, 0),)
    level = down + shrink
    bands = []
    for number, (kind, right, low) in enumerate(kinds):
        at = 3 * (r - 1) + 1 + number if r else 0
        half = (1 << level) >> 1
        box = (
            -(-(area[0] - half * right) // (1 << level)), -(-(area[1] - half * low) // (1 << level)),
            -(-(area[2] - half * right) // (1 << level)), -(-(area[3] - half * low) // (1 << level)),
        )  # fmt: skip
        planes = quantisation.guard_bits + quantisation.exponents[at] - 1
        step = norm(kind, level, coding.reversible)
        if not coding.reversible:
            step *= 2.0 ** (bits - quantisation.exponents[at]) * (1 + quantisation.mantissas[at] / 2048)
        bands.append((box, step, planes))
    return [
        [
            _band(box, step, planes, (column << px - shrink, row << py - shrink), (px - shrink, py - shrink),
                  (width, height))
            for box, step, planes in bands
        ]
        for row in rows for column in columns
    ]  # fmt: skip


def _band(
    box: tuple[int, int, int, int],
    step: float,
    planes: int,
    corner: tuple[int, int],
    precinct: tuple[int, int],
    block: tuple[int, int],
) -> Band:
    """The part of a band inside one precinct, cut into code-blocks."""
    x0, y0 = max(box[0], corner[0]), max(box[1], corner[1])
    x1, y1 = min(box[2], corner[0] + (1 << precinct[0])), min(box[3], corner[1] + (1 << precinct[1]))
    if x0 >= x1 or y0 >= y1:
        return Band(0, 0, step, planes, [])
    xs = range(x0 >> block[0], -(-x1 // (1 << block[0])))
    ys = range(y0 >> block[1], -(-y1 // (1 << block[1])))
    blocks = [
        CodeBlock(
            (min(x1, x + 1 << block[0]) - max(x0, x << block[0]))
            * (min(y1, y + 1 << block[1]) - max(y0, y << block[1]))
        )
        for y in ys
        for x in xs
    ]
    return Band(len(xs), len(ys), step, planes, blocks)


def norm(kind: str, level: int, reversible: bool) -> float:
    norms = (_NORMS_53 if reversible else _NORMS_97)[kind]
    known = min(level, len(norms) - 1)
    return norms[known] * 2.0 ** (level - known)


class StuffedBits(BitReader):
    """Bits of a packet header, a zero bit stuffed after each 0xFF (B.10.1)."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at
        self._byte = self._left = 0

    def bit(self) -> int:
        if not self._left:
            stuffed = self._byte == 0xFF
            if self._at >= len(self._data):
                raise UnfollowedError("its data are cut off")
            self._byte = self._data[self._at]
            self._at += 1
            self._left = 7 if stuffed else 8
        self._left -= 1
        return self._byte >> self._left & 1

    def aligned(self) -> int:
        """Position of the first byte behind the header."""
        return self._at + (self._byte == 0xFF)


class TagTree:
    """A quad-tree of minima (B.10.2), read as far as asked."""

    def __init__(self, columns: int, rows: int) -> None:
        self._widths: list[int] = []
        self._low: list[list[int]] = []
        self._known: list[list[bool]] = []
        while columns and rows:
            self._widths.append(columns)
            self._low.append([0] * (columns * rows))
            self._known.append([False] * (columns * rows))
            if columns == rows == 1:
                break
            columns, rows = -(-columns // 2), -(-rows // 2)

    def below(self, bits: StuffedBits, column: int, row: int, limit: int) -> bool:
        """Whether the leaf's value is less than `limit`."""
        least = 0
        for depth in reversed(range(len(self._widths))):
            at = (row >> depth) * self._widths[depth] + (column >> depth)
            low, known = self._low[depth], self._known[depth]
            low[at] = max(low[at], least)
            while not known[at] and low[at] < limit:
                if bits.bit():
                    known[at] = True
                else:
                    low[at] += 1
            least = low[at]
        return self._known[0][row * self._widths[0] + column] and least < limit

    def value(self, bits: StuffedBits, column: int, row: int, most: int) -> int:
        limit = 1
        while not self.below(bits, column, row, limit):
            limit += 1
            if limit > most + 1:
                raise UnfollowedError("a code-block has more empty bit-planes than there are")
        return limit - 1
