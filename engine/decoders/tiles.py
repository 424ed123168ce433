"""Large pictures in tiles: where they are cut, and how far one is."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from engine.decoders.finish import Box
from engine.decoders.sweep_network import UNIT
from engine.types import Cancelled, Progress

TILE = 896
"""Side of a tile's own area in pixels: larger ones leave the processor's cache."""
HALO = 32
"""What a tile sees of its neighbours, in pixels. Information travels further (see `reach`), but what lies
beyond moves one sample in some hundreds by a level (Kodak's fifth at quality 15, tiles of 128, three blocks;
8-bit integers, which are rounded for each tile by itself: one in six)."""


@dataclass
class TilesDone:
    """How many tiles a picture has, how many of them are done, and whom to ask and tell meanwhile."""

    count: int
    cancelled: Cancelled
    progress: Progress
    done: int = 0

    def told(self, share: float) -> None:
        """share: of the present tile."""
        self.progress((self.done + share) / self.count)


def tiles_of(height: int, width: int, tile: int) -> list[Box]:
    """Boxes (top, left, bottom, right) on the coding-unit grid that cover the picture.

    A picture of up to 1.5 tiles' sides stays whole: a thin second tile costs more than it saves.
    """
    if tile % UNIT:
        raise ValueError(f"tile side {tile} is no multiple of {UNIT}")

    def cuts(length: int) -> list[int]:
        count = max(1, round(length / tile))
        side = math.ceil(length / count / UNIT) * UNIT
        return [*range(0, length, side), length]

    rows, columns = cuts(height), cuts(width)
    return [
        (top, left, bottom, right)
        for top, bottom in itertools.pairwise(rows)
        for left, right in itertools.pairwise(columns)
    ]
