"""The blind test over the whole window: the question, the pair, the answers' buttons, at last the result."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from engine.types import Pixels
from viewer.blind.views.pair import PairView
from viewer.blind.words import CHOICES
from viewer.ui.controls import title_label, wrapping_label
from viewer.ui.modal_overlay import Veil
from viewer.ui.toolbar_parts import choice_box, tell_choice

_A = (Qt.Key.Key_A, Qt.Key.Key_1, Qt.Key.Key_Left, Qt.Key.Key_PageUp)
_B = (Qt.Key.Key_B, Qt.Key.Key_2, Qt.Key.Key_Right, Qt.Key.Key_PageDown)


class BlindVeil(Veil):
    """A, 1, ← or a clicker's Page Up choose A; B, 2, → or Page Down choose B; Q asks the other question
    before the first answer; Ctrl+S saves the protocol; Esc ends the test with its result, then closes it."""

    answered = Signal(bool)
    """Whether A was chosen."""
    question_chosen = Signal(str)
    save_asked = Signal()
    end_asked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Blind test")
        self.question, self.count, self.result = title_label(""), QLabel(), wrapping_label()
        self.count.setProperty("role", "muted")
        self.pair = PairView()
        self.a, self.b = QPushButton("A"), QPushButton("B")
        self.save, self.end = QPushButton("Save protocol…"), QPushButton("End")
        self.kind = choice_box("Question", [(words, "", key) for key, words in CHOICES.items()],
                               "What is asked of each pair  (Q, before the first answer)")  # fmt: skip
        for widget, tip in (
            (self.a, "This one  (A, 1, ←, Page Up)"), (self.b, "This one  (B, 2, →, Page Down)"),
            (self.save, "Write a CSV: file, order, sides, answer, seconds, seed  (Ctrl+S)"),
            (self.end, "End the test; what was answered counts  (Esc)"), (self.kind, self.kind.toolTip()),
        ):  # fmt: skip
            widget.setToolTip(tip)
            widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.a.clicked.connect(lambda: self.answered.emit(True))
        self.b.clicked.connect(lambda: self.answered.emit(False))
        self.save.clicked.connect(self.save_asked)
        self.end.clicked.connect(self.end_asked)
        tell_choice(self.kind, self.question_chosen.emit)
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.question, 1)
        head.addWidget(self.kind)
        kept = self.kind.sizePolicy()
        kept.setRetainSizeWhenHidden(True)  # so that pictures stay where they are
        self.kind.setSizePolicy(kept)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.count, 1)
        for button in (self.a, self.b, self.save, self.end):
            foot.addWidget(button)
        rows = QVBoxLayout(self.frame)
        rows.setContentsMargins(16, 12, 16, 12)
        rows.setSpacing(8)
        rows.addLayout(head)
        rows.addWidget(self.pair, 1)
        rows.addWidget(self.result)
        rows.addLayout(foot)

    def _wanted_size(self) -> QSize:
        return self.size()

    def show_pair(
        self, question: str, count: str, a: Pixels | None, b: Pixels | None, waiting: str = ""
    ) -> None:
        """Ask; without pictures say what is being waited for."""
        self.question.setText(question)
        self.count.setText(count)
        self.result.hide()
        self.pair.set_pair(a, b, waiting)
        for button in (self.a, self.b):
            button.setVisible(True)
            button.setEnabled(a is not None)

    def show_result(self, text: str, count: str) -> None:
        """At the end."""
        self.question.setText("Result")
        self.count.setText(count)
        self.pair.set_pair(None, None, text)
        self.setAccessibleDescription(text)
        for button in (self.a, self.b):
            button.hide()

    def offer(self, question: str, changeable: bool, saveable: bool) -> None:
        """What can be done now."""
        self.kind.setCurrentIndex(self.kind.findData(question))
        self.kind.setVisible(changeable)
        self.save.setEnabled(saveable)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        key = Qt.Key(event.key())
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if control and key == Qt.Key.Key_S:
            if self.save.isEnabled():
                self.save_asked.emit()
        elif key == Qt.Key.Key_Q and not self.kind.isHidden():
            at = (self.kind.currentIndex() + 1) % self.kind.count()
            self.question_chosen.emit(self.kind.itemData(at))
        elif key in (*_A, *_B) and not control:
            if self.a.isEnabled() and not self.a.isHidden():
                self.answered.emit(key in _A)
        elif key == Qt.Key.Key_Escape:
            self.end_asked.emit()
        else:
            super().keyPressEvent(event)
