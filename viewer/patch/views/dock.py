"""The panel that explains a patch, or two beside each other, from its neighbours to its errors."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from viewer.model.scene.palette import legible
from viewer.model.scene.patch import DockScene
from viewer.model.scene.plots import PlotScene
from viewer.patch.views.part import PatchPart
from viewer.ui.controls import ElidedLabel, IconButton, SegmentedButtons, panel, title_label
from viewer.ui.plot.plot import Plot
from viewer.ui.scrolled import Scrolled
from viewer.ui.theme import current, scaled

TWO_WIDE = 640
"""Width from which on two patches stand beside each other."""
_PLOT_TALL = 148
_COMPONENTS = (
    ("0", "Y", "Symbols and coefficients of luma"),
    ("1", "Cb", "Symbols and coefficients of the blue difference"),
    ("2", "Cr", "Symbols and coefficients of the red difference"),
)


class PatchDock(QWidget):
    """Draws a `DockScene`. Its signals state what is pointed at and chosen in it."""

    component_chosen = Signal(int)
    coefficient_pointed = Signal(object)
    neighbour_pointed = Signal(object)
    patch_chosen = Signal(int, int)
    step_pointed = Signal(object)
    step_chosen = Signal(int)
    swap_requested = Signal()
    second_dropped = Signal()
    close_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        panel(self)
        self.setAccessibleName("Patch explained")
        self._scene: DockScene | None = None
        self.title = title_label("Patch")
        self.step = ElidedLabel()
        self.step.setProperty("role", "muted")
        self.components = SegmentedButtons(_COMPONENTS)
        self.close_button = IconButton("close", "Close", "Close the panel; the patch stays pinned  (I)")
        self.plot = Plot(PlotScene("patch", "", "", "", ()))
        self._fit()
        self.parts = (PatchPart(), PatchPart())
        self.heads = (_PartHead(), _PartHead())
        self.heads[0].button.set_icon("next", "Swap", "Exchange the two patches")
        self.heads[1].button.set_icon("close", "Drop", "Stop comparing with this patch  (Shift+I)")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        head = QGridLayout()
        head.setContentsMargins(8, 8, 8, 4)
        head.setSpacing(4)
        head.addWidget(self.title, 0, 0)
        head.addWidget(self.close_button, 0, 1, Qt.AlignmentFlag.AlignRight)
        head.addWidget(self.step, 1, 0)
        head.addWidget(self.components, 1, 1, Qt.AlignmentFlag.AlignRight)
        head.setColumnStretch(0, 1)
        body = QWidget()
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 0, 8)
        rows.setSpacing(4)
        rows.addWidget(self.plot)
        columns = self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        columns.setContentsMargins(8, 0, 8, 0)
        columns.setSpacing(16)
        self.columns = QWidget(), QWidget()
        for holder, part_head, part in zip(self.columns, self.heads, self.parts, strict=True):
            column = QVBoxLayout(holder)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(8)
            column.addWidget(part_head)
            column.addWidget(part)
            column.addStretch(1)
            columns.addWidget(holder, 1)
        rows.addLayout(columns)
        rows.addStretch(1)
        self.area = Scrolled(panel(body), sideways=True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.area, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def _connect(self) -> None:
        self.components.chosen.connect(lambda key: self.component_chosen.emit(int(key)))
        self.close_button.clicked.connect(self.close_requested)
        self.plot.hovered.connect(lambda _, x: self.step_pointed.emit(round(x)))
        self.plot.left.connect(lambda _: self.step_pointed.emit(None))
        self.plot.clicked.connect(lambda _, x: self.step_chosen.emit(round(x)))
        self.heads[0].button.clicked.connect(self.swap_requested)
        self.heads[1].button.clicked.connect(self.second_dropped)
        for part in self.parts:
            part.coefficient_pointed.connect(self.coefficient_pointed)
            part.neighbour_pointed.connect(self.neighbour_pointed)
            part.patch_chosen.connect(self.patch_chosen)
            part.step_pointed.connect(self.step_pointed)
            part.codes.fitted.connect(self._align)

    def _align(self) -> None:
        """Two patches' codes take the same room, so that their coefficients stand beside each other."""
        two = self._scene is not None and len(self._scene.parts) > 1 and self._is_wide()
        least = max(part.codes.needed() for part in self.parts) if two else 0
        for part in self.parts:
            part.codes.set_least(least)

    def _fit(self) -> None:
        self.plot.setFixedHeight(scaled(_PLOT_TALL))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.FontChange:
            self._fit()
        super().changeEvent(event)

    def _is_wide(self) -> bool:
        """Whether two patches have room beside each other; else they stand below each other."""
        return self.width() >= scaled(TWO_WIDE)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        ways = QBoxLayout.Direction
        way = ways.LeftToRight if self._is_wide() else ways.TopToBottom
        if way != self._beside.direction():
            self._beside.setDirection(way)
            self._align()

    def to_top(self) -> None:
        """Begin with what comes first."""
        self.area.verticalScrollBar().setValue(0)

    def set_scene(self, scene: DockScene) -> None:
        """Show this."""
        self._scene = scene
        two = len(scene.parts) > 1
        self.title.setText("Two patches" if two else scene.parts[0].title)
        self.step.setText(scene.step_words + (", pointed at" if scene.preview else ""))
        self._show_components(scene)
        self.plot.set_scene(scene.plot)
        self.columns[1].setVisible(two)
        for number, (head, part) in enumerate(zip(self.heads, self.parts, strict=True)):
            head.setVisible(two)
            if number < len(scene.parts):
                head.show_part(scene.parts[number].title, scene.parts[number].colour)
                part.set_scene(scene, number)
        self._align()

    def _show_components(self, scene: DockScene) -> None:
        for key, _, tip in _COMPONENTS:
            button = self.components.button(key)
            there = int(key) < len(scene.components)
            button.setEnabled(there)
            button.setToolTip(f"{tip}  (U: the next)" if there else "The stream has no colour")
        self.components.set_current(str(scene.component))


class _PartHead(QWidget):
    """Name of one of two patches, in its colour, and what can be done with it."""

    def __init__(self) -> None:
        super().__init__()
        self.name = QLabel()
        self.button = IconButton("search", "", "")
        self._colour = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.name, 1)
        row.addWidget(self.button)

    def show_part(self, title: str, colour: str) -> None:
        self.name.setText(title)
        self._colour = colour
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        if self._colour:
            colour = QColor(legible(self._colour, current().panel))
            QPainter(self).fillRect(0, self.height() // 2 - 6, 12, 12, colour)
