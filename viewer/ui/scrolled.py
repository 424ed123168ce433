"""What may be higher than its place, under a bar that comes and goes once, not for ever."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

_LAID_OUT = QEvent.Type.Resize, QEvent.Type.LayoutRequest, QEvent.Type.Show


class Scrolled(QScrollArea):
    """Gives its content the room that there is, and more of it downwards where it needs more.

    Beside the bar content is narrower, and some becomes less high there (parts that stood beside each other
    stand below each other): Qt alone would then take the bar away, which makes the content higher, which
    brings it back, without end. Here taking it away is tried where the content may fit without it, and once
    for each height that it has beside it; anew when the place changes. sideways: content may be wider than
    its place, too.
    """

    def __init__(self, content: QWidget | None = None, name: str = "", sideways: bool = False) -> None:
        super().__init__()
        self._tried = set[int]()
        self._deciding = False
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the pictures
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        if not sideways:
            self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        if name:
            self.setAccessibleName(name)
        if content is not None:
            self.setWidget(content)

    def event(self, event: QEvent) -> bool:
        kind = event.type()
        done = super().event(event)
        if kind in _LAID_OUT:  # not after an event that deletes this
            at = self.verticalScrollBar().value()
            if kind == QEvent.Type.Resize:
                self._tried.clear()
                if self._may_fit():
                    self._set_bar(False)
            self._decide()
            self.verticalScrollBar().setValue(at)  # without the bar there may have been less to scroll
        return done

    def _decide(self) -> None:
        if self._deciding or not self.isVisible():
            return
        self._deciding = True
        try:
            least = self._least()
            if self._barred() and not self._too_high() and least not in self._tried and self._may_fit():
                self._tried.add(least)
                self._set_bar(False)
            if self._too_high():
                self._set_bar(True)
            if self._barred():
                self.scrolled()
        finally:
            self._deciding = False

    def _least(self) -> int:
        """How high the content must be at its width."""
        content = self.widget()
        if content is None:
            return 0
        by_width = content.heightForWidth(content.width()) if content.hasHeightForWidth() else -1
        return max(by_width, content.minimumHeight(), content.minimumSizeHint().height())

    def _may_fit(self) -> bool:
        """Whether the content may do without the bar. What its height at another width is only some tell."""
        content, room = self.widget(), self.contentsRect()
        if content is None or not content.hasHeightForWidth():
            return True
        return content.heightForWidth(room.width()) <= room.height()

    def _too_high(self) -> bool:
        return self.verticalScrollBar().maximum() > 0

    def _barred(self) -> bool:
        return self.verticalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOn

    def _set_bar(self, on: bool) -> None:
        if on != self._barred():
            policies = Qt.ScrollBarPolicy
            self.setVerticalScrollBarPolicy(policies.ScrollBarAlwaysOn if on else policies.ScrollBarAlwaysOff)

    def scrolled(self) -> None:
        """For kinds of this place: content is scrolled, and may be new."""
