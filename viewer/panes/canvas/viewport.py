"""Where a picture lies in its pane: one zoom and one centre for all panes. Pure geometry, no Qt.

Lengths are device pixels unless they say image pixels. Zoom is device pixels per image pixel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

MAX_SCALE = 128.0
"""Room for the values in a pixel also on screens with two device pixels to a logical one."""
MIN_SCALE = 1 / 256


@dataclass(frozen=True)
class PaneCell:
    """One pane: its corner, its size and the height of its title strip, in device pixels."""

    x: int
    y: int
    width: int
    height: int
    strip: int

    @property
    def top(self) -> int:
        """y of the picture area."""
        return self.y + self.strip

    @property
    def depth(self) -> int:
        """Height of the picture area."""
        return max(1, self.height - self.strip)

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in the picture area."""
        return self.x <= x < self.x + self.width and self.top <= y < self.top + self.depth


def arrange(
    count: int, size: tuple[int, int], image: tuple[int, int], gap: int, strip: int, least: int = 0
) -> tuple[PaneCell, ...]:
    """Equal cells on the grid that shows the pictures largest; of nearly equal ones the one without gaps.

    least: width below which a cell has no room for its words, and counts for less.
    """
    best: tuple[float, int, int] | None = None
    for columns in range(1, count + 1):
        rows = math.ceil(count / columns)
        width = (size[0] - gap * (columns - 1)) // columns
        height = (size[1] - gap * (rows - 1)) // rows - strip
        scale = min(max(width, 1) / image[0], max(height, 1) / image[1])
        score = scale * 0.92 ** (rows * columns - count)
        score *= min(1.0, max(width, 1) / least) ** 2 if least else 1.0
        if best is None or score > best[0]:
            best = (score, columns, rows)
    if best is None:
        return ()
    _, columns, rows = best
    width = max(1, (size[0] - gap * (columns - 1)) // columns)
    height = max(strip + 1, (size[1] - gap * (rows - 1)) // rows)
    return tuple(
        PaneCell(k % columns * (width + gap), k // columns * (height + gap), width, height, strip)
        for k in range(count)
    )


@dataclass
class Viewport:
    """image, pane: (width, height). `fitted`: follow the pane's size until somebody zooms."""

    image: tuple[int, int] = (1, 1)
    pane: tuple[int, int] = (1, 1)
    scale: float = 1.0
    fitted: bool = True
    centre: tuple[float, float] = field(default=(0.5, 0.5))
    """Image pixels in the middle of the pane."""

    def fit_scale(self) -> float:
        """Zoom at which the whole picture just fits."""
        fits = min(self.pane[0] / self.image[0], self.pane[1] / self.image[1])
        return min(MAX_SCALE, max(MIN_SCALE, fits))

    def fit(self) -> None:
        self.fitted = True
        self.scale = self.fit_scale()
        self.centre = (self.image[0] / 2, self.image[1] / 2)

    def set_image(self, image: tuple[int, int]) -> None:
        """Another size is another picture: fit it. The same size keeps zoom and place."""
        if image != self.image:
            self.image = image
            self.fit()

    def set_pane(self, pane: tuple[int, int]) -> None:
        self.pane = pane
        if self.fitted:
            self.fit()
        else:
            self._clamp()

    def zoom_to(self, scale: float, at: tuple[float, float] | None = None) -> None:
        """Zoom, keeping the image point under `at` (a place in the pane; None: its middle) where it is."""
        where = at or (self.pane[0] / 2, self.pane[1] / 2)
        x, y = self.to_image(*where) if at is not None else self.centre
        scale = min(MAX_SCALE, max(min(MIN_SCALE, self.fit_scale()), scale))
        across, down = where[0] - self.pane[0] / 2, where[1] - self.pane[1] / 2
        self.look(scale, (x - across / scale, y - down / scale))

    def look(self, scale: float, centre: tuple[float, float]) -> None:
        """Take up a zoom and a centre, as far as the picture allows."""
        self.fitted, self.scale, self.centre = False, scale, centre
        self._clamp()

    def zoom_by_powers(self, count: int) -> None:
        """To the next power of two, `count` times in (or out below 0), keeping the middle of the pane."""
        for _ in range(abs(count)):
            exponent = math.log2(self.scale)
            near = round(exponent)
            if abs(exponent - near) < 1e-6:
                target = near + (1 if count > 0 else -1)
            else:
                target = math.ceil(exponent) if count > 0 else math.floor(exponent)
            self.zoom_to(2.0**target)

    def whole(self) -> bool:
        """Whether all of the picture is in sight."""
        _, _, width, height = self.visible()
        return width >= round(self.image[0] * self.scale) and height >= round(self.image[1] * self.scale)

    def pan(self, dx: float, dy: float) -> None:
        """Move the picture by device pixels."""
        self.centre = (self.centre[0] - dx / self.scale, self.centre[1] - dy / self.scale)
        self._clamp()

    def reveal(self, left: float, top: float, right: float, bottom: float) -> None:
        """Move as little as it takes to have a rectangle of image pixels in sight."""
        centre = []
        for at, low, high, room in zip(self.centre, (left, top), (right, bottom), self.pane, strict=True):
            half = room / 2 / self.scale
            nearest = min(max(at, high - half), low + half) if high - low <= 2 * half else (low + high) / 2
            centre.append(nearest)
        self.centre = (centre[0], centre[1])
        self._clamp()

    def origin(self) -> tuple[int, int]:
        """Where the picture's corner lies in the pane: whole device pixels, so pixels stay sharp."""
        return (
            round(self.pane[0] / 2 - self.centre[0] * self.scale),
            round(self.pane[1] / 2 - self.centre[1] * self.scale),
        )

    def to_image(self, x: float, y: float) -> tuple[float, float]:
        """Image pixels at a place in the pane."""
        left, top = self.origin()
        return (x - left) / self.scale, (y - top) / self.scale

    def visible(self) -> tuple[int, int, int, int]:
        """The part of the scaled picture in the pane, as left, top, width, height; may be empty."""
        left, top = self.origin()
        right = left + max(1, round(self.image[0] * self.scale))
        bottom = top + max(1, round(self.image[1] * self.scale))
        x0, y0 = max(0, left), max(0, top)
        width, height = min(self.pane[0], right) - x0, min(self.pane[1], bottom) - y0
        return x0 - left, y0 - top, max(0, width), max(0, height)

    def _clamp(self) -> None:
        """A picture smaller than the pane is centred; a larger one leaves no empty edge."""
        centre = []
        for at, length, room in zip(self.centre, self.image, self.pane, strict=True):
            half = room / 2 / self.scale
            centre.append(length / 2 if length <= 2 * half else min(max(at, half), length - half))
        self.centre = (centre[0], centre[1])
