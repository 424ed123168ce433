"""Entropy coding of whole-number latents with contexts, in whole numbers only.

A value's context is what its magnitude is expected to be, from what the decoder knows by then: the channel's
mean magnitude m at this operating point, the magnitudes of its neighbours in the same channel, and how
large the channels coded before it are at the same place, and its own group of channels at its neighbours,
against their means. With trained whole-number weights w of the pass and channel

    e = w_0 m + w_1 (mean of the known neighbours) + w_2 m r + w_3 m r'                        (1)

Each octave of e is divided into eight bins, and each bin has one fixed table
(`engine.codecs.learned.entropy`).
Channels are coded in groups, those of the largest values first; in each the cells of a chequerboard's one
colour, then of the other, whose four neighbours are known by then (He et al., *Checkerboard Context Model
for Efficient Learned Image Compression*, CVPR 2021). So a handful of batches codes a picture. Ballé et al.
too coded with contexts that adapt (CABAC; section 4.1 of their paper).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import constriction
import numpy as np
from numpy.typing import NDArray

from engine.codecs.damage import DamagedError
from engine.codecs.learned.entropy import (
    LIMIT,
    REACH,
    FrequencyTables,
    bytes_of,
    check_length,
    plain,
    words_of,
)

FRACTION = 14
UNITY = 1 << FRACTION
"""A magnitude of 1, and a ratio of 1."""
WEIGHT_FRACTION = 10
"""Binary places of weights."""
FEATURES = 4
PASSES = 2
_MOST = 1 << 30
"""Expected magnitudes and ratios are cut off here, so that no sum overflows."""

Values = NDArray[np.int32]
"""Latents (channels, rows, columns)."""
_Code = Callable[[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]], Values]
"""Codes some channels at some places: (channels), their bins (channels, places), the places as a mask of
rows and columns; returns the values (channels, places)."""


@dataclass(frozen=True, eq=False)
class LatentModel:
    """What training leaves.

    order: int32 (channels,), channels in the order in which they are coded. ends: int32 (groups,), how
    many of these are coded with each group. means: int32 (points, channels), mean magnitude at each
    operating point in units of 1 / `UNITY`. weights: int32 (`PASSES`, `FEATURES`, channels), see (1), in
    units of 2^-`WEIGHT_FRACTION`. edges: int64 (tables - 1,), rising: expected magnitudes between bins.
    """

    order: NDArray[np.int32]
    ends: NDArray[np.int32]
    means: NDArray[np.int32]
    weights: NDArray[np.int32]
    edges: NDArray[np.int64]
    tables: FrequencyTables

    def __post_init__(self) -> None:
        channels = len(self.order)
        if not np.array_equal(np.sort(self.order), np.arange(channels)):
            raise ValueError("the order doesn't name every channel once")
        if self.ends[-1] != channels or np.any(np.diff(self.ends, prepend=0) < 1):
            raise ValueError("the groups don't fill the order")
        if self.means.ndim != 2 or self.means.shape[1] != channels or self.means.min() < 1:
            raise ValueError("the means are for other channels, or not above 0")
        if self.weights.shape != (PASSES, FEATURES, channels) or self.weights.min() < 0:
            raise ValueError("the weights are for other channels, or below 0")
        if self.weights.max() >= 1 << 16:
            raise ValueError("weights are too large")
        if len(self.edges) != len(self.tables.lows) - 1 or np.any(np.diff(self.edges) < 1):
            raise ValueError("the edges don't fit the tables")

    @property
    def groups(self) -> list[NDArray[np.int64]]:
        """Channels that are coded together, in turn."""
        return np.split(self.order.astype(np.int64), self.ends[:-1])

    def encode(self, values: Values, point: int) -> bytes:
        """`values` as bytes; those beyond ±`LIMIT` are clipped."""
        values = np.clip(values, -LIMIT, LIMIT)
        encoder = constriction.stream.queue.RangeEncoder()

        def code(group: NDArray[np.int64], bins: NDArray[np.int64], mask: NDArray[np.bool_]) -> Values:
            batch = values[group][:, mask]
            for number, among in _by_bin(bins):
                chosen = batch.ravel()[among]
                symbols = self.tables.symbols(chosen, number)
                encoder.encode(symbols, self.tables.models[number])
                beyond = chosen[symbols == self.tables.counts[number]]
                if len(beyond):
                    encoder.encode((beyond + LIMIT + 1).astype(np.int32), plain())
            return batch

        self._walk(point, values.shape[1:], code)
        return bytes_of(encoder.get_compressed())

    def decode(self, data: bytes, point: int, rows: int, columns: int) -> Values:
        """Inverse of `encode`. Raises DamagedError on what it can't have made."""
        check_length(data, len(self.order) * rows * columns * self.least_bits)
        decoder = constriction.stream.queue.RangeDecoder(words_of(data))

        def code(_group: NDArray[np.int64], bins: NDArray[np.int64], _mask: NDArray[np.bool_]) -> Values:
            batch = np.empty(bins.size, np.int32)
            for number, among in _by_bin(bins):
                symbols = decoder.decode(self.tables.models[number], len(among))
                chosen = symbols + self.tables.lows[number]
                outside = symbols == self.tables.counts[number]
                count = int(outside.sum())
                if count:
                    chosen[outside] = decoder.decode(plain(), count) - (LIMIT + 1)
                batch[among] = chosen
            return batch.reshape(bins.shape)

        try:
            values = self._walk(point, (rows, columns), code)
        except AssertionError:  # constriction's word for data that fits no symbol
            raise DamagedError("its data fit no symbols") from None
        if not decoder.maybe_exhausted():
            raise DamagedError("data follow its last symbol")
        return values

    def bins(self, values: Values, point: int) -> NDArray[np.int64]:
        """The table that each of `values` is coded with, of `values`' shape."""
        used = np.empty(values.shape, np.int64)

        def code(group: NDArray[np.int64], bins: NDArray[np.int64], mask: NDArray[np.bool_]) -> Values:
            used[group[:, None], mask] = bins
            return values[group][:, mask]

        self._walk(point, values.shape[1:], code)
        return used

    def bits(self, values: Values, bins: NDArray[np.int64]) -> NDArray[np.float32]:
        """What each of `values` costs with the tables `bins`."""
        outside = REACH + 1
        cost: NDArray[np.float32] = self.tables.costs[bins, np.clip(values, -outside, outside) + outside]
        return cost

    def estimate(self, values: Values, point: int) -> float:
        """Bits that the tables ask for in all."""
        return float(self.bits(values, self.bins(values, point)).sum(dtype=np.float64))

    @cached_property
    def least_bits(self) -> float:
        """What no value costs less than."""
        return float(self.tables.costs.min())

    def _walk(self, point: int, shape: tuple[int, ...], code: _Code) -> Values:
        """Go through all batches; what `code` returns is known to the later ones. Returns all values."""
        values = np.zeros((len(self.order), *shape), np.int32)
        for group, number, mask, known in batches(self, point, values):
            weights = self.weights[number][:, group, None].astype(np.int64)
            expected = (known * weights).sum(0) >> WEIGHT_FRACTION
            bins = np.searchsorted(self.edges, expected, side="right")
            # Written here, and read by `batches` when it goes on.
            values[group[:, None], mask] = code(group, bins, mask)
        return values


def batches(
    model: LatentModel, point: int, values: Values
) -> Iterator[tuple[NDArray[np.int64], int, NDArray[np.bool_], NDArray[np.int64]]]:
    """Batches in the order of coding: channels, number of the pass, places as a mask of rows and columns,
    and the terms of (1) without their weights, int64 (`FEATURES`, channels, places), in units of 1 / `UNITY`.

    values: those of earlier batches must be there when the next one is asked for.
    """
    shape = values.shape[1:]
    means = model.means[point].astype(np.int64)
    ratio = UNITY * UNITY // means  # of a magnitude to its mean
    passes = chequerboard(*shape)
    heard, weight = np.full(shape, UNITY, np.int64), UNITY
    for group in model.groups:
        m = means[group][:, None]
        # r of (1): earlier channels at the place, each against its mean, rare values with less say.
        r = np.minimum(heard * UNITY // weight, _MOST >> 8)
        for number, mask in enumerate(passes):
            base = np.broadcast_to(m, (len(group), int(mask.sum())))
            here = r[mask]
            near, around = base, np.broadcast_to(here, base.shape)
            if number:
                magnitudes = np.abs(values[group]).astype(np.int64)
                near = _neighbours(magnitudes * UNITY, mask, base)
                own = (magnitudes * ratio[group][:, None, None]).sum(0) // len(group)
                around = np.minimum(_neighbours(own[None], mask, here[None]), _MOST >> 8)
            yield (
                group,
                number,
                mask,
                np.minimum(np.stack([base, near, m * here >> FRACTION, m * around >> FRACTION]), _MOST),
            )
        magnitudes = np.abs(values[group]).astype(np.int64)
        heard = heard + (magnitudes * np.minimum(UNITY, ratio[group])[:, None, None]).sum(0)
        weight += int(np.minimum(means[group], UNITY).sum())


def chequerboard(rows: int, columns: int) -> list[NDArray[np.bool_]]:
    """The cells of either colour, (rows, columns) each."""
    even = (np.arange(rows)[:, None] + np.arange(columns)) % 2 == 0
    return [even, ~even]


def _neighbours(
    values: NDArray[np.int64], mask: NDArray[np.bool_], alone: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Mean of the four neighbours inside the picture at the places of `mask`; `alone` where there is none."""
    bordered = np.pad(values, ((0, 0), (1, 1), (1, 1)))
    total = bordered[:, :-2, 1:-1] + bordered[:, 2:, 1:-1] + bordered[:, 1:-1, :-2] + bordered[:, 1:-1, 2:]
    there = np.pad(np.ones(mask.shape, np.int64), 1)
    count = (there[:-2, 1:-1] + there[2:, 1:-1] + there[1:-1, :-2] + there[1:-1, 2:])[mask]
    mean: NDArray[np.int64] = np.where(count > 0, total[:, mask] // np.maximum(count, 1), alone)
    return mean


def _by_bin(bins: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Each bin that is used, rising, and where it is, among the flattened places."""
    flat = bins.ravel()
    order = np.argsort(flat, kind="stable")
    starts = np.flatnonzero(np.diff(flat[order], prepend=-1))
    for among in np.split(order, starts[1:]):
        if len(among):
            yield int(flat[among[0]]), among
