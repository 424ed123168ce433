"""Block edges and ringing without an original: there after JPEG, not before, in the right place and size."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from engine.artefacts.measures import BAND, Artefact, artefact_map, shown, total
from engine.data.samples import load_sample
from engine.types import Pixels, patch_grid
from tests.support.pictures import after_jpeg, grey


def blockiness_map(pixels: Pixels, band: int = BAND) -> np.ndarray:
    return _shown(pixels, Artefact.BLOCK_EDGES, band)


def ringing_map(pixels: Pixels, band: int = BAND) -> np.ndarray:
    return _shown(pixels, Artefact.RINGING, band)


def blockiness(pixels: Pixels) -> float:
    return _total(pixels, Artefact.BLOCK_EDGES)


def ringing(pixels: Pixels) -> float:
    return _total(pixels, Artefact.RINGING)


def _shown(pixels: Pixels, artefact: Artefact, band: int) -> np.ndarray:
    values = artefact_map(artefact, pixels, band=band)
    assert values is not None
    return shown(values)


def _total(pixels: Pixels, artefact: Artefact) -> float:
    values = artefact_map(artefact, pixels)
    assert values is not None
    return total(values) or 0.0


MAPS = [blockiness_map, ringing_map]


@pytest.mark.parametrize("name", ["coffee", "astronaut", "chelsea", "motorcycle_left", "chart"])
def test_jpeg_brings_both(name: str) -> None:
    original = load_sample(name).pixels
    decoded = after_jpeg(original, 10)
    assert blockiness(original) < 1
    assert blockiness(decoded) > 5
    assert ringing(original) < 0.6
    assert ringing(decoded) > 2.5 * ringing(original) + 0.1


@pytest.mark.parametrize("name", ["coffee", "astronaut"])
def test_blockiness_grows_as_quality_falls(name: str) -> None:
    original = load_sample(name).pixels
    values = [blockiness(after_jpeg(original, quality)) for quality in (90, 50, 30, 15, 10)]
    assert values == sorted(values)


def test_blockiness_is_about_the_codecs_grid() -> None:
    decoded = after_jpeg(load_sample("coffee").pixels, 10)
    for offset in ((4, 4), (0, 3), (5, 0)):
        shifted = blockiness(decoded[offset[0] :, offset[1] :])
        assert shifted < (0.3 if all(offset) else 0.6) * blockiness(decoded)
    assert blockiness(decoded[8:, 16:]) == pytest.approx(blockiness(decoded), rel=0.1)


def test_blockiness_of_tiles_is_their_step() -> None:
    """Flat tiles: steps of 6 levels across, 10 down, none inside."""
    y, x = np.mgrid[0:40, 0:48] // 8
    pixels = grey(100 + 6 * (x % 2) + 10 * (y % 2))
    assert blockiness_map(pixels)[2, 2] == pytest.approx(8, abs=1e-3)
    corners, top, side, middle = 4 * (6 + 10) / 2, 8 * (12 + 10) / 3, 6 * (6 + 20) / 3, 12 * 8
    assert blockiness(pixels) == pytest.approx((corners + top + side + middle) / 30, abs=1e-3)
    assert blockiness(pixels[4:, 4:]) == 0


def test_one_odd_block_is_found_where_it_is() -> None:
    pixels = np.full((64, 80, 3), 90, np.uint8)
    pixels[24:32, 40:48] += 30
    found = blockiness_map(pixels)
    assert found[3, 5] == pytest.approx(30, abs=1e-3)
    assert [found[3, 4], found[3, 6], found[2, 5], found[4, 5]] == pytest.approx([7.5] * 4, abs=1e-3)
    assert np.count_nonzero(found) == 5


def test_a_slope_is_not_blocky() -> None:
    y, x = np.mgrid[0:64, 0:64]
    assert blockiness_map(grey(20 + 2 * x + y)).max() < 0.01


def edge_with_ripples(amplitude: float) -> Pixels:
    """A vertical edge inside one column of blocks, with ripples in these blocks only."""
    _, x = np.mgrid[0:48, 0:48]
    levels = np.where(x < 21, 60.0, 200.0)
    ripples = amplitude * np.cos(np.pi * (x - 16) * 0.8)
    return grey(levels + np.where((x >= 16) & (x < 24), ripples, 0))


def test_ringing_is_found_in_the_blocks_that_the_edge_crosses() -> None:
    clean, mild, strong = (ringing_map(edge_with_ripples(a)) for a in (0, 6, 12))
    assert clean.max() < 0.01
    assert (np.flatnonzero(strong.max(axis=0) > 0.5) == [2]).all()
    assert strong[:, 2].min() > 1.5 * mild[:, 2].max() > 1.5
    assert ringing(edge_with_ripples(0)) < 0.01
    assert ringing(edge_with_ripples(12)) > 3


def test_texture_on_both_sides_is_not_ringing() -> None:
    rng = np.random.default_rng(0)
    _, x = np.mgrid[0:96, 0:96]
    textured = grey(np.where(x < 45, 60.0, 200.0) + rng.normal(0, 4, (96, 96)))
    assert ringing(textured) < 0.5


@pytest.mark.parametrize("level", [0, 77, 255])
@pytest.mark.parametrize("size", [(1, 1), (8, 8), (7, 30), (65, 17)])
def test_a_flat_picture_has_neither(level: int, size: tuple[int, int]) -> None:
    pixels = np.full((*size, 3), level, np.uint8)
    for measure in MAPS:
        assert measure(pixels).tolist() == np.zeros(patch_grid(*size)).tolist()
    assert blockiness(pixels) == ringing(pixels) == 0


@pytest.mark.parametrize("measure", MAPS)
@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 1), (9, 9), (17, 31), (16, 24)])
def test_maps_cover_pictures_of_any_size(
    measure: Callable[[Pixels], np.ndarray], size: tuple[int, int]
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (*size, 3)).astype(np.uint8)
    values = measure(noise)
    assert values.shape == patch_grid(*size)
    assert values.dtype == np.float32
    assert np.isfinite(values).all()
    assert values.min() >= 0


@pytest.mark.parametrize("measure", MAPS)
def test_bands_do_not_show(measure: Callable[[Pixels, int], np.ndarray]) -> None:
    decoded = after_jpeg(load_sample("astronaut").pixels[:203, :167], 10)
    whole = measure(decoded, BAND)
    for rows in (1, 2, 5):
        assert measure(decoded, rows) == pytest.approx(whole, abs=1e-4)
    assert whole.max() > 1


@pytest.mark.parametrize("measure", MAPS)
def test_maps_turn_with_the_picture(measure: Callable[[Pixels], np.ndarray]) -> None:
    decoded = after_jpeg(load_sample("chelsea").pixels[:160, :240], 10)
    assert measure(decoded.transpose(1, 0, 2)) == pytest.approx(measure(decoded).T, abs=1e-3)
