"""Progressive JPEG files that break off, or are broken, in a scan that refines what came before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from engine.codecs.jpeg.arrival import unrefined_patches
from engine.codecs.jpeg.codec import JPEG
from engine.codecs.jpeg.coefficients import read_coefficients
from engine.codecs.jpeg.parse import parse
from engine.codecs.jpeg.progression import lost_units
from engine.codecs.jpeg.stream import JpegStream
from tests.engine.codecs.jpeg.test_damaged import KINDS, changed_patches, missing, shown
from tests.support.jpeg_damage import scans_of
from tests.support.jpeg_pictures import photo, saved

PLENTY = 1 << 20
PROGRESSIVE = ["progressive", "progressive, restarts"]


def whole(kind: str) -> bytes:
    return saved(photo(104, 136), quality=85, **KINDS[kind])  # type: ignore[arg-type]


def refining(stream: JpegStream) -> list[int]:
    """Numbers of its scans that a unit may lack though it came."""
    return [at for at, scan in enumerate(stream.scans) if scan.spectral[0] or scan.approximation[0]]


@pytest.mark.parametrize("kind", PROGRESSIVE)
def test_a_sound_scan_is_used_up_to_its_last_byte(kind: str) -> None:
    """Of each interval all units come, and without its last byte they don't."""
    stream = parse(whole(kind), "a.jpg")
    planes = read_coefficients(stream)
    count = 0
    for at in refining(stream):
        scan = stream.scans[at]
        assert not lost_units(stream, scan, planes, PLENTY)[0].any()
        full = np.flatnonzero(scan.segments[:, 1] > scan.segments[:, 0])
        segments = scan.segments.copy()
        segments[full, 1] -= 1
        lost = lost_units(stream, replace(scan, segments=segments), planes, PLENTY)[0].ravel()
        per_interval = scan.restart or len(lost)
        for interval in full.tolist():
            units = lost[interval * per_interval : (interval + 1) * per_interval]
            assert units[-1]
            count += not units.all() or per_interval < len(lost)
    assert count > 5


@pytest.mark.parametrize("kind", PROGRESSIVE)
@pytest.mark.parametrize("walked", [True, False])
def test_a_scan_that_breaks_off(kind: str, walked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """What changes by the cut is told, and it is told less the later the cut is."""
    if not walked:
        monkeypatch.setattr("engine.codecs.jpeg.arrival._WALK", 0)
    payload = whole(kind)
    stream = parse(payload, "a.jpg")
    for at in refining(stream):
        start, end = stream.scans[at].start, stream.scans[at].end
        if end - start < 500:
            continue
        there, counts = JPEG.decode(payload[:end] + b"\xff\xd9").standard, []
        for part in (0.2, 0.5, 0.9):
            coded = shown(payload[: start + int(part * (end - start))])
            told = missing(coded)
            counts.append(coded.missing_count)
            reached = ndimage.binary_dilation(told, np.ones((3, 3), bool))
            assert not (changed_patches(there, coded.standard) & ~reached).any()
            assert f"{coded.missing_count:,} of {told.size} patches never came" in coded.damage
        assert counts == sorted(counts, reverse=True)
        assert counts[0] > 13 * 17 // 2 > counts[-1] > 0


def test_a_scan_that_is_broken_in_the_middle() -> None:
    """Codes that its table lacks: what comes behind can't be trusted, though data go on."""
    payload = whole("progressive")
    stream = parse(payload, "a.jpg")
    scan = stream.scans[max(refining(stream), key=lambda at: stream.scans[at].end - stream.scans[at].start)]
    at = scan.start + (scan.end - scan.start) // 2
    coded = shown(payload[:at] + b"\xff\x00" * 8 + payload[at + 16 :])
    told = missing(coded)
    assert told[-1].all()
    assert not told[0].any()
    assert 13 * 17 // 4 < told.sum() < 13 * 17 * 3 // 4


def test_a_scan_that_is_not_there_marks_nothing() -> None:
    payload = whole("progressive")
    stream = parse(payload, "a.jpg")
    coded = shown(payload[: scans_of(payload)[-1]])
    assert coded.missing is None
    assert "scans are missing" in coded.damage
    assert unrefined_patches(stream, read_coefficients(stream)) is None
