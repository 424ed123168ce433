"""`nrc bench` with several codecs, rates, benchmarks by name, curves and plots."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.cli import main as cli
from engine.codecs.learned import model as learned
from engine.data.benchmarks import DATASETS
from engine.evaluation.bench import Plan, measure
from engine.io.write_image import save_png
from engine.types import EncodeOptions
from tests.support.tables import rows_in
from tests.support.tiny_codecs import save_tiny_goog
from tests.support.tiny_models import save_tiny_model, textured_pixels


@pytest.fixture
def folder(here: Path) -> Path:
    (here / "set").mkdir()
    for seed in range(2):
        save_png(f"set/{seed}.png", textured_pixels(64, 80, seed))
    return here


def run(*arguments: str) -> int:
    return cli.main(["bench", "set", "-o", "t.csv", "--device", "cpu", *arguments])


def test_every_codec_at_every_quality_without_a_decoder(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    codecs = ["jpeg", "jpeg2000", "jpeg2000-nomct", "webp"]
    assert run("--codec", *codecs, "--quality", "40", "10") == 0
    keys = [
        (row["image"], row["codec"], row["quality"], row["step"], row["decoder"]) for row in rows_in("t.csv")
    ]
    assert keys == [
        (image, codec, quality, "0", "")
        for image in ("0.png", "1.png") for codec in codecs for quality in ("10", "40")
    ]  # fmt: skip
    out = capsys.readouterr().out.splitlines()
    assert out[0] == (
        "Means over 2 pictures of set: JPEG 4:2:0, JPEG 2000, JPEG 2000 (no colour transform), WebP, "
        "RGB PSNR of 8-bit pixels."
    )
    assert out[2].split() == ["codec", "quality", "bpp", "standard,", "dB"]
    assert [line.split("  ")[0] for line in out[4:]] == [
        title for title in ("JPEG", "JPEG 2000", "JPEG 2000 (no colour transform)", "WebP") for _ in range(2)
    ]


def test_rates_are_targets_and_the_table_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--codec", "jpeg2000", "jpeg", "--bpp", "1.5", "3", "--markdown") == 0
    rows = rows_in("t.csv")
    assert [(row["codec"], row["quality"] == "", row["target_bpp"]) for row in rows[:4]] == [
        ("jpeg2000", True, "1.5"), ("jpeg2000", True, "3.0"), ("jpeg", False, "1.5"), ("jpeg", False, "3.0"),
    ]  # fmt: skip
    for row in rows:
        assert float(row["bits_per_pixel"]) == pytest.approx(float(row["target_bpp"]), rel=0.15)
    out = capsys.readouterr().out.splitlines()
    assert out[2] == "| codec | target | bpp | standard, dB |"
    assert [line.split(" | ")[1] for line in out[4:]] == ["1.5", "3", "1.5", "3"]


def test_decoders_refine_the_codecs_they_know(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = save_tiny_model(folder)
    assert run("--codec", "jpeg", "webp", "--quality", "20", "--decoder", path.name) == 0
    steps = [
        (row["codec"], row["decoder"], row["step"]) for row in rows_in("t.csv") if row["image"] == "0.png"
    ]
    assert steps == [("jpeg", path.name, str(k)) for k in range(3)] + [("webp", "", "0")]
    lines = capsys.readouterr().out.splitlines()
    assert lines[4].split()[:1] == ["JPEG"]
    assert lines[5].split()[-6:] == ["–"] * 6
    assert run("--codec", "webp", "avif", "--quality", "20", "--decoder", path.name) == 2
    assert "'tiny-sweep' was not trained for WebP streams" in capsys.readouterr().err
    record = json.loads(path.read_text())
    path.write_text(json.dumps(record | {"codecs": ["webp"]}))
    assert run("--codec", "webp", "--quality", "20", "--decoder", path.name) == 0
    assert len(rows_in("t.csv")) == 6


def test_auto_takes_for_each_codec_the_best_shipped_decoder_that_serves_it(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind, codecs in (("sweep", ["jpeg"]), ("raster", ["jpeg", "jpeg2000"])):
        path = save_tiny_model(folder / "models", kind)
        path.write_text(json.dumps(json.loads(path.read_text()) | {"codecs": codecs}))
    monkeypatch.setenv("NRC_MODELS", str(folder / "models"))
    assert run("--codec", "jpeg", "jpeg2000", "webp", "--quality", "30", "--decoder", "auto") == 0
    last = {(row["codec"], row["decoder"]): row["step"] for row in rows_in("t.csv")}
    assert last == {("jpeg", "tiny-sweep"): "2", ("jpeg2000", "tiny-raster"): "2", ("webp", ""): "0"}
    assert capsys.readouterr().err == "nrc: note: no shipped decoder was trained for WebP streams\n"
    assert run("--codec", "jpeg", "--quality", "30", "--decoder", "tiny-raster", "auto") == 0
    assert list(dict.fromkeys(row["decoder"] for row in rows_in("t.csv"))) == ["tiny-raster", "tiny-sweep"]
    assert run("--codec", "avif", "--quality", "30", "--decoder", "auto") == 0
    assert [row["step"] for row in rows_in("t.csv")] == ["0", "0"]


def test_a_codec_whose_model_is_missing_is_told_once_and_passed_over(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    save_tiny_goog(folder / "codecs")
    monkeypatch.setattr(learned, "files", lambda _: folder)
    monkeypatch.setenv(learned.FOLDER_VARIABLE, str(folder / "codecs"))
    assert run("--codec", "e2e", "jpeg", "goog", "--quality", "2", "4", "--curves", "rd") == 2
    said = capsys.readouterr()
    told, end = said.err.splitlines()
    assert told.startswith("nrc: left out: E2E: its model e2e.json is in none of ")
    assert end == "nrc: error: E2E left out"
    assert list(dict.fromkeys(row["codec"] for row in rows_in("t.csv"))) == ["jpeg", "goog"]
    assert "GOOG-small" in said.out
    assert Path("rd.png").exists()
    assert run("--codec", "e2e", "--quality", "2") == 2
    assert capsys.readouterr().err.startswith("nrc: error: E2E: its model")


def test_a_picture_that_one_codec_cannot_hold_is_measured_with_the_others(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_png("set/long.png", np.zeros((4, 17_000, 3), np.uint8))
    assert run("--codec", "webp", "jpeg", "--quality", "20", "50") == 2
    said = capsys.readouterr()
    assert said.err.splitlines() == [
        "nrc: left out: set/long.png: WebP can't hold a side longer than 16,383 pixels",
        "nrc: error: WebP on 1 of 3 pictures left out",
    ]
    assert len(rows_in("t.csv")) == 2 * 3 + 2 * 2
    assert "WebP: means over 2 of them only" in said.out
    save_png("set/long.png", np.resize(textured_pixels(4, 100), (4, 17_000, 3)))
    assert run("--codec", "webp", "jpeg", "--quality", "20", "50", "--curves", "rd") == 2
    assert "Not all curves are of the same pictures" in capsys.readouterr().out
    assert run("--codec", "webp", "--quality", "20") == 2
    assert capsys.readouterr().err.splitlines()[-1] == "nrc: error: 1 of 3 pictures left out"


def test_rounds_count_what_measuring_yields(folder: Path) -> None:
    plan = Plan(("jpeg", "webp"), (EncodeOptions(quality=10), EncodeOptions(bits_per_pixel=2.0)))
    assert len(list(measure(Path("set/0.png"), "0.png", plan))) == plan.rounds == 4


def test_curves_deltas_and_plots(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--codec", "jpeg", "webp", "--quality", "10", "25", "50", "80", "--curves", "rd") == 0
    points = rows_in("rd-curves.csv")
    assert [(row["codec"], row["pictures"]) for row in points] == [("jpeg", "2")] * 4 + [("webp", "2")] * 4
    measured = [
        float(row["psnr_rgb_db"])
        for row in rows_in("t.csv")
        if (row["codec"], row["quality"]) == ("webp", "50")
    ]
    assert float(points[6]["psnr_rgb_db"]) == pytest.approx(np.mean(measured))
    (delta,) = rows_in("rd-deltas.csv")
    assert (delta["codec"], delta["anchor"], delta["points"]) == ("webp", "jpeg", "4")
    out = capsys.readouterr().out
    (line,) = [line for line in out.splitlines() if line.startswith("WebP") and len(line.split()) == 3]
    assert float(line.split()[1]) == pytest.approx(float(delta["bd_rate_percent"]), abs=0.06)
    assert float(line.split()[2]) == pytest.approx(float(delta["bd_psnr_db"]), abs=0.006)
    assert "rough" not in out
    assert "same pictures" not in out
    assert Path("rd.svg").read_text().startswith("<svg")
    assert "published" not in Path("rd.svg").read_text()
    with Image.open("rd.png") as image:
        assert image.format == "PNG"


def test_deltas_of_few_points_or_none_are_said_to_be_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--codec", "jpeg", "webp", "--quality", "10", "50", "--curves", "rd") == 0
    assert "Of fewer than 4 points a curve: these deltas are rough." in capsys.readouterr().out
    assert run("--codec", "webp", "--quality", "10", "--curves", "rd") == 0
    assert "No deltas: they compare other curves with JPEG's" in capsys.readouterr().out
    assert rows_in("rd-deltas.csv") == []


def test_curves_never_replace_a_picture(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = Path("set/0.png").read_bytes()
    assert run("--quality", "10", "--curves", "set/0") == 2
    assert "set/0.png: is the input" in capsys.readouterr().err
    assert Path("set/0.png").read_bytes() == before
    assert run("--quality", "10", "--curves", "none/rd") == 2
    assert "its folder does not exist" in capsys.readouterr().err
    assert not Path("t.csv").exists()


def test_curves_and_rows_are_not_written_to_one_file(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["bench", "set", "--quality", "10", "-o", "t-curves.csv", "--curves", "./t"]
    assert cli.main(arguments) == 2
    assert capsys.readouterr().err == (
        "nrc: error: t-curves.csv: --output and --curves would both write it; name one differently\n"
    )
    assert not Path("t-curves.csv").exists()


def test_benchmarks_by_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("deer", "bridge"):
        samples = (textured_pixels(40, 48).astype(np.uint16) << 8).astype(">u2")
        Path(f"set/{name}.ppm").write_bytes(b"P6 48 40 65535\n" + samples.tobytes())
    scores = {}
    for dataset in ("cb16", "cb16-linear"):
        assert run("--dataset", dataset, "--quality", "10") == 0
        assert [row["image"] for row in rows_in("t.csv")] == ["bridge.ppm", "deer.ppm"]
        scores[dataset] = rows_in("t.csv")[0]["psnr_rgb_db"]
        said = capsys.readouterr()
        assert "nrc: note: " in said.err
        assert "12 of 14 missing" in said.err
        assert "2 pictures are no part of" in said.err
        assert "Samples: 16-bit" in said.out
        assert "imagecompression.info" in said.out
    assert scores["cb16"] != scores["cb16-linear"]
    assert run("--dataset", "cb8", "--quality", "10") == 2
    assert "16 bits a sample, where Compression Benchmark, 8-bit has 8" in capsys.readouterr().err
    assert run("--dataset", "kodak", "--quality", "10") == 2
    assert "set: holds no pictures of Kodak (24 PNG files" in capsys.readouterr().err
    assert run("--dataset", "coco", "--quality", "10") == 2
    assert "unknown dataset 'coco'" in capsys.readouterr().err


def test_published_curves_stand_behind_those_of_kodak(folder: Path) -> None:
    save_png("set/kodim01.png", textured_pixels(512, 768))
    assert run("--dataset", "kodak", "--quality", "20", "60", "--curves", "rd") == 0
    assert "published, means over all of Kodak" in Path("rd.svg").read_text()


def test_benchmarks_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bench", "--list-datasets"]) == 0
    out = capsys.readouterr().out
    for dataset in DATASETS:
        assert f"{dataset.name}: {dataset.title}\n" in out
        assert dataset.citation in out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "one of the arguments --quality --bpp is required"),
        (["--quality", "10", "--bpp", "1"], "not allowed with"),
        (["--bpp", "0"], "'0' is not a number above 0"),
        (["--codec", "gif", "--quality", "10"], "invalid choice: 'gif'"),
    ],
)
def test_wrong_arguments(
    folder: Path, arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    said = capsys.readouterr().err
    assert expected in said
    assert said.count("\n") == 1
