"""`nrc encode` and `nrc decode`: streams, pipes, and files that people already have."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from engine.cli import main as cli
from engine.io.image import load_picture
from engine.io.write_image import save_png
from engine.pipeline import decode as decode_stream
from engine.pipeline import encode as encode_stream
from engine.types import EncodeOptions
from tests.support.pictures import pixels_in
from tests.support.tiny_models import save_tiny_model, textured_pixels


@pytest.fixture
def folder(here: Path) -> Path:
    save_png("picture.png", textured_pixels())
    save_tiny_model(here)
    return here


def repair(*arguments: str) -> int:
    return cli.main(["decode", *arguments, "--decoder", "tiny-sweep.json", "--device", "cpu"])


def test_encode_writes_the_stream_that_the_engine_makes(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["encode", "picture.png", "--quality", "20", "--subsampling", "4:4:4", "-o", "a.jpg"]
    assert cli.main(command) == 0
    options = EncodeOptions(quality=20, subsampling="4:4:4")
    payload = encode_stream("jpeg", load_picture("picture.png").pixels, options).payload
    assert Path("a.jpg").read_bytes() == payload
    bpp = 8 * len(payload) / (48 * 56)
    said = capsys.readouterr().out
    assert said == f"picture.png: JPEG, quality 20, 4:4:4, 56×48, {len(payload):,} bytes, {bpp:.3f} bpp\n"


def test_encode_to_a_size(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_png("large.png", textured_pixels(160, 160))
    assert cli.main(["encode", "large.png", "--bpp", "1.5", "-o", "a.jpg"]) == 0
    assert 8 * Path("a.jpg").stat().st_size / 160**2 == pytest.approx(1.5, rel=0.1)
    assert "asked for 1.5; quality" in capsys.readouterr().out


def test_decode_without_a_decoder_is_the_standard_decode(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["encode", "picture.png", "--quality", "10", "-o", "a.jpg"])
    assert cli.main(["decode", "a.jpg", "-o", "a.png"]) == 0
    assert np.array_equal(pixels_in("a.png"), pixels_in("a.jpg"))
    *_, how, past = capsys.readouterr().out.splitlines()
    assert how.endswith("; standard decode")
    assert past == "a.jpg: saved at quality 10; nothing shows that it was saved before"


def test_decode_repairs_a_stream_and_knows_no_original(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["encode", "picture.png", "--quality", "10", "-o", "a.jpg"])
    Path("picture.png").unlink()
    assert repair("a.jpg", "-o", "one.png", "--steps", "1") == 0
    assert repair("a.jpg", "-o", "two.png") == 0
    said = capsys.readouterr().out.splitlines()
    assert "Tiny sweep (tiny-sweep), context both, 1 step, " in said[-4]
    assert ", 2 steps, " in said[-2]
    assert len({pixels_in(name).tobytes() for name in ("a.jpg", "one.png", "two.png")}) == 3
    assert repair("a.jpg", "-o", "again.png") == 0
    assert np.array_equal(pixels_in("two.png"), pixels_in("again.png"))


def test_streams_go_through_pipes(
    folder: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.main(["encode", "picture.png", "--quality", "10", "-o", "-"]) == 0
    stream = capsysbinary.readouterr()
    assert stream.err.startswith(b"picture.png: JPEG, quality 10")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stream.out)))
    assert cli.main(["decode", "-", "-o", "-"]) == 0
    picture = capsysbinary.readouterr()
    assert picture.err.startswith(b"standard input: JPEG, as received")
    with Image.open(io.BytesIO(picture.out)) as image:
        assert image.format == "PNG"
        assert np.array_equal(np.asarray(image), decode_stream(stream.out, "a.jpg").standard)


@pytest.mark.parametrize(
    ("mode", "options"),
    [("RGB", {"progressive": True}), ("L", {}), ("RGB", {"subsampling": 1}), ("CMYK", {})],
)
def test_any_jpeg_file_is_repaired(folder: Path, mode: str, options: dict[str, object]) -> None:
    with Image.open("picture.png") as image:
        image.convert(mode).save("old.jpg", quality=15, **options)  # type: ignore[arg-type]
    assert repair("old.jpg", "-o", "new.png") == 0
    repaired, standard = pixels_in("new.png"), decode_stream(Path("old.jpg").read_bytes(), "old.jpg").standard
    assert repaired.shape == standard.shape
    assert 0 < np.abs(repaired.astype(int) - standard).mean() < 20


@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_turned_files_are_written_upright(folder: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    with Image.open("picture.png") as image:
        image.save("turned.jpg", quality=30, exif=exif)
    assert cli.main(["decode", "turned.jpg", "-o", "upright.png"]) == 0
    assert np.array_equal(pixels_in("upright.png"), load_picture("turned.jpg").pixels)
    assert (pixels_in("upright.png").shape[0] == 56) == (orientation == 6)


def test_the_colour_profile_goes_with_the_pixels(folder: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    with Image.open("picture.png") as image:
        image.save("profile.jpg", icc_profile=profile)
        grey = profile[:16] + b"GRAY" + profile[20:]
        image.convert("L").save("grey.jpg", icc_profile=grey)
        image.convert("L").save("unfit.jpg", icc_profile=profile)
    for name, expected in (("profile", profile), ("grey", grey), ("unfit", None)):
        assert cli.main(["decode", f"{name}.jpg", "-o", f"{name}.png"]) == 0
        with Image.open(f"{name}.png") as image:
            assert image.info.get("icc_profile") == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"", "bad.jpg"), (b"GIF89a", "not a stream of a known codec"), (b"\xff\xd8\xff\xe0\x00", "bad.jpg")],
)
def test_what_is_no_stream_is_a_user_error(
    folder: Path, data: bytes, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("bad.jpg").write_bytes(data)
    Path("out.png").write_bytes(b"before")
    assert cli.main(["decode", "bad.jpg", "-o", "out.png"]) == 2
    said = capsys.readouterr()
    assert expected in said.err
    assert "bad.jpg" in said.err
    assert said.err.count("\n") == 1
    assert Path("out.png").read_bytes() == b"before"


def test_outputs_that_are_the_input_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = Path("picture.png").read_bytes()
    assert cli.main(["encode", "picture.png", "--quality", "9", "-o", "./picture.png"]) == 2
    assert "is the input" in capsys.readouterr().err
    assert Path("picture.png").read_bytes() == before
