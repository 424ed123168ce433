"""Thumbnails and transport: what can be chosen, and that showing a state says nothing."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from tests.support import scenes
from viewer.playback.filmstrip import Filmstrip
from viewer.ui import theme

LEFT = Qt.MouseButton.LeftButton
pytestmark = pytest.mark.usefixtures("dark")
NONE = Qt.KeyboardModifier.NoModifier


class Heard:
    """Everything a strip says."""

    def __init__(self, strip: Filmstrip) -> None:
        self.said: list[tuple[object, ...]] = []
        for name in ("step_chosen", "play_toggled", "speed_chosen", "scan_chosen", "scan_ended"):
            getattr(strip, name).connect(self._hear(name))

    def _hear(self, name: str) -> Callable[..., None]:
        def hear(*values: object) -> None:
            self.said.append((name, *values))

        return hear


def strip(qtbot: QtBot, at: int = 3, ready: int = 5, steps: int = 4, scan: int = 0) -> Filmstrip:
    result = Filmstrip()
    qtbot.addWidget(result)
    result.resize(1000, result.sizeHint().height())
    result.set_scene(scenes.thumbs(ready, steps), scenes.transport(at, ready, steps, scan))
    result.show()
    QApplication.processEvents()
    return result


def test_it_is_no_higher_than_150_pixels_and_fits_a_small_window(qtbot: QtBot) -> None:
    it = strip(qtbot, scan=6144)
    assert it.sizeHint().height() <= 150
    assert it.minimumSizeHint().width() <= 860


def test_a_click_on_a_thumbnail_chooses_its_step(qtbot: QtBot) -> None:
    it = strip(qtbot)
    heard = Heard(it)
    for number in (0, 4, 2):
        QTest.mouseClick(it.thumbs, LEFT, NONE, it.thumbs.cell_rect(number).center())
    assert heard.said == [("step_chosen", 0), ("step_chosen", 4), ("step_chosen", 2)]


def test_steps_still_to_come_cannot_be_chosen(qtbot: QtBot) -> None:
    it = strip(qtbot, at=1, ready=3)
    heard = Heard(it)
    QTest.mouseClick(it.thumbs, LEFT, NONE, it.thumbs.cell_rect(4).center())
    assert heard.said == []
    y = it.steps.height() // 2
    QTest.mouseClick(it.steps, LEFT, NONE, QPoint(round(it.steps.position_of(4)), y))
    assert heard.said == [("step_chosen", 2)]
    assert it.steps.value() == 2


def test_the_current_thumbnail_is_framed_in_the_accent(qtbot: QtBot) -> None:
    it = strip(qtbot, at=3)
    image = it.thumbs.grab().toImage()

    def accents(number: int) -> int:
        rect, wanted = it.thumbs.cell_rect(number), QColor(theme.DARK.accent)
        return sum(
            image.pixelColor(x, y) == wanted
            for x in range(rect.left(), rect.right())
            for y in range(rect.top(), rect.top() + 66)
        )

    assert accents(3) > 200
    assert [accents(k) for k in (0, 1, 2, 4)] == [0, 0, 0, 0]


def test_the_slider_tells_of_the_users_moves_only(qtbot: QtBot) -> None:
    it = strip(qtbot)
    heard = Heard(it)
    it.set_scene(scenes.thumbs(), scenes.transport(1))
    it.set_scene(scenes.thumbs(17, 16), scenes.transport(16, 17, 16, 6144))
    it.set_scene((), scenes.transport(0, 0, 0))
    it.set_scene(scenes.thumbs(), scenes.transport(2))
    assert heard.said == []
    y = it.steps.height() // 2
    QTest.mouseClick(it.steps, LEFT, NONE, QPoint(round(it.steps.position_of(4)), y))
    QTest.keyClick(it.steps, Qt.Key.Key_Left)
    assert heard.said == [("step_chosen", 4), ("step_chosen", 3)]


def test_dragging_the_slider_passes_every_step(qtbot: QtBot) -> None:
    it = strip(qtbot, at=0)
    heard = Heard(it)
    y = it.steps.height() // 2
    QTest.mousePress(it.steps, LEFT, NONE, QPoint(round(it.steps.position_of(0)), y))
    for k in (1, 2, 3, 4):
        QTest.mouseMove(it.steps, QPoint(round(it.steps.position_of(k)), y))
    QTest.mouseRelease(it.steps, LEFT, NONE, QPoint(round(it.steps.position_of(4)), y))
    assert heard.said == [("step_chosen", k) for k in (1, 2, 3, 4)]


def test_buttons_state_their_intent(qtbot: QtBot) -> None:
    it = strip(qtbot, at=2)
    heard = Heard(it)
    for button in (it.first, it.previous, it.next, it.last, it.play):
        QTest.mouseClick(button, LEFT)
    assert heard.said == [
        ("step_chosen", 0),
        ("step_chosen", 1),
        ("step_chosen", 3),
        ("step_chosen", 4),
        ("play_toggled",),
    ]


@pytest.mark.parametrize(
    ("at", "ready", "off"),
    [
        (0, 5, {"first", "previous"}),
        (4, 5, {"next", "last"}),
        (2, 3, {"next", "last"}),
        (0, 1, {"first", "previous", "next", "last", "play", "steps"}),
    ],
)
def test_what_leads_nowhere_is_disabled(qtbot: QtBot, at: int, ready: int, off: set[str]) -> None:
    it = strip(qtbot, at, ready)
    names = ("first", "previous", "play", "next", "last", "steps")
    assert {name for name in names if not getattr(it, name).isEnabled()} == off


def test_play_turns_into_pause(qtbot: QtBot) -> None:
    it = strip(qtbot)
    assert it.play.accessibleName() == "Play"
    it.set_scene(scenes.thumbs(), replace(scenes.transport(), playing=True))
    assert it.play.accessibleName() == "Pause"
    assert "Space" in it.play.toolTip()


def test_speed_is_chosen_and_unusual_speeds_are_shown(qtbot: QtBot) -> None:
    it = strip(qtbot)
    heard = Heard(it)
    assert it.speed.currentText() == "1×"
    it.speed.setFocus()
    QTest.keyClick(it.speed, Qt.Key.Key_Down)
    assert heard.said == [("speed_chosen", 2.0)]
    it.set_scene(scenes.thumbs(), replace(scenes.transport(), speed=3.0))
    assert it.speed.currentText() == "3×"
    assert len(heard.said) == 1


def test_the_scan_has_a_scrubber_only_where_there_is_a_scan(qtbot: QtBot) -> None:
    it = strip(qtbot)
    assert not it.scan.isVisible()
    it.set_scene(scenes.thumbs(), scenes.transport(scan_total=6144))
    assert it.scan.isVisible()
    assert it.scan_label.text().replace("\u2009", "") == "patch 2457 / 6144"


def test_scanning_and_leaving_the_scan(qtbot: QtBot) -> None:
    it = strip(qtbot, scan=6144)
    heard = Heard(it)
    y = it.scan.height() // 2
    QTest.mouseClick(it.scan, LEFT, NONE, QPoint(round(it.scan.position_of(3072)), y))
    name, position = heard.said[-1]
    assert name == "scan_chosen"
    assert isinstance(position, int)
    assert abs(position - 3072) <= 20
    QTest.mouseClick(it.scan, LEFT, NONE, QPoint(it.scan.width() - 1, y))
    assert heard.said[-1] == ("scan_ended",)
    it.set_scene(scenes.thumbs(), scenes.transport(scan_total=6144))
    QTest.mouseClick(it.scan_end, LEFT)
    assert heard.said[-1] == ("scan_ended",)
    it.set_scene(scenes.thumbs(), replace(scenes.transport(scan_total=6144), scan=None))
    assert not it.scan_end.isEnabled()
    assert it.scan.value() == 6144


def test_the_current_step_is_scrolled_into_sight(qtbot: QtBot) -> None:
    it = strip(qtbot, at=16, ready=17, steps=16)
    cell = it.thumbs.cell_rect(16)
    left = it.thumbs.mapTo(it, cell.topLeft()).x()
    assert left >= 0
    assert left + cell.width() <= it.width()
    it.set_scene(scenes.thumbs(17, 16), scenes.transport(0, 17, 16))
    assert it.thumbs.mapTo(it, it.thumbs.cell_rect(0).topLeft()).x() >= 0


def test_every_control_has_a_name_and_a_tooltip(qtbot: QtBot) -> None:
    it = strip(qtbot, scan=10)
    controls = [*it.findChildren(QToolButton), it.steps, it.scan, it.speed]
    assert len(controls) == 9
    for control in controls:
        assert control.accessibleName()
        assert control.toolTip()


def test_labels_hold_still_while_numbers_change(qtbot: QtBot) -> None:
    it = strip(qtbot, at=0, ready=17, steps=16, scan=6144)
    places = set()
    for step in (0, 9, 10, 16):
        transport = scenes.transport(step, 17, 16, 6144)
        it.set_scene(scenes.thumbs(17, 16), replace(transport, scan=step * 300))
        QApplication.processEvents()
        places.add((it.scan.x(), it.speed.x(), it.step_label.x()))
    assert len(places) == 1


def test_thumbnails_let_their_pictures_go(qtbot: QtBot) -> None:
    it = strip(qtbot)
    fresh = scenes.step(2).copy()
    fresh.setflags(write=False)
    alive = weakref.ref(fresh)
    thumbs = scenes.thumbs()
    it.set_scene((replace(thumbs[0], pixels=fresh), *thumbs[1:]), scenes.transport())
    it.grab()
    del fresh
    it.set_scene(thumbs, scenes.transport())
    it.grab()
    gc.collect()
    assert alive() is None
