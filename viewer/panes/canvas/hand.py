"""What the mouse does in the linked panes: points, clicks, drags pictures, divider and minimap, zooms."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from viewer.panes.canvas import minimap
from viewer.panes.canvas.layout import PanesLayout
from viewer.panes.canvas.viewport import PaneCell

_NOTCH = 1.25
"""Zoom factor of one notch of the wheel."""


class Hand(QObject):
    """Moves the view of a layout; positions in signals are image pixels.

    `moved`: the zoom may have changed. `panned`: only the place has. `wiped`: where the divider goes, 0 to 1.
    """

    hovered = Signal(int, int)
    left = Signal()
    clicked = Signal(int, int)
    second_clicked = Signal(int, int)
    wiped = Signal(float)
    moved = Signal()
    panned = Signal()

    def __init__(self, widget: QWidget, places: PanesLayout) -> None:
        super().__init__(widget)
        self._widget, self._places = widget, places
        self._pixel: tuple[int, int] | None = None
        self._press: QPointF | None = None
        self._last = self._at = QPointF()
        self._dragging = ""

    def at(self) -> QPointF | None:
        """Where it is while it points at a pixel, in logical pixels."""
        return self._at if self._pixel is not None else None

    def press(self, event: QMouseEvent) -> None:
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            event.ignore()
            return
        self._press = self._last = event.position()
        self._dragging = "wipe" if self._places.on_divider(event.position()) else ""
        if self._places.on_minimap(event.position()):
            self._dragging = "map"
            self._drag_minimap(event.position())

    def move(self, event: QMouseEvent) -> None:
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
                step = (position - self._last) * self._places.ratio
                self._places.view.pan(step.x(), step.y())
                self._last = position
                self.panned.emit()
        self._hover(position)
        self._show_cursor(position)

    def release(self, event: QMouseEvent) -> None:
        clicked = self._press is not None and not self._dragging
        self._press, self._dragging = None, ""
        if clicked and event.button() == Qt.MouseButton.LeftButton:
            pixel = self._places.pixel_at(event.position())
            if pixel is not None:
                shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                (self.second_clicked if shift else self.clicked).emit(*pixel)
        self._show_cursor(event.position())

    def double_click(self, event: QMouseEvent) -> None:
        """Shows whole pictures."""
        self._press = None
        if self._places.on_minimap(event.position()):
            return
        if event.button() == Qt.MouseButton.LeftButton and self._places.cell_at(event.position()):
            self._places.view.fit()
            self.moved.emit()
            self._hover(event.position())

    def wheel(self, event: QWheelEvent) -> None:
        turn = event.angleDelta().y()
        if turn and self.zoom_about(event.position(), _NOTCH ** (turn / 120)):
            event.accept()
        else:
            event.ignore()

    def zoom_about(self, position: QPointF, factor: float) -> bool:
        """Zoom, keeping what is under a point; says whether there is a picture."""
        cell = self._places.cell_at(position)
        if cell is None:
            return False
        view = self._places.view
        wanted = view.scale * factor
        if (view.scale - 1) * (wanted - 1) < 0:
            wanted = 1.0  # passing 100 % stops there once: the one zoom that shows pixels as they are
        view.zoom_to(wanted, self._in_cell(position, cell))
        self.moved.emit()
        self._hover(position)
        return True

    def leave(self) -> None:
        if self._pixel is not None and self._press is None:
            self._pixel = None
            self.left.emit()

    def _in_cell(self, position: QPointF, cell: PaneCell) -> tuple[float, float]:
        return self._places.in_cell(position, cell)

    def _hover(self, position: QPointF) -> None:
        pixel, self._at = self._places.pixel_at(position), position
        if pixel == self._pixel:
            return
        self._pixel = pixel
        if pixel is None:
            self.left.emit()
        else:
            self.hovered.emit(*pixel)

    def _drag_minimap(self, position: QPointF) -> None:
        """Look at what is under a place in the minimap."""
        area, ratio = self._places.minimap_area(), self._places.ratio
        if area.isEmpty():
            return
        view = self._places.view
        view.look(view.scale, minimap.to_image(view, area, position.x() * ratio, position.y() * ratio))
        self.moved.emit()

    def _drag_divider(self, position: QPointF) -> None:
        shown = self._places.ground().shown
        x, _ = self._in_cell(position, self._places.cells[0])
        self.wiped.emit(min(1.0, max(0.0, (x - shown.x()) / max(1, shown.width()))))

    def _show_cursor(self, position: QPointF) -> None:
        if self._dragging in ("pan", "map"):
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._places.on_minimap(position):
            shape = Qt.CursorShape.OpenHandCursor
        elif self._dragging == "wipe" or self._places.on_divider(position):
            shape = Qt.CursorShape.SplitHCursor
        elif self._pixel is not None:
            shape = Qt.CursorShape.CrossCursor
        else:
            shape = Qt.CursorShape.ArrowCursor
        if self._widget.cursor().shape() != shape:
            self._widget.setCursor(shape)
