"""Reads that never end: other files open, reading can be stopped, and the program ends."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
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
from viewer.core import jobs
from viewer.core.job import Token, Work
from viewer.core.jobs import PATIENCE_SECONDS, Lane
from viewer.documents import session_file
from viewer.launch.arguments import check, parse
from viewer.shell.window import MainWindow

SOON_MS, END_SECONDS = 1000, 2.0
BUSY = 4
"""How much longer a process may take where others compute, too; waiting for a read has no end at all."""


@pytest.fixture
def dead(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Files named dead.* hang when they are opened or asked for, until the event is set, as in a lost
    network folder."""
    released, really = threading.Event(), os.open

    def hang(path: Any, *rest: Any, **more: Any) -> int:
        if Path(os.fspath(path)).name.startswith("dead."):
            released.wait(30)
        return really(path, *rest, **more)

    def hang_to_stat(path: Any, *rest: Any, **more: Any) -> os.stat_result:
        if not isinstance(path, int) and "/dead." in f"/{os.fspath(path)}":
            assert threading.current_thread() is not threading.main_thread(), "the window waits"
            released.wait(30)
        return looked(path, *rest, **more)

    looked = os.stat
    monkeypatch.setattr(opening.os, "open", hang)
    monkeypatch.setattr(os, "stat", hang_to_stat)
    yield released
    released.set()


def dead_file(folder: Path) -> Path:
    return jpeg_file(folder, "alive.jpg").rename(folder / "dead.jpg")


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
    hung, other = dead_file(tmp_path), jpeg_file(tmp_path, "other.jpg")
    shown.controller.documents.open_path(hung, received)
    qtbot.wait(50)
    assert shown.controller.documents.busy()
    shown.controller.documents.open_path(other, received)
    qtbot.waitUntil(lambda: shown.controller.session.name == "other.jpg", timeout=SOON_MS)
    qtbot.waitUntil(lambda: not shown.controller.documents.loading.busy(), timeout=SOON_MS)
    dead.set()
    qtbot.wait(100)
    assert shown.controller.session.name == "other.jpg"


def test_reading_can_be_stopped(
    shown: MainWindow, qtbot: QtBot, tmp_path: Path, dead: threading.Event
) -> None:
    shown.controller.documents.open_path(dead_file(tmp_path))
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


@pytest.mark.parametrize("leaving", [False, True])
def test_only_a_process_that_ends_leaves_work_behind(monkeypatch: pytest.MonkeyPatch, leaving: bool) -> None:
    """Otherwise a step of work is waited for; what is being written always is."""
    monkeypatch.setattr(jobs, "_leaving", leaving)
    going, released, written = threading.Event(), threading.Event(), threading.Event()

    def step(_: object) -> Iterator[int]:
        going.set()
        released.wait(3 * PATIENCE_SECONDS)
        released.set()
        yield 1

    def write(_: object) -> Iterator[int]:
        released.wait(30)
        written.set()
        yield 1

    computing, writing = Lane("computing"), Lane("writing", keep=True)
    writing.start(write)
    computing.start(step)
    going.wait(30)
    computing.shutdown()
    assert released.is_set() != leaving
    writing.shutdown()
    assert written.is_set()


PROGRAM = """
import os, sys, time
from pathlib import Path
from PySide6.QtCore import QTimer

name, pipe = sys.argv[1:]
really, hung = os.open, []

def dead(path, *rest, **more):
    # Blocks in the system until there is a writer, and there never is one.
    if os.fspath(path) == name:
        hung.append(path)
        return really(pipe, os.O_RDONLY)
    return really(path, *rest, **more)

os.open = dead
from viewer.bench.worker import Bencher
from viewer.core.jobs import Lane
from viewer.export.worker import Exporter
from viewer.launch import app
from viewer.remote.worker import Guests
from viewer.repair.worker import Repairer

def step(token):
    while True:  # of work that asks nobody, as importing does
        time.sleep(0.1)
    yield

def hang(token):
    os.open(name, os.O_RDONLY)
    yield

def build(launch, build=app.build_window):
    window = build(launch)
    control, clock = window.controller, QTimer(window, interval=20)
    reads = [
        lambda: control.documents.open_path(Path(name)),
        lambda: control.documents.open_path(Path(name), True),
        lambda: control.worker(Guests).open_files([Path(name)]),
        lambda: control.worker(Repairer).add([Path(name)]),
        lambda: control.worker(Repairer).repairing.start(hang),
        lambda: control.worker(Bencher).measuring.start(hang),
        lambda: control.worker(Exporter).start(Path(name), hang),
    ]
    before = [-1]

    def look():
        if control.session.size is None or len(hung) == before[0]:
            return
        before[0] = len(hung)
        if reads:
            reads.pop()()
            control.refresh()
        else:
            clock.stop()
            control.refining.start(step)
            QTimer.singleShot(100, close)

    def close():
        print(time.time(), flush=True)
        window.close()

    clock.timeout.connect(look)
    clock.start()
    return window

app.build_window = build
app.main([])
"""


def test_the_program_ends_while_reads_hang(tmp_path: Path) -> None:
    """The window in a process of its own: seven jobs hang in the system, and a step of work goes on."""
    hung, pipe = jpeg_file(tmp_path, "dead.jpg"), tmp_path / "pipe"
    os.mkfifo(pipe)
    places = {name: str(tmp_path / name) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(hung), str(pipe)],
        capture_output=True, text=True, timeout=120, cwd=ROOT, check=False, env={**os.environ, **places},
    )  # fmt: skip
    ended = time.time()
    assert ran.returncode == 0, ran.stderr
    assert ended - float(ran.stdout.split()[-1]) < END_SECONDS * BUSY


def test_the_window_starts_on_a_dead_file(tmp_path: Path, dead: threading.Event) -> None:
    """The start leaves to the window what gives no answer; what is not there is told as ever."""
    start = time.monotonic()
    for option in ([], ["--received"], ["--beside", str(tmp_path / "dead.png")]):
        check(parse([str(tmp_path / "dead.jpg"), *option]))
    with pytest.raises(UserError, match=r"gone\.jpg: no such file"):
        check(parse([str(tmp_path / "gone.jpg")]))
    for option in (["--lesson", "dead.toml"], ["--decoder", str(tmp_path / "dead.json")]):
        with pytest.raises(UserError, match="doesn't answer"):
            check(parse(option))
    assert time.monotonic() - start < 20  # not for ever


def test_next_goes_on_behind_a_file_that_hangs(
    shown: MainWindow, qtbot: QtBot, tmp_path: Path, dead: threading.Event
) -> None:
    documents = shown.controller.documents
    dead_file(tmp_path)
    first, _ = jpeg_file(tmp_path, "a.jpg"), jpeg_file(tmp_path, "z.jpg")
    documents.open_path(first)
    qtbot.waitUntil(lambda: shown.controller.session.name == "a.jpg", timeout=5000)
    for _ in range(2):
        documents.open_neighbour(1)
    qtbot.waitUntil(lambda: shown.controller.session.name == "z.jpg", timeout=5000)


def test_a_session_opens_beside_dead_pictures_of_its_list(tmp_path: Path, dead: threading.Event) -> None:
    lost, found = tmp_path / "dead.disk" / "b.png", tmp_path / "here" / "a.png"
    found.parent.mkdir()
    found.write_bytes(b"a")
    entries = [{"path": str(path)} for path in (lost, found, tmp_path / "gone.png")]
    assert session_file._playlist(entries, tmp_path / "here") == (lost, found)


def test_a_dead_file_holds_up_no_other_of_a_repair(
    tmp_path: Path, dead: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.repair.findings import NONE
    from engine.repair.names import Source
    from engine.repair.one import Order
    from viewer.core import answers
    from viewer.repair import jobs as repairing

    monkeypatch.setattr(answers, "READ_SECONDS", 0.5)
    lost, other = dead_file(tmp_path), tmp_path / "here" / "other.jpg"
    other.parent.mkdir()
    jpeg_file(tmp_path, "other.jpg").rename(other)
    token, why = Token(lambda _: None), "dead.jpg: its folder doesn't answer"
    looked = list(repairing.look([lost, other])(token))
    assert [(each.path, each.fault) for each in looked] == [(lost, why), (other, ""), (other, "")]
    order = Order(tmp_path / "out", decoder=NONE)
    ended = list(repairing.repair([Source(lost), Source(other)], order, lambda: None)(token))[1::2]
    assert ended[0].outcome.why == why
    assert ended[1].outcome.target.exists()


@pytest.mark.parametrize("stall", [0.2, 30.0])
def test_saving_that_hangs_holds_up_neither_the_next_nor_the_end(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, stall: float
) -> None:
    """What is slow is waited for as long as it computes; only what is stuck is given up."""
    monkeypatch.setattr(jobs, "STALL_SECONDS", stall)
    monkeypatch.setattr(jobs, "_TURN_SECONDS", 0.05)
    released, written = threading.Event(), []

    def save(name: str) -> Work:
        def work(_: object) -> Iterator[str]:
            if name == "dead":
                released.wait(30)
            written.append(name)
            yield name

        return work

    lane = Lane("save", keep=True, apart=True)
    lane.start(save("dead"))
    lane.start(save("other"))
    qtbot.waitUntil(lambda: written == ["other"], timeout=5000)
    if stall > 1:
        threading.Timer(0.3, released.set).start()
    lane.shutdown()
    assert written == (["other"] if stall < 1 else ["other", "dead"])
    released.set()


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
