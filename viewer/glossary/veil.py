"""The glossary over the window: a list that can be searched, and the term chosen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QTextBrowser, QVBoxLayout, QWidget

from viewer.glossary.terms import Term, as_html, search
from viewer.ui.controls import title_label
from viewer.ui.modal_overlay import Veil
from viewer.ui.theme import scaled


class GlossaryVeil(Veil):
    """Type to find a term; ↑ and ↓ choose one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Glossary")
        self._found: tuple[Term, ...] = ()
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find a term")
        self.search.setAccessibleName("Find a term")
        self.search.setToolTip("A term, another name of it, or words of its explanation; ↑ ↓ choose")
        self.list = QListWidget()
        self.list.setAccessibleName("Terms found")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.page = QTextBrowser()
        self.page.setAccessibleName("Term")
        self.page.setOpenExternalLinks(True)
        self.page.setPlaceholderText("No such term")
        left = QVBoxLayout()
        left.addWidget(self.search)
        left.addWidget(self.list, 1)
        body = QHBoxLayout()
        body.setSpacing(16)
        body.addLayout(left, 2)
        body.addWidget(self.page, 3)
        column = QVBoxLayout(self.frame)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(title_label("Glossary"))
        column.addLayout(body, 1)
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.list.currentRowChanged.connect(self._show)

    def ask(self, about: str = "") -> None:
        """Open at a term, or at the first."""
        self.search.setText(about)
        self._fill(about)
        self.open()
        self.search.setFocus()

    def _wanted_size(self) -> QSize:
        return QSize(scaled(760), scaled(460))

    def _fill(self, text: str) -> None:
        self._found = search(text)
        self.list.clear()
        self.list.addItems([term.name for term in self._found])
        self.list.setCurrentRow(0)
        if not self._found:
            self.page.clear()

    def _show(self, row: int) -> None:
        if 0 <= row < len(self._found):
            self.page.setHtml(as_html(self._found[row]))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self.search and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step and self.list.count():
                self.list.setCurrentRow((self.list.currentRow() + step) % self.list.count())
                return True
        return super().eventFilter(watched, event)
