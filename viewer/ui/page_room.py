"""Room for a whole page: where a window is too small for it, it is scrolled rather than squeezed."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from viewer.ui.scrolled import Scrolled
from viewer.ui.wheel import leave_wheel


class PageRoom(Scrolled):
    """Gives `page` all of its room, and at least what its layout needs."""

    def __init__(self, page: QWidget, name: str) -> None:
        super().__init__(_Least(page), name, sideways=True)
        self._page = page
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's names
        return self._page.sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(0, 0)

    def scrolled(self) -> None:
        leave_wheel(self._page)


class _Least(QWidget):
    """Asks for the height that a page needs. Qt alone would count wrapped words by what they would like."""

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self._page = page
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(page)

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        layout = self._page.layout()
        if layout is None:
            return -1
        by_width = layout.minimumHeightForWidth(width) if layout.hasHeightForWidth() else -1
        return max(by_width, layout.minimumSize().height())
