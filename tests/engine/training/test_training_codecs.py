"""Trainings of learned codecs: they learn, resume exactly, and leave what the codec needs."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.codecs.learned import model as learned
from engine.codecs.learned.e2e import E2E
from engine.codecs.learned.goog import GOOG
from engine.io.image import load_picture
from engine.metrics.fidelity import psnr_rgb_db
from engine.models.card import read_card
from engine.models.checkpoint import load_state
from engine.training.equal_rate import reference_curves
from engine.training.run import STATE, train
from engine.types import EncodeOptions, TrainEvent
from tests.support.tiny_models import textured_pixels

HEAD = """
kind = "{kind}"
name = "{kind}"
title = "Tiny"
validate_seconds = {interval}
[data]
crop = 32
batch = 4
[optimiser]
updates = {updates}
muon_rate = 0.02
adam_rate = 5e-3
warmup = 5
ema = 0.9
clip = 1.0
[network]
"""
SIZES = {
    "e2e": "channels = 8\nlatents = 12\nrates = 2\nlambda_low = 0.01\nlambda_high = 0.05\n",
    "goog": "parts = 16\n",
}


def write(path: Path, kind: str, updates: int, interval: float = 1000.0) -> Path:
    path.write_text(HEAD.format(kind=kind, updates=updates, interval=interval) + SIZES[kind])
    return path


@pytest.mark.parametrize("kind", ["e2e", "goog"])
def test_training_learns_and_leaves_a_working_codec(
    kind: str, photographs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    updates = {"e2e": 150, "goog": 40}[kind]
    config, events = write(tmp_path / "c.toml", kind, updates), list[TrainEvent]()
    run = tmp_path / "run"
    monkeypatch.setenv(learned.FOLDER_VARIABLE, str(run))
    codec, options = {"e2e": (E2E, EncodeOptions(quality=50)), "goog": (GOOG, EncodeOptions(quality=8))}[kind]
    pixels = load_picture(next(photographs.glob("*.png"))).pixels

    def psnr() -> float:
        return psnr_rgb_db(pixels, codec.encode(pixels, options).standard)

    stopper = write(tmp_path / "s.toml", kind, updates, interval=0.0)
    assert not train(stopper, [photographs], run, report=lambda _: os.kill(os.getpid(), signal.SIGINT))
    before = psnr()
    assert train(config, [photographs], run, report=events.append, resume=True)
    card = read_card(run / f"{kind}.json")
    assert (card.training["updates"], card.kind, card.carry) == (updates, kind, False)
    assert len(events[-1].validation_db) == {"e2e": 5, "goog": 8}[kind]
    assert psnr() > before + 1.5
    sent = codec.encode(pixels, options)
    assert np.array_equal(codec.decode(sent.payload).standard, sent.standard)


@pytest.mark.parametrize("kind", ["e2e", "goog"])
def test_resume_repeats_nothing_and_leaves_nothing_out(kind: str, photographs: Path, tmp_path: Path) -> None:
    train(write(tmp_path / "c.toml", kind, 6), [photographs], tmp_path / "whole")

    def stop(event: TrainEvent) -> None:
        if event.update >= 3:
            os.kill(os.getpid(), signal.SIGINT)

    config = write(tmp_path / "s.toml", kind, 6, interval=0.0)
    assert not train(config, [photographs], tmp_path / "halved", report=stop)
    assert train(config, [photographs], tmp_path / "halved", resume=True)
    one, two = (load_state(tmp_path / name / STATE)["network"] for name in ("whole", "halved"))
    assert all(torch.equal(value, two[name]) for name, value in one.items())


def test_contexts_are_fitted_at_the_end_and_not_at_every_checkpoint(
    photographs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.training import goog_task

    fits = list[float]()
    fit = goog_task.fit
    monkeypatch.setattr(goog_task, "fit", lambda bits: fits.append(time.monotonic()) or fit(bits))
    text = write(tmp_path / "c.toml", "goog", 6).read_text()
    (tmp_path / "c.toml").write_text("checkpoint_seconds = 0.0\n" + text)
    train(tmp_path / "c.toml", [photographs], tmp_path / "run")
    assert len(fits) == 2 + 1  # the first checkpoint, the last one, and the end


def test_jpeg_at_equal_rate() -> None:
    pixels = textured_pixels(96, 80)
    (reference,) = reference_curves([pixels], 64, 16)
    assert reference.pixels.shape == (64, 64, 3)
    rate, psnr = np.exp(reference.log_rates[4]), reference.psnrs_db[4]
    error = 255**2 / 10 ** (psnr / 10)
    assert reference.gain_db(float(rate), error) == pytest.approx(0.0, abs=1e-6)
    assert reference.gain_db(float(rate), error / 10) == pytest.approx(10.0, abs=1e-6)
    assert reference.gain_db(float(rate) * 1.1, error) < 0
