"""A run shared out: shares make up the batch, and torchrun's processes train as one, also after a death."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from engine.cli import main as cli
from engine.errors import UserError
from engine.models.checkpoint import load_state
from engine.training.config import load_config
from engine.training.data import load_folder
from engine.training.processes import team
from engine.training.run import STATE, TASKS
from engine.training.share import Share
from tests.support.repository import ROOT

SWEEP = """
kind = "sweep"
name = "shared"
title = "Shared out"
checkpoint_seconds = 0.0
validate_updates = 1
[network]
channels = 8
blocks = 1
steps = 2
[data]
crop = 32
batch = 4
[optimiser]
updates = 20
warmup = 5
ema = 0.9
bf16 = false
"""
RASTER = """
kind = "{kind}"
name = "shared"
title = "Shared out"
[network]
{network}
units = 8
steps = 2
[data]
crop = 64
batch = 8
contexts = "both"
[optimiser]
bf16 = false
"""
KINDS = {
    "sweep": SWEEP,
    "raster": RASTER.format(kind="raster", network='cell = "elman"'),
    "sibling": RASTER.format(kind="sibling", network='cell = "elman"'),
    "rows": RASTER.format(kind="rows", network='cell = "elman"\nspan = 4'),
}


@pytest.mark.parametrize("kind", ["sweep", "raster", "sibling", "rows"])
def test_shares_make_up_the_batch(kind: str, tmp_path: Path, photographs: Path) -> None:
    """Means of the shares' losses and gradients are those of the whole."""
    path = tmp_path / "shared.toml"
    path.write_text(KINDS[kind])
    pictures = load_folder([photographs], 64)

    def of(share: Share) -> tuple[float, list[torch.Tensor]]:
        torch.manual_seed(3)
        task = TASKS.get(kind)(load_config(path), pictures, pictures[:1])
        with torch.no_grad():  # output layers begin at zero, and hide what lies below
            for parameter in task.network.parameters():
                parameter.add_(0.01 * torch.randn_like(parameter))
        task.share = share
        task.start(task.network, 0)
        loss = task.backward(0)
        return loss, [parameter.grad for parameter in task.network.parameters()]

    loss, gradients = of(Share())
    (first, ones), (second, others) = of(Share(0, 2)), of(Share(1, 2))
    assert first != second
    assert (first + second) / 2 == pytest.approx(loss, rel=1e-5)
    for whole, one, other in zip(gradients, ones, others, strict=True):
        assert whole.abs().max() > 0
        torch.testing.assert_close((one + other) / 2, whole, rtol=1e-3, atol=1e-6)


def test_two_processes_train_as_one_and_go_on_after_a_death(here: Path, photographs: Path) -> None:
    """Losses of 20 updates to 1e-4; one process is killed in the twelfth, and the last checkpoint serves."""
    Path("shared.toml").write_text(SWEEP)
    train = ["train", "shared.toml", "--data", str(photographs), "-o"]
    assert cli.main([*train, "alone"]) == 0
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--max-restarts", "1"]
    where = ["--rdzv-backend", "c10d", "--rdzv-endpoint", "localhost:0", "--monitor-interval", "0.2"]
    program = ["-m", "tests.support.train_dies", *train, "shared"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*torchrun, *where, *program], env=environment, capture_output=True, text=True, timeout=280
    )
    assert done.returncode == 0, done.stderr
    assert "(exitcode: -9)" in done.stderr
    assert done.stdout.splitlines()[-1] == "finished: the model is in shared"  # said once
    records = [Path(run, "record.jsonl").read_text().splitlines() for run in ("alone", "shared")]
    alone, shared = ([json.loads(line) for line in record] for record in records)
    assert [event["update"] for event in shared] == list(range(1, 21))
    for ours, theirs in zip(shared, alone, strict=True):
        assert ours["loss"] == pytest.approx(theirs["loss"], abs=1e-4)
    one, two = (load_state(Path(run, STATE))["network"] for run in ("alone", "shared"))
    for name, weights in one.items():
        torch.testing.assert_close(two[name], weights, rtol=0, atol=1e-3)
    card = json.loads(Path("shared/shared.json").read_text())
    assert card["training"]["machine"].endswith(", 2 processes")


@pytest.mark.parametrize(
    ("kind", "device", "expected"),
    [
        ("sweep", "cpu", r"3 processes can't share out data.batch \(4\) evenly"),
        ("raster", "cuda", r"kind 'raster' trains on the CPU only"),
    ],
)
def test_what_cannot_be_shared_out_is_told(
    kind: str, device: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "shared.toml"
    path.write_text(KINDS[kind])
    monkeypatch.setenv("WORLD_SIZE", "3")
    with pytest.raises(UserError, match=expected), team(load_config(path), device):
        pass
