"""JPEG 2000, WebP and AVIF files of other making: damaged ones told, sound ones read as they are meant."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from engine import pipeline
from engine.codecs.avif.parse import parse as parse_avif
from engine.codecs.damage import DamagedError, UnfollowedError
from engine.errors import UserError
from engine.metrics.fidelity import psnr_rgb_db
from engine.registry import CODECS
from tests.engine.io.test_colour import adobe_rgb
from tests.support.classical_files import decoded
from tests.support.pictures import pixels_in
from tests.support.tiny_models import textured_pixels

PIXELS = textured_pixels(80, 112)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def foreign(format: str, image: Image.Image | None = None, **options: Any) -> bytes:
    """A file of another encoder's making, without a check sum."""
    file = io.BytesIO()
    if format == "AVIF":
        options = {"speed": 10, "max_threads": 1, **options}
    (image or Image.fromarray(PIXELS)).save(file, format, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    ("format", "options"),
    [
        ("JPEG2000", {"mct": 1, "irreversible": True, "no_jp2": True}),
        ("JPEG2000", {}),
        ("WEBP", {"quality": 40}),
        ("WEBP", {"lossless": True}),
        ("AVIF", {"quality": 50}),
    ],
)
def test_cut_off_files_of_others_are_told(format: str, options: dict[str, Any]) -> None:
    payload = foreign(format, **options)
    whole = pipeline.decode(payload, "a")
    for length in range(1, len(payload), 29):
        if (received := decoded(payload[:length])) is not None:  # a padding byte at the very end
            np.testing.assert_array_equal(received.standard, whole.standard)
            assert length >= len(payload) - 1


@pytest.mark.parametrize(
    ("format", "options"),
    [("JPEG2000", {"mct": 1, "irreversible": True}), ("WEBP", {"quality": 30}), ("AVIF", {"quality": 30})],
)
def test_damaged_files_of_others_never_crash(
    format: str, options: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    payload = foreign(format, Image.fromarray(textured_pixels(40, 48)), **options)
    rng = np.random.default_rng(5)
    for trial in range(150):
        broken = bytearray(payload)
        # Headers are short, so they are hit on purpose in every other trial.
        reach = len(broken) if trial % 2 else min(len(broken), 300)
        for _ in range(rng.integers(1, 4)):
            broken[rng.integers(reach)] ^= int(rng.integers(1, 256))
        if (received := decoded(bytes(broken))) is not None:
            assert received.scale > 0
            assert np.isfinite(received.scale)
    assert capfd.readouterr() == ("", "")


def test_hostile_sizes_are_refused_before_anything_is_allocated() -> None:
    webp = bytearray(foreign("WEBP", quality=40))
    webp[26:30] = struct.pack("<HH", 16_383, 16_383)
    j2k = bytearray(foreign("JPEG2000", no_jp2=True))
    j2k[8:16] = struct.pack(">II", 60_000, 60_000)
    for payload in (webp, j2k):
        with pytest.raises(UserError, match="huge: "):
            pipeline.decode(bytes(payload), "huge")


def test_a_claimed_height_is_refused_before_its_blocks_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """A column of a thousand million pixels has few whole blocks, and millions of cut ones."""
    made: list[int] = []
    monkeypatch.setattr(
        "engine.codecs.jpeg2000.codec.effective_step", lambda stream: made.append(stream.height)
    )
    file = bytearray(foreign("JPEG2000", Image.fromarray(PIXELS[:, :1]), no_jp2=True))
    for at in (12, 28):  # of the picture, of its tile
        file[at : at + 4] = struct.pack(">I", 10**9)
    with pytest.raises(UserError, match="column: 1×1000000000 pixels"):
        pipeline.decode(bytes(file), "column")
    assert not made


@pytest.mark.parametrize("widths", ["00", "04", "40"])
def test_one_piece_of_an_avif_file_claimed_again_and_again(widths: str) -> None:
    """65,535 extents of the whole file, in as many bytes as their places and lengths take."""
    file = foreign("AVIF", quality=40)
    at = file.index(b"iloc") + 4
    entry = file[at + 8 : at + 12]  # item and where its data are
    piece = {"00": b"", "04": struct.pack(">I", len(file) // 2), "40": struct.pack(">I", 8)}[widths]
    body = bytes(4) + bytes([int(widths[0]) << 4 | int(widths[1]), 0, 0, 1]) + entry + b"\xff\xff"
    body += piece * 65_535
    (old,) = struct.unpack_from(">I", file, at - 8)
    broken = file[: at - 8] + struct.pack(">I", 8 + len(body)) + b"iloc" + body + file[at - 8 + old :]
    meta = file.index(b"meta") - 4
    (size,) = struct.unpack_from(">I", file, meta)
    broken = broken[:meta] + struct.pack(">I", size + 8 + len(body) - old) + broken[meta + 4 :]
    with pytest.raises(DamagedError, match=r"make no sense|more than all"):
        parse_avif(broken)


def test_bytes_after_the_end_are_kept_and_noted() -> None:
    for payload in (foreign("JPEG2000", no_jp2=True), foreign("WEBP", quality=40)):
        longer = pipeline.decode(payload + bytes(7), "a")
        assert longer.payload == payload + bytes(7)
        notes = CODECS.get(longer.codec).notes(longer.payload)
        assert notes == ("7 bytes after the end of the picture, not counted",)


@pytest.mark.parametrize("format", ["JPEG2000", "WEBP", "AVIF"])
@pytest.mark.parametrize("kind", [DamagedError, UnfollowedError, struct.error, IndexError, KeyError])
def test_what_the_decoder_shows_is_shown_where_its_structure_is_not_followed(
    format: str, kind: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    payload = foreign(format)
    sound = pipeline.decode(payload, "a")
    codec = CODECS.get(sound.codec)

    def lost(*_: object) -> None:
        raise kind("lost its way")

    monkeypatch.setattr(f"engine.codecs.{format.lower()}.codec.parse", lost)
    coded = pipeline.decode(payload, "a")
    np.testing.assert_array_equal(coded.standard, sound.standard)
    said = "its structure makes no sense" if not issubclass(kind, DamagedError) else "lost its way"
    assert (coded.damage, coded.unread) == ((said, "") if kind is DamagedError else ("", said))
    first = pipeline.told(coded, "a")[0]
    assert said in first
    assert ("is damaged" in first) == (kind is DamagedError)
    assert codec.png(coded.standard, coded).startswith(b"\x89PNG")
    with pytest.raises(UserError, match=rf"^a: the {codec.title.split(' (')[0]}.* damaged"):
        pipeline.decode(payload[: len(payload) // 3], "a")


@pytest.mark.parametrize("process", [b"\xff\xc3", b"\xff\xc5"])
def test_a_jpeg_file_of_an_unknown_process_is_not_called_damaged(process: bytes) -> None:
    payload = foreign("JPEG").replace(b"\xff\xc0\x00\x11", process + b"\x00\x11", 1)
    with pytest.raises(UserError, match=r"^a: (lossless|hierarchical) JPEG is not supported$"):
        pipeline.decode(payload, "a")


# Files of other programs


@pytest.mark.parametrize(
    ("format", "options", "codec", "subsampling"),
    [
        ("JPEG2000", {"mct": 1}, "jpeg2000", "4:4:4"),
        ("JPEG2000", {}, "jpeg2000-nomct", "4:4:4"),
        ("JPEG2000", {"mct": 1, "tile_size": (64, 64)}, "jpeg2000", "4:4:4"),
        ("JPEG2000", {"mct": 1, "progression": "RPCL", "irreversible": True}, "jpeg2000", "4:4:4"),
        ("JPEG2000", {"mct": 1, "precinct_size": (32, 32), "codeblock_size": (16, 16)}, "jpeg2000", "4:4:4"),
        (
            "JPEG2000",
            {"mct": 1, "irreversible": True, "quality_mode": "rates", "quality_layers": [40, 20, 10]},
            "jpeg2000",
            "4:4:4",
        ),
        ("WEBP", {"lossless": True}, "webp", "4:4:4"),
        ("AVIF", {"subsampling": "4:2:2"}, "avif", "4:2:2"),
    ],
)  # fmt: skip
def test_files_of_other_making(format: str, options: dict[str, Any], codec: str, subsampling: str) -> None:
    payload = foreign(format, **options)
    coded = pipeline.decode(payload, "a")
    assert (coded.codec, coded.subsampling, coded.quality) == (codec, subsampling, None)
    np.testing.assert_array_equal(coded.standard, pixels_in(payload))
    assert 0 < coded.scale < 20


def test_grey_files_have_no_colour() -> None:
    grey = Image.fromarray(PIXELS).convert("L")
    for format in ("JPEG2000", "AVIF"):
        coded = pipeline.decode(foreign(format, grey), "a")
        assert coded.grey
        assert np.ptp(coded.standard.astype(int), axis=-1).max() == 0
        with Image.open(io.BytesIO(CODECS.get(coded.codec).png(coded.standard, coded))) as image:
            assert image.mode == "L"
    deep = Image.fromarray((np.asarray(grey).astype(np.uint16) << 8) | 7)
    coded = pipeline.decode(foreign("JPEG2000", deep), "a")
    assert np.abs(coded.standard[..., 0].astype(int) - np.asarray(grey)).max() <= 1


def test_lossless_files_have_the_finest_scale_there_is() -> None:
    assert pipeline.decode(foreign("WEBP", lossless=True), "a").scale == 1 / 128
    reversible = pipeline.decode(foreign("JPEG2000", mct=1), "a")
    np.testing.assert_array_equal(reversible.standard, PIXELS)
    assert reversible.scale < 0.1


@pytest.mark.parametrize("format", ["WEBP", "AVIF"])
@pytest.mark.parametrize(("profile", "words"), [(SRGB, ""), (adobe_rgb(), "profile 'Test profile'")])
def test_what_showing_a_file_takes_is_noted_and_done_in_the_png(
    format: str, profile: bytes, words: str
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    payload = foreign(format, exif=exif, icc_profile=profile)
    coded = pipeline.decode(payload, "a")
    assert (coded.height, coded.width) == (80, 112)
    notes = " ".join(CODECS.get(coded.codec).notes(payload))
    assert "EXIF orientation (6)" in notes
    assert words in notes
    assert ("profile" in notes) == bool(words)
    with Image.open(io.BytesIO(CODECS.get(coded.codec).png(coded.standard, coded))) as image:
        assert image.size == (80, 112)
        assert image.info["icc_profile"] == profile
        np.testing.assert_array_equal(np.asarray(image), np.rot90(coded.standard, -1))


@pytest.mark.parametrize("format", ["WEBP", "AVIF"])
def test_animations_and_transparency(format: str) -> None:
    frames = [Image.fromarray(textured_pixels(48, 56, seed)) for seed in range(3)]
    payload = foreign(format, frames[0], save_all=True, append_images=frames[1:], quality=80)
    coded = pipeline.decode(payload, "a")
    assert psnr_rgb_db(coded.standard, textured_pixels(48, 56, 0)) > 25
    assert "first of 3 frames" in CODECS.get(coded.codec).notes(payload)
    clear = Image.new("RGBA", (40, 30), (255, 0, 0, 0))
    payload = foreign(format, clear, quality=80)
    coded = pipeline.decode(payload, "a")
    assert (coded.standard == 255).all()
    assert "alpha composited on white" in CODECS.get(coded.codec).notes(payload)
