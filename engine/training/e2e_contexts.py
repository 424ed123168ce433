"""Fits what `engine.codecs.learned.entropy_latents` expects of latents, to those of a trained network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.codecs.learned.entropy import REACH, FrequencyTables, frequency_tables
from engine.codecs.learned.entropy_latents import (
    FEATURES,
    FRACTION,
    PASSES,
    UNITY,
    WEIGHT_FRACTION,
    LatentModel,
    Values,
    batches,
)

GROUPS = 8
AN_OCTAVE = 8
SMALLEST, LARGEST = -9, 6
"""Expected magnitudes that have bins, as powers of 2."""
PSEUDO = 60.0
"""Values that each table's Laplacian counts as much as: bins are met unequally often."""
_LEAST_MEAN = 1e-3


def fit(samples: Mapping[int, Sequence[Values]], points: int) -> LatentModel:
    """A model for `points` operating points from the latents of some pictures at several of them.

    Means in between are interpolated geometrically, those beyond are the nearest's. Weights are least
    squares, none negative, with a magnitude's error counted against what was expected.
    """
    known = sorted(samples)
    measured = np.stack([_mean_magnitudes(samples[point]) for point in known])
    means = np.exp(
        np.stack([np.interp(np.arange(points), known, column) for column in np.log(measured).T], 1)
    )
    order = np.argsort(-measured[len(known) // 2], kind="stable").astype(np.int32)
    ends = np.unique(np.ceil(len(order) * (np.arange(1, GROUPS + 1) / GROUPS) ** 2)).astype(np.int32)
    edges = np.rint(UNITY * 2.0 ** (np.arange(SMALLEST * AN_OCTAVE, LARGEST * AN_OCTAVE + 1) / AN_OCTAVE))
    blank = LatentModel(
        order=order,
        ends=ends,
        means=np.maximum(1, np.rint(means * UNITY)).astype(np.int32),
        weights=np.zeros((PASSES, FEATURES, len(order)), np.int32),
        edges=edges.astype(np.int64),
        tables=_tables(np.zeros((len(edges) + 1, 2 * REACH + 1)), edges),
    )
    weighted = _replaced(blank, weights=_weights(blank, samples))
    return _replaced(weighted, tables=_tables(_histograms(weighted, samples), edges))


def _replaced(model: LatentModel, **changes: object) -> LatentModel:
    from dataclasses import replace

    return replace(model, **changes)  # type: ignore[arg-type]


def _mean_magnitudes(pictures: Sequence[Values]) -> NDArray[np.float64]:
    magnitudes = np.concatenate([np.abs(v).reshape(len(v), -1) for v in pictures], 1)
    means: NDArray[np.float64] = magnitudes.mean(1) + _LEAST_MEAN
    return means


def _weights(model: LatentModel, samples: Mapping[int, Sequence[Values]]) -> NDArray[np.int32]:
    """Weights of (1) for each pass and channel."""
    terms: dict[tuple[int, int], list[NDArray[np.float32]]] = {}
    for point, pictures in samples.items():
        for values in pictures:
            for group, number, mask, known in batches(model, point, values):
                batch = np.concatenate([known / UNITY, np.abs(values[group][:, mask])[None]])
                for i, channel in enumerate(group):
                    terms.setdefault((number, int(channel)), []).append(batch[:, i].astype(np.float32))
    weights = np.zeros(model.weights.shape)
    for (number, channel), parts in terms.items():
        weights[number, :, channel] = _least_squares(np.concatenate(parts, 1))
    limit = (1 << 16) - 1
    return np.clip(np.rint(weights * (1 << WEIGHT_FRACTION)), 0, limit).astype(np.int32)


def _least_squares(rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """Weights of all rows but the last, which is wanted; twice, as errors count against what is expected."""
    from scipy.optimize import nnls

    features, wanted = rows[:-1].T.astype(np.float64), rows[-1].astype(np.float64)
    expected = features.mean(1)
    for _ in range(2):
        spread = np.sqrt(expected * (expected + 0.3)) + 1e-3
        weights, _ = nnls(features / spread[:, None], wanted / spread)
        expected = np.maximum(features @ weights, 1e-4)
    return np.asarray(weights, np.float64)


def _histograms(model: LatentModel, samples: Mapping[int, Sequence[Values]]) -> NDArray[np.float64]:
    """How often each value was met in each bin, and its negative as often."""
    counts = np.zeros((len(model.edges) + 1, 2 * REACH + 1))
    for point, pictures in samples.items():
        for values in pictures:
            places = np.clip(values, -REACH, REACH) + REACH
            np.add.at(counts, (model.bins(values, point), places), 1.0)
    return counts + counts[:, ::-1]


def _tables(counts: NDArray[np.float64], edges: NDArray[np.float64]) -> FrequencyTables:
    """Tables of counts, with a Laplacian of each bin's expected magnitude where they are few."""
    middles = np.concatenate([[edges[0]], np.sqrt(edges[1:] * edges[:-1]), [edges[-1]]]) / (1 << FRACTION)
    # A geometric distribution on both sides, whose mean magnitude is 2 d / (1 - d²).
    decay = (np.sqrt(1 + middles**2) - 1) / middles
    shape = decay[:, None] ** np.abs(np.arange(-REACH, REACH + 1))
    mixed = counts + PSEUDO * shape / shape.sum(1, keepdims=True)
    return frequency_tables(mixed / mixed.sum(1, keepdims=True))
