"""The pipeline: growing records, honest inputs, clear errors, model cards."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine import pipeline
from engine.errors import UserError
from engine.models.card import ModelCard, find_card, read_card
from engine.types import Context, DecodeOptions, EncodeOptions, Picture, Refinement, RefineRequest, frozen
from tests.support.tiny_models import save_tiny_model, textured_pixels

MAIN = tuple(card for card in pipeline.model_cards() if not card.study and "jpeg" in card.codecs)
"""The decoders for JPEG for everyday use; others have tests of their own in `test_cli_shipped`."""


def picture(seed: int = 0) -> Picture:
    return Picture("test.png", textured_pixels(seed=seed))


@pytest.fixture(params=["sweep", "raster"])
def model(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Path of the card of a small model with random weights."""
    return str(save_tiny_model(tmp_path, str(request.param)))


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


def test_a_stream_without_colour_stays_without(model: str) -> None:
    file = io.BytesIO()
    Image.fromarray(picture().pixels).convert("L").save(file, "JPEG", quality=10)
    coded = pipeline.decode(file.getvalue(), "grey.jpg")
    estimates = [step.pixels for step in last(list(pipeline.refine(request(model), None, coded))).steps]
    for pixels in estimates:
        assert np.array_equal(pixels, pixels[..., :1].repeat(3, axis=-1))
    assert not np.array_equal(estimates[-1], estimates[0])


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")])
def test_running_out_of_memory_is_told(error: Exception, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise error

    decoder = pipeline.load_decoder(model)
    monkeypatch.setattr(decoder, "refine", fail)
    with pytest.raises(UserError, match=r"^not enough memory to decode 56×48 pixels$"):
        list(pipeline.refine(request(model), picture()))
    monkeypatch.setattr(decoder, "refine", lambda *_: [][0])
    with pytest.raises(IndexError):
        list(pipeline.refine(request(model), picture()))


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
    told = replace(card, integers=True, sure=0.75)
    path.write_text(told.to_json())
    assert read_card(path) == told
    for bad in (0, 1.2, float("nan")):
        path.write_text(json.dumps({**json.loads(card.to_json()), "sure": bad}))
        with pytest.raises(UserError, match=r"sure must be from 0\.1 to 1|not a finite number"):
            read_card(path)
    record = json.loads(card.to_json())
    record["network"]["stages"] = record["network"].pop("steps")
    path.write_text(json.dumps(record))
    with pytest.raises(UserError, match=r"^model 'tiny-\w+': unknown field 'stages'"):
        pipeline.load_decoder(model)
    path.write_text(card.to_json())
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


@pytest.mark.parametrize("card", MAIN, ids=lambda card: str(card.name))
def test_shipped_models_gain_on_a_sample(card: ModelCard) -> None:
    """Every shipped decoder improves a bundled photograph, and says what it was trained on."""
    from engine.data.samples import load_sample

    original = load_sample("chelsea")
    if card.kind == "raster":
        original = Picture("crop", frozen(original.pixels[100:228, 100:260]))
    record = last(list(pipeline.refine(request(card.name), original)))
    scores = [step.scores.psnr_rgb_db or 0.0 for step in record.steps]
    assert scores[-1] > scores[0] + 0.2
    assert card.training["seed"] is not None
    assert card.training["updates"] > 0
    assert card.scores["kodak"]


@pytest.mark.parametrize("card", MAIN, ids=lambda card: str(card.name))
@pytest.mark.parametrize("quality", [75, 90, 97])
def test_fine_streams_are_not_harmed(card: ModelCard, quality: int) -> None:
    """Finer steps than in training: the residual fades out instead of doing harm. What was trained up to
    quality 100 gains there, too, all of its residual applied."""
    from engine.data.samples import load_sample

    original = Picture("crop", frozen(load_sample("coffee").pixels[100:260, 200:400]))
    encode = EncodeOptions(quality=quality)
    record = last(list(pipeline.refine(replace(request(card.name), encode=encode), original)))
    scores = [step.scores.psnr_rgb_db or 0.0 for step in record.steps]
    trust = card.trust(record.coded.scale)
    if card.highest_quality == 100:
        assert scores[-1] > scores[0] + 0.1
        assert trust == 1
        return
    assert scores[-1] > scores[0] + (0.1 if quality == 75 else -0.02)
    assert 0 <= trust < 1
    assert (trust == 0) is (quality == 97)
    assert card.trust(record.coded.scale) <= card.trust(0.8) == 1


@pytest.mark.parametrize("name", ["raster", "sibling-1", "attentive-bptt"])
def test_coarser_streams_than_in_training_gain(name: str) -> None:
    """Told their own scale, raster networks gain half as much, or do harm."""
    from engine.data.samples import load_sample

    card = find_card(name)
    original = Picture("crop", frozen(load_sample("coffee").pixels[100:260, 200:400]))
    record = last(list(pipeline.refine(replace(request(name), encode=EncodeOptions(quality=2)), original)))
    scores = [step.scores.psnr_rgb_db or 0.0 for step in record.steps]
    assert scores[-1] > scores[0] + 0.5
    assert card.told_scale(record.coded.scale) < record.coded.scale / 1.5
    assert card.told_scale(0.5) == 0.5
    assert card.told_scale(record.coded.scale, "e2e") == record.coded.scale


def test_a_card_that_tells_no_qualities_is_trusted() -> None:
    card = ModelCard("x", "sweep", "", "", "BPTT", 4, (Context.BOTH,), False, 1, {})
    assert card.highest_quality is None
    assert card.trust(0.01) == 1.0
    assert card.told_scale(40.0) == 40.0


# ---- no decoder, and progressive streams -----------------------------------------------------------------


@pytest.mark.parametrize("progressive", [False, True])
def test_without_a_decoder_there_is_the_standard_decode(progressive: bool) -> None:
    (record,) = pipeline.refine(request(""), picture(), progressive=progressive)
    assert record.finished
    assert (record.planned_steps, record.planned_stages, record.stages) == (0, 0, ())
    assert record.steps[0].pixels is record.coded.standard
    assert record.steps[0].scores.psnr_rgb_db is not None
    (again,) = pipeline.refine(replace(request(""), encode=None), None, record.coded)
    assert again.steps[0].scores.psnr_rgb_db is None


@pytest.mark.usefixtures("tiny_codecs")
def test_stages_of_a_progressive_stream_come_only_where_they_are_wanted() -> None:
    asked = replace(request(""), codec="goog", encode=EncodeOptions(quality=3))
    (plain,) = pipeline.refine(asked, picture())
    assert plain.finished
    assert plain.stages == ()
    (record,) = pipeline.refine(asked, picture(), progressive=True)
    assert record.finished
    assert [stage.index for stage in record.stages] == [1, 2]
    assert record.coded.payload == plain.coded.payload
    assert [stage.bits for stage in record.stages] == sorted(stage.bits for stage in record.stages)
    first, whole = pipeline.refine(asked, None, plain.coded, progressive=True)
    assert (first.finished, first.stages, first.planned_stages) == (False, (), 2)
    assert whole.finished
    for one, other in zip(whole.stages, record.stages, strict=True):
        assert one.coded.payload == other.coded.payload
        assert np.array_equal(one.pixels, other.pixels)
        assert one.scores.psnr_rgb_db is None
    (known,) = pipeline.refine(asked, None, plain.coded, progressive=True, known=whole.stages)
    assert known.stages is whole.stages


@pytest.mark.usefixtures("tiny_codecs")
def test_the_curve_of_a_progressive_codec_is_one_stream() -> None:
    pixels = picture().pixels
    points = list(pipeline.rate_curve("goog", pixels, "4:4:4", (3, 1)))
    assert [point.quality for point in points] == [1, 3]
    for point in points:
        alone = pipeline.encode("goog", pixels, EncodeOptions(quality=point.quality))
        assert point.bits_per_pixel == alone.bits_per_pixel
