"""The commands with the decoders that are shipped, on photographs."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from engine.cli import main as cli
from engine.data.samples import load_sample
from engine.io.image import load_picture
from engine.io.write_image import save_png
from engine.metrics.fidelity import psnr_rgb_db
from engine.models.card import ModelCard
from engine.models.training_record import record_of
from engine.pipeline import encode, load_decoder, model_cards
from engine.types import DecodeOptions, EncodeOptions, ignore, never
from tests.support.tables import rows_in

CARDS = tuple(card for card in model_cards() if not card.study and "jpeg" in card.codecs)
OTHERS = tuple((card, codec) for card in model_cards() for codec in card.codecs if codec != "jpeg")
STUDIED = tuple(card for card in model_cards() if card.study and card.weights and card.kind != "memory")
REMEMBERING = tuple(card for card in model_cards() if card.kind == "memory")


@pytest.fixture
def folder(here: Path) -> Path:
    """A working folder with `photos`, parts of three samples; sides no multiple of 8."""
    Path("photos").mkdir()
    for name, top, left in (("coffee", 60, 180), ("astronaut", 40, 120), ("motorcycle_left", 100, 200)):
        save_png(f"photos/{name}.png", load_sample(name).pixels[top : top + 245, left : left + 261])
    return here


def test_a_sweep_and_a_raster_decoder_are_shipped() -> None:
    assert {"sweep", "raster"} <= {card.name for card in CARDS}


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_steps_gain_on_photographs_at_every_quality(
    card: ModelCard, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["bench", "photos", "--quality", "10", "30", "--decoder", card.name, "--device", "cpu"]
    assert cli.main([*command, "-o", "t.csv", "--markdown"]) == 0
    lines = capsys.readouterr().out.splitlines()[-2:]
    for line in lines:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        gains = [float(cell) for cell in cells[4 : 4 + card.steps]]
        assert gains[0] > 0.2
        assert gains[-1] > 0.4
        # Three small pictures: a late step may lose a little here that it gains on a large set.
        assert all(later > earlier - 0.03 for earlier, later in pairwise(gains))
        assert cells[-2] == "0 of 3"


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_an_old_jpeg_file_gets_nearer_to_what_it_was(card: ModelCard, folder: Path) -> None:
    assert cli.main(["encode", "photos/coffee.png", "--bpp", "0.5", "-o", "old.jpg"]) == 0
    command = ["decode", "old.jpg", "--decoder", card.name, "--device", "cpu"]
    assert cli.main([*command, "-o", "repaired.png"]) == 0
    assert cli.main([*command, "-o", "again.png"]) == 0
    original, received = load_picture("photos/coffee.png").pixels, load_picture("old.jpg").pixels
    repaired = load_picture("repaired.png").pixels
    assert psnr_rgb_db(original, repaired) > psnr_rgb_db(original, received) + 0.4
    assert np.array_equal(repaired, load_picture("again.png").pixels)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_a_report_for_every_context_offered(card: ModelCard, folder: Path) -> None:
    for context in card.contexts:
        command = [
            "refine",
            "photos/coffee.png",
            "--quality",
            "15",
            "--decoder",
            card.name,
            "--device",
            "cpu",
        ]
        assert cli.main([*command, "--context", context.value, "--steps", "2", "-o", context.value]) == 0
        report = json.loads(Path(context.value, "report.json").read_text())
        assert (report["decoder"], report["learner"], report["context"]) == (
            card.name, card.learner, context.value,
        )  # fmt: skip
        received, *_, last = (step["psnr_rgb_db"] for step in report["steps"])
        assert last > received


@pytest.mark.parametrize("card", STUDIED, ids=lambda card: card.name)
def test_models_of_studies_gain_and_tell_how_they_were_trained(card: ModelCard, folder: Path) -> None:
    """A learner that does badly is shipped as it is, but every one of them has learned something."""
    original = load_picture("photos/coffee.png").pixels
    coded = encode("jpeg", original, EncodeOptions(quality=15))
    options = DecodeOptions(device="cpu", inside=card.kind != "sweep")
    *_, last = load_decoder(card.name).refine(coded, options, never, ignore)
    assert last.index == card.steps
    assert psnr_rgb_db(original, last.pixels) > psnr_rgb_db(original, coded.standard) + 0.05
    assert last.inside is not None
    assert last.inside.recalled.shape[-1] == card.network.get("k_top", 0)
    record = record_of(card)
    assert record is not None
    assert record.updates[-1] == card.training["updates"]
    assert record.updates[-1] == card.training["configuration"]["optimiser"]["updates"]
    assert record.validation_db[-1][-1] > 0.05
    assert record.ms_per_update > 0
    assert record.peak_mb > 0
    assert card.scores["kodak"]


@pytest.mark.parametrize("card", REMEMBERING, ids=lambda card: card.name)
def test_models_of_the_lab_paint_more_than_grey(card: ModelCard, folder: Path) -> None:
    """Nothing of the standard decode is shown, so that even the best of them lose against it."""
    original = load_picture("photos/coffee.png").pixels
    subsampling = "4:4:4" if card.network["task"] == "differences" else "4:2:0"
    coded = encode("jpeg", original, EncodeOptions(quality=10, subsampling=subsampling))
    *_, last = load_decoder(card.name).refine(coded, DecodeOptions(device="cpu"), never, ignore)
    assert last.index == card.steps
    grey = np.full_like(original, int(original.mean()))
    assert psnr_rgb_db(original, last.pixels) > psnr_rgb_db(original, grey) + 1
    record = record_of(card)
    assert record is not None
    assert record.updates[-1] == card.training["updates"] == card.training["configuration"]["updates"]
    assert record.ms_per_update > 0
    assert record.peak_mb > 0
    assert card.scores["kodak"]


def test_other_codecs_that_the_talk_compares_with_have_decoders() -> None:
    assert {codec for card, codec in OTHERS if card.kind == "sweep"} == {"jpeg2000", "e2e", "goog"}
    assert {codec for card, codec in OTHERS if card.kind == "raster"} == {"jpeg2000", "e2e", "goog"}


MOST_HARM = {"raster-goog": 0.05}
"""dB that a decoder may lose on these pictures: next to nothing is left for this one to gain."""


@pytest.mark.parametrize(("card", "codec"), OTHERS, ids=lambda value: getattr(value, "name", value))
def test_decoders_of_other_codecs_gain(card: ModelCard, codec: str, folder: Path) -> None:
    rates = ("0.3", "0.6")
    command = ["bench", "photos", "--codec", codec, "--bpp", *rates, "--decoder", card.name]
    assert cli.main([*command, "--device", "cpu", "-o", "t.csv"]) == 0
    rows = rows_in("t.csv")
    for rate in rates:
        before, after = (
            np.mean([float(row["psnr_rgb_db"]) for row in rows if (row["target_bpp"], row["step"]) == key])
            for key in ((rate, "0"), (rate, str(card.steps)))
        )
        assert after > before - MOST_HARM.get(card.name, 0.0)
    gains = [score["gain_db"][-1] for score in card.scores["kodak"].values()]
    assert len(gains) > 1
    assert min(gains) > 0
    assert card.training["finest_scales"][codec] > 0


def test_fair_sets_are_fair() -> None:
    """Within a set everything but the learner, or the cell, and the seed is the same."""
    kinds: dict[tuple[object, ...], set[str]] = {}
    for card in STUDIED:
        if card.name.startswith(("learner-", "cell-")):
            told = json.loads(json.dumps(card.training["configuration"]))
            differs = {"learner"} if card.study == "learners" else set()
            if card.study == "cells":
                told["network"].pop("cell")
            for key in ("name", "title", "seed", "summary", "study", *differs):
                told.pop(key)
            group = (card.study, card.attentive)
            kinds.setdefault(group, set()).add(json.dumps(told, sort_keys=True))
    assert kinds
    assert all(len(several) == 1 for several in kinds.values())
