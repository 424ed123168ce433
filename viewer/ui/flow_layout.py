"""A row of widgets that continues on the next line when the window is narrow."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QWidget

from viewer.ui.controls import SegmentedButtons, panel


class FlowPanel(QWidget):
    """A panel as high as its flow needs at the width it was given."""

    def __init__(self, parent: QWidget | None = None, gap: int = 12, least_gap: int = 8) -> None:
        super().__init__(parent)
        panel(self)
        self.flow = Flow(self, gap=gap, least_gap=least_gap)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def fit_height(self) -> None:
        """Take the height that the flow needs."""
        height = self.flow.heightForWidth(self.width())
        if height != self.height():
            self.setFixedHeight(height)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self.fit_height()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show):  # shown, widgets have their looks
            self.fit_height()
        return done


def joined_flow(buttons: SegmentedButtons, keys: Sequence[str]) -> FlowPanel:
    """Joined buttons that go on in a second line where there is little room. keys: of all of them."""
    held = FlowPanel(gap=0, least_gap=0)
    held.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    held.flow.setContentsMargins(0, 0, 0, 0)
    buttons.setParent(held)
    buttons.hide()
    for key in keys:
        held.flow.addWidget(buttons.button(key))
    return held


class Flow(QLayout):
    """Lays its items out in lines. On each line the last item marked `right` is moved to the right end.

    gap: between items, pixels; `least_gap` where one more item fits on the line by it. line: between lines.
    """

    def __init__(
        self, parent: QWidget | None = None, margin: int = 8, gap: int = 12, least_gap: int = 8, line: int = 4
    ) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._right: set[int] = set()
        self._starts: set[int] = set()
        self._gap, self._least_gap, self._line = gap, least_gap, line
        self.setContentsMargins(margin, 4, margin, 4)

    def add_right(self, widget: QWidget) -> None:
        """Add a widget that stands at the right end of its line."""
        self._right.add(len(self._items))
        self.addWidget(widget)

    def begin(self) -> None:
        """What is added from now on begins a line of its own rather than let its end wrap to one alone."""
        self._starts.add(len(self._items))

    def insert(self, at: int, widget: QWidget) -> None:
        """Put a widget before the item that is number `at`."""
        self._right = {number + (number >= at) for number in self._right}
        self._starts = {number + (number >= at) for number in self._starts}
        self.addWidget(widget)
        self._items.insert(at, self._items.pop())
        self.invalidate()

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802 - Qt's names
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802
        return Qt.Orientation(0)

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        return self._arrange(QRect(0, 0, width, 0), place=False)

    def sizeHint(self) -> QSize:  # noqa: N802
        margins = self.contentsMargins()
        width = sum(item.sizeHint().width() + self._gap for item in self._items)
        height = max((item.sizeHint().height() for item in self._items), default=0)
        return QSize(width + margins.left() + margins.right(), height + margins.top() + margins.bottom())

    def minimumSize(self) -> QSize:  # noqa: N802
        margins = self.contentsMargins()
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802
        super().setGeometry(rect)
        self._arrange(rect, place=True)

    def _arrange(self, rect: QRect, place: bool) -> int:
        """Place the items (or only measure); returns the height used."""
        margins = self.contentsMargins()
        inner = rect.marginsRemoved(margins)
        lines: list[list[tuple[int, QLayoutItem]]] = [[]]
        x = 0
        for number, item in enumerate(self._items):
            widget = item.widget()
            if widget is not None and widget.isHidden():
                continue
            width = min(item.sizeHint().width(), inner.width())
            needed = self._part_width(number) if number in self._starts else width
            if lines[-1] and x + needed > inner.width():
                lines.append([])
                x = 0
            lines[-1].append((number, item))
            x += width + self._least_gap
        y = inner.y()
        for line in lines:
            height = max((item.sizeHint().height() for _, item in line), default=0)
            if place:
                self._place(line, inner, y, height)
            y += height + self._line
        return y - self._line - inner.y() + margins.top() + margins.bottom()

    def _part_width(self, start: int) -> int:
        """Of what belongs together from an item on, up to the next such start."""
        end = min((each for each in self._starts if each > start), default=len(self._items))
        widths = [
            item.sizeHint().width()
            for item in self._items[start:end]
            if (widget := item.widget()) is None or not widget.isHidden()
        ]
        return sum(widths) + self._least_gap * max(0, len(widths) - 1)

    def _place(self, line: list[tuple[int, QLayoutItem]], inner: QRect, y: int, height: int) -> None:
        x, widths = inner.x(), [min(item.sizeHint().width(), inner.width()) for _, item in line]
        room = inner.width() - sum(widths)
        gap = self._gap if room >= self._gap * (len(line) - 1) else self._least_gap
        for number, item in line:
            size = item.sizeHint().boundedTo(QSize(inner.width(), item.sizeHint().height()))
            if number in self._right:
                x = max(x, inner.right() + 1 - size.width())
            item.setGeometry(QRect(QPoint(x, y + (height - size.height()) // 2), size))
            x += size.width() + gap
