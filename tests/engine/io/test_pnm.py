"""Netpbm files: every variant against independently written bytes, linear light, and damage."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from engine.errors import UserError
from engine.io.image import find_pictures, load_picture, picture_from_bytes
from engine.io.pnm import srgb_from_linear
from engine.types import Pixels

RNG = np.random.default_rng(2)
EIGHT = RNG.integers(0, 256, (5, 7, 3)).astype(np.uint8)
DEEP = RNG.integers(0, 65_536, (5, 7, 3)).astype(np.uint16)
GREY = EIGHT[..., 0]
BITS = RNG.integers(0, 2, (5, 11))


def read(data: bytes) -> Pixels:
    return picture_from_bytes(data, "a.pnm").pixels


def words(samples: NDArray[np.generic]) -> bytes:
    return " ".join(str(v) for v in samples.ravel().tolist()).encode()


def scaled(samples: NDArray[np.generic], maximum: int) -> NDArray[np.uint8]:
    return np.floor(samples.astype(float) * 255 / maximum + 0.5).astype(np.uint8)


def grey(samples: NDArray[np.uint8]) -> Pixels:
    return samples[..., None].repeat(3, -1)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"P6 7 5 255\n" + EIGHT.tobytes(), EIGHT),
        (b"P6\n# made by hand\n7 # wide\n5\n255\n" + EIGHT.tobytes(), EIGHT),
        (b"P3\n7 5\n255\n" + words(EIGHT), EIGHT),
        (b"P3 7 5 255\n# in between\n" + words(EIGHT) + b"\n", EIGHT),
        (b"P5 7 5 255\n" + GREY.tobytes(), grey(GREY)),
        (b"P2 7 5 255\n" + words(GREY), grey(GREY)),
        (b"P6 7 5 65535\n" + DEEP.astype(">u2").tobytes(), scaled(DEEP, 65_535)),
        (b"P3 7 5 65535\n" + words(DEEP), scaled(DEEP, 65_535)),
        (b"P5 7 5 65535\n" + DEEP[..., 0].astype(">u2").tobytes(), grey(scaled(DEEP[..., 0], 65_535))),
        (b"P6 7 5 4095\n" + (DEEP >> 4).astype(">u2").tobytes(), scaled(DEEP >> 4, 4095)),
        (b"P2 7 5 9\n" + words(GREY % 10), grey(scaled(GREY % 10, 9))),
        (b"P5 7 5 100\n" + (GREY % 101).tobytes(), grey(scaled(GREY % 101, 100))),
        (b"P1 11 5\n" + words(BITS), grey(scaled(1 - BITS, 1))),
        (b"P1 11 5\n" + words(BITS).replace(b" ", b""), grey(scaled(1 - BITS, 1))),
        (b"P4 11 5\n" + np.packbits(BITS.astype(np.uint8), axis=1).tobytes(), grey(scaled(1 - BITS, 1))),
        (
            b"P7\nWIDTH 7\nHEIGHT 5\nDEPTH 3\nMAXVAL 255\n# odd\nTUPLTYPE RGB\nENDHDR\n" + EIGHT.tobytes(),
            EIGHT,
        ),
        (b"P7\nWIDTH 7\nHEIGHT 5\nDEPTH 1\nMAXVAL 255\nENDHDR\n" + GREY.tobytes(), grey(GREY)),
        (
            b"P7\nWIDTH 11\nHEIGHT 5\nDEPTH 1\nMAXVAL 1\nTUPLTYPE BLACKANDWHITE\nENDHDR\n"
            + BITS.astype(np.uint8).tobytes(),
            grey(scaled(BITS, 1)),
        ),
    ],
)  # fmt: skip
def test_every_variant(data: bytes, expected: Pixels) -> None:
    np.testing.assert_array_equal(read(data), expected)


def test_pillow_writes_what_is_read(tmp_path: Path) -> None:
    for name, image in (("a.ppm", Image.fromarray(EIGHT)), ("a.pgm", Image.fromarray(GREY))):
        image.save(tmp_path / name)
        np.testing.assert_array_equal(load_picture(tmp_path / name).pixels, np.asarray(image.convert("RGB")))
    assert [path.name for path in find_pictures(tmp_path)] == ["a.pgm", "a.ppm"]


def test_alpha_is_composited_on_white() -> None:
    head = b"P7\nWIDTH 7\nHEIGHT 5\nDEPTH 4\nMAXVAL 65535\nTUPLTYPE RGB_ALPHA\nENDHDR\n"
    clear = np.concatenate([DEEP, np.zeros((5, 7, 1), np.uint16)], -1)
    picture = picture_from_bytes(head + clear.astype(">u2").tobytes(), "a.pam")
    assert (picture.pixels == 255).all()
    assert "alpha composited on white" in picture.notes
    assert "16-bit samples brought to 8-bit sRGB" in picture.notes
    solid = clear.copy()
    solid[..., 3] = 65_535
    np.testing.assert_array_equal(read(head + solid.astype(">u2").tobytes()), scaled(DEEP, 65_535))


def test_linear_light_gets_the_curve_of_srgb(tmp_path: Path) -> None:
    path = tmp_path / "a.ppm"
    path.write_bytes(b"P6 7 5 65535\n" + DEEP.astype(">u2").tobytes())
    picture = load_picture(path, linear=True)
    light = DEEP / 65_535
    low, high = light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055
    expected = np.floor(np.where(light <= 0.0031308, low, high) * 255 + 0.5)
    np.testing.assert_array_equal(picture.pixels, expected)
    assert picture.notes == ("16-bit linear light brought to 8-bit sRGB",)
    assert float(srgb_from_linear(np.array(0.2140))) == pytest.approx(0.5, abs=1e-3)
    Image.fromarray(EIGHT).save(tmp_path / "a.png")
    with pytest.raises(UserError, match=r"a\.png: only PNM files can be taken for linear"):
        load_picture(tmp_path / "a.png", linear=True)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"P6 7 5 255\n" + EIGHT.tobytes()[:-1], "cut off: 1 of 105 bytes"),
        (b"P6 7 5 65535\n" + EIGHT.tobytes(), "cut off"),
        (b"P3 7 5 255\n" + words(EIGHT)[:-4], "105 numbers are due"),
        (b"P3 7 5 255\n" + words(EIGHT).replace(b" ", b" x", 1), "105 numbers are due"),
        (b"P3 7 5 255\n" + b"-1 " + words(EIGHT), "105 numbers are due"),
        (b"P3 7 5 100\n" + words(EIGHT), "above the maximum that it states (100)"),
        (b"P5 7 5 3\n" + GREY.tobytes(), "above the maximum that it states (3)"),
        (b"P1 11 5\n" + words(BITS)[:-3], "55 bits are due"),
        (b"P1 11 5\n" + words(BITS + 1), "55 bits are due"),
        (b"P4 11 5\n" + bytes(9), "cut off"),
        (b"P6 7 5\n", "header ends early"),
        (b"P6 7 5 0\n" + EIGHT.tobytes(), "maximum is 0"),
        (b"P6 7 5 65536\n" + bytes(210), "maximum is 65536"),
        (b"P6 0 5 255\n", "has no pixels"),
        (b"P6 99999 99999 255\n", "JPEG can't hold a side"),
        (b"P6 20000 20000 255\n", "the limit is 175 megapixels"),
        (b"P7\nWIDTH 7\nHEIGHT 5\n", "header ends early"),
        (b"P7\nWIDTH 7\nDEPTH 3\nMAXVAL 255\nENDHDR\n", "lacks a size"),
        (b"P7\nWIDTH 7\nHEIGHT 5\nDEPTH 2\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n", "not supported (2 × RGB)"),
    ],
)
def test_damage_is_told_in_one_line(data: bytes, reason: str) -> None:
    with pytest.raises(UserError) as caught:
        read(data)
    assert str(caught.value).startswith("a.pnm: ")
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_second_picture_is_noted() -> None:
    one = b"P6 7 5 255\n" + EIGHT.tobytes()
    assert picture_from_bytes(one + one, "a.pnm").notes == ("first of several frames",)
    assert picture_from_bytes(one, "a.pnm").notes == ()


def test_damaged_headers_give_a_picture_or_one_line() -> None:
    dice = random.Random(4)
    for data in (b"P6 7 5 255\n" + EIGHT.tobytes(), b"P3 7 5 255\n" + words(EIGHT), b"P4 11 5\n" + bytes(10)):
        for _ in range(150):
            broken = bytearray(data)
            for _ in range(dice.choice((1, 2, 5))):
                broken[dice.randrange(2, min(len(broken), 24))] = dice.randrange(256)
            line = ""
            try:
                picture = picture_from_bytes(bytes(broken), "a.pnm")
            except UserError as error:
                line = str(error)
            assert line.isprintable()
            assert line or picture.pixels.dtype == np.uint8
