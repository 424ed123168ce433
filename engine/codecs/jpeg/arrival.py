"""What of a damaged JPEG file came, and what didn't.

libjpeg decodes as far as the data go and fills up with zeros (jdhuff.c), so that the coefficients alone don't
say where they end. But each unit's bits follow from them (`engine.codecs.jpeg.bits`): a unit that ends behind
the end of its interval's data never came, or not whole. Where a code is none of its table's, nothing behind
it in the interval can be trusted; that place is found by decoding (`engine.codecs.jpeg.huffman`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.codecs.jpeg import stream as js
from engine.codecs.jpeg.bits import UncountableError, block_bits, interval_bytes, interval_starts, unit_bits
from engine.codecs.jpeg.entropy_markers import CUT, WRONG
from engine.codecs.jpeg.huffman import whole_units
from engine.codecs.jpeg.progression import lost_units
from engine.codecs.jpeg.stream import JpegScan, JpegStream
from engine.types import patch_grid

_FILL = 16
"""So many equal bytes at the end of data that don't fit are no data: a tail of zeros."""
_WALK = 300_000
"""Bytes decoded in Python, about half a second."""
BAD_CODE = "bad Huffman code"
"""What libjpeg says of a code that its table lacks."""


def faults_of(stream: JpegStream) -> list[str]:
    """What the structure alone tells of missing parts, for people to read."""
    faults = []
    if any(scan.restarts == WRONG or (scan.restarts == CUT and stream.ended) for scan in stream.scans):
        faults.append("restart markers are missing or wrong")
    if absent := stream.absent:
        count = len(stream.frame.components)
        faults.append(f"{len(absent)} of its {count} colour components never came")
    elif unrefined(stream):
        faults.append("scans are missing, so it is coarser than it was")
    return faults


def unrefined(stream: JpegStream) -> bool:
    """Whether a progressive file's scans leave coefficients out, or their last bits (G.1.1.1)."""
    if not stream.frame.progressive:
        return False
    low = np.full((len(stream.frame.components), 64), -1)
    for scan in stream.scans:
        for index in scan.components:
            low[index, scan.spectral[0] : scan.spectral[1] + 1] = scan.approximation[1]
    return bool((low != 0).any())


def first_scans(stream: JpegStream) -> JpegStream:
    """A stream with only the scans by which a patch comes at all: those that begin DC."""
    if not stream.frame.progressive:
        return stream
    kept, segments = [], []
    scans = iter(stream.scans)
    for segment in stream.segments:
        if segment[0] == js.SOS:
            scan = next(scans)
            if scan.spectral[0] or scan.approximation[0]:
                continue
            kept.append(scan)
        segments.append(segment)
    return replace(stream, scans=tuple(kept), segments=tuple(segments))


def missing_patches(
    stream: JpegStream, planes: Sequence[NDArray[np.int16]], complaint: str
) -> NDArray[np.bool_] | None:
    """Which patches never came whole, bool (patch rows, patch columns); None for none.

    stream: as `first_scans` gives it; planes: its coefficients on the grids of `completed`; complaint:
    libjpeg's about it. Components of which nothing came don't count here.
    """
    frame = stream.frame
    missing = np.zeros(patch_grid(frame.height, frame.width), np.bool_)
    budget = _WALK if BAD_CODE in complaint and frame.sequential else 0
    for scan in stream.scans:
        try:
            lost, budget = _lost_units(stream, scan, planes, budget)
        except UncountableError:
            continue
        _mark(missing, stream, scan, lost)
    return missing if missing.any() else None


def unrefined_patches(stream: JpegStream, planes: Sequence[NDArray[np.int16]]) -> NDArray[np.bool_] | None:
    """Patches of a damaged progressive file for which a scan broke off that others got, bool (patch rows,
    patch columns); None for none. planes: its coefficients.

    A scan that isn't there at all marks nothing: the whole picture is coarser then.
    """
    missing = np.zeros(patch_grid(stream.frame.height, stream.frame.width), np.bool_)
    budget = _WALK
    # The last first: a file that was cut off ends there.
    for scan in (stream.scans[-1], *stream.scans[:-1]):
        if scan.spectral[0] or scan.approximation[0]:
            lost, budget = lost_units(stream, scan, planes, budget)
            if not lost.all():
                _mark(missing, stream, scan, lost)
    return missing if missing.any() else None


def _mark(missing: NDArray[np.bool_], stream: JpegStream, scan: JpegScan, lost: NDArray[np.bool_]) -> None:
    """Add a scan's units, bool (unit rows, unit columns), to the patches that they cover."""
    rows, columns = missing.shape
    down, across = stream.frame.v_max, stream.frame.h_max
    if len(scan.components) == 1:
        component = stream.frame.components[scan.components[0]]
        down, across = down // component.v, across // component.h
    missing |= lost.repeat(down, 0)[:rows].repeat(across, 1)[:, :columns]


def _lost_units(
    stream: JpegStream, scan: JpegScan, planes: Sequence[NDArray[np.int16]], budget: int
) -> tuple[NDArray[np.bool_], int]:
    """Which units of a scan never came, bool (unit rows, unit columns), and what is left of `budget`, bytes
    to decode. Raises UncountableError."""
    low, interleaved = scan.approximation[1] if stream.frame.progressive else 0, len(scan.components) > 1
    blocks = []
    for position, index in enumerate(scan.components):
        plane = planes[index]
        if stream.frame.progressive:
            plane = np.zeros_like(plane)
            plane[:, :, 0, 0] = planes[index][:, :, 0, 0] >> low
        progressive = stream.frame.progressive
        blocks.append(block_bits(plane, stream.frame, scan, position, interleaved, dc_only=progressive))
    units = unit_bits(blocks)
    starts = interval_starts(scan, blocks)
    ends = np.append(starts[1:], len(units))
    available = 8 * interval_bytes(scan)
    running = np.cumsum(units)
    before = np.concatenate([[0], running])[starts]
    left = available - (running[ends - 1] - before)
    lost = np.zeros(len(units), np.bool_)
    empty = _empty_units(stream, scan, planes)
    for interval in np.flatnonzero((left < 0) | (left > 7)).tolist():
        first, end = int(starts[interval]), int(ends[interval])
        start, stop = (int(at) for at in scan.segments[interval])
        filled = _fill(stream.payload[start:stop])
        room = int(available[interval]) - 8 * filled
        here = lost[first:end]
        here |= running[first:end] - before[interval] > room
        if left[interval] < 0:  # what is zero up to the interval's end was made up
            came = np.flatnonzero(~empty[first:end])
            here[(int(came[-1]) + 1 if len(came) else 0) :] = True
        if 0 < stop - start <= budget:
            budget -= stop - start
            here[whole_units(stream, scan, interval, end - first) :] = True
    return lost.reshape(blocks[0].shape[:2]), budget


def _empty_units(
    stream: JpegStream, scan: JpegScan, planes: Sequence[NDArray[np.int16]]
) -> NDArray[np.bool_]:
    """Units of a scan, in order, all of whose coefficients are 0."""
    empty: NDArray[np.bool_] | None = None
    for index in scan.components:
        component, plane = stream.frame.components[index], planes[index]
        v, h = (component.v, component.h) if len(scan.components) > 1 else (1, 1)
        zero = ~plane.any(axis=(2, 3))
        here = zero.reshape(zero.shape[0] // v, v, zero.shape[1] // h, h).all(axis=(1, 3)).ravel()
        empty = here if empty is None else empty & here
    assert empty is not None
    return empty


def _fill(data: bytes) -> int:
    """Bytes at the end of data that only fill: all alike, and many."""
    if not data:
        return 0
    same = len(data) - len(data.rstrip(data[-1:]))
    return same if same >= _FILL else 0
