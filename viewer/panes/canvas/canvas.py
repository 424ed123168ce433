"""The drawing half of the linked panes: pictures, overlays and what lies over them, all in device pixels."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QTransform

from engine.types import Pixels
from viewer.model.scene.picture import PaneScene
from viewer.model.session.choices import Overlay
from viewer.panes.canvas import marks, minimap, pixel_values, strips
from viewer.panes.canvas import zoom_box as zoombox
from viewer.panes.canvas.arrows import draw_recalls
from viewer.panes.canvas.frame import PanesFrame
from viewer.panes.canvas.marks import Ground
from viewer.panes.canvas.patch_marks import draw_explained
from viewer.ui.sampling import View
from viewer.ui.theme import current


class PanesCanvas(PanesFrame):
    """Draws `PaneScene`s under one zoom. `PanesView` adds the mouse."""

    # ---- painting -------------------------------------------------------------------------------

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        if self.devicePixelRatioF() != (self._layout_key[3] if self._layout_key else 0.0):
            self._arrange()
        theme, ratio = current(), self.devicePixelRatioF()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.window))
        if not self._panes:
            strips.draw_message(painter, QRectF(self.rect()), "Open a picture to begin")
            return
        ground = self._ground()
        # From here on in device pixels: what was sampled is copied, never resampled.
        painter.setWorldTransform(QTransform.fromScale(1 / ratio, 1 / ratio))
        for number, cell in enumerate(self._cells):
            painter.save()
            painter.translate(cell.x, cell.top)
            painter.setClipRect(QRect(0, 0, cell.width, cell.depth))
            painter.fillRect(QRect(0, 0, cell.width, cell.depth), QColor(theme.canvas))
            if self._wiping():
                self._paint_wipe(painter, ground)
            else:
                self._paint_pane(painter, self._panes[number], ground)
            painter.restore()
        self._paint_minimap(painter)
        painter.resetTransform()
        self._paint_words(painter)
        self._paint_box(painter)

    def _paint_pane(self, painter: QPainter, pane: PaneScene, ground: Ground) -> None:
        if pane.pixels is None:
            return
        self._paint_pixels(painter, pane, ground)
        self._paint_front(painter, pane, ground)
        self._paint_overlay(painter, pane, ground)
        self._paint_marks(painter, ground)
        self._paint_values(painter, pane, ground)
        if self._patch is not None and not ground.shown.isEmpty():
            recalled = self._patch.recalled_in(pane.key)
            draw_recalls(painter, ground, (self._patch.row, self._patch.column), recalled)

    def _paint_front(self, painter: QPainter, pane: PaneScene, ground: Ground) -> None:
        if pane.scan is not None:
            marks.draw_front(painter, ground, pane.scan)

    def _paint_pixels(self, painter: QPainter, pane: PaneScene, ground: Ground) -> None:
        shown = ground.shown
        if pane.pixels is None or shown.isEmpty():
            return
        left, top = shown.x() - ground.origin[0], shown.y() - ground.origin[1]
        view = View(ground.scale, left, top, shown.width(), shown.height())
        for sampled in self._sampler.sample(pane.pixels, view):
            at = QPoint(sampled.x, sampled.y) + QPoint(*ground.origin)
            painter.drawImage(at, sampled.image)
        if self._over.pixels and pixel_values.has_grid(ground):
            pixel_values.draw_grid(painter, ground)

    def _paint_marks(self, painter: QPainter, ground: Ground) -> None:
        if self._patch is not None and not ground.shown.isEmpty():
            marks.draw_patch(painter, ground, self._patch)
            draw_explained(painter, ground, self._patch)

    def _paint_values(self, painter: QPainter, pane: PaneScene, ground: Ground) -> None:
        if self._over.pixels and pixel_values.has_values(ground) and not ground.shown.isEmpty():
            pixel_values.draw_values(painter, ground, pane)

    def _paint_overlay(self, painter: QPainter, pane: PaneScene, ground: Ground) -> None:
        layer = None if ground.shown.isEmpty() else self._overlay_layer(pane, ground)
        if layer is not None:
            painter.drawImage(ground.shown.topLeft(), layer)

    def _overlay_layer(self, pane: PaneScene, ground: Ground) -> QImage | None:
        """Heat map or grid for the visible part, kept while nothing moves; panes may share it."""
        if ground != self._layer_ground:
            self._layer_ground, self._layers = ground, {}
        values = self._overlay.values_on(pane)
        if self._overlay.pictures and values is None:
            return None
        key = id(values)
        if key not in self._layers:
            if key not in self._heats:
                self._heats[key] = marks.layer(self._overlay, values)
            heat = self._heats[key]
            self._layers[key] = None
            if heat is not None:
                self._layers[key] = marks.heat_map(heat, ground)
            elif self._overlay.kind is Overlay.GRID and marks.grid_is_visible(ground):
                self._layers[key] = marks.grid_lines(ground)
        return self._layers[key]

    def _divider(self, ground: Ground) -> int:
        return ground.shown.x() + round(self._wipe * ground.shown.width())

    def _paint_wipe(self, painter: QPainter, ground: Ground) -> None:
        at, cell = self._divider(ground), self._cells[0]
        halves = (QRect(0, 0, at, cell.depth), QRect(at, 0, cell.width - at, cell.depth))
        for pane, half in zip(self._panes[:2], halves, strict=True):
            painter.save()
            painter.setClipRect(half, Qt.ClipOperation.IntersectClip)
            self._paint_pixels(painter, pane, ground)
            self._paint_front(painter, pane, ground)
            self._paint_overlay(painter, pane, ground)
            painter.restore()
        self._paint_marks(painter, ground)
        for pane, half in zip(self._panes[:2], halves, strict=True):
            painter.save()
            painter.setClipRect(half, Qt.ClipOperation.IntersectClip)
            self._paint_values(painter, pane, ground)
            painter.restore()
        marks.draw_divider(painter, at, cell.depth, ground.ratio)

    # ---- over the pictures ----------------------------------------------------------------------

    def _minimap_area(self) -> QRect:
        """Where the minimap lies, in device pixels; empty while there is none."""
        if not self._over.minimap or not self._cells or self._first_pixels() is None:
            return QRect()
        return minimap.place(self._view, self._cells[-1], self.devicePixelRatioF())

    def _first_pixels(self) -> Pixels | None:
        return next((pane.pixels for pane in self._panes if pane.pixels is not None), None)

    def _map_pixels(self) -> Pixels | None:
        """What the minimap shows: of a difference the picture that it starts from."""
        pane = next((pane for pane in self._panes if pane.pixels is not None), None)
        return None if pane is None else pane.pixels if pane.between is None else pane.between[1]

    def _paint_minimap(self, painter: QPainter) -> None:
        area, pixels = self._minimap_area(), self._map_pixels()
        if not area.isEmpty() and pixels is not None:
            minimap.draw(painter, self._view, area, pixels, self._sampler, self.devicePixelRatioF())

    def _box_anchor(self) -> QPointF:
        """What the zoom box stands beside, in logical pixels: the pixel in the first pane."""
        assert self._over.box is not None
        x, y = self._over.box.pixel
        cell, (left, top) = self._cells[0], self._view.origin()
        at = QPointF(left + (x + 0.5) * self._view.scale, top + (y + 0.5) * self._view.scale)
        return (at + QPointF(cell.x, cell.top)) / self.devicePixelRatioF()

    def _paint_box(self, painter: QPainter) -> None:
        box = self._over.box
        if box is None or not box.rows or not self._cells:
            return
        room = QSizeF(self.size())
        area: QRectF = zoombox.place(self._box_anchor(), zoombox.size_for(len(box.rows), room), room)
        panes = {pane.key: pane for pane in self._panes}
        zoombox.draw(painter, area, box, panes, self.devicePixelRatioF())
