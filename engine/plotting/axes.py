"""Axes of a drawing: data to places, numbers, grid and labels."""

from __future__ import annotations

from dataclasses import dataclass

from engine.plotting.canvas import Canvas, Place
from engine.plotting.ticks import ticks


@dataclass(frozen=True)
class Looks:
    """Colours of axes (classes on a styled canvas) and sizes of numbers and labels, units."""

    grid: str
    axis: str
    tick: str
    label: str
    sizes: tuple[float, float] = (12.0, 13.0)


@dataclass(frozen=True)
class Axes:
    """x and y: what the axes show, from lower to higher. box: left, top, right, bottom on the canvas."""

    x: tuple[float, float]
    y: tuple[float, float]
    box: tuple[float, float, float, float]

    def place(self, x: float, y: float) -> Place:
        """Where a point of the data lies."""
        left, top, right, bottom = self.box
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return left + across * (right - left), bottom - up * (bottom - top)

    def inside(self, x: float, y: float) -> bool:
        """Whether the axes show a point."""
        return self.x[0] <= x <= self.x[1] and self.y[0] <= y <= self.y[1]

    def draw(self, canvas: Canvas, looks: Looks, x_label: str, y_label: str, whole: bool = False) -> None:
        """Grid, axes, numbers and labels. whole: x counts something, so it has whole numbers only."""
        left, top, right, bottom = self.box
        for value, written in ticks(*self.y):
            _, y = self.place(self.x[0], value)
            canvas.line([(left, y), (right, y)], looks.grid, 1)
            canvas.text((left - 8, y), written, looks.sizes[0], looks.tick, "end")
        for value, written in ticks(*self.x):
            if whole and value != round(value):
                continue
            x, _ = self.place(value, self.y[0])
            canvas.line([(x, bottom), (x, bottom + 4)], looks.axis, 1)
            text = f"{round(value):,}" if whole else written
            canvas.text((x, bottom + 14), text, looks.sizes[0], looks.tick, "middle")
        canvas.line([(left, top), (left, bottom), (right, bottom)], looks.axis, 1)
        canvas.text(((left + right) / 2, bottom + 34), x_label, looks.sizes[1], looks.label, "middle")
        canvas.text(
            (left - 46, (top + bottom) / 2), y_label, looks.sizes[1], looks.label, "middle", upright=True
        )


def spanned(low: float, high: float, margin: float) -> tuple[float, float]:
    """From below `low` to above `high`, by a part of what lies between; around a single value too."""
    width = high - low or max(abs(high), 1.0) * 0.1
    return low - margin * width, high + margin * width
