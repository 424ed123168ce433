"""A pytest plugin: a test that leaves threads, running timers or widgets behind fails.

Left behind means: new since the test began, and still there after its fixtures were torn down, pending
deletions were carried out and reference cycles were collected. What broader fixtures hold is theirs.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

_PATIENCE_SECONDS = 0.5
"""How long a thread may take to end after the test."""
_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test, in its tear-down, if it leaks."""
    kept = [kind.existing() for kind in KINDS]  # alive, so that no newcomer gets their identity
    before = [{id(thing) for thing in things} for things in kept]
    yield
    left = [_leaked(kind, old) for kind, old in zip(KINDS, before, strict=True)]
    del kept
    messages = [
        f"{kind.name}: {kind.describe(thing)}"
        for kind, things in zip(KINDS, left, strict=True)
        for thing in things
    ]
    for kind, things in zip(KINDS, left, strict=True):
        for thing in things:
            kind.end(thing)
    # A test that failed holds its objects in the traceback: that is not a second fault.
    if messages and not request.node.stash.get(_FAILED, False):
        pytest.fail("left behind: " + "; ".join(messages), pytrace=False)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown() -> Generator[None, None, None]:
    """Once Qt is there cycles are collected here, on its thread, as `viewer.core.garbage` does it."""
    yield
    if "PySide6.QtCore" in sys.modules:
        from viewer.core.garbage import collect_due

        gc.disable()
        collect_due()


@dataclass(frozen=True)
class Kind:
    """Something that can be leaked: how to list it, name it in a message and get rid of it."""

    name: str
    existing: Callable[[], list[Any]]
    describe: Callable[[Any], str]
    end: Callable[[Any], object]


def _leaked(kind: Kind, before: set[int]) -> list[Any]:
    def new() -> list[Any]:
        return [thing for thing in kind.existing() if id(thing) not in before]

    left = new()
    if left:
        del left
        gc.collect()
        until = time.monotonic() + _PATIENCE_SECONDS
        left = new()
        while left and time.monotonic() < until:
            _carry_out_deletions()
            time.sleep(0.005)
            left = new()
    return left


def _carry_out_deletions() -> None:
    application = _application()
    if application is not None:
        from PySide6.QtCore import QEvent

        application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        application.processEvents()


def _application() -> Any:
    """The QApplication, or None; a test without Qt must not load it."""
    if "PySide6.QtCore" not in sys.modules:
        return None
    from PySide6.QtCore import QCoreApplication

    return QCoreApplication.instance()


def _wrappers(kind: str) -> list[Any]:
    """Living Qt objects of a class of QtCore that Python knows of."""
    if "PySide6.QtCore" not in sys.modules:
        return []
    from PySide6 import QtCore
    from shiboken6 import Shiboken

    wanted = getattr(QtCore, kind)
    return [thing for thing in Shiboken.getAllValidWrappers() if isinstance(thing, wanted)]


# ---- Python's threads ------------------------------------------------------------------------------------


def _threads() -> list[threading.Thread]:
    """Living threads, but those that Python only met (never removed) and tqdm's one monitor a process."""
    return [
        thread
        for thread in threading.enumerate()
        if not isinstance(thread, threading._DummyThread) and type(thread).__module__ != "tqdm._monitor"
    ]


# ---- Qt's threads ----------------------------------------------------------------------------------------


def _running() -> list[Any]:
    from_python = _wrappers("QThread")
    if not from_python:
        return []
    from PySide6.QtCore import QThread  # noqa: TID251

    here = QThread.currentThread()
    return [thread for thread in from_python if thread is not here and thread.isRunning()]


def _end_thread(thread: Any) -> None:
    thread.requestInterruption()
    thread.quit()
    thread.wait(2000)


# ---- Qt's timers and widgets -----------------------------------------------------------------------------


def _active() -> list[Any]:
    return [timer for timer in _wrappers("QTimer") if timer.isActive()]


def _top_level() -> list[Any]:
    """Windows of any sort; Qt keeps its tooltip itself."""
    application = _application()
    if application is None or not hasattr(application, "topLevelWidgets"):
        return []
    return [w for w in application.topLevelWidgets() if w.metaObject().className() != "QTipLabel"]


def _end_widget(widget: Any) -> None:
    widget.hide()
    widget.deleteLater()
    _carry_out_deletions()


def _describe(thing: Any) -> str:
    name = thing.objectName()
    of = thing.parent()
    return (
        type(thing).__name__
        + (f" '{name}'" if name else "")
        + (f" of a {type(of).__name__}" if of is not None else "")
    )


KINDS = (
    Kind("running thread", _threads, lambda thread: f"'{thread.name}'", lambda thread: None),
    Kind("running QThread", _running, _describe, _end_thread),
    Kind("active QTimer", _active, _describe, lambda timer: timer.stop()),
    Kind("top-level widget", _top_level, _describe, _end_widget),
)
