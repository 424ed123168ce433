"""Scores and other numbers as text."""

from __future__ import annotations

import math

MISSING = "–"
"""Stands for a value that is not defined."""


def number(value: float | None, places: int = 2, signed: bool = False) -> str:
    """`value` with a fixed number of decimals; "inf" for an infinite one, a dash for None or NaN.

    `signed`: with its sign, but for what rounds to zero.
    """
    if value is None or math.isnan(value):
        return MISSING
    rounded = round(value, places) + 0.0  # turns -0.0 into 0.0
    return f"{rounded:+.{places}f}" if signed and rounded else f"{rounded:.{places}f}"
