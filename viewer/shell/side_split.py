"""Pictures beside the right column, whose width is what somebody has given it and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from viewer.ui.theme import scaled

_PART, _LEAST, _MOST = 0.28, 320, 500
"""Of the window's width, within these pixels at 100 % text: the column until somebody drags its edge."""
_PICTURES = 320
"""Pixels that the pictures keep in any case."""
_ROOMY = 700
"""Pixels of a window, at 100 % text, below which the pictures have all of it."""


class SideSplit(QSplitter):
    """The left part takes what the column leaves. Sizes of windows and of text come and go, and the column is
    as wide as it was chosen to be; in a window with no room for it, it is put away until there is."""

    resized = Signal()

    def __init__(self, left: QWidget, side: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._chosen = 0
        self._was_hidden: bool | None = None
        self.put_away = False
        """The column is hidden for want of room, not because somebody hid it."""
        self.lent = False
        """The column is hidden as the lessons need its room, not because somebody hid it."""
        self._side = side
        self.addWidget(left)
        self.addWidget(side)
        self.setStretchFactor(0, 1)
        self.setStretchFactor(1, 0)
        self.setChildrenCollapsible(False)
        self.splitterMoved.connect(lambda _at, _index: self._choose(self.sizes()[1]))

    def chosen(self) -> int:
        """Pixels that the column was given, 0 while nobody has."""
        return self._chosen

    def _choose(self, width: int) -> None:
        self._chosen = max(0, width)

    def setSizes(self, sizes: Sequence[int]) -> None:  # noqa: N802 - Qt's name
        """The last is chosen for the column."""
        self._choose(sizes[-1])
        super().setSizes(list(sizes))

    def wanted(self) -> int:
        """The column's width in this window."""
        width = self._chosen or min(max(round(_PART * self.width()), scaled(_LEAST)), scaled(_MOST))
        least = self._side.minimumSizeHint().width()
        return max(least, min(width, self.width() - min(scaled(_PICTURES), self.width() // 2)))

    def give_all(self, on: bool) -> None:
        """A page with a column of its own has all the room, or has it no longer; called at every change."""
        if on and (self._was_hidden is None or not self._side.isHidden()):
            self._was_hidden = self.hidden_by_hand() if self._was_hidden is None else False
            self._side.hide()
        elif not on and self._was_hidden is not None:
            self._side.setHidden(self._was_hidden)
            self._was_hidden = None
            self.fit()

    def fit(self) -> None:
        """Give the column its width, or put it away."""
        if self._was_hidden is not None:
            return
        roomy = self.window().width() >= scaled(_ROOMY)
        if not roomy and not self._side.isHidden():
            self.put_away = True
            self._side.hide()
        elif roomy and self.put_away:
            self.put_away = False
            self._side.show()
        if not self._side.isHidden() and self.width() > 0:
            side = self.wanted()
            if self.sizes()[1] != side:
                super().setSizes([self.width() - side - self.handleWidth(), side])

    def hidden_by_hand(self) -> bool:
        """Whether somebody hid the column."""
        if self._was_hidden is not None:
            return self._was_hidden
        return self._side.isHidden() and not self.put_away and not self.lent

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.fit()
        self.resized.emit()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.fit()
        elif event.type() == QEvent.Type.FontChange:  # later: amid a change of style Qt bears no resizing
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.LayoutRequest))
        return done
