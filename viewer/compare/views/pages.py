"""The middle of the window: pictures, or one of the compare view's other pages. States intents only."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from viewer.compare.views.heat_table import HeatTable
from viewer.model.scene.compare import CompareScene, HeatScene
from viewer.model.session.compare import Axis, Compare, ComparePage
from viewer.ui.controls import SegmentedButtons, WrappedLabel, choose_data, panel, show_if
from viewer.ui.data_table import DataTable
from viewer.ui.flow_layout import FlowPanel
from viewer.ui.plot.column import PlotsView
from viewer.ui.scrolled import Scrolled
from viewer.ui.theme import scaled
from viewer.ui.toolbar_parts import tell_choice

_AXES = (
    (Axis.UPDATES.value, "Updates", "Weight updates"),
    (
        Axis.PATCHES.value,
        "Patches",
        "Patches seen: fair to learners that update at every step",
    ),
    (Axis.SECONDS.value, "Seconds", "Time spent training"),
)


class ComparePages(QStackedWidget):
    """pictures: the panes with their transport, shown also while nothing is compared."""

    sort_chosen = Signal(str)
    export_requested = Signal()
    copy_requested = Signal()
    axis_chosen = Signal(object)
    topic_chosen = Signal(str)
    baseline_chosen = Signal(str)
    cell_chosen = Signal(str, str)

    def __init__(self, pictures: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = DataTable()
        self.training = PlotsView()
        self.axis = SegmentedButtons(_AXES)
        self.heat = HeatPage()
        self.export = QPushButton("Export CSV…")
        self.copy = QPushButton("Copy")
        self._pages = {
            ComparePage.PICTURES: pictures,
            ComparePage.TABLE: self._table_page(),
            ComparePage.TRAINING: self._training_page(),
            ComparePage.ROBUSTNESS: self.heat,
        }
        self._first = {
            ComparePage.PICTURES: pictures,
            ComparePage.TABLE: self.table,
            ComparePage.TRAINING: self.training,
            ComparePage.ROBUSTNESS: self.heat.table,
        }
        for page in self._pages.values():
            self.addWidget(page)
        self.table.sort_chosen.connect(self.sort_chosen)
        self.export.clicked.connect(self.export_requested)
        self.copy.clicked.connect(self.copy_requested)
        self.axis.chosen.connect(lambda key: self.axis_chosen.emit(Axis(key)))
        self.heat.topic_chosen.connect(self.topic_chosen)
        self.heat.table.cell_chosen.connect(self.cell_chosen)

    def _table_page(self) -> QWidget:
        self.export.setToolTip("Write this table as a CSV file: the same columns, in this order")
        self.copy.setToolTip("Copy the table with tabs between its columns, for a spreadsheet")
        hint = _muted("Gains of each step over the standard decode, RGB PSNR in dB, on this picture")
        page = _page(_line(hint, self.copy, self.export), self.table)
        self.seen = QLabel()
        self.seen.setWordWrap(True)
        self.seen.setTextFormat(Qt.TextFormat.PlainText)
        self.baseline = QComboBox()
        self.baseline.setAccessibleName("Baseline")
        self.baseline.setToolTip("The learner that the others' differences are taken from")
        tell_choice(self.baseline, self.baseline_chosen.emit)
        self._seen_line = QWidget()
        row = QHBoxLayout(self._seen_line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.seen, 1)
        row.addWidget(_muted("Baseline"))
        row.addWidget(self.baseline)
        below = page.layout()
        assert isinstance(below, QVBoxLayout)
        below.addWidget(self._seen_line)
        return page

    def _show_seen(self, scene: CompareScene) -> None:
        """How the learners differ, in a sentence, and from which."""
        show_if(self._seen_line, bool(scene.seen))
        self.seen.setText(scene.seen)
        if [self.baseline.itemData(at) for at in range(self.baseline.count())] != list(scene.baselines):
            self.baseline.clear()
            for learner in scene.baselines:
                self.baseline.addItem(learner, learner)
        choose_data(self.baseline, scene.baseline)

    def _training_page(self) -> QWidget:
        curves = Scrolled(self.training, "Training curves", sideways=True)
        return _page(_line(_muted("Over"), self.axis, None), curves)

    def set_scene(self, scene: CompareScene | None, state: Compare) -> None:
        """Show this; None shows the pictures."""
        page = state.page if scene is not None else ComparePage.PICTURES
        if self.currentWidget() is not self._pages[page]:
            self.setCurrentWidget(self._pages[page])
            self._first[page].setFocus()
        if scene is None:
            return
        if page is ComparePage.TABLE:
            self.table.set_scene(scene.table)
            self._show_seen(scene)
        elif page is ComparePage.TRAINING:
            self.training.set_scene(scene.training)
            self.training.setMinimumHeight(scaled(240) * len(scene.training))
            self.axis.set_current(state.axis.value)
        elif page is ComparePage.ROBUSTNESS:
            self.heat.set_scene(scene.heat)


class HeatPage(QWidget):
    """The robustness table, what the picked cell is made of, and its models over the steps."""

    topic_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        panel(self)
        self.table = HeatTable()
        self.details = WrappedLabel()
        self.details.setTextFormat(Qt.TextFormat.PlainText)
        self.details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.details.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.details.setContentsMargins(8, 4, 8, 4)
        self.plot = PlotsView()
        self._scene: HeatScene | None = None
        self._topics: SegmentedButtons | None = None
        self._top = FlowPanel(
            gap=0, least_gap=0
        )  # its buttons go on in a second line where there is little room
        self._scroll = Scrolled(self.table, "Robustness table", sideways=True)
        below = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        below.addWidget(self.details, 2)
        below.addWidget(self.plot, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self._top)
        column.addWidget(self._scroll, 100)  # all its rows come first, the rest takes what is left
        column.addLayout(below, 1)
        self._below = below

    def set_scene(self, scene: HeatScene) -> None:
        """Show this."""
        if scene is self._scene:
            return
        if self._scene is None or scene.topics != self._scene.topics:
            self._make_topics(scene)
        self._scene = scene
        if self._topics is not None:
            self._topics.set_current(scene.topic)
        self.table.set_scene(scene)
        self._scroll.setMaximumHeight(self.table.minimumHeight() + 14 if scene.rows else 1 << 24)
        self.details.setText(scene.details)
        self.plot.set_scene((scene.plot,) if scene.plot is not None else ())

    def _make_topics(self, scene: HeatScene) -> None:
        if self._topics is not None:
            while (item := self._top.flow.takeAt(0)) is not None:
                if (button := item.widget()) is not None:
                    button.deleteLater()
            self._topics.deleteLater()
            self._topics = None
        if scene.topics:
            tips = [
                (key, title, f"Models under other conditions: {title.lower()}") for key, title in scene.topics
            ]
            self._topics = SegmentedButtons(tips, self._top)
            self._topics.hide()
            self._topics.chosen.connect(self.topic_chosen)
            for key, _ in scene.topics:  # the mouse leaves the keyboard with the table
                self._topics.button(key).setFocusPolicy(Qt.FocusPolicy.TabFocus)
                self._top.flow.addWidget(self._topics.button(key))
            self._top.fit_height()


def _muted(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setProperty("role", "muted")
    return label


def _line(*widgets: QWidget | None) -> QHBoxLayout:
    """Widgets in a row, the first one taking what is left; None leaves it empty instead."""
    row = QHBoxLayout()
    row.setSpacing(8)
    for number, widget in enumerate(widgets):
        if widget is None:
            row.addStretch(1)
        else:
            row.addWidget(widget, 0 if number or None in widgets else 1)
    return row


def _page(top: QHBoxLayout, body: QWidget) -> QWidget:
    page = panel(QWidget())
    column = QVBoxLayout(page)
    column.setContentsMargins(8, 8, 8, 8)
    column.setSpacing(8)
    column.addLayout(top)
    column.addWidget(body, 1)
    return page
