"""The window with every codec: choosing one, its decoder, stages on the scrubber, files. Tiny networks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from engine import pipeline
from engine.codecs.facts import CODEC_FACTS
from engine.codecs.learned import model as learned
from engine.codecs.learned.goog import GOOG, GoogCodec
from engine.errors import UserError
from engine.types import EncodeOptions
from tests.support.viewer_engine import Engine, card, picture
from tests.support.windows import Make, complete, drop
from viewer.documents.settings import Settings
from viewer.launch.arguments import check
from viewer.launch.build import first_session
from viewer.launch.request import Launch
from viewer.model.session.options import set_quality
from viewer.model.session.playback import set_speed
from viewer.model.session.state import Session
from viewer.shell.window import MainWindow

Key = Qt.Key
CARDS = (
    card("sweep", "sweep"),
    card("raster", "raster", 2, carry=True),
    replace(card("sweep-goog", "sweep", 2), codecs=("goog",)),
    replace(card("sweep-jpeg2000", "sweep", 2), codecs=("jpeg2000",)),
    replace(card("raster-jpeg2000", "raster", 2), codecs=("jpeg2000",)),
    replace(card("learner-bptt-1", "raster", 2), study="learners"),
)
pytestmark = [pytest.mark.cards(CARDS), pytest.mark.usefixtures("tiny_codecs")]


def choose(qtbot: QtBot, window: MainWindow, codec: str) -> None:
    """Pick a codec in the toolbar."""
    box = window.toolbar.codec
    at = box.findData(codec)
    box.setCurrentIndex(at)
    box.activated.emit(at)
    complete(qtbot, window)


def run(window: MainWindow):  # type: ignore[no-untyped-def]
    found = window.controller.facts.run
    assert found is not None
    return found


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
    assert shown.toolbar.decoder.currentText() == "sweep-jpeg2000"
    assert run(shown).refinement.request.decoder == "sweep-jpeg2000"
    assert not shown.toolbar.subsampling.isVisible()
    assert "JPEG 2000, " in shown.windowTitle()
    assert {point.codec for point in shown.controller.facts.rate_points} == {"jpeg2000"}
    choose(qtbot, shown, "jpeg")
    assert run(shown).refinement.coded.quality == 15  # the rate it began with, and no other
    assert shown.toolbar.decoder.currentText() == "sweep"
    assert shown.toolbar.subsampling.isVisible()


def test_what_follows_is_said_at_once(shown: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    engine.hold()
    shown.menus.run("codec.jpeg2000")
    assert "JPEG 2000 at about" in shown.controller.facts.message
    assert "decoder sweep-jpeg2000" in shown.controller.facts.message
    engine.release()
    complete(qtbot, shown)


def test_decoders_of_other_codecs_stand_apart_and_say_why(shown: MainWindow, qtbot: QtBot) -> None:
    assert items(shown)["sweep"]
    assert not items(shown)["sweep-jpeg2000  (JPEG 2000)"]
    choose(qtbot, shown, "jpeg2000")
    lines = items(shown)
    assert [name for name, on in lines.items() if on] == ["sweep-jpeg2000", "raster-jpeg2000"]
    assert not lines["Study: learners, 1  (JPEG)"]
    model = shown.toolbar.decoder.model()
    assert isinstance(model, QStandardItemModel)
    (greyed,) = model.findItems("sweep  (JPEG)")
    assert greyed.toolTip() == "Not now: sweep was trained for JPEG streams"


def test_a_slider_goes_on_from_the_nearest_quality(shown: MainWindow, qtbot: QtBot) -> None:
    choose(qtbot, shown, "jpeg2000")
    coded = run(shown).refinement.coded
    assert coded.quality is None
    near = shown.controller.quality()
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
    assert not shown.controller.session.compare.on
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
    assert state.on
    runs = shown.controller.facts.compare.runs
    assert all(runs[entry].refinement.finished for entry in state.entries)
    assert {entry.decoder for entry in state.entries} <= {"sweep-jpeg2000", "raster-jpeg2000"}
    shown.show_chooser()
    texts = [item.text(0) for item in shown.chooser._items]
    assert "sweep" not in texts
    assert "raster-jpeg2000" in texts
    shown.chooser.close_veil()
    choose(qtbot, shown, "webp")
    assert not shown.controller.session.compare.on
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
        "Step 0 · GOOG-small", "Step 1 · sweep-goog",
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
    window.controller.toggle_play()
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
    assert coded.payload == GOOG.shortened(coded.payload, 3)
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
    window.controller.choose_step(-2)
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


# ---- files -----------------------------------------------------------------------------------------------


def sent(codec: str, folder: Path, suffix: str = "") -> Path:
    path = folder / f"{codec}{suffix or CODEC_FACTS[codec].suffixes[0]}"
    path.write_bytes(pipeline.encode(codec, picture().pixels, EncodeOptions(quality=3)).payload)
    return path


@pytest.mark.parametrize("codec", ["jpeg2000", "webp", "avif"])
def test_a_dropped_file_is_a_picture_and_may_be_taken_as_received(
    shown: MainWindow, qtbot: QtBot, tmp_path: Path, codec: str
) -> None:
    path = sent(codec, tmp_path)
    drop(shown, path)
    qtbot.waitUntil(lambda: shown.controller.session.name == path.name, timeout=10_000)
    complete(qtbot, shown)
    assert shown.controller.session.picture is not None
    assert CODEC_FACTS[codec].title in shown.banner.words.text()
    fits = codec == "jpeg2000"
    assert shown.banner.other.text() == ("Repair it as received" if fits else "Take it as received")
    shown.menus.run("received")
    qtbot.waitUntil(lambda: shown.controller.session.stream is not None, timeout=10_000)
    complete(qtbot, shown)
    record = run(shown).refinement
    assert (record.coded.codec, record.coded.payload) == (codec, path.read_bytes())
    assert record.request.decoder == ("sweep-jpeg2000" if fits else "")
    assert shown.toolbar.codec.currentData() == codec
    assert not shown.toolbar.codec.isEnabled()
    assert not shown.toolbar.quality.isVisible()
    assert shown.controller.scene.panes[0].title == f"{CODEC_FACTS[codec].title} as received"
    assert shown.settings.recent()[0] == path.absolute()
    shown.menus.run("received")
    qtbot.waitUntil(lambda: shown.controller.session.picture is not None, timeout=10_000)
    complete(qtbot, shown)
    assert shown.toolbar.codec.currentData() == "jpeg"
    assert run(shown).refinement.request.decoder == "sweep"


@pytest.mark.parametrize("codec", ["e2e", "goog"])
def test_a_container_is_always_a_stream(shown: MainWindow, qtbot: QtBot, tmp_path: Path, codec: str) -> None:
    path = sent(codec, tmp_path)
    drop(shown, path)
    qtbot.waitUntil(lambda: shown.controller.session.stream is not None, timeout=20_000)
    complete(qtbot, shown)
    assert run(shown).refinement.coded.codec == codec
    assert len(run(shown).refinement.stages) == (2 if codec == "goog" else 0)
    assert not shown.banner.other.isVisibleTo(shown.banner)
    assert not shown.menus.by_id["received"].isEnabled()


def test_a_damaged_file_is_one_line(shown: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = sent("goog", tmp_path)
    path.write_bytes(path.read_bytes()[:-5])
    before = shown.controller.session
    drop(shown, path)
    qtbot.waitUntil(lambda: bool(shown.controller.facts.error), timeout=20_000)
    assert shown.controller.facts.error.startswith("goog.nrc: ")
    assert "\n" not in shown.controller.facts.error
    assert shown.controller.session.picture is before.picture


def test_a_received_file_is_saved_with_its_own_ending(
    shown: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sent("jpeg2000", tmp_path, ".j2c")
    shown.controller.open_path(path, received=True)
    qtbot.waitUntil(lambda: shown.controller.session.stream is not None, timeout=10_000)
    complete(qtbot, shown)
    proposed: list[str] = []
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *words: (proposed.append(words[2]), ("", ""))[1]
    )
    shown.files.ask_save_stream()
    assert Path(proposed[0]).name == "jpeg2000-sent.j2c"


def test_dialogs_offer_every_codec_s_files(shown: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *words: (asked.append(words[3]), ([], ""))[1])
    shown.files.ask_open(False)
    shown.files.ask_open(True)
    pictures, received = asked
    assert all(f"*{end}" in pictures for end in (".png", ".jp2", ".webp", ".avif", ".nrc"))
    for facts in CODEC_FACTS.values():
        assert all(f"*{suffix}" in received.split(";;")[0] for suffix in facts.suffixes)


# ---- the next start --------------------------------------------------------------------------------------


def test_another_window_decodes_the_very_same(
    shown: MainWindow, qtbot: QtBot, make: Make, engine: Engine
) -> None:
    choose(qtbot, shown, "jpeg2000")
    shown.save_settings()
    again = make()
    assert again.toolbar.codec.currentData() == "jpeg2000"
    again.controller.open_picture(picture())
    complete(qtbot, again)
    assert run(again).refinement.request == run(shown).refinement.request
    assert run(again).refinement.coded.payload == run(shown).refinement.coded.payload
    assert np.array_equal(run(again).pixels(2), run(shown).pixels(2))


def test_the_command_line_names_codecs(
    engine: Engine, store: QSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.models import card as models

    monkeypatch.setattr(models, "find_card", pipeline.find_card)
    settings = Settings(store)

    def first(**asked: object) -> Session:
        launch = Launch(**asked)  # type: ignore[arg-type]
        check(launch)
        return first_session(launch, settings)

    state = first(codec="goog")
    assert (state.codec, state.options.quality, state.options.decoder) == ("goog", 4, "sweep-goog")
    assert first(codec="webp").options.decoder == ""
    assert first(codec="jpeg2000", bits_per_pixel=0.5).options.bits_per_pixel == 0.5
    assert first(decoder="raster-jpeg2000").codec == "jpeg2000"
    compared = first(compare=("sweep-jpeg2000", "raster-jpeg2000"))
    assert compared.compare.on
    assert compared.codec == "jpeg2000"
    for asked, words in (
        ({"codec": "goog", "quality": 15}, "GOOG-small iterations must lie in 1 to 8"),
        ({"codec": "jpeg", "decoder": "sweep-goog"}, "not trained for JPEG streams"),
        ({"compare": ("sweep", "sweep-goog")}, "different codecs"),
        ({"codec": "jpeg", "compare": ("sweep-jpeg2000", "raster-jpeg2000")}, "not trained for JPEG"),
        ({"codec": "webp", "context": "causal"}, "no decoder for WebP streams"),
    ):
        with pytest.raises(UserError, match=words):
            first(**asked)
