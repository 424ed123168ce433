"""What the raster decoder's network held, taken down patch by patch while a scan goes on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from engine.decoders.raster_network import RasterSizes
from engine.types import Inside, frozen

START, NONE = -1, -2
"""In `Inside.recalled`: the start of the span, and no memory."""
_MOST = float(np.finfo(np.float16).max)
"""Recalled states may add up: without a bound those of an untrained network end as infinities."""


class Notes:
    """Room for all steps of a picture of rows × columns patches."""

    def __init__(self, sizes: RasterSizes, rows: int, columns: int, steps: int) -> None:
        self.sizes, self.grid, self.steps = sizes, (rows, columns), steps
        count = rows * columns
        self.hidden = np.zeros((steps, count, sizes.units), np.float16)
        self.recalled = np.full((steps, count, sizes.k_top), NONE, np.int16)
        self.weights = np.zeros((steps, count, sizes.k_top), np.float16)

    def take(self, chosen: Tensor, states: Sequence[Tensor], recalled: Sequence[Tensor]) -> None:
        """States of all steps of patches `chosen` (flat indices), (patches, state size) each, and of
        attentive networks the weights of their memories."""
        where = chosen.cpu().numpy()
        hidden = torch.stack(list(states))[..., : self.sizes.units].clamp(-_MOST, _MOST)
        self.hidden[:, where] = hidden.to(torch.float16).cpu().numpy()
        if not recalled:
            return
        weights = torch.stack(list(recalled))  # (steps, patches, 1 + memories)
        most = weights.topk(min(self.sizes.k_top, weights.shape[-1]), -1)
        column = (chosen % self.grid[1]).cpu()
        start = column - column % self.sizes.span
        slot = most.indices.cpu()
        made_in = (slot * self.sizes.k_att - 1).div(self.steps, rounding_mode="floor")
        patch = torch.where(slot == 0, START, start[:, None] + made_in)
        patch = torch.where(most.values.cpu() > 0, patch, NONE)
        self.recalled[:, where, : patch.shape[-1]] = patch.numpy()
        self.weights[:, where, : patch.shape[-1]] = most.values.to(torch.float16).cpu().numpy()

    def inside(self, k: int) -> Inside:
        """What was taken down of step k, counted from 0; nothing more can be taken down after it."""
        rows, columns = self.grid
        parts = []
        for values in (self.hidden, self.recalled, self.weights):
            values.setflags(write=False)  # so that `frozen` needs no copy: all steps are large
            parts.append(frozen(values[k].reshape(rows, columns, -1)))
        return Inside(*parts)
