"""The lessons panel: text and live figure of one lesson beside the pictures, and the way to the next."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QColor, QFont, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDockWidget,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.lessons.views.figure import LessonFigure
from viewer.lessons.views.predict import PredictView
from viewer.lessons.views.words import Words
from viewer.model.scene.lessons import LessonsScene
from viewer.ui.controls import ElidedLabel, IconButton, panel, title_label
from viewer.ui.elided_box import ElidedBox
from viewer.ui.scrolled import Scrolled
from viewer.ui.theme import current, scaled

_MOST_LEAST = 430
"""Pixels that the panel asks for at least, however large the text."""
_TITLE, _TEXT = 18, 14
"""Sizes of a lesson's title and text in pixels: to be read from the last row."""


class LessonProgress(QWidget):
    """A segment a lesson: those seen are filled, the open one stands out. `chosen` carries a number."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count, self._at, self._seen = 1, 0, frozenset[int]()
        self._titles: tuple[str, ...] = ()
        self.setFixedHeight(14)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Progress in the lessons")
        self.setToolTip("Lessons seen so far are filled; a click opens one")

    def set_progress(self, titles: tuple[str, ...], at: int, seen: tuple[int, ...]) -> None:
        """Show where one stands."""
        self._titles, self._count, self._at, self._seen = titles, len(titles), at, frozenset(seen)
        self.setAccessibleDescription(f"Lesson {at + 1} of {len(titles)}, {len(seen)} seen")
        self.update()

    def segments(self) -> list[QRectF]:
        """Where the segments lie."""
        gap = 4.0
        wide = (self.width() - gap * (self._count - 1)) / self._count
        return [QRectF(number * (wide + gap), 4, wide, 6) for number in range(self._count)]

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's names
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        theme = current()
        for number, box in enumerate(self.segments()):
            if number == self._at:
                painter.setBrush(QColor(theme.accent))
            else:
                painter.setBrush(QColor(theme.muted if number in self._seen else theme.line))
            painter.drawRoundedRect(box, 3, 3)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        for number, box in enumerate(self.segments()):
            if box.adjusted(-2, -4, 2, 4).contains(event.position()):
                self.chosen.emit(number)


class LessonPanel(QDockWidget):
    """Draws a `LessonsScene` in a dock. Signals carry what is asked for; number from 0."""

    close_requested = Signal()
    lesson_chosen = Signal(int)
    next_requested = Signal()
    back_requested = Signal()
    again_requested = Signal()
    predicted = Signal(int)
    run_requested = Signal()
    reveal_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Lessons", parent)
        self.setObjectName("lessons")
        self.setAllowedAreas(Qt.DockWidgetArea.LeftDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea)
        self._scene: LessonsScene | None = None
        self.course = ElidedLabel()
        self.course.setProperty("role", "muted")
        self.menu_button = QToolButton()
        self.menu_button.setText("File")
        self.menu_button.setAccessibleName("Lesson files")
        self.menu_button.setToolTip("Open lessons from a file, or make one of what is shown now")
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.close_button = IconButton(
            "close", "Close lessons", "Close the lessons; everything is as it was  (L)"
        )
        self.close_button.clicked.connect(lambda: self.close_requested.emit())
        self.setTitleBarWidget(self._head())
        self.progress = LessonProgress()
        self.choice = ElidedBox()
        self.choice.setAccessibleName("Lesson")
        self.choice.setToolTip("Open one of the lessons")
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.setMinimumContentsLength(8)
        self.title = Words(_TITLE, QFont.Weight.DemiBold)
        self.text, self.fault = Words(_TEXT), Words()
        self.fault.setProperty("role", "error")
        self.figure, self.predict = LessonFigure(), PredictView()
        self.takeaway, self.notes = Words(_TEXT, QFont.Weight.DemiBold), Words(_TEXT)
        self.notes_button = QToolButton()
        self.notes_button.setText("Speaker notes")
        self.notes_button.setCheckable(True)
        self.notes_button.setToolTip("Notes for whoever gives the lesson")
        self.notes_button.toggled.connect(self.notes.setVisible)
        self.back, self.again, self.next = QPushButton("Back"), QPushButton("Start over"), QPushButton("Next")
        self.setWidget(self._body())
        self.progress.chosen.connect(self.lesson_chosen)
        self.choice.activated.connect(self.lesson_chosen)
        self.back.clicked.connect(lambda: self.back_requested.emit())
        self.again.clicked.connect(lambda: self.again_requested.emit())
        self.next.clicked.connect(lambda: self.next_requested.emit())
        self.predict.chosen.connect(self.predicted)
        self.predict.run_asked.connect(self.run_requested)
        self.predict.reveal_asked.connect(self.reveal_requested)

    def set_menu(self, menu: QMenu) -> None:
        """What the button in the head opens."""
        self.menu_button.setMenu(menu)

    def _head(self) -> QWidget:
        head = panel(QWidget())
        row = QHBoxLayout(head)
        row.setContentsMargins(8, 4, 4, 4)
        row.setSpacing(8)
        row.addWidget(title_label("Lessons"))
        row.addWidget(self.course, 1)
        row.addWidget(self.menu_button)
        row.addWidget(self.close_button)
        return head

    def _body(self) -> QWidget:
        inner = panel(QWidget())
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        words = QVBoxLayout()
        words.setContentsMargins(8, 4, 8, 4)
        words.setSpacing(8)
        for label in (self.title, self.text, self.fault):
            words.addWidget(label)
        column.addLayout(words)
        column.addWidget(self.figure)
        column.addWidget(self.predict)  # what the figure shows can be asked about; the lab has none
        last = QVBoxLayout()
        last.setContentsMargins(8, 4, 8, 4)
        last.setSpacing(8)
        last.addWidget(self.takeaway)
        # aligned, for a button of fixed width would have Qt reckon with lines as narrow as itself
        last.addWidget(self.notes_button, 0, Qt.AlignmentFlag.AlignLeft)
        last.addWidget(self.notes)
        column.addLayout(last)
        column.addStretch(1)
        self.area = Scrolled(inner, "Lesson's text and figure")
        body = panel(QWidget())
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(8, 2, 8, 6)
        top.setSpacing(4)
        top.addWidget(self.progress)
        top.addWidget(self.choice)
        rows.addLayout(top)
        rows.addWidget(self.area, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 8, 8, 8)
        foot.setSpacing(8)
        self.back.setToolTip("Previous lesson  (Ctrl+Shift+L)")
        self.again.setToolTip("Set everything as this lesson begins")
        self.next.setToolTip("The next lesson  (Shift+L)")
        self.next.setProperty("primary", True)
        foot.addWidget(self.back)
        foot.addWidget(self.again)
        foot.addStretch(1)
        foot.addWidget(self.next)
        rows.addLayout(foot)
        self._inside = body
        self._fit()
        return body

    def _fit(self) -> None:
        """Room for the text's size."""
        self._inside.setMinimumWidth(min(scaled(312), _MOST_LEAST))
        self.titleBarWidget().setMinimumHeight(scaled(36))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's names
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(420, 640)

    def set_scene(self, scene: LessonsScene) -> None:
        """Show this."""
        old, self._scene = self._scene, scene
        if scene is old:
            return
        self.course.setText(scene.course)
        self.progress.set_progress(scene.titles, scene.at, scene.seen)
        self._show_choice(scene)
        self.title.setText(scene.title)
        self.text.setText("\n\n".join(scene.text))
        self.fault.setText(scene.fault)
        self.fault.setHidden(not scene.fault)
        self.back.setEnabled(scene.at > 0)
        last = scene.at == len(scene.titles) - 1
        self.next.setText("Finish" if last else "Next")
        ending = "Close the lessons; everything is as it was before  (L)"
        self.next.setToolTip(ending if last else "The next lesson  (Shift+L)")
        self.figure.set_scene(scene.figure)
        self.predict.setHidden(scene.predict is None)
        if scene.predict is not None:
            self.predict.set_scene(scene.predict)
        self.takeaway.setText(scene.takeaway)
        self.takeaway.setHidden(not scene.takeaway)
        self.notes.setText("\n\n".join(scene.notes))
        self.notes_button.setHidden(not scene.notes)
        self.notes.setHidden(not scene.notes or not self.notes_button.isChecked())
        if old is None or (old.course, old.at) != (scene.course, scene.at):
            self.area.verticalScrollBar().setValue(0)

    def _show_choice(self, scene: LessonsScene) -> None:
        entries = [
            f"{number + 1}  {title}{'  ✓' if number in scene.seen else ''}"
            for number, title in enumerate(scene.titles)
        ]
        if entries != [self.choice.itemText(number) for number in range(self.choice.count())]:
            self.choice.clear()
            self.choice.addItems(entries)
        self.choice.setCurrentIndex(scene.at)
        self.choice.setToolTip(f"{self.choice.currentText()}\nOpen one of the lessons")

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Closed as a window of its own: the session closes it."""
        event.ignore()
        self.close_requested.emit()
