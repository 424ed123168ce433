"""Content that is less high beside a bar than without one: the bar comes once."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from viewer.model.scene.plots import InspectorRow
from viewer.ui.figures_table import Inspector
from viewer.ui.scrolled import Scrolled


class _Content(QWidget):
    """As high as it says, by whether it is at least `wide`."""

    def __init__(self, wide: int, high: tuple[int, int]) -> None:
        super().__init__()
        self.wide, self.high, self.resizes = wide, high, 0
        self.fit()

    def fit(self) -> None:
        self.setMinimumHeight(self.high[self.width() >= self.wide])

    def resizeEvent(self, _: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        self.resizes += 1
        assert self.resizes < 40, "without end"
        self.fit()


def _shown(qtbot: QtBot, content: QWidget, width: int = 200, height: int = 100) -> Scrolled:
    area = Scrolled(content, "Area")
    qtbot.addWidget(area)
    area.resize(width, height)
    area.show()
    settle()
    return area


def settle() -> None:
    """Long enough for a bar that came and went without end to show it (92 changes of width, where it did)."""
    for _ in range(30):
        QApplication.processEvents()


def test_it_can_be_deleted_by_an_event(qtbot: QtBot) -> None:
    area = Scrolled(QWidget())
    gone = []
    area.destroyed.connect(lambda: gone.append(True))
    area.deleteLater()
    QApplication.sendPostedEvents(area, QEvent.Type.DeferredDelete)  # Qt's event() deletes what it is of
    assert gone


def test_a_click_leaves_the_keyboard_where_it_is(qtbot: QtBot) -> None:
    """Nor does hiding it pass the keyboard on, then, which arrows and Space of the window would lose."""
    window = QWidget()
    qtbot.addWidget(window)
    pictures, area = QWidget(window), Scrolled(QWidget(), "Area")
    pictures.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    area.setParent(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    pictures.setFocus()
    qtbot.mouseClick(area.viewport(), Qt.MouseButton.LeftButton)
    assert QApplication.focusWidget() is pictures
    area.hide()
    assert QApplication.focusWidget() is pictures


@pytest.mark.parametrize(
    ("high", "barred"), [((50, 50), False), ((150, 150), True), ((80, 150), True), ((150, 80), False)]
)
def test_the_bar_comes_where_content_is_too_high(qtbot: QtBot, high: tuple[int, int], barred: bool) -> None:
    content = _Content(200, high)
    area = _shown(qtbot, content)
    assert area.verticalScrollBar().isVisible() is barred
    assert content.width() == area.viewport().width()
    assert (area.viewport().width() < 200) is barred
    assert content.height() >= area.viewport().height()


def test_the_bar_goes_when_what_was_scrolled_becomes_lower(qtbot: QtBot) -> None:
    content = _Content(200, (150, 150))
    area = _shown(qtbot, content)
    assert area.verticalScrollBar().isVisible()
    content.high = (60, 60)
    content.fit()
    settle()
    assert not area.verticalScrollBar().isVisible()
    assert content.width() == 200


def test_the_bar_is_weighed_anew_in_another_place(qtbot: QtBot) -> None:
    content = _Content(200, (80, 150))
    area = _shown(qtbot, content)
    assert area.verticalScrollBar().isVisible()
    area.resize(200, 160)
    settle()
    assert not area.verticalScrollBar().isVisible()
    assert content.width() == 200


def test_the_figures_of_a_patch_settle_at_every_width(qtbot: QtBot) -> None:
    inspector = Inspector()
    rows = tuple(InspectorRow(f"Value of row {at}", f"{at} of many" * (at % 3)) for at in range(8))
    inspector.set_rows(rows)
    area = _shown(qtbot, inspector, 240, 200)
    for width in range(240, 460, 3):
        area.resize(width, 236)
        settle()
        before = inspector.size(), area.verticalScrollBar().isVisible()
        settle()
        assert before == (inspector.size(), area.verticalScrollBar().isVisible())
