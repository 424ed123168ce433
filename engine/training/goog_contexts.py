"""Fits what `engine.codecs.learned.entropy_planes` weighs contexts with, to the bits of trained networks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.codecs.learned.entropy_planes import (
    BINS,
    MOST_WEIGHT,
    NEIGHBOURS,
    SOURCES,
    UNITY,
    PlaneModel,
    Planes,
    bins,
    known_channels,
)

MASS = 64
"""Counts that a bin begins with, where each bit of the picture adds 2."""
PENALTY = 3e-4
"""Of squared weights, against the mean loss of a bit: few pictures teach many weights."""


def fit(pictures: Sequence[Sequence[Planes]]) -> PlaneModel:
    """A model for pictures whose bits are given by iteration: logistic regression of each bit on those
    that are known before it, rounded to whole numbers, and the counts that come of it."""
    weights, biases, counts = [], [], []
    for t in range(len(pictures[0])):
        known = torch.cat([_known(planes, t) for planes in pictures])
        ones = torch.cat([_cells(planes[t]) for planes in pictures]) > 0
        weight, bias = _regression(known, ones)
        whole = (weight * UNITY).round().clamp(-MOST_WEIGHT, MOST_WEIGHT)
        whole_bias = (bias * UNITY).round().clamp(-BINS * UNITY, BINS * UNITY)
        places = bins((known @ whole + whole_bias).numpy())
        weights.append(whole.numpy().astype(np.int32))
        biases.append(whole_bias.numpy().astype(np.int32))
        counts.append(_counts(places, ones.numpy()))
    return PlaneModel(np.stack(weights), np.stack(biases), np.stack(counts))


def _cells(planes: Planes) -> Tensor:
    """Bits (channels, rows, columns) as floats (cells, channels)."""
    return torch.from_numpy(planes).flatten(1).T.float()


def _known(planes: Sequence[Planes], t: int) -> Tensor:
    """What the decoder knows of each cell in iteration t: (cells, SOURCES · channels), 0 outside."""
    bordered = F.pad(torch.from_numpy(planes[t]).float(), (1, 1, 1, 0))
    rows, columns = planes[t].shape[1:]
    near = [
        bordered[:, 1 + dy : 1 + dy + rows, 1 + dx : 1 + dx + columns].flatten(1).T for dy, dx in NEIGHBOURS
    ]
    own = _cells(planes[t])
    return torch.cat([*near, _cells(planes[t - 1]) if t else torch.zeros_like(own), own], 1)


def _regression(known: Tensor, ones: Tensor) -> tuple[Tensor, Tensor]:
    """Weights (features, channels), none for what comes later, and bias (channels,)."""
    channels = ones.shape[1]
    mask = torch.ones(SOURCES * channels, channels)
    mask[(SOURCES - 1) * channels :] = torch.from_numpy(known_channels(channels)).float()
    weight = torch.zeros(SOURCES * channels, channels, requires_grad=True)
    bias = torch.zeros(channels, requires_grad=True)
    target = ones.float()
    optimiser = torch.optim.LBFGS([weight, bias], max_iter=60, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        loss = F.binary_cross_entropy_with_logits(known @ (weight * mask) + bias, target)
        loss = loss + PENALTY * (weight * mask).square().sum() / channels
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    with torch.enable_grad():
        optimiser.step(closure)  # type: ignore[no-untyped-call]
    return (weight * mask).detach(), bias.detach()


def _counts(places: NDArray[np.int64], ones: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Counts (BINS, 2) that hold `MASS` in all, shared out as the bits fell."""
    seen = np.stack(
        [np.bincount(places[ones == bit], minlength=BINS).astype(np.float64) for bit in (False, True)], 1
    )
    middle = (np.arange(BINS) - BINS // 2 + 0.5) / 2  # a bin is half a unit of the odds' logarithm wide
    expected = 1 / (1 + np.exp(-middle))
    seen += 20 * np.stack([1 - expected, expected], 1)  # bins that are hardly ever met
    shares = seen / seen.sum(1, keepdims=True)
    counts: NDArray[np.int32] = np.maximum(1, np.rint(MASS * shares)).astype(np.int32)
    return counts
