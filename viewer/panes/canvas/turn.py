"""Pictures of received files, upright: between the coded grid, which patches count on, and what is seen.

Coded places are those of the stream: patches, signals and scenes keep to them. Shown places are those of the
picture turned as its EXIF orientation says: zoom, panning and everything that is painted keep to them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeVar
from weakref import ref

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QTransform

from engine.io.orientation import turned_axes, upright
from engine.types import PATCH, Pixels
from viewer.model.scene.picture import PaneScene

A = TypeVar("A", bound=NDArray[Any])


@dataclass(frozen=True)
class Turn:
    """orientation: as in EXIF, 1 (upright already) to 8. coded: width and height of the picture as coded."""

    orientation: int = 1
    coded: tuple[int, int] = (1, 1)

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height of the picture as it is seen."""
        width, height = self.coded
        return (height, width) if self.across else (width, height)

    @property
    def across(self) -> bool:
        """Whether rows are seen as columns."""
        return turned_axes(self.orientation)[0]

    def to_shown(self, x: float, y: float) -> tuple[float, float]:
        """A point, where pixel (0, 0) goes from 0 to 1."""
        across, left, up = turned_axes(self.orientation)
        x, y = (y, x) if across else (x, y)
        width, height = self.shown
        return (width - x if left else x), (height - y if up else y)

    def to_coded(self, x: float, y: float) -> tuple[float, float]:
        """The inverse of `to_shown`."""
        across, left, up = turned_axes(self.orientation)
        width, height = self.shown
        x, y = (width - x if left else x), (height - y if up else y)
        return (y, x) if across else (x, y)

    def step(self, right: int, down: int) -> tuple[int, int]:
        """A step between coded patches, as it is seen."""
        across, left, up = turned_axes(self.orientation)
        right, down = (down, right) if across else (right, down)
        return (-right if left else right), (-down if up else down)

    def box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        """A coded rectangle's edges as seen: left, top, right, bottom."""
        a, b = self.to_shown(x0, y0), self.to_shown(x1, y1)
        return min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])

    def coded_box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        """The inverse of `box`."""
        a, b = self.to_coded(x0, y0), self.to_coded(x1, y1)
        return min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])

    @property
    def lead(self) -> tuple[int, int]:
        """Pixels that the first patch seen lacks, across and down: the grid ends with whole patches only at
        the coded picture's upper left corner."""
        _, left, up = turned_axes(self.orientation)
        width, height = self.shown
        return (-width % PATCH if left else 0), (-height % PATCH if up else 0)

    def patches(self, values: A) -> A:
        """A map of patches, (rows, columns), as seen."""
        if self.orientation == 1:
            return values
        return np.ascontiguousarray(upright(values, self.orientation))  # type: ignore[return-value]

    def transform(self) -> QTransform:
        """From coded to shown directions, about (0, 0)."""
        return orientation_transform(self.orientation)


def orientation_transform(orientation: int) -> QTransform:
    """Turns a picture upright; `QImage.transformed` moves it back to (0, 0)."""
    across, left, up = turned_axes(orientation)
    x, y = (-1 if left else 1), (-1 if up else 1)
    return QTransform(0, y, x, 0, 0, 0) if across else QTransform(x, 0, 0, y, 0, 0)


class Turner:
    """Panes with their pictures turned, each picture once as long as it is there."""

    def __init__(self) -> None:
        self._turned: dict[int, tuple[Any, int, Pixels]] = {}

    def panes(self, panes: tuple[PaneScene, ...], orientation: int) -> tuple[PaneScene, ...]:
        """The same panes where nothing is to be turned."""
        if orientation == 1:
            self._turned = {}
            return panes
        kept: dict[int, tuple[Any, int, Pixels]] = {}

        def turned(pixels: Pixels) -> Pixels:
            known = kept.get(id(pixels)) or self._turned.get(id(pixels))
            if known is None or known[0]() is not pixels or known[1] != orientation:
                made = np.ascontiguousarray(upright(pixels, orientation))
                made.setflags(write=False)
                known = (ref(pixels), orientation, made)
            kept[id(pixels)] = known
            return known[2]

        result = tuple(
            replace(
                pane,
                pixels=None if pane.pixels is None else turned(pane.pixels),
                between=None if pane.between is None else (turned(pane.between[0]), turned(pane.between[1])),
            )
            for pane in panes
        )
        self._turned = kept
        return result
