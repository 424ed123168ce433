"""Pictures of differences: levels, colours, scales, and what their legend says."""

from __future__ import annotations

import numpy as np
import pytest

from engine.metrics.fidelity import luma, psnr_rgb_db
from engine.types import Pixels
from viewer.model.facts.differences import (
    DifferenceLook,
    difference_picture,
    make_differences,
    part_of_scale,
    psnr_between,
    reach,
    shared_limit,
)
from viewer.model.scene.palette import CIVIDIS, DIVERGING_DARK
from viewer.model.session.choices import Scale
from viewer.panes.resolve.difference import figures, legend_of, title_of

ABSOLUTE = DifferenceLook(absolute=True, gain=1)
SIGNED = DifferenceLook(gain=1)
RNG = np.random.default_rng(4)
ONE: Pixels = RNG.integers(0, 256, (150, 33, 3), np.uint8)
OTHER: Pixels = np.clip(ONE + RNG.normal(0, 7, ONE.shape), 0, 255).astype(np.uint8)


def pixel(r: int, g: int, b: int) -> Pixels:
    return np.array([[[r, g, b]]], np.uint8)


def test_absolute_differences_are_levels_on_black() -> None:
    a, b = pixel(0, 255, 100), pixel(255, 0, 97)
    assert difference_picture(a, b, ABSOLUTE, 255).tolist() == [[[255, 255, 3]]]
    assert difference_picture(a, b, ABSOLUTE, 255 / 4).tolist() == [[[255, 255, 12]]]
    assert np.array_equal(difference_picture(a, b, ABSOLUTE, 64), difference_picture(b, a, ABSOLUTE, 64))
    for gain in (1, 8, 64):
        exact = np.clip(gain * np.abs(ONE.astype(int) - OTHER), 0, 255)
        assert np.array_equal(difference_picture(ONE, OTHER, ABSOLUTE, 255 / gain), exact)


def test_signed_differences_have_the_colour_of_the_sample_that_differs_most() -> None:
    middle = DIVERGING_DARK[128]
    assert np.array_equal(difference_picture(ONE, ONE, SIGNED, 255)[3, 3], middle)
    up = difference_picture(pixel(10, 90, 20), pixel(30, 10, 20), SIGNED, 80)
    assert np.array_equal(up[0, 0], DIVERGING_DARK[255])
    down = difference_picture(pixel(30, 10, 20), pixel(10, 90, 20), SIGNED, 80)
    assert np.array_equal(down[0, 0], DIVERGING_DARK[0])
    half = difference_picture(pixel(0, 40, 0), pixel(0, 0, 0), SIGNED, 80)
    assert np.array_equal(half[0, 0], DIVERGING_DARK[round(127.5 * 1.5)])


@pytest.mark.parametrize("absolute", [True, False])
def test_differences_of_luma(absolute: bool) -> None:
    look = DifferenceLook(absolute=absolute, luma=True, gain=8)
    shown = difference_picture(ONE, OTHER, look, 32)
    exact = luma(ONE).astype(float) - luma(OTHER)
    part = np.clip(np.abs(exact) / 32, 0, 1)
    at = 255 * part if absolute else 127.5 + 127.5 * np.sign(exact) * part
    expected = (CIVIDIS if absolute else DIVERGING_DARK)[np.round(at).astype(int)]
    assert np.abs(shown.astype(int) - expected).max() <= 6  # luma is looked up in quarters of a level
    grey = difference_picture(pixel(50, 50, 50), pixel(40, 40, 40), look, 10)
    assert np.array_equal(grey[0, 0], (CIVIDIS if absolute else DIVERGING_DARK)[255])


def test_an_adaptive_scale_reaches_nearly_all_and_is_shared() -> None:
    look = DifferenceLook(absolute=True, scale=Scale.ADAPTIVE)
    sizes = np.abs(ONE.astype(int) - OTHER)
    assert reach(ONE, OTHER, look) == pytest.approx(np.percentile(sizes, 99.9), abs=1)
    made = make_differences([(ONE, ONE), (ONE, OTHER)], look)
    assert made.limit == reach(ONE, OTHER, look)
    assert made.pictures[1].max() == 255
    assert not made.pictures[0].any()
    assert shared_limit([0.0, 0.0], look) == 1.0
    luminous = DifferenceLook(luma=True, scale=Scale.ADAPTIVE)
    exact = np.percentile(np.abs(luma(ONE).astype(float) - luma(OTHER)), 99.9)
    assert reach(ONE, OTHER, luminous) == pytest.approx(exact, abs=0.5)


def test_a_square_root_shows_small_differences_without_losing_large_ones() -> None:
    look = DifferenceLook(absolute=True, scale=Scale.ROOT, gain=64)
    assert shared_limit([], look) == 255
    shown = difference_picture(pixel(1, 64, 255), pixel(0, 0, 0), look, 255)
    assert shown.tolist() == [[[16, 128, 255]]]
    assert part_of_scale(64, 256, True) == pytest.approx(0.5)


def test_psnr_is_that_of_the_scores() -> None:
    assert psnr_between(ONE, OTHER) == pytest.approx(psnr_rgb_db(ONE, OTHER), abs=1e-6)
    assert psnr_between(ONE, ONE) == float("inf")


def test_legends_say_what_colours_mean() -> None:
    signed = legend_of(DifferenceLook(gain=4), 63.75)
    assert signed is not None
    assert signed.title == "Signed difference, levels of 255"
    assert signed.note == "largest of R, G, B · ×4"
    assert [text for _, text in signed.stops] == ["−64", "−32", "0", "+32", "+64"]
    assert [at for at, _ in signed.stops] == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    root = legend_of(DifferenceLook(absolute=True, luma=True, scale=Scale.ROOT), 255)
    assert root is not None
    assert root.colours is CIVIDIS
    assert [text for _, text in root.stops] == ["0", "16", "64", "255"]
    assert [at for at, _ in root.stops] == pytest.approx([0, 0.25, 0.5, 1], abs=0.002)
    assert legend_of(DifferenceLook(scale=Scale.ADAPTIVE), None) is None


def test_figures_are_of_rgb_and_say_so_beside_luma() -> None:
    assert figures(28.0, SIGNED) == "RMSE 10.15 · RGB 28.00 dB"
    assert figures(28.0, DifferenceLook(luma=True)) == "RGB RMSE 10.15 · RGB 28.00 dB"


def test_titles_tell_sign_luma_and_gain() -> None:
    assert title_of("a − b", DifferenceLook(gain=4)) == "a − b ×4"
    assert title_of("a − b", DifferenceLook(absolute=True, gain=1)) == "|a − b|"
    assert title_of("a − b", DifferenceLook(luma=True, scale=Scale.ROOT)) == "a − b, Y"
