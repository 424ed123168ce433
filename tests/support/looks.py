"""The look that tests begin with."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from viewer.ui import theme


def in_dark(app: QApplication) -> None:
    """The dark theme at 100 % text; only where it isn't already, as the style sheet takes time to read."""
    if not app.styleSheet() or theme.current() is not theme.DARK or theme.text_scale() != 100:
        theme.apply(app, theme.DARK)
