"""A plot under mouse and keys: read, choose, zoom, pan, logarithmic axes, enlarged over the pictures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from viewer.model.scene.plots import PlotScene
from viewer.ui.plot.canvas import Canvas
from viewer.ui.plot.menu import plot_menu
from viewer.ui.theme import current

STAGE = "stage"
"""Object name of the widget that an enlarged plot covers, in the window of the plot."""
KEYS = (
    ("Wheel, +, −", "Zoom"), ("Drag, arrows", "Pan"), ("Double click, Enter", "Enlarge, or back"),
    (", and .", "Read the points one by one"), ("L, Shift+L", "Logarithmic y, x"), ("0", "Reset the view"),
    ("Right button, Menu", "Save, copy and more"),
)  # fmt: skip
"""What mouse and keys do in a plot; the keys once Tab has led there."""
_NOTCH, _STEP, _STILL = 1.25, 40.0, 4.0
_LED = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.PopupFocusReason)


class Plot(Canvas):
    """Draws one `PlotScene`. Signals carry the scene's key and data x, kept within the data."""

    clicked = Signal(str, float)
    hovered = Signal(str, float)
    left = Signal(str)

    def __init__(self, scene: PlotScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self._press: QPointF | None = None
        self._panned = self._led = False
        self._twin: Plot | None = None
        self._origin: Plot | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._name()

    def _name(self) -> None:
        self.setAccessibleName(self.scene.title or "Plot")
        keys = "; ".join(f"{key}: {what}" for key, what in KEYS)
        self.setAccessibleDescription(f"{self.scene.y_label} over {self.scene.x_label}. {keys}")

    def set_scene(self, scene: PlotScene) -> None:
        super().set_scene(scene)
        self._name()
        if self._twin is not None:
            self._twin.set_scene(scene)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's names
        super().paintEvent(event)
        if self._led and self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QColor(current().accent))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def enlarge(self) -> None:
        """Cover the pictures with this plot, or go back."""
        if self._origin is not None:
            self._origin.enlarge()
        elif self._twin is not None:
            twin, self._twin = self._twin, None
            twin.hide()
            twin.deleteLater()
            self.setFocus(Qt.FocusReason.PopupFocusReason if self._led else Qt.FocusReason.OtherFocusReason)
        else:
            stage = self.window().findChild(QWidget, STAGE) or self.window()
            twin = self._twin = Plot(self.scene, stage)
            twin._origin, twin.hint = self, "Esc: back"
            twin.clicked.connect(self.clicked)
            twin.hovered.connect(self.hovered)
            twin.left.connect(self.left)
            self.destroyed.connect(twin.deleteLater)
            stage.installEventFilter(twin)
            twin.setGeometry(stage.rect())
            twin.show()
            twin.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        if self._twin is not None:
            self.enlarge()

    # ---- mouse and keys -------------------------------------------------------------------------

    def _inside(self, position: QPointF) -> bool:
        return self._frame is not None and self._frame.area.adjusted(0, -4, 0, 16).contains(position)

    def _x(self, position: QPointF) -> float:
        """Data x at a place, kept within the data."""
        assert self._frame is not None
        known = [curve.x for curve in self.scene.curves if len(curve.x)]
        low, high = self.scene.x_span or (min(map(np.nanmin, known)), max(map(np.nanmax, known)))
        return float(min(high, max(low, self._frame.value(position.x()))))

    def choose(self, position: QPointF) -> None:
        """What a click does."""
        self.clicked.emit(self.scene.key, self._x(position))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        position = event.position()
        if self._press is not None:
            move = position - self._press
            if self._panned or move.manhattanLength() > _STILL:
                self._panned, self._press = True, position
                self.pan(move)
        elif self._inside(position):
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.hovered.emit(self.scene.key, self._x(position))
            self.read(self.nearest(position))
        else:
            self._leave()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton and self._inside(event.position()):
            self._press, self._panned = event.position(), False
        else:
            event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._press is not None and not self._panned:
            self.choose(event.position())
        self._press = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton:
            self.enlarge()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        event.setAccepted(self._inside(event.position()) and event.angleDelta().y() != 0)
        if event.isAccepted():
            self.zoom(_NOTCH ** (event.angleDelta().y() / 120), event.position())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        plot_menu(self, self.enlarge).popup(event.globalPos())

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self._leave()

    def _leave(self) -> None:
        if self._point is not None:
            self.read(None)
            self.unsetCursor()
            self.left.emit(self.scene.key)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:  # as before in this window
            self._led = event.reason() in _LED
        super().focusInEvent(event)

    def event(self, event: QEvent) -> bool:
        asked = event.type() == QEvent.Type.ShortcutOverride
        if asked and isinstance(event, QKeyEvent) and self._does(event) is not None:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        act = self._does(event)
        if act is None:
            super().keyPressEvent(event)
        else:
            act()

    def _does(self, event: QKeyEvent) -> Callable[[], object] | None:
        """What a key does here; None for the window's, and while neither Tab nor enlarging has led here."""
        axis = 0 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        acts: dict[str, Callable[[], object]] = {
            "Left": lambda: self.pan(QPointF(_STEP, 0)), "Right": lambda: self.pan(QPointF(-_STEP, 0)),
            "Up": lambda: self.pan(QPointF(0, _STEP)), "Down": lambda: self.pan(QPointF(0, -_STEP)),
            "Plus": lambda: self.zoom(_NOTCH), "Equal": lambda: self.zoom(_NOTCH),
            "Minus": lambda: self.zoom(1 / _NOTCH), "0": self.reset,
            "L": lambda: self.set_log(axis, not self.log(axis)),
            "Return": self.enlarge, "Enter": self.enlarge,
            "Comma": lambda: self._step(-1), "Period": lambda: self._step(1),
        }  # fmt: skip
        if self._origin is not None:
            acts["Escape"] = self.enlarge
        rest = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        return acts.get(Qt.Key(event.key()).name[4:]) if self._led and not rest else None

    def _step(self, by: int) -> None:
        """Read out another point, the next or the one before."""
        points, was = self.points(), self._point
        known = [k for k, p in enumerate(points) if was and (p.curve, p.index) == (was.curve, was.index)]
        if points:
            point = points[(known[0] + by) % len(points) if known else 0]
            self.read(point)
            self.hovered.emit(self.scene.key, point.x)
