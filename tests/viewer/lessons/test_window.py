"""Lessons in the window, driven as a person would; decoders of a few lines."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.support.viewer_engine import STUDY_CARDS, Engine, picture
from tests.support.windows import Make, complete
from viewer.lessons.file import bundled_course
from viewer.lessons.views.basis import ChoiceView
from viewer.lessons.views.block import BlockView
from viewer.lessons.views.cells import CellsView
from viewer.model.scene.lessons import BlockScene
from viewer.model.session import lessons_changes
from viewer.model.session import pages as s
from viewer.model.session.choices import Overlay, Page
from viewer.model.session.looks import set_text_scale
from viewer.model.session.options import set_quality
from viewer.model.session.place import pin_at
from viewer.shell.window import MainWindow
from viewer.ui.labelled_slider import LabelledSlider

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
pytestmark = pytest.mark.cards(STUDY_CARDS)


@pytest.fixture
def window(shown: MainWindow) -> MainWindow:
    """A window with a decoded picture, no lesson yet."""
    return shown


@pytest.fixture
def taught(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The first lesson."""
    qtbot.keyClick(window, Key.Key_L)
    complete(qtbot, window)
    return window


def at(window: MainWindow) -> int:
    return window.controller.session.lessons.at


def view(window: MainWindow, key: str) -> object:
    return window.lessons.panel.figure.view(key)


def test_the_key_opens_and_closes_and_everything_comes_back(window: MainWindow, qtbot: QtBot) -> None:
    control = window.controller
    control.change(lambda session: s.set_overlay(set_quality(session, 42), Overlay.BITS))
    control.change(lambda session: pin_at(session, 20, 20))
    complete(qtbot, window)
    window.panes.zoom_to(200)
    before, place, side = control.session, window.panes.state(), window.hideable["side"].isHidden()
    undo = control.undo.history
    qtbot.keyClick(window, Key.Key_L)
    assert window.lessons.panel.isVisible()
    assert window.panes.isVisible()
    assert control.session.options.quality == 15
    for _ in range(3):
        qtbot.keyClick(window, Key.Key_L, SHIFT)
    complete(qtbot, window)
    qtbot.keyClick(window, Key.Key_L)
    complete(qtbot, window)
    after = control.session
    assert window.lessons.panel.isHidden()
    assert (after.options, after.overlay, after.pinned) == (before.options, before.overlay, before.pinned)
    assert after.picture is before.picture
    assert after.compare == before.compare
    assert window.hideable["side"].isHidden() == side
    qtbot.waitUntil(lambda: window.panes.state()["zoom"] == pytest.approx(place["zoom"]))
    assert control.undo.history == undo
    assert window.panes.hasFocus()


def test_next_and_back_walk_through_all(taught: MainWindow, qtbot: QtBot) -> None:
    panel = taught.lessons.panel
    assert not panel.back.isEnabled()
    shown = []
    for _ in range(4):
        shown.append(panel.title.text())
        qtbot.mouseClick(panel.next, LEFT)
    shown.append(panel.title.text())
    assert shown == [lesson.title for lesson in bundled_course().lessons[:5]]
    assert taught.controller.session.page is Page.COMPARE
    complete(qtbot, taught)
    assert panel.choice.currentText().startswith("5  How")
    assert panel.progress.accessibleDescription() == "Lesson 5 of 9, 5 seen"
    qtbot.keyClick(taught, Key.Key_L, SHIFT | CONTROL)
    assert at(taught) == 3
    assert taught.controller.session.page is not Page.COMPARE
    qtbot.mouseClick(panel.progress, LEFT, pos=panel.progress.segments()[4].center().toPoint())
    assert at(taught) == 4
    taught.controller.become(lessons_changes.go_to(taught.controller.session, 8))
    assert at(taught) == 8
    assert taught.controller.session.page is Page.LAB
    assert panel.predict.isVisible()
    assert panel.next.text() == "Finish"
    qtbot.mouseClick(panel.next, LEFT)
    assert panel.isHidden()
    assert taught.controller.session.page is not Page.COMPARE
    complete(qtbot, taught)


def test_the_plots_come_back_when_lessons_close_whatever_was_pinned(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1280, 720)
    complete(qtbot, window)
    assert not window.hideable["side"].isHidden()
    qtbot.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert window.controller.session.pinned is not None
    qtbot.keyClick(window, Qt.Key.Key_L)
    complete(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_L)
    complete(qtbot, window)
    assert not window.hideable["side"].isHidden()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    complete(qtbot, window)
    assert window.controller.session.pinned is None
    assert not window.hideable["side"].isHidden()


def test_picture_lessons_open_on_their_patch(taught: MainWindow, qtbot: QtBot) -> None:
    zooms = [lesson.zoom for lesson in bundled_course().lessons if not lesson.lab]
    assert all(6 <= zoom <= 8 for zoom in zooms)
    for number in (0, 3):
        taught.lessons.open_bundled(number)
        complete(qtbot, taught)
        session = taught.controller.session
        assert taught.panes.zoom() == pytest.approx(100 * zooms[number])
        assert session.pinned is not None
        assert len(taught.controller.scene.panes) == 2
        left, top, width, height = taught.panes.places.visible_region() or (0, 0, 0, 0)
        row, column = session.pinned
        assert left <= 8 * column < left + width
        assert top <= 8 * row < top + height


def test_the_toolbar_gives_way_to_pictures_in_a_low_window(taught: MainWindow, qtbot: QtBot) -> None:
    assert taught.toolbar.isVisible()
    taught.resize(900, 600)
    taught.controller.change(lambda session: set_text_scale(session, 150))
    qtbot.waitUntil(taught.toolbar.isHidden)
    taught.controller.change(lambda session: set_text_scale(session, 100))
    taught.resize(1280, 800)
    qtbot.waitUntil(taught.toolbar.isVisible)


def test_the_question_is_answered_by_keyboard_alone(taught: MainWindow, qtbot: QtBot) -> None:
    panel = taught.lessons.panel
    lesson = bundled_course().lessons[0]
    assert lesson.question is not None

    def tab_to(widget: QWidget) -> None:
        for _ in range(40):
            qtbot.keyClick(QApplication.focusWidget(), Key.Key_Tab)
            if widget.hasFocus():
                return
        raise AssertionError(widget.accessibleName())

    panel.choice.setFocus(Qt.FocusReason.TabFocusReason)
    tab_to(panel.predict.choices[0])
    assert not panel.predict.visibleRegion().isEmpty()  # scrolled to
    qtbot.keyClick(panel.predict.choices[0], Key.Key_Space)
    qtbot.keyClick(panel.predict.choices[0], Key.Key_Down)
    assert taught.controller.session.lessons.predicted == 1
    assert not panel.takeaway.isVisible()
    tab_to(panel.predict.run)
    qtbot.keyClick(panel.predict.run, Key.Key_Space)
    assert panel.predict.verdict.text().startswith("As you said")
    assert panel.predict.outcome.text() == lesson.question.outcome
    assert panel.takeaway.text() == lesson.takeaway
    assert panel.takeaway.isVisible()


def test_the_sliders_move_stream_and_figure(taught: MainWindow, qtbot: QtBot) -> None:
    control = taught.controller
    quality, used, block = view(taught, "quality"), view(taught, "used"), view(taught, "block")
    assert isinstance(quality, LabelledSlider)
    assert isinstance(used, LabelledSlider)
    assert isinstance(block, BlockView)
    quality.slider().setValue(80)
    assert control.session.options.quality == 80
    complete(qtbot, taught)
    assert control.facts.run is not None
    assert control.facts.run.refinement.coded.quality == 80
    used.slider().setValue(3)
    shown = block._scene
    assert isinstance(shown, BlockScene)
    assert np.count_nonzero(shown.used) == 3
    assert np.count_nonzero(shown.block.dequantised) <= 3
    qtbot.mouseClick(taught.lessons.panel.again, LEFT)
    assert (control.session.options.quality, control.session.lessons.used) == (15, 64)
    complete(qtbot, taught)


def test_pointing_at_a_coefficient_reads_it_out(taught: MainWindow, qtbot: QtBot) -> None:
    block = view(taught, "block")
    assert isinstance(block, BlockView)
    box = block.grids()[1]
    cell = box.width() / 8
    qtbot.mouseMove(block, QPointF(box.left() + 2.5 * cell, box.top() + 1.5 * cell).toPoint())
    qtbot.waitUntil(lambda: block.readout().startswith("Vertical 1, horizontal 2: "))
    assert block._scene is not None
    step = block._scene.block.steps[1, 2]
    assert f"÷ {step:.0f} →" in block.readout()
    assert block.cell_at(QPointF(0, 0)) is None
    assert block.cell_at(block.basis().center()) == (4, 4)


def test_the_figure_follows_a_pinned_patch(taught: MainWindow, qtbot: QtBot) -> None:
    taught.controller.change(lambda session: pin_at(session, 33, 9))
    block = view(taught, "block")
    assert isinstance(block, BlockView)
    assert block._scene is not None
    pixels = taught.controller.session.picture.pixels[8:16, 32:40]  # type: ignore[union-attr]
    grey = np.rint(pixels @ (0.299, 0.587, 0.114))
    assert np.abs(block._scene.block.levels - grey).max() <= 1


def test_what_the_dct_assumes_is_measured_and_a_coefficient_chosen(taught: MainWindow, qtbot: QtBot) -> None:
    taught.lessons.go_to(1)
    complete(qtbot, taught)
    choice = view(taught, "choice")
    assert isinstance(choice, ChoiceView)
    box = choice.grid()
    cell = box.width() / 8
    place = QPointF(box.left() + 3.5 * cell, box.top() + 2.5 * cell).toPoint()
    qtbot.mouseClick(choice, LEFT, pos=place)
    assert taught.controller.session.lessons.coefficient == (2, 3)
    choice.setFocus()
    qtbot.keyClick(choice, Key.Key_Left)
    qtbot.keyClick(choice, Key.Key_Up)
    assert taught.controller.session.lessons.coefficient == (1, 2)
    limits = taught.lessons.worker.facts.limits
    assert limits is not None
    assert len(limits.laws) == 64


def test_the_four_contexts_run_and_can_be_stopped(window: MainWindow, engine: Engine, qtbot: QtBot) -> None:
    engine.hold()
    window.lessons.open_bundled(2)
    qtbot.waitUntil(lambda: window.lessons.panel.figure.note.text().startswith("Decoding Raster, no context"))
    assert window.lessons.panel.figure.progress.isVisible()
    qtbot.keyClick(window, Key.Key_Escape)
    qtbot.waitUntil(lambda: "F5 goes on" in window.lessons.panel.figure.note.text())
    engine.release()
    qtbot.keyClick(window, Key.Key_F5)
    complete(qtbot, window)
    qtbot.waitUntil(lambda: window.lessons.panel.figure.note.isHidden())
    contexts = [options.context.value for _, options in engine.decoders["raster"].runs]
    assert contexts[-4:] == ["none", "causal", "non-causal", "both"]
    assert window.lessons.panel.figure.view("worth") is not None


def test_a_cell_shows_its_step_or_its_pane(taught: MainWindow, qtbot: QtBot) -> None:
    taught.lessons.go_to(3)
    complete(qtbot, taught)
    cells = view(taught, "cells")
    assert isinstance(cells, CellsView)
    assert taught.controller.scene.transport.step == 0
    qtbot.mouseClick(cells, LEFT, pos=cells.cell_rects()[3].center().toPoint())
    assert taught.controller.scene.transport.step == 2
    cells.setFocus()
    qtbot.keyClick(cells, Key.Key_Left)
    assert taught.controller.scene.transport.step == 1
    taught.lessons.go_to(2)
    complete(qtbot, taught)
    cells = view(taught, "cells")
    assert isinstance(cells, CellsView)
    qtbot.mouseClick(cells, LEFT, pos=cells.cell_rects()[3].center().toPoint())
    assert taught.controller.session.solo == taught.controller.session.compare.entries[1].key


def test_another_picture_keeps_the_lesson(taught: MainWindow, qtbot: QtBot) -> None:
    taught.lessons.go_to(3)
    other = picture(40, 48, seed=7, name="other.png")
    taught.controller.documents.open_picture(other)
    complete(qtbot, taught)
    assert at(taught) == 3
    assert taught.controller.scene.transport.step == 0
    taught.lessons.close()
    complete(qtbot, taught)
    assert taught.controller.session.picture is other


def test_closing_the_window_in_a_lesson_keeps_the_users_settings(
    taught: MainWindow, make: Make, qtbot: QtBot
) -> None:
    taught.lessons.close()
    taught.controller.change(lambda session: set_quality(session, 33))
    taught.lessons.open_bundled(3)
    assert taught.controller.session.options.quality == 10
    taught.close()
    again = make()
    assert again.controller.session.options.quality == 33
    assert not again.hideable["side"].isHidden()


def test_nothing_is_open_yet(make: Make, qtbot: QtBot) -> None:
    window = make()
    qtbot.keyClick(window, Key.Key_L)
    assert window.lessons.panel.figure.note.text() == "Nothing is open"
    window.controller.documents.open_picture(picture())
    complete(qtbot, window)
    assert window.lessons.panel.figure.view("block") is not None


def test_the_panel_is_painted_in_both_themes_at_every_width(taught: MainWindow, qtbot: QtBot) -> None:
    panel = taught.lessons.panel
    pictures = []
    for number in (0, 1, 3):
        taught.lessons.go_to(number)
        complete(qtbot, taught)
        for width in (240, 620):
            panel.figure.resize(width, panel.figure.sizeHint().height())
            pictures.append(panel.figure.grab().toImage())
    taught.acts.toggle_theme()
    pictures.append(panel.figure.grab().toImage())
    assert len({picture.pixelColor(2, 2).name() for picture in pictures}) == 2
    before = panel.figure.view("cells").height()
    taught.controller.change(lambda session: set_text_scale(session, 150))
    assert panel.figure.view("cells").height() > before
    assert not panel.grab(panel.rect()).isNull()
    taught.controller.change(lambda session: set_text_scale(session, 100))
