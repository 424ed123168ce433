"""The row of view slots: which are filled, what they hold, one click to bring a view back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from engine.models.card import ModelCard
from viewer.model.session.choices import SLOTS
from viewer.model.session.saved import SavedState
from viewer.panes.slots import slot_words
from viewer.ui.theme import current, font, scaled


class SlotButton(QToolButton):
    """One slot. A click brings its view back, or saves one where it is empty; Shift+click saves anew."""

    saved = Signal(int)
    recalled = Signal(int)
    cleared = Signal(int)

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = number
        self.filled = False
        self.clicked.connect(self._use)
        self.setProperty("flat", True)
        self._save_wanted = False
        self._fit()
        self.show_slot(None)

    def _fit(self) -> None:
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for the number, which is all that is painted."""
        return QSize(scaled(22), max(28, scaled(26)))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's names
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def show_slot(self, state: SavedState | None, cards: tuple[ModelCard, ...] = ()) -> None:
        """Show whether it is filled, and with what."""
        self.filled = state is not None
        keys = f"Ctrl+{self._number} shows it, Ctrl+Shift+{self._number} or Shift+click saves over it"
        if state is None:
            keys = f"click or Ctrl+Shift+{self._number} saves the view: panes, step, zoom, mode"
        words = slot_words(state, self._number, cards)
        self.setToolTip(f"{words}\n{keys}")
        self.setAccessibleName(f"View slot {self._number}")
        self.setAccessibleDescription(words)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._save_wanted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        super().mousePressEvent(event)

    def _use(self) -> None:
        wanted, self._save_wanted = self._save_wanted, False
        (self.saved if wanted or not self.filled else self.recalled).emit(self._number)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        menu = self.menu_for()
        menu.popup(event.globalPos())

    def menu_for(self) -> QMenu:
        """What can be done with the slot; the menu deletes itself."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        save = menu.addAction("Save the view here")
        save.triggered.connect(lambda: self.saved.emit(self._number))
        for text, signal in (("Show it", self.recalled), ("Empty it", self.cleared)):
            action = menu.addAction(text)
            action.setEnabled(self.filled)
            action.triggered.connect(lambda _=False, signal=signal: signal.emit(self._number))
        return menu

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1.5, 3.5, -1.5, -3.5)
        painter.setPen(QColor(theme.accent if self.hasFocus() else theme.line))
        painter.setBrush(QColor(theme.hover if self.underMouse() else theme.raised))
        painter.drawRoundedRect(box, 4, 4)
        painter.setFont(font(12))
        painter.setPen(QColor(theme.text if self.filled else theme.faint))
        number = box.adjusted(0, 0, 0, -3)
        painter.drawText(number, int(Qt.AlignmentFlag.AlignCenter), str(self._number))
        if self.filled:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.accent))
            at = QPoint(round(box.center().x()) - 5, round(box.bottom()) - 4)
            painter.drawRect(QRectF(at.x(), at.y(), 10, 2))


class SlotBar(QWidget):
    """All slots in a row; signals carry a slot's number, from 1."""

    saved = Signal(int)
    recalled = Signal(int)
    cleared = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("View slots")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        self.buttons = tuple(SlotButton(number, self) for number in range(1, SLOTS + 1))
        self._told: tuple[tuple[SavedState | None, ...], tuple[ModelCard, ...]] = ((None,) * SLOTS, ())
        for button in self.buttons:
            row.addWidget(button)
            button.saved.connect(self.saved)
            button.recalled.connect(self.recalled)
            button.cleared.connect(self.cleared)

    def show_slots(self, slots: tuple[SavedState | None, ...], cards: tuple[ModelCard, ...] = ()) -> None:
        """Show which slots are filled."""
        if (slots, cards) == self._told:
            return
        self._told = slots, cards
        for button, state in zip(self.buttons, slots, strict=False):
            button.show_slot(state, cards)
