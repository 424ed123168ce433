"""What the commands say beside their results: damage, what is left out, what scores are worth."""

from __future__ import annotations

import csv
import io
import json
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine import pipeline
from engine.cli import main as cli
from engine.io.image import lossy_kind, picture_from_bytes
from engine.registry import CODECS
from tests.support.jpeg_damage import cuts, reference
from tests.support.jpeg_pictures import photo, saved
from tests.support.tiny_models import save_tiny_model, textured_pixels

PIXELS = textured_pixels(48, 56)


def file_of(format: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(PIXELS).save(file, format, **options)  # type: ignore[arg-type]
    return file.getvalue()


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = cli.main(words)
    said = capsys.readouterr()
    return status, said.out, said.err


# ---- damage ----------------------------------------------------------------------------------------------


def test_a_damaged_file_is_decoded_repaired_and_reported(
    here: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    payload = list(cuts(saved(photo(104, 136), quality=30)))[2]
    Path("cut.jpg").write_bytes(payload)
    status, _, err = run(capsys, "decode", "cut.jpg", "-o", "cut.png")
    assert status == 0
    coded = pipeline.decode(payload, "cut.jpg")
    count = f"{coded.missing_count} of {13 * 17} patches never came or can't be read"
    assert err == f"nrc: note: cut.jpg: the JPEG file is damaged: its end marker is missing; {count}\n"
    with Image.open("cut.png") as image:
        np.testing.assert_array_equal(np.asarray(image), reference(payload))
    model = str(save_tiny_model(tmp_path))
    status, _, err = run(capsys, "decode", "cut.jpg", "--decoder", model, "-o", "better.png")
    assert status == 0
    assert coded.missing is not None
    mask = coded.missing.repeat(8, 0).repeat(8, 1)
    with Image.open("better.png") as image:
        better = np.asarray(image)
    np.testing.assert_array_equal(better[mask], coded.standard[mask])
    assert (better[~mask] != coded.standard[~mask]).any()
    status, _, err = run(capsys, "report", "cut.jpg", "--received", "--decoder", "none", "-o", "cut.html")
    assert status == 0
    assert count in err
    assert "patches never came or can" in Path("cut.html").read_text(encoding="utf-8")


# ---- rates -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "behind", [bytes(40), b"\0\0\0\x18ftypmp42" + bytes(900), b"hello", b"\xff\xd8\xff\xe0"]
)
def test_bits_are_those_of_the_picture_alone(
    behind: bytes, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    payload = saved(photo(), quality=40)
    Path("a.jpg").write_bytes(payload + behind)
    status, out, err = run(capsys, "decode", "a.jpg", "-o", "a.png")
    assert status == 0
    assert f"{len(payload):,} bytes, {8 * len(payload) / (96 * 128):.3f} bpp" in out
    assert f"{len(behind)} bytes" in err
    assert "not counted" in err


@pytest.mark.parametrize(
    ("format", "count"), [("WEBP", 2), ("WEBP", 4), ("AVIF", 2), ("AVIF", 3), ("AVIF", 5)]
)
def test_frames_of_an_animation_beyond_the_first_are_not_counted(format: str, count: int) -> None:
    frames = [Image.fromarray(textured_pixels(48, 56, seed)) for seed in range(count)]
    file = io.BytesIO()
    frames[0].save(file, format, save_all=True, append_images=frames[1:], quality=60)
    payload = file.getvalue()
    coded = pipeline.decode(payload, "a")
    single = len(file_of(format, quality=60))
    assert 0.3 * single < coded.length < 1.7 * single
    assert coded.foreign > 0.3 * single * (count - 1)
    notes = pipeline.told(coded, "a")
    assert f"first of {count} frames" in notes
    assert f"{coded.foreign:,} bytes of further frames, not counted" in notes


# ---- no decoder ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("format", "options", "title"),
    [("WEBP", {}, "WebP"), ("AVIF", {}, "AVIF"), ("JPEG2000", {}, "JPEG 2000 (no colour transform)")],
)
def test_auto_takes_the_standard_decode_where_there_is_no_decoder(
    format: str, options: dict[str, object], title: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a.bin").write_bytes(file_of(format, **options))
    status, out, _ = run(capsys, "decode", "a.bin", "--decoder", "auto", "-o", "a.png")
    assert status == 0
    assert f"standard decode, as no shipped decoder was trained for {title} streams" in out
    status, _, err = run(capsys, "report", "a.bin", "--received", "-o", "a.html")
    assert status == 0
    assert f"no shipped decoder was trained for {title} streams: not refined" in err
    status, _, err = run(capsys, "decode", "a.bin", "--decoder", "auto", "--steps", "2", "-o", "a.png")
    assert status == 2  # steps of what?


# ---- originals -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (file_of("PNG"), ""), (file_of("BMP"), ""), (file_of("TIFF"), ""), (file_of("PPM"), ""),
        (file_of("GIF"), ""), (file_of("WEBP", lossless=True), ""),
        (file_of("JPEG2000", irreversible=False), ""),
        (file_of("JPEG"), "JPEG"), (file_of("JPEG", progressive=True), "JPEG"),
        (b"junk" + file_of("JPEG"), "JPEG"),
        (file_of("WEBP"), "WebP"), (file_of("AVIF"), "AVIF"),
        (file_of("JPEG2000", irreversible=True), "JPEG 2000"),
        (file_of("JPEG2000", irreversible=True, no_jp2=True), "JPEG 2000"),
    ],
)  # fmt: skip
def test_lossy_originals_are_known(data: bytes, kind: str) -> None:
    assert lossy_kind(data) == kind
    assert picture_from_bytes(data, "a").lossy == kind


def test_scores_on_lossy_originals_are_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("set").mkdir()
    Path("set/a.jpg").write_bytes(file_of("JPEG", quality=50))
    Path("set/b.png").write_bytes(file_of("PNG"))
    status, out, _ = run(capsys, "bench", "set", "--codec", "webp", "--quality", "30", "-o", "t.csv")
    assert status == 0
    assert "Careful: 1 of 2 originals are from lossy files (JPEG): scores take their artefacts" in out
    with Path("t.csv").open(encoding="utf-8", newline="") as file:
        assert {row["image"]: row["lossy_original"] for row in csv.DictReader(file)} == {
            "a.jpg": "JPEG", "b.png": "",
        }  # fmt: skip
    arguments = ("refine", "set/a.jpg", "--codec", "webp", "--quality", "30", "-o", "out")
    status, _, err = run(capsys, *arguments)
    assert status == 0
    assert "a.jpg: the original is a JPEG file itself: scores take its artefacts for the truth" in err
    assert json.loads(Path("out/report.json").read_text())["lossy_original"] == "JPEG"
    status, out, err = run(capsys, "refine", "set/b.png", "--codec", "webp", "--quality", "30", "-o", "out")
    assert "itself" not in err
    assert json.loads(Path("out/report.json").read_text())["lossy_original"] == ""


# ---- the rest --------------------------------------------------------------------------------------------


def test_clean_aperture_and_colours_of_avif() -> None:
    data = file_of("AVIF")
    plain = pipeline.decode(data, "a")
    assert CODECS.get("avif").notes(data) == ()
    at = data.index(b"colrnclx") + 8
    for points, words in (
        ((9, 16), "BT.2020, PQ"), ((9, 18), "BT.2020, HLG"), ((12, 13), "Display P3"),
        ((1, 8), "linear in light"), ((22, 13), "of primaries 22"),
    ):  # fmt: skip
        changed = data[:at] + struct.pack(">HH", *points) + data[at + 4 :]
        assert f"colours shown as coded: they are {words}" in CODECS.get("avif").notes(changed)
        assert pipeline.decode(changed, "a").damage == ""
    assert plain.unread == ""


def test_metadata_that_are_not_copied_are_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exif = Image.Exif()
    exif[0x0132] = "2026:01:02 03:04:05"
    Path("a.jpg").write_bytes(file_of("JPEG", exif=exif, comment=b"hello"))
    assert (
        "not copied into the PNG file: EXIF data (date among them), a comment"
        in run(capsys, "decode", "a.jpg", "-o", "a.png")[2]
    )
    turned = Image.Exif()
    turned[0x0112] = 6
    Path("b.jpg").write_bytes(file_of("JPEG", exif=turned))
    err = run(capsys, "decode", "b.jpg", "-o", "b.png")[2]
    assert "not copied" not in err
    assert "turned upright, as its EXIF orientation (6) says" in err


@pytest.mark.parametrize(
    "name", ["a\x1b[31mred\x07.jpg", "a\nb.jpg", "a\u202eb.jpg", "a\x9bm.jpg", "tab\t.jpg"]
)
def test_control_characters_of_names_never_reach_the_terminal(
    name: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path("set")
    folder.mkdir()
    (folder / name).write_bytes(file_of("JPEG", quality=50))
    (folder / f"bad{name}").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    for words in (
        ("decode", f"set/{name}", "-o", "a.png"),
        ("decode", f"set/bad{name}", "-o", "a.png"),
        ("refine", f"set/{name}", "--codec", "webp", "--quality", "30", "-o", "out"),
        ("report", f"set/{name}", "--received", "--decoder", "none", "-o", f"{name}.html"),
        ("bench", "set", "--codec", "webp", "--quality", "30", "-o", "t.csv"),
        ("decode", f"{name}/missing", "-o", "a.png"),
    ):
        _, out, err = run(capsys, *words)
        assert all(c.isprintable() or c == "\n" for c in out + err), words
        assert err.count("\n") == err.count("nrc: ")


def test_every_message_names_its_codec() -> None:
    from engine.errors import UserError

    for format, title in (("WEBP", "WebP"), ("AVIF", "AVIF"), ("JPEG2000", "JPEG 2000"), ("JPEG", "JPEG")):
        data = file_of(format)
        for broken in (data[: len(data) // 8], data[:40]):
            try:
                said = pipeline.told(pipeline.decode(broken, "a"), "a")[0]
            except UserError as error:
                said = str(error)
            assert title in said
