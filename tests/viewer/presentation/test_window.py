"""Presentation mode in the assembled window: what is shown, what keys do, and that all is as it was."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QDockWidget
from pytestqt.qtbot import QtBot

from tests.support.windows import complete, ready
from viewer.model.session.choices import Mode
from viewer.model.session.patch_changes import set_open
from viewer.model.session.place import pin_at
from viewer.model.session.playback import choose_step
from viewer.model.session.presentation import Poll
from viewer.model.session.view_changes import set_mode
from viewer.shell.window import MainWindow

Key = Qt.Key


def chrome(window: MainWindow) -> list[object]:
    """What gives way, and how it is."""
    parts = (window.menuBar(), window.toolbar, window.filmstrip, window.status, window.side, window.viewbar)
    return [part.isVisible() for part in parts] + [window.split.sizes(), window.isFullScreen()]


@pytest.mark.parametrize("hidden", [(), ("side",), ("film",), ("side", "film")])
@pytest.mark.parametrize("maximised", [False, True])
def test_everything_is_as_it_was(
    shown: MainWindow, qtbot: QtBot, hidden: tuple[str, ...], maximised: bool
) -> None:
    if maximised:
        shown.showMaximized()
    shown.split.setSizes([700, 400])
    for name in hidden:
        shown.acts.toggle_part(name)
    qtbot.wait(10)
    before, size = chrome(shown), shown.size()
    qtbot.keyClick(shown, Key.Key_F11)
    assert shown.isFullScreen()
    during = chrome(shown)
    assert not any(during[:6])
    assert shown.panes.isVisible()
    assert shown.parts.caption.isVisible()
    qtbot.keyClick(shown, Key.Key_Escape)
    qtbot.waitUntil(lambda: shown.size() == size, timeout=3000)
    qtbot.wait(10)
    assert chrome(shown) == before
    assert shown.isMaximized() == maximised
    assert not shown.parts.caption.isVisible()
    assert shown.panes.places.caption == 0


def test_full_screen_that_was_there_before_stays(shown: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(shown, Key.Key_F11, Qt.KeyboardModifier.ShiftModifier)
    assert shown.isFullScreen()
    assert shown.toolbar.isVisible()
    qtbot.keyClick(shown, Key.Key_F11)
    assert not shown.toolbar.isVisible()
    qtbot.keyClick(shown, Key.Key_F11)
    assert shown.isFullScreen()
    assert shown.toolbar.isVisible()


def test_patch_and_place_come_back(shown: MainWindow, qtbot: QtBot) -> None:
    control = shown.controller
    control.change(lambda state: pin_at(state, 8, 8))
    shown.panes.zoom_to(300)
    state = shown.panes.state()
    assert shown.explainer.stack.currentIndex() == 1
    qtbot.keyClick(shown, Key.Key_F11)
    assert control.scene.dock is None
    qtbot.keyClick(shown, Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(shown, Key.Key_F)
    assert control.session.pinned == (1, 2)
    qtbot.keyClick(shown, Key.Key_Escape)
    assert control.session.pinned == (1, 1)
    assert shown.explainer.stack.currentIndex() == 1
    assert shown.side.isVisible()
    assert shown.panes.state() == pytest.approx(state)


def test_the_panel_of_a_patch_stays_in_a_column_hidden_by_hand(shown: MainWindow, qtbot: QtBot) -> None:
    shown.acts.toggle_part("side")
    shown.controller.change(lambda state: pin_at(state, 8, 8))
    assert shown.side.isVisible()  # for the panel
    qtbot.keyClick(shown, Key.Key_F11)
    assert not shown.side.isVisible()
    qtbot.keyClick(shown, Key.Key_Escape)
    assert shown.side.isVisible()
    shown.controller.change(lambda state: set_open(state, False))
    assert not shown.side.isVisible()


def test_closing_the_window_saves_the_layout_of_before(shown: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(shown, Key.Key_F11)
    shown.close()
    layout = shown.settings.load_layout()
    assert layout.hidden == ()
    assert not shown.isFullScreen()


# ---- keys ------------------------------------------------------------------------------------------------


def test_a_clicker_goes_through_steps_and_quality_stays(shown: MainWindow, qtbot: QtBot) -> None:
    control = shown.controller
    quality = control.session.options.quality
    qtbot.keyClick(shown, Key.Key_F11)
    steps = []
    for key in (Key.Key_PageUp, Key.Key_PageUp, Key.Key_PageDown):
        qtbot.keyClick(shown, key)
        steps.append(control.scene.transport.step)
    assert steps == [2, 1, 2]
    assert control.session.options.quality == quality
    qtbot.keyClick(shown, Key.Key_Escape)
    qtbot.keyClick(shown, Key.Key_PageDown)
    assert control.session.options.quality == quality - 1
    assert control.scene.transport.step == 2


def test_a_clicker_goes_through_pages_of_a_lesson(shown: MainWindow, qtbot: QtBot) -> None:
    control = shown.controller
    qtbot.keyClick(shown, Key.Key_L)
    complete(qtbot, shown)
    assert shown.lessons.panel.isVisible()
    qtbot.keyClick(shown, Key.Key_F11)
    assert not shown.lessons.panel.isVisible()
    qtbot.keyClick(shown, Key.Key_PageDown)
    assert control.session.lessons.at == 1
    caption = control.scene.caption
    assert caption is not None
    assert caption.title.startswith("2/")
    qtbot.keyClick(shown, Key.Key_PageUp)
    qtbot.keyClick(shown, Key.Key_PageUp)
    assert control.session.lessons.at == 0
    assert control.session.lessons.on
    qtbot.keyClick(shown, Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    assert shown.lessons.panel.isVisible()
    assert control.session.presentation.on
    qtbot.keyClick(shown, Key.Key_L)
    assert not shown.lessons.panel.isVisible()
    assert control.session.presentation.on
    assert not shown.side.isVisible()
    qtbot.keyClick(shown, Key.Key_Escape)
    qtbot.waitUntil(shown.side.isVisible, timeout=3000)


def test_a_lesson_closed_while_hidden_gives_the_place_back(shown: MainWindow, qtbot: QtBot) -> None:
    shown.panes.zoom_to(150)
    state = shown.panes.state()
    qtbot.keyClick(shown, Key.Key_L)
    complete(qtbot, shown)
    shown.panes.fit()
    qtbot.keyClick(shown, Key.Key_F11)
    qtbot.keyClick(shown, Key.Key_L)
    qtbot.waitUntil(lambda: shown.panes.state()["zoom"] == pytest.approx(state["zoom"]), timeout=3000)


def test_the_width_of_the_lessons_panel_is_as_it_was(shown: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(shown, Key.Key_L)
    complete(qtbot, shown)
    qtbot.wait(20)
    dock: QDockWidget = shown.lessons.panel
    shown.resizeDocks([dock], [dock.width() + 37], Qt.Orientation.Horizontal)
    qtbot.wait(20)
    width = dock.width()
    qtbot.keyClick(shown, Key.Key_F11)
    qtbot.wait(20)
    qtbot.keyClick(shown, Key.Key_F11)
    qtbot.waitUntil(lambda: dock.isVisible() and dock.width() == width, timeout=3000)


def test_spotlight_and_magnifier_by_keys(shown: MainWindow, qtbot: QtBot) -> None:
    control = shown.controller
    assert not shown.menus.by_id["present.spot"].isEnabled()
    qtbot.keyClick(shown, Key.Key_F11)
    qtbot.keyClick(shown, Key.Key_F6)
    rows, columns = control.session.grid
    assert control.session.pinned == (rows // 2, columns // 2)
    presented = control.scene.view.presented
    assert presented is not None
    assert presented.spot
    assert not presented.magnifier
    qtbot.keyClick(shown, Key.Key_F7)
    presented = control.scene.view.presented
    assert presented is not None
    assert presented.spot
    assert presented.magnifier
    place = control.session.pinned
    qtbot.keyClick(shown, Key.Key_PageUp)
    assert control.session.pinned == place
    at = shown.panes.image_position(3, 3).toPoint()
    qtbot.mouseClick(shown.panes, Qt.MouseButton.LeftButton, pos=QPoint(at))
    assert control.session.pinned == (0, 0)
    assert control.scene.dock is None
    assert not shown.side.isVisible()


def test_one_plot_at_will(shown: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(shown, Key.Key_F11)
    keys = [plot.key for plot in shown.controller.scene.plots]
    qtbot.wait(20)
    height = shown.panes.height()
    for key in keys:
        qtbot.keyClick(shown, Key.Key_F8)
        assert shown.parts.stage.plot.isVisible()
        qtbot.waitUntil(shown.parts.stage.plot.plot(key).isVisible, timeout=3000)
        assert shown.panes.height() < height
    qtbot.keyClick(shown, Key.Key_F8)
    assert not shown.parts.stage.plot.isVisible()
    qtbot.waitUntil(lambda: shown.panes.height() == height, timeout=3000)
    qtbot.keyClick(shown, Key.Key_F8)
    qtbot.keyClick(shown, Key.Key_Escape)
    assert not shown.parts.stage.plot.isVisible()


def test_parts_cannot_be_shown_meanwhile(shown: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(shown, Key.Key_F11)
    for key in (Key.Key_F9, Key.Key_F10):
        qtbot.keyClick(shown, key)
    assert not shown.side.isVisible()
    assert not shown.filmstrip.isVisible()
    assert "presentation mode is on" in shown.menus.by_id["show.film"].toolTip()


# ---- nothing jumps ---------------------------------------------------------------------------------------


def test_nothing_moves_while_steps_are_scrubbed(shown: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(shown, Key.Key_F11)
    seen, texts = set(), []
    for step in (3, 2, 1, 0, 3):
        shown.controller.change(lambda state, step=step: choose_step(state, step, 3, 3))
        columns = shown.parts.caption.columns()
        texts.append([text for _, text in columns])
        seen.add((tuple(rect.getRect() for rect, _ in columns), tuple(shown.panes.places.cells)))
    assert len(seen) == 1
    assert [each[0] for each in texts] == [f"Step {step} of 3" for step in (3, 2, 1, 0, 3)]
    assert all("dB" in each[1] for each in texts)
    assert texts[3][2] == ""
    assert texts[2][2].endswith("dB")


@pytest.mark.parametrize("height", [720, 1080])
def test_captions_grow_with_the_window(shown: MainWindow, qtbot: QtBot, height: int) -> None:
    qtbot.keyClick(shown, Key.Key_F11)
    shown.resize(round(height * 16 / 9), height)
    qtbot.waitUntil(lambda: shown.panes.places.caption == round(height / 27), timeout=3000)
    assert shown.parts.caption.height() == round(1.7 * round(height / 27))


# ---- which one is refined? -------------------------------------------------------------------------------


@pytest.mark.parametrize(("lot", "order"), [(0.1, ["estimate", "standard"]), (0.9, ["standard", "estimate"])])
def test_poll_and_reveal(
    shown: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, lot: float, order: list[str]
) -> None:
    monkeypatch.setattr("random.random", lambda: lot)
    control = shown.controller
    control.change(lambda state: set_mode(state, Mode.WIPE))
    qtbot.keyClick(shown, Key.Key_F11)
    qtbot.keyClick(shown, Key.Key_Q)
    panes, caption = control.scene.panes, control.scene.caption
    assert [pane.key for pane in panes] == order
    assert [(pane.title, pane.detail) for pane in panes] == [("A", ""), ("B", "")]
    assert caption is not None
    assert caption.title == "Which one is refined?"
    assert not caption.figure
    qtbot.keyClick(shown, Key.Key_Q)
    assert [pane.key for pane in control.scene.panes] == order
    assert all(pane.title not in "AB" for pane in control.scene.panes)
    qtbot.keyClick(shown, Key.Key_Q)
    assert control.session.mode is Mode.WIPE
    assert control.session.presentation.poll is Poll.NONE


def test_at_step_0_there_is_nothing_to_ask(shown: MainWindow, qtbot: QtBot) -> None:
    shown.controller.change(lambda state: choose_step(state, 0, ready(shown), 2))
    for key in (Key.Key_F11, Key.Key_Q):
        qtbot.keyClick(shown, key)
    assert shown.controller.session.presentation.poll is Poll.NONE
    assert "step 0 is the standard decode" in shown.menus.by_id["present.poll"].toolTip()
    qtbot.keyClick(shown, Key.Key_PageDown)
    qtbot.keyClick(shown, Key.Key_Q)
    assert shown.controller.session.presentation.poll is Poll.ASKED


def test_leaving_ends_a_poll(shown: MainWindow, qtbot: QtBot) -> None:
    titles = [pane.title for pane in shown.controller.scene.panes]
    for key in (Key.Key_F11, Key.Key_Q, Key.Key_Escape):
        qtbot.keyClick(shown, key)
    assert [pane.title for pane in shown.controller.scene.panes] == titles
    assert shown.controller.session.mode is Mode.SIDE


# ---- the speaker's window --------------------------------------------------------------------------------


def test_notes_follow_the_lesson_and_take_the_same_keys(shown: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(shown, Key.Key_L)
    complete(qtbot, shown)
    qtbot.keyClick(shown, Key.Key_F11)
    qtbot.keyClick(shown, Key.Key_F12)
    notes = shown.presentation.notes_window()
    assert notes is not None
    assert notes.isVisible()
    course = shown.controller.session.lessons.course
    assert course is not None
    assert course.lessons[0].title in notes.title.text()
    qtbot.waitUntil(notes.isActiveWindow, timeout=10_000)  # on one screen the pictures would cover it
    assert notes.screen().availableGeometry().contains(notes.geometry())
    qtbot.keyClick(notes, Key.Key_PageDown)
    assert shown.controller.session.lessons.at == 1
    assert course.lessons[1].title in notes.title.text()
    assert course.lessons[2].title in notes.after.text()
    assert notes.notes.text()
    qtbot.keyClick(notes, Key.Key_F12)
    assert not notes.isVisible()


def test_notes_close_with_the_window(shown: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(shown, Key.Key_F12)
    notes = shown.presentation.notes_window()
    assert notes is not None
    shown.close()
    assert not notes.isVisible()
