"""The sweeps of `sweep_network` with 8-bit integers where nearly all of the time goes, in the residual
blocks: a processor with 8-bit dot products (VNNI) does their convolutions twice as quickly as in bfloat16. In
memory and output they would save little: what W_o reads goes into the picture as it is (0.001 dB).

What a convolution reads is rounded to at most 256 levels, and what it adds is summed up in the floating-point
type of the hidden state, so that errors don't add up over blocks and sweeps:

    a = round(h / s),   b = round(relu(W_a s a) / t),   h := h + W_b t b,

with steps s and, in the first sweep, t that give the largest value of the tile's planes the last level, and
weights in 255 levels, a step for each output channel. A step that is known before, for all pictures, would
have to be two to four times as large, for what screens and plans bring up: 0.007 to 0.05 dB, where this costs
0.001 to 0.003. But a tile's own values seldom grow from sweep to sweep (those of relu come to 0.55 to 1.0 of
what they were, in the median): from the second on t is what the sweep before would have wanted and an eighth
more, so that the convolution itself can round. Where a value reaches the last level, or none a fifth of it,
that block's inner values are computed anew, to a step of their own.

Quantisation of this kind: Jacob et al., *Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference* (CVPR 2018), here without training for it.

PyTorch has these operators for its compiler, as those of `sweep_fused`; `available` tells whether it has.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.decoders import sweep_fused

_PIECE = 1 << 20
"""So many values are rounded at once: their single-precision copy stays in the cache."""
_LAST = 255
"""The highest level."""
_FEWEST = 48
"""Planes that don't reach this level are rounded anew, to a step of their own."""
_ROOM = 1.125
"""So much larger than a sweep ago may a block's values be: one in ten is larger, one in fifty by so much."""
_SIGNED = 128
"""The level that stands for zero where values have a sign."""
_NOTHING = 1e-30
"""A largest value below this counts as this: its reciprocal is still a number."""
_WHOLE = 1.5 * 2**23
"""A number in single precision of this size is a whole one, and its last byte is that of the integer: PyTorch
rounds so in a third of the time that its conversion to bytes takes."""


def available(device: torch.device) -> bool:
    """Whether `device` has 8-bit dot products, and PyTorch operators for them.

    Older processors multiply bytes with sums of 16 bits, which overflow: there it isn't offered.
    """
    if device.type != "cpu" or not sweep_fused.available(device, torch.float32):
        return False
    asked = [
        getattr(torch.cpu, name, None)
        for name in ("_is_vnni_supported", "_is_avx512_vnni_supported", "_is_amx_tile_supported")
    ]
    return any(ask is not None and ask() for ask in asked) and _tried()


@lru_cache(maxsize=1)
def _tried() -> bool:
    """Whether the operators, which have no public names, are here and do what they are taken for."""
    generator = torch.Generator().manual_seed(0)
    x, weight = torch.randn(1, 16, 8, 8, generator=generator), torch.randn(16, 16, 3, 3, generator=generator)
    x, bias = x.contiguous(memory_format=torch.channels_last), weight[:, 0, 0, 0].contiguous()
    try:
        own = Convolution.of(weight, bias)
        total = torch.zeros_like(x)
        own.add(total, Levels.of(x))
        positive = own.relu(Levels.of(x), torch.float32)
        half = own.relu_in_levels(Levels.of(x), positive.max().item() / 2 / _LAST)
    except (AttributeError, RuntimeError, TypeError):
        return False
    expected = F.conv2d(x, weight, bias, padding=1)
    rounded, clipped = half.step * half.level.float(), expected.clamp(0, half.step * _LAST)
    errors = (total - expected, positive - expected.relu(), rounded - clipped)
    error = max(each.abs().max() for each in errors)
    return bool(half.level.max() == _LAST and error < 0.05 * expected.abs().max())


@dataclass(frozen=True)
class Levels:
    """Planes in 256 levels: value = step · (level - zero). level: uint8, (1, channels, rows, columns)."""

    level: Tensor
    step: float
    zero: int

    @classmethod
    def of(cls, values: Tensor, positive: bool = False) -> Levels:
        """values: (1, channels, rows, columns), channels last, finite. positive: none is below zero."""
        flat = values.permute(0, 2, 3, 1).view(-1)
        largest = max(_largest(flat, positive), _NOTHING)
        step, zero = (largest / _LAST, 0) if positive else (largest / 127, _SIGNED)
        level = torch.empty_like(values, dtype=torch.uint8)
        bytes_ = level.permute(0, 2, 3, 1).view(-1).view(torch.int8)
        room = flat.new_empty(min(_PIECE, len(flat)), dtype=torch.float32)
        origin = torch.tensor(_WHOLE + zero)
        for source, target in zip(_pieces(flat), _pieces(bytes_), strict=True):
            found = room[: len(source)]
            single = source if source.dtype == found.dtype else found.copy_(source)
            torch.add(origin, single, alpha=1 / step, out=found)
            target.copy_(found.view(torch.int32))
        return cls(level, step, zero)


def _pieces(flat: Tensor) -> tuple[Tensor, ...]:
    return torch.split(flat, _PIECE)


def _largest(flat: Tensor, positive: bool) -> float:
    """The largest absolute value. positive: none is below zero."""
    if flat.dtype is torch.bfloat16:  # its bits are integers of the same order
        bits = flat.view(torch.int16)
        found = [(each if positive else each.bitwise_and(0x7FFF)).amax() for each in _pieces(bits)]
        return torch.stack(found).amax().view(torch.bfloat16).item()
    return max((each if positive else each.abs()).amax().item() for each in _pieces(flat))


@dataclass(frozen=True)
class Convolution:
    """A convolution, stride 1, same size: weight = steps · levels, int8 (out, in, side, side), `side` odd, by
    output channel. packed: the levels as oneDNN reads them, for inputs with and without a sign."""

    levels: Tensor
    steps: Tensor
    bias: Tensor
    packed: dict[int, Tensor]

    @classmethod
    def of(cls, weight: Tensor, bias: Tensor) -> Convolution:
        """weight: (out, in, side, side); bias: (out,), both in floating point."""
        weight, bias = weight.detach().float(), bias.detach().float()
        steps = (weight.abs().amax((1, 2, 3)) / 127).clamp_min(1e-12)
        levels = (weight / steps.view(-1, 1, 1, 1)).round().to(torch.int8)
        shape = _shape(levels)
        prepack = torch.ops.onednn.qconv_prepack
        packed = {zero: prepack(levels, steps, 1.0, zero, *shape, None) for zero in (0, _SIGNED)}
        return cls(levels, steps, bias, packed)

    def relu(self, x: Levels, dtype: torch.dtype) -> Tensor:
        """relu(W x + b) in floating point."""
        found: Tensor = torch.ops.onednn.qconv2d_pointwise(
            *self._given(x), self.bias, *_shape(self.levels), 1.0, 0, dtype, "relu", [], ""
        )
        return found

    def relu_in_levels(self, x: Levels, step: float) -> Levels:
        """relu(W x + b) in levels of `step`; the last one stands for all values above it, too."""
        level = torch.ops.onednn.qconv2d_pointwise(
            *self._given(x), self.bias, *_shape(self.levels), step, 0, torch.uint8, "relu", [], ""
        )
        return Levels(level, step, 0)

    def add(self, target: Tensor, x: Levels) -> None:
        """target += W x + b, in place."""
        torch.ops.onednn.qconv2d_pointwise.binary(
            *self._given(x), target, self.bias, *_shape(self.levels), 1.0, 0, target.dtype, 1.0, 0,
            "sum", 1.0, "none", [], "",
        )  # fmt: skip

    def _given(self, x: Levels) -> tuple[Tensor, float, int, Tensor, Tensor, Tensor]:
        zeros = torch.zeros(len(self.steps), dtype=torch.int32)
        return x.level, x.step, x.zero, self.packed[x.zero], self.steps, zeros


def _shape(levels: Tensor) -> tuple[list[int], list[int], list[int], int]:
    """Stride, padding, dilation and groups."""
    return [1, 1], [levels.shape[2] // 2] * 2, [1, 1], 1


def in_integers(network: Any) -> sweep_fused.Forward | None:
    """The sweeps of a `SweepNetwork` whose weights are channels-last; for inference only. None where PyTorch
    can't."""
    pairs = tuple(
        (Convolution.of(block.a.weight, block.a.bias), Convolution.of(block.b.weight, block.b.bias))
        for block in network.blocks
    )
    return sweep_fused.fused(network, lambda: _Blocks(pairs))


class _Blocks:
    """The residual blocks over the sweeps of one call. largest: the largest of each block's inner values in
    the sweep before, 0 before the first."""

    def __init__(self, pairs: tuple[tuple[Convolution, Convolution], ...]) -> None:
        self.pairs = pairs
        self.largest = [0.0] * len(pairs)

    def __call__(self, hidden: Tensor) -> None:
        for i, (a, b) in enumerate(self.pairs):
            inner, top = self._inner(i, a, Levels.of(hidden), hidden.dtype)
            self.largest[i] = inner.step * top
            b.add(hidden, inner)
            del inner

    def _inner(self, i: int, a: Convolution, x: Levels, dtype: torch.dtype) -> tuple[Levels, int]:
        """relu(W_a x + b) of block `i` in levels, and the highest of these."""
        if self.largest[i] > _NOTHING:
            found = a.relu_in_levels(x, _ROOM * self.largest[i] / _LAST)
            top = int(found.level.amax())
            if _FEWEST <= top < _LAST:
                return found, top
            del found
        inner = a.relu(x, dtype)
        del x
        return Levels.of(inner, positive=True), _LAST
