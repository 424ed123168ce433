"""Integer tables: whole, close to their densities, and the same everywhere."""

from __future__ import annotations

import constriction
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.codecs.damage import DamagedError
from engine.codecs.learned.entropy import (
    REACH,
    TOTAL,
    FrequencyTables,
    bytes_of,
    check_length,
    frequency_tables,
    words_of,
)

SPREADS = (0.05, 0.5, 2.0, 9.0, 80.0)


def laplace() -> NDArray[np.float64]:
    """Discrete Laplacians about 1, one a table."""
    values = np.arange(-REACH, REACH + 1)
    rows = [np.exp(-np.abs(values - 1) / spread) for spread in SPREADS]
    return np.stack(
        [row * (1 - np.exp(-1 / s)) / (1 + np.exp(-1 / s)) for row, s in zip(rows, SPREADS, strict=True)]
    )


@pytest.fixture(scope="module")
def tables() -> FrequencyTables:
    return frequency_tables(laplace())


def test_tables_are_whole_and_close_to_the_density(tables: FrequencyTables) -> None:
    for number, row in enumerate(laplace()):
        low, frequencies = tables.table(number)
        assert frequencies.sum() == TOTAL
        assert frequencies.min() >= 1
        kept = row[low + REACH : low + REACH + len(frequencies) - 1]
        excess = np.log2(np.append(kept, 1 - kept.sum()) / (frequencies / TOTAL))
        assert kept @ excess[:-1] < 1e-3  # bits a symbol lost to whole numbers


def test_symbols_begin_at_the_smallest_value_and_end_with_the_escape(tables: FrequencyTables) -> None:
    low, frequencies = tables.table(1)
    escape = len(frequencies) - 1
    values = np.array([low, low + 1, low - 1, low + escape, 9999, 1], np.int32)
    assert tables.symbols(values, 1).tolist() == [0, 1, escape, escape, escape, 1 - low]


def test_costs_are_those_of_the_frequencies(tables: FrequencyTables) -> None:
    for number in range(len(SPREADS)):
        low, frequencies = tables.table(number)
        row = tables.costs[number]
        assert row[REACH + 2] == pytest.approx(-np.log2(frequencies[1 - low] / TOTAL), abs=1e-4)
        assert row[0] == row[-1] == pytest.approx(16 - np.log2(frequencies[-1] / TOTAL), abs=1e-4)


def test_streams_never_change() -> None:
    """Known answer: streams that people keep must stay readable by every later version and machine."""
    table = np.array([1, 2, 60_000, 5_000, 500, 31, 2], np.int32)
    fixed = FrequencyTables(np.array([-3, -3], np.int32), np.array([6, 6], np.int32), np.tile(table, 2))
    symbols = np.array([2, 3, 4, 2, 2, 5, 0, 2, 2, 6, 2, 3], np.int32)
    encoder = constriction.stream.queue.RangeEncoder()
    encoder.encode(symbols[:6], fixed.models[0])
    encoder.encode(symbols[6:], fixed.models[1])
    assert bytes_of(encoder.get_compressed()).hex() == KNOWN
    decoder = constriction.stream.queue.RangeDecoder(words_of(bytes.fromhex(KNOWN)))
    decoded = [decoder.decode(model, 6) for model in fixed.models]
    assert np.concatenate(decoded).tolist() == symbols.tolist()


KNOWN = "7d0873e809992066"


@pytest.mark.parametrize("broken", ["sum", "zero", "length", "shape", "axes"])
def test_broken_tables_are_refused(tables: FrequencyTables, broken: str) -> None:
    lows, counts, frequencies = tables.lows.copy(), tables.counts.copy(), tables.frequencies.copy()
    if broken == "sum":
        frequencies[0] += 1
    elif broken == "zero":
        frequencies[0] = 0
    elif broken == "length":
        frequencies = frequencies[:-1]
    elif broken == "shape":
        lows = lows[:1]
    else:
        lows, counts = lows[None], counts[None]
    with pytest.raises(ValueError, match=r"tables|sum"):
        FrequencyTables(lows, counts, frequencies)


def test_words() -> None:
    words = np.array([1, 1 << 31], np.uint32)
    assert bytes_of(words) == bytes([1, 0, 0, 0, 0, 0, 0, 128])
    assert words_of(bytes_of(words)).tolist() == words.tolist()
    with pytest.raises(DamagedError, match="whole number of words"):
        words_of(b"12345")


def test_data_too_short_for_their_symbols_are_told() -> None:
    check_length(bytes(100), 800)
    with pytest.raises(DamagedError, match="too short for its size"):
        check_length(bytes(100), 1000)
