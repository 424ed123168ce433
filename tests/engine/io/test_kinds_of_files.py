"""Kinds of files that people send, five and more of each, against what the reference decoder shows."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from engine import pipeline
from engine.errors import UserError
from engine.io.image import picture_from_bytes
from engine.types import Pixels
from tests.support.tiny_models import textured_pixels

PIXELS = textured_pixels(37, 52)


def saved(image: Image.Image, format: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


# ---- alpha -----------------------------------------------------------------------------------------------

RAMP = np.linspace(0, 255, PIXELS.shape[1]).astype(np.uint8)[None].repeat(len(PIXELS), 0)
COLOUR = Image.fromarray(np.dstack([PIXELS, RAMP]))
GREY = Image.fromarray(np.dstack([PIXELS[..., 0], RAMP]))
CLEAR = Image.fromarray(np.dstack([PIXELS, np.where(PIXELS[..., 1] > 90, 255, 0).astype(np.uint8)]))


@pytest.mark.parametrize(
    ("image", "format", "options"),
    [
        (COLOUR, "AVIF", {"quality": 70}), (COLOUR, "AVIF", {"quality": 30, "subsampling": "4:4:4"}),
        (GREY, "AVIF", {}), (CLEAR, "AVIF", {}), (COLOUR.crop((3, 2, 32, 31)), "AVIF", {}),
        (COLOUR.rotate(180), "AVIF", {"quality": 90}),
        (COLOUR, "WEBP", {"quality": 60}), (COLOUR, "WEBP", {"lossless": True}), (CLEAR, "WEBP", {}),
        (COLOUR, "JPEG2000", {}), (GREY, "JPEG2000", {"no_jp2": True}), (COLOUR, "PNG", {}),
        (GREY, "PNG", {}),
    ],
)  # fmt: skip
def test_alpha_is_shown_on_white_and_told(image: Image.Image, format: str, options: dict[str, Any]) -> None:
    data = saved(image, format, **options)
    with Image.open(io.BytesIO(data)) as opened:
        parts = np.asarray(opened.convert("RGBA")).astype(float)
    share = parts[..., 3:] / 255
    expected = parts[..., :3] * share + 255 * (1 - share)
    picture = picture_from_bytes(data, "a")
    assert np.abs(picture.pixels - expected).max() <= 1
    assert "alpha composited on white" in picture.notes
    if format != "PNG":
        coded = pipeline.decode(data, "a")
        np.testing.assert_array_equal(coded.standard, picture.pixels)
        assert "alpha composited on white" in pipeline.told(coded, "a")


# ---- AVIF that is to be turned or cropped ----------------------------------------------------------------


@pytest.mark.parametrize("format", ["AVIF", "WEBP", "PNG", "TIFF"])
def test_every_orientation_is_shown_upright(format: str) -> None:
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        data = saved(Image.fromarray(PIXELS), format, exif=exif)
        with Image.open(io.BytesIO(data)) as image:
            expected = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
        np.testing.assert_array_equal(picture_from_bytes(data, "a").pixels, expected)
        if format in ("AVIF", "WEBP"):
            assert pipeline.decode(data, "a").orientation == orientation


def with_aperture(data: bytes, numbers: tuple[int, ...]) -> bytes:
    """An AVIF file of one picture with a clean aperture (14496-12, 12.1.4)."""
    box = struct.pack(">I4s8I", 40, b"clap", *numbers)
    count, at, store = 0, data.index(b"ipco") + 4, data.index(b"ipco") - 4
    end = store + struct.unpack_from(">I", data, store)[0]
    while at < end:
        at, count = at + struct.unpack_from(">I", data, at)[0], count + 1
    grown = bytearray(data)
    links = data.index(b"ipma") - 4
    size = struct.unpack_from(">I", data, links)[0]
    grown[links + size : links + size] = bytes([0x80 | (count + 1)])
    grown[links + 18] += 1  # of the only item's properties
    grown[end:end] = box
    for kind, more in ((b"ipma", 1), (b"ipco", 40), (b"iprp", 41), (b"meta", 41)):
        place = grown.index(kind) - 4
        struct.pack_into(">I", grown, place, struct.unpack_from(">I", grown, place)[0] + more)
    offset = grown.index(struct.pack(">I", data.index(b"mdat") + 4), grown.index(b"iloc"))
    struct.pack_into(">I", grown, offset, data.index(b"mdat") + 4 + 41)
    return bytes(grown)


@pytest.mark.parametrize("side", [(10, 8), (52, 37), (1, 1), (33, 20), (52, 2)])
def test_a_clean_aperture_is_told(side: tuple[int, int]) -> None:
    plain = saved(Image.fromarray(PIXELS), "AVIF", quality=60)
    data = with_aperture(plain, (side[0], 1, side[1], 1, 0, 1, 0, 1))
    note = f"shown whole, not cropped to its clean aperture ({side[0]}×{side[1]})"
    coded, picture = pipeline.decode(data, "a"), picture_from_bytes(data, "a")
    assert note in pipeline.told(coded, "a")
    assert note in picture.notes
    assert (coded.damage, coded.unread) == ("", "")
    np.testing.assert_array_equal(coded.standard, pipeline.decode(plain, "a").standard)


# ---- sound files that nothing here reads -----------------------------------------------------------------


def bitmap(bits: int, compression: int, masks: tuple[int, ...] = (), head: int = 40) -> bytes:
    body = struct.pack("<IiiHHIIiiII", head, 8, 8, 1, bits, compression, 0, 0, 0, 0, 0)
    body += struct.pack(f"<{len(masks)}I", *masks)
    return struct.pack("<2sIHHI", b"BM", 14 + len(body) + 512, 0, 0, 14 + len(body)) + body + bytes(512)


@pytest.mark.parametrize(
    "data",
    [
        bitmap(16, 3),  # no masks
        bitmap(16, 3, (0xF00, 0xF0, 0xF)), bitmap(32, 3, (0x7, 0x70, 0x700)), bitmap(2, 0), bitmap(0, 4),
        bitmap(24, 5), bitmap(8, 0, head=17),
    ],
)  # fmt: skip
def test_a_sound_file_of_a_rare_kind_is_not_called_damaged(data: bytes) -> None:
    with pytest.raises(UserError, match=r"^a\.bmp: this kind of file is not supported: ") as told:
        picture_from_bytes(data, "a.bmp")
    assert "damaged" not in str(told.value)


def fields(bits: int, masks: tuple[int, int, int], head: int, upright: bool) -> tuple[bytes, Pixels]:
    """A bitmap with samples of any width, and what it shows."""
    rng = np.random.default_rng(bits + head)
    height, width = 5, 7
    samples = rng.integers(0, 1 << bits, (height, width), dtype=np.uint32)
    row = -(-width * bits // 32) * 4
    kept = samples[::-1] if upright else samples
    rows = b"".join(line.astype(f"<u{bits // 8}").tobytes().ljust(row, b"\0") for line in kept)
    lowest = [mask & -mask for mask in masks]
    shown = [(samples & m) // low * 255 / (m // low) for m, low in zip(masks, lowest, strict=True)]
    words = struct.pack(
        "<IiiHHIIiiII", head, width, height if upright else -height, 1, bits, 3, len(rows), 0, 0, 0, 0
    )
    words += struct.pack("<3I", *masks)
    words = words.ljust(max(head, 52), b"\0")
    at = 14 + len(words)
    return struct.pack("<2sIHHI", b"BM", at + len(rows), 0, 0, at) + words + rows, np.stack(shown, axis=-1)


@pytest.mark.parametrize("masks", [(0xF800, 0x7E0, 0x1F), (0x7C00, 0x3E0, 0x1F)], ids=["565", "555"])
@pytest.mark.parametrize("upright", [True, False])
@pytest.mark.parametrize("head", [40, 108, 124])
def test_bitmaps_of_16_bits(masks: tuple[int, int, int], head: int, upright: bool) -> None:
    data, expected = fields(16, masks, head, upright)
    assert np.abs(picture_from_bytes(data, "a").pixels - expected).max() <= 1
