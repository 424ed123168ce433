"""Reads that never end: other files open, reading can be stopped, and the program ends."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from engine.io import opening
from engine.io.opening import open_regular, read_regular
from tests.support.repository import ROOT
from tests.viewer.documents.test_window_files import jpeg_file
from viewer.core.jobs import PATIENCE_SECONDS, Lane
from viewer.shell.window import MainWindow

SOON_MS, END_SECONDS = 1000, 2.0


@pytest.fixture
def dead(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Files named dead.* hang when they are opened, until the event is set, as on a lost network folder."""
    released, really = threading.Event(), os.open

    def hang(path: Any, *rest: Any, **more: Any) -> int:
        if Path(os.fspath(path)).name.startswith("dead."):
            released.wait(30)
        return really(path, *rest, **more)

    monkeypatch.setattr(opening.os, "open", hang)
    yield released
    released.set()


@pytest.mark.parametrize("received", [False, True])
def test_a_pipe_is_refused_at_once(shown: MainWindow, qtbot: QtBot, tmp_path: Path, received: bool) -> None:
    os.mkfifo(tmp_path / "p.png")
    shown.controller.documents.open_path(tmp_path / "p.png", received)
    qtbot.waitUntil(lambda: "named pipe" in shown.controller.scene.status.error, timeout=SOON_MS)
    assert not shown.controller.documents.busy()


@pytest.mark.parametrize("received", [False, True])
def test_a_read_that_hangs_holds_up_no_other(
    shown: MainWindow, qtbot: QtBot, tmp_path: Path, dead: threading.Event, received: bool
) -> None:
    hung, other = jpeg_file(tmp_path, "dead.jpg"), jpeg_file(tmp_path, "other.jpg")
    shown.controller.documents.open_path(hung, received)
    qtbot.wait(50)
    assert shown.controller.documents.busy()
    shown.controller.documents.open_path(other, received)
    qtbot.waitUntil(lambda: shown.controller.session.name == "other.jpg", timeout=SOON_MS)
    assert not shown.controller.documents.loading.busy()
    dead.set()
    qtbot.wait(100)
    assert shown.controller.session.name == "other.jpg"


def test_reading_can_be_stopped(
    shown: MainWindow, qtbot: QtBot, tmp_path: Path, dead: threading.Event
) -> None:
    shown.controller.documents.open_path(jpeg_file(tmp_path, "dead.jpg"))
    qtbot.wait(20)
    assert shown.controller.documents.busy()
    shown.controller.documents.stop()
    assert not shown.controller.documents.busy()
    assert "Reading" not in shown.controller.scene.status.job


def test_shutting_down_waits_a_moment_only(qtbot: QtBot) -> None:
    released = threading.Event()

    def hang(_: object) -> Iterator[int]:
        released.wait(30)
        yield 1

    lane = Lane("hung", apart=True)
    lane.start(hang)
    start = time.monotonic()
    lane.shutdown()
    assert PATIENCE_SECONDS * 0.9 < time.monotonic() - start < END_SECONDS
    released.set()


@pytest.mark.parametrize("how", ["apart", "hangs"])
def test_a_process_ends_while_a_read_hangs(how: str) -> None:
    """A process of its own, with nothing but the lane: the interpreter doesn't wait for the thread either."""
    script = textwrap.dedent(
        f"""
        import threading, time
        from PySide6.QtCore import QCoreApplication, QTimer
        from viewer.core.jobs import Lane
        app = QCoreApplication([])
        lane = Lane("load", {how}=True)
        def hang(token):
            threading.Event().wait(60)
            yield 1
        lane.start(hang)
        QTimer.singleShot(200, app.quit)
        app.exec()
        print(time.time(), flush=True)
        lane.shutdown()
        """
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True, text=True, timeout=120, cwd=ROOT, check=False,
    )  # fmt: skip
    ended = time.time()
    assert ran.returncode == 0, ran.stderr
    assert ended - float(ran.stdout.split()[-1]) < END_SECONDS


@pytest.mark.parametrize("kind", ["pipe", "socket", "device", "folder", "link to a pipe"])
def test_only_regular_files_are_opened(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("it")
    words = {"pipe": "a named pipe", "link to a pipe": "a named pipe"}.get(kind, f"a {kind}")
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "link to a pipe":
        os.mkfifo("pipe")
        path.symlink_to("pipe")
    elif kind == "folder":
        path.mkdir()
    elif kind == "device":
        path = Path("/dev/zero")
    else:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(str(path))
    for read in (open_regular, read_regular):
        with pytest.raises(UserError, match=f"is {words}, not a file"):
            read(path)


def test_a_file_that_becomes_a_pipe_in_between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, really = tmp_path / "a.png", os.open
    path.write_bytes(b"a")

    def swapped(*arguments: Any) -> int:
        path.unlink()
        os.mkfifo(path)
        return really(*arguments)

    monkeypatch.setattr(opening.os, "open", swapped)
    with pytest.raises(UserError, match="named pipe"):
        read_regular(path)


def test_reading_stops_when_it_is_cancelled(tmp_path: Path) -> None:
    path = tmp_path / "long"
    path.write_bytes(bytes(5 << 20))
    asked = iter([False, False, True, True])
    assert len(read_regular(path, cancelled=lambda: next(asked))) == 2 << 20
    assert len(read_regular(path, length=1000)) == 1000
    assert len(read_regular(path)) == 5 << 20


@pytest.mark.parametrize(
    "command", [("decode", "p.png", "-o", "o.png"), ("refine", "p.png", "--quality", "9", "-o", "d")]
)
def test_commands_refuse_pipes(
    command: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from engine.cli import main as cli

    monkeypatch.chdir(tmp_path)
    os.mkfifo("p.png")
    assert cli.main(command) == 2
    assert capsys.readouterr().err == "nrc: error: p.png: is a named pipe, not a file\n"
