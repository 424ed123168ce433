"""In which precision sweep networks compute: bfloat16 where the processor has it natively, else single."""

from __future__ import annotations

import torch

from engine.choices import PRECISIONS
from engine.errors import UserError

AUTO, SINGLE, BF16 = PRECISIONS


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


def dtype_of(precision: str, device: torch.device) -> torch.dtype:
    """What weights and activations are held in. Raises UserError for an unknown precision.

    `bf16` is done even where it is not native: slowly, with the same result.
    """
    if precision not in PRECISIONS:
        raise UserError(f"unknown precision '{precision}' (known: {', '.join(PRECISIONS)})")
    if precision == AUTO:
        precision = BF16 if has_bf16(device) else SINGLE
    return torch.bfloat16 if precision == BF16 else torch.float32
