"""Cycles that hold Qt's objects end on the GUI's thread, whoever allocates."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from viewer.core.garbage import Collector, collect_due


class Cycle:
    """Refers to itself, and says where it ended."""

    def __init__(self, ended: list[str]) -> None:
        self.me, self.thing, self.ended = self, QObject(), ended

    def __del__(self) -> None:
        self.ended.append(threading.current_thread().name)


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[Collector]:
    collector = Collector()
    gc.enable()
    collector.start()
    yield collector
    collector.stop()


def allocate() -> None:
    """Enough to make Python collect."""
    for _ in range(50):
        [[] for _ in range(1000)]


@pytest.mark.usefixtures("collector")
def test_workers_collect_nothing(qtbot: QtBot) -> None:
    ended: list[str] = []

    def work() -> None:
        for _ in range(20):
            Cycle(ended)
            allocate()

    worker = threading.Thread(target=work, name="worker")
    worker.start()
    worker.join()
    assert not ended
    kept = [[] for _ in range(2 * gc.get_threshold()[0])]  # type: ignore[var-annotated]
    qtbot.waitUntil(lambda: len(ended) == 20, timeout=5000)
    assert kept
    assert set(ended) == {threading.main_thread().name}


@pytest.fixture
def nothing_frozen() -> Iterator[None]:
    """Not even what the tests froze when they had been collected."""
    gc.unfreeze()
    yield
    gc.collect()
    gc.freeze()


@pytest.mark.usefixtures("nothing_frozen")
def test_python_has_it_back_afterwards(qtbot: QtBot) -> None:
    for before in (True, False):
        gc.enable() if before else gc.disable()
        collector = Collector()
        collector.start()
        assert not gc.isenabled()
        assert gc.get_freeze_count() > 0
        collector.stop()
        assert gc.isenabled() == before
        assert gc.get_freeze_count() == 0


def test_what_others_froze_stays_frozen(qtbot: QtBot) -> None:
    assert gc.get_freeze_count() > 0
    collector = Collector()
    collector.start()
    collector.stop()
    assert gc.get_freeze_count() > 0


def test_only_what_is_due() -> None:
    gc.disable()
    gc.collect()
    assert collect_due() == -1
    kept = [[] for _ in range(2 * gc.get_threshold()[0])]  # type: ignore[var-annotated]
    assert collect_due() == 0
    assert gc.get_count()[0] < len(kept)
