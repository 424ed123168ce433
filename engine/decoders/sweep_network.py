"""Sweep network: a recurrent convolutional network over the whole picture, weights shared over sweeps.

Works at half resolution (2×2 pixels a cell). With q the standard decode in YCbCr, s the stream's step
scale and P a learned bias for each position inside the 16×16 coding unit, sweep k = 1..K computes

    u_k = relu(W_q [q, log s, f, c] + P + W_e · 4 (x_{k-1} - q))     what is seen
    h_k = R(u_1)  for k = 1,   R(W_m [h_{k-1}, u_k])  after that      what is remembered
    x_k = x_{k-1} + W_o h_k / 4,        x_0 = q                        the estimate

where R is a chain of residual blocks h + W_b relu(W_a h), f tells whether chroma is at full resolution,
c, in networks for several codecs, which one it is (one-hot), and all W but W_m (1×1) are 3×3 convolutions.
W_o starts at zero, so training starts from the standard decode. The recurrence over estimates follows
Ororbia, Mali et al., *Learned Neural Iterative Decoding* (DCC 2019); the convolutional form is this
project's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

UNIT = 16
"""Side of a 4:2:0 coding unit in pixels: pictures are padded to a multiple of it."""
_CELLS = UNIT // 2


@dataclass(frozen=True)
class SweepSizes:
    """channels: width of the hidden state; blocks: residual blocks a sweep; steps: sweeps in training;
    codecs: how many codecs' streams the network tells apart; tables: whether it is told the form of the
    quantisation tables too (see `table_form`). scales: step scales, rising, with weights of their own (see
    `engine.decoders.scaled_sweep`); none: the same weights for all streams."""

    channels: int = 48
    blocks: int = 2
    steps: int = 4
    codecs: int = 1
    tables: bool = False
    scales: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if min(self.channels, self.steps, self.codecs) < 1 or self.blocks < 0:
            raise ValueError("channels, steps and codecs must be at least 1, blocks at least 0")
        rising = all(low < high for low, high in zip((0.0, *self.scales), self.scales, strict=False))
        if len(self.scales) == 1 or not rising:
            raise ValueError("scales must be none, or at least two, positive and rising")

    @property
    def conditions(self) -> int:
        """Numbers that the network is told about a stream, see `condition_of`."""
        return 2 + (self.codecs if self.codecs > 1 else 0) + 2 * self.tables


class ResidualBlock(nn.Module):
    """h + W_b relu(W_a h)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.a = nn.Conv2d(channels, channels, 3, padding=1)
        self.b = nn.Conv2d(channels, channels, 3, padding=1)
        with torch.no_grad():
            self.b.weight.mul_(0.1)

    def forward(self, h: Tensor) -> Tensor:
        # In place: a picture's planes are large, and fresh memory costs a tenth of the time.
        changed: Tensor = self.b(F.relu_(self.a(h)))
        return changed.add_(h)


class SweepNetwork(nn.Module):
    """The network of the module's docstring."""

    def __init__(self, sizes: SweepSizes) -> None:
        super().__init__()
        n = sizes.channels
        self.sizes = sizes
        self.seen = nn.Conv2d(12 + sizes.conditions, n, 3, padding=1)
        self.changed = nn.Conv2d(12, n, 3, padding=1, bias=False)
        self.position = nn.Parameter(torch.randn(1, n, _CELLS, _CELLS) * 0.1)
        self.remember = nn.Conv2d(2 * n, n, 1)
        self.blocks = nn.ModuleList(ResidualBlock(n) for _ in range(sizes.blocks))
        self.out = nn.Conv2d(n, 12, 3, padding=1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)  # type: ignore[arg-type]

    def forward(self, standard: Tensor, condition: Tensor, steps: int) -> Iterator[Tensor]:
        """Yield the estimates of `steps` sweeps.

        standard: (batch, 3, height, width) YCbCr, 0 to 1, sides multiples of 16. condition: (batch,
        `sizes.conditions`), see `condition_of`. Estimates have standard's shape.
        """
        for _, _, change in self.sweeps(standard, condition, steps):
            yield standard + F.pixel_shuffle(change, 2)

    def sweeps(
        self, standard: Tensor, condition: Tensor, steps: int
    ) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """What `forward` computes on the way: of each sweep u_k and h_k, (batch, channels, rows, columns),
        and x_k - q, (batch, 12, rows, columns), see `pixel_unshuffle`."""
        dtype = self.out.weight.dtype
        centred = standard - standard.new_tensor([0.5, 0.0, 0.0]).view(1, 3, 1, 1)
        q = F.pixel_unshuffle(centred, 2)
        batch, _, rows, columns = q.shape
        planes = condition.to(q.dtype).view(batch, -1, 1, 1).expand(-1, -1, rows, columns)
        base = self.seen(torch.cat([2 * q, planes], 1).to(dtype))
        base = base + self.position.repeat(1, 1, rows // _CELLS, columns // _CELLS)
        change = torch.zeros_like(q)
        hidden: Tensor | None = None
        for k in range(steps):
            u = F.relu(base) if k == 0 else F.relu_(self.changed((4 * change).to(dtype)).add_(base))
            hidden = u if hidden is None else self.remember(torch.cat([hidden, u], 1))
            for block in self.blocks:
                hidden = block(hidden)
            change = change.add(self.out(hidden).to(change.dtype), alpha=0.25)
            yield u, hidden, change


Network = TypeVar("Network", bound=nn.Module)


def channels_last(network: Network) -> Network:
    """The same network with its weights laid out for channels-last convolutions, the quicker ones."""
    for parameter in network.parameters():
        if parameter.ndim == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
    return network
