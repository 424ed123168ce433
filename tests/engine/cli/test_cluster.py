"""`nrc bench` on a local Dask cluster of two workers, one of which dies in the middle of a picture."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.cli import main as cli
from engine.io.write_image import save_png
from tests.support.repository import ROOT
from tests.support.tables import rows_in
from tests.support.tiny_models import save_tiny_model, textured_pixels

pytest.importorskip("distributed")


def dask(*arguments: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__ADMIN__LOG_LENGTH": "100"}
    command = [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]]
    return subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A scheduler's address and its worker that is going to die."""
    told = tmp_path / "scheduler.json"
    none = ("--no-dashboard",)
    started = [
        dask("dask_scheduler", "--host", "127.0.0.1", "--port", "0", *none, "--scheduler-file", str(told))
    ]
    try:
        end = time.monotonic() + 60
        while not (told.exists() and told.read_text()):
            assert started[0].poll() is None
            assert time.monotonic() < end
            time.sleep(0.1)
        address = json.loads(told.read_text())["address"]
        worker = ("dask_worker", address, "--no-nanny", "--nthreads", "1", *none)
        dies = ROOT / "tests" / "support" / "dask_dies.py"
        for place, more in (("one", ()), ("two", ("--preload", str(dies)))):
            started.append(dask(*worker, *more, "--local-directory", str(tmp_path / place)))
        yield address, started[2]
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def test_a_cluster_measures_the_same_and_loses_nothing_with_a_worker(
    here: Path, cluster: tuple[str, subprocess.Popen[bytes]]
) -> None:
    """48 rows: eight pictures, two qualities, three steps."""
    Path("set").mkdir()
    for seed in range(8):
        save_png(f"set/{seed}.png", textured_pixels(24, 32 + seed, seed=seed))
    save_tiny_model(here)
    asked = ["bench", "set", "--quality", "10", "20", "--decoder", "tiny-sweep.json", "--device", "cpu"]
    assert cli.main([*asked, "-o", "alone.csv"]) == 0
    address, dying = cluster
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "engine.cli.main", *asked, "-o", "t.csv", "--scheduler", address]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=200)
    assert (done.returncode, done.stderr) == (0, "")
    assert dying.wait(10) == -9
    rows, alone = rows_in("t.csv"), rows_in("alone.csv")
    assert len(rows) == 48
    for row in (*rows, *alone):
        del row["seconds"]
    assert rows == alone


def test_a_scheduler_that_is_not_there_is_told(here: Path) -> None:
    Path("set").mkdir()
    save_png("set/a.png", textured_pixels(24, 32))
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = ["bench", "set", "--quality", "10", "-o", "t.csv", "--scheduler", "tcp://127.0.0.1:9"]
    done = subprocess.run(
        [sys.executable, "-m", "engine.cli.main", *command],
        env=environment, capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("nrc: error: no Dask scheduler answers at tcp://127.0.0.1:9")
    assert done.stderr.count("\n") == 1
