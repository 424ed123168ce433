"""Damaged JPEG files show what came of them, as libjpeg does, and say which patches never came."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from engine import pipeline
from engine.codecs.jpeg.codec import JPEG
from engine.codecs.jpeg.parse import find_start
from engine.errors import UserError
from engine.types import PATCH, Coded, Estimate, Pixels
from tests.support.jpeg_damage import (
    broken_markers,
    cuts,
    data_start,
    lost_markers,
    lost_scans,
    markers,
    reference,
    wrong_markers,
    zeroed,
)
from tests.support.jpeg_pictures import photo, saved

UNIT = 4
"""Patches of a coding unit with chroma at half resolution."""
Damage = Callable[[bytes], Iterator[bytes]]
KINDS = {
    "4:2:0": {},
    "4:4:4": {"subsampling": 0, "optimize": True},
    "grey": {"mode": "L"},
    "restarts": {"restart_marker_rows": 1},
    "progressive": {"progressive": True},
    "progressive, restarts": {"progressive": True, "restart_marker_blocks": 5},
}


@cache
def whole(kind: str) -> bytes:
    return saved(photo(104, 136), quality=60, **KINDS[kind])  # type: ignore[arg-type]


def shown(payload: bytes) -> Coded:
    """The decode, after it was compared with libjpeg's."""
    coded = JPEG.decode(payload, "bad.jpg")
    np.testing.assert_array_equal(coded.standard, reference(payload))
    assert coded.payload == payload
    return coded


def changed_patches(a: Pixels, b: Pixels) -> NDArray[np.bool_]:
    different = (a != b).any(2)
    rows, columns = (side // PATCH for side in different.shape)
    return different.reshape(rows, PATCH, columns, PATCH).any((1, 3))


def missing(coded: Coded) -> NDArray[np.bool_]:
    if coded.missing is None:
        return np.zeros((coded.height // PATCH, coded.width // PATCH), np.bool_)
    return coded.missing


def check_missing(kind: str, coded: Coded) -> None:
    """What is told as missing differs from the whole file's picture, and what isn't doesn't, but for the
    neighbours that libjpeg's smooth upsampling of chroma reaches."""
    changed = changed_patches(JPEG.decode(whole(kind)).standard, coded.standard)
    told = missing(coded)
    reached = ndimage.binary_dilation(told, np.ones((3, 3), bool))
    assert (told & ~changed).sum() <= UNIT  # of the unit that was cut through, blocks before the cut
    assert not (changed & ~reached).any()


@pytest.mark.parametrize("kind", ["4:2:0", "4:4:4", "grey", "restarts"])
@pytest.mark.parametrize("damage", [cuts, zeroed], ids=["cut", "zeros"])
def test_what_came_of_a_file_without_its_tail(
    kind: str, damage: Damage, capfd: pytest.CaptureFixture[str]
) -> None:
    counts = []
    for payload in damage(whole(kind)):
        coded = shown(payload)
        check_missing(kind, coded)
        counts.append(coded.missing_count)
        assert f"{coded.missing_count:,} of {13 * 17} patches never came" in coded.damage
        assert "end marker is missing" in coded.damage
        assert coded.patch_bits is None
        assert "missing" in coded.patch_bits_note
        assert coded.symbols is not None
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 180
    assert 0 < counts[-1] < 40
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_end_marker_is_missing(kind: str) -> None:
    sound = JPEG.decode(whole(kind))
    coded = shown(whole(kind)[:-2])
    assert coded.damage == "its end marker is missing"
    assert coded.missing is None
    np.testing.assert_array_equal(coded.standard, sound.standard)
    assert (coded.patch_bits is None) == (sound.patch_bits is None)
    assert coded.symbols is not None
    told = pipeline.told(coded, "bad.jpg")
    assert told == ("the JPEG file is damaged: its end marker is missing",)


@pytest.mark.parametrize("damage", [lost_markers, wrong_markers, broken_markers])
def test_restart_markers(damage: Damage) -> None:
    total = 0
    for payload in damage(whole("restarts")):
        coded = shown(payload)
        assert "restart markers are missing or wrong" in coded.damage or coded.missing_count
        total += coded.missing_count
        changed = changed_patches(JPEG.decode(whole("restarts")).standard, coded.standard)
        assert (missing(coded) & ~changed).sum() <= UNIT
    assert total


def test_a_lost_restart_marker_loses_its_interval_alone() -> None:
    for payload in lost_markers(whole("restarts")):
        check_missing("restarts", shown(payload))


def test_progressive_without_its_last_scans() -> None:
    for payload in lost_scans(whole("progressive")):
        coded = shown(payload)
        assert "scans are missing" in coded.damage
        assert (coded.missing, coded.symbols) == (None, None)


@pytest.mark.parametrize("kind", ["progressive", "progressive, restarts"])
def test_progressive_cut_off(kind: str) -> None:
    """Within its first scan patches never come."""
    payload = whole(kind)
    start, second = data_start(payload), markers(payload, range(0xDA, 0xDB))[0]
    coded = shown(payload[: (start + second) // 2])
    assert 60 < coded.missing_count < 180
    flat = coded.standard[-8:, -8:]
    assert missing(coded)[-1, -1]
    assert int(np.ptp(flat.astype(int))) < 8


def test_scans_of_single_components(capfd: pytest.CaptureFixture[str]) -> None:
    """A file whose colour never came is grey, and says so."""
    payload = whole("progressive")
    luma_only = payload[: markers(payload, range(0xDA, 0xDB))[0]]
    at = payload.index(b"\xff\xda")
    header = (
        b"\xff\xda\x00\x08\x01"
        + payload[at + 5 : at + 7]
        + payload[data_start(payload) - 3 : data_start(payload)]
    )
    coded = shown(luma_only[:at] + header + luma_only[data_start(payload) :])
    assert "2 of its 3 colour components never came" in coded.damage
    assert coded.symbols is None
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("kind", ["4:2:0", "progressive"])
@pytest.mark.parametrize(
    "junk",
    [b"junk", b"\0" * 512, b"\xff\xd8\xff\x00", b"HTTP/1.1 200 OK\r\n\r\n", b"\xff" * 33, b"\xff\xd8" * 9],
)
def test_junk_before_the_start(kind: str, junk: bytes) -> None:
    sound = JPEG.decode(whole(kind))
    coded = pipeline.decode(junk + whole(kind), "junk.jpg")
    np.testing.assert_array_equal(coded.standard, sound.standard)
    assert (coded.damage, coded.foreign, coded.bits) == ("", len(junk), sound.bits)
    assert any(f"after {len(junk)} bytes" in note for note in pipeline.told(coded, "junk.jpg"))


def test_pictures_inside_other_files_are_not_taken_for_them() -> None:
    for head in (b"%PDF-1.4\n", b"II*\0", b"\x89PNG\r\n\x1a\n", b"8BPS\0\1"):
        with pytest.raises(UserError, match="not a stream"):
            pipeline.decode(head + whole("4:2:0"), "other")
    assert find_start(bytes(1 << 16) + whole("4:2:0")) is None


@pytest.mark.parametrize(
    ("behind", "words"),
    [
        (b"\0\0\0\x18ftypmp42" + bytes(500), "film"),
        (b"maker's own" + b"\0\0\0\x18ftypisom" + bytes(300), "film"),
        (bytes(40), "zeros"),
        (b"hello", "5 bytes after the end"),
        (b"\xff\xd8\xff\xe0 not an MPO", "after the end"),
    ],
)
def test_what_follows_is_told_apart_and_not_counted(behind: bytes, words: str) -> None:
    sound = JPEG.decode(whole("4:2:0"))
    coded = JPEG.decode(whole("4:2:0") + behind)
    assert (coded.bits, coded.foreign, coded.damage) == (sound.bits, len(behind), "")
    assert words in pipeline.told(coded, "x")[0]
    assert coded.patch_bits is not None
    bits = coded.patch_bits
    assert bits.patches.sum() + bits.headers + bits.padding + bits.stuffing == coded.bits


def test_further_pictures_of_an_mpo() -> None:
    plain = whole("4:2:0")
    table = b"\xff\xe2\x00\x0aMPF\0II*\0"
    coded = JPEG.decode(plain[:2] + table + plain[2:] + plain + plain)
    assert coded.foreign == 2 * len(plain)
    assert "2 further pictures (MPO)" in JPEG.notes(coded.payload)[0]


def test_a_bad_code_ends_what_can_be_read_of_its_interval() -> None:
    """Bits changed one by one: where libjpeg meets a code that is none, patches behind it are told."""
    payload, rng, found = whole("4:4:4"), random.Random(5), 0
    for _ in range(40):
        broken = bytearray(payload)
        broken[rng.randrange(data_start(payload), len(payload) - 2)] ^= 1 << rng.randrange(8)
        coded = shown(bytes(broken))
        if coded.missing is not None:
            found += 1
            first = int(np.flatnonzero(coded.missing.ravel())[0])
            assert coded.missing.ravel()[first:].all()
            assert "never came or can't be read" in coded.damage
    assert found


def test_decoders_leave_alone_what_never_came() -> None:
    from engine.pipeline import _as_received

    coded = shown(next(cuts(whole("4:2:0"))))
    changed = np.full_like(coded.standard, 7)
    result = _as_received(coded, Estimate(1, changed, 0.0)).pixels
    mask = missing(coded).repeat(PATCH, 0).repeat(PATCH, 1)
    np.testing.assert_array_equal(result[mask], coded.standard[mask])
    assert (result[~mask] == 7).all()


def test_a_hierarchical_marker_among_the_data_is_damage() -> None:
    """Only before the first frame does it say what the file is."""
    payload = bytearray(whole("progressive"))
    at = len(payload) * 2 // 3
    payload[at : at + 2] = b"\xff\xde"
    assert "unknown marker 0xFFDE" in JPEG.decode(bytes(payload), "bad.jpg").damage
