"""Room for a whole page: where a window is too small for it, it is scrolled rather than squeezed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QWidget

from viewer.ui.wheel import leave_wheel


class PageRoom(QScrollArea):
    """Gives `page` all of its room, and at least what its layout needs."""

    def __init__(self, page: QWidget, name: str) -> None:
        super().__init__()
        self._page, self._barred = page, False
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
            self._barred = False
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
        self._barred |= tall > high  # till another size: in less width the page may be less high
        if self._barred:
            wide = max(room.width() - self.verticalScrollBar().sizeHint().width(), least.width())
            tall = _height(layout, wide)
            leave_wheel(self._page)
        size = QSize(wide, max(tall, high))
        if size != self._page.size():
            self._page.resize(size)


def _height(layout: QLayout, width: int) -> int:
    """What a layout needs at least."""
    by_width = layout.minimumHeightForWidth(width) if layout.hasHeightForWidth() else -1
    return max(by_width, layout.minimumSize().height())
