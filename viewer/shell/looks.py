"""Theme and size of text: what the session asks for, else what the desktop asks for, followed live."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from viewer.model.session.state import Session
from viewer.ui import theme

THEMES = {"dark": theme.DARK, "light": theme.LIGHT}


class DesktopLooks(QObject):
    """Gives the application the looks of a session; "" as a theme is the desktop's."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self._app = app
        self._theme = ""
        app.styleHints().colorSchemeChanged.connect(self._desktop_changed)

    def follow(self, session: Session) -> None:
        """Show a session's looks, if they are not shown already."""
        self._theme = session.theme
        self._show(session.text_scale)

    def _show(self, text_scale: int) -> None:
        wanted = THEMES.get(self._theme) or theme.system_theme(self._app)
        if wanted is not theme.current() or text_scale != theme.text_scale():
            theme.apply(self._app, wanted, text_scale)

    def _desktop_changed(self, _: Qt.ColorScheme) -> None:
        if not self._theme:
            self._show(theme.text_scale())
