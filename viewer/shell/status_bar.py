"""One line: where the cursor is, what is there, and what the program is doing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from viewer.model.scene.picture import StatusScene
from viewer.ui.controls import ElidedLabel, IconButton, panel, show_if
from viewer.ui.theme import scaled

_ROOMY = 420
"""Pixels of the line, at 100 % text, below which it leaves out what is known of the patch."""

_ANY = (1 << 24) - 1
"""Qt's QWIDGETSIZE_MAX: no limit."""


class StatusLine(QWidget):
    """Draws a `StatusScene`. Fields grow to the widest text they held, so that nothing jitters."""

    cancel_requested = Signal()
    neighbour_requested = Signal(int)
    """1 or -1: the next picture of the playlist, or the one before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        panel(self)
        self._shared: tuple[str, bool, int] = ("", False, 0)
        self.cursor_field = self._field("Cursor", "Image pixel under the cursor: column, row", 96)
        self.patch_field = self._field(
            "Patch", "8×8 patch under the cursor: row, column, its bits and gain", 0
        )
        self.zoom_field = self._field("Zoom", "100 % shows one image pixel per device pixel", 56)
        self.zoom_field.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.values_field = ElidedLabel()
        self.values_field.setAccessibleName("Values")
        self.message = ElidedLabel()
        self.message.setAccessibleName("Message")
        self.job = QLabel()
        self.job.setProperty("role", "muted")
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedSize(120, 8)
        self.progress.setAccessibleName("Progress")
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Stop the work in progress  (Esc)")
        self.cancel.clicked.connect(self.cancel_requested)
        self.cancel.setProperty("compact", True)
        self.place_field = self._field(
            "Place in the playlist", "Which of the files that were opened this is", 0
        )
        self.previous = IconButton("previous", "Previous image", "Previous picture; settings stay  (↑)")
        self.next = IconButton("next", "Next image", "Next picture; settings stay  (↓)")
        self.previous.clicked.connect(lambda: self.neighbour_requested.emit(-1))
        self.next.clicked.connect(lambda: self.neighbour_requested.emit(1))
        self._lay_out()
        self.set_scene(StatusScene())

    def _field(self, name: str, tooltip: str, width: int) -> QLabel:
        label = QLabel()
        label.setAccessibleName(name)
        label.setToolTip(tooltip)
        label.setMinimumWidth(width)
        label.setTextFormat(Qt.TextFormat.PlainText)
        return label

    def _lay_out(self) -> None:
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(8)
        self._place_rule = self._rule()
        for widget in (self.previous, self.place_field, self.next, self._place_rule):
            row.addWidget(widget)
        row.addWidget(self.cursor_field)
        row.addWidget(self._rule())
        row.addWidget(self.values_field, 1)
        row.addWidget(self.patch_field)
        self._message_rule = self._rule()
        row.addWidget(self._message_rule)
        row.addWidget(self.message, 1)
        row.addWidget(self.job)
        row.addWidget(self.progress)
        row.addWidget(self.cancel)
        row.addWidget(self._rule())
        row.addWidget(self.zoom_field)
        self._fit()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _fit(self) -> None:
        self.setFixedHeight(max(32, scaled(28)))
        for label in (self.cursor_field, self.patch_field, self.zoom_field):
            label.setMinimumSize(0, 0)
            label.setMaximumSize(_ANY, _ANY)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Its words take no room from what stands beside the pictures."""
        return QSize(0, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """In little room only what the cursor is on and the zoom are told."""
        need = self._row.minimumSize().width()
        if self.patch_field.isHidden():
            need += self.patch_field.minimumWidth() + self._row.spacing()
        show_if(self.patch_field, self.width() >= max(need, scaled(_ROOMY)))

    def _share(self) -> None:
        """Values and message each have what they need, and share what is missing; an error has the right of
        way. Shared anew only with another message: values come and go with every move of the mouse."""
        shown = self.message.text() if not self.message.isHidden() else ""
        key = (shown, bool(self.values_field.text()), self.fontMetrics().height())
        if key == self._shared:
            return
        self._shared = key
        for label, text in ((self.values_field, self.values_field.text()), (self.message, shown)):
            need = label.fontMetrics().horizontalAdvance(text) if text else 0
            if label is self.message and label.property("role") == "error":
                need *= 8
            self._row.setStretchFactor(label, max(1, need))

    def _rule(self) -> QFrame:
        rule = QFrame()
        rule.setFixedSize(1, 16)
        rule.setProperty("role", "rule")
        return rule

    def set_scene(self, scene: StatusScene) -> None:
        """Show this state."""
        for label, text in (
            (self.cursor_field, scene.cursor),
            (self.patch_field, scene.patch),
            (self.zoom_field, scene.zoom),
        ):
            if label.text() != text:
                label.setText(text)
                hint = label.sizeHint()
                # one that may grow has the whole window laid out with every text
                label.setFixedSize(max(label.minimumWidth(), hint.width()), hint.height())
        self.values_field.setText(scene.values)
        self._show_message(scene.error or scene.message, "error" if scene.error else "")
        self.place_field.setText(scene.place)
        for each in (self.previous, self.place_field, self.next, self._place_rule):
            each.setVisible(bool(scene.place))
        running = scene.progress is not None
        for widget in (self.job, self.progress, self.cancel):
            widget.setVisible(running)
        self.job.setText(scene.job)
        if scene.progress is not None:
            self.progress.setValue(round(1000 * min(1.0, max(0.0, scene.progress))))
        self._make_room()

    def _show_message(self, text: str, role: str) -> None:
        self.message.setText(text)
        for widget in (self.message, self._message_rule):
            widget.setVisible(bool(text))
        if self.message.property("role") != role:
            self.message.setProperty("role", role)
            self.message.style().unpolish(self.message)
            self.message.style().polish(self.message)
        self._share()
