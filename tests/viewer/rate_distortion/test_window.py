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
from engine.registry import CODECS
from engine.types import EncodeOptions
from tests.support.tables import rows_in
from tests.support.viewer_engine import Engine, picture
from tests.support.windows import Make, complete
from viewer.documents.settings import Settings
from viewer.launch.arguments import check, parse
from viewer.launch.build import first_session
from viewer.model.session import rate_distortion_changes as r
from viewer.model.session.choices import Mode, Overlay
from viewer.model.session.options import set_codec, set_quality
from viewer.model.session.rate_distortion import Decode, Metric, Page, Part, Source
from viewer.shell.window import MainWindow

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton
CODECS_HERE = ("jpeg", "jpeg2000", "webp")


@pytest.fixture(autouse=True)
def few_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """Curves of four points each, and of three codecs unless a test asks for more."""
    monkeypatch.setattr(rate_curves, "SURVEYED", {codec: surveyed(codec)[2:9:2] for codec in CODECS})


@pytest.fixture
def window(shown: MainWindow) -> MainWindow:
    """A window with a decoded picture; three codecs are switched on."""
    for codec in CODECS:
        if codec not in CODECS_HERE and codec not in shown.controller.session.rates.hidden:
            shown.controller.change(lambda state, codec=codec: r.toggle_codec(state, codec))  # type: ignore[misc]
    return shown


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
    plot = window.curves.plot
    frame = plot.frame()
    assert frame is not None
    assert window.controller.scene.rates is not None
    curve = next(each for each in window.controller.scene.rates.plot.curves if each.key == key)
    return QPointF(frame.x.at(float(curve.x[index])), frame.y.at(float(curve.y[index]))).toPoint()


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
    curves.controller.open_picture(picture(64, 48, seed=5, name="other.png"))
    complete(qtbot, curves)
    assert counter.measured > 0
    counter.measured = counter.refined = 0
    assert first is not None
    again = picture(name="under another name.png")
    assert again is not first
    curves.controller.open_picture(again)
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
    qtbot.waitUntil(lambda: not control.rater.busy(), timeout=10_000)
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
    assert not window.controller.rater.surveying.busy()
    qtbot.keyClick(window, Key.Key_E)
    assert window.controller.rater.surveying.busy()
    engine.release()
    window.controller.open_picture(picture(64, 48, seed=5, name="other.png"))
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
    assert not window.controller.rater.busy()


def test_a_click_sends_the_picture_there(curves: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(curves.curves.plot, LEFT, pos=place(curves, "webp/standard", 1))
    session = curves.controller.session
    assert session.options.codec == "webp"
    assert session.rates.on
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
    qtbot.mouseClick(curves.curves.plot, LEFT, pos=spot)
    quality = curves.controller.session.options.quality
    assert any(text.startswith(f"JPEG q{quality} is sent") for text in said)
    qtbot.mouseDClick(curves.curves.plot, LEFT, pos=spot)
    assert not curves.controller.session.rates.on
    complete(qtbot, curves)
    assert curves.controller.session.options.quality == quality


def test_hovering_reads_out_the_nearest_point(curves: MainWindow, qtbot: QtBot) -> None:
    plot = curves.curves.plot
    spot = place(curves, "jpeg2000/standard", 1)
    before = plot.grab().toImage()
    QTest.mouseMove(plot, spot)
    point = plot.target(QPointF(spot))
    assert point is not None
    assert (point.curve.key, point.index) == ("jpeg2000/standard", 1)
    assert point.curve.labels[1].startswith("q")
    assert plot.cursor().shape() == Qt.CursorShape.PointingHandCursor
    assert plot.grab().toImage() != before
    away = QPointF(plot.frame().area.right() - 3, plot.frame().area.bottom() - 3)  # type: ignore[union-attr]
    assert plot.target(away) is None


def test_the_wheel_magnifies_about_the_cursor(curves: MainWindow, qtbot: QtBot) -> None:
    plot = curves.curves.plot
    at = QPointF(plot.frame().x.at(1.0), plot.frame().area.center().y())  # type: ignore[union-attr]
    turn = QWheelEvent(
        at, plot.mapToGlobal(at), QPoint(), QPoint(0, 240), LEFT & ~LEFT, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QGuiApplication.sendEvent(plot, turn)
    low, high = curves.controller.session.rates.span
    assert high - low == pytest.approx(2 / 1.25**2)
    assert (1.0 - low) / (high - low) == pytest.approx(0.5)
    assert curves.ratesbar.reach.current() is None
    qtbot.mouseClick(curves.ratesbar.reach.button("1"), LEFT)
    assert curves.controller.session.rates.span == (0.0, 1.0)
    qtbot.mouseDClick(
        plot, LEFT, pos=QPoint(int(plot.frame().area.right()) - 3, int(plot.frame().area.bottom()) - 3)
    )  # type: ignore[union-attr]
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
    qtbot.mouseClick(curves.ratesbar.source.button(Source.KODAK.value), LEFT)
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
    assert QGuiApplication.clipboard().text().count("\t") == 17 * 6


# ---- equal rate --------------------------------------------------------------------------------------------


@pytest.fixture
def equal(window: MainWindow, qtbot: QtBot) -> MainWindow:
    qtbot.keyClick(window, Key.Key_6, Qt.KeyboardModifier.AltModifier)
    complete(qtbot, window)
    return window


def titles(window: MainWindow) -> list[str]:
    return [pane.title.split(",")[0].split(" q")[0] for pane in window.controller.scene.panes]


def test_every_codec_at_the_rate_of_the_stream(equal: MainWindow) -> None:
    assert titles(equal) == ["Ours: JPEG + sweep", "JPEG", "JPEG 2000", "WebP", "Original"]
    assert equal.panes.isVisible()
    assert equal.filmstrip.isVisible()
    facts = equal.controller.facts
    assert facts.run is not None
    target = facts.run.refinement.coded.bits_per_pixel
    assert facts.rates.equal.sent["jpeg"].coded is facts.run.refinement.coded
    j2k = facts.rates.equal.sent["jpeg2000"].coded
    assert j2k.bits_per_pixel == pytest.approx(target, rel=0.1)
    assert not facts.rates.curves.points  # no curves are measured meanwhile


def test_another_quality_is_followed(equal: MainWindow, qtbot: QtBot) -> None:
    before = equal.controller.facts.rates.equal
    equal.controller.change(lambda state: set_quality(state, 60))
    complete(qtbot, equal)
    after = equal.controller.facts.rates.equal
    assert after.target > before.target
    assert set(after.sent) == set(before.sent)
    assert after.sent["webp"].coded.bits_per_pixel > before.sent["webp"].coded.bits_per_pixel


def test_presets_encode_only_what_is_new(
    equal: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    encode = pipeline.encode
    monkeypatch.setattr(pipeline, "encode", lambda codec, *rest: asked.append(codec) or encode(codec, *rest))
    equal.menus.run("rates.preset.jpeg2000")
    complete(qtbot, equal)
    assert titles(equal) == ["Ours: JPEG + sweep", "JPEG 2000", "Original"]
    assert asked == []
    equal.menus.run("rates.codec.jpeg2000-nomct")
    equal.menus.run("rates.preset.all")
    complete(qtbot, equal)
    assert asked == ["jpeg2000-nomct"]
    assert equal.ratesbar.preset.currentData() == "all"


def test_refined_pictures_of_the_codecs(equal: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    equal.controller.change(lambda state: set_codec(state, "webp"))
    complete(qtbot, equal)
    qtbot.mouseClick(equal.ratesbar.decode.button(Decode.BOTH.value), LEFT)
    complete(qtbot, equal)
    assert "JPEG + sweep" in titles(equal)
    pane = next(pane for pane in equal.controller.scene.panes if pane.key == "refined/jpeg")
    assert pane.pixels is not None
    assert pane.style == "dash"
    refined = equal.controller.facts.rates.equal.refined["jpeg"]
    assert refined.step.index == 3
    sent = equal.controller.facts.rates.equal.sent["jpeg"].coded
    assert abs(sent.bits_per_pixel / equal.controller.facts.rates.equal.target - 1) < 0.2


def test_panes_alone_wiped_and_subtracted(equal: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(equal, Key.Key_3)
    assert titles(equal) == ["JPEG 2000"]
    qtbot.keyClick(equal, Key.Key_0)
    qtbot.keyClick(equal, Key.Key_W)
    scene = equal.controller.scene
    assert (scene.mode, [pane.key for pane in scene.panes]) == (Mode.WIPE, ["estimate", "standard/jpeg"])
    assert equal.ratesbar.first.isVisible()
    equal.ratesbar.second.activated.emit(equal.ratesbar.second.findData("standard/webp"))
    assert [pane.key for pane in equal.controller.scene.panes] == ["estimate", "standard/webp"]
    qtbot.keyClick(equal, Key.Key_S)
    assert [pane.key for pane in equal.controller.scene.panes] == ["standard/webp", "estimate"]
    qtbot.keyClick(equal, Key.Key_D)
    assert equal.controller.scene.mode is Mode.DIFFERENCE
    assert len(equal.controller.scene.panes) == 4
    qtbot.keyClick(equal, Key.Key_D)
    qtbot.keyPress(equal, Key.Key_O)
    assert all("Original" in pane.title for pane in equal.controller.scene.panes)
    qtbot.keyRelease(equal, Key.Key_O)
    qtbot.keyClick(equal, Key.Key_G)
    assert equal.controller.scene.overlay.kind is Overlay.GRID
    qtbot.keyClick(equal, Key.Key_Escape)
    assert not equal.controller.session.rates.on


@pytest.mark.usefixtures("no_codecs")
def test_errors_stay_in_their_panes(equal: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    equal.menus.run("rates.preset.e2e")
    complete(qtbot, equal)
    pane = equal.controller.scene.panes[1]
    assert pane.pixels is None
    assert "e2e.json" in pane.message
    assert not equal.error.isVisible()
    tried: list[Part] = []
    monkeypatch.setattr(
        "viewer.rate_distortion.jobs._encoded",
        lambda plan, codec: tried.append(Part(codec)) or (_ for _ in ()).throw(UserError("still none")),
    )
    equal.controller.change(r.toggle_metric)
    assert not tried  # it isn't tried again and again
    qtbot.keyClick(equal, Key.Key_F5)
    complete(qtbot, equal)
    assert tried == [Part("e2e")]
    assert equal.controller.scene.panes[1].message == "still none"


def test_stopping_at_equal_rate(window: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    window.controller.change(lambda state: set_codec(state, "webp"))
    complete(qtbot, window)
    engine.hold()
    window.controller.change(lambda state: r.set_decode(r.open_rates(state, Page.EQUAL), Decode.BOTH))
    qtbot.waitUntil(lambda: "Refining" in window.status.job.text(), timeout=20_000)
    qtbot.mouseClick(window.status.cancel, LEFT)
    engine.release()
    complete(qtbot, window)
    messages = {pane.key: pane.message for pane in window.controller.scene.panes if pane.pixels is None}
    assert messages == {"refined/jpeg": "stopped: F5 goes on"}
    qtbot.keyClick(window, Key.Key_F5)
    complete(qtbot, window)
    assert all(pane.pixels is not None for pane in window.controller.scene.panes)


def test_one_codecs_picture_and_stream_are_saved(
    equal: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposed: list[str] = []

    def ask(_: object, __: str, proposal: str, *rest: object) -> tuple[str, str]:
        proposed.append(Path(proposal).name)
        return str(tmp_path / Path(proposal).name), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    qtbot.keyClick(equal, Key.Key_4)
    assert titles(equal) == ["WebP"]
    equal.menus.run("save.stream")
    equal.menus.run("save.picture")
    complete(qtbot, equal)
    assert proposed == ["photo-sent.webp", "photo-standard-webp.png"]
    sent = equal.controller.facts.rates.equal.sent["webp"].coded
    assert (tmp_path / proposed[0]).read_bytes() == sent.payload
    from engine.io.image import load_picture

    assert (load_picture(tmp_path / proposed[1]).pixels == sent.standard).all()


def test_the_view_is_remembered_but_starts_closed(equal: MainWindow, make: Make, qtbot: QtBot) -> None:
    equal.menus.run("rates.preset.jpeg2000")
    complete(qtbot, equal)
    equal.close()
    again = make()
    rates = again.controller.session.rates
    assert not rates.on
    assert (rates.page, rates.preset) == (Page.EQUAL, "jpeg2000")
    assert rates.codecs == CODECS_HERE


def test_comparing_and_the_codecs_take_turns(equal: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(equal, Key.Key_C)
    assert equal.comparebar.isVisible()
    assert not equal.ratesbar.isVisible()
    qtbot.keyClick(equal, Key.Key_E)
    assert equal.ratesbar.isVisible()
    assert not equal.comparebar.isVisible()
    complete(qtbot, equal)
    assert titles(equal)[0] == "Ours: JPEG + sweep"


# ---- from the command line ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "page", "preset"),
    [
        (["--codecs"], Page.CURVES, "all"),
        (["--equal-rate", "goog"], Page.EQUAL, "goog"),
        (["--codecs", "--equal-rate", "all"], Page.EQUAL, "all"),
    ],
)
def test_the_command_line_opens_the_view(
    arguments: list[str], page: Page, preset: str, store: QSettings
) -> None:
    launch = parse(arguments)
    check(launch)
    rates = first_session(launch, Settings(store)).rates
    assert (rates.on, rates.page, rates.preset) == (True, page, preset)


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
