"""Estimates averaged over orientations of the picture."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from engine import pipeline
from engine.choices import ORIENTATIONS
from engine.decoders.orientations import averaged
from engine.decoders.sweep import SweepDecoder
from engine.errors import UserError
from engine.types import DecodeOptions, ignore, never
from tests.engine.decoders.test_finish import random_sweep, sent, sweep_card, texture

PLAIN = DecodeOptions(projection=False, guard=False, precision="single")


def shifted(standard: Tensor, _: Tensor, steps: int) -> Iterator[Tensor]:
    """A network that isn't the same in every direction: samples move to the right, one a step."""
    for k in range(1, steps + 1):
        yield standard.roll(k, 3)


@pytest.mark.parametrize("count", ORIENTATIONS)
def test_what_is_the_same_in_every_direction_stays(count: int) -> None:
    def doubled(standard: Tensor, _: Tensor, steps: int) -> Iterator[Tensor]:
        return iter([standard * 2] * steps)

    picture = torch.rand(1, 3, 32, 48)
    for estimate in averaged(doubled, count)(picture, torch.zeros(1, 2), 3):
        torch.testing.assert_close(estimate, picture * 2)


def test_each_orientation_comes_back_in_place() -> None:
    picture = torch.rand(1, 3, 32, 32)
    right, left = picture.roll(1, 3), picture.roll(-1, 3)
    down, up = picture.roll(1, 2), picture.roll(-1, 2)
    wanted = {1: right, 2: (right + left) / 2, 4: (right + left) / 2, 8: (right + left + up + down) / 4}
    for count, mean in wanted.items():
        (first, _) = averaged(shifted, count)(picture, torch.zeros(1, 2), 2)
        torch.testing.assert_close(first, mean)


def test_steps_come_one_by_one() -> None:
    asked: list[int] = []

    def slow(standard: Tensor, _: Tensor, steps: int) -> Iterator[Tensor]:
        for k in range(steps):
            asked.append(k)
            yield standard

    flow = averaged(slow, 4)(torch.rand(1, 3, 16, 16), torch.zeros(1, 2), 3)
    next(flow)
    assert asked == [0, 0, 0, 0]


def test_one_by_one_it_is_the_same() -> None:
    picture, told = torch.rand(1, 3, 32, 48), torch.zeros(1, 2)
    together = list(averaged(shifted, 8)(picture, told, 3))
    torch.testing.assert_close(list(averaged(shifted, 8, stepwise=False)(picture, told, 3)), together)
    alone = list(averaged(shifted, 8, last_only=True)(picture, told, 3))
    torch.testing.assert_close(alone, [together[-1]] * 3)


def test_other_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="3 orientations"):
        averaged(shifted, 3)
    with pytest.raises(UserError, match="1, 2, 4, 8 orientations, not 3"):
        pipeline.check_options(sweep_card(), DecodeOptions(orientations=3))


def test_a_turned_picture_comes_out_turned() -> None:
    """Its sides are whole units, so that turning keeps the grid."""
    coded = sent(texture(96, 80), subsampling="4:4:4")
    turned = replace(coded, standard=np.rot90(coded.standard).copy())
    decoder = SweepDecoder(sweep_card(), random_sweep())

    def unlike(count: int) -> float:
        options = replace(PLAIN, orientations=count)
        pairs = zip(
            decoder.refine(coded, options, never, ignore),
            decoder.refine(turned, options, never, ignore),
            strict=True,
        )
        return max(float(np.abs(np.rot90(a.pixels).astype(int) - b.pixels).max()) for a, b in pairs)

    assert unlike(8) <= 1 < unlike(1)


def test_oblong_samples_are_turned_too() -> None:
    coded = replace(sent(texture(96, 80), subsampling="4:4:4"), subsampling="4:2:2")
    decoder = SweepDecoder(sweep_card(), random_sweep())
    four, eight = (
        list(decoder.refine(coded, replace(PLAIN, orientations=n), never, ignore))[-1].pixels for n in (4, 8)
    )
    assert not np.array_equal(four, eight)


@pytest.mark.parametrize("count", ORIENTATIONS)
@pytest.mark.parametrize(("tile", "last_only"), [(1024, False), (1024, True), (64, False), (64, True)])
def test_progress_is_told_sweep_by_sweep(tile: int, last_only: bool, count: int) -> None:
    shares: list[float] = []
    options = replace(PLAIN, orientations=count, last_only=last_only, steps=3, earlier=False)
    decoder = SweepDecoder(replace(sweep_card(), steps=2), random_sweep())
    list(decoder.refine(sent(texture(96, 120)), options, never, shares.append, tile=tile))
    assert shares == sorted(set(shares))
    assert shares[-1] == 1
    assert shares[0] < 0.6 / count


@pytest.mark.parametrize("stepwise", [True, False])
def test_cancelled_after_some_steps_nothing_is_held(stepwise: bool) -> None:
    """Steps beyond the longest hold the last one's estimate, which there is none of then."""
    found: list[int] = []
    options = replace(PLAIN, orientations=8, steps=9, earlier=False)
    decoder = SweepDecoder(sweep_card(), random_sweep())
    tile = 1024 if stepwise else 64
    asked = itertools.count()
    for estimate in decoder.refine(
        sent(texture(96, 120)), options, lambda: next(asked) > 20, ignore, tile=tile
    ):
        found.append(estimate.index)
    assert found == ([1, 2] if stepwise else [])


@pytest.mark.parametrize("tile", [1024, 64])
@pytest.mark.parametrize("last_only", [False, True])
def test_it_can_be_cancelled_between_two_orientations(tile: int, last_only: bool) -> None:
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 5

    coded = sent(texture(96, 120))
    options = replace(PLAIN, orientations=8, last_only=last_only, earlier=False)
    decoder = SweepDecoder(sweep_card(), random_sweep())
    assert not list(decoder.refine(coded, options, cancelled, ignore, tile=tile))
    assert asked <= 9


def test_in_tiles_it_is_nearly_the_same() -> None:
    """Sides are no whole units."""
    coded = sent(texture(120, 200))
    decoder = SweepDecoder(sweep_card(1), random_sweep(1))
    options = replace(PLAIN, orientations=8)
    (whole,) = decoder.refine(coded, options, never, ignore)
    (tiled,) = decoder.refine(coded, options, never, ignore, tile=64)
    assert abs(whole.pixels.astype(int) - tiled.pixels).max() <= 1
