"""An axis of pyqtgraph's whose numbers can be told apart; loaded with `figure`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from viewer.ui.numbers import written


class Axis(pg.AxisItem):  # type: ignore[misc]
    """pyqtgraph would write "1e+06" beside "800000", and the same for neighbours, and one over the other."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        """With as many decimals as tell neighbours apart."""
        if self.logMode:
            strings: list[str] = super().tickStrings(values, scale, spacing)
            return strings
        decimals = max(0, math.ceil(-math.log10(spacing * scale) - 1e-9))
        return [written(value * scale, decimals) for value in values]

    def generateDrawSpecs(self, p: QPainter) -> Any:  # noqa: N802
        """Without numbers that would lie on those before them or be cut at the window's edge."""
        specs = super().generateDrawSpecs(p)
        if specs is None:
            return None
        line, ticks, texts = specs
        room = self.mapRectFromScene(QRectF(self.getViewWidget().rect())).adjusted(-1, -1, 1, 1)
        kept: list[Any] = []
        for text in texts:
            if room.contains(text[0]) and not any(text[0].intersects(other[0]) for other in kept):
                kept.append(text)
        return line, ticks, kept
