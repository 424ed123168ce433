"""How a pair of siblings learns: its configuration, the terms of its loss, a whole training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from engine.decoders.raster_network import RasterNetwork, RasterSizes
from engine.decoders.sibling import (
    CONTEXTS,
    SiblingNetwork,
    SiblingSizes,
)
from engine.errors import UserError
from engine.models.card import read_card
from engine.models.training_record import record_of
from engine.registry import DECODERS
from engine.training.config import CouplingConfig, TrainConfig, load_config
from engine.training.data import load_folder
from engine.training.run import train
from engine.training.sibling_task import SiblingTask
from engine.types import Coded, DecodeOptions, Pixels, frozen, ignore, never
from tests.support.tiny_models import textured_pixels

TINY = """
kind = "sibling"
name = "tiny-sibling"
title = "Tiny"
[network]
cell = "elman"
units = 16
steps = 2
[data]
crop = 64
batch = 512
contexts = "both"
quality_low = 10
quality_high = 10
[coupling]
alone = 0.3
pull = 0.05
[optimiser]
updates = 150
muon_rate = 0.02
adam_rate = 5e-3
warmup = 5
ema = 0.9
clip = 1.0
bf16 = false
"""


def coded(pixels: Pixels, scale: float = 3.3) -> Coded:
    return Coded("jpeg", b"x" * 100, frozen(pixels), scale, subsampling="4:2:0")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("units = 16", None),
        ("units = 15", "units and embed must be even"),
        ("units = 16\nembed = 5", "units and embed must be even"),
        ("units = 16\nspan = 4", "siblings have no span"),
    ],
)
def test_sizes_are_checked(change: str, message: str | None, tmp_path: Path) -> None:
    config = config_of(tmp_path, TINY.replace("units = 16", change))
    if message is None:
        assert SiblingTask(config, [], []).network.sizes.units == 16
        return
    with pytest.raises(UserError, match=message):
        SiblingTask(config, [], [])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('contexts = "both"', "", "data.contexts must be both"),
        ("alone = 0.3", "alone = 1.0", "alone must lie in 0 to 1"),
        ("pull = 0.05", "pull = -1.0", "pull can't be negative"),
    ],
)
def test_configurations_are_checked(old: str, new: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=message):
        SiblingTask(config_of(tmp_path, TINY.replace(old, new)), [], [])


def test_the_shipped_pair_is_of_one_size_and_sees_the_same() -> None:
    sibling, single = load_config("sibling"), load_config("single")
    one = SiblingNetwork(SiblingSizes(**sibling.network))
    two = RasterNetwork(RasterSizes(**single.network))
    counts = [sum(parameter.numel() for parameter in network.parameters()) for network in (one, two)]
    assert counts[0] == pytest.approx(counts[1], rel=0.01)
    assert (sibling.data, sibling.optimiser, sibling.seed) == (single.data, single.optimiser, single.seed)


def config_of(folder: Path, text: str) -> TrainConfig:
    path = folder / "c.toml"
    path.write_text(text, encoding="utf-8")
    return load_config(path)


def started(config: TrainConfig, pictures: Sequence[Pixels], alone: float, pull: float) -> SiblingTask:
    """A task with random answers, both siblings trusted alike."""
    torch.manual_seed(4)
    task = SiblingTask(replace(config, coupling=CouplingConfig(alone, pull)), pictures, [])
    for estimator in task.network.siblings:
        nn.init.normal_(estimator.out.weight, std=0.2)
    task.start(task.network, 0)
    return task


def test_loss_obeys_the_ambiguity_decomposition(photographs: Path, tmp_path: Path) -> None:
    """E(mean) = mean E − D/4: holds the terms of the loss and their weights against one another."""
    config, pictures = config_of(tmp_path, TINY), load_folder([photographs], 64)
    with torch.no_grad():
        together, alone, pulled = (
            started(config, pictures, *weights).loss(0).item()
            for weights in ((0.0, 0.0), (0.5, 0.0), (0.0, 2.0))
        )
    own = (alone - 0.5 * together) / 0.5
    apart = (pulled - together) / 2.0
    assert apart > 0.01 * together
    assert together == pytest.approx(own - apart / 4, rel=1e-4)


def test_the_pull_reaches_either_sibling(photographs: Path, tmp_path: Path) -> None:
    """A step against the pull's gradient, in the weights of one sibling only, brings the two together."""
    config, pictures = config_of(tmp_path, TINY), load_folder([photographs], 64)
    for side in (0, 1):
        plain, pulled = (started(config, pictures, 0.0, pull) for pull in (0.0, 1.0))
        for task in (plain, pulled):
            task.backward(0)
        mine = pulled.network.siblings[side].out.weight
        theirs = plain.network.siblings[side].out.weight
        assert mine.grad is not None
        assert theirs.grad is not None
        gradient = mine.grad - theirs.grad
        assert gradient.norm() > 0
        with torch.no_grad():
            before = pulled.loss(1) - plain.loss(1)
            step = 0.05 * float(before) / float(gradient.square().sum())
            mine -= step * gradient
            theirs -= step * gradient
            assert pulled.loss(1) - plain.loss(1) < before


def test_training_gains_and_the_model_loads(photographs: Path, tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text(TINY, encoding="utf-8")
    events: list[tuple[float, ...]] = []
    assert train(
        config,
        [photographs],
        tmp_path / "run",
        validation=[photographs],
        report=lambda event: events.append(event.validation_db),
    )
    assert events[-1][-1] > 0.1
    told = read_card(tmp_path / "run" / "tiny-sibling.json")
    assert (told.kind, told.contexts, told.steps) == ("sibling", CONTEXTS, 2)
    course = record_of(told)
    assert course is not None
    assert course.patches == (150 * 512,)
    assert course.peak_mb > 1
    decoder = DECODERS.get(told.kind).load(told)
    assert told.weights == sum(parameter.numel() for parameter in decoder.network.parameters())
    stream = coded(textured_pixels())
    for context in told.contexts:
        steps = list(decoder.refine(stream, DecodeOptions(device="cpu", context=context), never, ignore))
        assert not np.array_equal(steps[-1].pixels, stream.standard)
