"""Waiting for the Repair page in tests."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from viewer.repair.worker import Repairer
from viewer.shell.window import MainWindow


def repairer(window: MainWindow) -> Repairer:
    return window.controller.worker(Repairer)


def idle(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until nothing is under way, what is seen included."""

    def check() -> None:
        assert not repairer(window).busy()
        assert not window.parts.repair.picture.settling()

    qtbot.waitUntil(check, timeout=20_000)


def add(qtbot: QtBot, window: MainWindow, *paths: Path) -> None:
    repairer(window).add(paths)
    idle(qtbot, window)
