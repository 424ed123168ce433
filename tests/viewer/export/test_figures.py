"""Figures for a page: their size, their type, what they show; the panel by keyboard alone."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.support.viewer_engine import picture
from viewer.export.paper import Pane, draw_panes, draw_plot, pdf_of
from viewer.model.scene.plots import Curve, PlotScene
from viewer.shell.window import MainWindow

X = np.array([0.2, 0.4, 0.8])
SCENE = PlotScene("p", "Rates", "bpp", "PSNR (dB)", (Curve("one", X, 30 + 4 * X, "#0072B2", symbol="o"),))


def millimetres(svg: bytes) -> tuple[float, float]:
    found = re.search(rb'<svg width="([\d.]+)mm" height="([\d.]+)mm"', svg)
    assert found is not None
    return float(found[1]), float(found[2])


def page_points(pdf: bytes) -> tuple[float, float]:
    found = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)", pdf)
    assert found is not None
    return float(found[1]), float(found[2])


@pytest.mark.parametrize(("width", "points"), [(8.5, 8), (17.8, 7)])
def test_a_plot_is_as_wide_as_a_column_and_its_type_in_points(
    dark: None, qtbot: QtBot, width: float, points: int
) -> None:
    drawing = draw_plot(SCENE, width, points)
    wide, high = millimetres(drawing.svg)
    assert wide == pytest.approx(10 * width, abs=0.01)
    view = re.search(rb'viewBox="0 0 (\d+) (\d+)"', drawing.svg)
    assert view is not None
    sizes = {float(size) for size in re.findall(rb'<text[^>]*font-size="([\d.]+)"', drawing.svg)}
    per_pixel = wide / 25.4 * 72 / int(view[1])
    assert {round(size * per_pixel, 1) for size in sizes} == {float(points)}
    text = drawing.svg.decode()
    assert "Rates" in text  # words are words, to be searched and edited
    assert "#0072b2" in text.lower()
    assert "#1d2027" not in text  # nothing of the dark theme
    page = page_points(pdf_of(drawing))
    assert page == pytest.approx((wide / 25.4 * 72, high / 25.4 * 72), abs=1)


def test_pictures_stand_in_rows_with_letters_and_captions(dark: None, qtbot: QtBot) -> None:
    panes = [Pane(name, "31.20 dB", picture(20, 30).pixels) for name in ("Original", "JPEG", "Refined")]
    row, column = draw_panes(panes, 17.8, 8, 3), draw_panes(panes, 17.8, 8, 1)
    assert row.width == column.width == 17.8
    assert column.height > 3 * row.height
    text = row.svg.decode()
    assert text.count("<image") == 3
    for letter, pane in zip("abc", panes, strict=True):
        assert f"({letter}) {pane.title}" in text


def test_a_figure_is_saved_by_keyboard_alone(
    qtbot: QtBot, shown: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "figure.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(target), "PDF (*.pdf)"))
    QTest.keyClick(shown, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    panel = shown.figure_desk._panel
    assert panel is not None
    assert panel.isVisible()
    assert panel.save.hasFocus()
    assert panel.what.itemText(0) == "Pictures with captions"
    assert panel.what.count() > 1  # and plots
    QTest.keyClick(panel.save, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not shown.controller.documents.busy(), timeout=60_000)
    assert target.read_bytes().startswith(b"%PDF")
    assert not panel.isVisible()
    panel.what.setCurrentIndex(1)
    shown.figure_desk.save(tmp_path / "figure.svg")
    qtbot.waitUntil((tmp_path / "figure.svg").exists, timeout=60_000)
    assert b"<svg" in (tmp_path / "figure.svg").read_bytes()
