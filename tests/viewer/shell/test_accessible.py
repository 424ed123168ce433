"""Whoever can't see the window or can't use a mouse: names, explanations, focus, for every control."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QMenuBar,
    QScrollBar,
    QWidget,
    QWidgetAction,
)
from pytestqt.qtbot import QtBot

from tests.support.viewer_engine import STUDY_CARDS, picture
from tests.support.windows import complete
from viewer.model.session.options import set_decoder
from viewer.shell.menus import SUBMENUS, submenu_of
from viewer.shell.window import MainWindow
from viewer.ui.plot.plot import Plot

CONTROLS = (QAbstractButton, QComboBox, QAbstractSlider, QAbstractSpinBox, QLineEdit)
STATES = (
    "patch.explain", "lessons", "palette", "keys", "compare", "page.table", "page.training",
    "page.robustness", "compare.choose", "rates.curves", "rates.equal",
)  # fmt: skip
"""Commands that open a part of the window each, one after the other."""
pytestmark = pytest.mark.cards(STUDY_CARDS)


@pytest.fixture
def shown(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """A window with a finished refinement by a decoder that scans."""
    window.controller.change(lambda state: set_decoder(state, "raster"))
    window.controller.documents.open_picture(picture())
    complete(qtbot, window)
    return window


def name_of(widget: QWidget) -> str:
    """What a screen reader calls it."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""


def where(widget: QWidget) -> str:
    """Classes of a widget and those around it, to find it by."""
    line, at = [], widget
    while isinstance(at, QWidget) and len(line) < 5:
        line.append(type(at).__name__ + (f" '{at.accessibleName()}'" if at.accessibleName() else ""))
        at = at.parent()  # type: ignore[assignment]
    return " in ".join(line)


def ours(widget: QWidget) -> bool:
    """Not a part that Qt makes inside its own widgets."""
    around = widget.parent()
    if isinstance(widget, QScrollBar | QMenu | QMenuBar) or isinstance(around, QMenuBar):
        return False
    if widget.objectName().startswith("qt_") or "Private" in widget.metaObject().className():
        return False
    inside = (QAbstractSpinBox, QComboBox)
    return not isinstance(around, inside) and "Private" not in around.metaObject().className()


def reachable(window: MainWindow) -> list[QWidget]:
    """Controls, and whatever else takes the keyboard."""
    menus = [plot.figure().box.menu for plot in window.findChildren(Plot)]  # in nobody, and of pyqtgraph
    found = [
        widget
        for around in (window, *menus, *(menu for each in menus for menu in each.findChildren(QMenu)))
        for widget in around.findChildren(QWidget)
        if ours(widget)
        and (isinstance(widget, CONTROLS) or widget.focusPolicy() != Qt.FocusPolicy.NoFocus)
        and not (isinstance(widget, QLabel) and not widget.text())
    ]
    assert len(found) > 40
    return found


def test_everything_has_a_name_and_controls_explain_themselves(shown: MainWindow, qtbot: QtBot) -> None:
    """In every part of the window, once it is filled."""
    nameless, unexplained = look_through(shown)
    for state in STATES:
        assert shown.menus.by_id[state].isEnabled(), state
        shown.menus.run(state)
        complete(qtbot, shown)
        found = look_through(shown)
        nameless |= found[0]
        unexplained |= found[1]
        for veil in (shown.overlays.palette, shown.overlays.keys, shown.overlays.chooser):
            veil.close_veil()
    assert nameless == set()
    assert unexplained == set()


def look_through(window: MainWindow) -> tuple[set[str], set[str]]:
    """Where there are controls without a name, and without a tooltip."""
    widgets = reachable(window)
    nameless = {where(each) for each in widgets if not name_of(each).strip()}
    return nameless, {where(each) for each in widgets if isinstance(each, CONTROLS) and not each.toolTip()}


def test_entries_of_menus_of_plots_have_names(shown: MainWindow) -> None:
    """Those that pyqtgraph makes, too: actions by their text, controls by their names."""
    plots = shown.findChildren(Plot)
    assert plots
    for plot in plots:
        menu = plot.figure().box.menu
        within = [menu, *menu.findChildren(QMenu)]
        entries = [each for one in within for each in one.actions() if not each.isSeparator()]
        assert {"Copy", "X axis", "Y axis", "Mouse Mode"} <= {each.text() for each in entries}
        controls = [each.defaultWidget() for each in entries if isinstance(each, QWidgetAction)]
        assert len(controls) == 2
        assert all(each.text().strip() or isinstance(each, QWidgetAction) for each in entries)
        inside = [
            each for one in controls for each in one.findChildren(QWidget) if isinstance(each, CONTROLS)
        ]
        inside = [each for each in inside if ours(each)]
        assert len(inside) >= 16
        assert {where(each) for each in inside if not name_of(each).strip() or not each.toolTip()} == set()


def test_every_command_says_what_it_does(shown: MainWindow) -> None:
    for command in shown.menus.table:
        action = shown.menus.by_id[command.id]
        assert len(command.tooltip) > 7, command.id
        assert command.tooltip != command.text, command.id
        assert command.tooltip in action.toolTip(), command.id


def test_commands_are_found_in_menus_of_a_bearable_length(shown: MainWindow) -> None:
    """Each in exactly one place; a menu fits on a small screen."""
    places: list[str] = []

    def walk(menu: QMenu) -> None:
        assert len(menu.actions()) <= 32, menu.title()
        for action in menu.actions():
            inner = action.menu()
            if isinstance(inner, QMenu):
                walk(inner)
            else:
                places.extend(name for name, known in shown.menus.by_id.items() if known is action)

    for action in shown.menuBar().actions():
        menu = action.menu()
        assert isinstance(menu, QMenu)
        walk(menu)
    assert sorted(places) == sorted(shown.menus.by_id)
    used = {submenu_of(command) for command in shown.menus.table}
    assert {title for _, title in SUBMENUS} <= used


# ---- the keyboard alone ----------------------------------------------------------------------------------


def walk_by_tab(window: MainWindow, most: int = 200) -> list[QWidget]:
    """What gets the focus, in order, until it is the pictures' turn again."""
    window.panes.setFocus()
    seen: list[QWidget] = []
    for _ in range(most):
        window.focusNextChild()
        widget = QApplication.focusWidget()
        if widget is None or widget is window.panes:
            return seen
        seen.append(widget)
    raise AssertionError("the pictures don't get the focus back")


def test_tab_reaches_every_control_that_is_shown_and_comes_back(shown: MainWindow) -> None:
    seen = walk_by_tab(shown)
    assert len(seen) == len(set(map(id, seen)))
    wanted = [
        each
        for each in reachable(shown)
        if each.isVisible() and each.isEnabled() and each.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    known = set(map(id, seen))
    missing = [each for each in wanted if id(each) not in known and each is not shown.panes]
    exclusive = [each for each in missing if isinstance(each, QAbstractButton) and each.group() is not None]
    assert [where(each) for each in missing if each not in exclusive] == []  # arrows reach those of a group


def test_tab_goes_along_the_toolbar_in_the_order_of_reading(shown: MainWindow) -> None:
    inside = [each for each in walk_by_tab(shown) if shown.toolbar.isAncestorOf(each)]
    places = [each.mapTo(shown.toolbar, QPoint(0, each.height() // 2)) for each in inside]
    rows = [round(place.y() / 24) for place in places]
    assert len(inside) >= 8
    assert list(zip(rows, (place.x() for place in places), strict=True)) == sorted(
        zip(rows, (place.x() for place in places), strict=True)
    )


def look(widget: QWidget) -> QImage:
    return widget.grab().toImage()


@pytest.mark.parametrize("state", ["", "lessons", "rates.equal"])
def test_focus_is_seen(shown: MainWindow, qtbot: QtBot, state: str) -> None:
    """A control that has the keyboard looks otherwise than before."""
    if state:
        shown.menus.run(state)
        complete(qtbot, shown)
    unseen = []
    for widget in walk_by_tab(shown):
        if not isinstance(widget, CONTROLS) or isinstance(widget, QLineEdit | QAbstractSpinBox):
            continue  # their text cursor blinks
        shown.panes.setFocus()
        before = look(widget)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        if look(widget) == before:
            unseen.append(where(widget))
    assert unseen == []


def test_the_mouse_leaves_the_keyboard_with_the_pictures(shown: MainWindow, qtbot: QtBot) -> None:
    shown.panes.setFocus()
    for button in (shown.viewbar.full.button("100"), shown.filmstrip.play, shown.toolbar.theme_button):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert QApplication.focusWidget() is shown.panes


def test_pictures_that_are_reached_by_tab_have_a_frame(shown: MainWindow, qtbot: QtBot) -> None:
    frame = shown.keyboard.frame
    shown.filmstrip.play.setFocus(Qt.FocusReason.TabFocusReason)
    shown.panes.setFocus(Qt.FocusReason.TabFocusReason)
    assert frame.isVisible()
    assert frame.size() == shown.panes.size()
    qtbot.mouseClick(shown.panes, Qt.MouseButton.LeftButton, pos=QPoint(20, 60))
    assert not frame.isVisible()
    shown.panes.setFocus(Qt.FocusReason.TabFocusReason)
    shown.filmstrip.play.setFocus(Qt.FocusReason.TabFocusReason)
    assert not frame.isVisible()
