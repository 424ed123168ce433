"""Explaining patches as a person does: click, Shift+click, point, step, close."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from engine.analysis.patch_blocks import Block, coefficients
from tests.support.viewer_engine import picture
from tests.support.windows import Make, complete
from viewer.core.words import patch_bits
from viewer.documents.jobs import Opened
from viewer.model.session import compare_changes as c
from viewer.model.session.options import set_decoder
from viewer.shell.window import MainWindow

LEFT, NONE, SHIFT = (
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


@pytest.fixture
def window(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """A window with a raster decoder's run."""
    window.controller.change(lambda session: set_decoder(session, name="raster"))
    show(window, qtbot)
    return window


def show(window: MainWindow, qtbot: QtBot, height: int = 45, width: int = 70) -> None:
    window.controller.documents.take(Opened(picture(height, width)))
    complete(qtbot, window)


def click(window: MainWindow, row: int, column: int, modifier: Qt.KeyboardModifier = NONE) -> None:
    at = window.panes.image_position(8 * column + 3, 8 * row + 3).toPoint()
    QTest.mouseClick(window.panes, LEFT, modifier, at)


def explain(window: MainWindow, qtbot: QtBot, row: int = 2, column: int = 3) -> None:
    click(window, row, column)
    complete(qtbot, window)
    qtbot.wait(20)  # what came last is laid out


def press(window: MainWindow, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(window, key, modifier)
    QApplication.processEvents()


def test_a_click_opens_it_and_esc_closes_it(window: MainWindow, qtbot: QtBot) -> None:
    dock = window.explainer.dock
    plain = window.split.sizes()
    assert not dock.isVisible()
    explain(window, qtbot)
    assert dock.isVisible()
    assert dock.title.text() == "Patch 2, 3"
    assert not window.plots.isVisible()
    assert window.split.sizes() == plain
    assert dock.parts[0].codes.isVisible()  # read in the background meanwhile
    press(window, Qt.Key.Key_Escape)
    assert not dock.isVisible()
    assert window.plots.isVisible()
    assert window.split.sizes() == plain


def test_its_key_and_its_button_close_it_and_keep_the_pin(window: MainWindow, qtbot: QtBot) -> None:
    dock = window.explainer.dock
    explain(window, qtbot)
    QTest.mouseClick(dock.close_button, LEFT)
    assert not dock.isVisible()
    assert window.controller.session.pinned == (2, 3)
    press(window, Qt.Key.Key_I)
    assert dock.isVisible()
    press(window, Qt.Key.Key_I)
    assert not dock.isVisible()
    click(window, 1, 1)
    assert dock.isVisible()


def test_a_hidden_column_comes_for_it_and_goes_again(window: MainWindow, qtbot: QtBot) -> None:
    window.acts.toggle_part("side")
    assert not window.side.isVisible()
    explain(window, qtbot)
    assert window.explainer.dock.isVisible()
    assert window.explainer.hidden()
    press(window, Qt.Key.Key_Escape)
    assert not window.side.isVisible()


def test_shift_click_compares_two(window: MainWindow, qtbot: QtBot) -> None:
    dock = window.explainer.dock
    explain(window, qtbot)
    click(window, 4, 5, SHIFT)
    assert [head.name.text() for head in dock.heads] == ["Patch 2, 3", "Patch 4, 5"]
    assert dock.columns[1].isVisible()
    assert len(window.controller.scene.dock.parts) == 2  # type: ignore[union-attr]
    QTest.mouseClick(dock.heads[0].button, LEFT)
    assert window.controller.session.pinned == (4, 5)
    QTest.mouseClick(dock.heads[1].button, LEFT)
    assert not dock.columns[1].isVisible()
    assert dock.title.text() == "Patch 4, 5"
    press(window, Qt.Key.Key_I, SHIFT)
    assert dock.columns[1].isVisible()


def test_pointing_lights_up_counterparts(window: MainWindow, qtbot: QtBot) -> None:
    dock = window.explainer.dock
    explain(window, qtbot)
    before = window.panes.grab().toImage()
    tile = dock.parts[0].tiles
    QTest.mouseMove(tile, tile.tile_rect(0).center().toPoint())
    assert window.controller.scene.patch.lit == (1, 2)  # type: ignore[union-attr]
    assert window.panes.grab().toImage() != before
    grid = dock.parts[0].symbols
    dock.findChildren(QScrollArea)[0].ensureWidgetVisible(grid)
    QTest.mouseMove(grid, grid.cell(1, (2, 5)).center().toPoint())
    scene = window.controller.scene.dock
    assert scene is not None
    assert scene.lit == (2, 5)
    assert dock.parts[0].readout.text() == scene.readouts[0]
    assert "v 2, u 5" in scene.readouts[0]
    QTest.mouseMove(grid, QPoint(2, 2))
    assert window.controller.scene.dock.lit is None  # type: ignore[union-attr]


def test_a_step_pointed_at_is_looked_at(window: MainWindow, qtbot: QtBot) -> None:
    dock = window.explainer.dock
    explain(window, qtbot)
    figure = dock.plot.figure()
    figure.draw()
    at = QPointF(figure.place(1, 1)[0], figure.area().center().y()).toPoint()
    QTest.mouseMove(figure.viewport(), at)
    assert dock.step.text() == "Step 1, pointed at"
    assert window.controller.scene.transport.step == 2
    QTest.mouseClick(figure.viewport(), LEFT, pos=at)
    assert window.controller.scene.transport.step == 1
    thumbs = window.filmstrip.thumbs
    assert thumbs._over == 1  # the plot's step is framed in the filmstrip, too
    QTest.mouseMove(thumbs, thumbs.cell_rect(2).center())
    assert dock.step.text() == "Step 2, pointed at"
    thumbs.leaveEvent(QEvent(QEvent.Type.Leave))
    assert dock.step.text() == "Step 1"
    assert thumbs._over is None


def test_pointing_leaves_the_history_alone(window: MainWindow, qtbot: QtBot) -> None:
    explain(window, qtbot)
    known = window.controller.undo.history
    window.explainer.dock.coefficient_pointed.emit((3, 3))
    window.explainer.dock.step_pointed.emit(1)
    assert window.controller.undo.history == known


def test_a_neighbour_that_is_clicked_is_explained_next(window: MainWindow, qtbot: QtBot) -> None:
    explain(window, qtbot)
    tiles = window.explainer.dock.parts[0].tiles
    QTest.mouseClick(tiles, LEFT, pos=tiles.tile_rect(5).center().toPoint())
    assert window.controller.session.pinned == (2, 4)
    QTest.mouseClick(tiles, LEFT, pos=tiles.tile_rect(4).center().toPoint())
    assert window.controller.session.pinned == (2, 4)


def test_components_by_button_and_key(window: MainWindow, qtbot: QtBot) -> None:
    dock = window.explainer.dock
    explain(window, qtbot)
    QTest.mouseClick(dock.components.button("2"), LEFT)
    assert window.controller.session.explain.component == 2
    assert dock.parts[0].component_note.isVisible()
    press(window, Qt.Key.Key_U)
    assert dock.components.current() == "0"
    assert not dock.parts[0].component_note.isVisible()


def test_what_is_shown_is_what_the_run_holds(window: MainWindow, qtbot: QtBot) -> None:
    explain(window, qtbot)
    run, scene = window.controller.facts.run, window.controller.scene.dock
    assert run is not None
    assert scene is not None
    refined = scene.parts[0].coefficients[-1]
    np.testing.assert_array_equal(refined.values, coefficients(run.pixels(2), Block(0, 2, 3)))
    bits = run.refinement.coded.patch_bits
    assert bits is not None
    rows = {row.label: row.value for row in scene.parts[0].rows}
    assert rows["Bits"] == patch_bits(bits, 2, 3)


def test_it_follows_the_quality(window: MainWindow, qtbot: QtBot) -> None:
    explain(window, qtbot)
    first = window.controller.facts.codes
    window.controller.sending.quality_by(30)
    qtbot.waitUntil(lambda: window.controller.complete() and window.controller.facts.codes is not first)
    run, known = window.controller.facts.run, window.controller.facts.codes
    assert run is not None
    assert known.coded is run.refinement.coded
    assert window.explainer.dock.parts[0].codes.isVisible()


def test_comparing_decoders_puts_it_away(window: MainWindow, qtbot: QtBot) -> None:
    explain(window, qtbot)
    window.controller.change(c.open_compare)
    assert not window.explainer.dock.isVisible()
    window.controller.change(c.close_compare)
    assert window.explainer.dock.isVisible()
    complete(qtbot, window)


def test_another_picture_begins_without_it(window: MainWindow, qtbot: QtBot) -> None:
    explain(window, qtbot)
    click(window, 4, 5, SHIFT)
    show(window, qtbot, 16, 24)
    assert not window.explainer.dock.isVisible()
    explain(window, qtbot, 1, 2)
    assert window.explainer.dock.title.text() == "Patch 1, 2"
    window.grab()


def test_the_column_keeps_its_width(make: Make, qtbot: QtBot) -> None:
    window = make()
    show(window, qtbot)
    window.split.setSizes([800, 470])
    plain = window.split.sizes()
    explain(window, qtbot)
    click(window, 4, 5, SHIFT)
    assert window.split.sizes() == plain
    window.save_settings()
    assert window.settings.load_layout().splitters["columns"] == plain


def test_it_opens_at_its_top(window: MainWindow, qtbot: QtBot) -> None:
    explain(window, qtbot)
    bar = window.explainer.dock.area.verticalScrollBar()
    bar.setValue(bar.maximum())
    press(window, Qt.Key.Key_Escape)
    explain(window, qtbot, 1, 1)
    assert bar.value() == 0


@pytest.mark.parametrize("size", [(1280, 720), (1600, 900)])
def test_it_can_be_read_in_small_windows(window: MainWindow, qtbot: QtBot, size: tuple[int, int]) -> None:
    window.resize(*size)
    explain(window, qtbot)
    click(window, 4, 5, SHIFT)
    QApplication.processEvents()
    dock = window.explainer.dock
    assert dock.area.verticalScrollBar().maximum() > 0
    assert dock.area.horizontalScrollBar().maximum() == 0
    assert window.panes.width() >= 400
    dock.area.verticalScrollBar().setValue(dock.area.verticalScrollBar().maximum())
    QApplication.processEvents()
    assert not dock.parts[1].hidden.visibleRegion().isEmpty()
