"""How coarsely a JPEG 2000 stream is quantised, read from its packet headers (T.800, annex B).

The quantisation steps in the QCD marker hardly say it. An encoder takes fine steps once and for all (in
OpenJPEG's files they amount to one 8-bit level) and meets its target by leaving out the lowest bit-planes of
every code-block, wherever that costs least. How many were left out stands in the packet headers: coding
passes and empty planes of each block. With M_b planes in subband b (equation E-2), z of them empty and P
passes sent, three a plane but one for the first, the last plane sent is number M_b - z - (P + 2) / 3, and

    step = Δ_b · 2^(M_b - z - (P + 2) / 3) · ‖s_b‖

is the step that an orthonormal transform would have had; ‖s_b‖ is the norm of the subband's synthesis
vectors. Rate–distortion optimisation makes it nearly the same for all blocks, so one figure tells: the
geometric mean over the samples of the blocks of the first component that were sent at all.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from engine.codecs.damage import UnfollowedError
from engine.codecs.jpeg2000.parse import Codestream, Coding
from engine.codecs.jpeg2000.tiles import Band, StuffedBits, Tile, cut_tile

_LRCP, _RLCP, _RPCL, _PCRL, _CPRL = range(5)
_MOST_PASSES = 164
"""Of a packet (table B.4), and more than 38 bit-planes hold."""
_OTHER_STYLES = 1 | 4 | 64
"""Code-blocks with raw or terminated passes have more lengths in their headers; those of part 15 differ."""


def effective_step(stream: Codestream) -> float | None:
    """The step of the module's docstring, in 8-bit levels; None where the stream's structure hides it.

    Raises DamagedError when the packets run over the end of their tile.
    """
    coding, quantisation = stream.coding, stream.quantisation
    assert coding is not None
    assert quantisation is not None
    if stream.odd or coding.style & _OTHER_STYLES or not stream.tiles:
        return None
    logs = weights = 0.0
    coarsest = 0.0
    for index, data in sorted(stream.tiles.items()):
        tile = cut_tile(stream, index, coding, quantisation)
        order = None if tile is None else packet_order(coding, tile)
        if tile is None or order is None:
            return None
        for _ in read_packets(bytes(data), coding, order):
            pass
        for band in (band for resolution in tile[0] for precinct in resolution for band in precinct):
            coarsest = max(coarsest, band.step * 2.0**band.planes)
            for block in band.blocks:
                if block.passes:
                    missing = max(0.0, band.planes - block.empty - (block.passes + 2) / 3)
                    logs += block.samples * (math.log2(band.step) + missing)
                    weights += block.samples
    levels = 2.0 ** (8 - stream.components[0].bits)
    return (2.0 ** (logs / weights) if weights else coarsest) * levels


def packet_order(coding: Coding, tile: Tile) -> Iterator[tuple[int, int, list[Band]]] | None:
    """Packets as (layer, component, bands) in the order of the stream (B.12); None for orders that hang on
    positions."""
    components, resolutions, layers = range(len(tile)), range(coding.levels + 1), range(coding.layers)
    one_precinct = all(len(precincts) <= 1 for component in tile for precincts in component)
    if coding.progression == _LRCP:
        turns = ((la, r, c) for la in layers for r in resolutions for c in components)
    elif coding.progression == _RLCP:
        turns = ((la, r, c) for r in resolutions for la in layers for c in components)
    elif not one_precinct:
        return None
    elif coding.progression == _RPCL:
        turns = ((la, r, c) for r in resolutions for c in components for la in layers)
    elif coding.progression in (_PCRL, _CPRL):
        turns = ((la, r, c) for c in components for r in resolutions for la in layers)
    else:
        raise UnfollowedError("its progression order is unknown")
    return ((layer, c, bands) for layer, r, c in turns for bands in tile[c][r])


def read_packets(
    data: bytes, coding: Coding, order: Iterator[tuple[int, int, list[Band]]]
) -> Iterator[tuple[int, int, int]]:
    """Component, start and end of each packet; the blocks of `order` learn what its header says. Raises
    DamagedError where `data` end too early."""
    at = 0
    for layer, component, bands in order:
        start = at
        if coding.start_marks and data[at : at + 2] == b"\xff\x91":
            at += 6
        if at >= len(data):
            raise UnfollowedError("its data are cut off")
        bits = StuffedBits(data, at)
        length = _read_header(bits, layer, bands) if bits.bit() else 0
        at = bits.aligned()
        if coding.end_marks and data[at : at + 2] == b"\xff\x92":
            at += 2
        at += length
        if at > len(data):
            raise UnfollowedError("its data are cut off")
        yield component, start, at


def _read_header(bits: StuffedBits, layer: int, bands: list[Band]) -> int:
    """Update the blocks of a packet from its header (B.10); returns the bytes of its body."""
    length = 0
    for band in bands:
        for number, block in enumerate(band.blocks):
            column, row = number % band.columns, number // band.columns
            first = not block.passes
            if first:
                if not band.included.below(bits, column, row, layer + 1):
                    continue
                block.empty = band.empty.value(bits, column, row, band.planes)
            elif not bits.bit():
                continue
            passes = _passes(bits)
            while bits.bit():
                block.length_bits += 1
                if block.length_bits > 32:
                    raise UnfollowedError("a code-block's length makes no sense")
            length += bits.number(block.length_bits + passes.bit_length() - 1)
            block.passes += passes
            if block.passes > _MOST_PASSES:  # some have more than their bit-planes hold; OpenJPEG reads them
                raise UnfollowedError("a code-block has too many passes")
    return length


def _passes(bits: StuffedBits) -> int:
    """Number of coding passes (B.10.6, table B.4)."""
    if not bits.bit():
        return 1
    if not bits.bit():
        return 2
    if (more := bits.number(2)) < 3:
        return 3 + more
    if (more := bits.number(5)) < 31:
        return 6 + more
    return 37 + bits.number(7)
