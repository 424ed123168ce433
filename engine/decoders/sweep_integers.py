"""The sweeps of `sweep_network` with 8-bit integers where nearly all of the time goes, in the residual
blocks: a processor with 8-bit dot products (VNNI) does their convolutions twice as quickly as in bfloat16. In
memory and output they would save little: what W_o reads goes into the picture as it is (0.001 dB).

What a convolution reads is rounded to at most 256 levels, and what it adds is summed up in the floating-point
type of the hidden state, so that errors don't add up over blocks and sweeps:

    a = round(h / s),   b = round(relu(W_a s a) / t),   h := h + W_b t b,

with steps s and t that give the largest value of the tile's planes the last level, and weights in 255 levels,
a step for each output channel. A step that is known before, for all pictures, would have to be two to four
times as large, for what screens and plans bring up: 0.007 to 0.05 dB, where this costs 0.001 to 0.003.
Quantisation of this kind: Jacob et al., *Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference* (CVPR 2018), here without training for it.

PyTorch has these operators for its compiler, as those of `sweep_fused`; `available` tells whether it has.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from engine.decoders.sweep_fused import Forward, fused

_PIECE = 1 << 20
"""So many values are rounded at once: their single-precision copy stays in the cache."""
_WHOLE = 1.5 * 2**23
"""A number in single precision of this size is a whole one, and its last byte is that of the integer: PyTorch
rounds so in a third of the time that its conversion to bytes takes."""


def available(device: torch.device) -> bool:
    """Whether `device` has 8-bit dot products, and PyTorch operators for them.

    Older processors multiply bytes with sums of 16 bits, which overflow: there it isn't offered.
    """
    asked = [
        getattr(torch.cpu, name, None)
        for name in ("_is_vnni_supported", "_is_avx512_vnni_supported", "_is_amx_tile_supported")
    ]
    operators = torch.ops.onednn
    return (
        device.type == "cpu"
        and any(ask is not None and ask() for ask in asked)
        and torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
        and hasattr(operators, "qconv_prepack")
        and hasattr(operators, "qconv2d_pointwise")
    )


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
        largest = _largest(flat, positive) or 1.0
        step, zero = (largest / 255, 0) if positive else (largest / 127, 128)
        level = torch.empty_like(values, dtype=torch.uint8)
        bytes_ = level.permute(0, 2, 3, 1).view(-1).view(torch.int8)
        piece = flat.new_empty(min(_PIECE, len(flat)), dtype=torch.float32)
        origin = torch.tensor(_WHOLE + zero)
        for source, target in zip(_pieces(flat), _pieces(bytes_), strict=True):
            found = piece[: len(source)].copy_(source)
            torch.add(origin, found, alpha=1 / step, out=found)
            target.copy_(found.view(torch.int32))
        return cls(level, step, zero)


def _pieces(flat: Tensor) -> tuple[Tensor, ...]:
    return torch.split(flat, _PIECE)


def _largest(flat: Tensor, positive: bool) -> float:
    """The largest absolute value."""
    if flat.dtype is torch.bfloat16:  # its bits are integers of the same order
        bits = flat.view(torch.int16)
        found = [(each if positive else each.bitwise_and(0x7FFF)).amax() for each in _pieces(bits)]
        return torch.stack(found).amax().view(torch.bfloat16).item()
    return flat.abs().amax().item()


@dataclass
class Convolution:
    """A convolution with 8-bit weights: (out, in, side, side), `side` odd, stride 1, same size."""

    weight: Tensor
    bias: Tensor | None
    steps: Tensor = field(init=False)
    _zeros: Tensor = field(init=False)
    _packed: dict[int, Tensor] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        weight = self.weight.float()
        self.steps = (weight.abs().amax((1, 2, 3)) / 127).clamp_min(1e-12)
        self.weight = (weight / self.steps.view(-1, 1, 1, 1)).round().to(torch.int8)
        self.bias = None if self.bias is None else self.bias.float()
        self._zeros = torch.zeros(len(weight), dtype=torch.int32)

    def relu(self, x: Levels, dtype: torch.dtype) -> Tensor:
        """relu(W x + b) in floating point."""
        found: Tensor = torch.ops.onednn.qconv2d_pointwise(
            *self._given(x), self.bias, *self._shape(), 1.0, 0, dtype, "relu", [], ""
        )
        return found

    def add(self, target: Tensor, x: Levels) -> None:
        """target += W x + b, in place."""
        torch.ops.onednn.qconv2d_pointwise.binary(
            *self._given(x), target, self.bias, *self._shape(), 1.0, 0, target.dtype, 1.0, 0,
            "sum", 1.0, "none", [], "",
        )  # fmt: skip

    def _given(self, x: Levels) -> tuple[Tensor, float, int, Tensor, Tensor, Tensor]:
        if x.zero not in self._packed:
            self._packed[x.zero] = torch.ops.onednn.qconv_prepack(
                self.weight, self.steps, x.step, x.zero, *self._shape(), None
            )
        return x.level, x.step, x.zero, self._packed[x.zero], self.steps, self._zeros

    def _shape(self) -> tuple[list[int], list[int], list[int], int]:
        """Stride, padding, dilation and groups."""
        return [1, 1], [self.weight.shape[2] // 2] * 2, [1, 1], 1


def in_integers(network: Any) -> Forward | None:
    """The sweeps of a `SweepNetwork` whose weights are channels last; for inference only. None where PyTorch
    can't."""
    pairs = [
        (Convolution(block.a.weight, block.a.bias), Convolution(block.b.weight, block.b.bias))
        for block in network.blocks
    ]

    def mend(hidden: Tensor) -> None:
        for a, b in pairs:
            inner = a.relu(Levels.of(hidden), hidden.dtype)
            levels = Levels.of(inner, positive=True)
            del inner
            b.add(hidden, levels)
            del levels

    return fused(network, mend)
