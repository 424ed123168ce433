"""Where the bits of a sequential JPEG file go, counted from its Huffman codes.

The data aren't decoded again: given the coefficients, T.81 (F.1.2) leaves the encoder one way to write them,
so each block's bits follow from the code lengths of the file's own tables. The sum is then compared with the
length of every segment between restart markers; a file that doesn't match to the bit isn't counted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.codecs.jpeg.stream import MAX_SIDE, HuffmanTable, JpegFrame, JpegScan, JpegStream
from engine.step_scale import ZIGZAG
from engine.types import PatchBits, patch_grid

_CHUNK = 1 << 14
"""Blocks at a time: two megabytes of coefficients, which stay in the processor's cache."""
_EOB, _ZRL = 0x00, 0xF0
_NO_CODE = 1 << 20
"""Cost of a symbol that the table lacks; no segment's length can match it."""
_MAGNITUDE = np.frexp(np.abs(np.arange(1 << 16).astype(np.int16).astype(np.float64)))[1].astype(np.uint8)
"""Size category (tables F.1 and F.2) of an int16, indexed by its two's complement."""


class UncountableError(Exception):
    """Bits can't be told apart by patch; the text says why, for people to read."""


def count_patch_bits(stream: JpegStream, planes: Sequence[NDArray[np.int16]]) -> PatchBits:
    """Bits of each 8×8 luma patch of a sequential, Huffman-coded file.

    planes: a component's quantised coefficients each, int16 (block rows, block columns, 8, 8), natural
    order, with the blocks that only complete a unit (`JpegStream.completed`). A component's bits are shared
    equally by the patches under its block; blocks beyond the picture count for the nearest patch inside.
    Raises UncountableError.
    """
    frame = stream.frame
    check_countable(stream)
    patches = np.zeros(patch_grid(frame.height, frame.width), np.float64)
    first = np.zeros_like(patches)
    padding = stuffing = coded = 0
    for scan in stream.scans:
        blocks = [
            block_bits(plane, frame, scan, position, len(scan.components) > 1)
            for position, plane in enumerate(planes[index] for index in scan.components)
        ]
        padding += segment_padding(scan, blocks)
        stuffing += 8 * len(scan.stuffed)
        coded += 8 * int((scan.segments[:, 1] - scan.segments[:, 0]).sum()) - 8 * len(scan.filling)
        for index, bits in zip(scan.components, blocks, strict=True):
            component = frame.components[index]
            for total in (patches, first) if index == 0 else (patches,):
                _share(total, in_raster(bits), frame.v_max // component.v, frame.h_max // component.h)
    headers = 8 * stream.length - coded
    if not math.isclose(patches.sum() + padding + stuffing, coded, rel_tol=0, abs_tol=0.01):
        raise UncountableError("the bits counted from the Huffman codes don't add up to the file's size")
    patches.setflags(write=False)
    first.setflags(write=False)
    return PatchBits(patches, headers, padding, stuffing, first)


def check_countable(stream: JpegStream) -> None:
    """Raise UncountableError for kinds of files whose bits can't be assigned to patches."""
    frame = stream.frame
    if frame.arithmetic:
        raise UncountableError("arithmetic coding: patches share bits, so they can't be told apart")
    if frame.progressive:
        raise UncountableError("progressive JPEG: a patch's bits are spread over several passes")
    if len(stream.scans) > 1 and any(len(scan.components) > 1 for scan in stream.scans):
        raise UncountableError("its components are spread over scans of different kinds")


def block_bits(
    plane: NDArray[np.int16],
    frame: JpegFrame,
    scan: JpegScan,
    position: int,
    interleaved: bool,
    *,
    dc_only: bool = False,
) -> NDArray[np.int64]:
    """Bits of each block, (unit rows, unit columns, v, h): in the order in which they are coded. dc_only: of
    a scan that sends nothing else."""
    component = frame.components[scan.components[position]]
    v, h = (component.v, component.h) if interleaved else (1, 1)
    dc_table, ac_table = scan.dc[position], scan.ac[position]
    if dc_table is None or (ac_table is None and not dc_only):
        raise UncountableError("its Huffman tables are not in the file")
    rows, columns = plane.shape[:2]
    index = scan.components[position]
    if (rows, columns) != (frame.completed_blocks(index) if interleaved else frame.blocks(index)):
        raise UncountableError(f"sides near {MAX_SIDE:,} pixels: blocks beyond the edge can't be read")
    dc = plane[:, :, 0, 0].reshape(rows // v, v, columns // h, h)
    order = (0, 2, 1, 3)
    coded = np.ascontiguousarray(dc.transpose(order))
    bits = _dc_bits(coded.ravel(), dc_table, scan.restart * v * h).reshape(coded.shape)
    if ac_table is not None and not dc_only:
        ac = _ac_bits(plane.reshape(-1, 64), ac_table).reshape(rows // v, v, columns // h, h)
        bits += ac.transpose(order)
    return bits


def in_raster(bits: NDArray[np.int64]) -> NDArray[np.int64]:
    """From the order of coding to (block rows, block columns)."""
    rows, columns, v, h = bits.shape
    return bits.transpose(0, 2, 1, 3).reshape(rows * v, columns * h)


def _dc_bits(dc: NDArray[np.int16], table: HuffmanTable, restart: int) -> NDArray[np.int64]:
    """F.1.2.1: differences in order of coding, beginning anew after each `restart` blocks (0: never)."""
    previous = np.zeros_like(dc)
    previous[1:] = dc[:-1]
    if restart:
        previous[::restart] = 0
    lengths = table.lengths()
    lengths[lengths == 0] = _NO_CODE
    difference = np.clip(dc.astype(np.int32) - previous, -0x7FFF, 0x7FFF).astype(np.int16)
    size = _MAGNITUDE[difference.view(np.uint16)]
    bits: NDArray[np.int64] = lengths[size] + size
    return bits


def _ac_bits(blocks: NDArray[np.int16], table: HuffmanTable) -> NDArray[np.int64]:
    """F.1.2.2: run and size codes, magnitudes, runs of 16 zeros and ends of blocks of (n, 64)."""
    lengths = table.lengths()
    lengths[lengths == 0] = _NO_CODE
    run, size = np.arange(64)[:, None], np.arange(16)[None, :]
    cost = ((run >> 4) * lengths[_ZRL] + lengths[(run & 15) << 4 | size] + size).ravel()
    bits = np.empty(len(blocks), np.int64)
    for start in range(0, len(blocks), _CHUNK):
        chunk = blocks[start : start + _CHUNK].take(ZIGZAG, axis=1)
        chunk[:, 0] = 0
        flat = chunk.ravel()
        at = np.flatnonzero(flat)
        # Zeros since the last coefficient, or since the block's first, its DC.
        before = np.concatenate([[0], at[:-1]])
        zeros = at - np.maximum(before, at & ~63) - 1
        total = np.concatenate([[0], np.cumsum(cost[zeros << 4 | _MAGNITUDE[flat[at].view(np.uint16)]])])
        bounds = np.searchsorted(at, np.arange(0, len(flat) + 1, 64))
        ends = np.where(chunk[:, 63] == 0, lengths[_EOB], 0)
        bits[start : start + _CHUNK] = total[bounds[1:]] - total[bounds[:-1]] + ends
    return bits


def segment_padding(scan: JpegScan, blocks: Sequence[NDArray[np.int64]]) -> int:
    """Bits that fill up the last byte of each segment; raises UncountableError unless 0 to 7 in each."""
    if scan.restarts:
        raise UncountableError("its restart markers are not where its header says")
    counted = np.add.reduceat(unit_bits(blocks), interval_starts(scan, blocks))
    available = interval_bytes(scan)
    left = 8 * available - counted
    if left.min() < 0 or left.max() > 7:
        raise UncountableError(
            "its data are written in an unusual way, so their Huffman codes can't be told apart"
        )
    return int(left.sum())


def unit_bits(blocks: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Bits of each coding unit in order, from those of its blocks as `block_bits` gives them."""
    units = sum(bits.sum(axis=(2, 3)).ravel() for bits in blocks)
    assert isinstance(units, np.ndarray)
    return units


def interval_starts(scan: JpegScan, blocks: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Number of the first unit of each restart interval."""
    count = blocks[0].shape[0] * blocks[0].shape[1]
    return np.arange(0, count, scan.restart or count)


def interval_bytes(scan: JpegScan) -> NDArray[np.int64]:
    """Bytes of data in each restart interval, without what is stuffed in."""
    bounds = scan.segments
    available: NDArray[np.int64] = bounds[:, 1] - bounds[:, 0]
    for positions in (scan.stuffed, scan.filling):
        available -= np.searchsorted(positions, bounds[:, 1]) - np.searchsorted(positions, bounds[:, 0])
    return available


def _share(patches: NDArray[np.float64], bits: NDArray[np.int64], down: int, across: int) -> None:
    """Add block bits to the patches that each block covers, `down` × `across` of them inside the picture."""
    rows, columns = patches.shape
    inside_rows, inside_columns = math.ceil(rows / down), math.ceil(columns / across)
    folded = bits[:inside_rows].astype(np.float64)
    folded[-1] += bits[inside_rows:].sum(axis=0)
    beyond = folded[:, inside_columns:].sum(axis=1)
    folded = folded[:, :inside_columns]
    folded[:, -1] += beyond
    folded[:] /= np.minimum(down, rows - down * np.arange(inside_rows))[:, None]
    folded[:] /= np.minimum(across, columns - across * np.arange(inside_columns))
    patches += folded.repeat(down, axis=0)[:rows].repeat(across, axis=1)[:, :columns]
