"""Inspector, status line and the small controls."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDoubleSpinBox
from pytestqt.qtbot import QtBot

from tests.support import scenes
from viewer.model.scene.picture import PatchScene, StatusScene
from viewer.model.scene.plots import InspectorRow
from viewer.shell.status_bar import StatusLine
from viewer.ui import theme
from viewer.ui.controls import ElidedLabel, IconButton, SegmentedButtons, inset
from viewer.ui.figures_table import EMPTY, Inspector
from viewer.ui.labelled_slider import LabelledSlider
from viewer.ui.scrubber import ScrubBar

LEFT = Qt.MouseButton.LeftButton
pytestmark = pytest.mark.usefixtures("dark")


# ---- inspector -------------------------------------------------------------------------------------------


def inspector(qtbot: QtBot, width: int = 380) -> Inspector:
    view = Inspector()
    qtbot.addWidget(view)
    view.set_rows(scenes.inspector_rows())
    view.set_patch(scenes.patch())
    view.resize(width, view.sizeHint().height())
    view.show()
    QApplication.processEvents()
    return view


def test_the_neighbourhood_has_its_colours(qtbot: QtBot) -> None:
    view = inspector(qtbot)
    image = view.neighbourhood.grab().toImage()

    def tile(dy: int, dx: int) -> QColor:
        return image.pixelColor(14 + 27 * (dx + 1), 14 + 27 * (dy + 1))

    causal, later = QColor(theme.CAUSAL), QColor(theme.NONCAUSAL)
    assert [tile(*at) for at in ((-1, -1), (-1, 0), (-1, 1), (0, -1))] == [causal] * 4
    assert [tile(*at) for at in ((0, 1), (1, -1), (1, 0), (1, 1))] == [later] * 4
    assert tile(0, 0) == QColor(theme.SELF)
    view.set_patch(PatchScene(0, 0, (), ((0, 1),)))
    image = view.neighbourhood.grab().toImage()
    assert tile(0, 1) == later
    assert not {tile(-1, 0).name(), tile(1, 1).name()} & {causal.name(), later.name(), theme.SELF.lower()}


def test_rows_carry_the_colour_of_their_role(qtbot: QtBot) -> None:
    view = inspector(qtbot)
    image = view.table.grab().toImage()
    squares = [image.pixelColor(4, 20 * number + 10) for number in range(6)]
    assert squares[4] == QColor(theme.CAUSAL)
    assert squares[5] == QColor(theme.NONCAUSAL)
    assert len({square.name() for square in squares}) == 3


def test_every_row_fits_at_380_pixels_and_short_ones_are_explained(qtbot: QtBot) -> None:
    view = inspector(qtbot)
    for row in scenes.inspector_rows():
        assert view.table.fitted(row) == (row.label, row.value)
    assert view.table.tooltip_at(5) == ""
    long = InspectorRow("A label of some length", "a value that is far too long for the width of this table")
    view.set_rows((long,))
    label, value = view.table.fitted(long)
    assert label == long.label  # it stands above its value
    assert value.endswith("…")
    assert view.table.tooltip_at(5) == f"{long.label}: {long.value}"
    assert view.table.tooltip_at(500) == ""


def test_it_never_shrinks_and_names_what_it_shows(qtbot: QtBot) -> None:
    view = inspector(qtbot)
    assert view.title.text() == "Patch"
    height = view.sizeHint().height()
    view.set_rows(())
    view.set_patch(None)
    assert view.sizeHint().height() == height
    assert view.table.accessibleName() == EMPTY
    view.set_rows(scenes.inspector_rows()[:2])
    assert view.title.text() == "Picture"
    view.set_patch(scenes.patch(pinned=True))
    assert view.title.text() == "Patch, pinned"


# ---- status line -----------------------------------------------------------------------------------------


def line(qtbot: QtBot, scene: StatusScene) -> StatusLine:
    view = StatusLine()
    qtbot.addWidget(view)
    view.resize(1400, 32)
    view.set_scene(scene)
    view.show()
    QApplication.processEvents()
    return view


def test_progress_and_cancel_are_there_only_while_something_runs(qtbot: QtBot) -> None:
    view = line(qtbot, scenes.status())
    assert not view.progress.isVisible()
    assert not view.cancel.isVisible()
    view.set_scene(scenes.status(0.25))
    assert view.progress.isVisible()
    assert view.progress.value() == 250
    assert view.job.text() == "Refining, step 3 of 4"
    with qtbot.waitSignal(view.cancel_requested):
        QTest.mouseClick(view.cancel, LEFT)
    for wild in (-1.0, 7.0):
        view.set_scene(scenes.status(wild))
        assert view.progress.value() in (0, 1000)


def test_an_error_is_red_and_has_the_right_of_way(qtbot: QtBot) -> None:
    scene = replace(scenes.status(), values="a long line of values " * 6)
    view = line(qtbot, scene)
    calm = view.message.width()
    error = "holiday.png: the file ends in the middle of the picture, after 3 of 12 parts"
    view.set_scene(replace(scene, error=error))
    QApplication.processEvents()
    assert view.message.text() == error
    assert view.message.width() > calm
    image = view.message.grab().toImage()
    reds = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    assert QColor(theme.DARK.error) in reds
    view.set_scene(scenes.status())
    assert view.message.text() == "Refined in 0.61 s"
    image = view.message.grab().toImage()
    assert QColor(theme.DARK.error) not in [
        image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())
    ]


def test_fields_hold_still_while_the_cursor_moves(qtbot: QtBot) -> None:
    view = line(qtbot, replace(scenes.status(), cursor="x 1000  y 1000", zoom="1600 %"))
    places = set()
    for cursor, zoom in (("x 1  y 2", "9 %"), ("x 888  y 77", "52 %"), ("", "100 %")):
        view.set_scene(replace(scenes.status(), cursor=cursor, zoom=zoom))
        QApplication.processEvents()
        places.add((view.values_field.x(), view.patch_field.x(), view.zoom_field.geometry().right()))
    assert len(places) == 1


def test_markup_in_a_file_name_is_text(qtbot: QtBot) -> None:
    view = line(qtbot, StatusScene(cursor="<b>x</b>", message="<img src=x>.png opened"))
    assert view.cursor_field.textFormat() == Qt.TextFormat.PlainText
    assert view.message.textFormat() == Qt.TextFormat.PlainText


# ---- controls --------------------------------------------------------------------------------------------


def test_an_elided_label_tells_all_in_its_tooltip(qtbot: QtBot) -> None:
    label = ElidedLabel("a text that needs some room")
    qtbot.addWidget(label)
    label.resize(400, 20)
    label.show()
    assert label.shown_text() == label.text()
    assert label.toolTip() == ""
    label.resize(60, 20)
    assert label.shown_text().endswith("…")
    assert label.toolTip() == label.text()
    assert label.minimumSizeHint().width() == 0


def test_the_quality_slider_is_live_and_settles_once(qtbot: QtBot) -> None:
    slider = LabelledSlider("Quality", 1, 100, settle_ms=40)
    qtbot.addWidget(slider)
    slider.resize(300, 28)
    slider.show()
    live: list[int] = []
    settled: list[int] = []
    slider.value_changed.connect(live.append)
    slider.settled.connect(settled.append)
    bar = slider.slider()
    assert isinstance(bar, ScrubBar)
    y = bar.height() // 2
    QTest.mousePress(bar, LEFT, pos=QPoint(round(bar.position_of(20)), y))
    for value in (30, 40, 50):
        QTest.mouseMove(bar, QPoint(round(bar.position_of(value)), y))
    QTest.mouseRelease(bar, LEFT, pos=QPoint(round(bar.position_of(50)), y))
    assert len(live) == 4
    assert settled == []
    assert slider.findChildren(type(slider._number))[-1].text() == str(live[-1])
    qtbot.waitUntil(lambda: settled == [live[-1]], timeout=1000)
    qtbot.wait(80)
    assert len(settled) == 1


def test_showing_a_value_says_nothing_and_drops_what_was_pending(qtbot: QtBot) -> None:
    slider = LabelledSlider("Quality", 1, 100, settle_ms=30)
    qtbot.addWidget(slider)
    slider.show()
    said: list[int] = []
    slider.settled.connect(said.append)
    QTest.keyClick(slider.slider(), Qt.Key.Key_Right)
    slider.set_value(70)
    qtbot.wait(80)
    assert said == []
    assert slider.value() == 70


@pytest.mark.parametrize("key", [Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_End])
def test_the_slider_answers_to_keys(qtbot: QtBot, key: Qt.Key) -> None:
    slider = LabelledSlider("Quality", 1, 100)
    qtbot.addWidget(slider)
    slider.show()
    with qtbot.waitSignal(slider.settled) as settled:
        QTest.keyClick(slider.slider(), key)
    assert settled.args == [slider.value()]
    assert slider.value() > 1


def test_segments_choose_one_and_say_so_only_for_the_user(qtbot: QtBot) -> None:
    buttons = SegmentedButtons([("side", "Side", "s"), ("wipe", "Wipe", "w"), ("diff", "Difference", "d")])
    qtbot.addWidget(buttons)
    buttons.show()
    said: list[str] = []
    buttons.chosen.connect(said.append)
    buttons.set_current("wipe")
    assert (buttons.current(), said) == ("wipe", [])
    QTest.mouseClick(buttons.button("diff"), LEFT)
    assert (buttons.current(), said) == ("diff", ["diff"])
    with pytest.raises(KeyError):
        buttons.set_current("no such mode")


def test_an_icon_button_follows_the_theme(qtbot: QtBot, qapp: QApplication) -> None:
    button = IconButton("play", "Play", "Play  (Space)")
    qtbot.addWidget(button)
    button.show()

    def colours() -> set[str]:
        image = button.icon().pixmap(20, 20).toImage()
        return {
            image.pixelColor(x, y).name()
            for x in range(image.width())
            for y in range(image.height())
            if image.pixelColor(x, y).alpha() == 255
        }

    assert colours() == {theme.DARK.text}
    theme.apply(qapp, theme.LIGHT)
    assert colours() == {theme.LIGHT.text}


def test_controls_stand_equally_high(qtbot: QtBot) -> None:
    from PySide6.QtWidgets import (
        QComboBox,
        QHBoxLayout,
        QLineEdit,
        QPushButton,
        QSpinBox,
        QToolButton,
        QWidget,
    )

    box = QWidget()
    qtbot.addWidget(box)
    row = QHBoxLayout(box)
    tool = QToolButton()
    tool.setText("Open")
    widgets = [QPushButton("Decode"), tool, QComboBox(), QLineEdit(), QSpinBox(), QDoubleSpinBox()]
    for widget in widgets:
        row.addWidget(widget)
    assert {widget.sizeHint().height() for widget in widgets} == {28}


def test_spin_boxes_can_be_inset(qtbot: QtBot) -> None:
    box = QDoubleSpinBox()
    qtbot.addWidget(box)
    inset(box)
    assert box.lineEdit().textMargins().left() == 6
