"""Linked panes: up to six pictures under one pan and zoom, with overlays and the patch in its context."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
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
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from viewer.model.scene.picture import OverlayScene, PaneScene, PatchScene
from viewer.model.scene.view import ViewScene
from viewer.model.session.choices import Mode, Overlay
from viewer.panes.canvas import strips
from viewer.panes.canvas.hand import Hand
from viewer.panes.canvas.layout import PanesLayout
from viewer.panes.canvas.pictures import PicturesPainter
from viewer.panes.canvas.viewport import MAX_SCALE, Viewport
from viewer.panes.canvas.words import paint_box, paint_words
from viewer.ui.theme import current


class PanesView(QWidget):
    """Shows `PaneScene`s. Positions in signals are image pixels, the same in every pane.

    `places` says where everything lies. `zoom_changed` carries percent: 100 is a device pixel an image pixel.
    """

    zoom_changed = Signal(float)
    hovered = Signal(int, int)
    left = Signal()
    clicked = Signal(int, int)
    second_clicked = Signal(int, int)
    """A click with Shift."""
    wiped = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.places = PanesLayout()
        self._pictures = PicturesPainter(self.places)
        self._told_zoom = 0.0
        self._hand = Hand(self, self.places)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Pictures")
        self.setAccessibleDescription("Linked pictures: the wheel zooms, dragging pans, a double click fits")
        self._hand.hovered.connect(self.hovered)
        self._hand.left.connect(self.left)
        self._hand.clicked.connect(self.clicked)
        self._hand.second_clicked.connect(self.second_clicked)
        self._hand.moved.connect(self._moved)
        self._hand.panned.connect(self.update)
        self._hand.wiped.connect(self._wiped)

    # ---- the scene ------------------------------------------------------------------------------

    def set_scene(
        self, panes: tuple[PaneScene, ...], mode: Mode, patch: PatchScene | None, overlay: OverlayScene
    ) -> None:
        """Show this. A picture of another size is fitted; one of the same size keeps zoom and place."""
        if overlay is not self.places.overlay:
            self._pictures.forget_overlay()
        before = self.places.drawn()
        self.places.set_scene(panes, mode, patch, overlay)
        self._arrange()
        for area in self.places.changed_since(before):
            self.update(area)

    def set_view(self, view: ViewScene) -> None:
        """Show this over the pictures."""
        if view is not self.places.over:
            if view.orientation != self.places.over.orientation:
                self._pictures.forget_overlay()
            self.places.set_view(view)
            self._arrange()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        ratio = self.devicePixelRatioF()
        if ratio != self.places.ratio or not self.places.cells:
            self._arrange()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(current().window))
        if not self.places.panes:
            strips.draw_message(painter, QRectF(self.rect()), "Open a picture to begin")
            return
        painter.setWorldTransform(QTransform.fromScale(1 / ratio, 1 / ratio))
        self._pictures.paint(painter, event.region())
        painter.resetTransform()
        paint_words(painter, self.places, event.region())
        if self.places.over.box is not None and self.places.cells:
            paint_box(painter, self.places, self.box_anchor())

    def box_anchor(self) -> QPointF:
        """What the zoom box stands beside, in logical pixels: the mouse while that is over a picture."""
        at = self._hand.at()
        return at if at is not None else self.places.box_anchor()

    # ---- layout ---------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(960, 480)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(200, 90)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._arrange()  # the size of text has changed, and strips with it

    def _arrange(self) -> None:
        tall = self.window().height()
        self.places.arrange(self.width(), self.height(), self.devicePixelRatioF(), tall)
        self._tell_zoom()

    def _moved(self) -> None:
        self._tell_zoom()
        self.update()

    def _tell_zoom(self) -> None:
        if self._told_zoom != self.places.view.scale:
            self._told_zoom = self.places.view.scale
            self.zoom_changed.emit(self.zoom())

    # ---- zoom and place -------------------------------------------------------------------------

    def fit(self) -> None:
        """Show whole pictures, and go on doing so when the window's size changes."""
        self.places.view.fit()
        self._moved()

    def zoom_to(self, percent: float) -> None:
        """Zoom, keeping what is in the middle of the panes."""
        self.places.view.zoom_to(percent / 100)
        self._moved()

    def zoom_by_powers(self, count: int) -> None:
        """Zoom to the next powers of two, keeping what is in the middle of the panes."""
        self.places.view.zoom_by_powers(count)
        self._moved()

    def pan_by(self, across: float, down: float) -> None:
        """Move what is seen by parts of a pane's width and height."""
        self.places.view.pan(-across * self.places.view.pane[0], -down * self.places.view.pane[1])
        self._moved()

    def look_at(self, x: float, y: float, across: float) -> None:
        """Put an image pixel in the middle, at the largest whole zoom that shows `across` pixels."""
        view = self.places.view
        view.look(max(1.0, min(view.pane) // across), self.places.turn.to_shown(x, y))
        self._moved()

    def state(self) -> dict[str, Any]:
        """Zoom, place and divider, for `restore`."""
        view = self.places.view
        return {
            "fit": view.fitted,
            "zoom": self.zoom(),
            "x": view.centre[0] / view.image[0],
            "y": view.centre[1] / view.image[1],
            "wipe": self.places.wipe,
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
            self.places.wipe = fraction
        zoom, x, y = value("zoom", 0.1, 100 * MAX_SCALE), value("x", 0, 1), value("y", 0, 1)
        if state.get("fit") is True or zoom is None or x is None or y is None:
            self.places.view.fit()
        else:
            self.places.view.look(zoom / 100, (x * self.places.view.image[0], y * self.places.view.image[1]))
        self._moved()

    def set_wipe(self, fraction: float) -> None:
        """Put the wipe's divider at a fraction of the visible picture's width, 0 to 1."""
        self.places.wipe = min(1.0, max(0.0, fraction))
        self.update()

    def _wiped(self, fraction: float) -> None:
        self.set_wipe(fraction)
        self.wiped.emit(fraction)

    def wipe(self) -> float:
        """Where the divider stands, 0 to 1."""
        return self.places.wipe

    def zoom(self) -> float:
        """Percent; 100 is one device pixel per image pixel."""
        return 100 * self.places.view.scale

    def viewport(self) -> Viewport:
        """Zoom and place, a copy."""
        return replace(self.places.view)

    def look_through(self, view: Viewport, factor: float = 1.0) -> None:
        """Take up a zoom and place on the screen of the moment. factor: of its pixels to those that `view`
        was made for."""
        self._arrange()
        if view.fitted:
            self.places.view.fit()
        else:
            self.places.view.look(view.scale * factor, view.centre)
        self._moved()

    def visible_region(self) -> tuple[int, int, int, int] | None:
        """What can be seen in a pane: left, top, width, height in image pixels; None for all of it."""
        return self.places.visible_region()

    def image_position(self, x: int, y: int, pane: int = 0) -> QPointF:
        """Where the middle of an image pixel lies in this widget, in logical pixels."""
        return self.places.image_position(x, y, pane)

    def pane_at(self, position: QPointF) -> PaneScene | None:
        """The picture under a point of this widget (logical pixels); in a wipe that of the divider's side."""
        return self.places.pane_at(position)

    def pixel_at(self, position: QPointF) -> tuple[int, int] | None:
        """The image pixel under a point of this widget (logical pixels), or None."""
        return self.places.pixel_at(position)

    # ---- mouse ----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._hand.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._hand.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._hand.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._hand.double_click(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        self._hand.wheel(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self._hand.leave()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            zooms = event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
            if zooms and self._hand.zoom_about(event.position(), 1 + event.value()):
                return True
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_tooltip(event.pos(), event.globalPos())
            return True
        return super().event(event)

    def tooltip_at(self, position: QPoint) -> str:
        """All of a strip's words where the strip had to shorten them, and the decoder's file."""
        for pane, rect, _ in self.places.strip_rects() if not self.places.caption else ():
            two = strips.is_tall(rect.height())
            if rect.contains(QPointF(position)):
                cut = strips.fit_words(pane, rect.width(), two).cut
                parts = (pane.title, pane.detail, pane.message if pane.pixels is None else "")
                whole = " · ".join(part for part in parts if part) if cut or parts[2] else ""
                return "\n".join(part for part in (whole, pane.file and f"Decoder: {pane.file}") if part)
        bar = self.height() - self.places.bar_height() - self.places.legend_height()
        overlay = self.places.overlay
        if position.y() >= bar and overlay.kind is not Overlay.NONE:
            names = [name for name, _ in overlay.classes]
            told = (overlay.legend, overlay.note, *names)
            legend = self.places.over.legend
            more = (legend.title, legend.note) if legend is not None else ()
            return "\n".join(part for part in (*told, *more) if part)
        if self.places.over.legend is not None and position.y() >= bar:
            legend = self.places.over.legend
            return "\n".join(part for part in (legend.title, legend.note) if part)
        return ""

    def _show_tooltip(self, position: QPoint, globally: QPoint) -> None:
        text = self.tooltip_at(position)
        if text:
            QToolTip.showText(globally, text, self)
        else:
            QToolTip.hideText()
