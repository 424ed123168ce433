"""The plots and maps of an HTML report: inline SVG whose colours follow the page's, and small PNG pictures.

Curves and words take their colours from the page's style sheet by class (`c1` to `c5`, `axis`, `grid`), so
that one drawing serves dark, light and paper.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.plotting.axes import Axes, Looks, spanned
from engine.plotting.canvas import StyledCanvas
from engine.types import Pixels

WIDTH, HEIGHT = 560.0, 250.0
_BOX = 58.0, 14.0, WIDTH - 14.0, HEIGHT - 44.0
_LOOKS = Looks("grid", "axis", "tick", "label")
_MOST_POINTS = 600
SEQUENTIAL = (
    "#440154 #481467 #482576 #453781 #404688 #39558C #33638D #2D718E #287D8E "
    "#238A8D #1F968B #20A386 #29AF7F #3DBC74 #56C667 #75D054 #95D840 #BADE28 #DDE318 #FDE725"
)
"""viridis (Smith & van der Walt, CC0); the window's (a test holds them together)."""
DIVERGING = "#053B6E #0072B2 #62AEDD #BFDDF0 #F7F7F7 #F9D9A0 #EFB03C #C97B00 #7F4600"
"""Blue, white, orange around zero, as in the window."""


@dataclass(frozen=True)
class Line:
    """A curve by its points (x, y); those without a finite y are left out. look: number of the curve's colour
    in the style sheet, 1 to 5. points: whether each is marked."""

    name: str
    points: tuple[tuple[float, float], ...]
    look: int = 1
    marked: bool = True

    @property
    def shown(self) -> tuple[tuple[float, float], ...]:
        return tuple(point for point in self.points if math.isfinite(point[1]))


def svg_plot(title: str, x_label: str, y_label: str, lines: Sequence[Line], whole: bool = False) -> str:
    """An SVG element of the curves, with the value of every marked point on hover; "" without points.

    whole: x counts something, so its axis has whole numbers only.
    """
    shown = [line for line in lines if line.shown]
    if not shown:
        return ""
    xs = [x for line in shown for x, _ in line.shown]
    ys = [y for line in shown for _, y in line.shown]
    axes = Axes(spanned(min(xs), max(xs), 0.03), spanned(min(ys), max(ys), 0.08), _BOX)
    canvas = StyledCanvas(WIDTH, HEIGHT, title)
    axes.draw(canvas, _LOOKS, x_label, y_label, whole)
    for line in shown:
        places, look = [axes.place(*point) for point in line.shown], f"c{line.look}"
        some = np.linspace(0, len(places) - 1, min(len(places), _MOST_POINTS)).round().astype(int)
        if len(places) > 1:
            canvas.line([places[k] for k in some], look, 2)
        for place, (x, y) in zip(places, line.shown, strict=True) if line.marked else ():
            canvas.disc(place, 4, look, words=f"{line.name}: {x_label} {x:g}, {y_label} {y:.6g}")
    return canvas.file().decode() + _legend(shown)


def _legend(lines: Sequence[Line]) -> str:
    if len(lines) < 2:
        return ""
    keys = "".join(
        f'<span><svg class="key" viewBox="0 0 24 8" aria-hidden="true"><path class="line c{line.look}" '
        f'd="M0 4H24"/></svg>{escape(line.name)}</span>'
        for line in lines
    )
    return f'<p class="legend">{keys}</p>'


def png_uri(pixels: Pixels) -> str:
    """uint8 (height, width, 3) as a `data:` address of a PNG file, every pixel exact."""
    data = BytesIO()
    Image.fromarray(pixels).save(data, "PNG")
    return "data:image/png;base64," + base64.b64encode(data.getvalue()).decode("ascii")


def coloured_map(values: NDArray[np.float32], low: float, high: float, stops: str) -> Pixels:
    """A map (rows, columns) in colours from `low` to `high`, a pixel a patch; grey where it is undefined."""
    table = np.array([[int(stop[k : k + 2], 16) for k in (1, 3, 5)] for stop in stops.split()], np.float64)
    part = np.clip((values - low) / ((high - low) or 1.0), 0, 1) * (len(table) - 1)
    known = ~np.isnan(part)
    part = np.where(known, part, 0)
    planes = [np.interp(part, np.arange(len(table)), table[:, k]) for k in range(3)]
    result = np.stack(planes, axis=-1).round().astype(np.uint8)
    result[~known] = 128
    return result
