"""What a JPEG file tells of its past."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from skimage import data

from engine import pipeline
from engine.artefacts.jpeg_history import expected_gain_db, history_of, history_words, nearest_quality
from engine.step_scale import luma_table
from engine.types import EncodeOptions, Pixels


def saved(pixels: Pixels, quality: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def opened(payload: bytes) -> Pixels:
    with Image.open(io.BytesIO(payload)) as image:
        return np.asarray(image.convert("RGB"))


@pytest.fixture(scope="module")
def photograph() -> Pixels:
    return np.ascontiguousarray(data.astronaut()[:320, :400])


@pytest.mark.parametrize("quality", [5, 30, 50, 75, 90, 100])
def test_quality_of_libjpegs_tables(quality: int) -> None:
    assert nearest_quality(luma_table(quality).astype(np.uint16)) == quality


def test_tables_of_others_are_told_apart(photograph: Pixels) -> None:
    buffer = io.BytesIO()
    table = (luma_table(60) + np.arange(64).reshape(8, 8) % 3).astype(int).ravel().tolist()
    Image.fromarray(photograph).save(buffer, "JPEG", qtables=[table, table])
    history = history_of(pipeline.decode(buffer.getvalue(), "x.jpg"))
    assert history is not None
    assert not history.standard
    assert abs(history.quality - 60) < 8
    assert "about quality" in history_words(history)


@pytest.mark.parametrize("quality", [20, 50, 75, 92])
def test_saved_once(photograph: Pixels, quality: int) -> None:
    history = history_of(pipeline.decode(saved(photograph, quality), "x.jpg"))
    assert history is not None
    assert history.quality == quality
    assert history.standard
    assert not history.saved_before
    assert "nothing shows" in history_words(history)


@pytest.mark.parametrize(
    ("first", "second", "down", "across"),
    [(10, 30, 4, 4), (30, 60, 3, 5), (60, 85, 0, 7), (30, 60, 0, 0), (50, 90, 0, 0)],
)
def test_saved_twice(photograph: Pixels, first: int, second: int, down: int, across: int) -> None:
    """An earlier, coarser saving is found with its grid and about its quality."""
    cut = opened(saved(photograph, first))[(8 - down) % 8 :, (8 - across) % 8 :]
    history = history_of(pipeline.decode(saved(np.ascontiguousarray(cut), second), "x.jpg"))
    assert history is not None
    assert history.saved_before
    assert history.earlier is not None
    assert (history.earlier.down, history.earlier.across) == (down, across)
    assert abs(history.earlier.quality - first) <= 4
    assert history.earlier.aligned is (down == across == 0)
    assert "saved before" in history_words(history)


@pytest.mark.parametrize("quality", [15, 30])
def test_large_pictures_are_no_more_suspect(quality: int) -> None:
    """What deviates from the model by a little must not add up over many blocks."""
    tiles = [
        data.astronaut(),
        data.coffee()[:400, :512],
        data.rocket()[:400, :512],
        data.chelsea()[:296, :448],
    ]
    columns = [np.concatenate([np.roll(tile, 8 * shift, 1) for shift in range(6)], 1) for tile in tiles]
    width = min(column.shape[1] for column in columns)
    large = np.ascontiguousarray(np.concatenate([column[:, :width] for column in columns], 0))
    assert large.shape[0] * large.shape[1] > 4e6
    history = history_of(pipeline.decode(saved(large, quality), "x.jpg"))
    assert history is not None
    assert not history.saved_before


def test_what_is_known_is_not_sought_again(photograph: Pixels) -> None:
    coded = pipeline.decode(saved(photograph, 50), "x.jpg")
    assert history_of(coded) is history_of(coded)
    assert history_of(coded) is not history_of(pipeline.decode(saved(photograph, 75), "y.jpg"))


def test_what_later_coarser_steps_cover_is_not_claimed(photograph: Pixels) -> None:
    cut = np.ascontiguousarray(opened(saved(photograph, 60))[4:, 4:])
    history = history_of(pipeline.decode(saved(cut, 10), "x.jpg"))
    assert history is not None
    assert not history.saved_before


def test_tiny_and_other_streams() -> None:
    flat = np.full((16, 16, 3), 90, np.uint8)
    history = history_of(pipeline.decode(saved(flat, 50), "x.jpg"))
    assert history is not None
    assert not history.saved_before
    assert (
        history_of(pipeline.encode("jpeg2000", np.full((32, 32, 3), 9, np.uint8), EncodeOptions(quality=30)))
        is None
    )


def test_expected_gain_lies_between_what_was_measured() -> None:
    scores = {"kodak": {"q10": {"gain_db": [1.0, 1.5]}, "q50": {"gain_db": [0.5, 1.0]}, "mean": {}}}
    assert expected_gain_db(scores, 5.0) == pytest.approx(1.5)
    assert expected_gain_db(scores, 1.0) == pytest.approx(1.0)
    middle = expected_gain_db(scores, 2.2)
    assert middle is not None
    assert 1.2 < middle < 1.3
    assert expected_gain_db({}, 1.0) is None
