"""The class playlist: its file, and a lecture by keyboard alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from tests.support.viewer_engine import png
from tests.support.windows import complete
from viewer.classroom.file import ClassList, Item, parse_class, read_class, write_class
from viewer.classroom.veil import ClassVeil
from viewer.shell.window import MainWindow

Key, Alt = Qt.Key, Qt.KeyboardModifier.AltModifier


def test_what_is_written_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "course"
    folder.mkdir()
    items = (
        Item("lesson", "Why \"blocks\"\u007f", None, 1), Item("lesson", "Ours", folder / "own.toml", 2),
        Item("session", "Before", tmp_path / "a session.nrcsession"),
        Item("picture", "Holiday", folder / "b.png"), Item("sample", "Cup", sample="coffee"),
        Item("picture", "No UTF-8", folder / os.fsdecode(b"caf\xe9 %.jpg"), received=True),
    )  # fmt: skip
    path = folder / "class.toml"
    write_class(ClassList("Lecture 7", items), path)
    assert 'picture = "b.png"' in path.read_text(encoding="utf-8")
    found = read_class(path)
    assert found.title == "Lecture 7"
    where = [each.path.resolve() if each.path is not None else None for each in found.items]
    assert where == [each.path.resolve() if each.path is not None else None for each in items]
    assert [(each.kind, each.title, each.number, each.sample, each.received) for each in found.items] == [
        (each.kind, each.title, each.number, each.sample, each.received) for each in items
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[item]", "not a class playlist"), ("title = 'x'", "'item' is missing"),
        ("format = 2\n[[item]]\nsample = 'a'", "'format' is 2"),
        ("[[item]]\nsample = 'a'\npicture = 'b'", "item 1: say exactly one of"),
        ("[[item]]\nsample = 'a'\n[[item]]\nlesson = 0", "item 2: 'lesson' is 0"),
        ("[[item]]\nsample = 'a'\nreceived = true", "item 1: 'received' is true or false"),
        ("[[item]]\npicture = 3", "item 1: 'picture' is no text"),
        ("[[item]]\nsample = 'a'\ncourse = 'b'", "'course' goes with 'lesson' only"),
        ("[[item]]\nmovie = 'a'", "unknown field 'movie'"), ("lesson = 1", "unknown field 'lesson'"),
    ],
)  # fmt: skip
def test_mistakes_are_told_in_one_line(text: str, words: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_class(text, Path("class.toml"))
    assert words in str(caught.value)
    assert str(caught.value).startswith("class.toml: ")
    assert "\n" not in str(caught.value)


def test_a_lecture_by_keyboard_alone(
    shown: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, control = tmp_path / "class.toml", shown.controller
    monkeypatch.setattr("viewer.classroom.desk.ask_file", lambda *_, **__: (target, ""))
    monkeypatch.setattr("viewer.classroom.desk.QFileDialog.getOpenFileName", lambda *_: (str(target), ""))
    for number in (1, 2):
        control.documents.open_path(png(tmp_path / f"{number}.png", seed=number))
        complete(qtbot, shown)
        qtbot.keyClick(shown, Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        veil = shown.classroom.veil
        assert veil is not None
        qtbot.keyClick(veil, Key.Key_A)
        qtbot.keyClick(veil, Key.Key_Escape)
    qtbot.keyClick(shown, Key.Key_L)
    complete(qtbot, shown)
    qtbot.keyClick(shown, Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(veil, Key.Key_A)
    qtbot.keyClick(veil, Key.Key_Up, Alt)  # the lesson comes second
    kinds = [item.kind for item in shown.classroom.listed.items]
    assert kinds == ["picture", "lesson", "picture"]
    qtbot.keyClick(veil, Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(veil, Key.Key_Delete)
    assert len(shown.classroom.listed.items) == 2
    qtbot.keyClick(veil, Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    assert [item.kind for item in shown.classroom.listed.items] == kinds
    qtbot.waitUntil(lambda: len(shown.classroom._pictures) >= 2, timeout=10_000)
    qtbot.keyClick(veil, Key.Key_Up)
    qtbot.keyClick(veil, Key.Key_Return)
    complete(qtbot, shown)
    assert control.session.name == "1.png"
    assert not control.session.lessons.on
    qtbot.keyClick(shown, Key.Key_F11)
    qtbot.keyClick(shown, Key.Key_PageDown)  # a clicker at the last step
    complete(qtbot, shown)
    assert control.session.lessons.on
    qtbot.keyClick(shown, Key.Key_PageDown, Alt)
    complete(qtbot, shown)
    assert control.session.name == "2.png"
    qtbot.keyClick(shown, Key.Key_PageDown, Alt)
    assert "last entry" in control.facts.message
    qtbot.keyClick(shown, Key.Key_PageUp, Alt)
    assert control.session.lessons.on


def test_an_empty_list_is_not_saved(qtbot: QtBot) -> None:
    """A file without entries could not be read again."""
    host = QWidget()
    qtbot.addWidget(host)
    host.show()
    veil, asked = ClassVeil(host), list[int]()
    veil.save_asked.connect(lambda: asked.append(1))
    veil.open()
    for items in ((), (Item("sample", "coffee", sample="coffee"),)):
        veil.show_list("Class", items, -1, {})
        qtbot.keyClick(veil, Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        assert len(asked) == len(items)
