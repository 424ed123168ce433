"""A blind test over a folder, by keyboard alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.evaluation.blind import Verdict, planned
from tests.support.viewer_engine import png
from viewer.blind.words import result_words
from viewer.shell.window import MainWindow

Key = Qt.Key
NAMES = ("a.png", "b.png", "c.png")


def test_by_keyboard_alone(
    shown: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, target = tmp_path / "pictures", tmp_path / "protocol.csv"
    for seed, name in enumerate(NAMES):
        png(folder / name, seed=seed)
    (folder / "broken.png").write_bytes(b"no picture")
    monkeypatch.setattr("viewer.blind.desk.QFileDialog.getExistingDirectory", lambda *_: str(folder))
    monkeypatch.setattr("viewer.blind.desk.ask_file", lambda *_: (target, ""))
    qtbot.keyClick(shown, Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    veil = shown.blind.veil
    assert veil is not None
    assert veil.isVisible()
    qtbot.waitUntil(veil.a.isEnabled, timeout=10_000)
    assert veil.question.text() == "Which of these two is refined?"
    qtbot.keyClick(veil, Key.Key_Q)
    assert veil.question.text() == "Which of these two do you prefer?"
    for key in (Key.Key_A, Key.Key_Right, Key.Key_PageUp):
        qtbot.waitUntil(veil.a.isEnabled, timeout=10_000)
        qtbot.keyClick(veil, key)
    qtbot.waitUntil(lambda: "preferred in" in veil.pair.words(), timeout=20_000)
    assert " of 3 pairs" in veil.pair.words()
    assert "1 picture was left out" in veil.pair.words()
    assert "broken.png" in veil.pair.words()
    assert veil.count.text() == "Pair 3 of 3 · 1 left out"
    qtbot.keyClick(veil, Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    rows = target.read_text(encoding="utf-8").splitlines()
    assert len(rows) == 4
    assert all("; sweep, " in row for row in rows[1:])  # the file's name, not its title
    assert sorted(row.split(",")[1] for row in rows[1:]) == list(NAMES)
    assert [row.split(",")[5] for row in rows[1:]] == ["A", "B", "A"]
    qtbot.keyClick(veil, Key.Key_Escape)
    assert not veil.isVisible()


def test_what_is_chosen_is_what_was_drawn(shown: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    for seed, name in enumerate(NAMES):
        png(tmp_path / name, seed=seed)
    shown.blind.begin(tmp_path, seed=3)
    veil = shown.blind.veil
    assert veil is not None
    for trial in planned(NAMES, 3)[:2]:
        qtbot.waitUntil(veil.a.isEnabled, timeout=10_000)
        qtbot.keyClick(veil, Key.Key_1 if trial.refined_first else Key.Key_2)
    assert [each.chose_refined for each in shown.blind.answers] == [True, True]
    qtbot.keyClick(veil, Key.Key_Escape)  # before the last one: what was answered is weighed
    qtbot.waitUntil(lambda: "recognised in 2 of 2" in veil.pair.words(), timeout=20_000)
    qtbot.keyClick(veil, Key.Key_Escape)
    assert not veil.isVisible()


def test_the_result_is_told_as_it_is() -> None:
    assert "better than guessing" in result_words(Verdict(9, 10, 0.021, 0.55, 0.99), "refined")
    assert "worse than guessing" in result_words(Verdict(1, 10, 0.021, 0.01, 0.45), "refined")
    unsure = result_words(Verdict(6, 10, 0.754, 0.26, 0.88), "preferred")
    assert "preferred in 6 of 10" in unsure
    assert "no difference was shown" in unsure
    assert "p = 0.754" in unsure
