"""A number that changes while nothing beside it moves."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QWidget

_KEPT = 4
"""Widest texts: which of them is the widest depends on the font."""


class SteadyLabel(QLabel):
    """Plain text in a field as wide as the widest that it may show, and that it has shown. A least width set
    by number would be another font's after the size of text has changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._seen: set[str] = set()

    def show_text(self, text: str, *widest: str) -> None:
        """Show this; `widest` may come to be shown."""
        new = {text, *widest} - self._seen
        if new:
            across = self.fontMetrics().horizontalAdvance
            self._seen = set(sorted(self._seen | new, key=across)[-_KEPT:])
            self.updateGeometry()
        self.setText(text)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's names
        return self._wide(super().sizeHint())

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return self._wide(super().minimumSizeHint())

    def _wide(self, size: QSize) -> QSize:
        widest = max(map(self.fontMetrics().horizontalAdvance, self._seen), default=0)
        return size.expandedTo(QSize(widest + 2, 0))
