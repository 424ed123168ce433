"""Training: it learns, survives a kill, stops cleanly, and says what is wrong with a configuration."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.codecs.jpeg.codec import JPEG
from engine.errors import UserError
from engine.models.card import read_card
from engine.models.checkpoint import load_state
from engine.step_scale import jpeg_scale
from engine.training.config import OptimiserConfig, load_config, shipped_configs
from engine.training.data import load_folder, mean_gains_db
from engine.training.optim import orthogonalise, schedule, step_weights
from engine.training.raster_task import RasterTask
from engine.training.run import STATE, TASKS, train
from engine.types import EncodeOptions, TrainEvent

SWEEP = """
kind = "sweep"
name = "tiny-sweep"
title = "Tiny"
checkpoint_seconds = {interval}
validate_seconds = {interval}
[network]
channels = 8
blocks = 1
steps = 2
[data]
crop = 32
batch = 4
quality_low = 10
quality_high = 10
full_chroma = 0.0
[optimiser]
updates = {updates}
muon_rate = 0.02
adam_rate = 5e-3
warmup = 5
ema = 0.9
"""
RASTER = """
kind = "raster"
name = "tiny-raster"
title = "Tiny"
checkpoint_seconds = {interval}
validate_seconds = {interval}
[network]
cell = "elman"
units = 16
steps = 2
[data]
crop = 64
batch = 512
quality_low = 10
quality_high = 10
[optimiser]
updates = {updates}
muon_rate = 0.02
adam_rate = 5e-3
warmup = 5
ema = 0.9
clip = 1.0
"""


def write(path: Path, text: str, updates: int, interval: float = 1000.0) -> Path:
    path.write_text(text.format(updates=updates, interval=interval), encoding="utf-8")
    return path


def record(run: Path) -> list[dict[str, float]]:
    lines = (run / "record.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("text", [SWEEP, RASTER], ids=["sweep", "raster"])
def test_training_gains_over_the_standard_decode(text: str, photographs: Path, tmp_path: Path) -> None:
    config, events = write(tmp_path / "c.toml", text, 150), list[TrainEvent]()
    assert train(config, [photographs], tmp_path / "run", validation=[photographs], report=events.append)
    assert events[-1].update == events[-1].updates == 150
    assert events[-1].validation_db[-1] > 0.1
    assert events[-1].updates_per_second > 0
    cards = list((tmp_path / "run").glob("*.json"))
    card = read_card(cards[0])
    assert card.training["updates"] == 150
    assert card.weights_path.exists()


def test_resume_repeats_nothing_and_leaves_nothing_out(photographs: Path, tmp_path: Path) -> None:
    """Stopping half-way and resuming gives the very weights of an undisturbed run."""
    config = write(tmp_path / "c.toml", SWEEP, 30)
    train(config, [photographs], tmp_path / "whole")
    stopper = write(tmp_path / "s.toml", SWEEP, 30)

    def stop_at(event: TrainEvent) -> None:
        if event.update >= 10:
            os.kill(os.getpid(), signal.SIGINT)

    text = stopper.read_text().replace("validate_seconds = 1000.0", "validate_seconds = 0.0")
    stopper.write_text(text)
    assert not train(stopper, [photographs], tmp_path / "halved", report=stop_at)
    assert load_state(tmp_path / "halved" / STATE)["update"] == 10
    assert train(stopper, [photographs], tmp_path / "halved", resume=True)
    one, two = (load_state(tmp_path / name / STATE) for name in ("whole", "halved"))
    assert two["update"] == 30
    for name, value in one["network"].items():
        assert torch.equal(value, two["network"][name]), name


def test_killed_run_goes_on(photographs: Path, tmp_path: Path) -> None:
    """SIGKILL at any moment loses no more than the last interval; the loss goes on falling."""
    config, run = write(tmp_path / "c.toml", SWEEP, 400, interval=0.5), tmp_path / "run"
    code = (
        "import sys, torch\nfrom pathlib import Path\ntorch.set_num_threads(1)\n"
        "from engine.training.run import train\n"
        "a = [Path(x) for x in sys.argv[1:4]]\n"
        "train(a[0], [a[1]], a[2], resume=(a[2] / 'checkpoint.pt').exists())\n"
    )
    command = [sys.executable, "-c", code, str(config), str(photographs), str(run)]
    with subprocess.Popen(command) as process:
        deadline = time.monotonic() + 120
        while not (run / "record.jsonl").exists() or len(record(run)) < 2:
            assert process.poll() is None, "ended before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.kill()
    saved, before = load_state(run / STATE)["update"], record(run)
    assert 0 < saved < 400
    assert saved >= before[-2]["update"] - 1  # no more than one interval is lost
    subprocess.run(command, check=True, timeout=240)
    after = record(run)[len(before) :]
    assert after[0]["update"] > saved
    assert after[-1]["update"] == 400
    assert after[-1]["loss"] < before[0]["loss"]
    assert after[-1]["seconds"] > before[-1]["seconds"]


def test_a_run_is_never_overwritten(photographs: Path, tmp_path: Path) -> None:
    config = write(tmp_path / "c.toml", SWEEP, 2)
    with pytest.raises(UserError, match="nothing to resume"):
        train(config, [photographs], tmp_path / "run", resume=True)
    train(config, [photographs], tmp_path / "run")
    with pytest.raises(UserError, match="holds a run already"):
        train(config, [photographs], tmp_path / "run")
    (tmp_path / "run" / STATE).write_bytes(b"broken")
    with pytest.raises(UserError, match=r"checkpoint\.pt: can't resume"):
        train(config, [photographs], tmp_path / "run", resume=True)
    torch.save({"weights": torch.zeros(1)}, tmp_path / "run" / STATE)
    with pytest.raises(UserError, match=r"checkpoint\.pt: is no checkpoint"):
        train(config, [photographs], tmp_path / "run", resume=True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ('kind = "sweep"', None),
        ("kind = 3", "'kind' is not a text"),
        ('kind = "magic"', "unknown kind 'magic'"),
        ('kind = "sweep"\ncolour = 1', "unknown field 'colour'"),
        ('kind = "raster"', r"configuration 'tiny-sweep' \[network\]: unknown field"),
        ('kind = "sweep', "not valid TOML"),
        (
            'kind = "sweep"\nstart_from = "raster"',
            "'raster': a sweep network can begin from sweep networks only",
        ),
        ('kind = "e2e"\nstart_from = "sweep"', "kind 'e2e' can't start from a model"),
        ('kind = "sweep"\nlearner = {name = "uoro"}', "kind 'sweep' has no learner but bptt"),
    ],
)
def test_configurations_are_checked(
    change: str, message: str | None, photographs: Path, tmp_path: Path
) -> None:
    path = tmp_path / "c.toml"
    path.write_text(SWEEP.format(updates=1, interval=1).replace('kind = "sweep"', change))
    if message is None:
        assert load_config(path).network["channels"] == 8
        return
    with pytest.raises(UserError, match=message) as caught:
        train(path, [photographs], tmp_path / "run")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "line", "message"),
    [
        ("rows", 'codecs = ["webp"]', "kind 'rows' trains on JPEG only"),
        ("sweep", 'codecs = ["gif"]', "unknown codec 'gif'"),
        ("sweep", 'codecs = "jpeg"', "'codecs' is not a list"),
        ("sweep", "codecs = []", "data.codecs must name at least one codec"),
        ("sweep", "window = 0", "data.window and replace_every must be at least 1"),
        ("sweep", 'codecs = ["jpeg", "webp"]', "network.codecs must be 2"),
    ],
)
def test_codecs_to_train_on_are_checked(
    kind: str, line: str, message: str, photographs: Path, tmp_path: Path
) -> None:
    path = tmp_path / "c.toml"
    text = SWEEP.format(updates=1, interval=1).replace("[data]", f"[data]\n{line}")
    path.write_text(text.replace('kind = "sweep"', f'kind = "{kind}"'))
    with pytest.raises(UserError, match=message):
        train(path, [photographs], tmp_path / "run")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("channels = 0", "channels, steps and codecs must be at least 1"),
        ('channels = "many"', "'channels' is not a whole number"),
    ],
)
def test_sizes_of_networks_are_checked(change: str, message: str, photographs: Path, tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text(SWEEP.format(updates=1, interval=1).replace("channels = 8", change))
    with pytest.raises(UserError, match=message):
        train(path, [photographs], tmp_path / "run")


def test_the_floor_of_the_loss_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text(SWEEP.format(updates=1, interval=1) + "floor = 0.0\n")
    with pytest.raises(UserError, match=r"c\.toml: optimiser\.floor must be above 0"):
        load_config(path)


@pytest.mark.parametrize("name", ["../elsewhere", "a/b", "", "a\nb"])
def test_names_of_models_suit_files(name: str, tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text(SWEEP.format(updates=1, interval=1).replace('"tiny-sweep"', json.dumps(name)))
    with pytest.raises(UserError, match="name must suit a file"):
        load_config(path)


@pytest.mark.parametrize("update", [2, 5])
def test_a_resumed_raster_run_has_the_pictures_of_an_undisturbed_one(
    update: int, photographs: Path, tmp_path: Path
) -> None:
    config = load_config(write(tmp_path / "c.toml", RASTER.replace("batch = 512", "batch = 8"), 200))
    pictures = load_folder([photographs], 64)
    undisturbed, resumed = (RasterTask(config, pictures, []) for _ in range(2))
    undisturbed.start(undisturbed.network, 0)
    for earlier in range(update):
        undisturbed.loss(earlier)
    resumed.start(resumed.network, update)
    assert torch.equal(undisturbed.pool.received, resumed.pool.received)
    assert torch.equal(undisturbed.pool.mask, resumed.pool.mask)


@pytest.mark.parametrize("quality", [2, 10, 49, 50, 75, 99, 100])
def test_the_scale_in_training_is_that_of_the_stream(quality: int) -> None:
    pixels = np.zeros((8, 8, 3), np.uint8)
    coded = JPEG.encode(pixels, EncodeOptions(quality=quality))
    assert jpeg_scale(quality) == pytest.approx(coded.scale, rel=0.03)


def test_gains_of_exact_pictures_are_finite() -> None:
    assert mean_gains_db([[4.0, 1.0, 0.4], [0.0, 0.0, 0.0]]) == pytest.approx((3.0103, 5.0), abs=1e-4)
    assert mean_gains_db([[0.0, 1.0], [1.0, 0.0]]) == (0.0,)


def test_bad_folders(tmp_path: Path) -> None:
    config = write(tmp_path / "c.toml", SWEEP, 1)
    with pytest.raises(UserError, match="nowhere: no such folder"):
        train(config, [tmp_path / "nowhere"], tmp_path / "run")
    with pytest.raises(UserError, match=r"c\.toml: can't be a run's folder"):
        train(config, [tmp_path], config)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="no pictures"):
        train(config, [tmp_path / "empty"], tmp_path / "run")


@pytest.mark.parametrize("name", list(shipped_configs()))
def test_shipped_configurations_load(name: str) -> None:
    """Those of studies fill in what is trained; the window and the README tell what they see."""
    config = load_config(name)
    filled = {
        "learners": "learner-bptt-1",
        "learners-attentive": "learner-attentive-bptt-1",
        "cells": "cell-elman-1",
        "sibling": "sibling-1",
        "single": "single-1",
    }
    assert config.name == filled.get(name, name)
    assert config.kind in TASKS
    assert "{" not in config.title + config.summary
    if config.data.codecs != ("jpeg",):  # other codecs have scales of quality of their own
        return
    seen = (1, 100) if config.data.wide else (8, 40) if config.kind == "rows" else (5, 60)
    assert (config.data.quality_low, config.data.quality_high) == seen


def test_schedule_rises_holds_and_falls_to_zero() -> None:
    config = OptimiserConfig(updates=1000, warmup=10, decay_from=0.5)
    values = [schedule(update, config) for update in range(1000)]
    assert values[0] == pytest.approx(0.1)
    assert values[10:500] == [1.0] * 490
    assert values[750] == pytest.approx(0.5)
    assert values[-1] < 0.003


def test_later_steps_weigh_more_as_the_step_size_falls() -> None:
    config = OptimiserConfig(updates=1000, decay_from=0.5)
    early, late = (step_weights(4, 3.0, update, config) for update in (100, 1000))
    assert torch.allclose(early, torch.linspace(1, 3, 4) / 8)
    assert late.sum() == pytest.approx(1.0)
    assert late[-1] == pytest.approx(27 / (1 + (5 / 3) ** 3 + (7 / 3) ** 3 + 27))
    fixed = replace(config, step_power=5.0)
    early, late = (step_weights(4, 3.0, update, fixed) for update in (0, 1000))
    assert torch.equal(early, late)
    assert early[-1] / early[0] == pytest.approx(3**5)


@pytest.mark.parametrize("shape", [(8, 8), (4, 30), (30, 4)])
def test_orthogonalise(shape: tuple[int, int]) -> None:
    generator = torch.Generator().manual_seed(0)
    values = torch.linalg.svdvals(orthogonalise(torch.randn(*shape, generator=generator)))
    assert values.min() > 0.5
    assert values.max() < 1.3
