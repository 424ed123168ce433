"""Pages and rows keep the height that they need where there is little room."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from viewer.ui.controls import IconButton, wrapping_label
from viewer.ui.page_room import PageRoom
from viewer.ui.toolbar_parts import group


def test_a_page_is_scrolled_rather_than_squeezed(qtbot: QtBot) -> None:
    page = QWidget()
    rows = QVBoxLayout(page)
    parts = [QLabel("one"), QLabel("two"), QLabel("three")]
    for part in parts:
        part.setMinimumHeight(100)
        rows.addWidget(part)
    room = PageRoom(page, "Page")
    qtbot.addWidget(room)
    room.resize(300, 150)
    room.show()
    assert min(part.height() for part in parts) >= 100
    assert room.verticalScrollBar().maximum() > 0
    assert page.width() < 300  # nothing lies below the bar
    room.resize(300, 600)
    assert (page.width(), page.height()) == (300, 600)
    parts[0].setMinimumHeight(700)
    qtbot.waitUntil(lambda: parts[0].height() == 700)


def test_the_wheel_scrolls_and_changes_no_box_on_its_way(qtbot: QtBot) -> None:
    page, box, tall = QWidget(), QComboBox(), QLabel()
    rows = QVBoxLayout(page)
    for part in (box, tall):
        rows.addWidget(part)
    box.addItems(["one", "two", "three"])
    tall.setMinimumHeight(600)
    room = PageRoom(page, "Page")
    qtbot.addWidget(room)
    room.resize(300, 150)
    room.show()
    room.activateWindow()
    qtbot.waitUntil(room.isActiveWindow, timeout=60_000)

    def taken() -> bool:
        at = QPointF(box.rect().center())
        turn = QWheelEvent(
            at, QPointF(box.mapToGlobal(at)), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(box, turn)
        return turn.isAccepted()

    late = QComboBox()
    late.addItems(["one", "two"])
    rows.insertWidget(0, late)
    qtbot.waitUntil(lambda: late.isVisible() and room.widget().height() > 630)
    first, box = box, late
    tall.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    tall.setFocus()
    assert not taken()  # nor one that came when the page was scrolled already
    box = first
    tall.setFocus()
    assert not taken()  # goes on to what is around
    assert box.currentIndex() == 0
    box.setFocus()
    assert taken()
    assert box.currentIndex() == 1


def test_wrapped_words_keep_all_of_their_lines(qtbot: QtBot) -> None:
    page = QWidget()
    words, other = wrapping_label(), QLabel()
    other.setMinimumHeight(90)
    rows = QVBoxLayout(page)
    rows.addWidget(words)
    rows.addWidget(other, 1)
    room = PageRoom(page, "Page")
    qtbot.addWidget(room)
    room.resize(160, 100)
    room.show()
    words.setText("far too many words for one line of a page as narrow as this one is")
    qtbot.waitUntil(lambda: words.height() >= words.heightForWidth(words.width()) > 40)


def test_a_low_button_keeps_none_beside_it_as_low(qtbot: QtBot) -> None:
    large = QPushButton("Large")
    large.setStyleSheet("font-size: 40px; min-height: 8px")
    row = group(large, IconButton("close", "Close", ""))
    qtbot.addWidget(row)
    row.show()
    assert row.sizeHint().height() >= large.sizeHint().height() > 45


def test_wrapped_words_give_room_back(qtbot: QtBot) -> None:
    words = wrapping_label()
    qtbot.addWidget(words)
    words.resize(160, 20)
    words.show()
    words.setText("far too many words for one line of a page as narrow as this one is")
    high = words.minimumHeight()
    words.setText("few")
    assert 0 < words.minimumHeight() < high / 2


def test_beside_a_bar_the_page_is_as_high_as_it_needs_to_be_there(qtbot: QtBot) -> None:
    page = QWidget()
    words = QLabel("words " * 60)
    words.setWordWrap(True)
    rows = QVBoxLayout(page)
    rows.addWidget(words)
    room = PageRoom(page, "Page")
    qtbot.addWidget(room)
    for width in range(200, 260, 5):
        room.resize(width, 100)
        room.show()
        assert page.height() >= rows.minimumHeightForWidth(page.width())
        assert room.verticalScrollBar().maximum() > 0


def test_room_of_the_bar_comes_back_when_a_page_becomes_lower(qtbot: QtBot) -> None:
    page = QWidget()
    part = QLabel("part")
    part.setMinimumHeight(300)
    rows = QVBoxLayout(page)
    rows.addWidget(part)
    room = PageRoom(page, "Page")
    qtbot.addWidget(room)
    room.resize(300, 150)
    room.show()
    assert page.width() < 300
    part.setMinimumHeight(20)
    qtbot.waitUntil(lambda: page.width() == 300)


class _Stacking(QWidget):
    """As high as it needs to be only where it is wide: narrow, it lays itself out anew, and is lower."""

    def __init__(self) -> None:
        super().__init__()
        self.turns = 0
        self.part = QLabel("part")
        QVBoxLayout(self).addWidget(self.part)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self.turns += 1
        self.part.setMinimumHeight(300 if self.width() >= 300 else 20)


def test_a_page_that_would_go_to_and_fro_stays_beside_the_bar(qtbot: QtBot) -> None:
    page = _Stacking()
    room = PageRoom(page, "Page")
    qtbot.addWidget(room)
    room.resize(300, 150)
    room.show()
    turns = []
    for _ in range(8):
        page.part.setText(page.part.text() + "!")
        qtbot.wait(10)
        turns.append(page.turns)
    assert turns[-1] == turns[3] < 10
    assert page.width() < 300


def test_beside_its_bar_a_page_is_laid_out_once_for_each_size(qtbot: QtBot) -> None:
    page = _Stacking()
    page.resizeEvent = lambda event: widths.append(event.size().width())  # type: ignore[method-assign]
    words = QLabel("words " * 60)
    words.setWordWrap(True)
    layout = page.layout()
    assert layout is not None
    layout.addWidget(words)
    widths: list[int] = []
    room = PageRoom(page, "Page")
    qtbot.addWidget(room)
    room.resize(200, 100)
    room.show()
    qtbot.wait(10)
    widths.clear()
    for width in range(201, 211):
        room.resize(width, 100)
        qtbot.wait(1)
    assert len(widths) <= 10
    assert max(widths) < 210
