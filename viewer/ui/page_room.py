"""Room for a whole page: where a window is too small for it, it is scrolled rather than squeezed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QWidget

from viewer.ui.wheel import leave_wheel


class PageRoom(QScrollArea):
    """Gives `page` all of its room, and at least what its layout needs."""

    def __init__(self, page: QWidget, name: str) -> None:
        super().__init__()
        self._page, self._barred, self._needed = page, False, False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(name)
        self.setWidget(page)
        page.installEventFilter(self)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's names
        return self._page.sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(0, 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self._page and event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.Resize:
            self._barred = self._needed = False
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest, QEvent.Type.Show):
            self._fit()
        return done

    def _fit(self) -> None:
        """The page fills the room unless its least size is larger. By hand: Qt would count wrapped words by
        what they would like, not by what they need."""
        layout, room = self._page.layout(), self.maximumViewportSize()
        if layout is None:
            return
        least = layout.minimumSize()
        wide, high = max(room.width(), least.width()), room.height()
        if wide > room.width():
            high -= self.horizontalScrollBar().sizeHint().height()
        tall = _height(layout, wide)
        barred = max(room.width() - self.verticalScrollBar().sizeHint().width(), least.width())
        # Beside a bar a page may become less high, so that it would fit, and without one would not. So the
        # bar's room is given back only when what had to be scrolled has become lower by itself.
        if self._barred and self._needed and _height(layout, barred) <= high:
            self._barred = self._needed = False
        self._barred |= tall > high
        if self._barred:
            wide, tall = barred, _height(layout, barred)
            leave_wheel(self._page)
        size = QSize(wide, max(tall, high))
        if size != self._page.size():
            self._page.resize(size)
        self._needed = self._barred and _height(layout, wide) > high  # as the page is now, stacked or not


def _height(layout: QLayout, width: int) -> int:
    """What a layout needs at least."""
    by_width = layout.minimumHeightForWidth(width) if layout.hasHeightForWidth() else -1
    return max(by_width, layout.minimumSize().height())
