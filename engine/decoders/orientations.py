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
from engine.types import Cancelled, Progress, ignore, never

Forward = Callable[[Tensor, Tensor, int], Iterator[Tensor]]
"""What a sweep network is called with and yields, see `SweepNetwork.forward`."""
_TURNS = ((0, False), (2, False), (0, True), (2, True), (1, False), (3, False), (1, True), (3, True))
"""Quarter turns, and whether mirrored before them."""


def averaged(
    forward: Forward,
    count: int,
    stepwise: bool = True,
    last_only: bool = False,
    cancelled: Cancelled = never,
    told: Progress = ignore,
) -> Forward:
    """`forward` over `count` (of `ORIENTATIONS`) of the eight orientations.

    stepwise: all of them step by step, so that the first estimate isn't the last to come; otherwise one after
    the other, which takes the memory of one and of an estimate a step. last_only: only the last estimate
    counts, and stands for those before it, too. What is yielded ends early once `cancelled()`, which is asked
    before each sweep of each orientation; after it `told` is called with the share of sweeps done, 0 to 1.
    """
    if count not in ORIENTATIONS:
        raise ValueError(f"{count} orientations, not one of {ORIENTATIONS}")
    turns = _TURNS[:count]

    def once(standard: Tensor, condition: Tensor, steps: int) -> Iterator[Tensor]:
        flow = forward(standard, condition, steps)
        for k in range(1, steps + 1):
            if cancelled():
                return
            estimate = next(flow)
            told(k / steps)
            yield estimate
            del estimate  # large; the next one's sweep needs the room

    def together(standard: Tensor, condition: Tensor, steps: int) -> Iterator[Tensor]:
        flows = [forward(_turned(standard, *turn), condition, steps) for turn in turns]
        for k in range(steps):
            total = torch.zeros_like(standard)
            for n, (flow, turn) in enumerate(zip(flows, turns, strict=True), 1):
                if cancelled():
                    return
                total += _back(next(flow), *turn)
                told((k * count + n) / (count * steps))
            yield total.div_(count)

    def one_by_one(standard: Tensor, condition: Tensor, steps: int) -> Iterator[Tensor]:
        first = steps - 1 if last_only else 0
        totals = [torch.zeros_like(standard) for _ in range(first, steps)]
        for n, turn in enumerate(turns):
            flow = forward(_turned(standard, *turn), condition, steps)
            for k in range(steps):
                if cancelled():
                    return
                estimate = next(flow)
                if k >= first:
                    totals[k - first] += _back(estimate, *turn)
                told((n * steps + k + 1) / (count * steps))
        for total in totals:
            total.div_(count)
        yield from (totals[max(k - first, 0)] for k in range(steps))

    if count == 1:
        return once
    return together if stepwise and not last_only else one_by_one


def _turned(planes: Tensor, quarters: int, mirrored: bool) -> Tensor:
    """(batch, planes, height, width) mirrored from left to right where asked, then turned by `quarters`."""
    return torch.rot90(planes.flip(3) if mirrored else planes, quarters, (2, 3)).contiguous()


def _back(planes: Tensor, quarters: int, mirrored: bool) -> Tensor:
    """What `_turned` made, as it was."""
    planes = torch.rot90(planes, -quarters, (2, 3))
    return planes.flip(3) if mirrored else planes
