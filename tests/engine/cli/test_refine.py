"""`nrc refine`: the files it leaves, and that its numbers are those of the pictures it wrote."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.artefacts.measures import artefact_totals
from engine.cli import main as cli
from engine.io.image import load_picture
from engine.io.write_image import save_png
from engine.metrics.fidelity import scores
from engine.pipeline import decode
from engine.report.folder import strict_json
from engine.types import Pixels
from tests.support.tiny_models import save_tiny_model, textured_pixels

RUN_FIELDS = [
    "codec", "quality", "bits", "bits_per_pixel", "width", "height", "decoder", "learner", "context",
    "lossy_original", "steps",
]  # fmt: skip
ARTEFACTS = ["block_edges", "deformed_edges", "ringing", "flattened_texture", "staircasing"]
STEP_FIELDS = ["index", "psnr_rgb_db", "psnr_y_db", "ssim", "ms_ssim", *ARTEFACTS, "seconds"]


@pytest.fixture
def folder(here: Path) -> Path:
    """A working folder with a picture and two models."""
    save_png("picture.png", textured_pixels(170, 180))
    for kind in ("sweep", "raster"):
        save_tiny_model(Path("models"), kind)
    return here


def refine(*arguments: str, decoder: str = "sweep", image: str = "picture.png", output: str = "out") -> int:
    model = f"models/tiny-{decoder}.json"
    return cli.main(["refine", image, "--decoder", model, "--device", "cpu", "-o", output, *arguments])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def pixels(path: Path) -> Pixels:
    return load_picture(path).pixels


def test_the_folder_holds_everything_and_the_numbers_are_its_pictures(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refine("--quality", "12", "--subsampling", "4:4:4") == 0
    out = folder / "out"
    assert names(out) == [
        "original.png", "received.jpg", "report.json", "step-0.png", "step-1.png", "step-2.png",
    ]  # fmt: skip
    report = json.loads((out / "report.json").read_text())
    payload = (out / "received.jpg").read_bytes()
    assert list(report) == RUN_FIELDS
    assert [list(step) for step in report["steps"]] == [STEP_FIELDS] * 3
    assert report["codec"] == "jpeg"
    assert report["quality"] == 12
    assert report["bits"] == 8 * len(payload)
    assert report["bits_per_pixel"] == 8 * len(payload) / (170 * 180)
    assert (report["width"], report["height"]) == (180, 170)
    assert (report["decoder"], report["learner"]) == ("models/tiny-sweep.json", "none")
    assert report["context"] == "both"
    original = pixels(out / "original.png")
    assert np.array_equal(original, pixels(folder / "picture.png"))
    received = decode(payload, "received.jpg")
    assert received.subsampling == "4:4:4"
    assert np.array_equal(pixels(out / "step-0.png"), received.standard)
    for step in report["steps"]:
        shown = pixels(out / f"step-{step['index']}.png")
        expected = scores(original, shown)
        assert [step[name] for name in ARTEFACTS] == list(artefact_totals(shown, original))
        assert step["psnr_rgb_db"] == expected.psnr_rgb_db
        assert step["psnr_y_db"] == expected.psnr_y_db
        assert (step["ssim"], step["ms_ssim"]) == (expected.ssim, expected.ms_ssim)
    assert [step["index"] for step in report["steps"]] == [0, 1, 2]
    seconds = [step["seconds"] for step in report["steps"]]
    assert seconds == sorted(seconds)
    assert seconds[0] == 0 < seconds[1]
    said = capsys.readouterr()
    assert said.err == ""
    assert f"{report['steps'][2]['psnr_rgb_db']:.2f}" in said.out.splitlines()[-1]


def test_a_target_size_is_reached_and_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert refine("--bpp", "0.8") == 0
    report = json.loads((folder / "out" / "report.json").read_text())
    assert report["bits_per_pixel"] == pytest.approx(0.8, rel=0.1)
    first = capsys.readouterr().out.splitlines()[0]
    assert f"{report['bits_per_pixel']:.3f} bpp" in first
    assert f"(asked for 0.8; quality {report['quality']} comes nearest)" in first


def test_steps_context_and_carry_change_the_result(folder: Path) -> None:
    runs = {
        "plain": [],
        "none": ["--context", "none"],
        "causal": ["--context", "causal"],
        "carry": ["--carry"],
        "long": ["--context", "none", "--steps", "5"],
    }
    for name, options in runs.items():
        assert refine("--quality", "10", *options, decoder="raster", output=name) == 0
    last = {name: pixels(folder / name / "step-2.png") for name in runs}
    assert np.array_equal(last["none"], last["long"])
    for one, other in (("plain", "none"), ("plain", "causal"), ("none", "causal"), ("plain", "carry")):
        assert not np.array_equal(last[one], last[other])
    assert "step-5.png" in names(folder / "long")
    assert json.loads((folder / "causal" / "report.json").read_text())["context"] == "causal"


def test_a_run_again_leaves_nothing_of_a_longer_one(folder: Path) -> None:
    assert refine("--quality", "10", "--steps", "4") == 0
    (folder / "out" / "notes.txt").write_text("mine")
    assert refine("--quality", "10", "--steps", "1") == 0
    assert names(folder / "out") == [
        "notes.txt", "original.png", "received.jpg", "report.json", "step-0.png", "step-1.png",
    ]  # fmt: skip
    assert len(json.loads((folder / "out" / "report.json").read_text())["steps"]) == 2


@pytest.mark.parametrize("name", ["original.png", "received.png", "step-7.png"])
def test_the_picture_that_was_read_is_never_replaced(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "out").mkdir()
    source = (folder / "picture.png").rename(folder / "out" / name)
    (folder / "link.png").symlink_to(source)
    before = source.read_bytes()
    for image in (f"out/{name}", "link.png"):
        assert refine("--quality", "10", image=image) == 2
        assert capsys.readouterr().err == (
            f"nrc: error: {image}: would be replaced by the results; name another folder\n"
        )
    assert names(folder / "out") == [name]
    assert source.read_bytes() == before


def test_an_interrupted_run_leaves_no_report_and_no_partial_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refine("--quality", "10") == 0
    calls = []

    def interrupted(path: Path, data: Pixels) -> None:
        calls.append(path.name)
        if path.name == "step-1.png":
            raise KeyboardInterrupt
        save_png(path, data)

    monkeypatch.setattr("engine.report.folder.save_png", interrupted)
    assert refine("--quality", "50") == 130
    assert calls[-1] == "step-1.png"
    assert "report.json" not in names(folder / "out")
    assert not [name for name in names(folder / "out") if "partial" in name]


def test_undefined_scores_are_null_in_strict_json(folder: Path) -> None:
    save_png("grey.png", np.full((9, 10, 3), 128, np.uint8))
    assert refine("--quality", "100", image="grey.png") == 0
    text = (folder / "out" / "report.json").read_text()

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    first = json.loads(text, parse_constant=refuse)["steps"][0]
    assert np.array_equal(pixels(folder / "out" / "step-0.png"), pixels(folder / "grey.png"))
    scored = [first[key] for key in STEP_FIELDS if key not in ARTEFACTS]
    assert scored == [0, None, None, None, None, 0.0]
    assert [first[key] for key in ARTEFACTS] == [0, None, None, None, None]


def test_strict_json_replaces_what_json_has_not() -> None:
    record = {"a": math.inf, "b": [math.nan, -math.inf, 1.5], "c": {"d": (math.inf, "x", None, True, 3)}}
    assert json.loads(strict_json(record)) == {
        "a": None,
        "b": [None, None, 1.5],
        "c": {"d": [None, "x", None, True, 3]},
    }


def test_what_reading_the_picture_took_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("RGBA", (40, 30), (200, 0, 0, 100)).save("alpha.png")
    assert refine("--quality", "30", image="alpha.png") == 0
    assert "alpha.png: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--quality", "10", "--context", "none"], "'tiny-sweep' has no context 'none' (it has: both)"),
        (
            ["--quality", "10", "--decoder", "raster", "--orientations", "8"],
            "--orientations: decoder 'raster' has no sweeps to average",
        ),
        (["--quality", "10", "--carry"], "'tiny-sweep' has no state to carry"),
        (["--quality", "10", "-o", "picture.png"], "picture.png: is a file, not a folder"),
    ],
)
def test_impossible_runs_are_user_errors(
    folder: Path, arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refine(*arguments) == 2
    said = capsys.readouterr()
    assert expected in said.err
    assert said.err.count("\n") == 1
    assert not (folder / "out").exists()
