"""The assembled window, driven by signals, keys and the mouse, with a decoder of a few lines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel
from pytestqt.qtbot import QtBot

from engine.types import Context
from tests.support.viewer_engine import Engine, FakeDecoder, picture
from tests.support.windows import Make, complete, ready
from viewer.decode import jobs as work
from viewer.documents.settings import Settings
from viewer.model.session import pages as s
from viewer.model.session.choices import Mode, Overlay
from viewer.model.session.options import set_context, set_decoder, set_quality
from viewer.model.session.state import Session
from viewer.model.session.view_changes import set_mode
from viewer.shell import wiring
from viewer.shell.controller.controller import Controller
from viewer.shell.window import MainWindow

Key = Qt.Key


def decoder(engine: Engine, name: str = "sweep") -> FakeDecoder:
    return engine.decoders[name]


# ---- a run from picture to plots -------------------------------------------------------------------------


def test_a_picture_is_sent_refined_and_measured(shown: MainWindow) -> None:
    scene = shown.controller.scene
    assert [pane.key for pane in scene.panes] == ["original", "standard", "estimate"]
    assert [len(plot.curves) > 0 for plot in scene.plots] == [True] * 4
    assert [curve.name for curve in scene.plots[1].curves] == ["JPEG", "JPEG sent", "Sweep"]
    assert scene.transport.step == 3
    assert "photo.png" in shown.windowTitle()
    assert "step 3 of 3" in shown.windowTitle()
    run = shown.controller.facts.run
    assert run is not None
    assert shown.toolbar.bpp.text() == f"{run.refinement.coded.bits_per_pixel:.3f} bpp"
    assert shown.toolbar.run.text() == "Decode"
    assert not shown.filmstrip.scan.isVisible()


def test_plots_fill_in_while_the_job_runs(window: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    engine.hold()
    window.controller.documents.open_picture(picture())
    qtbot.waitUntil(lambda: ready(window) == 0, timeout=5000)
    assert window.toolbar.run.text() == "Stop"
    assert window.status.cancel.isVisible()
    qtbot.waitUntil(lambda: len(window.controller.facts.rate_points) == len(work.CURVE_QUALITIES))
    psnr = window.controller.scene.plots[0].curves[0]
    assert np.isfinite(psnr.y).tolist() == [True, False, False, False]
    engine.release()
    complete(qtbot, window)
    assert np.isfinite(window.controller.scene.plots[0].curves[0].y).all()


def test_a_moving_slider_decodes_only_where_it_rests(
    shown: MainWindow, qtbot: QtBot, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "LINGER_SECONDS", 1.5)  # also where a busy machine lets moves come late
    fake = decoder(engine)
    fake.runs.clear()
    slider = shown.toolbar.quality.slider()
    for value in range(20, 41):
        slider.setValue(value)
        qtbot.wait(5)
    complete(qtbot, shown)
    assert [quality for quality, _ in fake.runs] == [40]
    run = shown.controller.facts.run
    assert run is not None
    assert run.refinement.coded.quality == 40
    assert run.refinement.finished
    assert shown.controller.session.options.quality == 40


def test_the_slider_drops_a_run_in_progress(shown: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    engine.hold()
    shown.controller.decode()
    qtbot.waitUntil(lambda: len(decoder(engine).runs) == 2, timeout=5000)
    shown.toolbar.quality.slider().setValue(70)
    qtbot.waitUntil(
        lambda: (
            shown.controller.facts.run is not None
            and shown.controller.facts.run.refinement.coded.quality == 70
        )
    )
    engine.release()
    complete(qtbot, shown)
    assert ready(shown) == 3
    assert "Stopped" not in shown.controller.facts.message


def test_a_target_of_bits(shown: MainWindow, qtbot: QtBot) -> None:
    field = shown.toolbar.bpp
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "2,5")
    assert shown.controller.session.solo == ""  # digits are typed, not commands
    qtbot.keyClick(field, Key.Key_Return)
    complete(qtbot, shown)
    run = shown.controller.facts.run
    assert run is not None
    assert shown.controller.session.options.bits_per_pixel == 2.5
    assert abs(run.refinement.coded.bits_per_pixel - 2.5) < 0.3
    assert shown.toolbar.quality.value() == run.refinement.coded.quality
    assert "Asked for 2.500" in field.toolTip()
    assert shown.panes.hasFocus()
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "nonsense")
    qtbot.keyClick(field, Key.Key_Return)
    assert field.text().endswith(" bpp")
    assert shown.controller.session.options.bits_per_pixel == 2.5
    shown.controller.sending.quality_by(1)
    assert shown.controller.session.options.quality == run.refinement.coded.quality + 1  # type: ignore[operator]


def test_another_decoder_encodes_nothing_and_is_compared(shown: MainWindow, qtbot: QtBot) -> None:
    before = shown.controller.facts.run
    shown.toolbar.decoder_chosen.emit("raster")
    complete(qtbot, shown)
    after = shown.controller.facts.run
    assert before is not None
    assert after is not None
    assert after.refinement.coded is before.refinement.coded
    assert [curve.name for curve in shown.controller.scene.plots[0].curves] == ["Raster", "Sweep"]
    shown.toolbar.context_chosen.emit("none")
    complete(qtbot, shown)
    names = [curve.name for curve in shown.controller.scene.plots[0].curves]
    assert names == ["Raster, no context", "Raster", "Sweep"]
    shown.controller.change(lambda state: set_quality(state, 60))
    complete(qtbot, shown)
    assert [curve.name for curve in shown.controller.scene.plots[0].curves] == ["RGB", "Y"]


def test_options_that_a_model_lacks_are_off_and_say_why(shown: MainWindow, qtbot: QtBot) -> None:
    bar = shown.toolbar
    assert not bar.carry.isEnabled()
    assert "no state to carry" in bar.carry.toolTip()
    assert not bar.context.isEnabled()
    assert "always looks at: both" in bar.context.toolTip()
    assert not shown.menus.by_id["context.none"].isEnabled()
    assert "no context 'none'" in shown.menus.by_id["context.none"].toolTip()
    bar.decoder_chosen.emit("raster")
    complete(qtbot, shown)
    assert bar.carry.isEnabled()
    assert bar.context.isEnabled()
    assert shown.menus.by_id["context.none"].isEnabled()
    assert bar.steps.value() == 2


def test_more_steps_than_trained(shown: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    shown.toolbar.steps.setValue(5)
    complete(qtbot, shown)
    assert decoder(engine).runs[-1][1].steps == 5
    assert ready(shown) == 5
    assert "trained for 3" in shown.toolbar.steps.toolTip()


# ---- stopping, failing, closing --------------------------------------------------------------------------


def test_stopping_keeps_what_is_there(window: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    engine.hold()
    window.controller.documents.open_picture(picture())
    qtbot.waitUntil(lambda: bool(decoder(engine).runs), timeout=5000)
    qtbot.mouseClick(window.toolbar.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.controller.facts.job.progress is None, timeout=5000)
    assert window.controller.facts.message == "Stopped after step 0 of 3"
    assert len(window.controller.scene.thumbs) == 1
    engine.release()
    qtbot.mouseClick(window.toolbar.run, Qt.MouseButton.LeftButton)
    complete(qtbot, window)
    assert ready(window) == 3


def test_a_decoder_that_breaks_says_so_in_one_line(shown: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    decoder(engine).fail = RuntimeError("shape mismatch\nTraceback: somewhere deep")
    shown.controller.decode()
    qtbot.waitUntil(lambda: bool(shown.controller.facts.error), timeout=5000)
    assert shown.error.isVisible()
    assert shown.error.words.text() == "RuntimeError: shape mismatch Traceback: somewhere deep"
    assert ready(shown) == 0
    decoder(engine).fail = None
    qtbot.keyClick(shown, Key.Key_F5)
    complete(qtbot, shown)
    assert not shown.error.isVisible()
    assert ready(shown) == 3


@pytest.mark.parametrize(
    ("name", "content"),
    [("text.png", b"not a picture"), ("empty.jpg", b""), ("cut.png", b"\x89PNG\r\n\x1a\n")],
)
def test_bad_files_leave_everything_as_it_was(
    shown: MainWindow, qtbot: QtBot, tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    before = shown.controller.session.picture
    for received in (False, True):
        shown.controller.documents.open_path(path, received)
        qtbot.waitUntil(lambda: bool(shown.controller.facts.error), timeout=5000)
        assert name in shown.error.words.text()
        assert "\n" not in shown.error.words.text()
        assert shown.controller.session.picture is before
        qtbot.keyClick(shown, Key.Key_Escape)
        assert not shown.error.isVisible()
    assert shown.controller.complete()
    assert shown.settings.recent() == ()


def test_folders_and_missing_files(shown: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.jpg"):
        for received in (False, True):
            shown.controller.forget_error()
            shown.controller.documents.open_path(path, received)
            qtbot.waitUntil(lambda: bool(shown.controller.facts.error), timeout=5000)
            assert path.name in shown.controller.facts.error


def test_closing_in_the_middle_of_a_run(window: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    engine.hold()
    window.controller.documents.open_picture(picture())
    qtbot.waitUntil(lambda: bool(decoder(engine).runs), timeout=5000)
    window.close()
    assert not window.isVisible()
    assert not window.controller.refining.busy()


def test_closing_waits_for_a_file_to_be_written(shown: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "late.png"
    shown.controller.documents.save_picture(path)
    shown.close()
    with Image.open(path) as saved:
        assert saved.size == (70, 45)


# ---- settings, looks, sizes ------------------------------------------------------------------------------


def test_choices_and_layout_persist(make: Make, qtbot: QtBot) -> None:
    first = make()
    first.controller.documents.open_picture(picture())
    complete(qtbot, first)
    first.controller.change(lambda state: set_context(set_decoder(state, "raster"), Context.CAUSAL))
    first.controller.change(lambda state: set_quality(state, 33))
    first.viewbar.overlay_chosen.emit(Overlay.BITS)
    first.menus.run("show.film")
    first.menus.run("theme")
    first.split.setSizes([700, 580])
    sizes = first.split.sizes()
    complete(qtbot, first)
    first.close()
    second = make()
    options = second.controller.session.options
    assert (options.decoder, options.context, options.quality) == ("raster", Context.CAUSAL, 33)
    assert second.controller.session.overlay is Overlay.BITS
    assert second.controller.session.theme == "light"
    assert second.filmstrip.isHidden()
    assert second.split.sizes() == pytest.approx(sizes, abs=2)
    assert second.toolbar.quality.value() == 33
    assert second.toolbar.context.currentData() == "causal"


def test_the_theme_changes_everywhere(shown: MainWindow) -> None:
    def corner() -> int:
        return shown.grab().toImage().pixelColor(4, 60).lightness()

    dark = corner()
    shown.menus.run("theme")
    assert corner() > dark + 100
    shown.menus.run("theme")
    assert corner() == dark


@pytest.mark.parametrize(
    ("width", "height"),
    [(1280, 800), (1600, 900), (1280, 720), (1067, 600), (1024, 640), (853, 533)],
    ids=["1280x800", "1600x900", "1600x900 at 125 %", "1600x900 at 150 %", "1280x800 at 125 %", "at 150 %"],
)
@pytest.mark.parametrize("mode", [Mode.SIDE, Mode.DIFFERENCE])
def test_no_words_are_cut_off(shown: MainWindow, qtbot: QtBot, width: int, height: int, mode: Mode) -> None:
    shown.controller.change(lambda state: s.set_overlay(set_mode(state, mode), Overlay.SETTLED))
    complete(qtbot, shown)
    shown.resize(width, height)
    qtbot.wait(20)
    assert (shown.width(), shown.height()) == (width, height)
    for bar in (shown.toolbar, shown.viewbar):
        for kind in (QLabel, QAbstractButton, QComboBox):
            for widget in bar.findChildren(kind):
                if widget.isVisible() and widget.width() > 0:
                    name = widget.accessibleName() or widget.text()
                    assert widget.width() >= widget.minimumSizeHint().width(), name
                    place = widget.rect().translated(widget.mapTo(bar, QPoint()))
                    assert bar.rect().contains(place), name
    assert shown.panes.height() >= 120
    assert shown.rect().contains(shown.status.rect().translated(shown.status.mapTo(shown, QPoint())))


def test_a_window_without_any_model(
    qtbot: QtBot, engine: Engine, store: QSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = MainWindow(Controller(Session()), Settings(store))
    qtbot.addWidget(window)
    window.show()
    window.controller.documents.open_picture(picture())
    complete(qtbot, window)
    assert ready(window) == 0
    assert window.controller.scene.panes[1].pixels is not None
    assert not window.toolbar.decoder.isEnabled()
    window.close()


def test_scrubbing_is_fast(window: MainWindow, qtbot: QtBot) -> None:
    """From the change to the painted frame; the bar on an idle machine is 16 ms, processor time here."""
    import time

    window.resize(1600, 900)
    window.controller.documents.open_picture(picture(512, 768))
    complete(qtbot, window)
    taken = []
    for number in range(40):
        start = time.process_time()
        window.controller.playback.choose_step(number % 4)
        window.panes.repaint()
        taken.append(1000 * (time.process_time() - start))
    assert sorted(taken)[38] < 32
