"""The codecs view in the window, driven as a person would; real classical codecs on a small picture."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from engine import pipeline
from engine.errors import UserError
from engine.rates import survey as rate_curves
from engine.rates.survey import surveyed
from engine.types import EncodeOptions
from tests.support.plots import double_click
from tests.support.rate_windows import CODECS_HERE
from tests.support.tables import rows_in
from tests.support.viewer_engine import Engine, picture
from tests.support.windows import complete
from viewer.documents.settings import Settings
from viewer.launch.arguments import check, parse
from viewer.launch.build import first_session
from viewer.model.session import rate_distortion_changes as r
from viewer.model.session.choices import Page
from viewer.model.session.rate_distortion import Metric, RatesPage, RatesSource
from viewer.rate_distortion.worker import Rater
from viewer.shell.window import MainWindow

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton


@pytest.fixture
def curves(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """All curves measured."""
    qtbot.keyClick(window, Key.Key_E)
    complete(qtbot, window)
    return window


def measured(window: MainWindow) -> dict[str, int]:
    return {codec: len(points) for codec, points in window.controller.facts.rates.curves.points.items()}


def place(window: MainWindow, key: str, index: int) -> QPoint:
    """Where a point of the plot lies."""
    figure = window.curves.plot.figure()
    figure.draw()
    assert window.controller.scene.rates is not None
    curve = next(each for each in window.controller.scene.rates.plot.curves if each.key == key)
    return QPointF(*figure.place(float(curve.x[index]), float(curve.y[index]))).toPoint()


class Counter:
    """Counts what codecs and decoders are asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.measured = self.refined = 0
        measure, refine = rate_curves.measure, rate_curves.refine

        def counted_measure(*args, **named):  # type: ignore[no-untyped-def]
            self.measured += 1
            return measure(*args, **named)

        def counted_refine(*args, **named):  # type: ignore[no-untyped-def]
            self.refined += 1
            return refine(*args, **named)

        monkeypatch.setattr(rate_curves, "measure", counted_measure)
        monkeypatch.setattr(rate_curves, "refine", counted_refine)


# ---- curves ------------------------------------------------------------------------------------------------


def test_from_one_key_to_every_curve(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Key.Key_E)
    assert window.ratesbar.isVisible()
    assert not window.viewbar.isVisible()
    assert window.curves.isVisible()
    assert window.curves.plot.hasFocus()  # keys go on meaning what they do, no button takes them
    complete(qtbot, window)
    assert measured(window) == dict.fromkeys(CODECS_HERE, 4)
    points = window.controller.facts.rates.curves.points
    assert all(point.refined is not None for point in points["jpeg"].values())
    assert all(point.refined is None for point in points["webp"].values())
    scene = window.controller.scene.rates
    assert scene is not None
    assert {curve.key for curve in scene.plot.curves if curve.key} == {
        "jpeg/standard", "jpeg/sweep", "jpeg2000/standard", "webp/standard",
    }  # fmt: skip
    qtbot.mouseClick(window.ratesbar.leave, LEFT)
    assert window.viewbar.isVisible()
    assert window.pages.isVisible()
    qtbot.mouseClick(window.viewbar.rates, LEFT)
    assert window.controller.complete()  # nothing is measured again


def test_flipping_and_coming_back_measure_nothing(
    curves: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter(monkeypatch)
    qtbot.keyClick(curves, Key.Key_M)
    assert curves.controller.session.rates.metric is Metric.MS_SSIM
    qtbot.keyClick(curves, Key.Key_E)
    qtbot.keyClick(curves, Key.Key_E)
    first = curves.controller.session.picture
    curves.controller.documents.open_picture(picture(64, 48, seed=5, name="other.png"))
    complete(qtbot, curves)
    assert counter.measured > 0
    counter.measured = counter.refined = 0
    assert first is not None
    again = picture(name="under another name.png")
    assert again is not first
    curves.controller.documents.open_picture(again)
    complete(qtbot, curves)
    assert measured(curves) == dict.fromkeys(CODECS_HERE, 4)
    assert (counter.measured, counter.refined) == (0, 0)


def test_another_codec_measures_that_one_alone(
    curves: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter(monkeypatch)
    chip = curves.ratesbar.chips.chip("jpeg2000-nomct")
    qtbot.mouseClick(chip, LEFT)
    complete(qtbot, curves)
    assert measured(curves)["jpeg2000-nomct"] == 4
    assert counter.measured == 4
    assert chip.isChecked()
    qtbot.mouseClick(chip, LEFT)
    assert not chip.isChecked()
    assert "jpeg2000-nomct" not in {
        curve.key.split("/")[0]
        for curve in curves.controller.scene.rates.plot.curves  # type: ignore[union-attr]
    }


def test_stopping_keeps_the_points_and_decode_goes_on(
    window: MainWindow, qtbot: QtBot, engine: Engine
) -> None:
    engine.hold()
    qtbot.keyClick(window, Key.Key_E)
    control = window.controller
    qtbot.waitUntil(lambda: "Refining JPEG" in window.status.job.text(), timeout=20_000)
    assert window.status.cancel.isVisible()
    qtbot.keyClick(window, Key.Key_Escape)
    engine.release()
    qtbot.waitUntil(lambda: not control.worker(Rater).busy(), timeout=10_000)
    there = measured(window)
    assert 0 < sum(there.values()) < 12
    assert control.facts.rates.curves.stopped
    assert "Stopped" in window.curves.note.text()
    qtbot.keyClick(window, Key.Key_F5)
    complete(qtbot, window)
    assert measured(window) == dict.fromkeys(CODECS_HERE, 4)
    assert "Stopped" not in window.curves.note.text()


def test_leaving_stops_and_another_picture_begins_anew(
    window: MainWindow, qtbot: QtBot, engine: Engine
) -> None:
    engine.hold()
    qtbot.keyClick(window, Key.Key_E)
    qtbot.waitUntil(lambda: bool(engine.decoders["sweep"].runs[1:]), timeout=20_000)
    qtbot.keyClick(window, Key.Key_E)
    assert not window.controller.worker(Rater).surveying.busy()
    qtbot.keyClick(window, Key.Key_E)
    assert window.controller.worker(Rater).surveying.busy()
    engine.release()
    window.controller.documents.open_picture(picture(64, 48, seed=5, name="other.png"))
    complete(qtbot, window)
    rates = window.controller.facts.rates.curves
    assert measured(window) == dict.fromkeys(CODECS_HERE, 4)
    assert all(
        point.standard.psnr_rgb_db is not None
        for points in rates.points.values()
        for point in points.values()
    )


def test_closing_the_window_in_the_middle(window: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    engine.hold()
    qtbot.keyClick(window, Key.Key_E)
    qtbot.waitUntil(lambda: bool(engine.decoders["sweep"].runs[1:]), timeout=20_000)
    window.close()
    assert not window.controller.worker(Rater).busy()


def test_a_click_sends_the_picture_there(curves: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(curves.curves.plot.figure().viewport(), LEFT, pos=place(curves, "webp/standard", 1))
    session = curves.controller.session
    assert session.options.codec == "webp"
    assert session.page is Page.CODECS
    quality = session.options.quality
    assert quality in dict(surveyed("webp"))
    complete(qtbot, curves)
    assert curves.controller.facts.run is not None
    assert curves.controller.facts.run.refinement.coded.codec == "webp"
    scene = curves.controller.scene.rates
    assert scene is not None
    webp = next(curve for curve in scene.plot.curves if curve.key == "webp/standard")
    assert scene.plot.marker == pytest.approx(float(webp.x[1]))
    assert curves.toolbar.quality.value() == quality


def test_a_click_tells_what_it_did_and_a_double_click_shows_it(curves: MainWindow, qtbot: QtBot) -> None:
    said: list[str] = []
    curves.controller.changed.connect(lambda: said.append(curves.controller.facts.message))
    spot = place(curves, "jpeg/standard", 1)
    qtbot.mouseClick(curves.curves.plot.figure().viewport(), LEFT, pos=spot)
    quality = curves.controller.session.options.quality
    assert any(text.startswith(f"JPEG q{quality} is sent") for text in said)
    double_click(curves.curves.plot.figure().viewport(), spot)
    assert curves.controller.session.page is not Page.CODECS
    complete(qtbot, curves)
    assert curves.controller.session.options.quality == quality


def test_hovering_reads_out_the_nearest_point(curves: MainWindow, qtbot: QtBot) -> None:
    plot = curves.curves.plot
    spot = place(curves, "jpeg2000/standard", 1)
    before = plot.grab().toImage()
    QTest.mouseMove(plot.figure().viewport(), spot)
    point = plot.target(QPointF(spot))
    assert point is not None
    assert (point[0].key, point[1]) == ("jpeg2000/standard", 1)
    assert point[0].labels[1].startswith("q")
    assert plot.figure().viewport().cursor().shape() == Qt.CursorShape.PointingHandCursor
    assert plot.grab().toImage() != before
    away = QPointF(plot.figure().area().right() - 3, plot.figure().area().bottom() - 3)
    assert plot.target(away) is None


def test_the_wheel_magnifies_about_the_cursor(curves: MainWindow, qtbot: QtBot) -> None:
    plot, figure = curves.curves.plot, curves.curves.plot.figure()
    figure.draw()
    at, under = QPointF(figure.place(1.0, 1.0)[0], figure.area().center().y()), figure.viewport()
    turn = QWheelEvent(
        at, under.mapToGlobal(at), QPoint(), QPoint(0, 240), LEFT & ~LEFT, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QGuiApplication.sendEvent(under, turn)
    low, high = curves.controller.session.rates.span
    assert high - low == pytest.approx(2.0 * 1.02**-30)  # pyqtgraph: 1.02 an eighth of what the wheel tells
    assert (1.0 - low) / (high - low) == pytest.approx(0.5, abs=0.001)  # a pixel
    assert curves.ratesbar.reach.current() is None
    assert figure.box.viewRange()[0] == pytest.approx([low, high])
    qtbot.mouseClick(curves.ratesbar.reach.button("1"), LEFT)
    assert curves.controller.session.rates.span == (0.0, 1.0)
    assert plot.target(figure.area().bottomRight() - QPointF(3, 3)) is None
    double_click(under, (figure.area().bottomRight() - QPointF(3, 3)).toPoint())
    assert curves.controller.session.rates.span == (0.0, 2.0)


@pytest.mark.usefixtures("no_codecs")
def test_a_codec_that_cannot_is_left_out(window: MainWindow, qtbot: QtBot) -> None:
    window.controller.change(lambda state: r.toggle_codec(state, "e2e"))
    qtbot.keyClick(window, Key.Key_E)
    complete(qtbot, window)
    assert measured(window) == dict.fromkeys(CODECS_HERE, 4)
    assert "e2e.json" in window.curves.note.text()
    assert "e2e.json" in window.ratesbar.chips.chip("e2e").toolTip()
    assert not window.error.isVisible()


def test_a_decoder_that_fails_leaves_single_lines(window: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    engine.decoders["sweep"].fail = RuntimeError("shape mismatch\ndeep inside")
    qtbot.keyClick(window, Key.Key_E)
    complete(qtbot, window)
    assert measured(window) == dict.fromkeys(CODECS_HERE, 4)
    assert "RuntimeError: shape mismatch deep inside" in window.curves.note.text()


def test_means_over_kodak_are_missed_kindly(
    curves: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.mouseClick(curves.ratesbar.source.button(RatesSource.KODAK.value), LEFT)
    scene = curves.controller.scene.rates
    assert scene is not None
    mean = curves.controller.facts.rates.mean
    assert mean is not None
    assert mean.published
    assert any(curve.faint for curve in scene.plot.curves)
    assert mean.note in scene.note
    assert not curves.error.isVisible()


def test_the_points_go_to_a_file_and_the_clipboard(
    curves: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "points.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(path), ""))
    qtbot.mouseClick(curves.curves.export, LEFT)
    qtbot.waitUntil(path.exists, timeout=5000)
    complete(qtbot, curves)
    rows = rows_in(path)
    assert len(rows) == 4 * 4
    jpeg = next(row for row in rows if row["codec"] == "JPEG" and row["decoder"] == "standard")
    coded = pipeline.encode("jpeg", picture().pixels, EncodeOptions(quality=int(jpeg["quality"])))
    assert float(jpeg["bits_per_pixel"]) == pytest.approx(coded.bits_per_pixel, rel=1e-5)
    qtbot.mouseClick(curves.curves.copy, LEFT)
    assert QGuiApplication.clipboard().text().count("\t") == 17 * 8


# ---- from the command line ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "page", "preset"),
    [
        (["--codecs"], RatesPage.CURVES, "all"),
        (["--equal-rate", "goog"], RatesPage.EQUAL, "goog"),
        (["--codecs", "--equal-rate", "all"], RatesPage.EQUAL, "all"),
    ],
)
def test_the_command_line_opens_the_view(
    arguments: list[str], page: RatesPage, preset: str, store: QSettings
) -> None:
    launch = parse(arguments)
    check(launch)
    session = first_session(launch, Settings(store))
    assert (session.page, session.rates.page, session.rates.preset) == (Page.CODECS, page, preset)


def test_the_command_line_tells_of_mistakes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError, match="not both"):
        check(parse(["--codecs", "--compare", "main"]))
    file = tmp_path / "a.jpg"
    file.write_bytes(b"x")
    with pytest.raises(UserError, match="needs an original"):
        check(parse([str(file), "--received", "--equal-rate", "all"]))
    with pytest.raises(SystemExit):
        parse(["--equal-rate", "bpg"])
    assert "--equal-rate" in capsys.readouterr().err
