"""Linked panes: up to six pictures under one pan and zoom, with overlays and the patch in its context."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from viewer.model.scene.picture import PaneScene
from viewer.panes.canvas import minimap, strips
from viewer.panes.canvas.canvas import PanesCanvas
from viewer.panes.canvas.viewport import MAX_SCALE, Cell

_GRAB = 7
"""Logical pixels around the wipe's divider that take hold of it."""
_NOTCH = 1.25
"""Zoom factor of one notch of the wheel."""


class PanesView(PanesCanvas):
    """Draws `PaneScene`s. Positions in signals are image pixels, the same in every pane.

    `zoom_changed` carries percent, 100 meaning one device pixel per image pixel.
    """

    hovered = Signal(int, int)
    left = Signal()
    clicked = Signal(int, int)
    second_clicked = Signal(int, int)
    """A click with Shift."""
    wiped = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixel: tuple[int, int] | None = None
        self._press: QPointF | None = None
        self._last = self._mouse = QPointF()
        self._dragging = ""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Pictures")
        self.setAccessibleDescription("Linked pictures: the wheel zooms, dragging pans, a double click fits")

    # ---- zoom and place -------------------------------------------------------------------------

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

    def zoom_by_powers(self, count: int) -> None:
        """Zoom to the next powers of two, keeping what is in the middle of the panes."""
        self._view.zoom_by_powers(count)
        self._moved()

    def pan_by(self, across: float, down: float) -> None:
        """Move what is seen by parts of a pane's width and height."""
        self._view.pan(-across * self._view.pane[0], -down * self._view.pane[1])
        self._moved()

    def look_at(self, x: float, y: float, across: float) -> None:
        """Put an image pixel in the middle, at the largest whole zoom that shows `across` pixels."""
        view = self._view
        view.look(max(1.0, min(view.pane) // across), (x, y))
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
        zoom, x, y = value("zoom", 0.1, 100 * MAX_SCALE), value("x", 0, 1), value("y", 0, 1)
        if state.get("fit") is True or zoom is None or x is None or y is None:
            self._view.fit()
        else:
            self._view.look(zoom / 100, (x * self._view.image[0], y * self._view.image[1]))
        self._moved()

    def image_position(self, x: int, y: int, pane: int = 0) -> QPointF:
        """Where the middle of an image pixel lies in this widget, in logical pixels."""
        cell, (left, top) = self._cells[pane], self._view.origin()
        at = QPointF(left + (x + 0.5) * self._view.scale, top + (y + 0.5) * self._view.scale)
        return (at + QPointF(cell.x, cell.top)) / self.devicePixelRatioF()

    # ---- mouse ----------------------------------------------------------------------------------

    def _cell_at(self, position: QPointF) -> Cell | None:
        ratio = self.devicePixelRatioF()
        return next((c for c in self._cells if c.holds(position.x() * ratio, position.y() * ratio)), None)

    def _in_cell(self, position: QPointF, cell: Cell) -> tuple[float, float]:
        ratio = self.devicePixelRatioF()
        return position.x() * ratio - cell.x, position.y() * ratio - cell.top

    def pane_at(self, position: QPointF) -> PaneScene | None:
        """The picture under a point of this widget (logical pixels); in a wipe that of the divider's side."""
        cell = self._cell_at(position)
        if cell is None:
            return None
        number = self._cells.index(cell)
        if self._wiping():
            number = int(self._in_cell(position, cell)[0] >= self._divider(self._ground()))
        return self._panes[number] if number < len(self._panes) else None

    def pixel_at(self, position: QPointF) -> tuple[int, int] | None:
        """The image pixel under a point of this widget (logical pixels), or None."""
        cell = self._cell_at(position)
        if cell is None or self._first_pixels() is None or self._on_minimap(position):
            return None
        x, y = (math.floor(at) for at in self._view.to_image(*self._in_cell(position, cell)))
        inside = 0 <= x < self._view.image[0] and 0 <= y < self._view.image[1]
        return (x, y) if inside else None

    def _hover(self, position: QPointF) -> None:
        pixel, self._mouse = self.pixel_at(position), position
        if pixel == self._pixel:
            return
        self._pixel = pixel
        if pixel is None:
            self.left.emit()
        else:
            self.hovered.emit(*pixel)

    def _on_minimap(self, position: QPointF) -> bool:
        ratio = self.devicePixelRatioF()
        return self._minimap_area().contains(QPoint(int(position.x() * ratio), int(position.y() * ratio)))

    def _drag_minimap(self, position: QPointF) -> None:
        """Look at what is under a place in the minimap."""
        area, ratio = self._minimap_area(), self.devicePixelRatioF()
        if area.isEmpty():
            return
        at = minimap.to_image(self._view, area, position.x() * ratio, position.y() * ratio)
        self._view.look(self._view.scale, at)
        self._moved()

    def _box_anchor(self) -> QPointF:
        """The zoom box stands beside the mouse while that is over a picture."""
        return self._mouse if self._pixel is not None else super()._box_anchor()

    def _on_divider(self, position: QPointF) -> bool:
        if not self._wiping() or self._cell_at(position) is None:
            return False
        ratio = self.devicePixelRatioF()
        at = (self._cells[0].x + self._divider(self._ground())) / ratio
        return abs(position.x() - at) <= _GRAB

    def _show_cursor(self, position: QPointF) -> None:
        if self._dragging in ("pan", "map"):
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._on_minimap(position):
            shape = Qt.CursorShape.OpenHandCursor
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
        if self._on_minimap(event.position()):
            self._dragging = "map"
            self._drag_minimap(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        position = event.position()
        if self._press is not None:
            far = (position - self._press).manhattanLength() >= QApplication.startDragDistance()
            if not self._dragging and far:
                self._dragging = "pan"
            if self._dragging == "wipe":
                self._drag_divider(position)
            elif self._dragging == "map":
                self._drag_minimap(position)
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
                shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                (self.second_clicked if shift else self.clicked).emit(*pixel)
        self._show_cursor(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._press = None
        if self._on_minimap(event.position()):
            return
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
