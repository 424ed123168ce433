"""A session that is still being written when the program ends as it should."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from viewer.core.job import Token, Work
from viewer.documents.recovery import Recovery


def test_what_is_written_too_late_is_removed(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the next start would offer it as a crashed window's."""
    began, go_on, written = threading.Event(), threading.Event(), list[Path]()

    def slow(path: Path, *_: Any) -> Work:
        def work(_: Token) -> Iterator[Path]:
            began.set()
            go_on.wait(30)
            path.write_text("{}")
            written.append(path)
            yield path

        return work

    monkeypatch.setattr("viewer.documents.recovery.save", slow)
    session: Any = SimpleNamespace(state="", slots=(), playlist=())
    recovery = Recovery(lambda: (session, None), tmp_path)
    assert recovery.start() is None
    recovery.write()
    assert began.wait(30)
    thread = recovery._lane._thread
    assert thread is not None
    recovery.end()
    go_on.set()
    thread.join(30)
    assert written
    assert not list(tmp_path.iterdir())
