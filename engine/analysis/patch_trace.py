"""One block of an estimate on its way to the screen: network, projection, guard, rounding to 8 bits.

The network is run once more on the patch's surroundings alone, as the pixels of a finished run no longer tell
what it said. Notation and order of `engine.decoders.finish`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.types import PATCH, Coded, DecodeOptions, frozen

if TYPE_CHECKING:
    from engine.decoders.base import Decoder

_AROUND = 96
"""Pixels of surroundings that are computed: what lies further moves next to nothing; 8-bit integers are
rounded a little differently (see `engine.decoders.tiles`)."""


@dataclass(frozen=True, eq=False)
class BlockTrace:
    """Coefficients of one component's block in levels, float32 (8, 8) each: as the network estimated them,
    as projected into their intervals, and as finished, before the picture was rounded to 8 bits."""

    network: NDArray[np.float32]
    projected: NDArray[np.float32]
    finished: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class PatchTrace:
    """share: of the network's change that was applied to the patch, strength and guard together. projects:
    whether estimates are kept within the intervals. blocks: of Y, Cb and Cr."""

    share: float
    projects: bool
    blocks: tuple[BlockTrace, ...]


def trace_patch(
    decoder: Decoder, coded: Coded, options: DecodeOptions, step: int, patch: tuple[int, int]
) -> PatchTrace | None:
    """Follow the patch at (row, column) after `step` steps, 1 or more; None for decoders that can't be run
    on a part of the picture alone, and for streams without blocks."""
    from engine.decoders.sweep import SweepDecoder

    if not isinstance(decoder, SweepDecoder) or coded.symbols is None or step < 1:
        return None
    import torch

    box = top, left, *_ = around(coded, patch)
    part, estimate = decoder.unfinished(coded, options, step, box)
    with torch.inference_mode():
        found, wanted, share = part.explained(estimate)
        finished = part.spectra(part.finish(estimate))
    row, column = patch[0] - top // PATCH, patch[1] - left // PATCH
    blocks = []
    for network, projected, shown in zip(found, wanted, finished, strict=True):
        at = row * network.shape[0] // share.shape[0], column * network.shape[1] // share.shape[1]
        blocks.append(BlockTrace(*(_block(each[at]) for each in (network, projected, shown))))
    return PatchTrace(float(share[row, column]), part.finisher.project, tuple(blocks))


def around(coded: Coded, patch: tuple[int, int]) -> tuple[int, int, int, int]:
    """What is computed of the picture for the patch at (row, column): top, left, bottom, right in pixels."""
    from engine.decoders.cells import UNIT

    y, x = (PATCH * place // UNIT * UNIT for place in patch)
    top, left = max(0, y - _AROUND), max(0, x - _AROUND)
    return top, left, min(coded.height, y + UNIT + _AROUND), min(coded.width, x + UNIT + _AROUND)


def _block(values: object) -> NDArray[np.float32]:
    from torch import Tensor

    assert isinstance(values, Tensor)
    return frozen(values.reshape(PATCH, PATCH).float().cpu().numpy())
