"""Integer tables and the range coder: exact, short, the same everywhere, and safe on any data."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.codecs.entropy import LIMIT, REACH, TOTAL, DamagedError, FrequencyTables, frequency_tables

SPREADS = (0.05, 0.5, 2.0, 9.0, 80.0)


def laplace(values: NDArray[np.int64], point: int) -> NDArray[np.float64]:
    """Discrete Laplacians, one a channel, wider at higher points."""
    rows = [np.exp(-np.abs(values - 1) / (spread * (point + 1))) for spread in SPREADS]
    sums = [(1 + np.exp(-1 / (s * (point + 1)))) / (1 - np.exp(-1 / (s * (point + 1)))) for s in SPREADS]
    return np.stack([row / total for row, total in zip(rows, sums, strict=True)])


@pytest.fixture(scope="module")
def tables() -> FrequencyTables:
    return frequency_tables(laplace, 2)


def drawn(places: int, seed: int = 0) -> NDArray[np.int32]:
    rng = np.random.default_rng(seed)
    return np.stack([np.rint(rng.laplace(1, spread, places)) for spread in SPREADS]).astype(np.int32)


def test_tables_are_whole_and_close_to_the_density(tables: FrequencyTables) -> None:
    values = np.arange(-REACH, REACH + 1)
    for point in range(2):
        for channel, row in enumerate(laplace(values, point)):
            low, frequencies = tables.table(point, channel)
            assert frequencies.sum() == TOTAL
            assert frequencies.min() >= 1
            kept = row[low + REACH : low + REACH + len(frequencies) - 1]
            excess = np.log2(np.append(kept, 1 - kept.sum()) / (frequencies / TOTAL))
            assert kept @ excess[:-1] < 1e-3  # bits a symbol lost to whole numbers


@pytest.mark.parametrize("places", [1, 7, 5000])
def test_round_trip(tables: FrequencyTables, places: int) -> None:
    for point in range(2):
        values = drawn(places, point)
        assert np.array_equal(tables.decode(tables.encode(values, point), point, places), values)


def test_values_outside_the_tables_survive(tables: FrequencyTables) -> None:
    values = drawn(50)
    values[0, 3], values[2, 7], values[4, 9], values[1, 0] = 300, -LIMIT, LIMIT, -999
    assert np.array_equal(tables.decode(tables.encode(values, 0), 0, 50), values)
    values[3, 3] = 10 * LIMIT
    assert tables.decode(tables.encode(values, 0), 0, 50)[3, 3] == LIMIT


def test_size_is_that_of_the_entropy(tables: FrequencyTables) -> None:
    values = drawn(20_000)
    data = tables.encode(values, 0)
    assert len(data) > 10_000
    assert 8 * len(data) == pytest.approx(tables.estimate(values, 0), rel=0.002)


def test_streams_never_change(tables: FrequencyTables) -> None:
    """Known answer: streams that people keep must stay readable by every later version and machine."""
    channel = np.array([1, 2, 60_000, 5_000, 500, 31, 2], np.int32)
    fixed = FrequencyTables(
        np.array([[-3, -3]], np.int32), np.array([[6, 6]], np.int32), np.concatenate([channel, channel])
    )
    values = np.array([[-1, 0, 1, -1, -1, 2], [-3, -1, -1, 77, -1, 0]], np.int32)
    assert fixed.encode(values, 0).hex() == KNOWN
    assert np.array_equal(fixed.decode(bytes.fromhex(KNOWN), 0, 6), values)


KNOWN = "7d0873e83d9920664f511284"


def test_random_data_never_crash(tables: FrequencyTables) -> None:
    rng = np.random.default_rng(4)
    data, told = tables.encode(drawn(400), 0), 0
    for _ in range(200):
        noise = rng.bytes(int(rng.integers(0, len(data) // 4)) * 4 + int(rng.integers(4)))
        try:
            values = tables.decode(noise, 0, 400)
        except DamagedError:
            told += 1
        else:
            assert values.shape == (len(SPREADS), 400)
    assert told > 190


def test_data_that_go_on_are_told(tables: FrequencyTables) -> None:
    with pytest.raises(DamagedError):
        tables.decode(tables.encode(drawn(400), 0) + bytes(range(64)), 0, 400)


@pytest.mark.parametrize("broken", ["sum", "zero", "length", "shape"])
def test_broken_tables_are_refused(tables: FrequencyTables, broken: str) -> None:
    lows, counts, frequencies = tables.lows.copy(), tables.counts.copy(), tables.frequencies.copy()
    if broken == "sum":
        frequencies[0] += 1
    elif broken == "zero":
        frequencies[0] = 0
    elif broken == "length":
        frequencies = frequencies[:-1]
    else:
        lows = lows[:1]
    with pytest.raises(ValueError, match=r"tables|sum"):
        FrequencyTables(lows, counts, frequencies)


def test_symbols_hash_alike_whatever_the_layout(tables: FrequencyTables) -> None:
    values = drawn(600)
    turned = np.asfortranarray(values)
    assert (
        hashlib.sha256(tables.encode(values, 0)).digest() == hashlib.sha256(tables.encode(turned, 0)).digest()
    )
