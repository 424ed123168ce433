"""`nrc bench` and `nrc models`: rows as they come, broken pictures, Ctrl+C, the tables printed."""

from __future__ import annotations

import dataclasses
import json
import math
import runpy
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.cli import main as cli
from engine.evaluation import bench
from engine.evaluation.rows import Row
from engine.io.image import load_picture
from engine.io.write_image import save_png
from engine.metrics.fidelity import psnr_rgb_db
from engine.models.card import read_card
from engine.pipeline import encode, load_decoder
from engine.types import DecodeOptions, EncodeOptions, ignore, never
from tests.support.repository import ROOT
from tests.support.tables import rows_in
from tests.support.tiny_models import save_tiny_model, textured_pixels

CARD = "tiny-sweep.json"


@pytest.fixture
def folder(here: Path) -> Path:
    """A working folder with two models and two pictures in `set`, one of them in a folder below."""
    (here / "set" / "more").mkdir(parents=True)
    save_png("set/a.png", textured_pixels(seed=1))
    save_png("set/more/b.png", textured_pixels(40, 41, seed=2))
    save_tiny_model(here)
    save_tiny_model(here, "raster")
    return here


def run(*arguments: str, decoders: tuple[str, ...] = (CARD,)) -> int:
    return cli.main(["bench", "set", "--decoder", *decoders, "--device", "cpu", "-o", "t.csv", *arguments])


def test_rows_for_every_picture_quality_decoder_context_and_step(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contexts = ["--context", "causal", "both"]
    decoders = (CARD, "tiny-raster.json", CARD)
    assert run("--quality", "20", "10", "20", *contexts, decoders=decoders) == 0
    rows = rows_in("t.csv")
    keys = [tuple(r[k] for k in ("image", "quality", "decoder", "context", "step")) for r in rows]
    assert keys == [
        (image, quality, decoder, context, step)
        for image in ("a.png", "more/b.png")
        for quality in ("10", "20")
        for decoder, context in ((CARD, "both"), ("tiny-raster.json", "causal"), ("tiny-raster.json", "both"))
        for step in ("0", "1", "2")
    ]
    said = capsys.readouterr()
    assert said.err == ""
    first = said.out.splitlines()[0]
    assert first.startswith("Means over 2 pictures of set: JPEG 4:2:0, ")
    assert [line.split()[0] for line in said.out.splitlines()[4:]] == ["10"] * 3 + ["20"] * 3


def test_the_table_never_replaces_a_picture(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = Path("set/a.png").read_bytes()
    assert run("--quality", "10", "-o", "set/a.png") == 2
    assert capsys.readouterr().err == "nrc: error: set/a.png: is the input; name another file to write\n"
    assert Path("set/a.png").read_bytes() == before


def test_rows_hold_what_was_sent_and_its_scores(folder: Path) -> None:
    assert run("--quality", "10", "--steps", "3", "--subsampling", "4:4:4") == 0
    rows = [row for row in rows_in("t.csv") if row["image"] == "a.png"]
    original = load_picture("set/a.png").pixels
    coded = encode("jpeg", original, EncodeOptions(quality=10, subsampling="4:4:4"))
    options = DecodeOptions(steps=3, device="cpu")
    decoded = [coded.standard, *(e.pixels for e in load_decoder(CARD).refine(coded, options, never, ignore))]
    assert len(rows) == 4
    for row, pixels in zip(rows, decoded, strict=True):
        assert int(row["bits"]) == coded.bits
        assert float(row["bits_per_pixel"]) == coded.bits_per_pixel
        assert (row["width"], row["height"], row["codec"], row["learner"]) == ("56", "48", "jpeg", "none")
        assert float(row["psnr_rgb_db"]) == psnr_rgb_db(original, pixels)
        assert row["ms_ssim"] == ""  # too small for five scales


def test_the_summary_is_that_of_the_rows(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--quality", "10", "--markdown") == 0
    out = capsys.readouterr().out
    curves = [
        [float(row["psnr_rgb_db"]) for row in rows_in("t.csv") if row["image"] == image]
        for image in ("a.png", "more/b.png")
    ]
    gain = (curves[0][2] - curves[0][0] + curves[1][2] - curves[1][0]) / 2
    cells = [cell.strip() for cell in out.splitlines()[-1].strip("|").split("|")]
    assert cells[3] == CARD
    assert float(cells[2]) == pytest.approx((curves[0][0] + curves[1][0]) / 2, abs=0.006)
    assert float(cells[5]) == pytest.approx(gain, abs=0.006)
    worse = sum(curve[2] < curve[0] for curve in curves)
    assert cells[7] == f"{worse} of 2"


def test_differences_to_a_baseline_are_those_of_the_rows(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decoders = (CARD, "tiny-raster.json")
    assert run("--quality", "10", "--baseline", CARD, "--markdown", decoders=decoders) == 0
    last = {(r["image"], r["decoder"]): float(r["psnr_rgb_db"]) for r in rows_in("t.csv") if r["step"] == "2"}
    pairs = [last[image, "tiny-raster.json"] - last[image, CARD] for image in ("a.png", "more/b.png")]
    cells = [cell.strip() for cell in capsys.readouterr().out.splitlines()[-1].strip("|").split("|")]
    assert cells[:2] == ["10", "tiny-raster.json"]
    assert float(cells[2].split()[0]) == pytest.approx(sum(pairs) / 2, abs=0.0006)
    assert cells[3] == "2"
    assert run("--quality", "10", "--baseline", "nobody") == 2
    assert "--baseline nobody: is not measured" in capsys.readouterr().err


def test_pictures_that_cannot_be_read_are_left_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("set/0.png").write_bytes(Path("set/a.png").read_bytes()[:200])
    assert run("--quality", "10") == 2
    said = capsys.readouterr()
    left_out, last = said.err.splitlines()
    assert left_out.startswith("nrc: left out: set/0.png: ")
    assert last == "nrc: error: 1 of 3 pictures left out"
    assert "Means over 2 pictures" in said.out
    assert {row["image"] for row in rows_in("t.csv")} == {"a.png", "more/b.png"}


def test_no_readable_picture_leaves_an_empty_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in ("set/a.png", "set/more/b.png"):
        Path(path).write_bytes(b"nothing")
    assert run("--quality", "10") == 2
    assert capsys.readouterr().out == ""
    assert rows_in("t.csv") == []


def test_ctrl_c_keeps_and_sums_up_what_was_measured(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    measure = bench.measure

    def stopped(path: Path, name: str, plan: bench.Plan) -> Iterator[list[Row]]:
        for rows in measure(path, name, plan):
            yield rows
            if name == "more/b.png":
                raise KeyboardInterrupt

    monkeypatch.setattr(bench, "measure", stopped)
    assert run("--quality", "10", "20") == 130
    assert [(row["image"], row["quality"]) for row in rows_in("t.csv") if row["step"] == "2"] == [
        ("a.png", "10"), ("a.png", "20"), ("more/b.png", "10"),
    ]  # fmt: skip
    said = capsys.readouterr()
    assert [line.split()[0] for line in said.out.splitlines()[4:]] == ["10", "20"]
    assert said.err == "nrc: interrupted\n"


def test_rows_are_on_disk_before_the_next_are_measured(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measure = bench.measure
    counts = []

    def watched(path: Path, name: str, plan: bench.Plan) -> Iterator[list[Row]]:
        for rows in measure(path, name, plan):
            counts.append(len(rows_in("t.csv")))
            yield rows

    monkeypatch.setattr(bench, "measure", watched)
    assert run("--quality", "10", "20") == 0
    assert counts == [0, 3, 6, 9]


def test_exact_pictures_have_no_gain(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in ("set/a.png", "set/more/b.png"):
        save_png(path, np.full((16, 16, 3), 128, np.uint8))
    assert run("--quality", "100", decoders=("tiny-raster.json",)) == 0
    assert rows_in("t.csv")[0]["psnr_rgb_db"] == "inf"
    assert float(rows_in("t.csv")[0]["psnr_rgb_db"]) == math.inf
    assert "inf" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--quality", "10", "--context", "none"], "'tiny-sweep' has no context none (it has: both)"),
        (["--quality", "10", "--carry"], "none of the decoders has a state to carry"),
        (["--quality", "10", "-o", "no/t.csv"], "no/t.csv: its folder does not exist"),
    ],
)
def test_impossible_plans_are_told_before_anything_is_measured(
    folder: Path, arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    assert expected in capsys.readouterr().err
    assert not Path("t.csv").exists()


def test_a_model_without_weights_is_told_at_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("broken.json").write_text(Path(CARD).read_text())
    assert run("--quality", "10", decoders=("broken.json",)) == 2
    assert "broken.safetensors: can't read the weights" in capsys.readouterr().err
    assert not Path("t.csv").exists()


def test_models_lists_what_is_bundled(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    card = read_card(Path(CARD))
    scores = {"kodak": {"q15": {"gain_db": [1.0, 1.4567]}}}
    Path(CARD).write_text(dataclasses.replace(card, scores=scores).to_json())
    monkeypatch.setenv("NRC_MODELS", str(folder))
    assert cli.main(["models"]) == 0
    header, _, sweep, raster = capsys.readouterr().out.splitlines()
    assert header.split() == [
        "name",
        "kind",
        "cell",
        "learner",
        "parameters",
        "steps",
        "contexts",
        "Kodak,",
        "dB",
    ]
    assert sweep.split() == [
        "tiny-sweep",
        "sweep",
        "elman",
        "none",
        f"{card.weights:,}",
        "2",
        "both",
        "+1.46",
    ]
    assert raster.split()[-5:] == ["none", "causal", "non-causal", "both", "–"]
    assert cli.main(["models", "--json"]) == 0
    cards = json.loads(capsys.readouterr().out)
    assert [entry["name"] for entry in cards] == ["tiny-sweep", "tiny-raster"]
    assert cards[0]["scores"] == scores


def test_models_of_an_empty_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NRC_MODELS", str(tmp_path))
    assert cli.main(["models"]) == 0
    assert capsys.readouterr().out == "No models are bundled.\n"


def test_scores_get_from_a_table_into_the_list_of_models(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NRC_MODELS", str(folder))
    assert run("--quality", "10", "15", decoders=("tiny-sweep", "tiny-raster")) == 0
    monkeypatch.setattr("sys.argv", ["card_scores.py", "t.csv", "--set", "kodak"])
    runpy.run_path(str(ROOT / "tools" / "card_scores.py"), run_name="__main__")
    capsys.readouterr()
    assert cli.main(["models"]) == 0
    shown = [line.split()[-1] for line in capsys.readouterr().out.splitlines()[2:]]
    for name, gain_db in zip(("tiny-sweep", "tiny-raster"), shown, strict=True):
        curves = [
            [
                float(row["psnr_rgb_db"])
                for row in rows_in("t.csv")
                if (row["decoder"], row["quality"], row["image"]) == key
            ]
            for key in ((name, "15", "a.png"), (name, "15", "more/b.png"))
        ]
        assert float(gain_db) == pytest.approx(sum(c[-1] - c[0] for c in curves) / 2, abs=0.006)


@pytest.mark.parametrize(
    ("decoders", "code", "said"),
    [
        ((CARD, "tiny-raster.json"), 0, "--orientations does nothing for it"),
        (("auto", "tiny-raster.json"), 0, "--orientations does nothing for it"),
        (("tiny-raster.json",), 2, "has no sweeps to average"),
    ],
)
def test_orientations_beside_decoders_without_sweeps(
    folder: Path, capsys: pytest.CaptureFixture[str], decoders: tuple[str, ...], code: int, said: str
) -> None:
    assert run("--quality", "20", "--orientations", "2", decoders=decoders) == code
    error = capsys.readouterr().err
    assert said in error
    assert error.count("tiny-raster") == 1
