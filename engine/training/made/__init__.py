"""Pictures that are no photographs, made for training: a registry of kinds, each a function of a generator.

Kinds by which networks are tested live with the tests; none of those belongs here.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.training.made import charts, codes, comics, drawn, flat, patterns, pixel, printed, screens, text
from engine.types import Pixels

Kind = Callable[[np.random.Generator, int], Pixels]
"""Makes a picture, uint8 (side, side, 3), of a generator's state and a side in pixels."""

MADE: dict[str, Kind] = {
    kind.__name__: kind
    for module in (text, printed, drawn, codes, pixel, charts, screens, flat, patterns, comics)
    for kind in module.KINDS
}


def make(name: str, rng: np.random.Generator, side: int) -> Pixels:
    """A picture of kind `name`, uint8 (side, side, 3). Raises KeyError for an unknown kind."""
    pixels = np.ascontiguousarray(MADE[name](rng, side), np.uint8)
    if pixels.shape != (side, side, 3):
        raise ValueError(f"kind '{name}' made a picture of shape {pixels.shape}")
    return pixels
