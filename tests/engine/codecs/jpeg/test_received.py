"""JPEG files as received: every kind there is, and what damaged ones do."""

from __future__ import annotations

import base64
import random
import threading

import numpy as np
import pytest
from PIL import Image, ImageCms

from engine.codecs.jpeg.codec import JPEG
from engine.errors import UserError
from engine.types import Coded, EncodeOptions
from tests.support.jpeg_pictures import assert_same, photo, saved
from tests.support.jpeg_reference import write
from tests.support.pictures import noise, pixels_in

ARITHMETIC = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9V"
    "XVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSk"
    "pKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/yQARCAAQABgDACIAAREBAhEB/8wACgAQEAUBEBEF/9oADAMAAAERAhEAPwD+5AxH"
    "h8udVwlDezDq1OnZ85gCy7P2Tx5HvLZ7OHbiAaDz4U+jz8oifeccXnxbhh2QcP/Z"
)
"""24×16 pixels, 4:2:0, arithmetic coding, which Pillow reads but doesn't write."""

DHP = b"\xff\xde\x00\x11\x08\x00\x08\x00\x08\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01\xff\xc0\x00\x11"
"""Begins a hierarchical file (T.81, J.1.1), its first frame behind it."""


class TestReceived:
    @pytest.mark.parametrize(
        ("payload", "subsampling", "counted"),
        [
            (saved(noise(50, 70), quality=70), "4:2:0", True),
            (saved(noise(50, 70), quality=70, subsampling="4:2:2"), "4:2:2", True),
            (saved(noise(50, 70), quality=70, subsampling=0, optimize=True), "4:4:4", True),
            (saved(noise(50, 70), "L", quality=70), "4:0:0", True),
            (saved(noise(50, 70), quality=70, restart_marker_blocks=3), "4:2:0", True),
            (saved(noise(50, 70), quality=70, progressive=True), "4:2:0", False),
            (write(37, 45, [(4, 1), (1, 1), (1, 1)], np.random.default_rng(1)), "4:1:1", True),
            (write(37, 45, [(1, 2), (1, 1), (1, 1)], np.random.default_rng(2)), "4:4:0", True),
            (write(37, 45, [(1, 1), (2, 2), (1, 1)], np.random.default_rng(3)), "1×1,2×2,1×1", True),
        ],
        ids=["4:2:0", "4:2:2", "4:4:4", "grey", "restart", "progressive", "4:1:1", "4:4:0", "odd"],
    )
    def test_kinds(
        self, payload: bytes, subsampling: str, counted: bool, capfd: pytest.CaptureFixture[str]
    ) -> None:
        coded = JPEG.decode(payload, "photo.jpg")
        np.testing.assert_array_equal(coded.standard, pixels_in(payload))
        assert (coded.payload, coded.quality, coded.subsampling) == (payload, None, subsampling)
        assert coded.symbols is not None
        assert len(coded.symbols.components) == (1 if subsampling == "4:0:0" else 3)
        assert (coded.patch_bits is not None) == counted
        assert bool(coded.patch_bits_note) != counted
        captured = capfd.readouterr()
        assert captured.out + captured.err == ""

    def test_progressive_holds_the_same_symbols_as_baseline(self) -> None:
        plain = JPEG.decode(saved(photo(), quality=40))
        progressive = JPEG.decode(saved(photo(), quality=40, progressive=True))
        assert "progressive" in progressive.patch_bits_note
        assert plain.symbols is not None
        assert progressive.symbols is not None
        for a, b in zip(plain.symbols.components, progressive.symbols.components, strict=True):
            np.testing.assert_array_equal(a.coefficients, b.coefficients)

    def test_cmyk_is_shown_as_loading_shows_it(self) -> None:
        payload = saved(photo(40, 24), "CMYK", quality=80)
        coded = JPEG.decode(payload)
        np.testing.assert_array_equal(coded.standard, pixels_in(payload))
        assert coded.symbols is None

    def test_components_that_are_rgb_are_not_taken_for_luma_and_chroma(self) -> None:
        payload = saved(photo(40, 24), quality=80, keep_rgb=True)
        coded = JPEG.decode(payload)
        np.testing.assert_array_equal(coded.standard, pixels_in(payload))
        assert coded.symbols is None
        assert coded.patch_bits is not None

    def test_arithmetic_coding(self) -> None:
        coded = JPEG.decode(ARITHMETIC)
        np.testing.assert_array_equal(coded.standard, pixels_in(ARITHMETIC))
        assert (coded.symbols, coded.patch_bits) == (None, None)
        assert "arithmetic" in coded.patch_bits_note

    def test_bytes_after_the_end_are_kept_and_not_counted(self) -> None:
        plain = JPEG.decode(saved(photo(), quality=40))
        longer = JPEG.decode(plain.payload + b"\xff\xd8 trailing \xff\xda\xff\xd9")
        np.testing.assert_array_equal(longer.standard, plain.standard)
        assert plain.patch_bits is not None
        assert longer.patch_bits is not None
        assert (longer.foreign, longer.bits) == (16, plain.bits)
        assert longer.patch_bits.headers == plain.patch_bits.headers
        assert JPEG.notes(longer.payload) == ("16 bytes after the end of the picture, not counted",)

    def test_orientation_and_profile_are_told_and_not_applied(self) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
        payload = saved(photo(40, 64), quality=80, exif=exif, icc_profile=profile, comment=b"hello")
        coded = JPEG.decode(payload)
        assert coded.standard.shape == (40, 64, 3)
        np.testing.assert_array_equal(coded.standard, pixels_in(payload))
        turned, colours = JPEG.notes(payload)
        assert "orientation (6)" in turned
        assert "profile" in colours
        assert JPEG.notes(saved(photo(8, 8))) == ()

    def test_broken_metadata_do_no_harm(self) -> None:
        broken = b"\xff\xe1\x00\x12Exif\0\0II*\0\xff\xff\xff\xff\0\0" + b"\xff\xe2\x00\x09MPF\0xyz"
        payload = saved(photo(24, 24), quality=50)
        coded = JPEG.decode(payload[:2] + broken + payload[2:])
        np.testing.assert_array_equal(coded.standard, pixels_in(payload))
        assert coded.patch_bits is not None
        assert JPEG.notes(coded.payload) == ()

    @pytest.mark.parametrize("junk", [b"\xff", b"\xff\xff", b"\x00\x12\xff\x00\x34", b"\xff\x00\xff"])
    def test_junk_between_segments_is_skipped(self, junk: bytes) -> None:
        payload = saved(photo(24, 24), quality=50)
        at = payload.index(b"\xff\xdb")
        coded = JPEG.decode(payload[:at] + junk + payload[at:])
        np.testing.assert_array_equal(coded.standard, pixels_in(payload))

    @pytest.mark.parametrize(
        ("app", "symbols"),
        [
            (b"", True),
            (b"\xff\xee\x00\x0eAdobe\0\x64\0\0\0\0\x00", False),
            (b"\xff\xee\x00\x0eAdobe\0\x64\0\0\0\0\x01", True),
            (b"\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xee\x00\x0eAdobe\0\x64\0\0\0\0\x00", True),
        ],
        ids=["nothing", "Adobe RGB", "Adobe YCbCr", "JFIF first"],
    )
    def test_colour_space_as_its_segments_say(self, app: bytes, symbols: bool) -> None:
        comment = b"\xff\xfe\x00\x07hello"
        payload = write(20, 20, [(1, 1)] * 3, np.random.default_rng(6), app=app + comment)
        coded = JPEG.decode(payload)
        np.testing.assert_array_equal(coded.standard, pixels_in(payload))
        assert (coded.symbols is not None) == symbols

    def test_from_several_threads_at_once(self) -> None:
        payloads = [saved(photo(64, 64), quality=q, subsampling=q % 2 * 2) for q in range(30, 42)]
        expected = [JPEG.decode(payload) for payload in payloads]
        results: dict[int, Coded] = {}

        def work(index: int) -> None:
            results[index] = JPEG.decode(payloads[index])
            JPEG.encode(results[index].standard, EncodeOptions(quality=80))

        threads = [threading.Thread(target=work, args=(index,)) for index in range(len(payloads))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for index, coded in enumerate(expected):
            assert_same(coded, results[index])


class TestBadFiles:
    @pytest.mark.parametrize(
        ("payload", "words"),
        [
            (b"", "not a JPEG file"),
            (b"\xff", "not a JPEG file"),
            (b"\x89PNG\r\n\x1a\n0000", "not a JPEG file"),
            (b"\xff\xd8\xff", "cut off"),
            (b"\xff\xd8\xff\xd9", "no picture"),
            (saved(noise(8, 8)).replace(b"\xff\xc0\x00\x11\x08", b"\xff\xc1\x00\x11\x07"), "7 bits"),
            (write(9, 9, [(3, 1), (2, 1), (1, 1)], np.random.default_rng(4)), "3×1, 2×1, 1×1"),
            (saved(noise(8, 8)).replace(b"\xff\xc0\x00\x11", b"\xff\xc3\x00\x11"), "lossless"),
            (saved(noise(8, 8)).replace(b"\xff\xc0\x00\x11", b"\xff\xc5\x00\x11"), "hierarchical"),
            (saved(noise(8, 8)).replace(b"\xff\xc0\x00\x11", DHP), "hierarchical JPEG is not supported"),
            (saved(noise(8, 8)).replace(b"\x08\x00\x08\x00\x08\x03", b"\x08\x00\x00\x00\x08\x03"), "8×0"),
            (saved(noise(8, 8)).replace(b"\x08\x00\x08\x00\x08\x03", b"\x08\xff\xf0\xff\xf0\x03"), "65520"),
            (
                saved(noise(8, 8)).replace(b"\x08\x00\x08\x00\x08\x03", b"\x08\xff\x00\xff\x00\x03"),
                "too few data",
            ),
        ],
    )
    def test_reason_in_a_line(self, payload: bytes, words: str) -> None:
        with pytest.raises(UserError, match=words) as caught:
            JPEG.decode(payload, "holiday.jpg")
        assert str(caught.value).startswith("holiday.jpg: ")
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize("kind", [{}, {"progressive": True}, {"restart_marker_rows": 1}, {"mode": "L"}])
    def test_cut_off_before_its_first_scan(self, kind: dict[str, object]) -> None:
        payload = saved(photo(), quality=60, exif=Image.Exif(), **kind)  # type: ignore[arg-type]
        scan = payload.index(b"\xff\xda")
        for end in {*range(0, scan, 50), scan, scan + 4}:
            with pytest.raises(UserError, match=r"^cut\.jpg: "):
                JPEG.decode(payload[:end], "cut.jpg")

    def test_a_restart_marker_too_many_does_no_harm(self, capfd: pytest.CaptureFixture[str]) -> None:
        payload = saved(photo(64, 64), quality=60, restart_marker_blocks=2)
        coded = JPEG.decode(payload[:-2] + b"\xff\xd7" + payload[-2:], "one more.jpg")
        np.testing.assert_array_equal(coded.standard, pixels_in(payload))
        assert "restart" in coded.patch_bits_note
        assert coded.damage == ""
        assert capfd.readouterr().err == ""

    @pytest.mark.parametrize("seed", range(6))
    def test_corruption_gives_an_error_or_a_valid_record(
        self, seed: int, capfd: pytest.CaptureFixture[str]
    ) -> None:
        rng = random.Random(seed)
        kinds = [
            saved(photo(40, 56), quality=50, optimize=True),
            saved(photo(40, 56), quality=30, progressive=True),
            saved(photo(40, 56), "L", quality=80, restart_marker_blocks=4),
            saved(photo(40, 56), "CMYK", quality=20),
        ]
        errors, valid = [], 0
        for _ in range(60):
            damaged = bytearray(rng.choice(kinds))
            for _ in range(rng.choice((1, 1, 2, 8))):
                damaged[rng.randrange(2, len(damaged))] = rng.choice((rng.randrange(256), 0x00, 0xFF))
            try:
                coded = JPEG.decode(bytes(damaged), "x")
            except UserError as error:
                errors.append(str(error))
                continue
            valid += 1
            assert coded.standard.dtype == np.uint8
            assert coded.scale > 0
            assert (coded.patch_bits is None) == bool(coded.patch_bits_note)
            if bits := coded.patch_bits:
                assert bits.patches.min() >= 0
                assert bits.patches.sum() + bits.headers + bits.padding + bits.stuffing == coded.bits
        assert errors
        assert valid
        assert all(error.startswith("x: ") and "\n" not in error for error in errors)
        captured = capfd.readouterr()
        assert captured.out + captured.err == ""
