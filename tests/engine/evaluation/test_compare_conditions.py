"""Conditions: the streams are what their names say, and the bundled pictures are there."""

from __future__ import annotations

import numpy as np
import pytest

from engine.errors import UserError
from engine.evaluation.compare import conditions_of
from engine.evaluation.conditions import FLAT, ROBIDOUX, photoshop, plain, robustness, with_tables
from engine.evaluation.pictures import line_art, other_kinds
from engine.models.card import shipped_cards
from engine.step_scale import STANDARD_LUMA
from engine.types import Coded
from tests.support.tiny_models import textured_pixels


def tables(coded: Coded) -> list[list[list[int]]]:
    assert coded.symbols is not None
    return [component.quantisation.tolist() for component in coded.symbols.components]


def test_a_plain_condition_names_what_is_unusual() -> None:
    usual, full = plain("jpeg", 15, "4:2:0"), plain("jpeg", 20, "4:4:4")
    assert (usual.name, full.name) == ("q15", "q20 4:4:4")
    assert full.encode(textured_pixels()).subsampling == "4:4:4"
    assert full.encode(textured_pixels()).quality == 20


def test_other_tables_are_in_the_stream_scaled_as_libjpeg_does() -> None:
    pixels = textured_pixels()
    assert tables(with_tables(ROBIDOUX, 50, "4:2:0")(pixels)) == [np.minimum(ROBIDOUX, 255).tolist()] * 3
    flat = with_tables(FLAT, 15, "4:4:4")(pixels)
    assert flat.subsampling == "4:4:4"
    assert tables(flat) == [[[53] * 8] * 8] * 3  # (16 · 333 + 50) // 100
    assert tables(with_tables(FLAT, 99, "4:2:0")(pixels)) == [[[1] * 8] * 8] * 3  # 0.32, not below 1


def test_scaling_agrees_with_the_encoder_on_its_own_table() -> None:
    standard = tuple(tuple(int(step) for step in row) for row in STANDARD_LUMA)
    for quality in (2, 15, 37, 50, 75, 95):
        own = plain("jpeg", quality, "4:2:0").encode(textured_pixels())
        assert tables(with_tables(standard, quality, "4:2:0")(textured_pixels()))[0] == tables(own)[0]


def test_photoshop_has_tables_of_its_own_for_chroma() -> None:
    coded = photoshop(textured_pixels())
    luma, blue, red = tables(coded)
    assert coded.subsampling == "4:2:0"
    assert (luma[0][:3], blue[0][:3]) == ([20, 16, 25], [21, 25, 32])
    assert blue == red


def test_robustness_varies_one_thing_at_a_time() -> None:
    conditions = robustness("jpeg", 20, "4:2:0")
    names = [condition.name for condition in conditions]
    assert len(set(names)) == len(names)
    of_quality = [c for c in conditions if c.topic == "quality"]
    assert [c.name for c in of_quality if not c.whole] == [
        "q2", "q10", "q15", "q20", "q30", "q75", "q90", "q95",
    ]  # fmt: skip
    whole = ["q75, without fade-out", "q90, without fade-out", "q95, without fade-out"]
    assert [c.name for c in conditions if c.whole] == whole
    pixels = textured_pixels()
    for condition in of_quality:
        assert f"q{condition.encode(pixels).quality}" == condition.name.split(",")[0]
    for condition in conditions:
        if condition.topic in ("pictures", "steps"):
            assert condition.encode(pixels).quality == 20
        assert (condition.picture is not None) == (condition.topic == "pictures")
        assert condition.steps == (12 if condition.topic == "steps" else 0)
    payloads = [c.encode(pixels).payload for c in conditions if c.topic == "encoder"]
    assert len(set(payloads)) == 4


def test_robustness_needs_tables_to_vary() -> None:
    with pytest.raises(UserError, match=r"set robustness: .* codec 'webp'"):
        robustness("webp", 15, "4:2:0")


def test_other_kinds_of_picture() -> None:
    pictures = {name: load() for name, load in other_kinds().items()}
    assert list(pictures) == ["text", "retina", "deep sky", "line art"]
    for picture in pictures.values():
        assert picture.pixels.std() > 10
        assert min(picture.width, picture.height) >= 150
    text = pictures["text"].pixels
    assert np.array_equal(text[..., 0], text[..., 2])
    red, _, blue = pictures["retina"].pixels.reshape(-1, 3).mean(0)
    assert red > 2 * blue


def test_line_art_is_ink_on_paper_and_the_same_at_every_call() -> None:
    pixels = line_art()
    assert pixels.shape == (512, 768, 3)
    assert np.array_equal(pixels, line_art())
    assert np.mean(pixels.min(-1) > 240) > 0.7
    assert 0.03 < np.mean(pixels.max(-1) < 100) < 0.2
    for top, left in ((0, 0), (0, 384), (256, 0), (256, 384)):  # each quarter has a drawing
        assert (pixels[top : top + 256, left : left + 384].max(-1) < 100).sum() > 1000


def test_memory_measures_every_model_on_its_own_task() -> None:
    conditions = conditions_of("memory", "jpeg", 10, "4:2:0")
    assert [each.name for each in conditions] == ["late-answer", "differences", "lost-packets"]
    cards = [card for card in shipped_cards() if card.study == "memory"]
    for card in cards:
        assert [each.name for each in conditions if each.suits(card)] == [card.network["task"]]
    other = next(card for card in shipped_cards() if card.study == "learners")
    assert not any(each.suits(other) for each in conditions)
    assert all(each.suits(other) for each in conditions_of("learners", "jpeg", 15, "4:2:0"))
    pixels = np.zeros((16, 16, 3), np.uint8)
    sent = {each.name: each.encode(pixels) for each in conditions}
    assert {name: coded.subsampling for name, coded in sent.items()} == {
        "late-answer": "4:2:0", "differences": "4:4:4", "lost-packets": "4:2:0"
    }  # fmt: skip
    with pytest.raises(UserError, match="know JPEG's patches"):
        conditions_of("memory", "webp", 10, "4:2:0")
