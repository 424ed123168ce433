"""Palettes, channel definitions, subsampled components and sYCC, against what OpenJPEG's tool showed.

`files` holds small streams of `opj_compress` with the pictures that `opj_decompress` made of them; the rest
is put together from codestreams and boxes, and the right picture is known.
"""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from engine import pipeline
from engine.codecs.jpeg2000.colour import picture_of
from engine.codecs.jpeg2000.packets import effective_step
from engine.codecs.jpeg2000.parse import parse
from engine.io.image import load_picture, picture_from_bytes
from engine.registry import CODECS
from engine.repair.metadata import metadata_of
from tests.engine.io.test_colour import adobe_rgb
from tests.support.tiny_models import textured_pixels

FILES = Path(__file__).parent / "files"
STREAMS = sorted(path for path in FILES.iterdir() if path.suffix in (".jp2", ".j2k"))
PIXELS = textured_pixels(37, 51)
Entry = tuple[int, int, int]


def codestream(samples: NDArray[np.uint8]) -> bytes:
    """Samples coded losslessly, each component for itself."""
    file = io.BytesIO()
    Image.fromarray(samples).save(file, "JPEG2000", no_jp2=True, irreversible=False, mct=0)
    return file.getvalue()


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def jp2(samples: NDArray[np.uint8], space: int | bytes, *boxes: bytes) -> bytes:
    """space: the number of a colour space, or an ICC profile."""
    height, width = samples.shape[:2]
    count = 1 if samples.ndim == 2 else samples.shape[2]
    header = box(b"ihdr", struct.pack(">IIHBBBB", height, width, count, 7, 7, 0, 0))
    header += box(
        b"colr", b"\2\0\0" + space if isinstance(space, bytes) else struct.pack(">BBBI", 1, 0, 0, space)
    )
    return (
        b"\x00\x00\x00\x0cjP  \r\n\x87\n"
        + box(b"ftyp", b"jp2 " + bytes(4) + b"jp2 ")
        + box(b"jp2h", header + b"".join(boxes))
        + box(b"jp2c", codestream(samples))
    )


def cdef(*entries: Entry) -> bytes:
    """Channel, type, association."""
    return box(b"cdef", struct.pack(">H", len(entries)) + b"".join(struct.pack(">HHH", *e) for e in entries))


def palette(colours: NDArray[np.uint8]) -> bytes:
    entries, columns = colours.shape
    body = struct.pack(">HB", entries, columns) + b"\x07" * columns + colours.tobytes()
    return box(b"pclr", body)


def cmap(*entries: tuple[int, int, int]) -> bytes:
    """Component, whether through the palette, its column."""
    return box(b"cmap", b"".join(struct.pack(">HBB", *entry) for entry in entries))


def standard(payload: bytes) -> NDArray[np.uint8]:
    """What the codec shows; loading the file as a picture shows the same."""
    coded = pipeline.decode(payload, "a.jp2")
    assert (coded.damage, coded.unread) == ("", "")
    np.testing.assert_array_equal(picture_from_bytes(payload, "a.jp2").pixels, coded.standard)
    return coded.standard


@pytest.mark.parametrize("path", STREAMS, ids=lambda path: path.name)
def test_the_same_pixels_as_opj_decompress(path: Path) -> None:
    with Image.open(path.with_suffix(".png")) as image:
        expected = np.asarray(image.convert("RGB"))
    coded = pipeline.decode(path.read_bytes(), path.name)
    np.testing.assert_array_equal(coded.standard, expected)
    np.testing.assert_array_equal(load_picture(path).pixels, expected)
    assert coded.grey == ("grey" in path.name)
    assert coded.codec == "jpeg2000-nomct" or coded.grey


@pytest.mark.parametrize(
    "order",
    [(0, 1, 2), (2, 1, 0), (1, 2, 0), (0, 2, 1), (2, 0, 1)],
    ids=lambda order: "".join(map(str, order)),
)
def test_channels_in_another_order(order: tuple[int, int, int]) -> None:
    """order: which colour each component is."""
    entries = [(channel, 0, colour + 1) for channel, colour in enumerate(order)]
    payload = jp2(np.ascontiguousarray(PIXELS[..., list(order)]), 16, cdef(*entries))
    np.testing.assert_array_equal(standard(payload), PIXELS)


@pytest.mark.parametrize("first", [True, False], ids=["alpha first", "alpha last"])
def test_opacity_anywhere(first: bool) -> None:
    alpha = np.full(PIXELS.shape[:2], 255, np.uint8)
    alpha[:10] = 0
    parts = [alpha, *np.moveaxis(PIXELS, -1, 0)] if first else [*np.moveaxis(PIXELS, -1, 0), alpha]
    at, colours = (0, (1, 2, 3)) if first else (3, (0, 1, 2))
    entries = [(at, 1, 0), *((channel, 0, number + 1) for number, channel in enumerate(colours))]
    payload = jp2(np.stack(parts, axis=-1), 16, cdef(*entries))
    shown = standard(payload)
    assert (shown[:10] == 255).all()
    np.testing.assert_array_equal(shown[10:], PIXELS[10:])
    assert "alpha composited on white" in CODECS.get("jpeg2000").notes(payload)


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (2, 1, 0)], ids=["YCbCr", "YCrCb", "CrCbY"])
def test_sycc(order: tuple[int, int, int]) -> None:
    ycc = np.asarray(Image.fromarray(PIXELS).convert("YCbCr"))
    entries = [(channel, 0, meant + 1) for channel, meant in enumerate(order)]
    boxes = () if order == (0, 1, 2) else (cdef(*entries),)
    shown = standard(jp2(np.ascontiguousarray(ycc[..., list(order)]), 18, *boxes))
    assert np.abs(shown.astype(int) - PIXELS).max() <= 4
    assert np.abs(shown.astype(int) - PIXELS).mean() < 1.2


def test_esycc_as_opj_decompress_has_it() -> None:
    """Its integers (color.c, color_esycc_to_rgb) at the ends of the range."""
    ycc = np.array([[[255, 128, 128], [0, 128, 128], [100, 90, 200], [200, 255, 0]]], np.uint8).repeat(8, 0)
    shown = standard(jp2(ycc.repeat(8, 1), 24))[0, ::8].tolist()
    assert shown == [[255, 255, 255], [0, 0, 0], [201, 62, 33], [21, 248, 255]]


def test_a_profile_is_applied_to_pictures_and_saved_with_streams() -> None:
    payload, png = jp2(PIXELS, adobe_rgb()), io.BytesIO()
    Image.fromarray(PIXELS).save(png, "PNG", icc_profile=adobe_rgb())
    picture, meant = picture_from_bytes(payload, "a.jp2"), picture_from_bytes(png.getvalue(), "a.png")
    np.testing.assert_array_equal(picture.pixels, meant.pixels)
    assert picture.notes == meant.notes == ("colours converted to sRGB from the profile 'Test profile'",)
    coded = pipeline.decode(payload, "a.jp2")
    np.testing.assert_array_equal(coded.standard, PIXELS)
    assert any("without the embedded profile" in note for note in pipeline.told(coded, "a.jp2"))
    saved = CODECS.get(coded.codec).png(coded.standard, coded)
    np.testing.assert_array_equal(picture_from_bytes(saved, "a.png").pixels, meant.pixels)
    assert metadata_of(coded).icc == adobe_rgb()


def test_a_colour_space_that_is_not_known_is_told() -> None:
    notes = CODECS.get("jpeg2000").notes(jp2(PIXELS, 14))
    assert notes == ("colours shown as coded: its colour space (number 14) is not converted",)


@pytest.mark.parametrize(
    ("columns", "mapping"),
    [
        ((0, 1, 2), None),
        ((0, 1, 2), ((0, 1, 0), (0, 1, 1), (0, 1, 2))),
        ((2, 1, 0), ((0, 1, 2), (0, 1, 1), (0, 1, 0))),
        ((1, 1, 1), ((0, 1, 1), (0, 1, 1), (0, 1, 1))),
        ((0, 0, 2), ((0, 1, 0), (0, 1, 0), (0, 1, 2))),
    ],
)
def test_palettes(columns: tuple[int, ...], mapping: tuple[tuple[int, int, int], ...] | None) -> None:
    colours = np.random.default_rng(1).integers(0, 256, (23, 3), np.uint8)
    index = (np.arange(37 * 51).reshape(37, 51) % 23).astype(np.uint8)
    boxes = (palette(colours),) if mapping is None else (palette(colours), cmap(*mapping))
    payload = jp2(index, 16, *boxes)
    np.testing.assert_array_equal(standard(payload), colours[index][..., list(columns)])
    coded = pipeline.decode(payload, "a.jp2")
    assert not coded.grey
    with Image.open(io.BytesIO(CODECS.get(coded.codec).png(coded.standard, coded))) as image:
        assert image.mode == "RGB"
        np.testing.assert_array_equal(np.asarray(image), coded.standard)


def test_boxes_without_sense_leave_it_to_openjpeg() -> None:
    plain = jp2(PIXELS, 16)
    for odd in (box(b"cdef", b"\0\7"), cdef((0, 0, 1), (9, 0, 2), (2, 0, 3)), box(b"pclr", b"\0"), b"\0\0\0"):
        shown = picture_of(jp2(PIXELS, 16, odd))
        assert shown is None or np.asarray(shown).shape[:2] == PIXELS.shape[:2]
    assert picture_of(plain) is None


def test_damage_that_only_the_whole_decoder_passes_over_is_shown() -> None:
    damaged = bytearray((FILES / "sycc420_tiles.j2k").read_bytes())
    damaged[238:240] = b"\xff\xff"
    with pytest.raises(OSError, match="broken data"):
        picture_of(bytes(damaged))
    coded = pipeline.decode(bytes(damaged), "a.j2k")
    assert coded.standard.shape == (29, 43, 3)
    assert any("can't be read one by one" in note for note in pipeline.told(coded, "a.j2k"))


@pytest.mark.parametrize("seed", range(5))
def test_a_block_with_more_passes_than_planes_is_no_fault(seed: int) -> None:
    """OpenJPEG writes and reads such streams where 12-bit noise needs more than its guard bits."""
    rng = np.random.default_rng(seed)
    noise = rng.integers(0, 2, (96, 72 + 8 * seed)).astype(np.uint16) * 65_535
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "JPEG2000", no_jp2=True, irreversible=False)
    payload = bytearray(file.getvalue())
    at = payload.index(b"\xff\x5c") + 5  # exponents of the subbands, five bits each: claim fewer planes
    for k in range(at, at + 16):
        payload[k] = (payload[k] >> 3) - 3 << 3
    assert effective_step(parse(bytes(payload), 0, None)) is not None
    coded = pipeline.decode(bytes(payload), "a.j2k")
    assert (coded.damage, coded.unread) == ("", "")
    with Image.open(io.BytesIO(payload)) as image:
        shown = np.asarray(image).astype(float) * (255 / 65_535)
    assert np.abs(coded.standard[..., 0] - shown).max() <= 0.5 + 1e-9
