"""Round numbers along an axis."""

from __future__ import annotations

import math

_MOST_TICKS = 8


def ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Round values between the ends, with as many decimals as they need."""
    step = 10.0 ** math.floor(math.log10((high - low) / _MOST_TICKS))
    step *= next((factor for factor in (1, 2, 5) if (high - low) / (step * factor) <= _MOST_TICKS), 10)
    places = max(0, -math.floor(math.log10(step) + 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [(round(count * step, places), f"{count * step:.{places}f}") for count in range(first, last + 1)]
