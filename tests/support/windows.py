"""Whole windows for tests, over made-up decoders."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from engine.models.card import ModelCard
from tests.support.viewer_engine import Engine
from viewer.documents.settings import Settings
from viewer.model.session.state import Options, Session
from viewer.shell.controller.controller import Controller
from viewer.shell.window import MainWindow
from viewer.ui import theme

Make = Callable[[], MainWindow]


def windows(
    cards: tuple[ModelCard, ...], qtbot: QtBot, engine: Engine, store: QSettings, qapp: object
) -> Iterator[Make]:
    """For a fixture: makes windows with these models, shown and active; they are closed after the test."""
    theme.apply(qapp, theme.DARK)  # type: ignore[arg-type]
    made: list[MainWindow] = []

    def build() -> MainWindow:
        settings = Settings(store)
        session = settings.load_session(Session(models=cards, options=Options(decoder="sweep")))
        window = MainWindow(Controller(session), settings)
        qtbot.addWidget(window)
        made.append(window)
        window.resize(1280, 800)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow, timeout=5000)
        return window

    yield build
    engine.release()
    for window in made:
        window.close()
