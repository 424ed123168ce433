"""The sweeps of `sweep.SweepNetwork` as oneDNN computes them best: sums and relu within the convolutions.

The equations are those of `sweep`; only what a convolution is followed by is done while its result is still
in the cache, and the memory's 1×1 convolution reads h and u where they stand instead of a copy of both. Of
the layers' outputs nothing but these planes is held, so that a tile's largest piece of memory is one of them.
Results differ from the plain form by rounding alone: a sum is rounded once instead of twice.

PyTorch has these operators for its compiler, and names them with an underscore: where they are missing, or on
other devices, `fused` says None and the plain form computes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Forward = Callable[[Tensor, Tensor, int], Iterator[Tensor]]
"""What `SweepNetwork` is called with and yields."""


def available(device: torch.device, dtype: torch.dtype) -> bool:
    """Whether PyTorch can fuse here; bfloat16 only where the processor has what oneDNN asks for."""
    mkldnn = torch.ops.mkldnn
    if dtype is torch.bfloat16 and not (
        hasattr(mkldnn, "_is_mkldnn_bf16_supported") and mkldnn._is_mkldnn_bf16_supported()
    ):
        return False
    return (
        dtype in (torch.float32, torch.bfloat16)
        and device.type == "cpu"
        and torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
        and hasattr(mkldnn, "_convolution_pointwise")
        and hasattr(mkldnn, "_convolution_pointwise_")
    )


class Blocks(Protocol):
    def __call__(self, hidden: Tensor) -> None:
        """All residual blocks of the next sweep, in place."""
        ...


def _blocks(network: Any) -> Blocks:
    """Those of `network` in its weights' own type."""

    def mend(hidden: Tensor) -> None:
        for block in network.blocks:
            inner = convolved(hidden, block.a.weight, block.a.bias, "relu")
            add(hidden, inner, block.b.weight, block.b.bias)
            del inner

    return mend


def fused(network: Any, blocks: Callable[[], Blocks] | None = None) -> Forward | None:
    """The sweeps of a `SweepNetwork` whose weights are channels-last; for inference only. None where PyTorch
    can't. blocks: makes, for each call, what computes the residual blocks (see `sweep_integers`), by
    default in the network's own type."""
    weight = network.out.weight
    if not available(weight.device, weight.dtype):
        return None
    blocks = blocks or partial(_blocks, network)
    n = weight.shape[1]
    remember = network.remember.weight
    parts = [
        half.contiguous(memory_format=torch.channels_last) for half in (remember[:, :n], remember[:, n:])
    ]
    position = network.position[0].permute(1, 2, 0)[None, :, None].contiguous()  # (1, 8, 1, 8, n)

    def forward(standard: Tensor, condition: Tensor, steps: int) -> Iterator[Tensor]:
        dtype, cells = weight.dtype, position.shape[1]
        q = F.pixel_unshuffle(standard - standard.new_tensor([0.5, 0.0, 0.0]).view(1, 3, 1, 1), 2)
        _, _, rows, columns = q.shape
        planes = condition.to(q.dtype).view(1, -1, 1, 1).expand(-1, -1, rows, columns)
        base = network.seen(_last(torch.cat([2 * q, planes], 1).to(dtype)))
        units = base.permute(0, 2, 3, 1).view(rows // cells, cells, columns // cells, cells, n)
        units.add_(position)
        change = torch.zeros_like(q, memory_format=torch.channels_last)
        hidden = F.relu(base)
        mend = blocks()
        for k in range(steps):
            if k:
                u = summed(_last((4 * change).to(dtype)), base, network.changed.weight)
                hidden = convolved(hidden, parts[0], network.remember.bias)
                add(hidden, u, parts[1], None)
                del u
            mend(hidden)
            change = change.add_(network.out(hidden).to(change.dtype), alpha=0.25)
            yield _shuffled(standard, change)

    return forward


def _shuffled(standard: Tensor, change: Tensor) -> Tensor:
    """standard + pixel_shuffle(change, 2), in one pass over `change`, which lies channels last."""
    batch, planes, height, width = standard.shape
    cells = batch, planes, height // 2, 2, width // 2, 2
    each = change.permute(0, 2, 3, 1).view(batch, height // 2, width // 2, planes, 2, 2)
    estimate = torch.empty_like(standard, memory_format=torch.contiguous_format)
    torch.add(standard.reshape(cells), each.permute(0, 3, 1, 4, 2, 5), out=estimate.view(cells))
    return estimate


def _last(planes: Tensor) -> Tensor:
    return planes.contiguous(memory_format=torch.channels_last)


def _shape(weight: Tensor) -> tuple[list[int], list[int], list[int], int]:
    """Padding, stride, dilation and groups of the networks' convolutions."""
    return [weight.shape[2] // 2] * 2, [1, 1], [1, 1], 1


def convolved(x: Tensor, weight: Tensor, bias: nn.Parameter | None, after: str = "none") -> Tensor:
    """W x + b, or relu of it."""
    result: Tensor = torch.ops.mkldnn._convolution_pointwise(x, weight, bias, *_shape(weight), after, [], "")
    return result


def summed(x: Tensor, other: Tensor, weight: Tensor) -> Tensor:
    """relu(other + W x)."""
    result: Tensor = torch.ops.mkldnn._convolution_pointwise.binary(
        x, other, weight, None, *_shape(weight), "add", 1.0, "relu", [], ""
    )
    return result


def add(target: Tensor, x: Tensor, weight: Tensor, bias: nn.Parameter | None) -> None:
    """target += W x + b, in place."""
    torch.ops.mkldnn._convolution_pointwise_.binary(
        target, x, weight, bias, *_shape(weight), "add", 1.0, None, [], ""
    )
