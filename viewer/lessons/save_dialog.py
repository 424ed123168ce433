"""The dialog that makes a lesson of the current state, and writes it to a file or into a course."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.errors import UserError
from viewer.core.answers import there
from viewer.core.control import Control, Pictures
from viewer.documents.controller import Documents
from viewer.documents.session_file import relative
from viewer.lessons.file import course_text, read_course
from viewer.model.session import lessons_changes as lessons
from viewer.model.session.choices import Page
from viewer.model.session.lessons import CONTEXT, FIGURES, LEARNERS, NONE, STEPS, Course, Lesson
from viewer.model.session.saved import View
from viewer.model.session.state import Session


def view_of(panes: Pictures) -> View:
    """Where the panes look."""
    place = panes.state()
    return View(bool(place["fit"]), place["zoom"] / 100, (place["x"], place["y"]))


def usual_figure(session: Session) -> str:
    """The figure that suits what is shown: the open lesson's, else by the view."""
    if session.lessons.on:
        return session.lessons.figure
    if session.page is not Page.COMPARE:
        return STEPS
    decoders = {entry.decoder for entry in session.compare.entries}
    return CONTEXT if len(decoders) == 1 else LEARNERS


def with_lesson(course: Course | None, lesson: Lesson) -> Course:
    """A course with one more lesson at its end, or a new one."""
    return replace(course, lessons=(*course.lessons, lesson)) if course else Course(lesson.title, (lesson,))


def beside(lesson: Lesson, folder: Path) -> Lesson:
    """A lesson whose picture is also named as seen from the folder that its file goes to."""
    image = lesson.state.get("image")
    if not isinstance(image, dict) or not image.get("path"):
        return lesson
    known = {**image, "relative": relative(Path(image["path"]), folder)}
    return replace(lesson, state=MappingProxyType({**lesson.state, "image": known}))


class LessonDialog(QDialog):
    """Asks for title, text and figure; saving asks for the file."""

    def __init__(
        self,
        control: Control,
        documents: Documents,
        view: View,
        folder: Path,
        parent: QWidget | None,
    ) -> None:
        super().__init__(parent)
        self._control, self._documents, self._view, self._folder = control, documents, view, folder
        self.setWindowTitle("Save as lesson")
        self.title = QLineEdit()
        self.title.setAccessibleName("Title of the lesson")
        self.title.setPlaceholderText("What it is about, in a few words")
        self.text = QPlainTextEdit()
        self.text.setAccessibleName("Text of the lesson")
        self.text.setPlaceholderText("What to look at, and why. An empty line begins a new paragraph")
        self.text.setTabChangesFocus(True)
        self.text.setMinimumSize(420, 160)
        self.figure = QComboBox()
        self.figure.setAccessibleName("Live figure")
        for key, words in FIGURES.items():
            self.figure.addItem(words, key)
        self.figure.setCurrentIndex(self.figure.findData(usual_figure(control.session)))
        self.place = QCheckBox("Keep the patch and the place in the picture too")
        self.place.setToolTip("For a lesson on one particular picture; without it the lesson suits any")
        self.save = QPushButton("Save…")
        self.save.setProperty("primary", True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.save, QDialogButtonBox.ButtonRole.AcceptRole)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        for label, field in (("Title", self.title), ("Text", self.text), ("Live figure", self.figure)):
            name = QLabel(label)
            name.setBuddy(field)
            column.addWidget(name)
            column.addWidget(field)
        column.addWidget(self.place)
        column.addWidget(buttons)
        buttons.accepted.connect(self._ask_where)
        buttons.rejected.connect(self.reject)
        self.title.textChanged.connect(self._check)
        self.text.textChanged.connect(self._check)
        self._check()

    def _check(self) -> None:
        ready = bool(self.title.text().strip() and self.text.toPlainText().strip())
        self.save.setEnabled(ready)
        self.save.setToolTip("" if ready else "A lesson has a title and a text")

    def lesson(self) -> Lesson:
        """The lesson as it is typed."""
        paragraphs = (" ".join(part.split()) for part in self.text.toPlainText().split("\n\n"))
        return lessons.lesson_of(
            self._control.session,
            " ".join(self.title.text().split()),
            tuple(part for part in paragraphs if part),
            str(self.figure.currentData() or NONE),
            self._view if self.place.isChecked() else None,
        )

    def _ask_where(self) -> None:
        proposal = self._folder / "lessons.toml"
        name, _ = QFileDialog.getSaveFileName(
            self, "Save the lesson", str(proposal), "Lessons (*.toml)",
            options=QFileDialog.Option.DontConfirmOverwrite,
        )  # fmt: skip
        if name:
            path = Path(name)
            self.write(path if path.suffix else path.with_suffix(".toml"))

    def write(self, path: Path) -> None:
        """Write the lesson to a new file, or as the user wants it into one that is there."""
        course: Course | None = None
        if there(path):
            answer = self._ask_existing(path)
            if answer is None:
                return
            if answer:
                try:
                    course = read_course(path)
                except UserError as error:
                    QMessageBox.warning(self, "Save as lesson", str(error))
                    return
        lesson = beside(self.lesson(), path.absolute().parent)
        text = course_text(with_lesson(course, lesson))
        self._documents.save_bytes(path, text.encode("utf-8"))
        self.accept()

    def _ask_existing(self, path: Path) -> bool | None:
        """Whether to add to a file that is there; False replaces it, None gives up."""
        box = QMessageBox(self)
        box.setWindowTitle("Save as lesson")
        box.setText(f"{path.name} is there already.")
        box.setTextFormat(Qt.TextFormat.PlainText)
        add = box.addButton("Add the lesson to it", QMessageBox.ButtonRole.AcceptRole)
        put = box.addButton("Replace it", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.exec()
        clicked = box.clickedButton()
        return True if clicked is add else False if clicked is put else None
