"""A question, its choices, a button that runs, and what came of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QRadioButton, QVBoxLayout, QWidget

from viewer.lessons.views.words import Words
from viewer.model.scene.lessons import PredictScene
from viewer.ui.controls import panel, title_label


class PredictView(QWidget):
    """Draws a `PredictScene`. chosen carries the number of a choice, from 0."""

    chosen = Signal(int)
    run_asked = Signal()
    reveal_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        panel(self)
        self.question, self.results = Words(14), Words()
        self.verdict, self.outcome = title_label(""), Words(14)
        self.verdict.setWordWrap(True)
        self.choices: list[QRadioButton] = []
        self._rows: list[_Choice] = []
        self._texts: tuple[str, ...] = ()
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.chosen)
        self.run = QPushButton()
        self.run.setProperty("primary", True)
        self.run.setAccessibleName("Run")
        self.run.setToolTip("Choose first what you expect")
        self.run.clicked.connect(lambda: self.run_asked.emit())
        self.reveal = QPushButton("Show the outcome")
        self.reveal.setToolTip("What came of it, beside what you expected")
        self.reveal.clicked.connect(lambda: self.reveal_asked.emit())
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 4, 8, 4)
        self._column.setSpacing(8)
        self._options = QVBoxLayout()
        self._options.setSpacing(4)
        self._column.addWidget(title_label("What do you expect?"))
        self._column.addWidget(self.question)
        self._column.addLayout(self._options)
        for widget in (self.run, self.results, self.reveal, self.verdict, self.outcome):
            self._column.addWidget(widget)

    def set_scene(self, scene: PredictScene) -> None:
        """Show this."""
        self.question.setText(scene.question)
        if self._texts != scene.choices:
            self._make_choices(scene.choices)
        self._group.setExclusive(False)
        for number, each in enumerate(self.choices):
            each.setChecked(number == scene.chosen)
            each.setEnabled(not scene.fixed)
        self._group.setExclusive(True)
        self.run.setText(scene.run)
        self.run.setVisible(bool(scene.run))
        self.run.setEnabled(scene.chosen is not None)
        told = "Run it in the lab" if scene.run.startswith("Run") else "The answer, beside what you expected"
        self.run.setToolTip(told if scene.chosen is not None else "Choose first what you expect")
        self.results.setText("\n".join(scene.results))
        self.results.setVisible(bool(scene.results))
        self.reveal.setVisible(scene.can_reveal)
        self.verdict.setText(scene.verdict)
        self.verdict.setVisible(bool(scene.verdict))
        self.outcome.setText(scene.outcome)
        self.outcome.setVisible(bool(scene.outcome))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return done

    def _fit(self) -> None:
        """Never lower than its lines: between scroll bars and other parts Qt would press them together."""
        high = max(0, self._column.totalHeightForWidth(self.width()))
        if high != self.minimumHeight():
            self.setMinimumHeight(high)

    def _make_choices(self, texts: tuple[str, ...]) -> None:
        for row in self._rows:
            self._options.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._texts, self._rows = texts, [_Choice(text) for text in texts]
        self.choices = [row.button for row in self._rows]
        for number, row in enumerate(self._rows):
            self._group.addButton(row.button, number)
            self._options.addWidget(row)


class _Choice(QWidget):
    """A button with a text of several lines, which Qt's own can't have."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.button, self.words = QRadioButton(), Words()
        self.button.setAccessibleName(text)
        self.button.setToolTip("What you expect")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # the mouse leaves the keyboard with the pictures
        self.words.setText(text)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """The button stands beside the first line."""
        super().resizeEvent(event)
        self.button.setFixedHeight(self.words.fontMetrics().height())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self.button.isEnabled() and self.rect().contains(event.position().toPoint()):
            self.button.click()
