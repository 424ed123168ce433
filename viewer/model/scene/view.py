"""What lies over the pictures while they are compared: a legend, the zoom box. Frozen records, no Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.model.scene.presentation import PresentedScene


@dataclass(frozen=True, eq=False)
class LegendScene:
    """What colours mean. title: with the unit; note: of what, on which scale. colours: uint8 (256, 3), low to
    high. stops: places, 0 to 1, and their numbers."""

    title: str
    note: str
    colours: NDArray[np.uint8]
    stops: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class BoxRow:
    """One pane in the zoom box. values: its samples at the cursor, differences with their sign. mean, sd:
    of its patch, over all samples, levels; psnr: of the patch against the original. key: the pane's."""

    key: str
    name: str
    values: tuple[str, str, str]
    mean: str
    sd: str
    psnr: str


@dataclass(frozen=True)
class BoxScene:
    """The zoom box at the cursor. pixel: (x, y) under the cursor; patch: (row, column) that it lies in."""

    pixel: tuple[int, int]
    patch: tuple[int, int]
    rows: tuple[BoxRow, ...]


@dataclass(frozen=True, eq=False)
class ViewScene:
    """All of it. minimap, pixels: whether these are wanted. orientation: as in EXIF, how the pictures are
    turned to be seen upright. presented: for the back row, None while nobody presents."""

    legend: LegendScene | None = None
    box: BoxScene | None = None
    minimap: bool = True
    pixels: bool = True
    orientation: int = 1
    presented: PresentedScene | None = None
