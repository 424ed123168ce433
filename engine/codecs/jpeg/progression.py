"""How far the scans of a progressive JPEG go that refine what its first ones brought (T.81, G.1.2, G.2).

A scan of AC coefficients is walked symbol by symbol, without making coefficients: which of them it passes
over follows from what libjpeg made of the file. In a scan too long for that, the last block in which anything
came is taken for the last that did.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.codecs.jpeg.huffman import lookup
from engine.codecs.jpeg.stream import JpegScan, JpegStream
from engine.step_scale import ZIGZAG

_FILL = 16
"""So many equal bytes at the end of data that don't fit are no data: a tail of zeros."""


def lost_units(
    stream: JpegStream, scan: JpegScan, planes: Sequence[NDArray[np.int16]], budget: int
) -> tuple[NDArray[np.bool_], int]:
    """Which units of a scan of AC coefficients, or of further bits of DC, never came or can't be read, bool
    (unit rows, unit columns); and what is left of `budget`, bytes to be walked.

    planes: coefficients of the whole file, int16 (block rows, block columns, 8, 8) per component.
    """
    rows, columns = stream.frame.scan_units(scan.components)
    lost = np.zeros(rows * columns, np.bool_)
    walked = scan.spectral[0] > 0 and scan.end - scan.start <= budget
    budget -= scan.end - scan.start if walked else 0
    known, came = _known(scan, planes), _came(stream, scan, planes)
    for interval, (start, end) in enumerate(scan.segments.tolist()):
        first = interval * scan.restart
        here = lost[first : first + scan.restart] if scan.restart else lost
        data = stream.payload[start:end]
        if not scan.spectral[0]:
            whole = _whole_dc(stream, scan, data)
        elif walked:
            before = known[first : first + len(here)]
            whole = whole_blocks(data, scan, len(here), before)
            if whole < len(here):
                whole = min(whole, whole_blocks(_without_fill(data), scan, len(here), before))
        else:
            there = np.flatnonzero(came[first : first + len(here)])
            whole = int(there[-1]) + 1 if len(there) else 0
        here[whole:] = True
    return lost.reshape(rows, columns), budget


def whole_blocks(data: bytes, scan: JpegScan, count: int, known: NDArray[np.bool_]) -> int:
    """How many of `count` blocks an interval's data hold before they end, or break the rules.

    known: bool (count, coefficients of the band), which were there before the scan; none for a first scan.
    """
    table = scan.ac[0]
    if table is None:
        return count
    data = data.rstrip(b"\xff").replace(b"\xff\x00", b"\xff")
    padded = np.frombuffer(data + b"\xff" * 16, np.uint8).astype(np.int64)
    windows = (padded[:-3] << 24 | padded[1:-2] << 16 | padded[2:-1] << 8 | padded[3:]).tolist()
    codes, bits, width = lookup(table), 8 * len(data), known.shape[1]
    refines = scan.approximation[0] > 0
    corrections = known.sum(1).tolist()
    bit = run = 0
    for block in range(count):
        if run:
            run -= 1
            bit += corrections[block]
            if bit > bits:
                return block
            continue
        passed = known[block].tolist() if corrections[block] else None
        at = 0
        while at < width:
            entry = codes[windows[bit >> 3] >> (16 - (bit & 7)) & 0xFFFF]
            bit += entry >> 8
            zeros, size = entry >> 4 & 15, entry & 15
            if not entry or bit > bits:
                return block
            if not size and zeros < 15:  # the end of this band, and of those of the blocks that follow
                run = (1 << zeros) - 1
                run += windows[bit >> 3] >> (32 - (bit & 7) - zeros) & run
                bit += zeros + (sum(passed[at:]) if passed else 0)
                break
            if refines and size > 1:
                return block
            bit += size
            if passed is None:
                at += zeros
            else:
                while at < width and (passed[at] or zeros):
                    bit, zeros = (bit + 1, zeros) if passed[at] else (bit, zeros - 1)
                    at += 1
            if at >= width and size:
                return block  # a run beyond the band
            at += 1
        if bit > bits:
            return block
    return count


def _known(scan: JpegScan, planes: Sequence[NDArray[np.int16]]) -> NDArray[np.bool_]:
    """Coefficients of the scan's band that were there before it, bool (blocks, band)."""
    high = scan.approximation[0]
    band = _band(scan, planes)
    known: NDArray[np.bool_] = (band >> high != 0) if high else np.zeros(band.shape, np.bool_)
    return known


def _came(stream: JpegStream, scan: JpegScan, planes: Sequence[NDArray[np.int16]]) -> NDArray[np.bool_]:
    """Blocks of which something came by the scan; all where its data needn't end before its last block."""
    band = _band(scan, planes) >> scan.approximation[1]
    if stream.ended or scan is not stream.scans[-1]:
        return np.ones(len(band), np.bool_)
    came: NDArray[np.bool_] = np.count_nonzero(band & 1 if scan.approximation[0] else band, axis=1) > 0
    return came


def _band(scan: JpegScan, planes: Sequence[NDArray[np.int16]]) -> NDArray[np.int32]:
    """Magnitudes of the scan's coefficients of its first component, (blocks, band)."""
    first, last = scan.spectral
    flat = planes[scan.components[0]].reshape(-1, 64)
    return np.abs(flat[:, ZIGZAG[first : last + 1]].astype(np.int32))


def _whole_dc(stream: JpegStream, scan: JpegScan, data: bytes) -> int:
    """Units of further bits of DC: a bit a block."""
    components = [stream.frame.components[index] for index in scan.components]
    blocks = sum(each.v * each.h for each in components) if len(components) > 1 else 1
    return 8 * len(data.rstrip(b"\xff").replace(b"\xff\x00", b"\xff")) // blocks


def _without_fill(data: bytes) -> bytes:
    """Data without what only fills their end."""
    kept = data.rstrip(data[-1:])
    return kept if len(data) - len(kept) >= _FILL else data
