"""Nothing moves under the hand: pins, view modes and large text leave every control where it was."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.support.viewer_engine import STUDY_CARDS, picture
from tests.support.windows import Make, complete
from viewer.documents.settings import Layout
from viewer.model.session.choices import Mode
from viewer.model.session.looks import set_text_scale
from viewer.model.session.patch_changes import pin_second
from viewer.model.session.place import pin_at, unpin
from viewer.model.session.view_changes import set_mode
from viewer.shell.first_place import fitted
from viewer.shell.window import MainWindow

pytestmark = pytest.mark.cards(STUDY_CARDS)
KINDS = (QAbstractButton, QComboBox, QAbstractSlider, QAbstractSpinBox)
SIZES = [(900, 600), (1280, 720), (1600, 900), (1920, 1080)]


def controls(window: MainWindow) -> dict[int, tuple[QWidget, QPoint]]:
    """Every control that is in sight outside the column that changes, and where it is."""
    there: dict[int, tuple[QWidget, QPoint]] = {}
    for kind in KINDS:
        for each in window.findChildren(kind):
            assert isinstance(each, QWidget)
            if each.isVisible() and not window.side.isAncestorOf(each):
                there[id(each)] = each, each.mapTo(window, QPoint())
    return there


def moved(before: dict[int, tuple[QWidget, QPoint]], window: MainWindow) -> list[str]:
    now = controls(window)
    return [
        f"{type(each).__name__} {each.accessibleName()}: {at.toTuple()} → {now[key][1].toTuple()}"
        for key, (each, at) in before.items()
        if key in now and now[key][1] != at
    ]


@pytest.mark.parametrize("size", SIZES)
def test_no_control_moves_when_a_patch_is_pinned_or_the_mode_changes(
    shown: MainWindow, qtbot: QtBot, size: tuple[int, int]
) -> None:
    shown.resize(*size)
    QApplication.processEvents()
    change, before = shown.controller.change, controls(shown)
    assert len(before) > 20
    for transition in (
        partial(pin_at, x=20, y=20), partial(pin_second, x=44, y=28), unpin,
        *(partial(set_mode, mode=mode) for mode in (Mode.WIPE, Mode.BLINK, Mode.DIFFERENCE, Mode.SIDE)),
    ):  # fmt: skip
        change(transition)
        QApplication.processEvents()
        assert not moved(before, shown)
    complete(qtbot, shown)


def test_the_column_keeps_its_width(make: Make, qtbot: QtBot) -> None:
    window = make()
    window.controller.documents.open_picture(picture())
    complete(qtbot, window)
    total = sum(window.split.sizes())
    window.split.setSizes([total - 411, 411])
    for percent in (200, 100):
        window.controller.change(partial(set_text_scale, percent=percent))
        QApplication.processEvents()
    assert window.split.sizes()[1] == 411
    window.controller.change(partial(pin_at, x=20, y=20))
    QApplication.processEvents()
    assert window.split.sizes()[1] == 411
    window.controller.change(unpin)
    window.resize(900, 600)
    QApplication.processEvents()
    window.resize(1280, 800)
    QApplication.processEvents()
    assert window.split.sizes()[1] == 411
    window.close()
    again = make()
    assert again.split.sizes()[1] == 411


def test_a_column_without_room_is_put_away_and_comes_back(shown: MainWindow) -> None:
    shown.resize(900, 600)
    shown.controller.change(partial(set_text_scale, percent=200))
    QApplication.processEvents()
    assert not shown.side.isVisible()
    assert not shown.explainer.hidden()  # nobody hid it
    shown.controller.change(partial(set_text_scale, percent=100))
    QApplication.processEvents()
    assert shown.side.isVisible()


def test_plots_are_seen_beside_large_figures(shown: MainWindow) -> None:
    shown.resize(1280, 720)
    shown.controller.change(partial(set_text_scale, percent=150))
    for height in range(720, 725):  # whatever there is of pixels, the part isn't exceeded by rounding
        shown.resize(1280, height)
        QApplication.processEvents()
        assert shown.figures.height() <= 0.6 * shown.split.height()
    shown.controller.change(partial(set_text_scale, percent=100))


def test_words_of_the_status_line_widen_nothing(shown: MainWindow) -> None:
    line = shown.status
    least = line.minimumSizeHint().width()
    line.patch_field.setFixedSize(3000, 20)  # fields grow to the widest text that they held
    QApplication.processEvents()
    assert line.minimumSizeHint().width() == least == 0
    assert shown.width() < 3000


def test_a_pinned_patch_stays_in_sight(shown: MainWindow) -> None:
    shown.panes.zoom_to(1200)
    places = shown.panes.places
    x, y, width, height = places.visible_region() or (0, 0, 70, 45)
    shown.controller.change(partial(pin_at, x=min(69, x + width - 3), y=min(44, y + height - 3)))
    pinned = shown.controller.session.pinned
    assert pinned is not None
    shown.panes.places.view.reveal(8 * pinned[1], 8 * pinned[0], 8 * pinned[1] + 8, 8 * pinned[0] + 8)
    shown.resize(1000, 700)
    QApplication.processEvents()
    left, top, wide, tall = places.visible_region() or (0, 0, 70, 45)
    assert left <= 8 * pinned[1]
    assert top <= 8 * pinned[0]
    assert 8 * pinned[1] + min(8, 70 - 8 * pinned[1]) <= left + wide
    assert 8 * pinned[0] + min(8, 45 - 8 * pinned[0]) <= top + tall


@pytest.mark.parametrize("room", [QRect(0, 0, 1280, 720), QRect(0, 30, 1600, 870), QRect(100, 0, 1920, 1050)])
def test_a_window_s_frame_is_brought_onto_its_screen(room: QRect) -> None:
    inner = QRect(QPoint(-50, -10), QSize(1600, 900))
    frame = inner.adjusted(-4, -32, 4, 4)
    inside = fitted(frame, inner, room)
    assert room.contains(inside.adjusted(-4, -32, 4, 4))
    assert fitted(inside.adjusted(-4, -32, 4, 4), inside, room) == inside


def test_the_first_window_lies_on_its_screen(make: Make) -> None:
    window = make()
    window.settings.save_layout(Layout())
    window.resize(4000, 3000)
    QApplication.processEvents()
    from viewer.shell.first_place import keep_on_screen

    keep_on_screen(window)
    screen = window.screen()
    assert screen.availableGeometry().contains(window.frameGeometry())


def test_return_presses_the_button_that_has_the_keyboard(shown: MainWindow, qtbot: QtBot) -> None:
    pressed: list[str] = []
    shown.viewbar.compare.clicked.connect(lambda: pressed.append("compare"))
    shown.viewbar.compare.setFocus()
    qtbot.keyClick(shown.viewbar.compare, Qt.Key.Key_Return)
    assert pressed == ["compare"]
    complete(qtbot, shown)


def test_a_message_goes_with_what_it_was_about(shown: MainWindow) -> None:
    shown.controller.say("JPEG, 3 rows copied")
    shown.controller.change(partial(pin_at, x=20, y=20))
    assert shown.status.message.text() == "JPEG, 3 rows copied"
    shown.controller.change(partial(set_mode, mode=Mode.WIPE))
    assert shown.status.message.text() == ""


def test_a_message_has_the_room_that_values_leave(shown: MainWindow) -> None:
    words = "a long message about a file " * 3
    shown.controller.say(words)
    QApplication.processEvents()
    assert shown.status.message.shown_text() == words
