"""Whole windows for tests, over made-up decoders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.models.card import ModelCard
from tests.support.looks import in_dark
from tests.support.viewer_engine import Engine
from viewer.core.garbage import Collector
from viewer.documents.settings import Settings
from viewer.model.session.state import Options, Session
from viewer.shell.controller.controller import Controller
from viewer.shell.window import MainWindow

Make = Callable[[], MainWindow]


def windows(
    cards: tuple[ModelCard, ...], qtbot: QtBot, engine: Engine, store: QSettings, qapp: QApplication
) -> Iterator[Make]:
    """For a fixture: makes windows with these models, shown and active; they are closed after the test, and
    the theme that it chose ends with it."""
    in_dark(qapp)
    made: list[MainWindow] = []
    collector = Collector()
    collector.start()

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
    collector.stop()
    in_dark(qapp)


def complete(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until nothing is left to be computed."""
    qtbot.waitUntil(window.controller.complete, timeout=200_000)


def ready(window: MainWindow) -> int:
    """The newest position of the run, -1 before there is one."""
    run = window.controller.facts.run
    return run.ready if run is not None else -1


def drop(window: MainWindow, *paths: Path) -> None:
    """Let go of these files over the window."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys))
