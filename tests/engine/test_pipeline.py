"""The pipeline: growing records, honest inputs, clear errors, model cards."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from engine import pipeline
from engine.checkpoint import save_model
from engine.decoders.raster import RasterNetwork, RasterSizes
from engine.decoders.sweep import SweepNetwork, SweepSizes
from engine.errors import UserError
from engine.models import ModelCard, find_card, read_card
from engine.types import (
    Context,
    DecodeOptions,
    EncodeOptions,
    Picture,
    Pixels,
    Refinement,
    RefineRequest,
    frozen,
)


def picture(seed: int = 0, height: int = 48, width: int = 56) -> Picture:
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (height // 8 + 1, width // 8 + 1, 3))
    pixels = np.kron(coarse, np.ones((8, 8, 1)))[3 : height + 3, 5 : width + 5][:height, :width]
    noise = rng.normal(size=(height, width, 3)) * 6
    cropped: Pixels = np.clip(np.resize(pixels, (height, width, 3)) + noise, 0, 255).astype(np.uint8)
    return Picture("test.png", frozen(cropped))


@pytest.fixture(params=["sweep", "raster"])
def model(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Path of the card of a small model with random weights."""
    kind = str(request.param)
    torch.manual_seed(5)
    network: SweepNetwork | RasterNetwork
    if kind == "sweep":
        network = SweepNetwork(SweepSizes(channels=8, blocks=1, steps=2))
        torch.nn.init.normal_(network.out.weight, std=0.05)
    else:
        network = RasterNetwork(RasterSizes(cell="elman", units=8, steps=2))
        torch.nn.init.normal_(network.out.weight, std=0.2)
    card = ModelCard(
        name=f"random-{kind}",
        kind=kind,
        title="Random",
        cell="elman",
        learner="none",
        steps=2,
        contexts=tuple(Context) if kind == "raster" else (Context.BOTH,),
        carry=kind == "raster",
        weights=1,
        network=dataclasses.asdict(network.sizes),
    )
    return str(save_model(card, network, tmp_path))


def request(decoder: str, **options: object) -> RefineRequest:
    return RefineRequest(
        "test.png",
        "jpeg",
        EncodeOptions(quality=15),
        decoder,
        DecodeOptions(device="cpu", **options),  # type: ignore[arg-type]
    )


def last(records: list[Refinement]) -> Refinement:
    return records[-1]


def test_a_refinement_grows_step_by_step(model: str) -> None:
    records = list(pipeline.refine(request(model, steps=3), picture()))
    assert [len(record.steps) for record in records] == [1, 2, 3, 4]
    assert [record.finished for record in records] == [False, False, False, True]
    first = records[0].steps[0]
    assert first.pixels is records[0].coded.standard
    assert first.scores.psnr_rgb_db is not None
    assert records[-1].steps[:3] == records[-2].steps
    assert [step.index for step in records[-1].steps] == [0, 1, 2, 3]
    assert not np.array_equal(records[-1].steps[3].pixels, first.pixels)


def test_output_depends_on_the_coded_alone(model: str) -> None:
    """The same stream beside two different originals, and beside none, gives the same estimates."""
    coded = pipeline.encode("jpeg", picture(0).pixels, EncodeOptions(quality=15))
    runs = [
        last(list(pipeline.refine(request(model), original, coded)))
        for original in (picture(0), picture(9), None)
    ]
    for other in runs[1:]:
        for a, b in zip(runs[0].steps, other.steps, strict=True):
            assert np.array_equal(a.pixels, b.pixels)
    assert runs[0].steps[0].scores != runs[1].steps[0].scores
    assert runs[2].steps[-1].scores.psnr_rgb_db is None
    changed = pipeline.encode("jpeg", picture(1).pixels, EncodeOptions(quality=15))
    assert not np.array_equal(
        last(list(pipeline.refine(request(model), None, changed))).steps[-1].pixels, runs[0].steps[-1].pixels
    )


def test_a_saved_stream_gives_the_same_refinement(model: str) -> None:
    sent = pipeline.encode("jpeg", picture().pixels, EncodeOptions(quality=20))
    received = pipeline.decode(sent.payload, "saved.jpg")
    assert np.array_equal(sent.standard, received.standard)
    runs = [last(list(pipeline.refine(request(model), None, coded))) for coded in (sent, received)]
    for a, b in zip(runs[0].steps, runs[1].steps, strict=True):
        assert np.array_equal(a.pixels, b.pixels)


def test_cancelling_says_so(model: str) -> None:
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return True

    record = last(list(pipeline.refine(request(model), picture(), cancelled=cancelled)))
    assert record.cancelled
    assert not record.finished
    assert len(record.steps) == 1


def test_bad_options_are_named(model: str) -> None:
    with pytest.raises(UserError, match="steps must lie in 1 to 12"):
        list(pipeline.refine(request(model, steps=13), picture()))
    if "sweep" in model:
        with pytest.raises(UserError, match="no context 'causal'"):
            list(pipeline.refine(request(model, context=Context.CAUSAL), picture()))
        with pytest.raises(UserError, match="no state to carry"):
            list(pipeline.refine(request(model, carry=True), picture()))
    with pytest.raises(UserError, match="unknown decoder 'nothing'"):
        list(pipeline.refine(request("nothing"), picture()))
    with pytest.raises(UserError, match="unknown codec 'gif'"):
        pipeline.encode("gif", picture().pixels, EncodeOptions(quality=15))


def test_streams_are_told_apart_by_content() -> None:
    for payload, reason in ((b"", "empty"), (b"\x89PNG....", "not a stream of a known codec")):
        with pytest.raises(UserError, match=f"x.bin: .*{reason}"):
            pipeline.decode(payload, "x.bin")


def test_rate_curve_rises() -> None:
    points = list(pipeline.rate_curve("jpeg", picture().pixels, "4:2:0", [10, 30, 60]))
    assert [point.quality for point in points] == [10, 30, 60]
    assert points[0].bits_per_pixel < points[1].bits_per_pixel < points[2].bits_per_pixel
    assert points[0].psnr_rgb_db < points[1].psnr_rgb_db < points[2].psnr_rgb_db
    assert list(pipeline.rate_curve("jpeg", picture().pixels, "4:2:0", [10], lambda: True)) == []


def test_broken_models_are_named(model: str, tmp_path: Path) -> None:
    path = Path(model)
    card = read_card(path)
    assert find_card(str(card.weights_path)).name == card.name
    card.weights_path.write_bytes(card.weights_path.read_bytes()[:100])
    with pytest.raises(UserError, match=r"\.safetensors: can't read the weights"):
        pipeline.load_decoder(model)
    for text, reason in (
        ("{", "not a model card"),
        ('{"format": 99}', "format 99"),
        ("[]", "not a model card"),
    ):
        path.write_text(text)
        with pytest.raises(UserError, match=reason):
            read_card(path)
    record = json.loads(card.to_json())
    assert record["format"] == 1
    with pytest.raises(UserError, match="no such file"):
        find_card(str(tmp_path / "missing.json"))


@pytest.mark.parametrize("card", pipeline.model_cards(), ids=lambda card: str(card.name))
def test_shipped_models_gain_on_a_sample(card: ModelCard) -> None:
    """Every shipped decoder improves a bundled photograph, and says what it was trained on."""
    from engine.samples import load_sample

    original = load_sample("chelsea")
    if card.kind == "raster":
        original = Picture("crop", frozen(original.pixels[100:228, 100:260]))
    record = last(list(pipeline.refine(request(card.name), original)))
    scores = [step.scores.psnr_rgb_db or 0.0 for step in record.steps]
    assert scores[-1] > scores[0] + 0.2
    assert card.training["seed"] is not None
    assert card.training["updates"] > 0
    assert card.scores["kodak"]
