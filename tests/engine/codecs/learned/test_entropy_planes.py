"""Adaptive binary contexts: exact, alike on both sides, shorter than the raw bits, safe on any data."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.codecs.damage import DamagedError
from engine.codecs.learned.entropy_planes import (
    BINS,
    SOURCES,
    PlaneModel,
    Planes,
    decode_planes,
    encode_planes,
    fronts,
    known_channels,
)
from engine.training.goog_contexts import fit

CHANNELS, ITERATIONS = 8, 3


def random_model(seed: int = 0) -> PlaneModel:
    rng = np.random.default_rng(seed)
    weights = rng.integers(-30, 31, (ITERATIONS, SOURCES * CHANNELS, CHANNELS)).astype(np.int32)
    weights[:, (SOURCES - 1) * CHANNELS :] *= known_channels(CHANNELS)
    bias = rng.integers(-50, 51, (ITERATIONS, CHANNELS)).astype(np.int32)
    return PlaneModel(weights, bias, rng.integers(1, 30, (ITERATIONS, BINS, 2)).astype(np.int32))


def smooth_planes(rows: int, columns: int, seed: int = 0) -> list[Planes]:
    """Bits that their neighbours, the iteration before and other channels tell something about."""
    rng = np.random.default_rng(seed)
    field = rng.normal(size=(CHANNELS // 2, rows + 4, columns + 4))
    for axis in (1, 2):
        field = sum(np.roll(field, shift, axis) for shift in range(4))
    both = np.concatenate([field, field + rng.normal(size=field.shape)])[:, 2:-2, 2:-2]
    return [
        np.where(both + t * rng.normal(size=both.shape) > 0, 1, -1).astype(np.int8) for t in range(ITERATIONS)
    ]


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (6, 1), (9, 14)])
def test_round_trip(size: tuple[int, int]) -> None:
    model, planes = random_model(), smooth_planes(*size)
    sections = tuple(encode_planes(model, iter(planes)))
    for count in range(1, ITERATIONS + 1):
        decoded = decode_planes(model, sections[:count], *size)
        assert len(decoded) == count
        for sent, received in zip(planes, decoded, strict=False):
            assert np.array_equal(sent, received)
            assert received.dtype == np.int8


def test_fitted_contexts_make_it_short_and_misfits_don_t_blow_it_up() -> None:
    planes, raw = smooth_planes(24, 36, seed=9), CHANNELS * 24 * 36 / 8
    fitted = fit([smooth_planes(24, 36, seed) for seed in range(6)])
    lengths = [len(section) for section in encode_planes(fitted, iter(planes))]
    assert lengths[0] < 0.6 * raw
    assert max(lengths) < raw
    noise = [np.where(np.random.default_rng(1).random(p.shape) < 0.5, 1, -1).astype(np.int8) for p in planes]
    assert max(len(section) for section in encode_planes(fitted, iter(noise))) < 1.6 * raw


def test_contexts_adapt() -> None:
    """Planes that the model knows nothing of, all ones, soon cost next to nothing."""
    blank = PlaneModel(
        np.zeros((ITERATIONS, SOURCES * CHANNELS, CHANNELS), np.int32),
        np.zeros((ITERATIONS, CHANNELS), np.int32),
        np.full((ITERATIONS, BINS, 2), 16, np.int32),
    )
    ones = [np.ones((CHANNELS, 30, 40), np.int8)] * ITERATIONS
    lengths = [len(section) for section in encode_planes(blank, iter(ones))]
    assert all(length < 0.1 * CHANNELS * 30 * 40 / 8 for length in lengths)


def test_every_known_bit_counts_and_no_later_one() -> None:
    """The features of the fit are those that the coder weighs."""
    planes = smooth_planes(5, 6)
    model = fit([planes] * 2)
    sections = tuple(encode_planes(model, iter(planes)))
    assert all(
        np.array_equal(a, b) for a, b in zip(planes, decode_planes(model, sections, 5, 6), strict=True)
    )
    late = model.weights.copy()
    late[:, (SOURCES - 1) * CHANNELS, 0] = 1  # a channel weighing its own bit
    with pytest.raises(ValueError, match="come later"):
        replace(model, weights=late)


@pytest.mark.parametrize("field", ["weights", "bias", "counts"])
def test_broken_models_are_refused(field: str) -> None:
    model = random_model()
    with pytest.raises(ValueError, match="fit"):
        replace(model, **{field: getattr(model, field)[:, :-1]})
    with pytest.raises(ValueError, match=r"too large|don't fit"):
        replace(model, **{field: getattr(model, field) * -200_000})


@pytest.mark.parametrize("size", [(1, 1), (3, 7), (8, 2)])
def test_fronts_visit_each_cell_after_those_it_looks_at(size: tuple[int, int]) -> None:
    rows, columns = size
    when: NDArray[np.int64] = np.full((rows, columns), -1)
    for number, (y, x) in enumerate(fronts(rows, columns)):
        assert np.all(when[y, x] == -1)
        when[y, x] = number
    assert when.min() >= 0
    for y in range(rows):
        for x in range(columns):
            for dy, dx in ((0, -1), (-1, -1), (-1, 0), (-1, 1)):
                if y + dy >= 0 and 0 <= x + dx < columns:
                    assert when[y + dy, x + dx] < when[y, x]


def test_streams_never_change() -> None:
    """Known answer: streams that people keep must stay readable by every later version and machine."""
    sections = tuple(encode_planes(random_model(), iter(known_planes())))
    assert [section.hex() for section in sections] == KNOWN
    decoded = decode_planes(random_model(), tuple(map(bytes.fromhex, KNOWN)), 3, 5)
    assert all(np.array_equal(a, b) for a, b in zip(decoded, known_planes(), strict=True))


def known_planes() -> list[Planes]:
    return [
        (1 - 2 * ((np.arange(CHANNELS * 15) * (7 + t) // 5) % 2)).astype(np.int8).reshape(CHANNELS, 3, 5)
        for t in range(ITERATIONS)
    ]


KNOWN = [
    "43f7cdb721ce51d457916679933b13633576ccca",
    "acf212fe9f81898e2daff3243b71fcca5142e127",
    "01743ba9f9bafbd1b53b04277db3b14910aa171c",
]


def test_random_data_never_crash() -> None:
    model, rng, told = random_model(), np.random.default_rng(4), 0
    for _ in range(60):
        sections = tuple(
            rng.bytes(int(rng.integers(0, 20)) * 4 + int(rng.integers(8) == 0))
            for _ in range(int(rng.integers(0, ITERATIONS + 2)))
        )
        try:
            planes = decode_planes(model, sections, 6, 6)
        except DamagedError:
            told += 1
        else:
            assert len(planes) == len(sections)
    assert told > 40
