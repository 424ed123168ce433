"""The window with every codec: choosing one, its decoder, stages on the scrubber, files. Tiny networks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from engine import pipeline
from engine.codecs.facts import CODEC_FACTS
from engine.codecs.learned import codec as learned
from engine.codecs.learned.goog import GOOG, GoogCodec
from engine.errors import UserError
from tests.support.codec_windows import CARDS, choose, run
from tests.support.viewer_engine import Engine
from tests.support.windows import complete
from viewer.model.session.choices import Page
from viewer.model.session.options import set_quality
from viewer.model.session.playback import set_speed
from viewer.shell.window import MainWindow

Key = Qt.Key

pytestmark = [pytest.mark.cards(CARDS), pytest.mark.usefixtures("tiny_codecs")]


def items(window: MainWindow) -> dict[str, bool]:
    """Lines of the list of decoders, and whether they can be chosen."""
    model = window.toolbar.decoder.model()
    assert isinstance(model, QStandardItemModel)
    lines = [model.item(row) for row in range(model.rowCount())]
    return {line.text(): line.isEnabled() for line in lines}


# ---- choosing a codec ------------------------------------------------------------------------------------


def test_all_codecs_are_offered_by_name(shown: MainWindow) -> None:
    box = shown.toolbar.codec
    assert [box.itemText(at) for at in range(box.count())] == [facts.name for facts in CODEC_FACTS.values()]
    assert {f"codec.{name}" for name in CODEC_FACTS} <= set(shown.menus.by_id)


def test_another_codec_at_the_same_rate_with_its_decoder(shown: MainWindow, qtbot: QtBot) -> None:
    rate = run(shown).refinement.coded.bits_per_pixel
    assert shown.toolbar.subsampling.isVisible()
    choose(qtbot, shown, "jpeg2000")
    coded = run(shown).refinement.coded
    assert coded.codec == "jpeg2000"
    assert shown.controller.session.options.bits_per_pixel == rate
    assert coded.bits_per_pixel == pytest.approx(rate, rel=0.05)
    assert shown.toolbar.decoder.currentData() == "sweep-jpeg2000"
    assert run(shown).refinement.request.decoder == "sweep-jpeg2000"
    assert not shown.toolbar.subsampling.isVisible()
    assert "JPEG 2000, " in shown.windowTitle()
    assert {point.codec for point in shown.controller.facts.rate_points} == {"jpeg2000"}
    choose(qtbot, shown, "jpeg")
    assert run(shown).refinement.coded.quality == 15  # the rate it began with, and no other
    assert shown.toolbar.decoder.currentData() == "sweep"
    assert shown.toolbar.subsampling.isVisible()


def test_what_follows_is_said_at_once(shown: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    engine.hold()
    shown.menus.run("codec.jpeg2000")
    assert "JPEG 2000 at about" in shown.controller.facts.message
    assert "decoder Sweep-Jpeg2000" in shown.controller.facts.message
    engine.release()
    complete(qtbot, shown)


def test_decoders_of_other_codecs_stand_apart_and_say_why(shown: MainWindow, qtbot: QtBot) -> None:
    assert items(shown)["Sweep"]
    assert not items(shown)["Sweep-Jpeg2000  (JPEG 2000)"]
    choose(qtbot, shown, "jpeg2000")
    lines = items(shown)
    assert [name for name, on in lines.items() if on] == ["Sweep-Jpeg2000", "Raster-Jpeg2000"]
    assert not lines["Study: learners, 1  (JPEG)"]
    model = shown.toolbar.decoder.model()
    assert isinstance(model, QStandardItemModel)
    (greyed,) = model.findItems("Sweep  (JPEG)")
    assert greyed.toolTip() == "Not now: trained for JPEG streams. File: sweep"


def test_a_slider_goes_on_from_the_nearest_quality(shown: MainWindow, qtbot: QtBot) -> None:
    choose(qtbot, shown, "jpeg2000")
    coded = run(shown).refinement.coded
    assert coded.quality is None
    near = shown.controller.sending.quality()
    assert shown.toolbar.quality.value() == near
    points = sorted(
        shown.controller.facts.rate_points, key=lambda p: abs(p.bits_per_pixel - coded.bits_per_pixel)
    )
    assert abs(near - points[0].quality) <= abs(points[1].quality - points[0].quality)
    qtbot.keyClick(shown.panes, Key.Key_PageUp)
    complete(qtbot, shown)
    assert shown.controller.session.options.quality == near + 1
    moved = run(shown).refinement.coded
    assert moved.quality == near + 1
    assert moved.bits_per_pixel == pytest.approx(coded.bits_per_pixel, rel=0.25)


def test_the_slider_is_the_codec_s(shown: MainWindow, qtbot: QtBot) -> None:
    slider = shown.toolbar.quality.slider()
    choose(qtbot, shown, "goog")
    assert (slider.minimum(), slider.maximum(), slider.accessibleName()) == (1, 8, "Iterations")
    for _ in range(9):
        qtbot.keyClick(shown.panes, Key.Key_PageDown)
    complete(qtbot, shown)
    assert run(shown).refinement.coded.quality == slider.value() == 1
    choose(qtbot, shown, "e2e")
    assert (slider.minimum(), slider.maximum(), slider.accessibleName()) == (1, 64, "Quality")
    qtbot.keyClick(shown.panes, Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    complete(qtbot, shown)
    assert shown.controller.session.codec == "goog"


def test_without_a_decoder_the_rest_goes_on(shown: MainWindow, qtbot: QtBot) -> None:
    choose(qtbot, shown, "webp")
    scene = shown.controller.scene
    assert shown.toolbar.decoder.currentText() == "no decoder"
    assert not shown.toolbar.steps.isVisible()
    assert [pane.title for pane in scene.panes] == [
        "Original", scene.panes[1].title, "Step 0 · no decoder",
    ]  # fmt: skip
    assert np.array_equal(scene.panes[2].pixels, run(shown).refinement.coded.standard)
    assert "no decoder is trained for WebP streams" in shown.controller.facts.message
    assert not shown.viewbar.compare.isEnabled()
    qtbot.keyClick(shown.panes, Key.Key_C)
    assert shown.controller.session.page is not Page.COMPARE
    assert "WebP streams" in shown.menus.by_id["compare"].toolTip()
    shown.menus.run("mode.difference")
    assert len(shown.controller.scene.panes) == 3
    choose(qtbot, shown, "jpeg")
    assert shown.toolbar.steps.isVisible()
    assert run(shown).refinement.request.decoder == "sweep"


def test_the_comparison_follows_or_closes(shown: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(shown.panes, Key.Key_C)
    complete(qtbot, shown)
    choose(qtbot, shown, "jpeg2000")
    state = shown.controller.session.compare
    assert shown.controller.session.page is Page.COMPARE
    runs = shown.controller.facts.compare.runs
    assert all(runs[entry].refinement.finished for entry in state.entries)
    assert {entry.decoder for entry in state.entries} <= {"sweep-jpeg2000", "raster-jpeg2000"}
    shown.acts.show_chooser()
    texts = [item.text(0) for item in shown.overlays.chooser._items]
    assert "Sweep" not in texts
    assert "Raster-Jpeg2000" in texts
    shown.overlays.chooser.close_veil()
    choose(qtbot, shown, "webp")
    assert shown.controller.session.page is not Page.COMPARE
    assert run(shown).refinement.coded.codec == "webp"


def test_a_missing_model_is_said_and_nothing_stale_is_shown(
    shown: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(kind: str, title: str) -> None:
        raise UserError(f"{title}: its model {kind}.json is nowhere")

    monkeypatch.setattr(learned, "find_model", missing)
    shown.menus.run("codec.e2e")
    qtbot.waitUntil(lambda: bool(shown.controller.facts.error), timeout=20_000)
    qtbot.waitUntil(lambda: shown.controller.facts.job.progress is None, timeout=20_000)
    assert shown.controller.facts.error == "E2E: its model e2e.json is nowhere"
    panes = shown.controller.scene.panes
    assert [pane.pixels is None for pane in panes] == [False, True, True]
    assert panes[1].title == "E2E"
    assert panes[1].message == shown.controller.facts.error
    choose(qtbot, shown, "jpeg")
    assert shown.controller.facts.error == ""
    assert run(shown).refinement.coded.codec == "jpeg"


# ---- stages ----------------------------------------------------------------------------------------------


@pytest.fixture
def progressive(shown: MainWindow, qtbot: QtBot) -> MainWindow:
    """A window with four iterations of GOOG."""
    choose(qtbot, shown, "goog")
    shown.controller.change(lambda state: set_quality(state, 4))
    complete(qtbot, shown)
    return shown


def test_keys_and_scrubber_go_through_the_stages(progressive: MainWindow, qtbot: QtBot) -> None:
    window, made = progressive, run(progressive)
    assert [len(made.refinement.stages), made.planned] == [3, 2]
    bar = window.filmstrip.steps
    assert (bar.minimum(), bar.maximum(), bar.value()) == (-3, 2, 2)
    qtbot.keyClick(window.panes, Key.Key_Home)
    assert window.controller.scene.transport.step == bar.value() == -3
    assert window.filmstrip.step_label.text() == "iteration 1"
    assert not window.filmstrip.first.isEnabled()
    seen = []
    for _ in range(5):
        seen.append(window.controller.scene.panes[2].title)
        qtbot.keyClick(window.panes, Key.Key_Right)
    assert seen == [
        "Iteration 1 of 4", "Iteration 2 of 4", "Iteration 3 of 4",
        "Step 0 · GOOG-small", "Step 1 · Sweep-Goog",
    ]  # fmt: skip
    bar.setValue(-2)
    assert window.controller.scene.transport.step == -2
    assert window.controller.scene.plots[1].marker == made.refinement.stages[1].coded.bits_per_pixel
    window.plots.clicked.emit("psnr", -0.9)
    assert window.controller.scene.transport.step == -1
    window.filmstrip.thumbs.chosen.emit(-3)
    assert window.controller.scene.transport.step == -3


def test_playing_from_the_end_begins_with_the_first_stage(progressive: MainWindow, qtbot: QtBot) -> None:
    window = progressive
    window.controller.change(lambda state: set_speed(state, 8))
    window.controller.playback.toggle_play()
    assert window.controller.scene.transport.step == -3
    qtbot.waitUntil(lambda: not window.controller.session.playing, timeout=20_000)
    assert window.controller.scene.transport.step == 2


def test_fewer_iterations_are_cut_not_encoded(
    progressive: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[int] = []
    whole = GoogCodec.growing

    def growing(codec: GoogCodec, pixels: np.ndarray) -> Iterator[object]:
        encoded.append(1)
        yield from whole(codec, pixels)

    monkeypatch.setattr(GoogCodec, "growing", growing)
    qtbot.keyClick(progressive.panes, Key.Key_PageDown)
    complete(qtbot, progressive)
    assert not encoded
    coded = run(progressive).refinement.coded
    assert coded.quality == 3
    assert GOOG.stage_count(coded.payload) == 3
    assert len(run(progressive).refinement.stages) == 2
    assert run(progressive).refinement.finished
    qtbot.keyClick(progressive.panes, Key.Key_PageUp)
    complete(qtbot, progressive)
    assert encoded


def test_a_stage_is_saved_under_its_name_and_the_stream_whole(
    progressive: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposed: list[str] = []

    def ask(_: object, __: str, proposal: str, kinds: str) -> tuple[str, str]:
        proposed.append(f"{Path(proposal).name} {kinds}")
        return str(tmp_path / Path(proposal).name), kinds

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    window = progressive
    window.controller.playback.choose_step(-2)
    window.files.ask_save_picture()
    window.files.ask_save_stream()
    qtbot.waitUntil(lambda: (tmp_path / "photo-sent.nrc").exists(), timeout=10_000)
    complete(qtbot, window)
    assert proposed == ["photo-iteration-2.png PNG (*.png)", "photo-sent.nrc GOOG-small (*.nrc)"]
    received = pipeline.decode((tmp_path / "photo-sent.nrc").read_bytes(), "photo-sent.nrc")
    assert np.array_equal(received.standard, run(window).refinement.coded.standard)
    from engine.io.image import load_picture

    saved = load_picture(tmp_path / "photo-iteration-2.png")
    assert np.array_equal(saved.pixels, run(window).refinement.stages[1].pixels)
