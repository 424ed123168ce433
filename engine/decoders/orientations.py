"""Estimates averaged over turned and mirrored copies of the picture: slower, better.

A network that isn't the same in every direction errs in each a little differently. Decoding the picture in
several orientations and averaging what comes back cancels a part of that (geometric self-ensemble: Timofte,
Rothe and Van Gool, *Seven ways to improve example-based single image super resolution*, CVPR 2016). Where
chroma is coarser across than down a picture turned by a quarter is one of no codec; yet averaging over all
eight measures better than over four there, too (0.01 dB at 4:2:2, BSDS500's validation).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from engine.choices import ORIENTATIONS
from engine.types import Cancelled, never

Forward = Callable[[Tensor, Tensor, int], Iterator[Tensor]]
"""What a sweep network is called with and yields, see `SweepNetwork.forward`."""
_TURNS = ((0, False), (2, False), (0, True), (2, True), (1, False), (3, False), (1, True), (3, True))
"""Quarter turns, and whether mirrored before them."""


def averaged(forward: Forward, count: int, stepwise: bool = True, cancelled: Cancelled = never) -> Forward:
    """`forward` over `count` of the eight orientations. What it yields ends early once `cancelled()`, asked
    before each of them. count: of `ORIENTATIONS`. stepwise: all of them step by step, so that the first
    estimate isn't the last to come; otherwise one after the other, which takes the memory of one."""
    if count not in ORIENTATIONS:
        raise ValueError(f"{count} orientations, not one of {ORIENTATIONS}")
    if count == 1:
        return forward
    turns = _TURNS[:count]

    def together(standard: Tensor, condition: Tensor, steps: int) -> Iterator[Tensor]:
        flows = [forward(_turned(standard, *turn), condition, steps) for turn in turns]
        for _ in range(steps):
            total = torch.zeros_like(standard)
            for flow, turn in zip(flows, turns, strict=True):
                if cancelled():
                    return
                total += _back(next(flow), *turn)
            yield total / count

    def one_by_one(standard: Tensor, condition: Tensor, steps: int) -> Iterator[Tensor]:
        totals = [torch.zeros_like(standard) for _ in range(steps)]
        for turn in turns:
            flow = forward(_turned(standard, *turn), condition, steps)
            for total, estimate in zip(totals, flow, strict=True):
                if cancelled():
                    return
                total += _back(estimate, *turn)
        yield from (total / count for total in totals)

    return together if stepwise else one_by_one


def _turned(planes: Tensor, quarters: int, mirrored: bool) -> Tensor:
    """(batch, planes, height, width) mirrored from left to right where asked, then turned by `quarters`."""
    return torch.rot90(planes.flip(3) if mirrored else planes, quarters, (2, 3)).contiguous()


def _back(planes: Tensor, quarters: int, mirrored: bool) -> Tensor:
    """What `_turned` made, as it was."""
    planes = torch.rot90(planes, -quarters, (2, 3))
    return planes.flip(3) if mirrored else planes
