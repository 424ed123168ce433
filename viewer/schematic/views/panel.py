"""Below the pictures: the diagram, as high as it needs to be and as there is room for."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from viewer.model.scene.schematic import SchematicScene
from viewer.schematic.views.diagram import DiagramView
from viewer.ui.scrolled import Scrolled
from viewer.ui.theme import FONT_PIXELS, back_row, scaled

_MOST, _YIELDING = 0.55, 0.4
"""Of the room that pictures and diagram share: the diagram's at most; what it keeps, if it can be drawn so,
where the pictures would have less than what is good for them."""
_SCROLLED = 200
"""Pixels at 100 % text that they share at least; in a smaller window the page is scrolled."""
_PICTURES = 320
"""Pixels high that are good for the pictures, at any size of text."""


class SchematicPanel(QWidget):
    """Empty until the diagram is first shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view: DiagramView | None = None
        self.area: QScrollArea | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def set_scene(self, scene: SchematicScene | None) -> None:
        """Show this, or nothing."""
        if scene is not None:
            view = self.view if self.view is not None else self._make()
            factor = 1.0
            if scene.presented:
                factor = max(1.0, 0.6 * back_row(self.window().height()) / scaled(FONT_PIXELS))
                while factor > 1 and view.least_width(scene, factor) > self._room().width():
                    factor = max(1.0, factor - 0.1)
            view.set_scene(scene, factor)
            self._fit()
        if self.isHidden() == (scene is not None):
            self.setVisible(scene is not None)

    def _make(self) -> DiagramView:
        self.view = view = DiagramView()
        self.area = scroll = Scrolled(view, "Network of the decoder", sideways=True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 1, 0, 0)
        rows.addWidget(scroll)
        host = self.parentWidget()
        if host is not None:
            host.installEventFilter(self)
        return view

    def _room(self) -> QSize:
        host = self.parentWidget()
        return host.size() if host is not None else self.size()

    def _fit(self) -> None:
        height = self.sizeHint().height()
        if height != self.height() or height != self.minimumHeight():
            self.setFixedHeight(height)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's names
        host = self.parentWidget()
        if self.view is None or host is None:
            return QSize(0, 0)
        shared = max(scaled(_SCROLLED), host.height() - self._others(host) - _out_of_sight(host))
        least = min(self.view.minimumHeight() + 1, round(_MOST * shared))
        wanted = min(self.view.natural_height() + 1, round(_MOST * shared))
        yielded = max(least, round(_YIELDING * shared))
        return QSize(400, max(0, min(wanted, max(yielded, shared - _PICTURES))))

    def _others(self, host: QWidget) -> int:
        """Height of what else stands below the pictures."""
        column = host.layout()
        places = [column.itemAt(at) for at in range(column.count())] if column is not None else []
        items = [place.widget() for place in places if place is not None]
        fixed = QSizePolicy.Policy.Fixed
        there = [each for each in items if each is not None and each is not self and not each.isHidden()]
        return sum(each.height() for each in there if each.sizePolicy().verticalPolicy() == fixed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize and not self.isHidden():
            self._fit()
        return False

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.FontChange and not self.isHidden():
            self._fit()
        super().changeEvent(event)


def _out_of_sight(widget: QWidget) -> int:
    """How much higher than its room the page is that a widget stands on: it grows with the diagram."""
    page: QWidget | None = widget
    while page is not None:
        view = page.parentWidget()
        area = view.parentWidget() if view is not None else None
        if isinstance(area, QScrollArea) and area.widget() is page:
            return max(0, page.height() - area.maximumViewportSize().height())
        page = view
    return 0
