"""`nrc compare`: rows as models finish, broken pictures, Ctrl+C, what is printed, sets without models."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from engine import pipeline
from engine.cli import main as cli
from engine.evaluation import compare, compare_parts
from engine.evaluation.bench import DecoderRun
from engine.evaluation.conditions import Condition
from engine.evaluation.table import CompareRow, read_table
from engine.io.write_image import save_png
from engine.models.card import read_card
from engine.types import Picture
from tests.support.compare_models import save_study
from tests.support.tiny_models import textured_pixels

FINE = {"seed": 1, "configuration": {"data": {"quality_high": 60}}}


@pytest.fixture
def folder(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with two learners' models instead of the bundled ones, and three pictures in `set`."""
    for name in ("set/more", "models"):
        Path(name).mkdir(parents=True)
    for seed, name in enumerate(("a.png", "b.png", "more/c.png")):
        save_png(f"set/{name}", textured_pixels(24, 32 + seed, seed=seed))
    learners = {"one": "BPTT", "two": "SAB"}
    save_study(
        here / "models",
        {name: {"study": "learners", "learner": learners[name], "training": FINE} for name in learners},
    )
    monkeypatch.setenv("NRC_MODELS", str(here / "models"))
    return here


def run(*arguments: str, of_set: str = "learners") -> int:
    return cli.main(["compare", "--set", of_set, "set", "--device", "cpu", "-o", "t.csv", *arguments])


def rows() -> tuple[CompareRow, ...]:
    return read_table(Path("t.csv"))


def test_a_row_for_every_model_and_step(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--quality", "20") == 0
    assert [(r.decoder, r.learner, r.step, r.pictures, r.condition) for r in rows()] == [
        (decoder, learner, step, 3, "q20")
        for decoder, learner in (("one", "BPTT"), ("two", "SAB"))
        for step in (0, 1, 2)
    ]
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.startswith("3 pictures of set: JPEG 4:2:0 q20, ")
    bptt, sab, *pairs = said.out.splitlines()[4:]
    assert bptt.split()[:3] == ["BPTT", "3", "pictures"]
    assert sab.split()[-4:] == ["0.000", "±", "0.000", "BPTT"]  # their weights are equal
    assert pairs[-1].split()[:8] == ["SAB", "BPTT", "0.000", "±", "0.000", "3", "1.000", "1.000"]


def test_rows_agree_with_the_benchmark(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--quality", "10", "--subsampling", "4:4:4") == 0
    command = ["bench", "set", "--quality", "10", "--subsampling", "4:4:4", "--decoder", "one"]
    assert cli.main([*command, "--device", "cpu", "-o", "b.csv", "--markdown"]) == 0
    cells = [cell.strip() for cell in capsys.readouterr().out.splitlines()[-1].strip("|").split("|")]
    standard, _, last = rows()[:3]
    assert float(cells[2]) == pytest.approx(standard.psnr_rgb_db, abs=0.006)
    assert float(cells[5]) == pytest.approx(last.gain_db, abs=0.006)
    assert float(cells[6]) == pytest.approx(last.worst_gain_db, abs=0.006)
    assert float(cells[1]) == pytest.approx(last.bits_per_pixel, abs=0.0006)


def test_pictures_are_encoded_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encode, sizes = pipeline.encode, []

    def counted(codec: str, pixels: Any, options: Any) -> Any:
        sizes.append(pixels.shape[1])
        return encode(codec, pixels, options)

    monkeypatch.setattr(pipeline, "encode", counted)
    assert run() == 0
    assert sizes == [32, 33, 34]


def test_robustness_measures_every_condition_on_few_pictures(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = {"text": lambda: Picture("text", textured_pixels(16, 24, seed=9))}
    monkeypatch.setattr("engine.evaluation.conditions.other_kinds", lambda: kinds)
    assert run("--pictures", "2", of_set="robustness") == 0
    found = rows()
    last = {(r.condition, r.decoder): r for r in found if r.step == (12 if r.topic == "steps" else 2)}
    assert len(last) == 2 * (7 + 3 + 1 + 1 + 4)
    assert {r.pictures for r in last.values() if r.topic != "pictures"} == {2}
    assert last["text", "one"].pictures == 1
    assert [r.step for r in found if r.condition == "K = 12" and r.decoder == "two"] == list(range(13))
    assert last["q15", "one"].gain_db != last["4:4:4", "one"].gain_db
    faded, whole = last["q90", "one"], last["q90, without fade-out", "one"]
    assert (faded.residual, whole.residual) == ("as run", "whole")
    assert abs(faded.gain_db) < abs(whole.gain_db)
    assert last["q95", "one"].bits_per_pixel > last["q2", "one"].bits_per_pixel
    out = capsys.readouterr().out
    assert out.splitlines()[2].split() == ["condition", "BPTT", "SAB"]
    assert "Step by step, K = 12:" in out


def test_robustness_takes_six_pictures_when_not_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(3, 10):
        save_png(f"set/{seed}.png", textured_pixels(16, 16, seed=seed))
    only = compare.conditions_of("robustness", "jpeg", 15, "4:2:0")[:1]
    for module in (compare, compare_parts):
        monkeypatch.setattr(module, "conditions_of", lambda *_: only)
    assert run(of_set="robustness") == 0
    assert {row.pictures for row in rows()} == {6}


def test_own_models_join(folder: Path) -> None:
    path = folder / "models" / "one.json"
    mine = dataclasses.replace(read_card(path), name="mine", study="", learner="RTRL", training={})
    Path("mine.json").write_text(mine.to_json())
    Path("mine.safetensors").write_bytes(path.with_suffix(".safetensors").read_bytes())
    assert run("--decoder", "mine.json", "--steps", "1") == 0
    assert [r.decoder for r in rows() if r.step == 1] == ["one", "two", "mine.json"]
    assert rows()[-1].seed is None


def test_pictures_that_cannot_be_read_are_left_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("set/b.png").write_bytes(Path("set/a.png").read_bytes()[:100])
    assert run() == 2
    said = capsys.readouterr()
    left_out, last = said.err.splitlines()
    assert left_out.startswith("nrc: left out: set/b.png: ")
    assert last == "nrc: error: 1 of 3 pictures left out"
    assert {row.pictures for row in rows()} == {2}
    assert said.out.startswith("2 pictures of set")


def test_pictures_that_cannot_be_sent_cost_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.codecs.jpeg.codec.check_size", _refuse_33_wide)
    monkeypatch.setattr("engine.evaluation.conditions.other_kinds", dict)
    assert run("--pictures", "3", of_set="robustness") == 2
    said = capsys.readouterr().err.splitlines()
    assert said == ["nrc: left out: b.png: too wide", "nrc: error: 1 of 3 pictures left out"]
    assert {row.pictures for row in rows()} == {2}


def _refuse_33_wide(width: int, *_: object) -> None:
    if width == 33:
        raise compare.UserError("too wide")


def test_no_readable_picture_leaves_an_empty_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in Path("set").rglob("*.png"):
        path.write_bytes(b"nothing")
    assert run() == 2
    assert capsys.readouterr().out == ""
    assert rows() == ()


def test_ctrl_c_keeps_the_models_that_were_done(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    measure = compare.measure

    def stopped(
        run: DecoderRun, condition: Condition, samples: Sequence[compare.Sample], done: Callable[[], object]
    ) -> compare.Result:
        if run.name == "two":
            assert {row.decoder for row in rows()} == {"one"}  # on disk before the next is measured
            raise KeyboardInterrupt
        return measure(run, condition, samples, done)

    monkeypatch.setattr(compare, "measure", stopped)
    assert run() == 130
    assert {row.decoder for row in rows()} == {"one"}
    said = capsys.readouterr()
    assert said.out.splitlines()[-1].startswith("BPTT")
    assert said.err == "nrc: interrupted\n"


@pytest.mark.parametrize(
    ("of_set", "arguments", "expected"),
    [
        ("cells", [], "set cells: no models of it are bundled yet"),
        ("learners", ["-o", "no/t.csv"], "no/t.csv: its folder does not exist"),
        ("learners", ["-o", "set/a.png"], "set/a.png: is the input"),
        ("learners", ["--decoder", "nobody"], "unknown decoder 'nobody'"),
        ("learners", ["--pictures", "0"], "--pictures: 0 does not lie in"),
        ("losses", [], "argument --set: invalid choice: 'losses'"),
    ],
)
def test_what_cannot_be_compared_is_told_before_anything_is_measured(
    folder: Path, of_set: str, arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments, of_set=of_set) == 2
    err = capsys.readouterr().err
    assert expected in err
    assert err.count("\n") == 1
    assert not Path("t.csv").exists()


@pytest.mark.parametrize("suffix", [".safetensors", ".record.json"])
def test_broken_models_are_told_at_once(
    folder: Path, suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "models" / f"two{suffix}").write_text("{}")
    assert run() == 2
    assert f"two{suffix}" in capsys.readouterr().err
    assert not Path("t.csv").exists()
