"""Every kind of file that people have, and every way in which one can be broken."""

from __future__ import annotations

import contextlib
import io
import os
import random
import struct
import sys
import threading
import warnings
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from engine.errors import UserError
from engine.io import image as images
from engine.io.image import load_picture, picture_from_bytes
from engine.types import Picture, Pixels
from tests.support.jpeg_damage import reference
from tests.support.repository import ROOT


def photo(height: int = 40, width: int = 56) -> Pixels:
    """Smooth, coloured and without symmetry, so that every flip shows and lossy formats stay close."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [60 + 150 * x / max(width, 2), 40 + 180 * y / max(height, 2), 90 + 60 * np.sin((x + 2 * y) / 9)]
    return np.rint(np.stack(planes, axis=-1)).astype(np.uint8)


def encoded(pixels: Pixels, kind: str, mode: str = "RGB", **options: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(file, kind, **options)
    return file.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that promises a size and holds next to nothing."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def refusal(data: bytes, name: str = "photo.png") -> str:
    """The one line that bad bytes are refused with, less the name it must begin with."""
    with pytest.raises(UserError) as caught:
        picture_from_bytes(data, name)
    text = str(caught.value)
    assert text.startswith(f"{name}: ")
    assert text.isprintable()
    return text[len(name) + 2 :]


@pytest.mark.parametrize(
    ("kind", "options"),
    [("PNG", {}), ("BMP", {}), ("PPM", {}), ("WEBP", {"lossless": True}), ("JPEG2000", {}),
     ("TIFF", {}), ("TIFF", {"compression": "tiff_lzw"}), ("TIFF", {"compression": "tiff_deflate"}),
     ("TIFF", {"compression": "packbits"})],
)  # fmt: skip
@pytest.mark.parametrize("size", [(40, 56), (1, 1), (1, 9), (17, 3)])
def test_lossless_formats_come_in_exactly(kind: str, options: dict[str, Any], size: tuple[int, int]) -> None:
    pixels = photo(*size)
    picture = picture_from_bytes(encoded(pixels, kind, **options), "photo")
    assert np.array_equal(picture.pixels, pixels)
    assert picture.notes == ()
    assert (picture.name, picture.path, picture.height, picture.width) == ("photo", None, *size)


@pytest.mark.parametrize(
    ("kind", "options"),
    [("JPEG", {"quality": 95, "subsampling": 0}), ("JPEG", {"quality": 95, "progressive": True}),
     ("WEBP", {"quality": 95}), ("AVIF", {"quality": 95}), ("TIFF", {"compression": "jpeg", "quality": 95})],
)  # fmt: skip
def test_lossy_formats_come_in_closely(kind: str, options: dict[str, Any]) -> None:
    pixels = photo(64, 96)
    picture = picture_from_bytes(encoded(pixels, kind, **options), "photo")
    assert picture.pixels.shape == pixels.shape
    assert np.abs(picture.pixels.astype(int) - pixels).mean() < 4


def test_pixels_are_read_only_contiguous_bytes() -> None:
    pixels = picture_from_bytes(encoded(photo(), "PNG"), "p").pixels
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous
    assert not pixels.flags.writeable


def test_a_file_keeps_its_path_and_name(tmp_path: Path) -> None:
    path = tmp_path / "Grüße aus Köln.png"
    path.write_bytes(encoded(photo(), "PNG"))
    for given in (path, str(path)):
        picture = load_picture(given)
        assert (picture.name, picture.path) == ("Grüße aus Köln.png", path)
        assert np.array_equal(picture.pixels, photo())


def test_grey_becomes_three_equal_planes() -> None:
    picture = picture_from_bytes(encoded(photo(), "PNG", "L"), "p")
    expected = np.asarray(Image.fromarray(photo()).convert("L"))
    assert all(np.array_equal(picture.pixels[..., plane], expected) for plane in range(3))


def test_bilevel_becomes_black_and_white() -> None:
    picture = picture_from_bytes(encoded(photo(), "PNG", "1"), "p")
    assert np.array_equal(np.unique(picture.pixels), [0, 255])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(photo(32, 48), kind, exif=exif, **({"lossless": True} if kind == "WEBP" else {}))
    picture = picture_from_bytes(data, "p")
    with Image.open(io.BytesIO(data)) as stored:
        expected = ImageOps.exif_transpose(stored).convert("RGB")
    assert np.array_equal(picture.pixels, np.asarray(expected))
    assert picture.pixels.shape == ((32, 48, 3) if orientation < 5 else (48, 32, 3))
    # Pillow turns TIFF files itself, without a word.
    assert bool(picture.notes) == (orientation > 1 and kind != "TIFF")


def test_broken_exif_data_is_noted() -> None:
    data = encoded(photo(), "PNG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01\x03\0")
    picture = picture_from_bytes(data, "p")
    assert np.array_equal(picture.pixels, photo())


@pytest.mark.parametrize("kind", ["GIF", "TIFF"])
def test_frames_cut_off_leave_the_first_one(kind: str) -> None:
    """Wherever a file ends behind its first frame, what Pillow shows of it is shown."""
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("#c00000", "#00c000")]
    single, file = io.BytesIO(), io.BytesIO()
    frames[0].save(single, kind)
    frames[0].save(file, kind, save_all=True, append_images=frames[1:])
    whole, shown = file.getvalue(), 0
    first = picture_from_bytes(whole, "p").pixels
    for length in range(len(single.getvalue()) - 1, len(whole)):
        with contextlib.suppress(Exception):
            with Image.open(io.BytesIO(whole[:length])) as image:
                image.load()
            assert np.array_equal(picture_from_bytes(whole[:length], "p").pixels, first), length
            shown += 1
    assert shown > 10


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF", "AVIF"])
def test_the_first_of_several_frames_is_taken(kind: str) -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("#c00000", "#00c000", "#0000c0")]
    file = io.BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:])
    picture = picture_from_bytes(file.getvalue(), "p")
    assert np.abs(picture.pixels.astype(int) - (0xC0, 0, 0)).max() < 12
    assert picture.notes == ("first of 3 frames",)


# Bad input


def test_zero_bytes() -> None:
    assert refusal(b"") == "is empty (0 bytes)"


@pytest.mark.parametrize("data", [b"hello, world\n", b"%PDF-1.7\n", b"<svg/>", b"\0" * 4096, b"\x7fELF"])
def test_not_an_image(data: bytes) -> None:
    assert refusal(data).startswith("is not an image that can be opened (PNG, JPEG")


@pytest.mark.parametrize(
    ("kind", "options"),
    [("PNG", {}), ("WEBP", {}), ("AVIF", {}), ("BMP", {}), ("TIFF", {}),
     ("TIFF", {"compression": "tiff_lzw"}), ("TIFF", {"compression": "tiff_deflate"})],
)  # fmt: skip
@pytest.mark.parametrize("share", [0.03, 0.5, 0.9])
def test_cut_off_files(kind: str, options: dict[str, Any], share: float, capfd: Any) -> None:
    noisy = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    data = encoded(noisy, kind, **options)
    assert refusal(data[: int(share * len(data))]).startswith("is damaged or cut off")
    assert capfd.readouterr() == ("", "")  # libtiff and loggers keep quiet, too


@pytest.mark.parametrize("share", [0.03, 0.5, 0.9])
def test_a_jpeg_file_that_is_cut_off_shows_what_came(share: float, capfd: Any) -> None:
    data = encoded(photo(), "JPEG")
    scan = data.index(b"\xff\xda")
    cut = data[: int(share * scan) if share < 0.1 else scan + int(share * (len(data) - scan))]
    if share < 0.1:
        assert refusal(cut).startswith("is damaged or cut off")
    else:
        picture = picture_from_bytes(cut, "cut.jpg")
        np.testing.assert_array_equal(picture.pixels, reference(cut))
        assert "the JPEG file is damaged: its end marker is missing" in picture.notes[0]
        assert "never came" in picture.notes[0]
    assert capfd.readouterr() == ("", "")


def test_a_jpeg_picture_behind_bytes_of_others() -> None:
    data = encoded(photo(), "JPEG")
    picture = picture_from_bytes(b"--boundary\r\n" + data, "part.jpg")
    np.testing.assert_array_equal(picture.pixels, picture_from_bytes(data, "a.jpg").pixels)
    assert "begins after 12 bytes" in picture.notes[0]


def test_damage_that_pillow_passes_over_is_told(capfd: Any) -> None:
    data = encoded(photo(96, 128), "JPEG", restart_marker_rows=1)
    assert picture_from_bytes(data, "a.jpg").notes == ()
    at = data.index(b"\xff\xd2")
    picture = picture_from_bytes(data[:at] + data[at + 2 :], "a.jpg")
    assert picture.notes[0].startswith(
        "the JPEG file is damaged: restart markers are missing or wrong; 32 of"
    )
    cut = data[: len(data) * 2 // 3] + b"\xff\xd9"
    assert "patches never came" in picture_from_bytes(cut, "a.jpg").notes[0]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_damaged_picture_is_turned_upright_too(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(photo(), "JPEG", exif=exif)
    picture = picture_from_bytes(data[:-2], "a.jpg")
    np.testing.assert_array_equal(picture.pixels, picture_from_bytes(data, "a.jpg").pixels)


def test_a_sound_file_of_an_unknown_kind_is_not_called_damaged() -> None:
    """A bitmap with 16 bits a pixel and masks that Pillow doesn't know."""
    head = struct.pack("<IiiHHIIiiII", 40, 2, 2, 1, 16, 3, 0, 0, 0, 0, 0)
    body = head + struct.pack("<III", 0x0F00, 0x00F0, 0x000F) + bytes(8)
    data = b"BM" + struct.pack("<IHHI", 14 + len(body), 0, 0, 14 + 52) + body
    said = refusal(data)
    assert said.startswith("this kind of file is not supported")
    assert "damaged" not in said


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is a folder, not a file"):
        load_picture(tmp_path)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"missing\.png: no such file$"):
        load_picture(tmp_path / "missing.png")


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.png"
    path.touch()
    with pytest.raises(UserError, match=r"empty\.png: is empty"):
        load_picture(path)


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.png"
    path.write_bytes(encoded(photo(), "PNG"))
    path.chmod(0)

    def denied(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    if os.geteuid() == 0:  # root may read everything
        monkeypatch.setattr("engine.io.opening.os.open", denied)
    with pytest.raises(UserError, match=r"secret\.png: no permission to read it$"):
        load_picture(path)


def test_a_pipe(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(UserError, match="is a named pipe, not a file"):
        load_picture(path)


def test_other_trouble_with_the_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="can't be read"):
        load_picture(tmp_path / ("x" * 300))
    with pytest.raises(UserError, match="is not a valid file name"):
        load_picture("photo\0.png")
    with pytest.raises(UserError) as caught:
        load_picture(tmp_path / "two\nlines\x1b[31m.png")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("size", [(14_500, 12_500), (16_000, 11_000), (60_000, 60_000)])
def test_decompression_bombs_are_refused_before_decoding(size: tuple[int, int]) -> None:
    assert "175 megapixels" in refusal(png_header(*size))


def test_just_below_the_limit_is_not_called_a_bomb() -> None:
    # The body is missing: what matters is that the size is not what it's refused for.
    assert refusal(png_header(17_500, 10_000)).startswith("is damaged or cut off")


def test_a_strip_longer_than_jpeg_can_hold() -> None:
    file = io.BytesIO()
    Image.new("L", (100_000, 1)).save(file, "PNG")
    reason = "100000×1 pixels; JPEG can't hold a side longer than 65,500"
    assert refusal(file.getvalue()) == reason
    assert refusal(png_header(2, 65_501)).startswith("2×65501 pixels; JPEG can't")
    assert picture_from_bytes(encoded(np.zeros((1, 65_500, 3), np.uint8), "PNG"), "p").width == 65_500


def test_too_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*_: Any, **__: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(images, "read_8bit", exhausted)
    assert refusal(encoded(photo(), "PNG")) == "not enough memory to open it"


@pytest.mark.parametrize(
    ("kind", "options"),
    [("PNG", {}), ("PNG", {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0"}), ("JPEG", {}), ("WEBP", {}), ("AVIF", {}),
     ("TIFF", {}), ("TIFF", {"compression": "tiff_lzw"}), ("BMP", {}), ("GIF", {})],
)  # fmt: skip
def test_damaged_bytes_give_a_picture_or_one_line(kind: str, options: dict[str, Any], capfd: Any) -> None:
    data = encoded(photo(), kind, **options)
    dice = random.Random(kind)
    for _ in range(60):
        damaged = bytearray(data)
        for _ in range(dice.choice((1, 2, 8))):
            damaged[dice.randrange(min(len(damaged), 300))] = dice.randrange(256)
        outcome: Picture | UserError
        try:
            outcome = picture_from_bytes(bytes(damaged), "p")
        except UserError as error:
            outcome = error
        text = str(outcome) if isinstance(outcome, UserError) else "".join(outcome.notes)
        assert text.isprintable()
    assert capfd.readouterr() == ("", "")


def test_loading_leaves_warning_filters_and_standard_error_alone(tmp_path: Path, capfd: Any) -> None:
    data = [encoded(photo(), kind) for kind in ("PNG", "TIFF", "JPEG")] * 6
    before = list(warnings.filters)
    threads = [threading.Thread(target=picture_from_bytes, args=(one, "p")) for one in data]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(warnings.filters) == before
    os.write(2, b"still here\n")
    assert capfd.readouterr().err == "still here\n"


def test_reading_images_needs_no_heavy_library() -> None:
    import subprocess

    code = (
        "import sys, engine.io.image, engine.data.samples, engine.metrics.fidelity, engine.artefacts\n"
        "heavy = {'torch', 'skimage', 'scipy', 'tifffile'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
