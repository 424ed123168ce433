"""The drawing half of the linked panes: cells, pictures, overlays and words, all in device pixels."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent, QTransform
from PySide6.QtWidgets import QWidget

from engine.types import PATCH
from viewer.scene import Mode, Overlay, OverlayScene, PaneScene, PatchScene
from viewer.theme import current
from viewer.views import marks, strips
from viewer.views.arrows import draw_recalls
from viewer.views.marks import Ground
from viewer.views.sampling import Sampler, View
from viewer.views.viewport import Cell, Viewport, arrange

_GAP = 8


class PanesCanvas(QWidget):
    """Draws `PaneScene`s under one zoom. `PanesView` adds the mouse."""

    zoom_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._panes: tuple[PaneScene, ...] = ()
        self._mode = Mode.SIDE
        self._patch: PatchScene | None = None
        self._overlay = OverlayScene(Overlay.NONE, None)
        self._heat: NDArray[np.uint32] | None = None
        self._layer: QImage | None = None
        self._layer_key: tuple[Any, ...] = ()
        self._wipe = 0.5
        self._view = Viewport()
        self._cells: tuple[Cell, ...] = ()
        self._layout_key: tuple[Any, ...] = ()
        self._sampler = Sampler()
        self._told_zoom = 0.0
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    # ---- the scene ------------------------------------------------------------------------------

    def set_scene(
        self,
        panes: tuple[PaneScene, ...],
        mode: Mode,
        patch: PatchScene | None,
        overlay: OverlayScene,
    ) -> None:
        """Show this. A picture of another size is fitted; one of the same size keeps zoom and place."""
        if overlay is not self._overlay:
            self._heat = marks.layer(overlay)
            self._layer_key = ()
        self._panes, self._mode, self._patch, self._overlay = panes, mode, patch, overlay
        image = next((pane.pixels for pane in panes if pane.pixels is not None), None)
        if image is not None:
            self._view.set_image((image.shape[1], image.shape[0]))
        self._arrange()
        self.update()

    def set_wipe(self, fraction: float) -> None:
        """Put the wipe's divider at a fraction of the visible picture's width, 0 to 1."""
        self._wipe = min(1.0, max(0.0, fraction))
        self.update()

    def wipe(self) -> float:
        """Where the divider stands, 0 to 1."""
        return self._wipe

    def zoom(self) -> float:
        """Percent; 100 is one device pixel per image pixel."""
        return 100 * self._view.scale

    # ---- layout ---------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(960, 480)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(240, 160)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._arrange()

    def _wiping(self) -> bool:
        return self._mode is Mode.WIPE and len(self._panes) >= 2

    def _bar_height(self) -> int:
        has_bar = self._overlay.kind is not Overlay.NONE and bool(self._panes)
        return strips.BAR if has_bar else 0

    def _arrange(self) -> None:
        ratio = self.devicePixelRatioF()
        count = 1 if self._wiping() else max(1, len(self._panes))
        size = (
            max(1, math.floor(self.width() * ratio)),
            max(1, math.floor((self.height() - self._bar_height()) * ratio)),
        )
        key = (count, size, self._view.image, ratio)
        if key != self._layout_key:
            self._layout_key = key
            self._cells = arrange(
                count, size, self._view.image, round(_GAP * ratio), round(strips.STRIP * ratio)
            )
            self._view.set_pane((self._cells[0].width, self._cells[0].depth))
        self._tell_zoom()

    def _moved(self) -> None:
        self._tell_zoom()
        self.update()

    def _tell_zoom(self) -> None:
        if self._told_zoom != self._view.scale:
            self._told_zoom = self._view.scale
            self.zoom_changed.emit(self.zoom())

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
        painter.resetTransform()
        self._paint_words(painter)

    def _ground(self) -> Ground:
        origin = self._view.origin()
        left, top, width, height = self._view.visible()
        shown = QRect(left + origin[0], top + origin[1], width, height)
        return Ground(self._view.image, self._view.scale, origin, shown, self.devicePixelRatioF())

    def _paint_pane(self, painter: QPainter, pane: PaneScene, ground: Ground) -> None:
        if pane.pixels is None:
            return
        self._paint_pixels(painter, pane, ground)
        self._paint_front(painter, pane, ground)
        self._paint_marks(painter, ground)
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

    def _paint_marks(self, painter: QPainter, ground: Ground) -> None:
        if ground.shown.isEmpty():
            return
        layer = self._overlay_layer(ground)
        if layer is not None:
            painter.drawImage(ground.shown.topLeft(), layer)
        if self._patch is not None:
            marks.draw_patch(painter, ground, self._patch)

    def _overlay_layer(self, ground: Ground) -> QImage | None:
        """Heat map or grid for the visible part: the same for every pane, kept while nothing moves."""
        key = (id(self._heat), self._overlay.kind, ground)
        if key != self._layer_key:
            self._layer_key, self._layer = key, None
            if self._heat is not None:
                self._layer = marks.heat_map(self._heat, ground)
            elif self._overlay.kind is Overlay.GRID and marks.grid_is_visible(ground):
                self._layer = marks.grid_lines(ground)
        return self._layer

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
            painter.restore()
        self._paint_marks(painter, ground)
        marks.draw_divider(painter, at, cell.depth, ground.ratio)

    def _strip_rects(self) -> list[tuple[PaneScene, QRectF, strips.Side]]:
        """Each title strip in logical pixels, with its pane and where its words lie."""
        ratio = self.devicePixelRatioF()

        def logical(x: float, y: float, width: float, height: float) -> QRectF:
            return QRectF(x / ratio, y / ratio, width / ratio, height / ratio)

        if self._wiping():
            cell = self._cells[0]
            half = cell.width / 2
            return [
                (self._panes[0], logical(cell.x, cell.y, half, cell.strip), strips.Side.LEFT),
                (self._panes[1], logical(cell.x + half, cell.y, half, cell.strip), strips.Side.RIGHT),
            ]
        return [
            (pane, logical(cell.x, cell.y, cell.width, cell.strip), strips.Side.SPREAD)
            for pane, cell in zip(self._panes, self._cells, strict=False)
        ]

    def _paint_words(self, painter: QPainter) -> None:
        theme, ratio = current(), self.devicePixelRatioF()
        for pane, rect, side in self._strip_rects():
            painter.fillRect(rect, QColor(theme.panel))
            strips.draw_strip(painter, rect, pane, side)
            if pane.progress is not None:
                strips.draw_progress(painter, rect, pane.progress)
            if pane.pixels is None:
                depth = self._cells[0].depth / ratio
                area = QRectF(rect.left(), rect.bottom(), rect.width(), depth)
                strips.draw_message(painter, area, pane.message)
        if self._bar_height():
            rect = QRectF(0, self.height() - strips.BAR, self.width(), strips.BAR)
            strips.draw_bar(painter, rect, self._overlay, self._bar_note(), self._marked_value())

    def _bar_note(self) -> str:
        if self._overlay.kind is not Overlay.GRID:
            return ""
        note = f"Patch grid: {PATCH}×{PATCH} pixels a patch"
        return note if marks.grid_is_visible(self._ground()) else f"{note} · zoom in to see it"

    def _marked_value(self) -> float | None:
        values, patch = self._overlay.values, self._patch
        if values is None or patch is None:
            return None
        inside = 0 <= patch.row < values.shape[0] and 0 <= patch.column < values.shape[1]
        value = float(values[patch.row, patch.column]) if inside else math.nan
        return None if math.isnan(value) else value
