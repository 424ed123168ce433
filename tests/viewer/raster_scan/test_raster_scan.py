"""The animated scan: what is known at each moment, and its keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from viewer.raster_scan.resolve.moment import COLUMNS, ROWS, WAYS, length, moment
from viewer.shell.window import MainWindow

Key = Qt.Key
INSIDE = COLUMNS + 2
"""Row 1, column 2: all eight neighbours are there."""


@pytest.mark.parametrize(
    ("way", "causal", "other", "previous"),
    [("both", 4, 4, 0), ("causal", 4, 0, 0), ("non-causal", 0, 4, 0), ("none", 0, 0, 0), ("sweep", 0, 0, 8)],
)
def test_who_is_known(way: str, causal: int, other: int, previous: int) -> None:
    found = moment(way, INSIDE if way != "sweep" else 1)
    roles = [role for row in found.roles for role in row]
    counts = roles.count("causal"), roles.count("non-causal"), roles.count("previous"), roles.count("now")
    assert counts == (causal, other, previous, 1)


def test_causal_neighbours_are_those_that_are_done() -> None:
    for at in range(ROWS * COLUMNS):
        found = moment("both", at)
        for row, roles in enumerate(found.roles):
            for column, role in enumerate(roles):
                done = COLUMNS * row + column < at
                assert role in (("done", "causal") if done else ("waiting", "non-causal", "now"))
                assert found.depth[row][column] == float(done)


def test_by_keyboard_alone(shown: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(shown, Key.Key_F1, Qt.KeyboardModifier.ControlModifier)
    veil = shown.overlays.scan()
    assert veil.state() == ("both", 0, True)
    qtbot.keyClick(veil, Key.Key_Space)
    assert not veil.state()[2]
    for _ in range(3):
        qtbot.keyClick(veil, Key.Key_Right)
    assert veil.state() == ("both", 3, False)
    assert veil.text.text() == moment("both", 3).text
    for number, way in enumerate(WAYS, 1):
        qtbot.keyClick(veil, Key(Key.Key_0 + number))
        assert veil.state()[0] == way
        qtbot.keyClick(veil, Key.Key_End)
        assert veil.state()[1] == length(way) - 1
    qtbot.keyClick(veil, Key.Key_Space)
    assert veil.state() == ("sweep", 0, True)
    qtbot.keyClick(veil, Key.Key_Escape)
    assert not veil.isVisible()
    assert not veil.state()[2]
