"""Colours to sRGB, with profiles written here byte by byte."""

from __future__ import annotations

import io
import struct
from itertools import product
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from engine.io.image import picture_from_bytes
from engine.types import Picture

ADOBE_RED, ADOBE_GREEN, ADOBE_BLUE = (
    (0.60974, 0.31111, 0.01947),
    (0.20528, 0.62567, 0.06087),
    (0.14919, 0.06322, 0.74457),
)
D50 = (0.9642, 1.0, 0.8249)


def icc(space: bytes, tags: dict[bytes, bytes], connection: bytes = b"XYZ ", kind: bytes = b"mntr") -> bytes:
    """An ICC profile, version 2.4 (ICC.1:2001-04): header, tag table, tags."""
    tags = {b"desc": text(b"desc", "Test profile"), b"cprt": b"text\0\0\0\0none\0", **tags}
    offset, table, body = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, value in tags.items():
        table += name + struct.pack(">II", offset + len(body), len(value))
        body += value + bytes(-len(value) % 4)
    header = struct.pack(">I4sI4s4s4s", offset + len(body), b"none", 0x02400000, kind, space, connection)
    header += struct.pack(">6H4s", 2001, 1, 1, 0, 0, 0, b"acsp") + bytes(24) + fixed(*D50)
    return header + bytes(128 - len(header)) + table + body


def text(kind: bytes, value: str) -> bytes:
    return kind + bytes(4) + struct.pack(">I", len(value) + 1) + value.encode() + b"\0" + bytes(12 + 67)


def fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def gamma(value: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(value * 256))


def xyz(colour: tuple[float, ...]) -> bytes:
    return b"XYZ " + bytes(4) + fixed(*colour)


def adobe_rgb() -> bytes:
    """Adobe RGB (1998): wider green, gamma 2.2."""
    colours = {b"rXYZ": ADOBE_RED, b"gXYZ": ADOBE_GREEN, b"bXYZ": ADOBE_BLUE, b"wtpt": D50}
    curves = {name: gamma(2.19921875) for name in (b"rTRC", b"gTRC", b"bTRC")}
    return icc(b"RGB ", {**{name: xyz(value) for name, value in colours.items()}, **curves})


def grey_linear() -> bytes:
    return icc(b"GRAY", {b"wtpt": xyz(D50), b"kTRC": gamma(1.0)})


def cmyk() -> bytes:
    """A printer whose every ink only darkens: lightness is what the inks leave, without hue."""
    corners = b"".join(
        bytes([round(255 * (1 - max(k, (c + m + y) / 3))), 128, 128])
        for c, m, y, k in product((0, 1), repeat=4)
    )
    ramp = bytes(range(256))
    identity = fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    table = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + identity + ramp * 4 + corners + ramp * 3
    return icc(b"CMYK", {b"wtpt": xyz(D50), b"A2B0": table}, b"Lab ", b"prtr")


def loaded(image: Image.Image, kind: str = "PNG", **options: Any) -> Picture:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return picture_from_bytes(file.getvalue(), "p")


def srgb_level(linear: float) -> float:
    return 255 * (12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "AVIF"])
def test_a_wide_profile_is_converted(kind: str) -> None:
    options: dict[str, Any] = {"WEBP": {"lossless": True}, "JPEG": {"quality": 100}}.get(kind, {})
    picture = loaded(Image.new("RGB", (16, 16), (100, 180, 90)), kind, icc_profile=adobe_rgb(), **options)
    # By the published matrices: Adobe RGB (100, 180, 90), gamma 2.2, to linear sRGB.
    linear = np.array([100, 180, 90]) / 255.0
    matrix = np.array([[1.3984, -0.3984, 0], [0, 1, 0], [0, -0.0429, 1.0429]])
    expected = [srgb_level(max(v, 0)) for v in matrix @ linear**2.19921875]
    assert np.abs(picture.pixels[8, 8] - np.array(expected)).max() < (4 if kind in ("JPEG", "AVIF") else 2)
    assert picture.notes == ("colours converted to sRGB from the profile 'Test profile'",)


def test_an_srgb_profile_changes_nothing_and_says_nothing() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = loaded(Image.fromarray(pixels), icc_profile=srgb)
    assert np.array_equal(picture.pixels, pixels)
    assert picture.notes == ()


def test_a_profile_under_transparency() -> None:
    opaque = loaded(Image.new("RGB", (4, 4), (100, 180, 90)), icc_profile=adobe_rgb()).pixels.astype(int)
    half = loaded(Image.new("RGBA", (4, 4), (100, 180, 90, 51)), icc_profile=adobe_rgb())
    assert np.abs(half.pixels - (opaque * 0.2 + 255 * 0.8)).max() <= 1
    assert len(half.notes) == 2


def test_a_grey_profile() -> None:
    picture = loaded(Image.new("L", (4, 4), 128), icc_profile=grey_linear())
    assert np.abs(picture.pixels - srgb_level(128 / 255)).max() < 2
    with_alpha = loaded(Image.new("LA", (4, 4), (128, 255)), icc_profile=grey_linear())
    assert np.array_equal(picture.pixels, with_alpha.pixels)


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_without_a_profile(kind: str) -> None:
    image = Image.new("CMYK", (16, 16), (255, 0, 0, 51))
    picture = loaded(image, kind, **({"quality": 100} if kind == "JPEG" else {}))
    assert np.abs(picture.pixels.astype(int) - (0, 204, 204)).max() <= 2
    assert picture.notes == ("CMYK without a usable profile: colours are approximate",)


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_with_a_profile(kind: str) -> None:
    options = {"quality": 100} if kind == "JPEG" else {}
    images = [Image.new("CMYK", (16, 16), inks) for inks in ((0, 0, 0, 0), (255, 0, 0, 0), (0, 0, 0, 255))]
    white, tinted, black = (loaded(image, kind, icc_profile=cmyk(), **options) for image in images)
    assert white.pixels.min() >= 253
    assert black.pixels.max() <= 3
    # One ink of three leaves a lightness of 2/3: L* = 66.7, no hue; sRGB grey 162.
    assert np.abs(tinted.pixels.astype(int) - 162).max() <= 4
    assert tinted.notes == ("colours converted to sRGB from the profile 'Test profile'",)


def test_cielab() -> None:
    image = Image.merge("LAB", [Image.new("L", (4, 4), level) for level in (136, 128, 128)])
    picture = loaded(image, "TIFF")
    # L* = 136 / 2.55 = 53.3, grey: linear 0.2140, sRGB 127.
    assert np.abs(picture.pixels.astype(int) - 127).max() <= 2
    assert picture.notes == ("CIELAB converted to sRGB",)


@pytest.mark.parametrize(
    "profile", [b"\0", b"not a profile at all" * 20, adobe_rgb()[:300], adobe_rgb()[:128]]
)
def test_a_broken_profile_is_ignored_with_a_note(profile: bytes) -> None:
    picture = loaded(Image.new("RGB", (4, 4), (100, 180, 90)), icc_profile=profile)
    assert (picture.pixels == (100, 180, 90)).all()
    assert picture.notes == ("embedded colour profile is broken and was ignored",)


def test_a_profile_for_other_colours_is_ignored_with_a_note() -> None:
    picture = loaded(Image.new("RGB", (4, 4), (100, 180, 90)), icc_profile=grey_linear())
    assert (picture.pixels == (100, 180, 90)).all()
    assert picture.notes == ("embedded colour profile ignored: it is for GRAY, the image is RGB",)
