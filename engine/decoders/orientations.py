"""Estimates averaged over turned and mirrored copies of the picture: slower, better.

A network that isn't the same in every direction errs in each a little differently. Decoding the picture in
several orientations and averaging what comes back cancels a part of that (geometric self-ensemble: Timofte,
Rothe and Van Gool, *Seven ways to improve example-based single image super resolution*, CVPR 2016).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from engine.choices import ORIENTATIONS
from engine.types import Coded, DecodeOptions

Forward = Callable[[Tensor, Tensor, int], Iterator[Tensor]]
"""What a sweep network is called with and yields, see `SweepNetwork.forward`."""
_SQUARE = ("", "4:4:4", "4:2:0", "4:0:0")
_TURNS = ((0, False), (2, False), (0, True), (2, True), (1, False), (3, False), (1, True), (3, True))
"""Quarter turns, and whether mirrored before them. The first four leave rows rows."""


def orientations_used(coded: Coded, options: DecodeOptions) -> int:
    """Over how many a sweep decoder averages. Where chroma is coarser across than down, a picture turned by a
    quarter would be one of no codec."""
    square = coded.subsampling in _SQUARE
    return options.orientations if square else min(options.orientations, 4)


def averaged(forward: Forward, count: int, last_only: bool = False) -> Forward:
    """`forward` over `count` of the eight orientations, all of them step by step, so that the first estimate
    isn't the last to come. count: of `ORIENTATIONS`. last_only: only the last estimate counts; orientations
    then follow each other, which takes the memory of one, and all but the last estimate are this one's."""
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

    def one_by_one(standard: Tensor, condition: Tensor, steps: int) -> Iterator[Tensor]:
        total: Tensor | None = None
        for turn in _TURNS[:count]:
            *_, last = forward(_turned(standard, *turn), condition, steps)
            total = last.clone() if total is None else total.add_(_back(last, *turn))
        assert total is not None
        yield from itertools.repeat(total / count, steps)

    return one_by_one if last_only else over


def _turned(planes: Tensor, quarters: int, mirrored: bool) -> Tensor:
    return torch.rot90(planes.flip(3) if mirrored else planes, quarters, (2, 3)).contiguous()


def _back(planes: Tensor, quarters: int, mirrored: bool) -> Tensor:
    planes = torch.rot90(planes, -quarters, (2, 3))
    return planes.flip(3) if mirrored else planes
