"""Estimates averaged over turned and mirrored copies of the picture: slower, better.

A network that isn't the same in every direction errs in each a little differently. Decoding the picture in
several orientations and averaging what comes back cancels a part of that (geometric self-ensemble: Timofte,
Rothe and Van Gool, *Seven ways to improve example-based single image super resolution*, CVPR 2016).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from engine.choices import ORIENTATIONS

Forward = Callable[[Tensor, Tensor, int], Iterator[Tensor]]
"""What a sweep network is called with and yields, see `SweepNetwork.forward`."""
_TURNS = ((0, False), (2, False), (0, True), (2, True), (1, False), (3, False), (1, True), (3, True))
"""Quarter turns, and whether mirrored before them. The first four leave rows rows."""


def averaged(forward: Forward, count: int) -> Forward:
    """`forward` over `count` of the eight orientations, all of them step by step, so that the first estimate
    isn't the last to come. count: of `ORIENTATIONS`."""
    if count not in ORIENTATIONS:
        raise ValueError(f"{count} orientations, not one of {ORIENTATIONS}")
    if count == 1:
        return forward

    def over(standard: Tensor, condition: Tensor, steps: int) -> Iterator[Tensor]:
        turns = _TURNS[:count]
        flows = [forward(_turned(standard, *turn), condition, steps) for turn in turns]
        for estimates in zip(*flows, strict=True):
            total = estimates[0].clone()
            for estimate, turn in zip(estimates[1:], turns[1:], strict=True):
                total += _back(estimate, *turn)
            yield total / count

    return over


def _turned(planes: Tensor, quarters: int, mirrored: bool) -> Tensor:
    return torch.rot90(planes.flip(3) if mirrored else planes, quarters, (2, 3)).contiguous()


def _back(planes: Tensor, quarters: int, mirrored: bool) -> Tensor:
    planes = torch.rot90(planes, -quarters, (2, 3))
    return planes.flip(3) if mirrored else planes
