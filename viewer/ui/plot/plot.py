"""A plot of the window: mouse and keys beyond pyqtgraph's own, its menu, enlarged over the pictures.

pyqtgraph is loaded after the first paint of the window, which would otherwise come a third of a second later.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
)  # fmt: skip
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from viewer.model.scene.plots import PlotScene
from viewer.ui.theme import current

if TYPE_CHECKING:
    from viewer.ui.plot.figure import Figure

STAGE = "stage"
"""Object name of the widget that an enlarged plot covers, in the window of the plot."""
KEYS = (
    ("Wheel, +, −", "Zoom"), ("Drag, arrows", "Pan"), ("Double click, Enter", "Enlarge, or back"),
    (", and .", "Read the points one by one"), ("L, Shift+L", "Logarithmic y, x"), ("0", "Reset the view"),
    ("Right button, Menu", "Save, copy and more"),
)  # fmt: skip
"""What mouse and keys do in a plot; the keys once Tab has led there."""
_KEYS_IN_WORDS = "; ".join(f"{key}: {what}" for key, what in KEYS)
_LOOKS = {
    "Left": (-0.1, 0, 1), "Right": (0.1, 0, 1), "Up": (0, 0.1, 1), "Down": (0, -0.1, 1),
    "Plus": (0, 0, 1.25), "Equal": (0, 0, 1.25), "Minus": (0, 0, 0.8),
}  # fmt: skip
"""Across, up and zoom of `Figure.look` by key."""
_PATIENCE_MS = 40
"""From the first paint until pyqtgraph is loaded: what waits for that paint comes first."""


class Plot(QWidget):
    """Draws one `PlotScene`. Signals carry the scene's key and x of the data point that is meant."""

    clicked = Signal(str, float)
    hovered = Signal(str, float)
    left = Signal(str)

    def __init__(self, scene: PlotScene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figure: Figure | None = None
        self.scene = scene
        self._waits = self._led = self._was_led = False
        self._larger = 1.0
        self._room = QVBoxLayout(self)
        self._room.setContentsMargins(1, 1, 1, 1)
        self.setMinimumSize(200, 128)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.set_scene(scene)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's names
        return QSize(360, 200)

    def set_scene(self, scene: PlotScene) -> None:
        """Show this."""
        if self.scene is not scene and self.scene == scene:
            return
        self.scene = scene
        about = f"{scene.y_label} over {scene.x_label}. {_KEYS_IN_WORDS}"
        if (self.accessibleName(), self.accessibleDescription()) != (scene.title or "Plot", about):
            self.setAccessibleName(scene.title or "Plot")
            self.setAccessibleDescription(about)
        if self._figure is not None:
            self._figure.set_scene(scene)

    def magnify(self, larger: float) -> None:
        """Write words and numbers so many times as large."""
        self._larger = larger
        if self._figure is not None:
            self._figure.magnify(larger)

    def drawn(self) -> bool:
        """Whether axes and curves stand."""
        return self._figure is not None and self._figure.picture is not None

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setPen(QColor(current().accent if self._led and self.hasFocus() else current().panel))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        if not self._waits:
            self._waits = True
            QTimer.singleShot(0 if "pyqtgraph" in sys.modules else _PATIENCE_MS, self, self.figure)

    def figure(self) -> Figure:
        """The plot as pyqtgraph has it, which is loaded if need be."""
        if self._figure is None:
            from viewer.ui.plot.figure import Figure

            self._figure = Figure(self.scene, self)
            self._figure.magnify(self._larger)
            self._room.addWidget(self._figure)
            self._figure.show()
            self.made(self._figure)
        return self._figure

    def made(self, figure: Figure) -> None:
        """Hear its mouse and fill its menu."""
        from viewer.ui.plot import files

        figure.viewport().installEventFilter(self)
        figure.scene().sigMouseMoved.connect(self.point_at)
        figure.scene().sigMouseClicked.connect(self._click)
        menu, first = figure.box.menu, figure.box.menu.actions()[0]
        for title, run in [
            *((f"Save as {kind}…", partial(files.save, figure, kind)) for kind in files.KINDS),
            ("Copy", partial(files.copy, figure)),
            ("Logarithmic or linear y axis\tL", figure.logs[1].toggle),
            ("Logarithmic or linear x axis\tShift+L", figure.logs[0].toggle),
            ("Reset the view\t0", self.reset), ("Enlarge, or back\tEnter", self.enlarge),
        ]:  # fmt: skip
            action = QAction(title, menu)
            action.triggered.connect(lambda _=False, run=run: run())
            menu.aboutToShow.connect(lambda action=action: action.setEnabled(figure.has_data()))
            menu.insertAction(first, action)
        menu.insertSeparator(first)
        for axis in menu.ctrl:  # pyqtgraph's controls have words beside them, but no names of their own
            for control, name in (
                (axis.minText, "Lowest"), (axis.maxText, "Highest"), (axis.linkCombo, "Linked axis"),
                (axis.autoPercentSpin, "Part of the data"),
            ):  # fmt: skip
                control.setAccessibleName(name)
        menu.viewAll.setVisible(False)  # like resetting, but later data would lie outside

    def reset(self) -> None:
        """All data on linear axes."""
        for check in self.figure().logs:
            check.setChecked(False)
        self.figure().fit()

    def enlarge(self) -> None:
        """Cover the pictures with this plot, or go back."""
        figure, stage = self.figure(), self.window().findChild(QWidget, STAGE) or self.window()
        if figure.parentWidget() is self:
            figure.setParent(stage)
            figure.setGeometry(stage.rect())
            stage.installEventFilter(self)
            self._was_led = self._led
            self.setFocus(Qt.FocusReason.PopupFocusReason)
            self._led = True
        else:
            figure.parentWidget().removeEventFilter(self)
            self._room.addWidget(figure)
            self._led = self._was_led
        figure.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Leave and watched is self.figure().viewport():
            self.point_at(None)
        elif event.type() == QEvent.Type.Resize and watched is self.figure().parent():
            self.figure().setGeometry(watched.rect())
        return False

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        if self._figure is not None and self._figure.parent() is not self:
            self.enlarge()

    def point_at(self, position: QPointF | None) -> None:
        """Read out the point that a place in the plot means, if any."""
        figure = self.figure()
        point, was = figure.nearest(position) if position is not None else None, figure.point
        figure.read(point)
        if point is not None:
            figure.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
            self.hovered.emit(self.scene.key, float(point[0].x[point[1]]))
        elif was is not None:
            figure.viewport().unsetCursor()
            self.left.emit(self.scene.key)

    def _click(self, event: Any) -> None:
        if event.button() == Qt.MouseButton.RightButton and not event.isAccepted():
            self.figure().box.menu.popup(event.screenPos().toPoint())  # beside the axes
        elif event.button() == Qt.MouseButton.LeftButton:
            (self.open if event.double() else self.choose)(event.scenePos())

    def choose(self, position: QPointF) -> None:
        """What a click does."""
        point = self.figure().nearest(position)
        if point is not None:
            self.clicked.emit(self.scene.key, float(point[0].x[point[1]]))

    def open(self, position: QPointF) -> None:
        """What a double click does."""
        self.enlarge()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        if event.reason() == QContextMenuEvent.Reason.Keyboard:  # pyqtgraph hears the mouse
            self.figure().box.menu.popup(event.globalPos())

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:  # as before in this window
            self._led = event.reason() != Qt.FocusReason.OtherFocusReason
        super().focusInEvent(event)

    def event(self, event: QEvent) -> bool:
        act = self._act(event) if self._led and isinstance(event, QKeyEvent) else None
        if act is None or event.type() not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            return super().event(event)
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            act()
        return True

    def _act(self, event: QKeyEvent) -> Callable[[], object] | None:
        """What a key does here; None for the window's."""
        figure, key, modifiers = self.figure(), Qt.Key(event.key()).name[4:], event.modifiers()
        acts: dict[str, Callable[[], object]] = {
            **{each: partial(figure.look, *look) for each, look in _LOOKS.items()}, "0": self.reset,
            "L": figure.logs[0 if modifiers & Qt.KeyboardModifier.ShiftModifier else 1].toggle,
            "Return": self.enlarge, "Enter": self.enlarge,
            "Comma": partial(self._step, -1), "Period": partial(self._step, 1),
        }  # fmt: skip
        if figure.parent() is not self:
            acts["Escape"] = self.enlarge
        rest = modifiers & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        return None if rest else acts.get(key)

    def _step(self, by: int) -> None:
        """Read out another point, the next or the one before."""
        figure = self.figure()
        points, was = figure.points(QPointF())[0], figure.point
        if points:
            point = points[(points.index(was) + by) % len(points) if was in points else 0]
            figure.read(point)
            self.hovered.emit(self.scene.key, float(point[0].x[point[1]]))
