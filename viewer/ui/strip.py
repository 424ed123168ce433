"""What lines above the pictures have in common: words, what can be done about them, and no more height."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from viewer.ui.controls import panel


def lay_out_strip(strip: QWidget, words: QWidget, *others: QWidget) -> QHBoxLayout:
    """Make `strip` such a line: `words` take the room that `others` leave. It is hidden until shown."""
    panel(strip)
    row = QHBoxLayout(strip)
    row.setContentsMargins(8, 4, 8, 4)
    row.setSpacing(8)
    row.addWidget(words, 1)
    for other in others:
        row.addWidget(other)
    strip.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)  # words may wrap
    strip.hide()
    return row
