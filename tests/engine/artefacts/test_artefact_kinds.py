"""Five artefacts made on purpose: each measure answers to its own, where it is; JPEG brings all of them."""

from __future__ import annotations

import numpy as np
import pytest

from engine.artefacts.measures import (
    FACTS,
    Artefact,
    artefact_map,
    artefact_maps,
    artefact_totals,
    shown,
    total,
)
from engine.data.samples import load_sample
from engine.types import Pixels, patch_grid
from tests.support.pictures import after_jpeg, grey

HEIGHT, WIDTH = 128, 192
KINDS = list(Artefact)


def texture(smoothed: float = 0.0) -> np.ndarray:
    from scipy.ndimage import gaussian_filter

    noise = gaussian_filter(np.random.default_rng(1).normal(0, 1, (HEIGHT, WIDTH)), 0.7)
    noise *= 9 / noise.std()
    return gaussian_filter(noise, smoothed) if smoothed else noise


def scene(wobble: float = 0.0, stairs: bool = False, smoothed: float = 0.0) -> np.ndarray:
    """A slanting edge, an upright one and a texture, from left to right."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    along = y // 8 * 8 + 4 if stairs else y
    slanting = 40 + 0.45 * (along - HEIGHT / 2) + wobble * np.sin(2 * np.pi * y / 14)
    upright = 100 + wobble * np.sin(2 * np.pi * (y + 3) / 14)
    levels = 70 + 110 / (1 + np.exp(1.6 * (slanting - x))) - 80 / (1 + np.exp(1.6 * (upright - x)))
    return levels + np.where(x >= 128, texture(smoothed), 0)


def spoilt(artefact: Artefact) -> np.ndarray:
    """The scene with one artefact and no other."""
    plain = scene()
    if artefact is Artefact.BLOCK_EDGES:
        signs = np.random.default_rng(0).choice([-6, 6], (HEIGHT // 8, WIDTH // 8))
        return plain + np.kron(signs, np.ones((8, 8)))
    if artefact is Artefact.RINGING:
        ripple = np.tile(10 * np.cos(np.pi * 0.8 * np.arange(8)), (8, 1))
        for top in range(0, HEIGHT, 8):
            for left in range(0, 128, 8):
                block = plain[top : top + 8, left : left + 8]
                block += ripple * (np.ptp(block) > 60)
        return plain
    return {
        Artefact.DEFORMED_EDGES: scene(wobble=2.0),
        Artefact.FLATTENED_TEXTURE: scene(smoothed=1.5),
        Artefact.STAIRCASING: scene(stairs=True),
    }[artefact]


def totals(pixels: Pixels, original: Pixels | None) -> dict[Artefact, float]:
    maps = artefact_maps(pixels, original)
    return {each: total(values) or 0.0 for each, values in maps.items()}


@pytest.mark.parametrize("artefact", KINDS)
def test_a_measure_answers_to_its_own_artefact_most(artefact: Artefact) -> None:
    original = grey(scene())
    own = totals(grey(spoilt(artefact)), original)[artefact]
    assert own > 4 * FACTS[artefact].faint
    for other in KINDS:
        if other is not artefact:
            value = totals(grey(spoilt(other)), original)[artefact]
            # an edge made into stairs is a deformed edge as well
            related = {artefact, other} == {Artefact.DEFORMED_EDGES, Artefact.STAIRCASING}
            assert own > (1.2 if related else 2.5) * value, other


@pytest.mark.parametrize("artefact", [each for each in KINDS if not FACTS[each].needs_original])
def test_without_an_original_its_own_answers_most_as_well(artefact: Artefact) -> None:
    clean = totals(grey(scene()), None)[artefact]
    own = totals(grey(spoilt(artefact)), None)[artefact]
    assert own > 2.5 * clean + FACTS[artefact].faint
    for other in KINDS:
        if other is not artefact:
            assert own > 2 * totals(grey(spoilt(other)), None)[artefact], other


@pytest.mark.parametrize("artefact", KINDS)
def test_artefacts_are_found_where_they_are(artefact: Artefact) -> None:
    """Block edges all over, the others in their part: slanting edge, edges, or texture."""
    values = shown(artefact_maps(grey(spoilt(artefact)), grey(scene()))[artefact])
    columns = values.mean(axis=0)
    edges, right = columns[:15].mean(), columns[16:].mean()
    if artefact is Artefact.BLOCK_EDGES:
        assert min(edges, right) > 1
    elif artefact is Artefact.FLATTENED_TEXTURE:
        assert right > 50
        assert edges == 0
    else:
        assert edges > 20 * right
    if artefact is Artefact.STAIRCASING:
        assert columns[:9].mean() > 20 * columns[10:15].mean()


def test_sizes_are_those_of_what_was_done() -> None:
    """Turning an edge by an angle deforms it by this angle; halving detail flattens it by a half."""
    y, x = np.mgrid[0:96, 0:96].astype(float)

    def edge(degrees: float) -> Pixels:
        slope = np.tan(np.radians(degrees))
        across = (x - 48 - slope * (y - 48)) * np.cos(np.radians(degrees))
        return grey(60 + 120 / (1 + np.exp(-across)))

    deformed = artefact_maps(edge(20), edge(5))[Artefact.DEFORMED_EDGES][5:7, 5:7]  # where they cross
    assert np.nanmean(deformed) == pytest.approx(15, abs=1.5)
    noise = np.random.default_rng(0).normal(0, 20, (96, 96))
    half = totals(grey(128 + noise / 2), grey(128 + noise))[Artefact.FLATTENED_TEXTURE]
    assert half == pytest.approx(50, abs=2)
    assert totals(grey(128 + 0 * noise), grey(128 + noise))[Artefact.FLATTENED_TEXTURE] == 100
    added = np.random.default_rng(5).normal(0, 20, (96, 96))
    assert totals(grey(128 + noise + added), grey(128 + noise))[Artefact.FLATTENED_TEXTURE] < 15


def test_an_edge_turned_to_an_axis_is_all_stairs() -> None:
    y, x = np.mgrid[0:64, 0:64].astype(float)
    before = grey(60 + 120 / (1 + np.exp(-(x - 32 - 0.6 * (y - 32)))))
    upright = grey(60 + 120 / (1 + np.exp(-(x - 32 - 0 * y))))
    maps = artefact_maps(upright, before)
    middle = maps[Artefact.STAIRCASING][3:5, 3:5]
    assert np.nanmax(middle) == pytest.approx(100, abs=1)
    away = artefact_maps(before, before)[Artefact.STAIRCASING]
    assert np.nanmax(np.abs(away)) == 0


@pytest.mark.parametrize("name", ["coffee", "astronaut", "chelsea", "motorcycle_left"])
def test_jpeg_brings_all_five_the_more_the_coarser(name: str) -> None:
    original = load_sample(name).pixels[:384, :384]
    curves = np.array(
        [artefact_totals(after_jpeg(original, quality), original) for quality in (80, 40, 15, 5)]
    )
    for artefact, curve in zip(KINDS, curves.T, strict=True):
        assert (np.diff(curve) > -0.03 * curve.max()).all(), artefact
        assert curve[-1] > 1.5 * curve[0] + FACTS[artefact].faint / 5, artefact


def test_an_original_has_none_of_what_needs_an_original() -> None:
    original = load_sample("astronaut").pixels[:200, :200]
    maps = artefact_maps(original, original)
    for artefact in (each for each in KINDS if each is not Artefact.BLOCK_EDGES):
        known = maps[artefact][~np.isnan(maps[artefact])]
        assert known.size
        assert np.abs(known).max() < 1e-3


def test_without_an_original_there_are_three() -> None:
    decoded = after_jpeg(load_sample("coffee").pixels[:160, :160], 10)
    assert list(artefact_maps(decoded)) == [each for each in KINDS if not FACTS[each].needs_original]
    assert [value is None for value in artefact_totals(decoded)] == [
        FACTS[each].needs_original for each in KINDS
    ]
    assert artefact_map(Artefact.FLATTENED_TEXTURE, decoded) is None
    with pytest.raises(ValueError, match="one shape"):
        artefact_maps(decoded, decoded[:-1])


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 1), (7, 30), (17, 31), (16, 24), (65, 17)])
def test_maps_cover_pictures_of_any_size(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    one, other = (rng.integers(0, 256, (*size, 3)).astype(np.uint8) for _ in range(2))
    for original in (None, other):
        for values in artefact_maps(one, original).values():
            assert values.shape == patch_grid(*size)
            assert values.dtype == np.float32
            assert not values.flags.writeable
            assert not np.isinf(values).any()
    flat = np.full((*size, 3), 99, np.uint8)
    assert not any(value for value in artefact_totals(flat, flat))


def test_bands_do_not_show() -> None:
    original = load_sample("astronaut").pixels[:203, :167]
    decoded = after_jpeg(original, 10)
    whole = {original is None: artefact_maps(decoded, original) for original in (original, None)}
    for rows in (1, 3):
        for before in (original, None):
            for artefact, values in artefact_maps(decoded, before, band=rows).items():
                assert values == pytest.approx(whole[before is None][artefact], abs=1e-2, nan_ok=True)


@pytest.mark.parametrize("artefact", KINDS)
def test_maps_turn_with_the_picture(artefact: Artefact) -> None:
    original = load_sample("chelsea").pixels[:160, :240]
    decoded = after_jpeg(original, 10)
    turned = artefact_map(artefact, decoded.transpose(1, 0, 2), original.transpose(1, 0, 2))
    straight = artefact_map(artefact, decoded, original)
    assert turned is not None
    assert straight is not None
    np.testing.assert_allclose(turned.T, straight, atol=1e-2)


def test_facts_name_unit_and_source() -> None:
    for facts in FACTS.values():
        assert facts.unit in ("levels", "°", "%")
        assert any(character.isdigit() for character in facts.source)
        assert facts.faint > 0
