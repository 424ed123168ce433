"""Codes of single blocks against a bit-by-bit reader of the tests' own."""

from __future__ import annotations

import numpy as np
import pytest

from engine.codecs.jpeg.bits import UncountableError
from engine.codecs.jpeg.codec import JPEG
from engine.codecs.jpeg.codes import BlockCodes, index_blocks
from engine.errors import UserError
from engine.types import EncodeOptions
from tests.support.jpeg_pictures import photo, saved
from tests.support.jpeg_reference import PATH, read, write
from tests.support.pictures import noise

RNG = np.random.default_rng


def block_of(codes: BlockCodes) -> np.ndarray:
    """Put the coefficients that the codes send in place."""
    block = np.zeros((8, 8), int)
    at = 0
    for code in codes.codes:
        if code.kind == "EOB":
            assert code.at == at
            at = 64
            break
        if code.kind == "ZRL":
            at += 16
            assert code.at == at - 1
            continue
        at += code.run
        assert code.at == at
        assert abs(code.value).bit_length() == code.size == len(code.magnitude)
        block[PATH[at]] = code.value + (codes.prediction if code.kind == "DC" else 0)
        at += 1
    assert at == 64
    return block


def assert_agrees(payload: bytes) -> None:
    """Every block of every component: its bits, and the coefficients that its codes send."""
    index, reading = index_blocks(payload), read(payload)
    for component, part in enumerate(reading.parts):
        assert len(part.blocks) == index.parts[component].starts.size
        for (row, column), (bits, coefficients) in part.blocks.items():
            codes = index.read(component, row, column)
            assert codes.bits == bits
            np.testing.assert_array_equal(block_of(codes), coefficients)


@pytest.mark.parametrize(
    "payload",
    [
        saved(photo(41, 58), quality=70),
        saved(photo(41, 58), quality=15, optimize=True),
        saved(photo(41, 58), quality=70, subsampling="4:2:2", optimize=True),
        saved(photo(41, 58), "L", quality=70),
        saved(photo(41, 58), quality=70, restart_marker_blocks=1),
        saved(photo(41, 58), quality=30, restart_marker_blocks=5, optimize=True),
        saved(noise(41, 58), quality=98, subsampling=0, comment=b"\xff\xd9\xff\x00"),
        write(30, 43, [(2, 2), (1, 1), (1, 1)], RNG(2), interleaved=False, restart=3),
        write(30, 43, [(4, 1), (1, 1), (1, 1)], RNG(3), restart=2),
    ],
    ids=["tables", "optimised", "4:2:2", "grey", "restarts", "restarts 5", "noise", "own scans", "4:1:1"],
)
def test_codes_are_those_of_the_file(payload: bytes) -> None:
    assert_agrees(payload)


def test_fill_bytes_before_markers_move_nothing() -> None:
    plain, filled = (
        index_blocks(write(40, 40, [(1, 1)] * 3, RNG(5), restart=4, filling=filling))
        for filling in (b"", b"\xff\xff")
    )
    for component in range(3):
        for row, column in np.ndindex(5, 5):
            assert plain.read(component, row, column) == filled.read(component, row, column)


def test_runs_of_zeros_and_ends_are_named() -> None:
    """One low and one very high frequency: three runs of sixteen zeros between them."""
    y, x = np.mgrid[:8, :8]
    wave = np.cos((2 * y + 1) * 7 * np.pi / 16) * np.cos((2 * x + 1) * 6 * np.pi / 16)
    pixels = np.repeat((128 + 100 * wave)[..., None], 3, 2).round().astype(np.uint8)
    coded = JPEG.encode(pixels, EncodeOptions(quality=60, subsampling="4:4:4"))
    codes = index_blocks(coded.payload).read(0, 0, 0)
    kinds = [code.kind for code in codes.codes]
    assert kinds[:4] == ["DC", "ZRL", "ZRL", "ZRL"]
    sent = next(code for code in codes.codes if code.kind == "AC" and PATH[code.at] == (7, 6))
    assert sent.run == sent.at - 1 - 48
    assert kinds[-1] == ("EOB" if sent.at < 63 else "AC")
    assert coded.patch_bits is not None
    both = [index_blocks(coded.payload).read(component, 0, 0).bits for component in range(3)]
    assert sum(both) == coded.patch_bits.patches[0, 0]


def test_bits_of_blocks_add_up_to_those_of_patches() -> None:
    coded = JPEG.encode(photo(48, 64), EncodeOptions(quality=40, subsampling="4:4:4"))
    index = index_blocks(coded.payload)
    assert coded.patch_bits is not None
    for (row, column), bits in np.ndenumerate(coded.patch_bits.patches):
        assert bits == sum(index.read(component, row, column).bits for component in range(3))


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (saved(photo(24, 24), progressive=True), "several passes"),
        (write(24, 24, [(1, 1)] * 3, RNG(5), long_end=True), "unusual"),
    ],
)
def test_others_say_why(payload: bytes, reason: str) -> None:
    with pytest.raises(UncountableError, match=reason):
        index_blocks(payload)


def test_blocks_outside_and_other_files() -> None:
    index = index_blocks(saved(photo(24, 24), quality=50))
    with pytest.raises(IndexError, match=r"\(0, 9\)"):
        index.read(0, 0, 9)
    with pytest.raises(IndexError):
        index.read(0, -1, 0)
    with pytest.raises(UserError, match="photo"):
        index_blocks(b"no JPEG", "photo")
