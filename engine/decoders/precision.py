"""In which precision sweep networks compute: 8-bit integers where the processor multiplies them natively and
they serve the model, else bfloat16 where the processor has that, else single."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from engine.choices import PRECISIONS
from engine.decoders import sweep_integers
from engine.errors import UserError

AUTO, SINGLE, BF16, INT8 = PRECISIONS


def has_bf16(device: torch.device) -> bool:
    """Whether `device` multiplies bfloat16 natively; elsewhere it would be slower than single precision."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type != "cpu":
        return False
    # PyTorch asks the processor (CPUID); it has no public name for these yet.
    asked = [
        getattr(torch.cpu, name, None) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    ]
    return any(ask is not None and ask() for ask in asked) and torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Precision:
    """dtype: what weights and activations are held in. integers: whether the residual blocks' convolutions
    multiply 8-bit integers (see `engine.decoders.sweep_integers`)."""

    dtype: torch.dtype
    integers: bool = False

    @property
    def title(self) -> str:
        floats = "bfloat16" if self.dtype is torch.bfloat16 else "single precision"
        return f"8-bit integers and {floats}" if self.integers else floats


def precision_of(name: str, device: torch.device, measured: bool = False) -> Precision:
    """What a network computes in on `device`; measured: whether `auto` may take 8-bit integers, see
    `ModelCard.integers`.

    `bf16` is done even where it is not native: slowly, with the same result. Raises UserError for an unknown
    precision, and for `int8` where the processor can't.
    """
    if name not in PRECISIONS:
        raise UserError(f"unknown precision '{name}' (known: {', '.join(PRECISIONS)})")
    if name == INT8 and not sweep_integers.available(device):
        if device.type != "cpu":
            raise UserError(
                f"precision 'int8' is for the processor alone (--device cpu), not '{device.type}'"
            )
        raise UserError("precision 'int8' needs a processor with 8-bit dot products (VNNI)")
    floats = torch.bfloat16 if name == BF16 or (name != SINGLE and has_bf16(device)) else torch.float32
    integers = name == INT8 or (name == AUTO and measured and sweep_integers.available(device))
    return Precision(floats, integers)
