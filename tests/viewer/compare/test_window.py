"""The compare view in the window, driven as a person would: keys, mouse, boxes; decoders of a few lines."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings, Qt
from pytestqt.qtbot import QtBot

from engine.types import Context
from tests.support.compared import BPTT, RTRL, SAB, UORO, titles
from tests.support.viewer_engine import STUDY_CARDS, Engine, picture
from tests.support.windows import Make, complete
from viewer.compare.worker import Comparer
from viewer.model.session import compare_changes as c
from viewer.model.session.choices import Page
from viewer.model.session.compare import Entry
from viewer.model.session.options import set_quality
from viewer.shell.window import MainWindow

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton

pytestmark = pytest.mark.cards(STUDY_CARDS)


def runs(engine: Engine, *entries: Entry) -> list[int]:
    return [len(engine.decoders[entry.decoder].runs) for entry in entries]


# ---- opening, leaving ------------------------------------------------------------------------------------


def test_from_one_key_to_four_results(window: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    coded = window.controller.facts.run.refinement.coded  # type: ignore[union-attr]
    qtbot.keyClick(window, Key.Key_C)
    complete(qtbot, window)
    assert titles(window) == ["JPEG q15", "BPTT", "SAB", "RTRL", "UORO"]
    facts = window.controller.facts.compare
    assert all(run.refinement.coded is coded for run in facts.runs.values())
    assert all(" dB (" in pane.detail for pane in window.controller.scene.panes[1:])
    assert window.comparebar.isVisible()
    assert not window.viewbar.isVisible()
    assert not window.toolbar.decoder.isVisible()
    assert len(window.controller.scene.plots[0].curves) == 4
    qtbot.mouseClick(window.comparebar.leave, LEFT)
    assert titles(window) == ["Original", "JPEG q15", "Step 3 · Sweep"]
    assert window.viewbar.isVisible()
    assert window.toolbar.decoder.isVisible()
    assert runs(engine, Entry("sweep")) == [1]  # coming back decodes nothing
    qtbot.mouseClick(window.viewbar.compare, LEFT)
    assert runs(engine, BPTT, RTRL, UORO, SAB) == [1, 1, 1, 1]
    assert window.controller.complete()


def test_leaving_after_another_quality_decodes_anew(
    compared: MainWindow, qtbot: QtBot, engine: Engine
) -> None:
    compared.controller.change(lambda state: set_quality(state, 40))
    complete(qtbot, compared)
    assert titles(compared)[0] == "JPEG q40"
    assert runs(engine, BPTT, SAB) == [2, 2]
    assert compared.toolbar.quality.value() == 40
    sent = compared.controller.facts.compare.sent
    assert sent is not None
    qtbot.keyClick(compared, Key.Key_C)
    complete(qtbot, compared)
    run = compared.controller.facts.run
    assert run is not None
    assert run.refinement.coded is sent.refinement.coded
    assert titles(compared)[1] == "JPEG q40"


def test_comparing_in_the_middle_of_a_run(make: Make, qtbot: QtBot, engine: Engine) -> None:
    window = make()
    engine.hold()
    window.controller.documents.open_picture(picture())
    qtbot.waitUntil(lambda: bool(engine.decoders["sweep"].runs), timeout=5000)
    qtbot.keyClick(window, Key.Key_C)
    engine.release()
    complete(qtbot, window)
    assert titles(window)[1:] == ["BPTT", "SAB", "RTRL", "UORO"]
    qtbot.keyClick(window, Key.Key_C)
    complete(qtbot, window)
    assert runs(engine, Entry("sweep")) == [2]  # the run that was broken off is done again
    assert titles(window)[2] == "Step 3 · Sweep"


def test_escape_leaves_step_by_step(compared: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(compared, Key.Key_2)
    assert titles(compared) == ["BPTT"]
    qtbot.keyClick(compared, Key.Key_Escape)
    assert len(titles(compared)) == 5
    qtbot.keyClick(compared, Key.Key_Escape)
    assert compared.controller.session.page is not Page.COMPARE


# ---- while it runs ---------------------------------------------------------------------------------------


def test_results_come_one_after_the_other(window: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    engine.decoders[SAB.decoder].gate.clear()
    qtbot.keyClick(window, Key.Key_C)
    facts = lambda: window.controller.facts.compare  # noqa: E731
    qtbot.waitUntil(lambda: bool(engine.decoders[SAB.decoder].runs), timeout=5000)
    qtbot.waitUntil(lambda: BPTT in facts().runs and facts().runs[BPTT].refinement.finished)
    details = [pane.detail for pane in window.controller.scene.panes[1:]]
    assert " dB (" in details[0]
    assert details[1:] == ["starting …", "waiting", "waiting"] or details[1].startswith("decoding")
    assert window.status.job.text() == "SAB, 2 of 4"
    assert window.status.cancel.isVisible()
    qtbot.keyClick(window, Key.Key_Left)  # finished ones can be scrubbed meanwhile
    assert window.controller.scene.transport.step == 1
    engine.release()
    complete(qtbot, window)
    assert not window.status.cancel.isVisible()


def test_stopping_keeps_what_is_there_and_decode_goes_on(
    window: MainWindow, qtbot: QtBot, engine: Engine
) -> None:
    engine.decoders[SAB.decoder].gate.clear()
    qtbot.keyClick(window, Key.Key_C)
    qtbot.waitUntil(lambda: bool(engine.decoders[SAB.decoder].runs), timeout=5000)
    qtbot.mouseClick(window.status.cancel, LEFT)
    complete(qtbot, window)
    scene = window.controller.scene
    assert " dB (" in scene.panes[1].detail
    assert [pane.detail for pane in scene.panes[3:]] == ["stopped", "stopped"]
    engine.release()
    qtbot.keyClick(window, Key.Key_F5)
    complete(qtbot, window)
    assert all(" dB (" in pane.detail for pane in window.controller.scene.panes[1:])


def test_a_broken_decoder_fails_alone(window: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    engine.decoders[SAB.decoder].fail = RuntimeError("shape mismatch\nsomewhere deep")
    qtbot.keyClick(window, Key.Key_C)
    complete(qtbot, window)
    pane = window.controller.scene.panes[2]
    assert (pane.title, pane.pixels) == ("SAB", None)
    assert pane.message == "RuntimeError: shape mismatch somewhere deep"
    assert all(" dB (" in each.detail for each in window.controller.scene.panes[3:])
    assert not window.error.isVisible()
    runs_before = runs(engine, SAB)
    qtbot.keyClick(window, Key.Key_BracketRight)
    assert runs(engine, SAB) == runs_before  # it isn't tried again and again
    engine.decoders[SAB.decoder].fail = None
    qtbot.keyClick(window, Key.Key_F5)
    complete(qtbot, window)
    assert window.controller.scene.panes[2].pixels is not None


def test_stale_results_are_dropped(compared: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    engine.hold()
    compared.controller.change(lambda state: set_quality(state, 30))
    qtbot.waitUntil(lambda: len(engine.decoders[BPTT.decoder].runs) == 2, timeout=5000)
    compared.controller.change(lambda state: set_quality(state, 60))
    engine.release()
    complete(qtbot, compared)
    facts = compared.controller.facts.compare
    assert {run.refinement.coded.quality for run in facts.runs.values()} == {60}
    assert len(facts.runs) == 4


def test_another_picture_is_compared_at_once(compared: MainWindow, qtbot: QtBot) -> None:
    compared.controller.documents.open_picture(picture(64, 48, seed=2, name="other.png"))
    complete(qtbot, compared)
    assert "other.png" in compared.windowTitle()
    assert all(pane.pixels.shape == (64, 48, 3) for pane in compared.controller.scene.panes)  # type: ignore[union-attr]


def test_closing_in_the_middle(window: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    engine.hold()
    qtbot.keyClick(window, Key.Key_C)
    qtbot.waitUntil(lambda: bool(engine.decoders[BPTT.decoder].runs), timeout=5000)
    window.close()
    assert not window.controller.worker(Comparer).busy()


# ---- choosing --------------------------------------------------------------------------------------------


def test_ticking_a_box_decodes_only_what_is_new(compared: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    qtbot.keyClick(compared, Key.Key_C, Qt.KeyboardModifier.ShiftModifier)
    chooser = compared.overlays.chooser
    assert chooser.isVisible()
    qtbot.keyClicks(chooser.search, "gru")
    wanted = chooser.item(Entry("cell-gru-1"))
    assert not wanted.isHidden()
    assert chooser.item(BPTT).isHidden()
    qtbot.keyClick(chooser.search, Key.Key_Down)
    assert chooser.tree.currentItem() is wanted
    qtbot.keyClick(chooser.tree, Key.Key_Space)
    complete(qtbot, compared)
    assert chooser.count.text() == "5 of 6 chosen"
    assert runs(engine, BPTT, Entry("cell-gru-1")) == [1, 1]
    chooser.item(SAB).setCheckState(0, Qt.CheckState.Unchecked)
    qtbot.keyClick(chooser.tree, Key.Key_Return)
    assert not chooser.isVisible()
    assert titles(compared)[1:] == ["BPTT", "RTRL", "UORO", "GRU"]
    assert compared.panes.hasFocus()


def test_boxes_beyond_six_or_below_two_are_off(compared: MainWindow, qtbot: QtBot) -> None:
    compared.acts.show_chooser()
    chooser = compared.overlays.chooser
    for name in ("cell-gru-1", "cell-lstm-1"):
        chooser.item(Entry(name)).setCheckState(0, Qt.CheckState.Checked)
    enabled = Qt.ItemFlag.ItemIsEnabled
    assert not chooser.item(Entry("sweep")).flags() & enabled
    assert chooser.item(BPTT).flags() & enabled
    assert "take one away" in chooser.count.text()
    compared.controller.change(lambda state: c.set_entries(state, (BPTT, SAB)))
    chooser.show_state(compared.controller.session)
    assert not chooser.item(BPTT).flags() & enabled
    assert chooser.item(Entry("sweep")).flags() & enabled
    assert chooser.item(Entry("raster", Context.CAUSAL)).text(0) == "Causal"
    complete(qtbot, compared)


def test_presets_from_their_menu(compared: MainWindow, qtbot: QtBot) -> None:
    actions = {action.text(): action for action in compared.comparebar.preset.menu().actions()}
    assert {"Learners", "Cells", "Contexts"} <= set(actions)
    actions["Contexts"].trigger()
    complete(qtbot, compared)
    assert titles(compared)[1:] == [
        "Raster, no context",
        "Raster, causal",
        "Raster, non-causal",
        "Raster, both",
    ]
    actions["Cells"].trigger()
    complete(qtbot, compared)
    assert titles(compared)[1:] == ["Elman", "LSTM", "GRU"]
    assert compared.comparebar.first.itemText(2) == "GRU"


def test_the_set_is_remembered(compared: MainWindow, make: Make, qtbot: QtBot) -> None:
    compared.controller.change(lambda state: c.set_entries(state, (SAB, Entry("raster", Context.CAUSAL))))
    complete(qtbot, compared)
    compared.close()
    again = make()
    assert again.controller.session.page is not Page.COMPARE
    assert again.controller.session.compare.entries == (SAB, Entry("raster", Context.CAUSAL))
    again.controller.documents.open_picture(picture())
    complete(qtbot, again)
    qtbot.keyClick(again, Key.Key_C)
    complete(qtbot, again)
    assert titles(again)[1:] == ["SAB", "Raster, causal"]


@pytest.mark.parametrize(
    "garbage", ['{"compare": 3}', '{"compare": [["x"], [1, 2], "a", ["sweep", []]]}', "{"]
)
def test_garbage_in_the_settings_counts_as_nothing(store: QSettings, make: Make, garbage: str) -> None:
    store.setValue("session", garbage)
    assert make().controller.session.compare.entries == ()
