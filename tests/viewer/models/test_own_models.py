"""Models of one's own: opened by keyboard alone, listed, chosen, remembered; what is wrong is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from engine.models.card import read_card
from tests.support.tiny_models import save_tiny_model
from tests.support.viewer_engine import Engine, FakeDecoder
from viewer.documents.settings import Settings
from viewer.model.session.own_models import remembered
from viewer.shell.window import MainWindow


def idle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.models.busy(), timeout=120_000)


def test_a_model_is_opened_listed_chosen_and_remembered(
    qtbot: QtBot, window: MainWindow, engine: Engine, tmp_path: Path, store: QSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    path = save_tiny_model(tmp_path)
    engine.decoders[str(path)] = FakeDecoder(read_card(path))
    engine.decoders[str(path)].gate.set()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    before = window.controller.session.models
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    QTest.keyClick(window, Qt.Key.Key_M, keys)
    idle(qtbot, window)
    session = window.controller.session
    assert session.models[:-1] == before
    assert session.options.decoder == session.models[-1].name == "tiny-sweep"
    box = window.toolbar.decoder
    names = [box.itemData(at) for at in range(box.count())]
    assert names[-1] == box.currentData() == "tiny-sweep"
    assert box.itemText(names.index("tiny-sweep") - 1) == "Your own"
    assert Settings(store).models() == (path,)
    assert remembered(before, Settings(store).models())[-1].name == "tiny-sweep"
    path.with_suffix(".safetensors").unlink()
    assert remembered(before, Settings(store).models()) == before
    window.menus.run("model.forget")
    assert window.controller.session.models == before
    assert Settings(store).models() == ()


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("mine.json", "{}", "mine.json: model format None"),
        ("mine.txt", "", "mine.txt: is no model"),
        ("gone.onnx", None, "no such file"),
    ],
)
def test_what_is_wrong_names_the_file_and_the_reason(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, name: str, text: str | None, reason: str
) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    window.models.open(path)
    idle(qtbot, window)
    qtbot.waitUntil(lambda: bool(window.controller.facts.error), timeout=5000)
    assert reason in window.controller.facts.error
    assert name in window.controller.facts.error
    assert all(card.name != "mine" for card in window.controller.session.models)


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    path = save_tiny_model(tmp_path / "a")
    cards = (replace(read_card(path), path=None),)
    assert [card.name for card in remembered(cards, (path, path))] == ["tiny-sweep", "tiny-sweep (2)"]
