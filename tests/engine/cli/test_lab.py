"""`nrc lab`: a short run leaves curves, settings, pictures and a replay; mistakes are told in one line."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.cli import main as cli
from engine.lab.events import LaneFacts, Painted, Point, Started
from engine.lab.replay import Replay, replay_page
from engine.lab.settings import load_settings
from engine.types import frozen
from tests.support.lab import folder_of_pictures, small_crops

TINY = [
    "--set",
    "network.units=6",
    "network.embed=8",
    "optimiser.rows=4",
    "span=4",
    "delay=2",
    "measure_every=2",
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    small_crops(monkeypatch)
    return folder_of_pictures(tmp_path / "pictures")


def curves(folder: str) -> list[dict[str, str]]:
    with Path(folder, "curves.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def lab(*arguments: str) -> int:
    return cli.main(["lab", *arguments])


def test_a_run_leaves_everything(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lanes = ["--lanes", "bptt", "tbptt:1", "--seeds", "1", "2", "--updates", "4"]
    assert (
        lab("late-answer", *lanes, "--data", "pictures", "--validation", "pictures", *TINY, "-o", "out") == 0
    )
    said = capsys.readouterr().out
    assert "Truncated BPTT (1)" in said
    assert said.count("updates\n") == 4  # why each lane ended
    rows = curves("out")
    assert list(rows[0]) == [
        "lane", "learner", "window", "seed", "update", "patches", "cpu_seconds", "loss", "psnr_db", "cosine",
    ]  # fmt: skip
    assert [(row["lane"], row["seed"], row["update"]) for row in rows[:4]] == [
        ("bptt", "1", "0"), ("bptt", "1", "2"), ("bptt", "1", "4"), ("tbptt:1", "1", "0"),
    ]  # fmt: skip
    assert len(rows) == 12
    assert all(5 < float(row["psnr_db"]) < 60 for row in rows)
    names = sorted(path.name for path in Path("out").glob("*.png"))
    assert names == [
        "0-bptt-seed1.png", "1-tbptt-1-seed1.png", "2-bptt-seed2.png", "3-tbptt-1-seed2.png", "original.png",
    ]  # fmt: skip
    original = np.asarray(Image.open("out/original.png"))
    for name in names:
        assert np.asarray(Image.open(f"out/{name}")).shape == original.shape


def test_lab_toml_repeats_the_run(folder: Path) -> None:
    given = ["--lanes", "uoro", "--updates", "3", "--data", "pictures", "--validation", "pictures"]
    assert lab("late-answer", *given, "--picture", "pictures/1.png", *TINY, "-o", "first") == 0
    assert lab("first/lab.toml", "-o", "second") == 0
    first, second = (
        [{k: v for k, v in row.items() if k != "cpu_seconds"} for row in curves(n)]
        for n in ("first", "second")
    )
    assert first == second
    assert load_settings("first/lab.toml") == load_settings("second/lab.toml")
    assert Path("first/0-uoro-seed1.png").read_bytes() == Path("second/0-uoro-seed1.png").read_bytes()


def test_the_replay_holds_all_and_loads_nothing(folder: Path) -> None:
    given = ["--updates", "4", "--data", "pictures", "--validation", "pictures"]
    assert lab("late-answer", "--lanes", "bptt", "rtrl", *given, *TINY, "-o", "out") == 0
    page = Path("out/replay.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert not re.search(r"(src|href)=[\"']?https?:", page)
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    assert found
    data = json.loads(found[1])
    assert [lane["title"] for lane in data["lanes"]] == ["BPTT", "RTRL"]
    for lane in data["lanes"]:
        assert [point[0] for point in lane["points"]] == [0, 2, 4]
        assert lane["pictures"][-1][0] == 4
        assert lane["pictures"][-1][2].startswith("data:image/jpeg;base64,")


def test_the_replay_of_a_minute_stays_below_5_mb() -> None:
    """Four lanes, pictures of noise every two seconds: the worst that can come."""
    replay, chosen = Replay(), load_settings("late-answer")
    facts = tuple(LaneFacts(i, "bptt", "BPTT", "bptt", 8, 1, 10) for i in range(4))
    replay.take(Started(facts, "dB", 1, 0))
    noise = frozen(np.random.default_rng(1).integers(0, 256, (256, 384, 3), np.uint8))
    for update in range(0, 30 * 25, 25):
        for number in range(4):
            replay.take(Point(number, update, update, update / 10, 1.0, 20.0, 0.5))
            replay.take(Painted(number, update, 0, noise, 20.0))
    assert all(shots[-1].update == 725 and len(shots) > 2 for shots in replay.shots.values())
    assert len(replay_page(chosen, replay, [noise])) < 5_000_000


def test_presets_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert lab("--list") == 0
    assert "late-answer" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nothing"], "nothing: no such file"),
        (["late-answer", "--lanes", "magic"], "lane 'magic': unknown learner"),
        (["late-answer", "--set", "delay=99"], "delay must lie in 0 to 16"),
        (["late-answer", "--data", "missing"], "missing: no such folder"),
        (["late-answer", "--picture", "missing.png"], "missing.png: no such file"),
    ],
)
def test_mistakes_are_told_in_a_line(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    assert lab(*arguments, "-o", "out") == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert reason in said or reason.replace("folder", "file") in said


def test_settings_are_toml(folder: Path) -> None:
    assert (
        lab("late-answer", "--lanes", "bptt", "--updates", "1", "--data", "pictures", *TINY, "-o", "out") == 0
    )
    record = tomllib.loads(Path("out/lab.toml").read_text())
    assert record["lanes"] == ["bptt"]
    assert record["options"]["delay"] == 2
    assert (record["updates"], record["seconds"], record["fair"]) == (1, 0.0, "updates")
