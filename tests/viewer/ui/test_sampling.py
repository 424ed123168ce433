"""Pixels on screen: exact when magnified, area means when minified, nothing kept alive."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from engine.types import Pixels, frozen
from tests.support.pictures import noise
from tests.support.widgets import pixels_of
from viewer.ui.sampling import Excerpt, Sampler, reduce


def seen(sampler: Sampler, pixels: Pixels, view: Excerpt) -> NDArray[np.uint8]:
    """The view's own rectangle, put together from what `sample` returned."""
    shown = np.zeros((view.height, view.width, 3), np.uint8)
    covered = np.zeros((view.height, view.width), int)
    for sampled in sampler.sample(pixels, view):
        assert sampled.image.format() == QImage.Format.Format_RGB32  # opaque
        part = pixels_of(sampled.image)
        x, y = sampled.x - view.left, sampled.y - view.top
        cut = part[max(0, -y) :, max(0, -x) :][: view.height - max(0, y), : view.width - max(0, x)]
        y, x = max(0, y), max(0, x)
        shown[y : y + cut.shape[0], x : x + cut.shape[1]] = cut
        covered[y : y + cut.shape[0], x : x + cut.shape[1]] += 1
    assert (covered == 1).all(), "the parts don't tile the view"
    return shown


@pytest.mark.parametrize("factor", [1, 2, 3, 8, 13])
def test_whole_factors_repeat_every_pixel_exactly(factor: int) -> None:
    pixels = noise(9, 14)
    shown = seen(Sampler(), pixels, Excerpt(factor, 0, 0, 14 * factor, 9 * factor))
    np.testing.assert_array_equal(shown, pixels.repeat(factor, axis=0).repeat(factor, axis=1))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(scale=st.floats(1, 20), left=st.integers(0, 60), top=st.integers(0, 40))
def test_magnified_pixels_are_the_ones_under_their_centres(scale: float, left: int, top: int) -> None:
    pixels = noise(12, 17)
    width, height = round(17 * scale), round(12 * scale)
    left, top = min(left, width - 1), min(top, height - 1)
    view = Excerpt(scale, left, top, min(25, width - left), min(20, height - top))
    shown = seen(Sampler(), pixels, view)
    for j in range(0, view.height, 3):
        for i in range(0, view.width, 3):
            x = min(16, int((left + i + 0.5) / scale + 1e-9))
            y = min(11, int((top + j + 0.5) / scale + 1e-9))
            assert tuple(shown[j, i]) == tuple(pixels[y, x])


def test_a_cut_out_equals_the_same_part_of_the_whole() -> None:
    pixels, scale = noise(20, 30), 2.6
    whole = seen(Sampler(), pixels, Excerpt(scale, 0, 0, 78, 52))
    part = seen(Sampler(), pixels, Excerpt(scale, 11, 7, 40, 33))
    np.testing.assert_array_equal(part, whole[7:40, 11:51])


@pytest.mark.parametrize("factor", [2, 4, 8])
def test_minified_pixels_are_area_means(factor: int) -> None:
    pixels = noise(64, 96)
    shown = seen(Sampler(), pixels, Excerpt(1 / factor, 0, 0, 96 // factor, 64 // factor)).astype(float)
    means = pixels.reshape(64 // factor, factor, 96 // factor, factor, 3).mean(axis=(1, 3))
    assert np.abs(shown - means).max() <= 1.0


def area_mean(pixels: Pixels, x0: float, x1: float, y0: float, y1: float) -> NDArray[np.float64]:
    """Mean over a rectangle with edges inside pixels, by the definition."""
    height, width = pixels.shape[:2]
    x = np.clip(np.minimum(np.arange(width) + 1, x1) - np.maximum(np.arange(width), x0), 0, None)
    y = np.clip(np.minimum(np.arange(height) + 1, y1) - np.maximum(np.arange(height), y0), 0, None)
    mean: NDArray[np.float64] = np.einsum("y,x,yxc->c", y, x, pixels) / (x.sum() * y.sum())
    return mean


@pytest.mark.parametrize("whole", [0, 10**9], ids=["in parts", "whole"])
@pytest.mark.parametrize("scale", [0.97, 0.75, 0.61, 0.501])
def test_minified_pixels_are_means_of_what_they_cover(whole: int, scale: float) -> None:
    pixels = noise(60, 80)
    view = Excerpt(scale, 9, 6, int(80 * scale) - 9, int(60 * scale) - 6)
    shown = seen(Sampler(whole=whole, tile=16), pixels, view)
    for j in range(0, view.height, 5):
        for i in range(0, view.width, 5):
            x, y = (view.left + i) / scale, (view.top + j) / scale
            mean = area_mean(pixels, x, x + 1 / scale, y, y + 1 / scale)
            assert np.abs(shown[j, i] - mean).max() <= 2.5


@pytest.mark.parametrize("scale", [0.37, 0.13, 0.021])
def test_a_fine_pattern_turns_grey_instead_of_moire(scale: float) -> None:
    checks = frozen(
        np.repeat(((np.indices((240, 320)).sum(axis=0) % 2) * 255).astype(np.uint8)[..., None], 3, axis=2)
    )
    view = Excerpt(scale, 0, 0, int(320 * scale), int(240 * scale))
    shown = seen(Sampler(), checks, view).astype(float)
    assert np.abs(shown - 127.5).max() <= 1


def test_panning_a_minified_large_picture_moves_pixels_without_changing_them() -> None:
    pixels, sampler = noise(200, 300), Sampler(whole=0, tile=32)
    seen(sampler, pixels, Excerpt(0.61, 20, 11, 60, 50))
    one = seen(sampler, pixels, Excerpt(0.61, 20, 10, 60, 50))
    known = len(sampler._images)
    two = seen(sampler, pixels, Excerpt(0.61, 23, 12, 60, 50))
    np.testing.assert_array_equal(two[:-2, :-3], one[2:, 3:])
    assert len(sampler._images) == known, "sampled again what it had"


def test_zooming_a_large_picture_samples_no_more_than_is_seen() -> None:
    pixels, sampler = noise(200, 300), Sampler(whole=0, tile=32)
    for scale in (0.5, 0.55, 0.61):
        shown = sampler.sample(pixels, Excerpt(scale, 20, 10, 60, 50))
        again = sampler.sample(pixels, Excerpt(scale, 20, 10, 60, 50))
        assert sum(each.image.width() * each.image.height() for each in shown) == 60 * 50
        assert [each.image for each in again] == [each.image for each in shown]
    zoomed = seen(sampler, pixels, Excerpt(0.61, 20, 10, 60, 50))
    panned = seen(sampler, pixels, Excerpt(0.61, 23, 12, 60, 50))
    np.testing.assert_array_equal(panned[:-2, :-3], zoomed[2:, 3:])


@pytest.mark.parametrize(("height", "width", "factor"), [(64, 64, 2), (65, 33, 2), (7, 9, 4), (1, 5, 2)])
def test_reduce_takes_block_means_and_keeps_ragged_edges(height: int, width: int, factor: int) -> None:
    pixels = noise(height, width)
    small = reduce(pixels, factor)
    assert small.shape == (-(-height // factor), -(-width // factor), 3)
    for y in range(small.shape[0]):
        for x in range(small.shape[1]):
            block = pixels[y * factor : (y + 1) * factor, x * factor : (x + 1) * factor].reshape(-1, 3)
            assert np.abs(small[y, x] - block.mean(axis=0)).max() <= 1


def test_reduce_in_strips_equals_reduce_at_once() -> None:
    pixels = noise(100, 40)
    np.testing.assert_array_equal(reduce(pixels, 4, 400), reduce(pixels, 4))


def test_the_same_view_is_sampled_once() -> None:
    pixels, sampler = noise(40, 40), Sampler()
    view = Excerpt(3, 5, 5, 30, 30)
    first, again = sampler.sample(pixels, view), sampler.sample(pixels, view)
    assert first[0].image is again[0].image
    assert sampler.sample(noise(40, 40, 1), view)[0].image is not first[0].image


def test_a_magnified_view_is_drawn_over_the_one_before_and_over_nobodys_copy() -> None:
    """Fresh memory for every turn of the wheel takes several times as long."""
    pixels, sampler = noise(40, 40), Sampler()
    views = [Excerpt(scale, 5, 5, 30, 30) for scale in (3, 4, 5)]
    first = sampler.sample(pixels, views[0])[0].image
    copy, wanted = QImage(first), pixels_of(first).copy()
    for view in views[1:]:
        image = sampler.sample(pixels, view)[0].image
        assert image is first
        np.testing.assert_array_equal(pixels_of(image), seen(Sampler(), pixels, view))
    np.testing.assert_array_equal(pixels_of(copy), wanted)
    assert sampler._held == first.sizeInBytes()
    larger = sampler.sample(pixels, Excerpt(5, 5, 5, 60, 30))[0].image
    assert (larger.width(), first.width()) == (60, 30)


def test_no_picture_is_kept_alive_and_no_dead_one_is_shown() -> None:
    sampler = Sampler()
    view = Excerpt(0.2, 0, 0, 20, 20)
    for seed in range(30):  # identities of dead arrays come back: the pictures must not
        pixels = noise(100, 100, seed)
        shown = seen(sampler, pixels, view)
        np.testing.assert_array_equal(shown, seen(Sampler(), pixels, view))
        alive = weakref.ref(pixels)
        del pixels
        gc.collect()
        assert alive() is None


def test_memory_stays_within_the_budget() -> None:
    sampler = Sampler(budget=200_000)
    pictures = [noise(100, 100, seed) for seed in range(12)]
    for pixels in pictures:
        sampler.sample(pixels, Excerpt(1, 0, 0, 100, 100))
    held = sum(sampled.image.sizeInBytes() for _, sampled in sampler._images.values())
    assert 0 < held <= 200_000
    assert held == sampler._held


def test_what_was_sampled_of_pictures_goes_with_them() -> None:
    sampler = Sampler()
    for seed in range(5):
        sampler.sample(noise(100, 100, seed), Excerpt(2, 0, 0, 200, 200))
        sampler.sample(noise(100, 100, seed), Excerpt(0.2, 0, 0, 20, 20))
    gc.collect()
    last = noise(100, 100, 9)
    sampler.sample(last, Excerpt(1, 0, 0, 100, 100))
    assert len(sampler._images) == 1
    assert sampler._held == 4 * 100 * 100
    assert sampler._levels == {}


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (2, 2)])
@pytest.mark.parametrize("scale", [0.01, 0.3, 1.0, 7.3])
def test_extreme_shapes_can_be_sampled(size: tuple[int, int], scale: float) -> None:
    width, height = max(1, round(size[1] * scale)), max(1, round(size[0] * scale))
    shown = seen(Sampler(), noise(*size), Excerpt(scale, 0, 0, width, height))
    assert shown.shape == (height, width, 3)
