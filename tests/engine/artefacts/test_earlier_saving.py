"""Files that were saved twice are mended as their first saving left them."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from skimage import data

from engine import pipeline
from engine.artefacts.earlier_saving import EarlierSaving, earlier_saving
from engine.artefacts.jpeg_history import history_of
from engine.decoders.sweep import SweepDecoder
from engine.metrics.fidelity import psnr_rgb_db as psnr
from engine.step_scale import jpeg_scale, luma_table
from engine.types import Coded, DecodeOptions, Pixels, ignore
from tests.engine.artefacts.test_jpeg_history import opened, saved
from tests.support.unseen_kinds import unseen


@pytest.fixture(scope="module")
def photograph() -> Pixels:
    return np.ascontiguousarray(data.astronaut()[:264, :328])


def twice(photograph: Pixels, first: int, last: int, down: int, across: int) -> tuple[Coded, Pixels, Pixels]:
    """The stream, the picture as it was saved first and the original, both as the last saving cut them."""
    before = opened(saved(photograph, first))[down:, across:]
    stream = pipeline.decode(saved(np.ascontiguousarray(before), last), "x.jpg")
    return stream, before, photograph[down:, across:]


def decoded(stream: Coded, *, tile: int = 896, **options: object) -> Pixels:
    decoder = pipeline.load_decoder("flagship")
    assert isinstance(decoder, SweepDecoder)
    # in single precision, as 8-bit integers are rounded for each tile by itself
    how = DecodeOptions(last_only=True, precision="single", **options)  # type: ignore[arg-type]
    *_, last = decoder.refine(stream, how, lambda: False, lambda _: None, tile)
    return last.pixels


def luma(pixels: Pixels) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return pixels.astype(np.float64) @ np.array([0.299, 0.587, 0.114])


@pytest.mark.parametrize(
    ("first", "last", "down", "across"), [(10, 40, 4, 4), (30, 75, 3, 6), (20, 75, 0, 0)]
)
def test_the_first_saving_is_found_again(
    photograph: Pixels, first: int, last: int, down: int, across: int
) -> None:
    stream, before, _ = twice(photograph, first, last, down, across)
    found = earlier_saving(stream)
    assert found is not None
    assert (found.quality, found.down, found.across) == (first, -down % 8, -across % 8)
    assert found.margins == (down, across)
    received, undone = (
        blocks(np.square(luma(stream.standard) + change - luma(before)), found).mean((1, 3))
        for change in (0, found.change)
    )
    # What was cut off at black or white has no multiples.
    whole = ~blocks(((before == 0) | (before == 255)).any(2), found).any((1, 3))
    assert whole.mean() > 0.5
    assert undone[whole].mean() < 0.8 * received[whole].mean()


def blocks(plane: Any, at: EarlierSaving) -> Any:
    """Of the first saving: (rows, 8, columns, 8)."""
    inside = plane[at.down :, at.across :]
    rows, columns = (side // 8 for side in inside.shape)
    return inside[: rows * 8, : columns * 8].reshape(rows, 8, columns, 8)


@pytest.mark.parametrize(("first", "last", "at"), [(10, 30, (4, 4)), (50, 90, (2, 5)), (50, 90, (0, 0))])
def test_what_it_gains(photograph: Pixels, first: int, last: int, at: tuple[int, int]) -> None:
    stream, _, original = twice(photograph, first, last, *at)
    behind, without = (psnr(original, decoded(stream, earlier=on)) for on in (True, False))
    assert behind > without + 0.3
    assert without > psnr(original, stream.standard)


def test_tiles_see_what_the_whole_sees(photograph: Pixels) -> None:
    stream, *_ = twice(photograph, 20, 70, 5, 3)
    whole, tiled = decoded(stream).astype(int), decoded(stream, tile=128).astype(int)
    assert (np.abs(whole - tiled) > 1).mean() < 0.002
    assert np.abs(whole - tiled).max() < 12


def test_orientations_of_the_first_saving_are_averaged_on_its_own_grid(photograph: Pixels) -> None:
    stream, _, original = twice(photograph, 10, 30, 4, 4)
    once, averaged = (psnr(original, decoded(stream, orientations=n)) for n in (1, 8))
    assert averaged > once + 0.02
    whole, tiled = (decoded(stream, orientations=8, tile=side).astype(int) for side in (896, 128))
    assert (np.abs(whole - tiled) > 1).mean() < 0.002


def test_multiples_of_the_first_steps_remain_as_they_are(photograph: Pixels) -> None:
    stream, *_ = twice(photograph, 10, 95, 0, 0)
    found = earlier_saving(stream)
    assert found is not None
    assert found.match > 0.9
    assert np.abs(found.change).mean() < 0.5


@pytest.mark.parametrize("quality", [10, 50, 90])
def test_saved_once_there_is_nothing_behind(photograph: Pixels, quality: int) -> None:
    stream = pipeline.decode(saved(photograph, quality), "x.jpg")
    assert earlier_saving(stream) is None
    assert np.array_equal(decoded(stream, earlier=True), decoded(stream, earlier=False))


def test_decoders_are_told_the_first_savings_tables(photograph: Pixels) -> None:
    stream, *_ = twice(photograph, 20, 70, 5, 3)
    found = earlier_saving(stream)
    assert isinstance(found, EarlierSaving)
    told = found.told(stream)
    assert told.scale == jpeg_scale(20)
    assert told.symbols is not None
    assert stream.symbols is not None
    assert np.array_equal(told.symbols.components[0].quantisation, luma_table(20))
    assert told.symbols.components[0].coefficients is stream.symbols.components[0].coefficients
    assert found is earlier_saving(stream)  # computed once


@pytest.mark.parametrize("kind", ["chess", "knitting", "handwriting"])
def test_patterns_have_no_past(kind: str) -> None:
    """Their coefficients are near the multiples of coarser steps by chance."""
    stream = pipeline.decode(saved(unseen(kind), 90), "x.jpg")
    history = history_of(stream)
    assert history is not None
    assert history.saved_before  # is what it looks like
    assert earlier_saving(stream) is None


def test_patches_that_never_came_tell_nothing_and_stay(photograph: Pixels) -> None:
    """What stands in their place isn't on the first saving's multiples."""
    before = opened(saved(photograph, 20))[3:, 5:]
    payload = saved(np.ascontiguousarray(before), 75)
    stream = pipeline.decode(payload[: len(payload) // 2], "x.jpg")
    assert stream.missing is not None
    assert stream.missing.any()
    found = earlier_saving(stream)
    assert found is not None
    assert (found.quality, found.down, found.across) == (20, 5, 3)
    gone = stream.missing.repeat(8, 0).repeat(8, 1)[: stream.height, : stream.width]
    assert not found.change[gone].any()
    assert np.count_nonzero(found.change[~gone]) > 1000


@pytest.mark.parametrize("after", [1, 2, 3, 4])
def test_a_cancelled_search_ends_and_is_not_remembered(photograph: Pixels, after: int) -> None:
    stream, *_ = twice(photograph, 20, 70, 5, 3)
    asked = itertools.count(1)
    assert earlier_saving(stream, lambda: next(asked) >= after) is None
    assert earlier_saving(stream) is not None


def test_a_decoder_cancelled_in_the_search_yields_nothing(photograph: Pixels) -> None:
    stream, *_ = twice(photograph, 20, 70, 5, 3)
    decoder = pipeline.load_decoder("flagship")
    asked = itertools.count(1)
    assert list(decoder.refine(stream, DecodeOptions(), lambda: next(asked) > 1, ignore)) == []
    assert next(asked) > 2
