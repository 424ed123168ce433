"""The view of pictures alone: shown, looked at and turned at."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.support import scenes
from tests.support.pictures import noise
from viewer.model.scene.picture import OverlayScene, PaneScene, PatchScene
from viewer.model.scene.view import ViewScene
from viewer.model.session.choices import Mode
from viewer.panes.canvas.view import PanesView

BARE = ViewScene(minimap=False, pixels=False)
"""Pictures with nothing over them."""


def two(height: int = 32, width: int = 48) -> tuple[PaneScene, ...]:
    return (
        PaneScene("a", "A", "one", noise(height, width)),
        PaneScene("b", "B", "two", noise(height, width, 1)),
    )


def shown_panes(
    qtbot: QtBot,
    panes: tuple[PaneScene, ...],
    size: tuple[int, int] = (816, 400),
    mode: Mode = Mode.SIDE,
    patch: PatchScene | None = None,
    overlay: OverlayScene | None = None,
    over: ViewScene = BARE,
) -> PanesView:
    """A view of these, `size` (width, height) in pixels."""
    view = PanesView()
    qtbot.addWidget(view)
    view.resize(*size)
    view.set_scene(panes, mode, patch, overlay or scenes.no_overlay())
    view.set_view(over)
    view.show()
    return view


def point(view: PanesView, x: int, y: int, pane: int = 0) -> QPoint:
    """Where a pixel of the picture lies in the view."""
    at = view.image_position(x, y, pane)
    return QPoint(int(at.x()), int(at.y()))


def wheel(widget: QWidget, at: QPoint, turn: int) -> None:
    """Turn the wheel over this place; 120 is one notch away from the user."""
    event = QWheelEvent(
        QPointF(at), QPointF(widget.mapToGlobal(at)), QPoint(), QPoint(0, turn),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)
