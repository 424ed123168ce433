"""`nrc train`: what it passes on, prints and returns; a short run whose model then decodes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.cli import main as cli
from engine.cli.train import describe, duration
from engine.io.write_image import save_png
from engine.training.config import TrainConfig, load_config, shipped_configs
from engine.types import TrainEvent
from tests.support.tiny_models import textured_pixels

CONFIG = """
kind = "sweep"
name = "short"
title = "Short"
[network]
channels = 8
blocks = 1
steps = 2
[data]
crop = 32
batch = 2
[optimiser]
updates = 3
"""
EVENT = TrainEvent(1200, 24_000, 0.51234, 600.0, 2.354, 11_100.0, (0.4, 0.627))


def test_a_short_run_yields_a_model_that_decodes(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("photos").mkdir()
    for seed in range(2):
        save_png(f"photos/{seed}.png", textured_pixels(80, 96, seed))
    Path("short.toml").write_text(CONFIG)
    command = ["train", "short.toml", "--data", "photos", "--validation", "photos", "-o", "run"]
    assert cli.main(command) == 0
    said = capsys.readouterr()
    *_, event, last = said.out.splitlines()
    assert event.startswith("update 3 of 3 · loss ")
    assert "validation" in event
    assert last == "finished: the model is in run"
    assert json.loads(Path("run/short.json").read_text())["training"]["updates"] == 3
    assert cli.main(command) == 2
    assert "run: holds a run already" in capsys.readouterr().err
    assert cli.main(["encode", "photos/0.png", "--quality", "10", "-o", "a.jpg"]) == 0
    assert cli.main(["decode", "a.jpg", "--decoder", "run/short.json", "--device", "cpu", "-o", "a.png"]) == 0
    assert Path("a.png").is_file()


@pytest.mark.parametrize(("complete", "status"), [(True, 0), (False, 130)])
def test_arguments_reach_the_training_and_its_end_the_shell(
    complete: bool, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    got: list[Any] = []

    def train(
        config: TrainConfig,
        data: list[Path],
        run: Path,
        *,
        resume: bool,
        validation: list[Path],
        device: str,
        report: Callable[[TrainEvent], None],
    ) -> bool:
        got.append((config, data, run, resume, validation, device))
        report(EVENT)
        return complete

    monkeypatch.setattr("engine.training.run.train", train)
    command = ["train", "learners", "--data", "a", "b", "--validation", "c", "-o", "run", "--resume"]
    assert cli.main([*command, "--learner", "uoro", "--cell", "gru", "--seed", "5"]) == status
    config = load_config("learners", learner="uoro", cell="gru", seed=5)
    assert (config.name, config.network["cell"]) == ("learner-uoro-5", "gru")
    assert got == [(config, [Path("a"), Path("b")], Path("run"), True, [Path("c")], "cpu")]
    said = capsys.readouterr()
    assert said.out.splitlines()[0] == describe(EVENT)
    assert ("--resume goes on" in said.err) is not complete


def test_an_event_as_a_line() -> None:
    expected = "update 1,200 of 24,000 · loss 0.5123 · 2.35 updates/s · 3 h 05 min left"
    assert describe(EVENT) == f"{expected} · validation +0.40 +0.63 dB"
    assert describe(replace(EVENT, validation_db=())) == expected


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (89.4, "89 s"),
        (90, "2 min"),
        (3569, "59 min"),
        (3599, "1 h 00 min"),
        (36_000, "10 h 00 min"),
        (float("inf"), "unknown time"),
        (float("nan"), "unknown time"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_list_names_every_shipped_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["train", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()[2:]
    assert [line.split()[0] for line in lines] == list(shipped_configs())
