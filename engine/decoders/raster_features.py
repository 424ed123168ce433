"""What the raster decoder sees of a patch: its own symbols and the low frequencies of its neighbours.

For patch i with standard decode q, f_i holds, all squashed twice as 2·tanh(f / 40s) and tanh(f / 8s)
with s the stream's step scale:

    own patch          64 Y, 16 Cb and 16 Cr coefficients in zigzag order
    each neighbour     15 Y, 4 Cb and 4 Cr; DC as the difference to the own DC

and log s, whether chroma has full resolution, and which neighbours are there at all (a neighbour beyond
the picture's edge or outside the chosen context is absent: zeros). Causal neighbours (NW, N, NE, W) are
read from the refined picture, non-causal ones (E, SW, S, SE) from the standard decode.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

CAUSAL = ((-1, -1), (-1, 0), (-1, 1), (0, -1))
NONCAUSAL = ((0, 1), (1, -1), (1, 0), (1, 1))
OWN = 64 + 16 + 16
LOW = 15 + 4 + 4
_LOW_DC = (0, 15, 19)
_DC = (0, 64, 128)
STATIC = 2 * OWN + 2 * 4 * LOW + 2 + 8
"""Features known before the scan; causal features follow them."""
FEATURES = STATIC + 2 * 4 * LOW


def low(coefficients: Tensor) -> Tensor:
    """(…, 192) to the (…, 23) low frequencies that neighbours look at."""
    return torch.cat([coefficients[..., 0:15], coefficients[..., 64:68], coefficients[..., 128:132]], -1)


def surrounded(values: Tensor) -> Tensor:
    """(batch, rows, columns, n) with a border of zeros, one patch wide."""
    return torch.nn.functional.pad(values, (0, 0, 1, 1, 1, 1))


@dataclass(frozen=True)
class Places:
    """Where patches stand in a batch of grids: flat indices with and without the border.

    plain, bordered: int64 (patches,). stride: bordered columns. there: float (patches, 8), 1 where a
    neighbour (causal ones first) lies inside the picture.
    """

    plain: Tensor
    bordered: Tensor
    stride: int
    there: Tensor

    def neighbours(self, offsets: tuple[tuple[int, int], ...]) -> Tensor:
        """Bordered flat indices of the neighbours, (patches, len(offsets))."""
        shifts = self.bordered.new_tensor([dy * self.stride + dx for dy, dx in offsets])
        return self.bordered[:, None] + shifts

    def __getitem__(self, chosen: Tensor | slice) -> Places:
        return Places(self.plain[chosen], self.bordered[chosen], self.stride, self.there[chosen])


def places(grid: Tensor, row: Tensor, column: Tensor, rows: int, columns: int) -> Places:
    """Places of patches (row, column) of grid number `grid` (all int64, same length)."""
    inside = [
        (row + dy >= 0) & (row + dy < rows) & (column + dx >= 0) & (column + dx < columns)
        for dy, dx in CAUSAL + NONCAUSAL
    ]
    return Places(
        plain=(grid * rows + row) * columns + column,
        bordered=(grid * (rows + 2) + row + 1) * (columns + 2) + column + 1,
        stride=columns + 2,
        there=torch.stack(inside, -1).float(),
    )


def squash(values: Tensor, scale: Tensor) -> Tensor:
    """Two views of `values` (…, n): coarse and fine, (…, 2n). scale: broadcastable to (…, 1)."""
    return torch.cat([2 * torch.tanh(values / (40 * scale)), torch.tanh(values / (8 * scale))], -1)


def own_dc(coefficients: Tensor) -> Tensor:
    """(…, 192) to the (…, 3) DC coefficients."""
    return coefficients[..., list(_DC)]


def neighbour_features(
    bordered_low: Tensor, index: Tensor, dc: Tensor, there: Tensor, scale: Tensor
) -> Tensor:
    """(patches, 4·2·23) features of four neighbours.

    bordered_low: (all bordered patches, 23). index: (patches, 4). dc: (patches, 3), the patch's own.
    there: (patches, 4). scale: (patches, 1).
    """
    values = bordered_low[index]
    reference = torch.zeros_like(values[:, :1])
    reference[:, 0, list(_LOW_DC)] = dc
    values = (values - reference) * there[..., None].to(values.dtype)
    return squash(values, scale[:, None]).flatten(1)


def static_features(
    coefficients: Tensor,
    bordered_low: Tensor,
    where: Places,
    there: Tensor,
    scale: Tensor,
    full_chroma: Tensor,
) -> Tensor:
    """(patches, STATIC) features that need no refined neighbour.

    coefficients: (all patches, 192) of the standard decode. there: (patches, 8), already masked by the
    context. scale, full_chroma: (patches, 1).
    """
    own = coefficients[where.plain]
    picked = torch.cat([own[:, 0:64], own[:, 64:80], own[:, 128:144]], -1)
    around = neighbour_features(bordered_low, where.neighbours(NONCAUSAL), own_dc(own), there[:, 4:], scale)
    flags = torch.cat([scale.log(), full_chroma, there.to(own.dtype)], -1)
    return torch.cat([squash(picked, scale), around, flags], -1)
