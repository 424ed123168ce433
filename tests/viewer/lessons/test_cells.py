"""Cells of a lesson: titles have the lines that they are wrapped to."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.support.cut_texts import faults_of, watching
from viewer.lessons.views.cells import CellsView
from viewer.model.scene.lessons import CellScene, CellsScene


def test_titles_of_any_length_are_whole(qtbot: QtBot) -> None:
    view = CellsView()
    qtbot.addWidget(view)
    names = ("Original", "Raster, LSTM, non-causal", "Raster, LSTM, causal neighbours without their state")
    cells = (CellScene(name, name, "30.21 dB", None, (8, 8, 8, 8), "#56B4E9") for name in names)
    view.set_scene(CellsScene(tuple(cells)))
    view.show()
    for width in (180, 240, 300, 420):
        view.resize(width, 10)
        view.resize(width, round(view.height_of()))
        with watching() as watch:
            assert faults_of(view, watch) == []
