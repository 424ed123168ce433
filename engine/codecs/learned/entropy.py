"""Entropy coding of whole-number latents with integer frequency tables that are fixed after training.

The coder is constriction's range coder (Bamler, *Understanding Entropy Coding With Asymmetric Numeral
Systems (ANS): a Statistician's Perspective*, 2022; the range coder is Martin's of 1979). Its models are
made of whole numbers that sum to `TOTAL`, which floating point holds exactly, with `perfect=False`: every
machine forms the same intervals, and no network and no number that depends on rounding takes part.
A value outside its table is coded as an escape symbol; what it is must be sent otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import constriction
import numpy as np
from numpy.typing import NDArray

from engine.codecs.damage import DamagedError

TOTAL = 1 << 16
"""Sum of the frequencies of a table."""
LIMIT = (1 << 15) - 1
"""Largest magnitude of a value."""
REACH = 255
"""Largest magnitude inside tables."""
_WORD = np.dtype("<u4")
_SLACK = 64
"""Bits of the coder's state, which its end may leave out."""


@dataclass(frozen=True, eq=False)
class FrequencyTables:
    """lows: int32 (tables,), smallest value of each table; counts: its number of values.

    frequencies: int32, of all tables one after the other, each ending in that of its escape symbol.
    """

    lows: NDArray[np.int32]
    counts: NDArray[np.int32]
    frequencies: NDArray[np.int32]

    def __post_init__(self) -> None:
        if self.lows.ndim != 1 or self.lows.shape != self.counts.shape or self.counts.min() < 1:
            raise ValueError("lows and counts don't describe tables")
        ends = np.cumsum(self.counts.astype(np.int64) + 1)
        if ends[-1] != len(self.frequencies) or self.frequencies.min() < 1:
            raise ValueError("the frequencies don't fill the tables")
        if np.any(np.add.reduceat(self.frequencies, ends - self.counts - 1) != TOTAL):
            raise ValueError(f"the frequencies of a table don't sum to {TOTAL}")

    def table(self, number: int) -> tuple[int, NDArray[np.int32]]:
        """Smallest value and frequencies, the escape symbol's last."""
        start = int(self.counts[:number].sum()) + number
        return int(self.lows[number]), self.frequencies[start : start + int(self.counts[number]) + 1]

    def symbols(self, values: NDArray[np.int32], number: int) -> NDArray[np.int32]:
        """Places of values in a table; those outside have the escape symbol's, the last."""
        escape = int(self.counts[number])
        places = values - self.lows[number]
        outside = (places < 0) | (places >= escape)
        return np.where(outside, escape, places).astype(np.int32)

    @cached_property
    def models(self) -> tuple[Any, ...]:
        """A model of each table, as the coder takes them."""
        return tuple(_model(self.table(number)[1]) for number in range(len(self.lows)))

    @cached_property
    def costs(self) -> NDArray[np.float32]:
        """-log2(frequency / TOTAL), (tables, 2 · `REACH` + 3), of values from -`REACH` - 1 to `REACH` + 1;
        those outside a table, like the first and the last, cost what the escape symbol does, and 16 bits."""
        values = np.arange(-REACH - 1, REACH + 2, dtype=np.int32)
        rows = []
        for number in range(len(self.lows)):
            bits = -np.log2(self.table(number)[1] / TOTAL)
            bits[-1] += 16
            rows.append(bits[self.symbols(values, number)])
        return np.stack(rows).astype(np.float32)


def frequency_tables(rows: NDArray[np.float64]) -> FrequencyTables:
    """Tables from probabilities of the values -`REACH` to `REACH`, (tables, 2 · `REACH` + 1), once and for
    all. Every value inside a table gets a frequency of at least 1."""
    made = [_frequencies(row) for row in rows]
    return FrequencyTables(
        np.array([low - REACH for low, _ in made], np.int32),
        np.array([len(frequencies) - 1 for _, frequencies in made], np.int32),
        np.concatenate([frequencies for _, frequencies in made]),
    )


def _frequencies(row: NDArray[np.float64]) -> tuple[int, NDArray[np.int32]]:
    """Index of the first value of a table, and its frequencies with the escape symbol's."""
    peak = int(row.argmax())
    inside = np.flatnonzero(row * TOTAL >= 0.5)
    low, high = (int(inside[0]), int(inside[-1])) if len(inside) else (peak, peak)
    kept = row[low : high + 1]
    weights = np.append(kept, max(1.0 - float(kept.sum()), 0.0))
    frequencies = np.maximum(1, np.rint(weights / weights.sum() * TOTAL)).astype(np.int32)
    frequencies[peak - low] += TOTAL - int(frequencies.sum())
    return low, frequencies


def _model(frequencies: NDArray[np.int32]) -> Any:
    return constriction.stream.model.Categorical(frequencies.astype(np.float32), perfect=False)


def plain() -> Any:
    """Sixteen bits as they are."""
    return constriction.stream.model.Uniform(1 << 16)


def check_length(data: bytes, bits: float) -> None:
    """Raise DamagedError when `data` can't hold symbols that cost `bits` at least.

    A decoder that runs out of data goes on with zeros. So a forged size is told before its time and memory
    are spent.
    """
    if 8 * len(data) + _SLACK < 0.99 * bits:
        raise DamagedError("its data are too short for its size")


def words_of(data: bytes) -> NDArray[np.uint32]:
    """Bytes as the coder takes them. Raises DamagedError when they are no whole number of words."""
    if len(data) % _WORD.itemsize:
        raise DamagedError("its length is no whole number of words")
    return np.frombuffer(data, _WORD).astype(np.uint32)


def bytes_of(words: NDArray[np.uint32]) -> bytes:
    """Inverse of `words_of`, alike on machines of either byte order."""
    data: bytes = words.astype(_WORD).tobytes()
    return data
