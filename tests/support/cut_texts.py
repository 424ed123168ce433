"""Finds texts of a window that are cut, elided, outside their place or over each other.

A line that is elided counts only where no tooltip has all of it. Widgets of Qt are asked for the room that
their text needs; what paints itself is watched while it draws, by `QPainter.drawText` and `elidedText`.
Nothing is compared with a picture, so any font will do.
"""

from __future__ import annotations

import inspect
import itertools
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF, QPainter, QPicture
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QStyle,
    QStyleOptionComboBox,
    QTableView,
    QToolButton,
    QWidget,
)

from viewer.ui.controls import ElidedLabel
from viewer.ui.elided_box import ElidedBox

_SLACK = 1.5
"""Pixels that rounding may cost."""


@dataclass(frozen=True)
class Fault:
    """kind: "cut", "elided", "outside", "overlap". where: the widget. text: what can't be read."""

    kind: str
    where: str
    text: str
    much: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.where}: {self.text!r} {self.much}".rstrip()


@dataclass
class Watch:
    """What painting told. texts: of a widget, by its identity, where each was drawn in its last painting."""

    faults: dict[Fault, None] = field(default_factory=dict)
    texts: dict[int, list[tuple[QRectF, str]]] = field(default_factory=dict)
    widgets: dict[int, str] = field(default_factory=dict)
    elided: list[tuple[QWidget, str]] = field(default_factory=list)

    def clear(self) -> None:
        self.elided.clear()
        self.faults.clear()
        self.texts.clear()

    def drawn(self, rect: QRectF, text: str) -> None:
        widget = _painting()
        if widget is None or not text.strip():
            return
        key = id(widget)
        self.widgets[key] = name_of(widget)
        there = self.texts.setdefault(key, [])
        if any(rect == old and text == said for old, said in there):
            there.clear()  # it paints anew
        there.append((rect, text))

    def overlaps(self) -> Iterator[Fault]:
        for key, there in self.texts.items():
            for number, (rect, text) in enumerate(there):
                for other, said in there[:number]:
                    both = rect.intersected(other)
                    if both.width() > _SLACK + 1 and both.height() > 0.3 * min(rect.height(), other.height()):
                        much = f"{both.width():.0f}×{both.height():.0f}"
                        yield Fault("overlap", self.widgets[key], f"{said} | {text}", much)


def _painting() -> QWidget | None:
    """The innermost widget that is at work."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        there = frame.f_locals.get("self")
        if isinstance(there, QWidget):
            return there
        frame = frame.f_back
    return None


@contextmanager
def watching() -> Iterator[Watch]:
    """Tell what is painted meanwhile."""
    watch = Watch()
    draw = QPainter.drawText
    elides = {kind: kind.elidedText for kind in (QFontMetrics, QFontMetricsF)}

    def draw_text(painter: QPainter, *arguments: Any) -> Any:
        _note(watch, painter, arguments)
        return draw(painter, *arguments)

    def eliding(kind: Any) -> Any:
        original = elides[kind]

        def elided(metrics: Any, text: str, *arguments: Any) -> str:
            shown: str = original(metrics, text, *arguments)
            widget = _painting()
            if shown != text and widget is not None and not isinstance(widget, ElidedLabel):
                watch.elided.append((widget, text))
                watch.faults[Fault("elided", name_of(widget), text, f"→ {shown}")] = None
            return shown

        return elided

    QPainter.drawText = draw_text  # type: ignore[method-assign]
    for kind in elides:
        kind.elidedText = eliding(kind)  # type: ignore[assignment]
    try:
        yield watch
    finally:
        QPainter.drawText = draw  # type: ignore[method-assign]
        for kind, original in elides.items():
            kind.elidedText = original  # type: ignore[assignment]


def _note(watch: Watch, painter: QPainter, arguments: tuple[Any, ...]) -> None:
    """One call of drawText."""
    text = next((each for each in arguments if isinstance(each, str)), "")
    first = arguments[0]
    metrics = QFontMetricsF(painter.font())
    if isinstance(first, QRect | QRectF):
        place = QRectF(first)
        flags = next((int(each) for each in arguments[1:] if isinstance(each, int | Qt.AlignmentFlag)), 0)
        needed = metrics.boundingRect(place, flags, text)
        wraps = bool(flags & int(Qt.TextFlag.TextWordWrap))
        over = needed.height() - place.height() if wraps else needed.width() - place.width()
        clips = not flags & int(Qt.TextFlag.TextDontClip)
        if over > _SLACK + 1 and clips and text.strip():
            widget = _painting()
            where = name_of(widget) if widget is not None else "?"
            watch.faults[Fault("cut", where, text, f"by {over:.0f} px")] = None
        rect = needed
    elif isinstance(first, QPoint | QPointF):
        corner = QPointF(first)
        rect = QRectF(
            corner.x(), corner.y() - metrics.ascent(), metrics.horizontalAdvance(text), metrics.height()
        )
    else:
        return
    if isinstance(painter.device(), QPicture):  # an axis of a plot, in places of its own
        return
    rect = painter.transform().mapRect(rect)
    watch.drawn(rect, text)
    widget = _painting()
    if widget is not None and text.strip():
        ratio = widget.devicePixelRatioF()
        room = QRectF(0, 0, widget.width() * ratio, widget.height() * ratio).adjusted(-2, -2, 2, 2)
        if not room.contains(rect) and painter.worldTransform().isAffine():
            much = f"{rect.toRect().getRect()} in {widget.width()}×{widget.height()}"
            watch.faults[Fault("outside", name_of(widget), text, much)] = None


def _plotted(widget: QWidget) -> bool:
    return "plot" in type(widget).__module__


# ---- widgets -------------------------------------------------------------------------------------------


def name_of(widget: QWidget) -> str:
    """Enough to find it."""
    said = widget.accessibleName() or widget.objectName()
    return f"{type(widget).__name__}({said})" if said else type(widget).__name__


def widget_faults(window: QWidget) -> Iterator[Fault]:
    """Of every widget in sight with a text of Qt's own."""
    veil = next((each for each in window.findChildren(QWidget) if _covers(each, window)), None)
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or widget.window() is not window:
            continue
        if veil is not None and widget is not veil and not veil.isAncestorOf(widget):
            continue
        text = _text(widget)
        if text:
            yield from _fits(widget, text)
            yield from _in_sight(widget, text, window)
        if isinstance(widget, QTableView):
            yield from _table(widget)
        yield from _siblings(widget)


def _covers(widget: QWidget, window: QWidget) -> bool:
    from viewer.ui.modal_overlay import Veil

    return isinstance(widget, Veil) and widget.isVisible()


def _text(widget: QWidget) -> str:
    if widget.objectName().startswith("qt_"):
        return ""  # Qt's own: the menu bar's button for what doesn't fit
    if isinstance(widget, QToolButton) and widget.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly:
        return f"[{widget.text()}]"
    if isinstance(widget, QLabel | QAbstractButton):
        return widget.text()
    if isinstance(widget, QComboBox):
        return widget.currentText()
    return widget.text() if isinstance(widget, QAbstractSpinBox) else ""


def _fits(widget: QWidget, text: str) -> Iterator[Fault]:
    """Whether a widget is as large as its text."""
    room, need = widget.contentsRect().size(), QSize()
    if isinstance(widget, ElidedLabel):
        if widget.shown_text() != text and widget.toolTip() != text:
            yield Fault("elided", name_of(widget), text, f"→ {widget.shown_text()}")
        return
    if isinstance(widget, QLabel):
        if widget.wordWrap():
            room = widget.size()  # the height by width counts the margins, too
            need = QSize(room.width(), widget.heightForWidth(widget.width()))
        elif "<" in text:
            need = widget.sizeHint()
        else:
            lines = text.split("\n")
            metrics = widget.fontMetrics()
            need = QSize(max(metrics.horizontalAdvance(line) for line in lines), metrics.height())
    elif isinstance(widget, QComboBox):
        option = QStyleOptionComboBox()
        widget.initStyleOption(option)
        field_ = widget.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, widget
        )
        if isinstance(widget, ElidedBox) and text in widget.toolTip():
            return
        room, need = (
            field_.size(),
            QSize(widget.fontMetrics().horizontalAdvance(text), widget.fontMetrics().height()),
        )
    elif isinstance(widget, QAbstractSpinBox):
        line = widget.lineEdit()
        room = line.size()
        need = QSize(widget.fontMetrics().horizontalAdvance(text) + 2, 0)
    elif isinstance(widget, QPushButton | QCheckBox | QToolButton):
        room, need = widget.size(), widget.sizeHint()
        if text.startswith("["):  # a drawing alone
            need = QSize(20, 20)
    if need.width() > room.width() + _SLACK or need.height() > room.height() + _SLACK:
        much = f"needs {need.width()}×{need.height()}, has {room.width()}×{room.height()}"
        yield Fault("cut", name_of(widget), text, much)


def _in_sight(widget: QWidget, text: str, window: QWidget) -> Iterator[Fault]:
    """Whether nothing above it cuts it off; what can be scrolled to isn't cut."""
    rect, at = widget.rect(), widget
    while at is not window:
        parent = at.parentWidget()
        if parent is None:
            return
        area = parent.parentWidget()
        if isinstance(area, QAbstractScrollArea) and area.viewport() is parent:
            left = widget.mapTo(parent, rect.topLeft()).x()
            if area.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff and (
                left < -1 or left + rect.width() > parent.width() + 1
            ):
                much = f"of {name_of(area)}, sideways: {left} + {rect.width()} > {parent.width()}"
                yield Fault("outside", name_of(widget), text, much)
            return
        place = QRect(widget.mapTo(parent, rect.topLeft()), rect.size())
        if not parent.rect().adjusted(-1, -1, 1, 1).contains(place):
            much = f"{place.getRect()} in {name_of(parent)} {parent.width()}×{parent.height()}"
            yield Fault("outside", name_of(widget), text, much)
            return
        at = parent


def _siblings(widget: QWidget) -> Iterator[Fault]:
    """Whether two children of a widget lie over each other."""
    children = [
        each for each in widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if each.isVisible() and not each.isWindow() and _text(each)
    ]  # fmt: skip
    for number, one in enumerate(children):
        for other in children[:number]:
            both = one.geometry().intersected(other.geometry())
            if both.width() > 1 and both.height() > 1:
                yield Fault("overlap", name_of(widget), f"{_text(other)} | {_text(one)}")


def _table(table: QTableView) -> Iterator[Fault]:
    model = table.model()
    if model is None:
        return
    head = table.horizontalHeader()
    for column in range(model.columnCount()):
        if table.isColumnHidden(column):
            continue
        need = head.sectionSizeFromContents(column).width() if head.isVisible() else 0
        title = str(model.headerData(column, Qt.Orientation.Horizontal))
        if need > table.columnWidth(column) + _SLACK:
            yield Fault("cut", name_of(table), title, f"needs {need}, has {table.columnWidth(column)}")
        cells = QAbstractItemView.sizeHintForColumn(table, column)
        if cells > table.columnWidth(column) + _SLACK:
            yield Fault("cut", name_of(table), f"cells of {title}", f"{cells} > {table.columnWidth(column)}")
    if isinstance(head, QHeaderView) and table.model().rowCount():
        row = QAbstractItemView.sizeHintForRow(table, 0)
        if row > table.rowHeight(0) + _SLACK:
            yield Fault("cut", name_of(table), "rows", f"{row} > {table.rowHeight(0)}")


def _tips(widget: QWidget) -> str:
    """All that a widget's tooltips tell."""
    tell: Any = getattr(widget, "tooltip_at", None)
    if tell is None or not widget.isVisible():
        return widget.toolTip()
    if "y" in inspect.signature(tell).parameters:  # asks for the height alone
        found = {tell(float(y)) for y in range(2, widget.height(), 6)}
    else:
        places = itertools.product(range(8, widget.width(), 40), range(4, widget.height(), 12))
        found = {tell(QPoint(x, y)) for x, y in places}
    return "\n".join(found)


def faults_of(window: QWidget, watch: Watch) -> list[Fault]:
    """Everything wrong with what the window shows now."""
    watch.clear()
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and hasattr(widget, "_picture") and not _plotted(widget):
            widget._picture = None  # kept as it was painted
    window.grab()
    QApplication.processEvents()
    tips = {id(widget): _tips(widget) for widget in {widget for widget, _ in watch.elided}}
    told = {
        (name_of(widget), text)
        for widget, text in watch.elided
        if not widget.isVisible() or text in tips[id(widget)]
    }
    found = {
        fault: None
        for fault in watch.faults
        if fault.kind != "elided" or (fault.where, fault.text) not in told
    }
    found.update(dict.fromkeys(watch.overlaps()))
    found.update(dict.fromkeys(widget_faults(window)))
    return list(found)
