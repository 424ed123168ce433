"""Plots enlarged, used by keys and menu, written to files; when pyqtgraph is loaded."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.support import scenes
from tests.support.looks import in_dark
from tests.support.plots import (
    LEFT,
    NONE,
    double_click,
    figure_of,
    plots,
    viewport,
    x_range,
    y_range,
)
from viewer.ui.plot import files
from viewer.ui.plot.plot import KEYS, STAGE, Plot


@pytest.fixture(autouse=True)
def dark(qapp: QApplication) -> None:
    in_dark(qapp)


@pytest.fixture
def staged(qtbot: QtBot) -> tuple[QWidget, Plot]:
    """A window with a stage above a plot that has the keyboard."""
    window, stage = QWidget(), QWidget()
    qtbot.addWidget(window)
    stage.setObjectName(STAGE)
    column = QVBoxLayout(window)
    column.addWidget(stage, 3)
    plot = Plot(scenes.psnr_plot())
    column.addWidget(plot, 1)
    window.resize(500, 600)
    window.show()
    window.activateWindow()
    QApplication.processEvents()
    figure_of(plot)
    plot.clearFocus()
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    return window, plot


def enlarged(plot: Plot) -> bool:
    """Whether a plot covers the stage."""
    stage = plot.window().findChild(QWidget, STAGE)
    assert isinstance(stage, QWidget)
    figure = figure_of(plot)
    return figure.parent() is stage and figure.isVisible() and figure.size() == stage.size()


def test_a_plot_is_enlarged_over_the_stage_and_back(qtbot: QtBot, staged: tuple[QWidget, Plot]) -> None:
    window, plot = staged
    double_click(viewport(plot), figure_of(plot).area().center().toPoint())
    assert enlarged(plot)
    window.resize(700, 800)
    QApplication.processEvents()
    assert enlarged(plot)
    plot.set_scene(scenes.psnr_plot(marker=1))
    with qtbot.waitSignal(plot.clicked) as clicked:
        at = QPointF(figure_of(plot).place(2, 29)[0], 200).toPoint()
        QTest.mouseClick(viewport(plot), LEFT, NONE, at)
    assert clicked.args == ["psnr", 2.0]
    QTest.keyClick(plot, Qt.Key.Key_Escape)
    assert figure_of(plot).parent() is plot
    assert figure_of(plot).geometry() == plot.rect().adjusted(1, 1, -1, -1)
    plot.enlarge()
    assert enlarged(plot)
    plot.hide()
    assert plot.figure().parent() is plot, "not without its plot"


def test_every_use_has_a_key(staged: tuple[QWidget, Plot]) -> None:
    _, plot = staged
    key = Qt.Key
    first = x_range(plot), y_range(plot)
    QTest.keyClick(plot, key.Key_Plus)
    near = x_range(plot), y_range(plot)
    assert near[0][1] - near[0][0] < first[0][1] - first[0][0]
    QTest.keyClick(plot, key.Key_Right)
    assert x_range(plot)[0] > near[0][0]
    QTest.keyClick(plot, key.Key_Down)
    assert y_range(plot)[0] < near[1][0]
    QTest.keyClick(plot, key.Key_0)
    assert (*x_range(plot), *y_range(plot)) == pytest.approx((*first[0], *first[1]))
    logs = figure_of(plot).logs
    QTest.keyClick(plot, key.Key_L)
    assert [each.isChecked() for each in logs] == [False, True]
    QTest.keyClick(plot, key.Key_L, Qt.KeyboardModifier.ShiftModifier)
    assert [each.isChecked() for each in logs] == [True, True]
    QTest.keyClick(plot, key.Key_0)
    assert [each.isChecked() for each in logs] == [False, False]
    QTest.keyClick(plot, key.Key_Return)
    assert enlarged(plot)
    QTest.keyClick(plot, key.Key_Return)
    assert not enlarged(plot)
    assert all(words in plot.accessibleDescription() for pair in KEYS for words in pair)


def test_points_are_read_one_by_one_with_keys(staged: tuple[QWidget, Plot], qtbot: QtBot) -> None:
    _, plot = staged
    plain = plot.grab().toImage()
    seen = []
    plot.hovered.connect(lambda _, x: seen.append(x))
    for _ in range(6):
        QTest.keyClick(plot, Qt.Key.Key_Period)
    QTest.keyClick(plot, Qt.Key.Key_Comma)
    assert seen == [0, 1, 2, 3, 4, 0, 4]
    assert plot.grab().toImage() != plain


def test_the_window_keeps_its_keys_until_tab_leads_here(staged: tuple[QWidget, Plot]) -> None:
    _, plot = staged
    plot.clearFocus()
    plot.setFocus(Qt.FocusReason.OtherFocusReason)
    first = x_range(plot)
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert x_range(plot) == first


OURS = [
    "Save as SVG…", "Save as PNG…", "Save as CSV…", "Copy", "Logarithmic or linear y axis",
    "Logarithmic or linear x axis", "Reset the view", "Enlarge, or back",
]  # fmt: skip


def entries(plot: Plot) -> dict[str, QAction]:
    """Our entries of a plot's menu."""
    actions = {action.text().split("\t")[0]: action for action in figure_of(plot).box.menu.actions()}
    assert list(actions)[: len(OURS)] == OURS
    return {title: actions[title] for title in OURS}


def test_the_menu_opens_by_mouse_and_key(staged: tuple[QWidget, Plot], qtbot: QtBot) -> None:
    _, plot = staged
    menu = figure_of(plot).box.menu
    inside, title = figure_of(plot).area().center().toPoint(), QPoint(60, 8)
    key = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, inside, plot.mapToGlobal(inside))
    for ask in (
        lambda: QTest.mouseClick(viewport(plot), Qt.MouseButton.RightButton, NONE, inside),
        lambda: QTest.mouseClick(viewport(plot), Qt.MouseButton.RightButton, NONE, title),
        lambda: QApplication.sendEvent(plot, key),
    ):
        ask()
        assert QApplication.activePopupWidget() is menu
        assert all(action.isEnabled() for action in entries(plot).values())
        menu.close()
    entries(plot)["Logarithmic or linear y axis"].trigger()
    assert figure_of(plot).logs[1].isChecked()
    entries(plot)["Reset the view"].trigger()
    assert not figure_of(plot).logs[1].isChecked()


def test_a_plot_without_data_has_nothing_to_save(qtbot: QtBot) -> None:
    view = plots(qtbot, scenes.empty_plot())
    figure_of(view.plot("bits")).box.menu.aboutToShow.emit()
    assert not any(action.isEnabled() for action in entries(view.plot("bits")).values())


def test_files_hold_the_plot(
    staged: tuple[QWidget, Plot], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, plot = staged
    for kind in ("SVG", "PNG", "CSV"):
        path = tmp_path / f"plot.{kind.lower()}"
        monkeypatch.setattr(files, "ask_file", lambda *_, path=path, **__: (path, ""))
        entries(plot)[f"Save as {kind}…"].trigger()
    image = QImage(str(tmp_path / "plot.png"))
    assert image.width() == 2 * figure_of(plot).width()
    assert image.height() == pytest.approx(2 * figure_of(plot).height(), abs=2)
    svg = (tmp_path / "plot.svg").read_text()
    assert QSvgRenderer(str(tmp_path / "plot.svg")).isValid()
    assert "PSNR" in svg
    assert "<image" not in svg, "lines and words, not pixels"
    with (tmp_path / "plot.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["RGB_x", "RGB_y", "Y_x", "Y_y"]
    assert len(rows) == 6
    assert [float(value) for value in rows[4][:2]] == [3.0, pytest.approx(scenes.psnr_plot().curves[0].y[3])]


def test_what_can_t_be_written_is_said(
    staged: tuple[QWidget, Plot], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(files, "ask_file", lambda *_, **__: (tmp_path / "no" / "plot.csv", ""))
    monkeypatch.setattr(QMessageBox, "warning", lambda *args: said.append(args[2]))
    files.save(figure_of(staged[1]), "CSV")
    assert len(said) == 1
    assert "No such file" in said[0]


def test_a_copy_is_a_picture_and_numbers(staged: tuple[QWidget, Plot]) -> None:
    files.copy(figure_of(staged[1]))
    data = QApplication.clipboard().mimeData()
    assert data.hasImage()
    assert data.text().splitlines()[0] == "curve\tstep\tPSNR, dB"
    QApplication.clipboard().clear()


def test_pyqtgraph_comes_after_the_first_paint() -> None:
    program = """
import sys
from PySide6.QtWidgets import QApplication
from tests.support import scenes
from viewer.ui.plot.plot import Plot
app = QApplication([])
plot = Plot(scenes.psnr_plot())
plot.resize(300, 200)
plot.show()
app.processEvents()
assert "pyqtgraph" not in sys.modules and not plot.drawn()
until = __import__("time").monotonic() + 30
while not plot.drawn() and __import__("time").monotonic() < until:
    app.processEvents()
assert plot.drawn() and "pyqtgraph" in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stderr
