"""Entropy coding of binary planes with adaptive contexts, in whole numbers only.

A bit's context is a score: a sum of trained whole-number weights with the signs of bits that the decoder
knows by then, which are all those of the cells to the left, above left, above and above right, those of the
same cell in the iteration before, and those of the same cell in the groups of channels before. The score
falls into one of `BINS` bins, and each channel counts the bits seen in each bin: their share is the
probability that the bit is coded with. Counts start from those of training, follow the picture (both are
halved when they grow large, as usual in adaptive binary coding), and go on from iteration to iteration, so
that a stream cut after any iteration decodes.

Cells on one front (column + 2 · row) don't depend on each other, so they are coded together, a group of
channels at a time; counts change after each such batch. The sums are exact in floating point, as all terms
are small whole numbers. Encoder and decoder run the very same code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import log2
from typing import Any

import constriction
import numpy as np
from numpy.typing import NDArray

from engine.codecs.damage import DamagedError
from engine.codecs.learned.entropy import bytes_of, check_length, words_of

GROUP = 4
"""Channels that are coded together."""
BINS = 24
UNITY = 32
"""Weight that counts as 1 in the logarithm of the odds."""
_BIN_WIDTH = UNITY // 2
NEIGHBOURS = ((0, -1), (-1, -1), (-1, 0), (-1, 1))
"""Cells (rows, columns away) whose bits of the same iteration count."""
SOURCES = len(NEIGHBOURS) + 2
"""Sets of channels that a score weighs: those of the neighbours, of the iteration before, of the cell."""
MOST_WEIGHT = 127
_LIMIT = 512
_FINE = 1 << 16
_RAREST = 32
"""Least probability of a bit, in 65536ths."""
_LEAST_BITS = -log2(1 - _RAREST / _FINE)
"""What no bit costs less than."""

Planes = NDArray[np.int8]
"""Bits of one iteration as ±1, (channels, rows, columns)."""
_Coder = Callable[[NDArray[np.int8] | None, NDArray[np.float64]], NDArray[np.int8]]


@dataclass(frozen=True, eq=False)
class PlaneModel:
    """What training leaves. weights: int (iterations, SOURCES · channels, channels); bias: int (iterations,
    channels); counts: int (iterations, BINS, 2), how often training saw 0 and 1 in each bin, scaled."""

    weights: NDArray[np.int32]
    bias: NDArray[np.int32]
    counts: NDArray[np.int32]

    def __post_init__(self) -> None:
        iterations, channels = self.bias.shape
        if self.weights.shape != (iterations, SOURCES * channels, channels) or channels % GROUP:
            raise ValueError("weights and bias don't fit each other")
        if self.counts.shape != (iterations, BINS, 2) or self.counts.min() < 1:
            raise ValueError("the counts don't fit the weights")
        if max(np.abs(self.weights).max(), np.abs(self.bias).max() / BINS / UNITY) > MOST_WEIGHT:
            raise ValueError("weights are too large")
        if np.any(self.weights[:, (SOURCES - 1) * channels :] * ~known_channels(channels)):
            raise ValueError("weights look at bits that come later")

    @property
    def iterations(self) -> int:
        return len(self.bias)


def encode_planes(model: PlaneModel, planes: Iterator[Planes]) -> Iterator[bytes]:
    """A section for each iteration of `planes`, in turn."""
    state: _CodingState | None = None
    for t, bits in enumerate(planes):
        state = state or _CodingState(model, bits.shape)
        encoder = constriction.stream.queue.RangeEncoder()
        state.iteration(t, bits, partial(_send, encoder))
        yield bytes_of(encoder.get_compressed())


def decode_planes(model: PlaneModel, sections: tuple[bytes, ...], rows: int, columns: int) -> list[Planes]:
    """Inverse of `encode_planes`. Raises DamagedError on what it can't have made."""
    if not 1 <= len(sections) <= model.iterations:
        raise DamagedError(f"{len(sections)} iterations, not 1 to {model.iterations}")
    for section in sections:
        check_length(section, model.bias.shape[1] * rows * columns * _LEAST_BITS)
    state = _CodingState(model, (model.bias.shape[1], rows, columns))
    planes = []
    for t, section in enumerate(sections):
        decoder = constriction.stream.queue.RangeDecoder(words_of(section))
        try:
            planes.append(state.iteration(t, None, partial(_receive, decoder)))
        except AssertionError:  # constriction's word for data that fits no symbol
            raise DamagedError("its data fit no symbols") from None
        if not decoder.maybe_exhausted():
            raise DamagedError("data follow its last symbol")
    return planes


class _CodingState:
    """Counts and the last iteration's bits, on both sides alike."""

    def __init__(self, model: PlaneModel, shape: tuple[int, ...]) -> None:
        self.model = model
        self.channels, self.rows, self.columns = shape
        self.fronts = list(fronts(self.rows, self.columns))
        self.before = np.zeros((self.rows, self.columns, self.channels), np.float32)
        self.counts = np.zeros((self.channels * BINS, 2), np.int64)

    def iteration(self, t: int, bits: Planes | None, code: _Coder) -> Planes:
        """Code iteration `t`, whose bits only the encoder knows."""
        channels, model = self.channels, self.model
        start = np.tile(model.counts[t], (channels, 1)).astype(np.int64)
        # What this picture taught goes on with half its say.
        self.counts = start + self.counts // 2 if t else start
        weights = model.weights[t].astype(np.float32)
        outside, inside = np.split(weights, [(SOURCES - 1) * channels])
        # A border of zeros: cells outside say nothing.
        signs = np.zeros((self.rows + 1, self.columns + 2, channels), np.float32)
        for y, x in self.fronts:
            near = [signs[y + 1 + dy, x + 1 + dx] for dy, dx in NEIGHBOURS]
            scores = np.concatenate([*near, self.before[y, x]], 1) @ outside + model.bias[t].astype(
                np.float32
            )
            cell = np.zeros((len(y), channels), np.float32)
            for first in range(0, channels, GROUP):
                group = slice(first, first + GROUP)
                score = scores[:, group] + cell[:, :first] @ inside[:first, group]
                contexts = np.arange(first, first + GROUP) * BINS + bins(score)
                known = None if bits is None else bits[group, y, x].T
                cell[:, group] = coded = code(known, self._ones(contexts))
                self._learn(contexts.ravel(), coded.ravel() > 0)
            signs[y + 1, x + 1] = cell
        self.before = signs[1:, 1:-1]
        return np.ascontiguousarray(self.before.transpose(2, 0, 1).astype(np.int8))

    def _ones(self, contexts: NDArray[np.int64]) -> NDArray[np.float64]:
        """Probability of a 1, whole 65536ths, never 0 or 1."""
        zeros, ones = self.counts[contexts, 0], self.counts[contexts, 1]
        share: NDArray[np.float64] = np.clip(ones * _FINE // (zeros + ones), _RAREST, _FINE - _RAREST) / _FINE
        return share

    def _learn(self, contexts: NDArray[np.int64], ones: NDArray[np.bool_]) -> None:
        np.add.at(self.counts, (contexts, ones.astype(np.int64)), 2)
        full = contexts[self.counts[contexts].sum(1) > _LIMIT]
        if len(full):
            full = np.unique(full)
            self.counts[full] = (self.counts[full] + 1) // 2


def bins(scores: NDArray[np.float32]) -> NDArray[np.int64]:
    """The bin that a score falls into; 0 lies between the two in the middle."""
    places: NDArray[np.int64] = np.floor(scores / _BIN_WIDTH).astype(np.int64) + BINS // 2
    return np.clip(places, 0, BINS - 1)


def fronts(rows: int, columns: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Rows and columns of the cells on each front, in order."""
    for front in range(columns + 2 * (rows - 1)):
        y = np.arange(max(0, -(-(front - columns + 1) // 2)), min(rows - 1, front // 2) + 1)
        yield y, front - 2 * y


def known_channels(channels: int) -> NDArray[np.bool_]:
    """Which channels of a cell (first axis) are known as others (second axis) are coded."""
    group = np.arange(channels) // GROUP
    known: NDArray[np.bool_] = group[:, None] < group[None, :]
    return known


def _send(encoder: Any, known: NDArray[np.int8] | None, ones: NDArray[np.float64]) -> NDArray[np.int8]:
    """Encode a batch of bits."""
    assert known is not None
    encoder.encode((known.ravel() > 0).astype(np.int32), _bernoulli(), ones.ravel())
    return known


def _receive(decoder: Any, _: NDArray[np.int8] | None, ones: NDArray[np.float64]) -> NDArray[np.int8]:
    """Decode a batch of bits."""
    bits = decoder.decode(_bernoulli(), ones.ravel())
    signs: NDArray[np.int8] = (2 * bits - 1).astype(np.int8).reshape(ones.shape)
    return signs


def _bernoulli() -> Any:
    return constriction.stream.model.Bernoulli(perfect=False)
