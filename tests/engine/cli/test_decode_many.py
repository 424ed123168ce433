"""`nrc decode` on several files and folders, and single files in other formats than PNG."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from engine.cli import main as cli
from tests.support import repair_files as files
from tests.support.pictures import pixels_in
from tests.support.tiny_models import save_tiny_model


@pytest.fixture
def folder(here: Path) -> Path:
    for name in ("a", "b", "c"):
        files.camera_file(here / "in" / f"{name}.jpg", quality=30)
    save_tiny_model(here)
    return here


def repair(*arguments: str) -> int:
    return cli.main(["decode", *arguments, "--decoder", "tiny-sweep.json", "--device", "cpu"])


def test_a_folder_is_repaired_a_line_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert repair("in", "-o", "out") == 0
    said = capsys.readouterr()
    assert said.err == ""
    lines = said.out.splitlines()
    assert [line.split(": ")[0] for line in lines] == ["in/a.jpg", "in/b.jpg", "in/c.jpg"]
    assert "JPEG, quality 30; repaired by Tiny sweep" in lines[0]
    assert "→ out/a.png (PNG, " in lines[0]
    assert lines[0].endswith("EXIF, colour profile, XMP kept")
    assert repair("in/a.jpg", "-o", "one.png") == 0
    assert np.array_equal(pixels_in("one.png"), pixels_in("out/a.png"))
    assert not np.array_equal(pixels_in("out/a.png"), pixels_in("in/a.jpg"))


def test_it_goes_on_after_a_bad_file_and_ends_with_1(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("in/b.jpg").write_bytes(b"\xff\xd8\xffnothing")
    assert repair("in/a.jpg", "in/b.jpg", "in/c.jpg", "-o", "out") == 1
    said = capsys.readouterr()
    assert [line.split(": ")[0] for line in said.out.splitlines()] == ["in/a.jpg", "in/c.jpg"]
    first, last = said.err.splitlines()
    assert first.startswith("nrc: b.jpg: ")
    assert last == "nrc: 1 of 3 files were not repaired"
    assert sorted(path.name for path in Path("out").iterdir()) == ["a.png", "c.png"]
    assert repair("in/a.jpg", "-o", "out/") == 1  # there already
    assert "was not replaced" in capsys.readouterr().err
    assert repair("in/a.jpg", "-o", "out", "--overwrite") == 0


def test_names_formats_and_depth(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert repair("in", "-o", "out", "--format", "tiff", "--16-bit", "--name", "{number}-q{quality}") == 0
    assert sorted(path.name for path in Path("out").iterdir()) == [
        "001-q30.tif", "002-q30.tif", "003-q30.tif"
    ]  # fmt: skip
    assert tifffile.imread("out/001-q30.tif").dtype == np.uint16
    assert repair("in", "-o", "small", "--format", "webp", "--quality", "40") == 0
    assert repair("in", "-o", "large", "--format", "webp") == 0
    assert Path("small/a.webp").stat().st_size < Path("large/a.webp").stat().st_size / 2
    capsys.readouterr()
    assert repair("in", "-o", "x", "--format", "jpeg", "--16-bit") == 2
    assert "JPEG holds 8 bits a sample" in capsys.readouterr().err


def test_without_a_decoder_named_a_folder_is_repaired_by_the_best(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def note(_sources: object, order: object, **_: object) -> object:
        asked.append(order.decoder)  # type: ignore[attr-defined]
        return iter(())

    monkeypatch.setattr("engine.repair.many.repair_files", note)
    with pytest.raises(StopIteration):
        cli.main(["decode", "in", "-o", "out"])
    assert asked == ["auto"]


def test_the_standard_decoder_alone_keeps_what_was_written_too(folder: Path) -> None:
    assert cli.main(["decode", "in", "-o", "out", "--decoder", "none"]) == 0
    assert np.array_equal(pixels_in("out/a.png"), pixels_in("in/a.jpg"))
    with Image.open("out/a.png") as image:
        assert image.getexif()[files.MAKE] == "Camera"


def test_one_file_in_other_formats(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert repair("in/a.jpg", "-o", "a.tif", "--16-bit") == 0
    samples = tifffile.imread("a.tif")
    assert samples.dtype == np.uint16
    assert len(np.unique(samples)) > 256
    assert repair("in/a.jpg", "-o", "a.webp") == 0
    assert repair("in/a.jpg", "-o", "a.jpg", "--quality", "80") == 0
    assert repair("in/a.jpg", "-o", "a16.png", "--16-bit") == 0
    assert repair("in/a.jpg", "-o", "a.png") == 0
    assert np.array_equal(pixels_in("a.webp"), pixels_in("a.png"))
    with Image.open("a.jpg") as image:
        assert image.getexif()[files.MAKE] == "Camera"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("in/a.jpg", "-o", "a.gif"), "a.gif: decoding writes PNG, JPEG, WebP and TIFF"),
        (("in/a.jpg", "-o", "a.jpg"), "a.jpg: decoding writes PNG; for a JPEG file"),
        (("in", "-o", "a.png"), "in: is a folder, not a file"),
        (("in/a.jpg", "in/b.jpg", "-o", "a.png"), "a.png: is a file; several need a folder"),
        (("in/a.jpg", "-", "-o", "out"), "standard input and output take one stream"),
        (("in/a.jpg", "in/b.jpg", "-o", "-"), "standard input and output take one stream"),
        (("in/a.jpg", "-o", "a.png", "--name", "x"), "argument --name: needs several files"),
        (("in/a.jpg", "-o", "a.png", "--overwrite"), "argument --overwrite: needs several files"),
        (("in", "-o", "out", "--name", "{who}"), "unknown placeholder {who}"),
        (("in", "-o", "out", "--name", "a/b"), "names can't hold '/'"),
    ],
)
def test_mistakes_end_with_2_before_anything_is_written(
    arguments: tuple[str, ...], expected: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(folder.rglob("*"))
    assert repair(*arguments) == 2
    said = capsys.readouterr().err
    assert expected in said
    assert said.count("\n") == 1
    assert sorted(folder.rglob("*")) == before
