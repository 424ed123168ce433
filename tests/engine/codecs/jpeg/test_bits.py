"""Symbols and bits per patch against a bit-by-bit reader and an inverse transform of the tests' own."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.codecs.damage import DamagedError
from engine.codecs.jpeg import coefficients as jpeg_coefficients
from engine.codecs.jpeg.codec import JPEG
from engine.codecs.jpeg.coefficients import read_coefficients
from engine.codecs.jpeg.huffman import decode_sequential
from engine.codecs.jpeg.parse import parse
from engine.data.samples import load_sample, sample_names
from engine.errors import UserError
from engine.step_scale import ZIGZAG
from engine.types import Coded, EncodeOptions, Pixels, patch_grid
from tests.support.jpeg_pictures import photo, saved
from tests.support.jpeg_reference import PATH, Reading, inverse_dct, read, write
from tests.support.pictures import noise

RNG = np.random.default_rng
FOUR_ONE_ONE = [(4, 1), (1, 1), (1, 1)]
FOUR_TWO_ZERO = [(2, 2), (1, 1), (1, 1)]
FULL = [(1, 1)] * 3


def flat(height: int, width: int) -> Pixels:
    return np.full((height, width, 3), (200, 30, 90), np.uint8)


def assert_agrees(coded: Coded, reading: Reading) -> None:
    """Bits of every patch, the rest of the file, and every coefficient that lies under the picture."""
    bits = coded.patch_bits
    assert bits is not None, coded.patch_bits_note
    assert bits.patches.shape == patch_grid(coded.height, coded.width)
    expected = np.array([[float(b) for b in row] for row in reading.patch_bits()])
    np.testing.assert_allclose(bits.patches, expected, rtol=0, atol=1e-9)
    assert (bits.headers, bits.padding, bits.stuffing) == (reading.headers, reading.padding, reading.stuffing)
    assert round(bits.patches.sum(), 6) + bits.headers + bits.padding + bits.stuffing == coded.bits
    assert coded.symbols is not None
    for index, component in enumerate(coded.symbols.components):
        rows, columns = component.coefficients.shape[:2]
        np.testing.assert_array_equal(component.coefficients, reading.coefficients(index, rows, columns))
        np.testing.assert_array_equal(component.quantisation, reading.parts[index].quantisation)


@pytest.mark.parametrize("subsampling", ["4:2:0", "4:4:4"])
@pytest.mark.parametrize(
    ("pixels", "quality"),
    [
        (noise(1, 1), 50),
        (noise(17, 9), 50),
        (noise(8, 8), 95),
        (noise(40, 25), 95),
        (noise(40, 25), 1),
        (flat(33, 16), 50),
        (photo(50, 71), 15),
        (photo(49, 7), 60),
    ],
    ids=["1x1", "17x9", "8x8 q95", "noise q95", "noise q1", "flat", "photo q15", "narrow"],
)
def test_encoded_agrees_with_reading_bit_by_bit(pixels: Pixels, quality: int, subsampling: str) -> None:
    coded = JPEG.encode(pixels, EncodeOptions(quality=quality, subsampling=subsampling))
    assert_agrees(coded, read(coded.payload))


@pytest.mark.parametrize(
    "payload",
    [
        saved(photo(41, 58), quality=70),
        saved(photo(41, 58), quality=70, subsampling="4:2:2", optimize=True),
        saved(photo(41, 58), "L", quality=70),
        saved(photo(41, 58), quality=70, restart_marker_blocks=1),
        saved(photo(41, 58), quality=30, restart_marker_blocks=5, optimize=True),
        saved(photo(41, 58), quality=90, restart_marker_rows=1, subsampling=0),
        saved(noise(41, 58), quality=98, exif=Image.Exif(), comment=b"a comment \xff\xd9\xff\x00"),
    ],
    ids=["standard tables", "4:2:2", "grey", "every unit", "every 5 units", "every row", "metadata"],
)
def test_received_agrees_with_reading_bit_by_bit(payload: bytes) -> None:
    assert_agrees(JPEG.decode(payload), read(payload))


@pytest.mark.parametrize("restart", [0, 2])
@pytest.mark.parametrize("interleaved", [True, False])
@pytest.mark.parametrize(
    "sampling",
    [FULL, FOUR_TWO_ZERO, FOUR_ONE_ONE, [(1, 2), (1, 1), (1, 1)], [(2, 1)], [(1, 1), (2, 2), (1, 1)]],
    ids=["4:4:4", "4:2:0", "4:1:1", "4:4:0", "grey 2x1", "coarse luma"],
)
@pytest.mark.parametrize("size", [(1, 1), (30, 43), (16, 64)])
def test_other_encoders(
    size: tuple[int, int], sampling: list[tuple[int, int]], interleaved: bool, restart: int
) -> None:
    """Anything may stand in blocks beyond the edge, components may come in scans of their own."""
    payload = write(*size, sampling, RNG(7), interleaved=interleaved, restart=restart)
    coded = JPEG.decode(payload)
    assert_agrees(coded, read(payload))


def test_four_components() -> None:
    payload = write(20, 20, [(2, 2), (1, 1), (1, 1), (2, 2)], RNG(3))
    bits, reading = JPEG.decode(payload).patch_bits, read(payload)
    assert bits is not None
    np.testing.assert_array_equal(bits.patches, [[float(b) for b in row] for row in reading.patch_bits()])
    assert bits.patches.sum() + bits.headers + bits.padding + bits.stuffing == 8 * len(payload)


def test_fill_bytes_before_markers_are_headers() -> None:
    plain = JPEG.decode(write(40, 40, FULL, RNG(5), restart=4)).patch_bits
    filled = JPEG.decode(write(40, 40, FULL, RNG(5), restart=4, filling=b"\xff\xff")).patch_bits
    assert plain is not None
    assert filled is not None
    np.testing.assert_array_equal(plain.patches, filled.patches)
    markers = -(-25 // 4)  # restarts between segments, and the end
    assert filled.headers == plain.headers + 16 * markers
    assert (filled.padding, filled.stuffing) == (plain.padding, plain.stuffing)


def test_data_written_the_long_way_are_not_counted_wrongly() -> None:
    payload = write(24, 24, FULL, RNG(5), long_end=True)
    coded = JPEG.decode(payload)
    assert coded.symbols is not None
    assert coded.patch_bits is None
    assert "unusual" in coded.patch_bits_note


@pytest.mark.parametrize("subsampling", ["4:2:0", "4:4:4"])
@pytest.mark.parametrize("quality", [5, 15, 50, 90])
@pytest.mark.parametrize("name", sample_names())
def test_bits_add_up_to_the_file_on_every_sample(name: str, quality: int, subsampling: str) -> None:
    coded = JPEG.encode(load_sample(name).pixels, EncodeOptions(quality=quality, subsampling=subsampling))
    bits = coded.patch_bits
    assert bits is not None, coded.patch_bits_note
    # A block takes a DC and an end-of-block code of a bit or more each; chroma's are shared by four patches.
    assert bits.patches.min() >= (6 if subsampling == "4:4:4" else 3)
    assert 0 <= bits.padding < 8
    assert (
        bits.patches.sum() + bits.headers + bits.padding + bits.stuffing
        == coded.bits
        == 8 * len(coded.payload)
    )


@pytest.mark.parametrize("optimize", [False, True])
def test_with_and_without_optimised_tables(optimize: bool) -> None:
    payload = saved(photo(64, 80), quality=50, optimize=optimize)
    assert_agrees(JPEG.decode(payload), read(payload))


def test_a_busier_patch_costs_more() -> None:
    pixels = flat(64, 64)
    pixels[24:32, 40:48] = noise(8, 8)
    bits = JPEG.encode(pixels, EncodeOptions(quality=50, subsampling="4:4:4")).patch_bits
    assert bits is not None
    assert np.unravel_index(bits.patches.argmax(), bits.patches.shape) == (3, 5)


@pytest.mark.parametrize("quality", [10, 50, 95])
def test_symbols_are_the_blocks_of_the_standard_decode(quality: int) -> None:
    """Dequantised and transformed back they give libjpeg's luma, so rows are vertical frequencies."""
    coded = JPEG.encode(photo(43, 61), EncodeOptions(quality=quality))
    assert coded.symbols is not None
    luma = coded.symbols.components[0]
    samples = inverse_dct(luma.coefficients.astype(int) * luma.quantisation)[:43, :61]
    with Image.open(io.BytesIO(coded.payload)) as image:
        image.draft("YCbCr", None)
        expected = np.asarray(image.getchannel("Y")).astype(int)
    assert np.abs(np.clip(np.round(samples), 0, 255) - expected).max() <= 1


def test_zigzag_is_a_walk_along_the_diagonals() -> None:
    assert [divmod(int(i), 8) for i in ZIGZAG] == PATH


class TestWithoutJpeglib:
    """What machines do for which jpeglib has no wheel."""

    @pytest.fixture(autouse=True)
    def _missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "jpeglib", None)

    @pytest.mark.parametrize(
        "payload",
        [
            saved(photo(41, 58), quality=70, restart_marker_blocks=3),
            saved(noise(30, 30), quality=100, subsampling=0),
            write(30, 43, FOUR_ONE_ONE, RNG(1)),
            write(30, 43, FOUR_TWO_ZERO, RNG(2), interleaved=False, restart=3),
            write(40, 40, FULL, RNG(5), restart=4, filling=b"\xff"),
        ],
    )
    def test_sequential_files_lose_nothing(self, payload: bytes) -> None:
        coded = JPEG.decode(payload)
        if b"\xff\xff\xd9" not in payload:
            assert_agrees(coded, read(payload))
        assert coded.patch_bits is not None

    def test_long_sides_are_read_without_the_blocks_beyond_the_edge(self) -> None:
        coded = JPEG.encode(noise(3, 65_495), EncodeOptions(quality=5))
        assert coded.symbols is not None
        assert coded.symbols.components[0].coefficients.shape[:2] == (1, 8187)

    def test_others_say_why(self, monkeypatch: pytest.MonkeyPatch) -> None:
        progressive = JPEG.decode(saved(photo(24, 24), progressive=True))
        assert (progressive.symbols, progressive.patch_bits) == (None, None)
        assert "jpeglib" in progressive.patch_bits_note
        monkeypatch.setattr(jpeg_coefficients, "_PYTHON_LIMIT", 100)
        large = JPEG.encode(photo(24, 24), EncodeOptions(quality=50))
        assert (large.symbols, large.patch_bits) == (None, None)
        assert "jpeglib" in large.patch_bits_note


def test_jpeglib_is_there_and_agrees_with_the_python_decoder() -> None:
    stream = parse(saved(photo(64, 70), quality=85), "x")
    fast = read_coefficients(stream)
    slow = decode_sequential(stream, stream.completed()[1])
    for a, b in zip(fast, slow, strict=True):
        np.testing.assert_array_equal(a, b)
    assert "jpeglib" in sys.modules


def test_both_decoders_judge_damage_alike(capfd: pytest.CaptureFixture[str]) -> None:
    payload = saved(photo(64, 64), quality=60, optimize=True, restart_marker_rows=1)
    scan = parse(payload, "x").scans[0]
    rng = RNG(4)
    damaged = equal = 0
    stricter = set()
    for _ in range(150):
        changed = bytearray(payload)
        changed[int(rng.integers(scan.start, scan.end - 2))] ^= 1 << int(rng.integers(8))
        try:
            stream = parse(bytes(changed), "x")
        except UserError:  # it became a marker
            continue
        try:
            fast = read_coefficients(stream)
        except DamagedError:
            with pytest.raises(ValueError, match=r"\w"):
                decode_sequential(stream, stream.completed()[1])
            damaged += 1
            continue
        try:
            slow = decode_sequential(stream, stream.completed()[1])
        except ValueError as error:
            stricter.add(str(error))
            continue
        for a, b in zip(fast, slow, strict=True):
            np.testing.assert_array_equal(a, b)
        equal += 1
    assert damaged > 10
    assert equal > 10
    # libjpeg lets runs pass, and stray bytes that it has read ahead.
    assert stricter <= {"a run beyond the block", "extraneous bytes before a restart marker"}
    assert capfd.readouterr().err == ""


class TestSurroundings:
    """What reading coefficients needs from the process around it."""

    def test_without_a_folder_for_temporary_files_pictures_still_open(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tempfile.tempdir", "/nowhere/at/all")
        received = JPEG.decode(saved(photo(24, 24), quality=50))
        encoded = JPEG.encode(photo(24, 24), EncodeOptions(quality=50))
        for coded in (received, encoded):
            assert (coded.symbols, coded.patch_bits) == (None, None)
            assert "could not read" in coded.patch_bits_note

    def test_without_standard_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def closed(_: int) -> int:
            raise OSError("bad file descriptor")

        monkeypatch.setattr("os.dup", closed)
        assert JPEG.decode(saved(photo(24, 24), quality=50)).patch_bits is not None

    def test_what_others_write_to_standard_error_arrives(self, capfd: pytest.CaptureFixture[str]) -> None:
        with jpeg_coefficients._complaints() as complaints:
            os.write(2, b"from elsewhere\nCorrupt JPEG data: bad Huffman code\nand more\n")
        assert complaints == ["Corrupt JPEG data: bad Huffman code"]
        assert capfd.readouterr().err == "from elsewhere\nand more\n"

    def test_no_temporary_file_stays_behind(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        JPEG.encode(photo(24, 24), EncodeOptions(quality=50))
        payload = saved(photo(24, 24), quality=50)
        JPEG.decode(payload)
        assert JPEG.decode(payload[:-40] + b"\xff\xd9").damage
        assert list(tmp_path.iterdir()) == []
