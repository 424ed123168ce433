"""Buttons, labels and sliders with the window's manners: calm, labelled, reachable by keyboard."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QWidget,
)

from viewer.ui.icons import icon
from viewer.ui.theme import scaled


class ElidedLabel(QLabel):
    """One line that ends in "…" when it doesn't fit; the tooltip then holds all of it."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__(parent)
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setText(text)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        if text != self.text():
            super().setText(text)
        self._update_tooltip()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._update_tooltip()

    def shown_text(self) -> str:
        """What fits."""
        return self.fontMetrics().elidedText(self.text(), self._mode, self.contentsRect().width())

    def _update_tooltip(self) -> None:
        self.setToolTip(self.text() if self.shown_text() != self.text() else "")

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        rect: QRect = self.contentsRect()
        self.style().drawItemText(
            painter,
            rect,
            int(self.alignment()),
            self.palette(),
            self.isEnabled(),
            self.shown_text(),
            self.foregroundRole(),
        )


class IconButton(QToolButton):
    """A flat button with a drawn icon that follows the theme."""

    def __init__(self, name: str, text: str, tooltip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(tooltip)
        self.setProperty("flat", True)
        self._size()
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self._tint()

    def set_icon(self, name: str, text: str, tooltip: str) -> None:
        """Show another icon with its own name and tooltip."""
        if name == self._name:
            return
        self._name = name
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(tooltip)
        self._tint()

    def _size(self) -> None:
        self.setIconSize(QSize(scaled(20), scaled(20)))
        self.setMinimumWidth(scaled(28))

    def _tint(self) -> None:
        self.setIcon(icon(self._name))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()
        elif event.type() == QEvent.Type.FontChange:
            self._size()
        super().changeEvent(event)


class SegmentedButtons(QWidget):
    """Joined buttons of which exactly one is down."""

    chosen = Signal(str)

    def __init__(self, options: Sequence[tuple[str, str, str]], parent: QWidget | None = None) -> None:
        """options: key, text and tooltip of each button."""
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, QToolButton] = {}
        for at, (key, text, tooltip) in enumerate(options):
            button = QToolButton(self)
            button.setText(text)
            button.setCheckable(True)
            button.setToolTip(tooltip)
            button.setAccessibleName(text)
            place = "first" if at == 0 else "last" if at == len(options) - 1 else "middle"
            button.setProperty("segment", place if len(options) > 1 else "only")
            row.addWidget(button)
            self._group.addButton(button)
            self._buttons[key] = button
        self._group.buttonClicked.connect(self._clicked)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def _clicked(self) -> None:
        key = self.current()
        if key is not None:
            self.chosen.emit(key)

    def set_current(self, key: str) -> None:
        """Press a button without telling anyone. Raises KeyError for an unknown key."""
        self._buttons[key].setChecked(True)

    def set_current_or_none(self, key: str) -> None:
        """Press a button without telling anyone, or, for "", none."""
        if key:
            self.set_current(key)
            return
        self._group.setExclusive(False)
        for button in self._buttons.values():
            button.setChecked(False)
        self._group.setExclusive(True)

    def current(self) -> str | None:
        """Key of the button that is down."""
        return next((key for key, button in self._buttons.items() if button.isChecked()), None)

    def button(self, key: str) -> QToolButton:
        """The button itself, to enable or explain it."""
        return self._buttons[key]


def inset(box: QSpinBox | QDoubleSpinBox) -> None:
    """Keep a spin box's digits off its edge, which style sheets can't."""
    box.lineEdit().setTextMargins(6, 0, 0, 0)


def panel(widget: QWidget) -> QWidget:
    """Give a plain container the panel colour."""
    widget.setProperty("role", "panel")
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return widget


def press_focused(within: QWidget, event: QKeyEvent) -> bool:
    """Let Return press the button that has the keyboard, as Qt does in dialogs. Says whether it did."""
    if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        return False
    there = within.window().focusWidget()
    if not isinstance(there, QAbstractButton) or not within.isAncestorOf(there) or not there.isEnabled():
        return False
    there.click()
    event.accept()
    return True


class WrappedLabel(QLabel):
    """Words on as many lines as they take, which it also keeps where Qt doesn't ask for a height by width, as
    in splitters and in pages that are scrolled."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's names
        super().setText(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        """Only once it has its place: before that its width says nothing."""
        if self.isVisible():
            self.setMinimumHeight(0)  # else Qt says no less than what it was
            self.setMinimumHeight(max(0, self.heightForWidth(self.width())))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self._fit()


def wrapping_label() -> QLabel:
    """Plain words on as many lines as they take."""
    label = WrappedLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def title_label(text: str, parent: QWidget | None = None) -> QLabel:
    """The heading of a panel."""
    label = QLabel(text, parent)
    bold = QFont()  # only the weight is set, so that the size follows the application's
    bold.setWeight(QFont.Weight.DemiBold)
    label.setFont(bold)
    return label


def show_if(widget: QWidget, wanted: bool) -> None:
    """Show or hide a widget, which costs nothing where it is so already."""
    if widget.isHidden() == wanted:
        widget.setVisible(wanted)


def choose_data(box: QComboBox, value: object) -> None:
    """Make the item with these data the current one, without telling anyone."""
    at = box.findData(value)
    if at != box.currentIndex():
        with QSignalBlocker(box):
            box.setCurrentIndex(at)
