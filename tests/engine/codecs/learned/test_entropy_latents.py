"""Contexts of latents: exact both ways, worth their bits, the same everywhere, and safe on any data."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.codecs.damage import DamagedError
from engine.codecs.learned.entropy import LIMIT, frequency_tables
from engine.codecs.learned.entropy_latents import (
    FEATURES,
    PASSES,
    UNITY,
    LatentModel,
    Values,
    batches,
    chequerboard,
)
from engine.training.e2e_contexts import fit

CHANNELS, POINTS = 12, 3


def drawn(rows: int, columns: int, seed: int = 0, point: int = 0) -> Values:
    """Latents as pictures give them: large together in some places, channels of unequal size."""
    rng = np.random.default_rng(seed)
    calm = rng.gamma(0.7, 1.0, (-(-rows // 3), -(-columns // 3)))
    size = np.kron(calm, np.ones((3, 3)))[:rows, :columns] * (point + 1)
    scales = np.linspace(3.0, 0.05, CHANNELS)[:, None, None]
    return np.rint(rng.laplace(0, 1, (CHANNELS, rows, columns)) * size * scales).astype(np.int32)


@pytest.fixture(scope="module")
def model() -> LatentModel:
    samples = {point: [drawn(30, 40, seed, point) for seed in range(4)] for point in (0, 2)}
    return fit(samples, POINTS)


@pytest.mark.parametrize("size", [(1, 1), (1, 2), (2, 1), (1, 9), (17, 23), (40, 3)], ids=str)
def test_round_trip(model: LatentModel, size: tuple[int, int]) -> None:
    for point in range(POINTS):
        values = drawn(*size, seed=9, point=point)
        assert np.array_equal(model.decode(model.encode(values, point), point, *size), values)


def test_values_outside_the_tables_survive(model: LatentModel) -> None:
    values = drawn(6, 7, seed=5)
    values[0, 3, 2], values[2, 0, 0], values[11, 5, 6], values[1, 1, 1] = 300, -LIMIT, LIMIT, -999
    assert np.array_equal(model.decode(model.encode(values, 1), 1, 6, 7), values)
    values[3, 3, 3] = 10 * LIMIT
    assert model.decode(model.encode(values, 1), 1, 6, 7)[3, 3, 3] == LIMIT


def test_size_is_that_of_the_entropy(model: LatentModel) -> None:
    values = drawn(120, 160, seed=7)
    data = model.encode(values, 0)
    assert len(data) > 10_000
    assert 8 * len(data) == pytest.approx(model.estimate(values, 0), rel=0.002)
    bins = model.bins(values, 0)
    assert float(model.bits(values, bins).sum()) == pytest.approx(model.estimate(values, 0), rel=1e-6)


def test_contexts_save_bits(model: LatentModel) -> None:
    """Against each channel's own distribution on this very picture, which no stream could know for free."""
    values = drawn(120, 160, seed=7)
    alone = 0.0
    for channel in values:
        _, counts = np.unique(channel, return_counts=True)
        alone -= float((counts * np.log2(counts / counts.sum())).sum())
    assert model.estimate(values, 0) < 0.92 * alone


def test_a_batch_knows_only_what_was_coded_before_it(model: LatentModel) -> None:
    """Changing a value changes the contexts of later batches at most."""
    values = drawn(9, 8, seed=2)
    order = np.empty(values.shape, int)
    for number, (group, _, mask, _) in enumerate(batches(model, 1, values)):
        order[group[:, None], mask] = number
    assert sorted(set(order.ravel())) == list(range(PASSES * len(model.ends)))
    before = model.bins(values, 1)
    rng = np.random.default_rng(0)
    for _ in range(40):
        place = tuple(int(rng.integers(n)) for n in values.shape)
        changed = values.copy()
        changed[place] += 50
        assert not np.any((model.bins(changed, 1) != before) & (order <= order[place]))


def test_neighbours_and_earlier_channels_raise_what_is_expected(model: LatentModel) -> None:
    quiet, loud = (np.full((CHANNELS, 5, 5), level, np.int32) for level in (0, 9))
    low, high = model.bins(quiet, 0), model.bins(loud, 0)
    first = model.groups[0]
    even, odd = chequerboard(5, 5)
    assert np.array_equal(low[first][:, even], high[first][:, even])  # nothing is known yet
    assert np.all(low[first][:, odd] < high[first][:, odd])
    last = model.groups[-1]
    assert np.all(low[last] <= high[last])
    assert np.any(low[last] < high[last])


def test_streams_never_change() -> None:
    """Known answer: streams that people keep must stay readable by every later version and machine."""
    shape = 0.5 ** np.abs(np.arange(-255, 256))
    model = LatentModel(
        order=np.array([2, 0, 1], np.int32),
        ends=np.array([1, 3], np.int32),
        means=np.array([[UNITY // 2, UNITY, 3 * UNITY]], np.int32),
        weights=np.full((PASSES, FEATURES, 3), 300, np.int32),
        edges=np.array([UNITY // 2, UNITY, 2 * UNITY], np.int64),
        tables=frequency_tables(np.stack([(row := shape**power) / row.sum() for power in (4, 3, 2, 1)])),
    )
    values = np.arange(-9, 9, dtype=np.int32).reshape(3, 2, 3) * np.array([0, 1, 2])
    assert model.encode(values, 0).hex() == KNOWN
    assert np.array_equal(model.decode(bytes.fromhex(KNOWN), 0, 2, 3), values)


KNOWN = "e49ea2aa06cbab0cb1cf7ecd823ce360e6360203"


def test_random_data_never_crash(model: LatentModel) -> None:
    rng = np.random.default_rng(4)
    data, told = model.encode(drawn(12, 14), 0), 0
    for _ in range(200):
        noise = rng.bytes(int(rng.integers(0, len(data) // 4)) * 4 + int(rng.integers(4)))
        try:
            values = model.decode(noise, 0, 12, 14)
        except DamagedError:
            told += 1
        else:
            assert values.shape == (CHANNELS, 12, 14)
    assert told > 190


def test_data_that_go_on_are_told(model: LatentModel) -> None:
    with pytest.raises(DamagedError):
        model.decode(model.encode(drawn(8, 9), 0) + bytes(range(64)), 0, 8, 9)


@pytest.mark.parametrize(
    ("field", "message"),
    [("order", "order"), ("ends", "groups"), ("means", "means"), ("weights", "weights"), ("edges", "edges")],
)
def test_broken_models_are_refused(model: LatentModel, field: str, message: str) -> None:
    value = getattr(model, field).copy()
    if field in ("ends", "edges"):
        value[0] = value[-1]
    elif field == "order":
        value[0] = value[1]
    else:
        value[0] = -1
    with pytest.raises(ValueError, match=message):
        replace(model, **{field: value})


def test_means_between_the_fitted_points_are_geometric(model: LatentModel) -> None:
    low, middle, high = model.means.astype(float)
    assert np.allclose(middle, np.sqrt(low * high), rtol=1e-3, atol=1)
