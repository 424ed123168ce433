"""A lesson's live figure: its parts stacked, each in a view of its own."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QVBoxLayout, QWidget

from viewer.lessons.views.basis import BasisView, ChoiceView
from viewer.lessons.views.block import BlockView
from viewer.lessons.views.cells import CellsView
from viewer.model.scene.lessons import (
    BasisScene,
    BlockScene,
    CellsScene,
    ChoiceScene,
    FigureScene,
    FiguresScene,
    Part,
    SliderScene,
)
from viewer.model.scene.plots import PlotScene
from viewer.ui.controls import panel, title_label
from viewer.ui.figures_table import FiguresTable
from viewer.ui.labelled_slider import LabelledSlider
from viewer.ui.plot.plot import Plot
from viewer.ui.theme import scaled

_PLOT_HEIGHT = 196


class FiguresView(QWidget):
    """Draws a `FiguresScene`: a heading over a table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._table = title_label(""), FiguresTable(exact=True)
        self._title.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(4)
        column.addWidget(self._title)
        column.addWidget(self._table)

    def set_scene(self, scene: FiguresScene) -> None:
        """Show this."""
        self._title.setText(scene.title)
        self._table.set_rows(scene.rows)


class LessonFigure(QWidget):
    """Draws a `FigureScene`, keeping one widget a part's key."""

    slider_moved = Signal(str, int)
    """Key of the slider and its value."""
    cell_clicked = Signal(str)
    coefficient_chosen = Signal(int, int)
    plot_clicked = Signal(str, float)
    made = Signal(QWidget)
    """A new control, which may want the arrow keys."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        panel(self)
        self._scene: FigureScene | None = None
        self._views: dict[str, QWidget] = {}
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setContentsMargins(8, 4, 8, 4)
        self.note.setProperty("role", "muted")
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(8)
        self.progress.setAccessibleName("Progress of the decoders")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 8)
        self._column.setSpacing(8)
        self._column.addWidget(self.note)
        self._column.addWidget(self.progress)
        self._column.addStretch(1)

    def view(self, key: str) -> QWidget:
        """The widget of a part. Raises KeyError when there is none."""
        return self._views[key]

    def set_scene(self, scene: FigureScene) -> None:
        """Show this."""
        if scene is self._scene:
            return
        self._scene = scene
        self.note.setText(scene.note)
        self.note.setHidden(not scene.note)
        self.progress.setHidden(scene.progress is None)
        if scene.progress is not None:
            self.progress.setValue(round(1000 * scene.progress))
        keys = [part.key for part in scene.parts]
        for key in [key for key in self._views if key not in keys]:
            gone = self._views.pop(key)
            self._column.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for number, part in enumerate(scene.parts, 2):
            if part.key not in self._views:
                self._views[part.key] = self._made(part)
            view = self._views[part.key]
            if self._column.indexOf(view) != number:
                self._column.insertWidget(number, view)
            _show(view, part)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            for view in self._views.values():
                if isinstance(view, Plot):
                    view.setFixedHeight(scaled(_PLOT_HEIGHT))

    def _made(self, part: Part) -> QWidget:
        if isinstance(part, PlotScene):
            plot = Plot(part, self)
            plot.setFixedHeight(scaled(_PLOT_HEIGHT))
            plot.clicked.connect(self.plot_clicked)
            return plot
        if isinstance(part, SliderScene):
            return self._slider(part)
        if isinstance(part, CellsScene):
            cells = CellsView(self)
            cells.clicked.connect(self.cell_clicked)
            self.made.emit(cells)
            return cells
        if isinstance(part, ChoiceScene):
            choice = ChoiceView(self)
            choice.chosen.connect(self.coefficient_chosen)
            self.made.emit(choice)
            return choice
        if isinstance(part, BasisScene):
            return BasisView(self)
        return BlockView(self) if isinstance(part, BlockScene) else FiguresView(self)

    def _slider(self, part: SliderScene) -> QWidget:
        key = part.key
        scale, decimals = 10**part.decimals, part.decimals
        slider = LabelledSlider(
            part.label, part.low, part.high, lambda value: f"{value / scale:.{decimals}f}", self, stacks=True
        )  # fmt: skip
        slider.setContentsMargins(8, 0, 8, 0)
        slider.slider().setFocusPolicy(Qt.FocusPolicy.TabFocus)
        slider.value_changed.connect(lambda value: self.slider_moved.emit(key, value))
        self.made.emit(slider.slider())
        return slider


def _show(view: QWidget, part: Part) -> None:
    """Give a view the part it was made for."""
    if isinstance(view, LabelledSlider) and isinstance(part, SliderScene):
        view.set_range(part.low, part.high)
        if view.value() != part.value:
            view.set_value(part.value)
        view.setEnabled(not part.why_not)
        view.setToolTip(f"{part.tip}\nNot now: {part.why_not}" if part.why_not else part.tip)
        return
    view.set_scene(part)  # type: ignore[attr-defined]
