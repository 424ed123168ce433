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

from engine.plotting.ticks import ticks
from engine.types import Pixels

WIDTH, HEIGHT = 560.0, 250.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 58.0, 14.0, 14.0, 42.0
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
    x, y = _span(min(xs), max(xs), 0.03), _span(min(ys), max(ys), 0.08)

    def place(at: tuple[float, float]) -> tuple[float, float]:
        return (
            _LEFT + (at[0] - x[0]) / (x[1] - x[0]) * (WIDTH - _LEFT - _RIGHT),
            HEIGHT - _BOTTOM - (at[1] - y[0]) / (y[1] - y[0]) * (HEIGHT - _TOP - _BOTTOM),
        )

    parts = [
        f'<svg class="plot" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{escape(title)}">',
        f"<title>{escape(title)}</title>",
        *_grid(x, y, x_label, y_label, whole),
    ]
    for line in shown:
        parts += _curve(line, [place(point) for point in line.shown], x_label, y_label)
    parts.append("</svg>")
    return "".join(parts) + _legend(shown)


def _span(low: float, high: float, margin: float) -> tuple[float, float]:
    width = high - low or max(abs(high), 1.0) * 0.1
    return low - margin * width, high + margin * width


def _grid(
    x: tuple[float, float], y: tuple[float, float], x_label: str, y_label: str, whole: bool
) -> list[str]:
    parts = []
    bottom, right = HEIGHT - _BOTTOM, WIDTH - _RIGHT
    for value, written in ticks(*y):
        at = bottom - (value - y[0]) / (y[1] - y[0]) * (bottom - _TOP)
        parts.append(f'<path class="grid" d="M{_LEFT:g} {at:.1f}H{right:g}"/>')
        parts.append(
            f'<text class="tick" x="{_LEFT - 6:g}" y="{at + 4:.1f}" text-anchor="end">{written}</text>'
        )
    for value, written in ticks(*x):
        if whole and value != round(value):
            continue
        text = f"{round(value):,}" if whole else written
        at = _LEFT + (value - x[0]) / (x[1] - x[0]) * (right - _LEFT)
        parts.append(f'<path class="axis" d="M{at:.1f} {bottom:g}v4"/>')
        parts.append(
            f'<text class="tick" x="{at:.1f}" y="{bottom + 17:g}" text-anchor="middle">{text}</text>'
        )
    parts.append(f'<path class="axis" fill="none" d="M{_LEFT:g} {_TOP:g}V{bottom:g}H{right:g}"/>')
    middle = (_LEFT + right) / 2
    parts.append(
        f'<text class="label" x="{middle:g}" y="{HEIGHT - 6:g}" text-anchor="middle">{escape(x_label)}</text>'
    )
    middle = (_TOP + bottom) / 2
    parts.append(
        f'<text class="label" text-anchor="middle" transform="translate(13 {middle:g}) rotate(-90)">'
        f"{escape(y_label)}</text>"
    )
    return parts


def _curve(line: Line, places: Sequence[tuple[float, float]], x_label: str, y_label: str) -> list[str]:
    kept = places
    if len(places) > _MOST_POINTS:
        some = np.unique(np.linspace(0, len(places) - 1, _MOST_POINTS).round().astype(int))
        kept = [places[k] for k in some]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in kept)
    parts = [f'<polyline class="line c{line.look}" points="{points}"/>'] if len(kept) > 1 else []
    if line.marked:
        for (px, py), (at, value) in zip(places, line.shown, strict=True):
            words = escape(f"{line.name}: {x_label} {at:g}, {y_label} {value:.6g}")
            circle = f'<circle class="dot c{line.look}" cx="{px:.1f}" cy="{py:.1f}" r="4">'
            parts.append(f"{circle}<title>{words}</title></circle>")
    return parts


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
