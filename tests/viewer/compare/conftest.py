"""Fixtures of the compare view."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.support.compared import RTRL
from tests.support.viewer_engine import Engine
from tests.support.windows import complete
from viewer.shell.window import MainWindow


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """RTRL settles after one step."""
    engine.decoders[RTRL.decoder].blurs = 1
    return engine


@pytest.fixture
def window(shown: MainWindow) -> MainWindow:
    """A window with a decoded picture, nothing compared yet."""
    return shown


@pytest.fixture
def compared(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """Four learners compared, all finished."""
    qtbot.keyClick(window, Qt.Key.Key_C)
    complete(qtbot, window)
    return window
