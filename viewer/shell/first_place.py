"""Where a window opens: on its screen, frame included."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QStyle, QWidget

_FRAME = QSize(2, 2)
"""Left and right, top and bottom edges of a frame, beside its title bar: what most desktops have at least."""
_SNUG = QSize(1500, 860)
"""A screen with no more room than this is filled: a smaller window would only lose pixels to its frame."""


def has_screen() -> bool:
    """Whether windows lie on anybody's screen, rather than being drawn for a file or a test."""
    return QGuiApplication.platformName() not in ("offscreen", "minimal")


def place_first(window: QWidget, wanted: QSize) -> None:
    """The size of a window that was never there before: as `wanted`, or what the screen has room for; on
    small screens all of it."""
    there = window.screen().availableSize()
    title = window.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
    window.resize(wanted.boundedTo(there - _FRAME - QSize(0, title)))
    if there.width() <= _SNUG.width() or there.height() <= _SNUG.height():
        window.setWindowState(window.windowState() | Qt.WindowState.WindowMaximized)


def keep_on_screen(window: QWidget) -> None:
    """Move and shrink a window whose frame reaches beyond its screen; its frame is known once it is shown."""
    full = Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen
    if not window.isVisible() or window.windowState() & full:
        return
    inside = fitted(window.frameGeometry(), window.geometry(), window.screen().availableGeometry())
    if inside != window.geometry():
        window.setGeometry(inside)


def fitted(frame: QRect, inner: QRect, room: QRect) -> QRect:
    """The inner rectangle of a window so that its frame lies in `room`; the same if it does already."""
    left, top = inner.left() - frame.left(), inner.top() - frame.top()
    right, bottom = frame.right() - inner.right(), frame.bottom() - inner.bottom()
    space = room.adjusted(left, top, -right, -bottom)
    size = inner.size().boundedTo(space.size())
    x = min(max(inner.left(), space.left()), space.left() + space.width() - size.width())
    y = min(max(inner.top(), space.top()), space.top() + space.height() - size.height())
    return QRect(x, y, size.width(), size.height())
