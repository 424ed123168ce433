"""Colours by code points and by PNG's own chunks, against known values."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from engine.io.cicp import cicp_words, converted, of_code_points, of_nclx, of_png
from engine.io.image import picture_from_bytes


def png(pixels: np.ndarray, *chunks: tuple[bytes, bytes]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    data = file.getvalue()
    added = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
    return data[:33] + added + data[33:]


def flat(*colour: int) -> np.ndarray:
    return np.full((8, 8, 3), colour, np.uint8)


def shown(data: bytes) -> tuple[list[int], tuple[str, ...]]:
    picture = picture_from_bytes(data, "a.png")
    return picture.pixels[0, 0].tolist(), picture.notes


def test_linear_light() -> None:
    """Half the light of white is 188 in sRGB."""
    colour, notes = shown(png(flat(128, 0, 255), (b"gAMA", struct.pack(">I", 100_000))))
    assert colour == [188, 0, 255]
    assert notes == ("colours converted to sRGB (gamma 1)",)


@pytest.mark.parametrize(("gamma", "expected"), [(55_556, 110), (45_455, 128), (45_000, 128), (0, 128)])
def test_gammas(gamma: int, expected: int) -> None:
    """1.8, which old Macintoshes had, against the definition; about 1/2.2 is sRGB."""
    colour, notes = shown(png(flat(128, 128, 128), (b"gAMA", struct.pack(">I", gamma))))
    if gamma == 55_556:
        light = (128 / 255) ** 1.8
        expected = round(255 * (1.055 * light ** (1 / 2.4) - 0.055))
    assert colour[0] == expected
    assert bool(notes) == (gamma == 55_556)


def test_display_p3() -> None:
    """P3's red lies outside sRGB; white and greys stay."""
    chunk = (b"cICP", bytes([12, 13, 0, 1]))
    assert shown(png(flat(255, 255, 255), chunk))[0] == [255, 255, 255]
    assert shown(png(flat(90, 90, 90), chunk))[0] == [90, 90, 90]
    assert shown(png(flat(255, 0, 0), chunk))[0] == [255, 0, 0]
    # CSS Color 4: color(display-p3 0.5 0.4 0.3) is rgb(51.57% 39.74% 28.26%) in sRGB.
    colour, notes = shown(png(flat(128, 102, 77), chunk))
    assert np.abs(np.array(colour) - (132, 101, 73)).max() <= 1
    assert notes == ("colours converted to sRGB (Display P3)",)


def test_a_profile_or_srgb_goes_before_gamma_and_cicp_before_all() -> None:
    gamma, srgb = (b"gAMA", struct.pack(">I", 100_000)), (b"sRGB", b"\0")
    assert of_png(png(flat(1, 2, 3), gamma, srgb)) is None
    assert of_png(png(flat(1, 2, 3), gamma, (b"cICP", bytes([1, 13, 0, 1])))) is None
    both = of_png(png(flat(1, 2, 3), srgb, (b"cICP", bytes([9, 16, 0, 1]))))
    assert both is not None
    assert both.words == "BT.2020, PQ"


def test_primaries_of_its_own() -> None:
    p3 = (31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000)
    chunks = (b"gAMA", struct.pack(">I", 45_455)), (b"cHRM", struct.pack(">8I", *p3))
    by_chunks, _ = shown(png(flat(128, 102, 77), *chunks))
    by_points, _ = shown(png(flat(128, 102, 77), (b"cICP", bytes([12, 13, 0, 1]))))
    assert by_chunks == by_points
    srgb = (31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000)
    assert of_png(png(flat(1, 2, 3), chunks[0], (b"cHRM", struct.pack(">8I", *srgb)))) is None


def test_pq_and_hlg_have_their_diffuse_white_at_white() -> None:
    """203 cd/m² is 58 % of PQ's signal, and 75 % is HLG's (BT.2408, table 1)."""
    for transfer, white in ((16, 0.58), (18, 0.75)):
        colours = of_code_points(1, transfer)
        assert colours is not None
        levels = np.array([[0, round(255 * white), 255]], np.uint8)
        result = np.asarray(converted(Image.fromarray(levels), colours))
        assert result[0, 0] == 0
        assert 252 <= result[0, 1] <= 255
        assert result[0, 2] == 255


def test_alpha_stays() -> None:
    image = Image.fromarray(np.dstack([flat(128, 102, 77), np.full((8, 8), 40, np.uint8)]))
    colours = of_code_points(12, 13)
    assert colours is not None
    made = converted(image, colours)
    assert made.mode == "RGBA"
    assert np.asarray(made)[0, 0, 3] == 40


@pytest.mark.parametrize(
    ("points", "words"),
    [((1, 13), ""), ((2, 2), ""), ((6, 6), ""), ((12, 13), "Display P3"), ((9, 18), "BT.2020, HLG"),
     ((22, 13), "of primaries 22"), ((1, 8), "linear in light"), ((9, 99), "BT.2020, of transfer 99")],
)  # fmt: skip
def test_words(points: tuple[int, int], words: str) -> None:
    assert cicp_words(*points) == words


def test_nclx_of_avif() -> None:
    file = io.BytesIO()
    Image.fromarray(flat(10, 20, 30)).save(file, "AVIF")
    data = file.getvalue()
    assert of_nclx(data) is None
    at = data.index(b"colrnclx") + 8
    changed = data[:at] + struct.pack(">HH", 9, 16) + data[at + 4 :]
    found = of_nclx(changed)
    assert found is not None
    assert found.words == "BT.2020, PQ"
    picture = picture_from_bytes(changed, "hdr.avif")
    assert "BT.2020, PQ" in picture.notes[-1]
