"""Paints the words around the pictures, in logical pixels: title strips, the overlay's bar, the legend of
differences, and the zoom box over the pictures."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QPainter, QRegion

from engine.types import PATCH
from viewer.model.session.choices import Overlay
from viewer.panes.canvas import captions, layers, strips
from viewer.panes.canvas import zoom_box as zoombox
from viewer.panes.canvas.layout import PanesLayout
from viewer.ui.theme import current


def paint_words(painter: QPainter, layout: PanesLayout, exposed: QRegion) -> None:
    """Everything that is written around the pictures that reach into `exposed`."""
    shown = [exposed.intersects(layout.area_of(cell)) for cell in layout.cells]
    for number, (pane, rect, side) in enumerate(layout.strip_rects()):
        if not shown[0 if layout.wiping() else number]:
            continue
        painter.fillRect(rect, QColor(current().panel))
        if layout.caption:
            captions.draw_caption(painter, rect, pane, layout.caption)
        else:
            strips.draw_strip(painter, rect, pane, side)
        if pane.progress is not None:
            strips.draw_progress(painter, rect, pane.progress)
        if pane.pixels is None:
            depth = layout.cells[0].depth / layout.ratio
            area = QRectF(rect.left(), rect.bottom(), rect.width(), depth)
            strips.draw_message(painter, area, pane.message)
    bar, legend, larger = layout.bar_height(), layout.legend_height(), layout.larger
    painter.save()
    painter.scale(larger, larger)
    wide, low = layout.width / larger, layout.height / larger
    if layout.over.legend is not None and legend:
        area = QRectF(0, low - (bar + legend) / larger, wide, legend / larger)
        strips.draw_legend(painter, area, layout.over.legend)
    if bar:
        area = QRectF(0, low - bar / larger, wide, bar / larger)
        strips.draw_bar(painter, area, layout.overlay, _bar_note(layout), _marked_value(layout))
    painter.restore()


def paint_box(painter: QPainter, layout: PanesLayout, anchor: QPointF) -> None:
    """The zoom box, if there is one, beside a place."""
    box = layout.over.box
    if box is None or not box.rows or not layout.cells:
        return
    room = QSizeF(layout.width, layout.height)
    area: QRectF = zoombox.place(anchor, zoombox.size_for(len(box.rows), room), room)
    panes = {pane.key: pane for pane in layout.panes}
    zoombox.draw(painter, area, box, panes, layout.ratio, layout.turn)


def _bar_note(layout: PanesLayout) -> str:
    if layout.overlay.kind is not Overlay.GRID:
        return ""
    note = f"Patch grid: {PATCH}×{PATCH} pixels per patch"
    return note if layers.grid_is_visible(layout.ground()) else f"{note} · zoom in to see it"


def _marked_value(layout: PanesLayout) -> float | None:
    values, patch = layout.overlay.values, layout.patch
    if values is None or patch is None:
        return None
    inside = 0 <= patch.row < values.shape[0] and 0 <= patch.column < values.shape[1]
    value = float(values[patch.row, patch.column]) if inside else math.nan
    return None if math.isnan(value) else value
