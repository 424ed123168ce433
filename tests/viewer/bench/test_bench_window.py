"""The Measure page in a window: a folder measured, cancelled and gone on with, results read and followed to
their pictures, by keyboard alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from engine.benchmark.folder import Measured, measure_folder, named
from engine.benchmark.plan import Asked, plan_for
from engine.evaluation.rows import Row
from engine.io.image import find_pictures
from engine.records import read_csv
from tests.support.bench_tables import made_table
from tests.support.viewer_engine import Engine, png
from viewer.bench.worker import Bencher
from viewer.model.session import bench_changes as changes
from viewer.model.session.bench import BenchView
from viewer.model.session.choices import Page
from viewer.shell.window import MainWindow

ALT, CONTROL, SHIFT = (
    Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier,
)  # fmt: skip


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    for seed, name in enumerate(("a.png", "b.png", "c.png")):
        png(tmp_path / "photos" / name, seed=seed)
    return tmp_path / "photos"


def bencher(window: MainWindow) -> Bencher:
    return window.controller.worker(Bencher)


def idle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not bencher(window).busy(), timeout=120_000)


def plain(rows: list[Row]) -> list[Row]:
    return [replace(row, seconds=0.0) for row in rows]


def table(path: Path) -> list[Row]:
    return list(read_csv(path, Row, "a table"))


def test_a_folder_is_measured_and_a_line_opened_by_keyboard_alone(
    qtbot: QtBot, window: MainWindow, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(pictures))
    assert not window.parts.bench.findChildren(QWidget)  # made when it is first shown
    QTest.keyClick(window, Qt.Key.Key_M, CONTROL | SHIFT)
    assert window.controller.session.page is Page.BENCH
    page = window.parts.bench
    assert not page.start.isEnabled()
    QTest.keyClick(window, Qt.Key.Key_D, ALT)
    assert page.folder.text() == "Folder: photos"
    page.qualities.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(page.qualities, Qt.Key.Key_A, CONTROL)
    QTest.keyClicks(page.qualities, "20 10")
    QTest.keyClick(page.qualities, Qt.Key.Key_Tab)
    QTest.keyClick(window, Qt.Key.Key_Return, ALT)
    idle(qtbot, window)
    output = pictures.parent / "photos-bench.csv"
    asked = Asked(("jpeg",), (10, 20), auto=window.controller.session.models)
    again = measure_folder(
        named(find_pictures(pictures), pictures), plan_for(asked)[0], pictures.parent / "again.csv"
    )
    rows = [row for news in again if isinstance(news, Measured) for row in news.rows]
    assert plain(table(output)) == plain(rows)
    assert len({(row.image, row.quality, row.decoder) for row in rows}) == 6
    assert page.table.model().rowCount() == 2
    QTest.keyClick(window, Qt.Key.Key_M, ALT)
    assert page.table.model().rowCount() == 6
    page.table.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(3):
        QTest.keyClick(page.table, Qt.Key.Key_Down)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.controller.complete(), timeout=120_000)
    session, run = window.controller.session, window.controller.facts.run
    assert session.page is Page.PICTURES
    assert (session.name, session.options.quality, session.options.decoder) == ("b.png", 20, "sweep")
    measured = next(row for row in rows if (row.image, row.quality, row.step) == ("b.png", 20, 3))
    assert run is not None
    assert run.refinement.steps[-1].scores.psnr_rgb_db == measured.psnr_rgb_db


def test_cancelled_it_keeps_its_rows_and_goes_on_from_them(
    qtbot: QtBot, window: MainWindow, pictures: Path, engine: Engine
) -> None:
    change, output = window.controller.change, pictures.parent / "photos-bench.csv"
    change(changes.open_bench)
    change(lambda session: changes.set_qualities(changes.set_folder(session, str(pictures)), "10"))
    worker = bencher(window)
    first = engine.decoders["sweep"]
    worker.start()
    qtbot.waitUntil(lambda: worker.facts.done >= 1, timeout=120_000)
    first.gate.clear()
    if worker.facts.running:  # told once, by the page
        assert window.controller.facts.job.progress is not None
        assert not window.status.cancel.isVisible()
    worker.cancel()
    idle(qtbot, window)
    engine.release()
    assert worker.facts.ended.startswith(("Stopped after", "Measured"))
    kept = len(table(output)) // 4
    assert 1 <= kept <= 3
    assert worker.facts.results is not None
    assert plain(list(worker.facts.results.rows)) == plain(table(output))
    assert window.controller.scene.status.progress is None
    worker.start()
    idle(qtbot, window)
    assert [row.image for row in table(output)[::4]] == ["a.png", "b.png", "c.png"]
    assert worker.facts.done == 3
    assert worker.facts.results is not None


def test_results_are_opened_sorted_and_compared_with_a_baseline(
    qtbot: QtBot, window: MainWindow, pictures: Path, tmp_path: Path
) -> None:
    models = window.controller.session.models
    asked = Asked(("jpeg", "webp"), (10, 40), decoders=tuple((card.name, card) for card in models))
    path = tmp_path / "old.csv"
    for _ in measure_folder(named(find_pictures(pictures), pictures), plan_for(asked)[0], path):
        pass
    window.bench.open_table(path)
    idle(qtbot, window)
    page, scene = window.parts.bench, window.controller.scene.bench
    assert scene is not None
    assert [key for key, _ in scene.baselines] == ["standard", "sweep", "raster"]
    assert page.name.text() == "old.csv"
    window.controller.change(lambda session: changes.set_baseline(session, "sweep"))
    idle(qtbot, window)
    scene = window.controller.scene.bench
    assert scene is not None
    against = {(row.values[1], row.values[0]): row for row in scene.table.rows}
    keys = [column.key for column in scene.table.columns]
    at, rate = keys.index("difference_db"), keys.index("bd_rate_percent")
    assert against["JPEG", "sweep"].values[at] is None
    assert against["JPEG", "raster"].values[at] is not None
    assert "±" in against["JPEG", "raster"].cells[at]
    assert isinstance(against["JPEG", "raster"].values[rate], float)
    assert against["JPEG", "raster"].cells[0] == dict(scene.baselines)["raster"] == "Raster"  # its title
    names = {curve.name for curve in scene.plots[0].curves}
    assert any(name.startswith("JPEG + Sweep") for name in names)
    assert any(name.startswith("JPEG + Raster") for name in names)
    assert scene.plots[1].title == "Difference to Sweep, 95 % interval"
    number = next(at for at, row in enumerate(scene.table.rows) if row.values[0] == "raster")
    model = page.table.model()
    assert model.data(model.index(number, 0), Qt.ItemDataRole.ToolTipRole).endswith("\nFile: raster")
    for down in (False, True):
        window.controller.change(lambda session: changes.sort_by(session, "psnr_rgb_db"))
        scene = window.controller.scene.bench
        assert scene is not None
        values = [row.values[keys.index("psnr_rgb_db")] for row in scene.table.rows]
        assert values == sorted(values, reverse=down)  # type: ignore[type-var]
    window.controller.change(lambda session: changes.set_view(session, BenchView.PICTURES))
    scene = window.controller.scene.bench
    assert scene is not None
    assert {lead.image for lead in scene.leads} == {"a.png", "b.png", "c.png"}
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n1,2\n")
    window.bench.open_table(bad)
    idle(qtbot, window)
    assert "bad.csv" in window.controller.facts.error


def test_what_is_let_go_of_over_the_page(
    qtbot: QtBot, window: MainWindow, pictures: Path, tmp_path: Path
) -> None:
    control = window.controller
    control.change(changes.open_bench)

    def let_go(path: Path) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        drop = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
                          Qt.KeyboardModifier.NoModifier)  # fmt: skip
        window.parts.bench.dropEvent(drop)
        assert drop.isAccepted()

    let_go(pictures)
    assert control.session.page is Page.BENCH
    assert control.session.bench.folder == str(pictures)
    let_go(pictures / "a.png")
    assert "neither a folder of pictures nor a table" in control.facts.error
    let_go(made_table(tmp_path / "old.csv"))
    idle(qtbot, window)
    assert bencher(window).facts.table == tmp_path / "old.csv"
