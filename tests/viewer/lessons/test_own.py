"""Lesson files in the window: opened, and made of what is shown; decoders of a few lines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QDialog, QFileDialog
from pytestqt.qtbot import QtBot

from tests.support.viewer_engine import STUDY_CARDS, picture
from tests.support.windows import complete
from viewer.lessons import save_dialog as lesson_save
from viewer.lessons.file import bundled_course, read_course
from viewer.lessons.save_dialog import LessonDialog, view_of
from viewer.model.session import pages as s
from viewer.model.session.choices import Overlay
from viewer.model.session.options import set_quality
from viewer.shell.window import MainWindow

pytestmark = pytest.mark.cards(STUDY_CARDS)


def test_a_bad_file_is_told_in_one_line(shown: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text("[[lesson]]\ntitle = 'a'\n", encoding="utf-8")
    shown.lessons.open_file(path)
    assert shown.controller.facts.error.startswith("bad.toml: lesson 1: 'text' must be")
    assert shown.lessons.panel.isHidden()


def test_a_file_is_chosen_and_opened(
    shown: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    path = tmp_path / "own.toml"
    path.write_text("title = 'Own'\n[[lesson]]\ntitle = 'a'\ntext = 'Look <b>here</b>'", encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    shown.menus.run("lessons.open")
    panel = shown.lessons.panel
    assert (panel.course.text(), panel.title.text(), panel.text.text()) == ("Own", "a", "Look <b>here</b>")
    assert panel.next.text() == "Finish"
    shown.menus.run("lessons.bundled")
    assert panel.title.text() == "Why blocks"
    complete(qtbot, shown)


def test_a_lesson_brings_its_picture_and_gives_the_users_back(
    shown: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    own = shown.controller.session.picture
    Image.fromarray(picture(32, 40, seed=5).pixels).save(tmp_path / "theirs.png")
    path = tmp_path / "own.toml"
    path.write_text(
        "[[lesson]]\ntitle = 'a'\ntext = 'b'\n[lesson.state]\nstep = 0\npatch = [1, 2]\n"
        "[lesson.state.image]\nrelative = 'theirs.png'\n"
        "[[lesson]]\ntitle = 'c'\ntext = 'd'\n",
        encoding="utf-8",
    )
    shown.lessons.open_file(path)
    qtbot.waitUntil(lambda: shown.controller.session.name == "theirs.png")
    complete(qtbot, shown)
    assert (shown.controller.session.pinned, shown.controller.session.step) == ((1, 2), 0)
    shown.lessons.next()
    complete(qtbot, shown)
    assert shown.controller.session.picture is own
    shown.lessons.back()
    qtbot.waitUntil(lambda: shown.controller.session.name == "theirs.png")
    shown.lessons.close()
    complete(qtbot, shown)
    assert shown.controller.session.picture is own
    (tmp_path / "theirs.png").unlink()
    shown.lessons.open_file(path)
    assert shown.controller.facts.error == "theirs.png: the picture of this lesson is not there"
    assert shown.controller.session.picture is own


def dialog(shown: MainWindow) -> LessonDialog:
    made = LessonDialog(shown.controller, shown.controller.documents, view_of(shown.panes), Path.cwd(), shown)
    made.title.setText("  My  lesson ")
    made.text.setPlainText("One\nstill one.\n\n\n\nTwo.")
    return made


def test_a_lesson_is_made_of_what_is_shown(shown: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    control = shown.controller
    control.change(lambda session: s.set_overlay(set_quality(session, 23), Overlay.GAIN))
    complete(qtbot, shown)
    made = dialog(shown)
    assert made.save.isEnabled()
    path = tmp_path / "mine.toml"
    made.write(path)
    qtbot.waitUntil(path.exists)
    control.change(lambda session: s.set_overlay(set_quality(session, 60), Overlay.NONE))
    shown.lessons.open_file(path)
    lesson = control.session.lessons.lesson
    assert lesson is not None
    assert (lesson.title, lesson.text, lesson.figure) == ("My lesson", ("One still one.", "Two."), "steps")
    assert (control.session.options.quality, control.session.overlay) == (23, Overlay.GAIN)
    complete(qtbot, shown)


def test_a_lesson_is_added_to_a_file_that_is_there(
    shown: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("title = 'Course'\n[[lesson]]\ntitle = 'a'\ntext = 'b'\n", encoding="utf-8")
    answers = iter([None, True, False])
    monkeypatch.setattr(LessonDialog, "_ask_existing", lambda *_: next(answers))
    made = dialog(shown)
    made.write(path)
    assert made.result() != QDialog.DialogCode.Accepted
    made.write(path)
    qtbot.waitUntil(lambda: len(read_course(path).lessons) == 2)
    assert [each.title for each in read_course(path).lessons] == ["a", "My lesson"]
    dialog(shown).write(path)
    qtbot.waitUntil(lambda: len(read_course(path).lessons) == 1)
    assert read_course(path).title == "My lesson"


def test_a_lesson_without_words_cannot_be_saved(shown: MainWindow) -> None:
    made = dialog(shown)
    made.text.setPlainText("  \n ")
    assert not made.save.isEnabled()


def test_the_picture_of_a_lesson_is_named_from_its_file(tmp_path: Path) -> None:
    lesson = bundled_course().lessons[0]
    assert lesson_save.beside(lesson, tmp_path) is lesson
    image = {"name": "a.png", "path": str(tmp_path / "pictures" / "a.png"), "relative": ""}
    kept = lesson_save.beside(replace(lesson, state={"image": image}), tmp_path / "lessons")
    assert kept.state["image"]["relative"] == "../pictures/a.png"
