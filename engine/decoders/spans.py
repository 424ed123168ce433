"""Spans of a row, as the decoders that have to remember see them (tasks of the lab, see `memory`).

A picture's patches, (rows, columns, 192) coefficients in the order of `dct`, are cut into spans along the
rows; what a network is given of a patch is its own symbols alone, so what it answers about another patch can
come from nothing but its state.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from engine.decoders import raster_features as rf
from engine.decoders.base import YCC_TO_RGB, colour_matrix
from engine.decoders.dct import patch_samples
from engine.types import PATCH, Pixels

OWN_FEATURES = 2 * rf.OWN + 2
"""The patch's own symbols, squashed twice, log step scale, and whether chroma is whole."""
_DC = (0, 64, 128)
_STAGGER = 3
"""Patches by which bursts of lost ones move from a row to the next."""


def cut(values: Tensor, span: int) -> Tensor:
    """(rows, columns, …) to (rows · spans of a row, span, …), zeros beyond the end of a row."""
    rows, columns = values.shape[:2]
    missing = -columns % span
    wide = torch.nn.functional.pad(values, (*[0, 0] * (values.ndim - 2), 0, missing))
    return wide.reshape(rows * (columns + missing) // span, span, *values.shape[2:])


def joined(values: Tensor, rows: int, columns: int) -> Tensor:
    """Inverse of `cut`: (rows · spans, span, …) to (rows, columns, …)."""
    return values.reshape(rows, -1, *values.shape[2:])[:, :columns]


def own_features(coefficients: Tensor, scale: float, full_chroma: bool) -> Tensor:
    """(…, 192) coefficients as a network sees them, (…, OWN_FEATURES). scale: the JPEG step scale."""
    own = torch.cat([coefficients[..., 0:64], coefficients[..., 64:80], coefficients[..., 128:144]], -1)
    step = own.new_tensor(scale)
    flags = torch.stack([step.log(), own.new_tensor(float(full_chroma))]).expand(*own.shape[:-1], 2)
    return torch.cat([rf.squash(own, step), flags], -1)


def sent(values: Tensor) -> Tensor:
    """(spans, span, 192) coefficients with their DCs as differences to the patch before, the first whole."""
    dc = rf.own_dc(values)
    result = values.clone()
    result[..., list(_DC)] = torch.cat([dc[:, :1], dc[:, 1:] - dc[:, :-1]], 1)
    return result


def lost(row: Tensor, column: Tensor, keep: int, lose: int) -> Tensor:
    """bool (spans, span): of every `keep + lose` patches the last `lose`. row: int64 (spans,). column: int64
    (spans, span)."""
    place: Tensor = (column + _STAGGER * row[:, None]) % (keep + lose)
    return place >= keep


def rgb(grid: Tensor) -> Pixels:
    """(rows, columns, 192) YCbCr coefficients to 8-bit pixels, (8 · rows, 8 · columns, 3)."""
    samples = patch_samples(grid)
    level = samples.new_tensor([128.0, 0.0, 0.0])[:, None]
    shown = (colour_matrix(YCC_TO_RGB, samples) @ (samples + level)).clamp(0, 255).round().to(torch.uint8)
    rows, columns = grid.shape[:2]
    blocks = shown.view(rows, columns, 3, PATCH, PATCH).permute(0, 3, 1, 4, 2)
    return np.ascontiguousarray(blocks.reshape(rows * PATCH, columns * PATCH, 3).cpu().numpy())
