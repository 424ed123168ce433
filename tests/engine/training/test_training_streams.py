"""Trainings on streams of codecs other than JPEG, and what a decoder is told about such streams."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from engine import pipeline
from engine.codecs.learned.model import FOLDER_VARIABLE
from engine.decoders.sweep import SweepDecoder, condition_of
from engine.decoders.sweep_network import SweepNetwork, SweepSizes
from engine.errors import UserError
from engine.io.image import load_picture
from engine.metrics.fidelity import psnr_rgb_db
from engine.models.card import ModelCard, read_card
from engine.models.checkpoint import load_state, save_model
from engine.registry import CODECS
from engine.training.config import DataConfig, TrainConfig, load_config
from engine.training.run import STATE, train
from engine.training.streams import GRID, VALIDATION_RATE, WindowSource, example_of, source
from engine.training.warm_start import take_over_sweep
from engine.types import Context, DecodeOptions, EncodeOptions, Pixels, ignore, never
from tests.support.tiny_codecs import save_tiny_goog
from tests.support.tiny_models import textured_pixels

SWEEP = """
kind = "sweep"
name = "tiny"
title = "Tiny"
validate_seconds = 1000.0
[network]
channels = 12
blocks = 1
steps = 2
codecs = {count}
[data]
codecs = {codecs}
crop = 32
batch = 4
quality_low = 10
quality_high = 30
window = 4
replace_every = 3
[optimiser]
updates = {updates}
muon_rate = 0.02
adam_rate = 5e-3
warmup = 5
ema = 0.9
"""


def write(path: Path, updates: int, *codecs: str) -> Path:
    names = "[" + ", ".join(f'"{name}"' for name in codecs) + "]"
    path.write_text(SWEEP.format(updates=updates, codecs=names, count=len(codecs)))
    return path


def window(codecs: tuple[str, ...], low: int, high: int, pictures: list[Pixels]) -> WindowSource:
    data = DataConfig(crop=32, codecs=codecs, quality_low=low, quality_high=high, window=3, replace_every=2)
    made = source(TrainConfig("sweep", "w", "W", data=data), pictures)
    assert isinstance(made, WindowSource)
    return made


def test_a_decoder_for_jpeg2000_learns_and_serves_its_codec_alone(photographs: Path, tmp_path: Path) -> None:
    assert train(write(tmp_path / "c.toml", 150, "jpeg2000"), [photographs], tmp_path / "run")
    card = read_card(tmp_path / "run" / "tiny.json")
    assert card.codecs == ("jpeg2000",)
    finest = card.finest_scale("jpeg2000")
    assert finest is not None
    assert card.trust(finest, "jpeg2000") == 1
    assert card.trust(finest / 100, "jpeg2000") == 0
    pixels = load_picture(photographs / "1.png").pixels
    coded = pipeline.encode("jpeg2000", pixels, EncodeOptions(quality=20))
    decoder = pipeline.load_decoder(str(tmp_path / "run" / "tiny.json"))
    *_, last = pipeline.estimates(decoder, coded, DecodeOptions(device="cpu"), never, ignore)
    assert psnr_rgb_db(pixels, last.pixels) > psnr_rgb_db(pixels, coded.standard)
    other = pipeline.encode("jpeg", pixels, EncodeOptions(quality=20))
    with pytest.raises(UserError, match="was not trained for JPEG streams"):
        list(pipeline.estimates(decoder, other, DecodeOptions(device="cpu"), never, ignore))


@pytest.mark.parametrize("kind", ["sweep", "raster"])
def test_resuming_changes_nothing(kind: str, photographs: Path, tmp_path: Path) -> None:
    def config(updates: int) -> Path:
        path = write(tmp_path / f"{updates}.toml", updates, "jpeg2000")
        text = path.read_text()
        if kind == "raster":
            text = text.replace("channels = 12\nblocks = 1\n", 'cell = "elman"\nunits = 8\n')
            text = text.replace("codecs = 1\n", "").replace('kind = "sweep"', 'kind = "raster"')
        path.write_text(text)
        return path

    train(config(8), [photographs], tmp_path / "whole")
    train(config(5), [photographs], tmp_path / "parts")
    train(config(8), [photographs], tmp_path / "parts", resume=True)
    whole, parts = (load_state(tmp_path / name / STATE) for name in ("whole", "parts"))
    # The step size falls towards the run's end, so that the parts' first updates are other ones.
    assert whole["update"] == parts["update"] == 8
    again = tmp_path / "again"
    train(config(8), [photographs], again)
    for name, value in load_state(again / STATE)["network"].items():
        assert torch.equal(value, whole["network"][name]), name


def test_crops_lie_on_the_grid_of_the_whole_coded_picture() -> None:
    pixels = textured_pixels(96, 112)
    drawn = window(("webp",), 20, 20, [pixels])
    rng = np.random.default_rng(4)
    examples = [drawn.draw(rng, update) for update in range(12)]
    turns = [np.rot90(flipped, k) for flipped in (pixels, pixels[:, ::-1]) for k in range(4)]
    options = EncodeOptions(quality=20)
    coded = [pipeline.encode("webp", np.ascontiguousarray(turned), options) for turned in turns]
    for example in examples:
        assert example.scale in {whole.scale for whole in coded}
        assert any(_lies_in(example.standard, whole.standard) for whole in coded)


def _lies_in(crop: Pixels, whole: Pixels) -> bool:
    height, width = whole.shape[:2]
    side = len(crop)
    return any(
        np.array_equal(crop, whole[y : y + side, x : x + side])
        for y in range(0, height - side + 1, GRID)
        for x in range(0, width - side + 1, GRID)
    )


def test_what_is_drawn_depends_on_seed_and_update_alone() -> None:
    pictures = [textured_pixels(64, 80), textured_pixels(80, 64)[::-1]]
    early, late = (window(("jpeg2000",), 5, 40, pictures) for _ in range(2))
    for update in range(9):
        seen = early.draw(np.random.default_rng(update), update)
    there = late.draw(np.random.default_rng(8), 8)
    assert np.array_equal(seen.standard, there.standard)
    assert seen.scale == there.scale
    assert not np.array_equal(seen.standard, late.draw(np.random.default_rng(8), 40).standard)


def test_a_progressive_stream_counts_with_each_of_its_lengths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_tiny_goog(tmp_path)
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    pixels = textured_pixels(48, 48)
    drawn = window(("goog",), 2, 5, [pixels])
    rng = np.random.default_rng(1)
    scales = {drawn.draw(rng, 0).scale for _ in range(60)}
    encoded = [pipeline.encode("goog", pixels, EncodeOptions(quality=n)) for n in range(2, 6)]
    assert scales == {coded.scale for coded in encoded}
    with pytest.raises(UserError, match="qualities of GOOG-small lie in 1 to 8"):
        window(("goog",), 2, 9, [pixels])


def test_each_codec_has_qualities_of_its_own(tmp_path: Path) -> None:
    text = write(tmp_path / "c.toml", 5, "jpeg2000", "webp").read_text()
    path = tmp_path / "own.toml"
    path.write_text(text.replace("[optimiser]", "[data.qualities]\njpeg2000 = [71, 71]\n[optimiser]"))
    config = load_config(path)
    assert config.data.range_of("jpeg2000") == (71, 71)
    assert config.data.range_of("webp") == (10, 30)
    pixels = textured_pixels(64, 64)
    turns = [np.rot90(flipped, k) for flipped in (pixels, pixels[:, ::-1]) for k in range(4)]
    scales = {
        pipeline.encode(
            "jpeg2000", np.ascontiguousarray(turned), EncodeOptions(quality=71, subsampling=chroma)
        ).scale
        for turned in turns
        for chroma in ("4:2:0", "4:4:4")
    }
    drawn, rng = source(config, [pixels]), np.random.default_rng(3)
    examples = [drawn.draw(rng, update) for update in range(40)]
    assert {example.scale for example in examples if example.codec == "jpeg2000"} <= scales
    assert {example.codec for example in examples} == {"jpeg2000", "webp"}
    changes = (
        ("[71, 71]", "[72, 71]", "own.toml .data.: qualities of 'jpeg2000' must be the lowest and"),
        ("[71, 71]", '"all"', r"own.toml .data.: .qualities.jpeg2000. is not a list"),
        ("jpeg2000 = [71", "avif = [71", "data.qualities names a codec that data.codecs doesn't"),
    )
    for old, new, message in changes:
        path.write_text(text.replace("[optimiser]", "[data.qualities]\njpeg2000 = [71, 71]\n[optimiser]"))
        path.write_text(path.read_text().replace(old, new))
        with pytest.raises(UserError, match=message):
            load_config(path)


def test_a_card_knows_the_highest_jpeg_quality_of_a_table() -> None:
    data = {"quality_high": 60, "qualities": {"jpeg": [5, 40], "webp": [1, 99]}}
    card = dataclasses.replace(_card(SweepSizes()), training={"configuration": {"data": data}})
    assert card.highest_quality == 40
    assert (
        dataclasses.replace(card, training={"configuration": {"data": {"quality_high": 60}}}).highest_quality
        == 60
    )
    assert dataclasses.replace(card, training={"configuration": {"data": []}}).highest_quality is None


def test_validation_is_at_one_rate_and_knows_its_codec() -> None:
    pixels = textured_pixels(128, 128)
    examples = window(("jpeg2000", "webp"), 5, 40, [pixels]).validation(pixels)
    assert [example.codec for example in examples] == ["jpeg2000", "webp"]
    for example in examples:
        options = EncodeOptions(bits_per_pixel=VALIDATION_RATE, subsampling="4:4:4")
        coded = CODECS.get(example.codec).encode(pixels, options)
        same = example_of(pixels, coded)
        assert np.array_equal(example.standard, same.standard)
        assert example.full_chroma == same.full_chroma


def test_a_network_for_several_codecs_is_told_which(tmp_path: Path) -> None:
    assert condition_of(1.0, True, "webp", ("webp",)) == (0.0, 1.0)
    assert condition_of(1.0, False, "webp", ("jpeg", "webp")) == (0.0, 0.0, 0.0, 1.0)
    torch.manual_seed(1)
    old = SweepNetwork(SweepSizes(channels=8, blocks=1, steps=2))
    torch.nn.init.normal_(old.out.weight, std=0.1)
    card = _card(old.sizes)
    path = str(save_model(card, old, tmp_path))
    new = SweepNetwork(SweepSizes(channels=8, blocks=1, steps=2, codecs=2))
    take_over_sweep(new, path)
    standard = torch.rand(1, 3, 32, 32)
    told = torch.tensor([condition_of(0.5, True, "webp", ("jpeg", "webp"))])
    for before, after in zip(old(standard, told[:, :2], 2), new(standard, told, 2), strict=True):
        torch.testing.assert_close(before, after)
    (tmp_path / "old.json").write_text(dataclasses.replace(card, codecs=("jpeg", "webp")).to_json())
    with pytest.raises(UserError, match="model 'old': its network is for 1 codecs"):
        SweepDecoder.load(read_card(tmp_path / "old.json"))
    with pytest.raises(UserError, match="has other sizes"):
        take_over_sweep(SweepNetwork(SweepSizes(channels=9, blocks=1, steps=2)), path)


def _card(sizes: SweepSizes) -> ModelCard:
    return ModelCard("old", "sweep", "", "", "BPTT", 2, (Context.BOTH,), False, 0, dataclasses.asdict(sizes))
