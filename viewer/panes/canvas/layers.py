"""Whole layers over a picture: heat map and patch grid, as images of the part in sight."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from engine.types import PATCH
from viewer.model.scene.palette import CIVIDIS, DIVERGING, VIRIDIS
from viewer.model.scene.picture import OverlayScene
from viewer.model.session.choices import Overlay
from viewer.panes.canvas.ground import Ground
from viewer.ui.sampling import Excerpt, magnify

_LIGHT_LINE = 0x5A5A5A5A
_DARK_LINE = 0x6E000000
"""Premultiplied: white at 35 %, black at 43 %."""


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
