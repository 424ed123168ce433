"""Paints the pictures into their cells, with overlays and marks, all in device pixels: what was sampled is
copied, never resampled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QRegion

from engine.types import Pixels, frozen
from viewer.model.scene.picture import PaneScene, PatchScene
from viewer.model.session.choices import Overlay
from viewer.panes.canvas import layers, marks, minimap, pixel_values
from viewer.panes.canvas.arrows import draw_recalls
from viewer.panes.canvas.callout import draw_callout, draw_roles
from viewer.panes.canvas.ground import Ground
from viewer.panes.canvas.layout import PanesLayout
from viewer.panes.canvas.patch_marks import draw_explained
from viewer.panes.canvas.spotlight import draw_magnifier, draw_place, draw_spotlight, magnifier_place
from viewer.ui.sampling import Excerpt, Sampler
from viewer.ui.theme import current


class PicturesPainter:
    """Paints what a layout shows. Keeps sampled pictures and overlays, so that painting again is cheap."""

    def __init__(self, layout: PanesLayout) -> None:
        self._layout = layout
        self._sampler = Sampler()
        self._heats: dict[int, NDArray[np.uint32] | None] = {}
        self._layers: dict[int, QImage | None] = {}
        self._layer_ground: Ground | None = None
        self._greys: dict[int, tuple[Pixels, Pixels]] = {}

    def forget_overlay(self) -> None:
        """Another overlay is to be painted."""
        self._heats, self._layers = {}, {}

    def paint(self, painter: QPainter, exposed: QRegion) -> None:
        """Cells that reach into `exposed` (logical pixels), and the minimap over them. painter: in device
        pixels."""
        ground, panes = self._layout.ground(), self._layout.panes
        for number, cell in enumerate(self._layout.cells):
            if not exposed.intersects(self._layout.area_of(cell)):
                continue
            painter.save()
            painter.translate(cell.x, cell.top)
            painter.setClipRect(QRect(0, 0, cell.width, cell.depth))
            painter.fillRect(QRect(0, 0, cell.width, cell.depth), QColor(current().canvas))
            if self._layout.wiping():
                self._paint_wipe(painter, ground)
            else:
                self._paint_pane(painter, panes[number], ground)
            self._paint_beside(painter, panes[number], QRect(0, 0, cell.width, cell.depth), not number)
            if self._layout.wiping() and self._layout.over.presented is not None:
                half = QRect(cell.width // 2, 0, cell.width - cell.width // 2, cell.depth)
                self._paint_beside(painter, panes[1], half, False)
            painter.restore()
        self._paint_minimap(painter)

    def _paint_pane(self, painter: QPainter, pane: PaneScene, ground: Ground) -> None:
        if pane.pixels is None:
            return
        self._paint_picture(painter, pane, ground)
        self._paint_spot(painter, ground)
        self._paint_marks(painter, pane, ground)
        self._paint_values(painter, pane, ground)
        patch = self._layout.patch
        if patch is not None and not ground.shown.isEmpty():
            draw_recalls(painter, ground, (patch.row, patch.column), patch.recalled_in(pane.key))

    def _paint_beside(self, painter: QPainter, pane: PaneScene, room: QRect, first: bool) -> None:
        """What explains the marks: the patch enlarged where it is small, and what the colours mean."""
        patch, ground = self._layout.patch, self._layout.ground()
        fixed = patch is not None and (patch.pinned or pane.scan is not None)
        if patch is None or not fixed or pane.pixels is None or ground.shown.isEmpty():
            return
        patch = patch.seen_in(pane.key)
        coded = self._layout.coded_pane(pane).pixels
        if self._layout.over.presented is not None:
            if first and self._layout.wiping():
                room = QRect(0, 0, room.width() // 2, room.height())
            room = self._paint_magnifier(painter, patch, coded, room)
        elif coded is not None:
            draw_callout(painter, ground, patch, coded, room)
        if first or self._layout.patch is not patch:
            draw_roles(painter, room, patch, ground.ratio, 0.7 * self._layout.caption)

    def _paint_spot(self, painter: QPainter, ground: Ground) -> None:
        """Dim what is not spoken of."""
        patch, presented, cell = self._layout.patch, self._layout.over.presented, self._layout.cells[0]
        if patch is not None and patch.pinned and presented is not None and presented.spot:
            draw_spotlight(painter, ground, patch, QRect(0, 0, cell.width, cell.depth))

    def _paint_magnifier(
        self, painter: QPainter, patch: PatchScene, pixels: Pixels | None, room: QRect
    ) -> QRect:
        """Enlarge the pinned patch, if that is wanted; returns the room that is left for words."""
        presented, ground = self._layout.over.presented, self._layout.ground()
        if presented is None or not presented.magnifier or not patch.pinned or pixels is None:
            return room
        place = magnifier_place(ground, patch, room)
        if place.isEmpty():
            return room
        draw_magnifier(painter, ground, patch, pixels, place, room)
        words = 11 * self._layout.caption * ground.ratio  # what colours mean stands in the lower left corner
        low = place.center().y() > room.center().y() and place.left() - room.left() < words
        return room.adjusted(0, 0, 0, place.top() - room.bottom()) if low else room

    def _paint_wipe(self, painter: QPainter, ground: Ground) -> None:
        at, cell = self._layout.divider(), self._layout.cells[0]
        halves = (QRect(0, 0, at, cell.depth), QRect(at, 0, cell.width - at, cell.depth))
        panes = self._layout.panes[:2]
        for pane, half in zip(panes, halves, strict=True):
            painter.save()
            painter.setClipRect(half, Qt.ClipOperation.IntersectClip)
            self._paint_picture(painter, pane, ground)
            painter.restore()
        self._paint_spot(painter, ground)
        self._paint_marks(painter, panes[0], ground)
        for pane, half in zip(panes, halves, strict=True):
            painter.save()
            painter.setClipRect(half, Qt.ClipOperation.IntersectClip)
            self._paint_values(painter, pane, ground)
            painter.restore()
        marks.draw_divider(painter, at, cell.depth, ground.ratio)

    def _paint_picture(self, painter: QPainter, pane: PaneScene, ground: Ground) -> None:
        """A pane's pixels, the front of its scan and its overlay."""
        self._paint_pixels(painter, pane, ground)
        if pane.scan is not None:
            marks.draw_front(painter, ground, pane.scan)
        layer = None if ground.shown.isEmpty() else self._overlay_layer(pane, ground)
        if layer is None:
            return
        values = self._layout.overlay.values_on(self._layout.coded_pane(pane))
        near = self._layout.overlay.outlined and values is not None and marks.can_outline(ground)
        painter.setOpacity(marks.BEHIND_OUTLINES if near else 1.0)
        painter.drawImage(ground.shown.topLeft(), layer)
        painter.setOpacity(1.0)
        if near and values is not None:
            marks.draw_outlines(painter, ground, values, self._layout.overlay.high / 2)

    def _paint_pixels(self, painter: QPainter, pane: PaneScene, ground: Ground) -> None:
        shown = ground.shown
        if pane.pixels is None or shown.isEmpty():
            return
        left, top = shown.x() - ground.origin[0], shown.y() - ground.origin[1]
        view = Excerpt(ground.scale, left, top, shown.width(), shown.height())
        overlay = self._layout.overlay
        grey = overlay.grey and overlay.over(self._layout.coded_pane(pane))
        pixels = self._grey(pane.pixels) if grey else pane.pixels
        for sampled in self._sampler.sample(pixels, view):
            at = QPoint(sampled.x, sampled.y) + QPoint(*ground.origin)
            painter.drawImage(at, sampled.image)
        if self._layout.over.pixels and pixel_values.has_grid(ground):
            pixel_values.draw_grid(painter, ground)

    def _grey(self, pixels: Pixels) -> Pixels:
        """A picture without its colours, remembered while it is shown."""
        known = self._greys.get(id(pixels))
        if known is None or known[0] is not pixels:
            shown = {id(pane.pixels) for pane in self._layout.panes}
            self._greys = {key: pair for key, pair in self._greys.items() if key in shown}
            luma = np.round(pixels @ np.array((0.299, 0.587, 0.114), np.float32)).astype(np.uint8)
            known = self._greys[id(pixels)] = (pixels, frozen(np.repeat(luma[..., None], 3, axis=2)))
        return known[1]

    def _paint_marks(self, painter: QPainter, pane: PaneScene, ground: Ground) -> None:
        patch = self._layout.patch
        if patch is not None and not ground.shown.isEmpty():
            patch = patch.seen_in(pane.key)
            if self._as_place(patch, ground):
                draw_place(painter, ground, patch)
            else:
                marks.draw_patch(painter, ground, patch)
            draw_explained(painter, ground, patch)

    def _as_place(self, patch: PatchScene, ground: Ground) -> bool:
        """Whether a patch and its neighbours are framed together, as they are marked in the magnifier."""
        presented = self._layout.over.presented
        if presented is None or not patch.pinned:
            return False
        here = ground.patch_rect(patch.row, patch.column)
        return marks.is_small(here, 3 * ground.ratio if presented.magnifier else ground.ratio)

    def _paint_values(self, painter: QPainter, pane: PaneScene, ground: Ground) -> None:
        wanted = self._layout.over.pixels and pixel_values.has_values(ground)
        if wanted and not ground.shown.isEmpty():
            pixel_values.draw_values(painter, ground, pane)

    def _overlay_layer(self, pane: PaneScene, ground: Ground) -> QImage | None:
        """Heat map or grid for the visible part, kept while nothing moves; panes may share it."""
        if ground != self._layer_ground:
            self._layer_ground, self._layers = ground, {}
        overlay = self._layout.overlay
        pane = self._layout.coded_pane(pane)
        if not overlay.over(pane):
            return None
        values = overlay.values_on(pane)
        key = id(values)
        if key not in self._layers:
            if key not in self._heats:
                self._heats[key] = layers.layer(overlay, values)
            heat = self._heats[key]
            self._layers[key] = None
            if heat is not None:
                self._layers[key] = layers.heat_map(heat, ground)
            elif overlay.kind is Overlay.GRID and layers.grid_is_visible(ground):
                self._layers[key] = layers.grid_lines(ground)
        return self._layers[key]

    def _paint_minimap(self, painter: QPainter) -> None:
        area, pixels = self._layout.minimap_area(), self._map_pixels()
        if not area.isEmpty() and pixels is not None:
            view, ratio = self._layout.view, self._layout.ratio
            minimap.draw(painter, view, area, pixels, self._sampler, ratio)

    def _map_pixels(self) -> Pixels | None:
        """What the minimap shows: of a difference the picture that it starts from."""
        pane = next((pane for pane in self._layout.panes if pane.pixels is not None), None)
        return None if pane is None else pane.pixels if pane.between is None else pane.between[1]
