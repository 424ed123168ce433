"""Samples of every depth and kind, to eight bits: palettes, 16 bits, floats, planes, colour keys."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from engine.errors import UserError
from engine.io import tiff
from engine.io.image import picture_from_bytes
from engine.types import Pixels

GREY, RGB, GREY_ALPHA, RGB_ALPHA = 0, 2, 4, 6  # PNG's colour types
ADAM7 = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]


def deep(height: int, width: int, channels: int, seed: int = 0) -> NDArray[np.uint16]:
    samples = np.random.default_rng(seed).integers(0, 65536, (height, width, channels)).astype(np.uint16)
    samples[0, 0] = 0  # both ends, and either side of a rounding
    samples[-1, -1] = 65535
    samples[0, -1] = 128
    samples[-1, 0] = 129
    return samples


def png16(samples: NDArray[np.uint16], colour_type: int, interlaced: bool = False, key: bytes = b"") -> bytes:
    """A 16-bit PNG, which Pillow can write for grey only. Rows carry filter 0 and 2 (up) in turn."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    def rows(part: NDArray[np.uint16]) -> bytes:
        octets = np.ascontiguousarray(part.astype(">u2")).view(np.uint8).reshape(part.shape[0], -1)
        up = octets - np.concatenate([np.zeros_like(octets[:1]), octets[:-1]])
        return b"".join(
            bytes([2]) + up[i].tobytes() if i % 2 else b"\0" + octets[i].tobytes() for i in range(len(up))
        )

    if interlaced:
        parts = [samples[y::dy, x::dx] for y, x, dy, dx in ADAM7]
        body = b"".join(rows(part) for part in parts if part.size)
    else:
        body = rows(samples)
    height, width = samples.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, int(interlaced))
    chunks = chunk(b"IHDR", header) + (chunk(b"tRNS", key) if key else b"")
    return b"\x89PNG\r\n\x1a\n" + chunks + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")


def tiff_bytes(array: NDArray[Any], **options: Any) -> bytes:
    import tifffile

    file = io.BytesIO()
    tifffile.imwrite(file, array, **options)
    return file.getvalue()


def on_white(samples: NDArray[Any]) -> Pixels:
    """Reference: 16-bit samples (the last of 2 or 4 is alpha) rounded to 8 bits, then composited."""
    eight = np.rint(samples / 257)
    if samples.shape[-1] in (2, 4):
        alpha = eight[..., -1:]
        eight = np.rint((eight[..., :-1] * alpha + 255 * (255 - alpha)) / 255)
    return np.broadcast_to(eight, (*eight.shape[:2], 3)).astype(np.uint8)


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize(("colour_type", "channels"), [(GREY, 1), (RGB, 3), (GREY_ALPHA, 2), (RGB_ALPHA, 4)])
def test_16_bit_png_is_rounded_not_cut(colour_type: int, channels: int, interlaced: bool) -> None:
    samples = deep(19, 23, channels)
    picture = picture_from_bytes(png16(samples, colour_type, interlaced), "p")
    assert np.array_equal(picture.pixels, on_white(samples))
    assert (np.rint(samples / 257) != samples >> 8).any()  # cutting would have been noticed
    assert picture.notes == (("alpha composited on white",) if channels in (2, 4) else ())


@pytest.mark.parametrize(("colour_type", "channels"), [(GREY, 1), (RGB, 3)])
def test_16_bit_colour_key(colour_type: int, channels: int) -> None:
    samples = np.full((4, 6, channels), 1000, np.uint16)
    samples[1, 2] = 1001  # equal to the key in its high byte
    key = struct.pack(f">{channels}H", *[1000] * channels)
    pixels = picture_from_bytes(png16(samples, colour_type, key=key), "p").pixels
    expected = np.full((4, 6, 3), 255)
    expected[1, 2] = round(1001 / 257)
    assert np.array_equal(pixels, expected)


@pytest.mark.parametrize("planes", ["contig", "separate"])
@pytest.mark.parametrize("byte_order", ["<", ">"])
@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("channels", [3, 4])
def test_16_bit_rgb_tiff(channels: int, compression: str | None, byte_order: Any, planes: Any) -> None:
    samples = deep(9, 14, channels)
    data = tiff_bytes(
        samples if planes == "contig" else np.moveaxis(samples, -1, 0),
        photometric="rgb", planarconfig=planes, compression=compression, byteorder=byte_order,
        extrasamples=["unassalpha"] if channels == 4 else None,
    )  # fmt: skip
    assert np.array_equal(picture_from_bytes(data, "p").pixels, on_white(samples))


@pytest.mark.parametrize("byte_order", ["<", ">"])
@pytest.mark.parametrize("channels", [3, 4])
def test_16_bit_tiff_in_a_compression_that_only_libtiff_knows(
    channels: int, byte_order: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiff, "_PLAIN_COMPRESSIONS", ())  # Deflate stands for LZW, which nothing here writes
    samples = deep(9, 14, channels)
    extra = ["unassalpha"] if channels == 4 else None
    options: dict[str, Any] = {"photometric": "rgb", "compression": "zlib", "extrasamples": extra}
    data = tiff_bytes(samples, byteorder=byte_order, **options)
    assert np.array_equal(picture_from_bytes(data, "p").pixels, on_white(samples))
    planar = tiff_bytes(np.moveaxis(samples, -1, 0), planarconfig="separate", **options)
    read = picture_from_bytes(planar, "p")
    assert "16-bit samples cut to 8 bits" in read.notes
    assert np.abs(read.pixels.astype(int) - on_white(samples)).max() <= channels - 2


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_deflate"])
def test_16_bit_grey_tiff(compression: str | None) -> None:
    samples = deep(9, 14, 1)
    file = io.BytesIO()
    Image.fromarray(samples[..., 0]).save(file, "TIFF", compression=compression)
    assert np.array_equal(picture_from_bytes(file.getvalue(), "p").pixels, on_white(samples))


@pytest.mark.parametrize("dtype", ["u1", "u2", "f4"])
def test_white_is_zero_tiff(dtype: str) -> None:
    samples = np.linspace(0, 1, 60).reshape(6, 10)
    top = {"u1": 255, "u2": 65535, "f4": 1}[dtype]
    data = tiff_bytes((samples * top).astype(dtype), photometric="miniswhite")
    pixels = picture_from_bytes(data, "p").pixels
    assert np.abs(pixels[..., 0] - (255 - 255 * samples)).max() <= 1


@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_floats_from_0_to_1(channels: int, dtype: str, compression: str | None) -> None:
    samples = deep(9, 14, channels) / 65535
    data = tiff_bytes(
        (samples if channels > 1 else samples[..., 0]).astype(dtype),
        photometric="rgb" if channels > 1 else "minisblack", compression=compression,
        extrasamples=["unassalpha"] if channels == 4 else None,
    )  # fmt: skip
    picture = picture_from_bytes(data, "p")
    assert np.abs(picture.pixels.astype(int) - on_white(samples * 65535)).max() <= 1
    assert picture.notes == (("alpha composited on white",) if channels == 4 else ())


def test_floats_beyond_0_to_1_are_stretched() -> None:
    samples = np.linspace(-2, 6, 60, dtype=np.float32).reshape(6, 10)
    picture = picture_from_bytes(tiff_bytes(samples), "p")
    assert np.array_equal(picture.pixels[..., 0], np.rint((samples + 2) / 8 * 255))
    assert picture.notes == ("values from -2 to 6 stretched onto black to white",)
    constant = picture_from_bytes(tiff_bytes(np.full((4, 4), 7, np.float32)), "p")
    assert (constant.pixels == 0).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("channels", [1, 3])
def test_floats_that_are_not_numbers(bad: float, channels: int) -> None:
    filled = np.full((8, 8, channels), bad, np.float32)
    one = np.zeros((8, 8, channels), np.float32)
    one[3, 4, 0] = bad
    for samples in (filled, one):
        data = tiff_bytes(samples.squeeze(), photometric="rgb" if channels == 3 else "minisblack")
        with pytest.raises(UserError, match=r"^nan\.tif: holds samples that are not numbers"):
            picture_from_bytes(data, "nan.tif")


def test_multiplied_alpha_is_divided_out() -> None:
    samples = np.zeros((4, 4, 4), np.float32)
    samples[:] = (0.25, 0.5, 0.0, 0.5)  # half transparent (0.5, 1, 0)
    data = tiff_bytes(samples, photometric="rgb", extrasamples=["assocalpha"])
    assert np.abs(picture_from_bytes(data, "p").pixels - np.array([191, 255, 127])).max() <= 2


def test_further_channels_are_ignored_with_a_note() -> None:
    samples = deep(5, 6, 5)
    data = tiff_bytes(samples, photometric="rgb", extrasamples=["unspecified"] * 2)
    picture = picture_from_bytes(data, "p")
    assert np.array_equal(picture.pixels, on_white(samples[..., :3]))
    assert picture.notes == ("2 further channels ignored",)


@pytest.mark.parametrize(
    ("dtype", "highest", "bits"), [("u4", 255, 8), ("i4", 4000, 16), ("u4", 2**32 - 1, 32), ("i2", 200, 8)]
)
def test_wide_integers_take_the_narrowest_range(dtype: str, highest: int, bits: int) -> None:
    samples = np.linspace(0, highest, 60).astype(dtype).reshape(6, 10)
    picture = picture_from_bytes(tiff_bytes(samples), "p")
    expected = np.rint(samples.astype(np.float64) * 255 / (2**bits - 1))
    assert np.array_equal(picture.pixels[..., 1], expected)


def test_negative_integers_are_clipped_with_a_note() -> None:
    picture = picture_from_bytes(tiff_bytes(np.array([[-5, 0, 200]], np.int16)), "p")
    assert picture.pixels[0, :, 0].tolist() == [0, 0, 200]
    assert "negative values clipped to black" in picture.notes


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_deflate"])
def test_wide_integers_from_libtiff(compression: str) -> None:
    samples = np.array([[0, 1000, 65535]], np.int32)
    file = io.BytesIO()
    Image.fromarray(samples).save(file, "TIFF", compression=compression)
    assert picture_from_bytes(file.getvalue(), "p").pixels[0, :, 0].tolist() == [0, 4, 255]


def test_16_bit_netpbm() -> None:
    data = b"P5 3 1 65535\n" + struct.pack(">3H", 0, 1000, 65535)
    assert picture_from_bytes(data, "p").pixels[0, :, 0].tolist() == [0, 4, 255]


@pytest.mark.parametrize("kind", ["complex64", "planes"])
def test_tiff_without_a_meaning_as_a_picture(kind: str) -> None:
    data = tiff_bytes(np.ones((4, 4), np.complex64)) if kind == "complex64" else tiff_bytes(
        np.ones((16, 16, 16), np.float32), volumetric=True, tile=(16, 16, 16)
    )  # fmt: skip
    with pytest.raises(UserError, match=r"^p: (this kind of TIFF is not supported \(1 ×|is damaged)"):
        picture_from_bytes(data, "p")


def test_the_tiff_size_limit_holds_for_tifffile_too() -> None:
    data = bytearray(tiff_bytes(np.ones((4, 4, 3), np.float32), photometric="rgb"))
    for tag in (256, 257):  # width and length
        entry = data.index(struct.pack("<HH", tag, 3 if struct.pack("<HH", tag, 3) in data else 4))
        data[entry + 2 : entry + 12] = struct.pack("<HII", 4, 1, 60_000)
    with pytest.raises(UserError, match="60000×60000 pixels"):
        picture_from_bytes(bytes(data), "p")


def test_orientation_profile_and_frames_of_a_float_tiff() -> None:
    samples = np.linspace(0, 1, 4 * 6 * 3, dtype=np.float32).reshape(4, 6, 3)
    import tifffile

    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for _ in range(2):
            tags = [(274, "H", 1, 6, True), (34675, "B", 4, b"junk", True)]
            writer.write(samples, photometric="rgb", extratags=tags, metadata=None)
    picture = picture_from_bytes(file.getvalue(), "p")
    assert np.array_equal(picture.pixels, np.rot90(np.rint(samples * 255), -1))
    assert picture.notes == (
        "first of 2 frames",
        "embedded colour profile is broken and was ignored",
        "turned upright as its EXIF orientation says",
    )


# Palettes and 8-bit transparency


def palette_image() -> Image.Image:
    image = Image.new("P", (3, 1))
    image.putpalette([200, 10, 20, 30, 210, 40, 50, 60, 220])
    image.putdata([0, 1, 2])
    return image


def test_palette() -> None:
    file = io.BytesIO()
    palette_image().save(file, "PNG")
    assert picture_from_bytes(file.getvalue(), "p").pixels.tolist() == [
        [[200, 10, 20], [30, 210, 40], [50, 60, 220]]
    ]


@pytest.mark.parametrize(
    ("transparency", "second"), [(1, [255, 255, 255]), (b"\xff\x80\xff", [142, 232, 147])]
)
def test_palette_with_transparency(transparency: Any, second: list[int]) -> None:
    file = io.BytesIO()
    palette_image().save(file, "PNG", transparency=transparency)
    picture = picture_from_bytes(file.getvalue(), "p")
    assert picture.pixels.tolist() == [[[200, 10, 20], second, [50, 60, 220]]]
    assert picture.notes == ("alpha composited on white",)


@pytest.mark.parametrize(("mode", "key"), [("L", 7), ("RGB", (7, 7, 7)), ("1", 0)])
def test_8_bit_colour_keys(mode: str, key: Any) -> None:
    image = Image.new(mode, (2, 1), key)
    image.putpixel((1, 0), (9, 8, 7) if mode == "RGB" else 255)
    file = io.BytesIO()
    image.save(file, "PNG", transparency=key)
    pixels = picture_from_bytes(file.getvalue(), "p").pixels[0].tolist()
    assert pixels == [[255, 255, 255], [9, 8, 7] if mode == "RGB" else [255, 255, 255]]


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("alpha", [0, 100, 255])
def test_alpha_is_composited_on_white(kind: str, alpha: int) -> None:
    file = io.BytesIO()
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    Image.new("RGBA", (5, 4), (10, 20, 200, alpha)).save(file, kind, **options)
    picture = picture_from_bytes(file.getvalue(), "p")
    expected = [round((c * alpha + 255 * (255 - alpha)) / 255) for c in (10, 20, 200)]
    assert (picture.pixels == expected).all()
    assert picture.notes == (() if alpha == 255 else ("alpha composited on white",))


def test_grey_with_alpha() -> None:
    file = io.BytesIO()
    Image.new("LA", (5, 4), (10, 51)).save(file, "PNG")
    assert (picture_from_bytes(file.getvalue(), "p").pixels == 206).all()
