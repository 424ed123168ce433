"""The picture under what is drawn over it: from coded pixels and patches to device pixels of a pane."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QRect

from engine.types import PATCH
from viewer.panes.canvas.turn import Turn


@dataclass(frozen=True)
class Ground:
    """The picture under the marks. origin: its corner in the pane; shown: its visible part in the pane."""

    image: tuple[int, int]
    scale: float
    origin: tuple[int, int]
    shown: QRect
    ratio: float
    """Device pixels per logical pixel."""
    turn: Turn = field(default_factory=Turn)
    """From the coded grid, which patches are counted on, to what is seen."""

    @property
    def coded(self) -> tuple[int, int]:
        """Width and height of the coded picture."""
        return (self.image[1], self.image[0]) if self.turn.across else self.image

    def grid_origin(self) -> tuple[int, int]:
        """Where the first whole patch seen begins: before the picture's corner, where it is cut there."""
        across, down = self.turn.lead
        return self.origin[0] - round(across * self.scale), self.origin[1] - round(down * self.scale)

    def patch_rect(self, row: int, column: int) -> QRect:
        """A patch in the pane; the last row and column end with the picture."""
        return self.coded_rect(column * PATCH, row * PATCH, (column + 1) * PATCH, (row + 1) * PATCH)

    def coded_rect(self, left: float, top: float, right: float, bottom: float) -> QRect:
        """A rectangle of coded pixels in the pane, as far as the picture goes."""
        width, height = self.coded
        x0, y0, x1, y1 = left, top, min(right, width), min(bottom, height)
        if self.turn.orientation != 1:
            x0, y0, x1, y1 = self.turn.box(x0, y0, x1, y1)
        return self._rect(x0, y0, x1, y1)

    def _rect(self, x0: float, y0: float, x1: float, y1: float) -> QRect:
        left, top = (round(self.origin[k] + at * self.scale) for k, at in enumerate((x0, y0)))
        right, bottom = (round(self.origin[k] + at * self.scale) for k, at in enumerate((x1, y1)))
        return QRect(left, top, max(1, right - left), max(1, bottom - top))
