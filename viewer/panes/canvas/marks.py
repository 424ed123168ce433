"""What is drawn over a picture: heat map, patch grid, the patch with its context.

Painters passed in work in device pixels, with (0, 0) at the corner of the pane's picture area.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from engine.types import PATCH
from viewer.model.scene.palette import CAUSAL, CIVIDIS, DIVERGING, NONCAUSAL, PREVIOUS, SELF, VIRIDIS
from viewer.model.scene.picture import OverlayScene, PatchScene
from viewer.model.session.choices import Overlay
from viewer.panes.canvas.turn import Turn
from viewer.ui.sampling import Excerpt, magnify

_HALO = QColor(0, 0, 0, 190)
_OUTLINE = QColor("#FDE725")
"""The high end of the map."""
BEHIND_OUTLINES = 0.25
"""Part of its opacity that a map keeps behind outlines."""
_TO_COME = QColor(0, 0, 0, 130)
"""Over patches whose turn in the scan has not come."""
_LEAST_TILE = 7
"""Logical pixels of a tile that stands for a patch."""
_LIGHT_LINE = 0x5A5A5A5A
_DARK_LINE = 0x6E000000
"""Premultiplied: white at 35 %, black at 43 %."""


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


def colour_map(scene: OverlayScene) -> NDArray[np.uint8]:
    """uint8 (256, 3), low to high."""
    if scene.diverging:
        return DIVERGING
    return CIVIDIS if scene.kind is Overlay.SETTLED else VIRIDIS


def limits(scene: OverlayScene) -> tuple[float, float]:
    """Values at the two ends of the colour map; a diverging one is symmetric about 0."""
    if scene.diverging:
        reach = max(abs(scene.low), abs(scene.high)) or 1.0
        return -reach, reach
    return scene.low, scene.high if scene.high > scene.low else scene.low + 1.0


def coloured(scene: OverlayScene, values: NDArray[np.float32] | None = None) -> NDArray[np.uint32]:
    """The heat map as premultiplied ARGB (patch rows, patch columns); NaN is transparent. values: one of
    those of the scene, None for `scene.values`."""
    values = scene.values if values is None else values
    assert values is not None
    low, high = limits(scene)
    finite = ~np.isnan(values)
    part = np.clip((np.where(finite, values, low) - low) / (high - low), 0, 1)
    colours = colour_map(scene)[np.round(255 * part).astype(np.intp)]
    opacity = min(1.0, max(0.0, scene.opacity))
    packed = np.empty((*values.shape, 4), np.uint8)
    packed[..., :3] = np.round(colours[..., ::-1] * opacity)
    packed[..., 3] = round(255 * opacity)
    packed[~finite] = 0
    return packed.view("<u4")[..., 0]


def layer(scene: OverlayScene, values: NDArray[np.float32] | None = None) -> NDArray[np.uint32] | None:
    """An overlay as premultiplied ARGB (patch rows, patch columns); None for one that has no map. values: see
    `coloured`."""
    if scene.shades is None:
        return None if scene.values is None else coloured(scene, values)
    packed = np.empty(scene.shades.shape, np.uint8)
    opacity = scene.shades[..., 3:].astype(np.uint16)
    packed[..., :3] = (scene.shades[..., 2::-1] * opacity + 127) // 255
    packed[..., 3] = scene.shades[..., 3]
    return packed.view("<u4")[..., 0]


def heat_map(packed: NDArray[np.uint32], ground: Ground) -> QImage:
    """The visible part of `coloured`: one flat rectangle a patch, averaged where smaller than a pixel."""
    kind = QImage.Format.Format_ARGB32_Premultiplied
    packed = ground.turn.patches(packed)
    origin = ground.grid_origin()
    x, y = ground.shown.x() - origin[0], ground.shown.y() - origin[1]
    size = ground.shown.size()
    step = ground.scale * PATCH
    if step >= 1:
        return magnify(packed, Excerpt(step, x, y, size.width(), size.height()), kind)
    x0, y0 = int(x / step), int(y / step)
    part = packed[
        y0 : max(y0 + 1, round((y + size.height()) / step)),
        x0 : max(x0 + 1, round((x + size.width()) / step)),
    ]
    part = np.ascontiguousarray(part)
    image = QImage(part.data, part.shape[1], part.shape[0], 4 * part.shape[1], kind)
    return image.scaled(
        size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    ).copy()


def grid_is_visible(ground: Ground) -> bool:
    """Lines closer than six logical pixels would only grey the picture."""
    return PATCH * ground.scale >= 6 * ground.ratio


def grid_lines(ground: Ground) -> QImage:
    """Patch boundaries: a light line beside a dark one, one device pixel each, seen on any picture."""
    shown, step = ground.shown, PATCH * ground.scale
    lines = np.zeros((shown.height(), shown.width()), np.uint32)
    origin = ground.grid_origin()
    x0, y0 = origin[0] - shown.x(), origin[1] - shown.y()
    columns = _boundaries(x0, step, shown.width())
    rows = _boundaries(y0, step, shown.height())
    if step >= 10 * ground.ratio:
        lines[:, np.maximum(columns - 1, 0)] = _DARK_LINE
        lines[np.maximum(rows - 1, 0), :] = _DARK_LINE
    lines[:, columns] = _LIGHT_LINE
    lines[rows, :] = _LIGHT_LINE
    kind = QImage.Format.Format_ARGB32_Premultiplied
    return QImage(lines.data, shown.width(), shown.height(), 4 * shown.width(), kind).copy()


def _boundaries(start: float, step: float, length: int) -> NDArray[np.intp]:
    first, last = math.ceil(-start / step), math.floor((length - 1 - start) / step)
    at = np.round(start + step * np.arange(first, last + 1)).astype(np.intp)
    return at[(at >= 0) & (at < length)]


def can_outline(ground: Ground) -> bool:
    """Whether patches are large enough to be framed one by one."""
    return PATCH * ground.scale >= 20 * ground.ratio


def draw_outlines(painter: QPainter, ground: Ground, values: NDArray[np.float32], least: float) -> None:
    """Frame every patch in sight whose value is `least` or more, so that what is in it can be seen."""
    line, halo = max(2, round(2 * ground.ratio)), max(1, round(ground.ratio))
    for row, column in np.argwhere(np.nan_to_num(values, nan=-np.inf) >= least).tolist():
        rect = ground.patch_rect(row, column)
        if rect.intersects(ground.shown):
            inner = rect.adjusted(halo, halo, -halo, -halo)
            frame(painter, inner, line + halo, _HALO)
            frame(painter, inner, line, _OUTLINE)


def frame(painter: QPainter, rect: QRect, thickness: int, colour: QColor) -> None:
    """A sharp frame just inside `rect`."""
    t = min(thickness, (rect.width() + 1) // 2, (rect.height() + 1) // 2)
    x, y, w, h = rect.x(), rect.y(), rect.width(), rect.height()
    for part in (
        QRect(x, y, w, t),
        QRect(x, y + h - t, w, t),
        QRect(x, y + t, t, h - 2 * t),
        QRect(x + w - t, y + t, t, h - 2 * t),
    ):
        painter.fillRect(part, colour)


def roles(patch: PatchScene) -> list[tuple[tuple[int, int], str]]:
    """Each neighbour of a patch with the colour of what is known of it: blue causal, orange non-causal, green
    all as the step before left them."""
    return [
        *((at, CAUSAL) for at in patch.causal),
        *((at, NONCAUSAL) for at in patch.noncausal),
        *((at, PREVIOUS) for at in patch.previous),
    ]


def is_small(rect: QRect, ratio: float) -> bool:
    """Whether a patch is too small for outlines."""
    return min(rect.width(), rect.height()) < 12 * ratio


def draw_patch(painter: QPainter, ground: Ground, patch: PatchScene) -> None:
    """The patch in the accent colour, its neighbours in those of `roles`.

    A dark halo sets everything off from the picture. Patches too small for outlines become tiles, which have
    a least size so that their colours can be told.
    """
    centre = ground.patch_rect(patch.row, patch.column)
    around = [(ground.patch_rect(*at), QColor(colour)) for at, colour in roles(patch)]
    if is_small(centre, ground.ratio):
        places = [(at, QColor(colour)) for at, colour in roles(patch)]
        _draw_tiles(painter, centre, [*places, ((patch.row, patch.column), QColor(SELF))],
                    (patch.row, patch.column), ground.ratio, ground.turn)  # fmt: skip
    else:
        _draw_outlines(painter, around, centre, ground.ratio)
    if patch.pinned and not is_small(centre, ground.ratio):
        _draw_pin(painter, centre, ground.ratio)


def draw_front(painter: QPainter, ground: Ground, position: int) -> None:
    """How far a scan in raster order has come: a stepped line between patches done and those to come, which
    are dimmed."""
    columns = math.ceil(ground.coded[0] / PATCH)
    if ground.turn.orientation != 1:
        _draw_turned_front(painter, ground, *divmod(position, columns))
        return
    here = ground.patch_rect(*divmod(position, columns))
    x, top, bottom = here.x() + here.width(), here.y(), here.y() + here.height()
    left, width = ground.origin[0], round(ground.image[0] * ground.scale)
    end = ground.origin[1] + round(ground.image[1] * ground.scale)
    painter.fillRect(QRect(x, top, left + width - x, bottom - top), _TO_COME)
    painter.fillRect(QRect(left, bottom, width, end - bottom), _TO_COME)
    line, halo = max(2, round(2 * ground.ratio)), max(1, round(ground.ratio))
    parts = (
        QRect(left, bottom, x - left, line),
        QRect(x, top, line, bottom - top + line),
        QRect(x, top, left + width - x, line),
    )
    for part in parts:
        painter.fillRect(part.adjusted(-halo, -halo, halo, halo), _HALO)
    for part in parts:
        painter.fillRect(part, QColor(SELF))


def _draw_turned_front(painter: QPainter, ground: Ground, row: int, column: int) -> None:
    x, top, bottom, width = (column + 1) * PATCH, row * PATCH, (row + 1) * PATCH, ground.coded[0]
    height = ground.coded[1]
    painter.fillRect(ground.coded_rect(x, top, width, bottom), _TO_COME)
    painter.fillRect(ground.coded_rect(0, bottom, width, height), _TO_COME)
    line, halo = max(2, round(2 * ground.ratio)), max(1, round(ground.ratio))
    thin = line / ground.scale
    parts = [
        ground.coded_rect(0, bottom, x, bottom + thin),
        ground.coded_rect(x, top, x + thin, bottom + thin),
        ground.coded_rect(x, top, width, top + thin),
    ]
    for part in parts:
        painter.fillRect(part.adjusted(-halo, -halo, halo, halo), _HALO)
    for part in parts:
        painter.fillRect(part, QColor(SELF))


def _draw_tiles(
    painter: QPainter, centre: QRect, tiles: list[tuple[tuple[int, int], QColor]],
    patch: tuple[int, int], ratio: float, turn: Turn,
) -> None:  # fmt: skip
    """Tiles about the middle of a patch, in place of it and its neighbours, set off by one dark edge."""
    side, halo = max(round(_LEAST_TILE * ratio), centre.width()), max(1, round(ratio))
    corner = centre.center() - QPoint(side // 2, side // 2)
    rects = [
        (
            QRect(corner + QPoint(*turn.step(at[1] - patch[1], at[0] - patch[0])) * side, QSize(side, side)),
            colour,
        )
        for at, colour in tiles
    ]
    for rect, _ in rects:
        painter.fillRect(rect.adjusted(-halo, -halo, halo, halo), QColor(0, 0, 0))
    for rect, colour in rects:
        painter.fillRect(rect.adjusted(0, 0, -halo, -halo), colour)


def _draw_outlines(
    painter: QPainter, around: list[tuple[QRect, QColor]], centre: QRect, ratio: float
) -> None:
    thin, thick, halo = max(2, round(2 * ratio)), max(3, round(3 * ratio)), max(1, round(ratio))
    for rect, _ in around:
        frame(painter, rect.adjusted(-halo, -halo, halo, halo), thin + 3 * halo, _HALO)
    for rect, colour in around:
        frame(painter, rect.adjusted(halo, halo, -halo, -halo), thin, colour)
    frame(painter, centre.adjusted(-thick, -thick, thick, thick), thick + 2 * halo, _HALO)
    outline = thick - halo
    frame(painter, centre.adjusted(-outline, -outline, outline, outline), thick, QColor(SELF))


def _draw_pin(painter: QPainter, rect: QRect, ratio: float) -> None:
    """A pinned patch has solid corners."""
    size = max(5, round(5 * ratio))
    for x in (rect.left(), rect.right() + 1):
        for y in (rect.top(), rect.bottom() + 1):
            corner = QRect(x - size // 2, y - size // 2, size, size)
            painter.fillRect(corner.adjusted(-1, -1, 1, 1), QColor(0, 0, 0))
            painter.fillRect(corner, QColor(255, 255, 255))


def draw_divider(painter: QPainter, x: int, height: int, ratio: float) -> None:
    """The wipe's edge with its handle, visible on light and dark."""
    half = max(1, round(ratio))
    painter.fillRect(QRect(x - half - 1, 0, 2 * half + 2, height), QColor(0, 0, 0, 140))
    painter.fillRect(QRect(x - half, 0, 2 * half, height), QColor(255, 255, 255, 235))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(0, 0, 0, 140))
    painter.setBrush(QColor(255, 255, 255, 235))
    radius, middle = round(11 * ratio), height // 2
    painter.drawEllipse(QPoint(x, middle), radius, radius)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(40, 44, 52))
    tip, base, rise = round(7 * ratio), round(2.5 * ratio), round(4 * ratio)
    for side in (-1, 1):
        painter.drawPolygon(
            [
                QPoint(x + side * tip, middle),
                QPoint(x + side * base, middle - rise),
                QPoint(x + side * base, middle + rise),
            ]
        )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
