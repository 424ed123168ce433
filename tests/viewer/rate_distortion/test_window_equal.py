"""All codecs at one rate in the window, driven as a person would; real classical codecs."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from engine import pipeline
from engine.errors import UserError
from tests.support.rate_windows import CODECS_HERE
from tests.support.viewer_engine import Engine
from tests.support.windows import Make, complete
from viewer.model.session import rate_distortion_changes as r
from viewer.model.session.choices import Mode, Overlay, Page
from viewer.model.session.options import set_codec, set_quality
from viewer.model.session.rate_distortion import Decode, Part, RatesPage
from viewer.shell.window import MainWindow

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton


# ---- equal rate --------------------------------------------------------------------------------------------


@pytest.fixture
def equal(window: MainWindow, qtbot: QtBot) -> MainWindow:
    qtbot.keyClick(window, Key.Key_6, Qt.KeyboardModifier.AltModifier)
    complete(qtbot, window)
    return window


def titles(window: MainWindow) -> list[str]:
    return [pane.title.split(",")[0].split(" q")[0] for pane in window.controller.scene.panes]


def test_every_codec_at_the_rate_of_the_stream(equal: MainWindow) -> None:
    assert titles(equal) == ["JPEG + Sweep", "JPEG", "JPEG 2000", "WebP", "Original"]
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
    assert titles(equal) == ["JPEG + Sweep", "JPEG 2000", "Original"]
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
    assert "JPEG + Sweep" in titles(equal)
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
    assert equal.controller.session.page is not Page.CODECS


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
    window.controller.change(lambda state: r.set_decode(r.open_rates(state, RatesPage.EQUAL), Decode.BOTH))
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
    assert again.controller.session.page is Page.PICTURES
    assert (rates.page, rates.preset) == (RatesPage.EQUAL, "jpeg2000")
    assert rates.codecs == CODECS_HERE


def test_comparing_and_the_codecs_take_turns(equal: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(equal, Key.Key_C)
    assert equal.comparebar.isVisible()
    assert not equal.ratesbar.isVisible()
    qtbot.keyClick(equal, Key.Key_E)
    assert equal.ratesbar.isVisible()
    assert not equal.comparebar.isVisible()
    complete(qtbot, equal)
    assert titles(equal)[0] == "JPEG + Sweep"
