"""The first minute: it points at what is there, by keyboard alone, and once."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings, Qt
from pytestqt.qtbot import QtBot

from viewer.documents.settings import Settings
from viewer.launch.app import asks_nothing
from viewer.launch.request import Launch
from viewer.shell.window import MainWindow
from viewer.tour.steps import STEPS, TARGETS, bubble_place

Key = Qt.Key


def test_by_keyboard_alone(shown: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(shown, Key.Key_F1, Qt.KeyboardModifier.AltModifier)
    tour = shown.overlays.tour()
    assert tour.isVisible()
    seen = []
    for step in STEPS:
        hole, words = tour.hole(), tour.frame.geometry()
        assert hole is not None, step.target
        assert shown.rect().contains(words)
        assert not hole.intersects(words) or step.target == "pictures"  # which nearly fill the window
        seen.append(tour.title.text())
        qtbot.keyClick(tour, Key.Key_Right)
    assert seen == [step.title for step in STEPS]
    assert not tour.isVisible()
    qtbot.keyClick(shown, Key.Key_F1, Qt.KeyboardModifier.AltModifier)
    assert tour.at() == 0
    qtbot.keyClick(tour, Key.Key_Space)
    qtbot.keyClick(tour, Key.Key_Left)
    assert tour.at() == 0
    qtbot.keyClick(tour, Key.Key_Escape)
    assert not tour.isVisible()


def test_what_is_hidden_is_told_all_the_same(shown: MainWindow, qtbot: QtBot) -> None:
    shown.acts.toggle_part("film")
    tour = shown.overlays.tour()
    tour.begin()
    tour.go(TARGETS.index("steps"))
    assert tour.hole() is None
    assert abs(tour.frame.geometry().center().x() - shown.rect().center().x()) <= 1


@pytest.mark.parametrize(
    ("hole", "place"),
    [
        ((100, 50, 80, 30), (12, 92)), ((100, 500, 80, 30), (12, 288)), ((0, 0, 300, 600), (312, 200)),
        ((600, 0, 200, 600), (188, 200)), (None, (200, 200)),
    ],
)  # fmt: skip
def test_words_stand_beside_what_they_speak_of(
    hole: tuple[int, int, int, int] | None, place: tuple[int, int]
) -> None:
    assert bubble_place(hole, (400, 200), (800, 600)) == place


def test_it_comes_once(store: QSettings) -> None:
    settings = Settings(store)
    assert settings.first_time("tour")
    assert not settings.first_time("tour")
    assert not Settings(store).first_time("tour")
    assert asks_nothing(Launch(store=store))
    assert not asks_nothing(Launch(sample="coffee", store=store))
