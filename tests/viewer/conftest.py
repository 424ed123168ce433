"""Fixtures of the window's tests: the engine behind it, its settings, whole windows, the dark theme.

A module that wants other models than `CARDS` says so once: `pytestmark = pytest.mark.cards(STUDY_CARDS)`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.models.card import ModelCard
from tests.support.looks import in_dark
from tests.support.viewer_engine import CARDS, Engine, picture
from tests.support.windows import Make, complete, windows
from viewer.shell.window import MainWindow


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "cards(models): the models that the engine and windows of a test have")


@pytest.fixture
def cards(request: pytest.FixtureRequest) -> tuple[ModelCard, ...]:
    """The models there are."""
    marker = request.node.get_closest_marker("cards")
    return marker.args[0] if marker is not None else CARDS


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, cards: tuple[ModelCard, ...]) -> Engine:
    """Decoders of a few lines behind the real pipeline."""
    return Engine(monkeypatch, cards)


@pytest.fixture
def store(tmp_path: Path) -> QSettings:
    """Settings in a file of their own, none saved yet."""
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def make(
    qtbot: QtBot, engine: Engine, store: QSettings, cards: tuple[ModelCard, ...], qapp: QApplication
) -> Iterator[Make]:
    """Makes windows over `engine` and `store`, shown and active."""
    yield from windows(cards, qtbot, engine, store, qapp)


@pytest.fixture
def window(make: Make) -> MainWindow:
    """A window without a picture."""
    return make()


@pytest.fixture
def shown(make: Make, qtbot: QtBot) -> MainWindow:
    """A window with a finished refinement."""
    window = make()
    window.controller.documents.open_picture(picture())
    complete(qtbot, window)
    return window


@pytest.fixture
def dark(qapp: QApplication) -> None:
    """For views alone: the dark theme."""
    in_dark(qapp)
