"""Each check of the plugin `leaks` can fail, and none fails a test that tidies up."""

from __future__ import annotations

import pytest

from tests.support.repository import ROOT

LEAKY = """
import threading
import pytest
from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QWidget

kept = []


def test_thread():
    stop = threading.Event()
    kept.append(stop)
    threading.Thread(target=stop.wait, name="forgotten", daemon=True).start()


def test_qthread(qapp):
    kept.append(QThread())
    kept[-1].setObjectName("spinning")
    kept[-1].start()


def test_timer(qapp):
    kept.append(QTimer())
    kept[-1].start(1000)


def test_widget(qapp):
    kept.append(QWidget())
    kept[-1].setObjectName("orphan")


def test_failing(qapp):
    widget = QWidget()
    assert False
"""
TIDY = """
import threading
import pytest
from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QWidget


@pytest.fixture(scope="module")
def shared(qapp):
    widget, timer = QWidget(), QTimer()
    timer.start(10_000)
    yield widget
    timer.stop()


def test_thread_that_is_about_to_end():
    threading.Timer(0.1, lambda: None).start()


def test_qthread_that_was_stopped(qapp):
    thread = QThread()
    thread.start()
    thread.quit()
    thread.wait()


def test_timer_that_was_stopped(qapp):
    timer = QTimer()
    timer.start(1000)
    timer.stop()


def test_widget_in_a_cycle(qapp):
    widget = QWidget()
    widget.itself = widget


def test_widget_deleted_later(qapp):
    widget = QWidget()
    widget.deleteLater()
    globals()["kept"] = widget


def test_widget_of_qtbot(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()


def test_shared(shared):
    shared.show()
"""


def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, source: str) -> pytest.RunResult:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyfile(source)
    return pytester.runpytest_subprocess("-p", "tests.support.leaks", "-p", "no:cacheprovider", timeout=60)


def test_every_leak_fails_its_test_and_no_other(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run(pytester, monkeypatch, LEAKY)
    result.assert_outcomes(passed=4, errors=4, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_thread*",
            "left behind: running thread: 'forgotten'",
            "*ERROR at teardown of test_qthread*",
            "left behind: running QThread: QThread 'spinning'",
            "*ERROR at teardown of test_timer*",
            "left behind: active QTimer: QTimer",
            "*ERROR at teardown of test_widget*",
            "left behind: top-level widget: QWidget 'orphan'",
        ]
    )


def test_tidy_tests_pass(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    run(pytester, monkeypatch, TIDY).assert_outcomes(passed=7)
