"""Linked panes: up to six pictures under one pan and zoom, with overlays and the patch in its context."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from engine.types import PATCH
from viewer.scene import Mode, Overlay, OverlayScene, PaneScene, PatchScene
from viewer.theme import current
from viewer.views import marks, strips
from viewer.views.marks import Ground
from viewer.views.sampling import Sampler, View
from viewer.views.viewport import Cell, Viewport, arrange

_GAP = 8
_GRAB = 7
"""Logical pixels around the wipe's divider that take hold of it."""
_NOTCH = 1.25
"""Zoom factor of one notch of the wheel."""


class PanesView(QWidget):
    """Draws `PaneScene`s. Positions in signals are image pixels, the same in every pane.

    `zoom_changed` carries percent, 100 meaning one device pixel per image pixel.
    """

    hovered = Signal(int, int)
    left = Signal()
    clicked = Signal(int, int)
    zoom_changed = Signal(float)
    wiped = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._panes: tuple[PaneScene, ...] = ()
        self._mode = Mode.SIDE
        self._patch: PatchScene | None = None
        self._overlay = OverlayScene(Overlay.NONE, None)
        self._heat: NDArray[np.uint32] | None = None
        self._wipe = 0.5
        self._view = Viewport()
        self._cells: tuple[Cell, ...] = ()
        self._layout_key: tuple[Any, ...] = ()
        self._sampler = Sampler()
        self._told_zoom = 0.0
        self._pixel: tuple[int, int] | None = None
        self._press: QPointF | None = None
        self._last = QPointF()
        self._dragging = ""
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Pictures")
        self.setAccessibleDescription("Linked pictures: the wheel zooms, dragging pans, a double click fits")

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
            self._heat = None if overlay.values is None else marks.coloured(overlay)
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

    # ---- zoom and place -------------------------------------------------------------------------

    def zoom(self) -> float:
        """Percent; 100 is one device pixel per image pixel."""
        return 100 * self._view.scale

    def fit(self) -> None:
        """Show whole pictures, and go on doing so when the window's size changes."""
        self._view.fit()
        self._moved()

    def zoom_to(self, percent: float) -> None:
        """Zoom, keeping what is in the middle of the panes."""
        self._view.zoom_to(percent / 100)
        self._moved()

    def zoom_by(self, factor: float) -> None:
        """Zoom by a factor, keeping what is in the middle of the panes."""
        self._view.zoom_to(self._view.scale * factor)
        self._moved()

    def state(self) -> dict[str, Any]:
        """Zoom, place and divider, for `restore`."""
        view = self._view
        return {
            "fit": view.fitted,
            "zoom": self.zoom(),
            "x": view.centre[0] / view.image[0],
            "y": view.centre[1] / view.image[1],
            "wipe": self._wipe,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take up what `state` gave; anything missing or nonsensical is left as it is."""

        def value(key: str, low: float, high: float) -> float | None:
            try:
                number = float(state[key])
            except (KeyError, TypeError, ValueError):
                return None
            return number if low <= number <= high else None

        fraction = value("wipe", 0, 1)
        if fraction is not None:
            self._wipe = fraction
        zoom, x, y = value("zoom", 0.1, 6400), value("x", 0, 1), value("y", 0, 1)
        if state.get("fit") is True or zoom is None or x is None or y is None:
            self._view.fit()
        else:
            self._view.fitted = False
            self._view.centre = (x * self._view.image[0], y * self._view.image[1])
            self._view.zoom_to(zoom / 100)
        self._moved()

    def image_position(self, x: int, y: int, pane: int = 0) -> QPointF:
        """Where the middle of an image pixel lies in this widget, in logical pixels."""
        cell, (left, top) = self._cells[pane], self._view.origin()
        at = QPointF(left + (x + 0.5) * self._view.scale, top + (y + 0.5) * self._view.scale)
        return (at + QPointF(cell.x, cell.top)) / self.devicePixelRatioF()

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
        self._paint_marks(painter, ground)

    def _paint_pixels(self, painter: QPainter, pane: PaneScene, ground: Ground) -> None:
        shown = ground.shown
        if pane.pixels is None or shown.isEmpty():
            return
        left, top = shown.x() - ground.origin[0], shown.y() - ground.origin[1]
        view = View(ground.scale, left, top, shown.width(), shown.height())
        sampled = self._sampler.sample(pane.pixels, view)
        part = QRect(left - sampled.x, top - sampled.y, shown.width(), shown.height())
        painter.drawImage(shown.topLeft(), sampled.image, part)

    def _paint_marks(self, painter: QPainter, ground: Ground) -> None:
        if ground.shown.isEmpty():
            return
        if self._heat is not None:
            painter.drawImage(ground.shown.topLeft(), marks.heat_map(self._heat, ground))
        if self._overlay.kind is Overlay.GRID and marks.grid_is_visible(ground):
            marks.draw_grid(painter, ground)
        if self._patch is not None:
            marks.draw_patch(painter, ground, self._patch)

    def _divider(self, ground: Ground) -> int:
        return ground.shown.x() + round(self._wipe * ground.shown.width())

    def _paint_wipe(self, painter: QPainter, ground: Ground) -> None:
        at, cell = self._divider(ground), self._cells[0]
        halves = (QRect(0, 0, at, cell.depth), QRect(at, 0, cell.width - at, cell.depth))
        for pane, half in zip(self._panes[:2], halves, strict=True):
            painter.save()
            painter.setClipRect(half, Qt.ClipOperation.IntersectClip)
            self._paint_pixels(painter, pane, ground)
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
        return float(values[patch.row, patch.column]) if inside else None

    # ---- mouse ----------------------------------------------------------------------------------

    def _cell_at(self, position: QPointF) -> Cell | None:
        ratio = self.devicePixelRatioF()
        return next((c for c in self._cells if c.holds(position.x() * ratio, position.y() * ratio)), None)

    def _in_cell(self, position: QPointF, cell: Cell) -> tuple[float, float]:
        ratio = self.devicePixelRatioF()
        return position.x() * ratio - cell.x, position.y() * ratio - cell.top

    def pixel_at(self, position: QPointF) -> tuple[int, int] | None:
        """The image pixel under a point of this widget (logical pixels), or None."""
        cell = self._cell_at(position)
        if cell is None or not any(pane.pixels is not None for pane in self._panes):
            return None
        x, y = (math.floor(at) for at in self._view.to_image(*self._in_cell(position, cell)))
        inside = 0 <= x < self._view.image[0] and 0 <= y < self._view.image[1]
        return (x, y) if inside else None

    def _hover(self, position: QPointF) -> None:
        pixel = self.pixel_at(position)
        if pixel == self._pixel:
            return
        self._pixel = pixel
        if pixel is None:
            self.left.emit()
        else:
            self.hovered.emit(*pixel)

    def _on_divider(self, position: QPointF) -> bool:
        if not self._wiping() or self._cell_at(position) is None:
            return False
        ratio = self.devicePixelRatioF()
        at = (self._cells[0].x + self._divider(self._ground())) / ratio
        return abs(position.x() - at) <= _GRAB

    def _show_cursor(self, position: QPointF) -> None:
        if self._dragging == "pan":
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._dragging == "wipe" or self._on_divider(position):
            shape = Qt.CursorShape.SplitHCursor
        elif self._pixel is not None:
            shape = Qt.CursorShape.CrossCursor
        else:
            shape = Qt.CursorShape.ArrowCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            event.ignore()
            return
        self._press = self._last = event.position()
        self._dragging = "wipe" if self._on_divider(event.position()) else ""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        position = event.position()
        if self._press is not None:
            far = (position - self._press).manhattanLength() >= QApplication.startDragDistance()
            if not self._dragging and far:
                self._dragging = "pan"
            if self._dragging == "wipe":
                self._drag_divider(position)
            elif self._dragging == "pan":
                step = (position - self._last) * self.devicePixelRatioF()
                self._view.pan(step.x(), step.y())
                self._last = position
                self.update()
        self._hover(position)
        self._show_cursor(position)

    def _drag_divider(self, position: QPointF) -> None:
        shown = self._ground().shown
        x, _ = self._in_cell(position, self._cells[0])
        self.set_wipe((x - shown.x()) / max(1, shown.width()))
        self.wiped.emit(self._wipe)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        clicked = self._press is not None and not self._dragging
        self._press, self._dragging = None, ""
        if clicked and event.button() == Qt.MouseButton.LeftButton:
            pixel = self.pixel_at(event.position())
            if pixel is not None:
                self.clicked.emit(*pixel)
        self._show_cursor(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._press = None
        if event.button() == Qt.MouseButton.LeftButton and self._cell_at(event.position()):
            self.fit()
            self._hover(event.position())

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        cell = self._cell_at(event.position())
        turn = event.angleDelta().y()
        if cell is None or turn == 0:
            event.ignore()
            return
        self._zoom_about(event.position(), cell, _NOTCH ** (turn / 120))
        event.accept()

    def _zoom_about(self, position: QPointF, cell: Cell, factor: float) -> None:
        scale, wanted = self._view.scale, self._view.scale * factor
        if (scale - 1) * (wanted - 1) < 0:
            wanted = 1.0  # passing 100 % stops there once: the one zoom that shows pixels as they are
        self._view.zoom_to(wanted, self._in_cell(position, cell))
        self._moved()
        self._hover(position)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        if self._pixel is not None and self._press is None:
            self._pixel = None
            self.left.emit()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            cell = self._cell_at(event.position())
            if cell and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self._zoom_about(event.position(), cell, 1 + event.value())
                return True
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_tooltip(event.pos(), event.globalPos())
            return True
        return super().event(event)

    def tooltip_at(self, position: QPoint) -> str:
        """All of a strip's words where the strip had to shorten them, else nothing."""
        for pane, rect, _ in self._strip_rects():
            if rect.contains(QPointF(position)) and strips.fit_words(pane, rect.width()).cut:
                return f"{pane.title} · {pane.detail}" if pane.detail else pane.title
        return ""

    def _show_tooltip(self, position: QPoint, globally: QPoint) -> None:
        text = self.tooltip_at(position)
        if text:
            QToolTip.showText(globally, text, self)
        else:
            QToolTip.hideText()
