"""Entropy coding of whole-number latents with integer frequency tables that are fixed after training.

The coder is constriction's range coder (Bamler, *Understanding Entropy Coding With Asymmetric Numeral
Systems (ANS): a Statistician's Perspective*, 2022; the range coder is Martin's of 1979). Its models are
made of whole numbers that sum to `TOTAL`, which floating point holds exactly, with `perfect=False`: every
machine forms the same intervals, and no network and no number that depends on rounding takes part.
A value outside its table is sent as an escape symbol, and in plain 16 bits after everything else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import constriction
import numpy as np
from numpy.typing import NDArray

TOTAL = 1 << 16
"""Sum of the frequencies of a table."""
LIMIT = (1 << 15) - 1
"""Largest magnitude of a value."""
REACH = 255
"""Largest magnitude inside tables."""
_WORD = np.dtype("<u4")
_SLACK = 64
"""Bits of the coder's state, which its end may leave out."""

Probability = Callable[[NDArray[np.int64], int], NDArray[np.float64]]


class DamagedError(Exception):
    """Data that no encoder wrote."""


@dataclass(frozen=True)
class FrequencyTables:
    """A table for each operating point and channel.

    lows: int32 (points, channels), smallest value of each table; counts: its number of values.
    frequencies: int32, of all tables one after the other, each ending in that of its escape symbol.
    """

    lows: NDArray[np.int32]
    counts: NDArray[np.int32]
    frequencies: NDArray[np.int32]

    def __post_init__(self) -> None:
        ends = np.cumsum(self.counts.ravel().astype(np.int64) + 1)
        if self.lows.shape != self.counts.shape or self.counts.min() < 1:
            raise ValueError("lows and counts don't describe tables")
        if ends[-1] != len(self.frequencies) or self.frequencies.min() < 1:
            raise ValueError("the frequencies don't fill the tables")
        if np.any(np.add.reduceat(self.frequencies, ends - self.counts.ravel() - 1) != TOTAL):
            raise ValueError(f"the frequencies of a table don't sum to {TOTAL}")

    def table(self, point: int, channel: int) -> tuple[int, NDArray[np.int32]]:
        """Smallest value and frequencies, the escape symbol's last."""
        before = self.counts.ravel()[: point * self.counts.shape[1] + channel]
        start = int(before.sum()) + len(before)
        length = int(self.counts[point, channel]) + 1
        return int(self.lows[point, channel]), self.frequencies[start : start + length]

    def encode(self, values: NDArray[np.int32], point: int) -> bytes:
        """`values`, (channels, places), as bytes; those beyond ±`LIMIT` are clipped."""
        values = np.clip(values, -LIMIT, LIMIT)
        encoder = constriction.stream.queue.RangeEncoder()
        escaped = []
        for channel, row in enumerate(values):
            low, frequencies = self.table(point, channel)
            symbols, outside = _symbols(row, low, len(frequencies) - 1)
            encoder.encode(symbols, _model(frequencies))
            escaped.append(row[outside])
        beyond = np.concatenate(escaped)
        if len(beyond):
            encoder.encode((beyond + LIMIT + 1).astype(np.int32), _plain())
        return bytes_of(encoder.get_compressed())

    def decode(self, data: bytes, point: int, places: int) -> NDArray[np.int32]:
        """Inverse of `encode`: int32 (channels, places). Raises DamagedError on what it can't have made."""
        check_length(data, places * self.least_bits(point))
        decoder, channels = constriction.stream.queue.RangeDecoder(words_of(data)), self.counts.shape[1]
        values = np.empty((channels, places), np.int32)
        outside = np.zeros((channels, places), bool)
        try:
            for channel in range(channels):
                low, frequencies = self.table(point, channel)
                symbols = decoder.decode(_model(frequencies), places)
                outside[channel] = symbols == len(frequencies) - 1
                values[channel] = symbols + low
            count = int(outside.sum())
            if count:
                values[outside] = decoder.decode(_plain(), count) - (LIMIT + 1)
        except AssertionError:  # constriction's word for data that fits no symbol
            raise DamagedError("its data fit no symbols") from None
        if not decoder.maybe_exhausted():
            raise DamagedError("data follow its last symbol")
        return values

    def bits(self, values: NDArray[np.int32], point: int) -> NDArray[np.float32]:
        """What each of `values`, (channels, places), costs: -log2(frequency / TOTAL), 16 more for escapes."""
        costs = np.empty(values.shape, np.float32)
        for channel, row in enumerate(values):
            low, frequencies = self.table(point, channel)
            symbols, _ = _symbols(row, low, len(frequencies) - 1)
            table = -np.log2(frequencies / TOTAL)
            table[-1] += 16
            costs[channel] = table[symbols]
        return costs

    def least_bits(self, point: int) -> float:
        """Bits of a place in all channels when each has its likeliest value: no place costs less."""
        most = [self.table(point, channel)[1].max() for channel in range(self.counts.shape[1])]
        return float(-np.log2(np.array(most) / TOTAL).sum())

    def estimate(self, values: NDArray[np.int32], point: int) -> float:
        """Bits that the tables ask for in all."""
        return float(self.bits(values, point).sum(dtype=np.float64))


def frequency_tables(probability: Probability, points: int) -> FrequencyTables:
    """Tables from a density, once and for all.

    probability(values, point): of each of `values` in each channel, (channels, values), at operating point
    0 to points - 1. Every value inside a table gets a frequency of at least 1.
    """
    values = np.arange(-REACH, REACH + 1)
    lows, counts, flat = [], [], []
    for point in range(points):
        for row in probability(values, point):
            low, frequencies = _frequencies(row)
            lows.append(low - REACH)
            counts.append(len(frequencies) - 1)
            flat.append(frequencies)
    shape = (points, len(lows) // points)
    return FrequencyTables(
        np.array(lows, np.int32).reshape(shape),
        np.array(counts, np.int32).reshape(shape),
        np.concatenate(flat),
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


def _symbols(row: NDArray[np.int32], low: int, escape: int) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Places of values in a table that begins with `low`, `escape` for those outside; and which these are."""
    symbols = row - low
    outside = (symbols < 0) | (symbols >= escape)
    return np.where(outside, escape, symbols).astype(np.int32), outside


def _model(frequencies: NDArray[np.int32]) -> Any:
    return constriction.stream.model.Categorical(frequencies.astype(np.float32), perfect=False)


def _plain() -> Any:
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
