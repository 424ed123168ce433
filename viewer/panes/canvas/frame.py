"""The frame of the linked panes: where cells, title strips and bars lie, and the words in them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QResizeEvent
from PySide6.QtWidgets import QWidget

from engine.types import PATCH
from viewer.model.scene.picture import OverlayScene, PaneScene, PatchScene
from viewer.model.scene.view import ViewScene
from viewer.model.session.choices import Mode, Overlay
from viewer.panes.canvas import marks, strips
from viewer.panes.canvas.marks import Ground
from viewer.panes.canvas.viewport import Cell, Viewport, arrange
from viewer.ui.sampling import Sampler
from viewer.ui.theme import current, scaled

_GAP = 8


class PanesFrame(QWidget):
    """Holds the scene and lays it out under one zoom. `PanesCanvas` draws the pictures."""

    zoom_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._panes: tuple[PaneScene, ...] = ()
        self._mode = Mode.SIDE
        self._patch: PatchScene | None = None
        self._overlay = OverlayScene(Overlay.NONE, None)
        self._heats: dict[int, NDArray[np.uint32] | None] = {}
        self._layers: dict[int, QImage | None] = {}
        self._layer_ground: Any = None
        self._over = ViewScene()
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
            self._heats, self._layers = {}, {}
        self._panes, self._mode, self._patch, self._overlay = panes, mode, patch, overlay
        image = next((pane.pixels for pane in panes if pane.pixels is not None), None)
        if image is not None:
            self._view.set_image((image.shape[1], image.shape[0]))
        self._arrange()
        self.update()

    def set_view(self, view: ViewScene) -> None:
        """Show this over the pictures."""
        if view is not self._over:
            self._over = view
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

    def viewport(self) -> Viewport:
        """Zoom and place, a copy."""
        return replace(self._view)

    def look_through(self, view: Viewport, factor: float = 1.0) -> None:
        """Take up a zoom and place on the screen of the moment. factor: of its pixels to those that `view`
        was made for."""
        self._arrange()
        if view.fitted:
            self._view.fit()
        else:
            self._view.look(view.scale * factor, view.centre)
        self._moved()

    def visible_region(self) -> tuple[int, int, int, int] | None:
        """The part of the picture that can be seen in a pane: left, top, width, height in its pixels; None
        where all of it can."""
        left, top, width, height = (each / self._view.scale for each in self._view.visible())
        x, y = max(0, math.floor(left + 1e-6)), max(0, math.floor(top + 1e-6))
        right = min(self._view.image[0], math.ceil(left + width - 1e-6))
        bottom = min(self._view.image[1], math.ceil(top + height - 1e-6))
        region = (x, y, max(1, right - x), max(1, bottom - y))
        return None if region == (0, 0, *self._view.image) else region

    # ---- layout ---------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(960, 480)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(240, 160)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._arrange()  # the size of text has changed, and strips with it

    def _wiping(self) -> bool:
        return self._mode is Mode.WIPE and len(self._panes) >= 2

    def _bar_height(self) -> int:
        has_bar = self._overlay.kind is not Overlay.NONE and bool(self._panes)
        return scaled(strips.BAR) if has_bar else 0

    def _legend_height(self) -> int:
        return scaled(strips.LEGEND) if self._over.legend is not None and self._panes else 0

    def _arrange(self) -> None:
        ratio = self.devicePixelRatioF()
        count = 1 if self._wiping() else max(1, len(self._panes))
        size = (
            max(1, math.floor(self.width() * ratio)),
            max(1, math.floor((self.height() - self._bar_height() - self._legend_height()) * ratio)),
        )
        key = (count, size, self._view.image, ratio, scaled(strips.STRIP))
        if key != self._layout_key:
            self._layout_key = key
            self._cells = arrange(
                count, size, self._view.image, round(_GAP * ratio), round(scaled(strips.STRIP) * ratio)
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

    def _ground(self) -> Ground:
        origin = self._view.origin()
        left, top, width, height = self._view.visible()
        shown = QRect(left + origin[0], top + origin[1], width, height)
        return Ground(self._view.image, self._view.scale, origin, shown, self.devicePixelRatioF())

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
        if self._over.legend is not None and self._legend_height():
            depth = self._legend_height()
            top = self.height() - self._bar_height() - depth
            strips.draw_legend(painter, QRectF(0, top, self.width(), depth), self._over.legend)
        if self._bar_height():
            depth = self._bar_height()
            rect = QRectF(0, self.height() - depth, self.width(), depth)
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
