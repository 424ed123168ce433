"""Other programs' results in the assembled window: from files, from scripts, scored, updated, refused."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from engine.metrics.fidelity import psnr_rgb_db
from engine.remote import MAGIC, Message, pack
from tests.support.repository import ROOT
from tests.support.viewer_engine import picture, smoothed
from tests.support.windows import complete
from viewer.model.session.choices import PANES
from viewer.model.session.panes import MOST_PANES, add_guest, guest_key, pair_choices, set_panes, step_key
from viewer.panes.names import pane_choices
from viewer.remote.jobs import free_name
from viewer.remote.listener import Listener
from viewer.remote.worker import Guests
from viewer.shell.window import MainWindow

ORIGINAL = picture().pixels
RESULT = smoothed(ORIGINAL)


@pytest.fixture
def where(shown: MainWindow, tmp_path: Path) -> Iterator[str]:
    """Where a window with a picture listens."""
    controller = shown.controller
    listener = Listener(controller, controller.documents, controller.worker(Guests), shown)
    path = str(tmp_path / "private" / "window.sock")
    listener.listen(path)
    yield path
    listener.close()


def send(qtbot: QtBot, where: str, data: bytes) -> str:
    """What the window answers."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.connect(where)
        line.setblocking(False)
        got = bytearray()
        sent = memoryview(data)

        def answered() -> bool:
            nonlocal sent
            try:
                if sent:
                    sent = sent[line.send(sent) :]
                got.extend(line.recv(4096))
            except BlockingIOError:
                pass
            return got.endswith(b"\n")

        qtbot.waitUntil(answered, timeout=10_000)
    error: str = json.loads(got)["error"]
    return error


def guest(window: MainWindow, name: str) -> tuple[np.ndarray, str]:
    """What the pane of a result shows, and says."""
    (pane,) = [each for each in window.controller.scene.panes if each.key == guest_key(name)]
    assert pane.title == name
    assert pane.pixels is not None
    return pane.pixels, pane.detail


def test_a_scripts_picture_is_a_pane_scored_like_the_rest(
    shown: MainWindow, where: str, qtbot: QtBot
) -> None:
    assert send(qtbot, where, pack(Message("mine", RESULT))) == ""
    complete(qtbot, shown)
    pixels, detail = guest(shown, "mine")
    assert np.array_equal(pixels, RESULT)
    assert detail.startswith(f"RGB {psnr_rgb_db(ORIGINAL, RESULT):.2f} dB (")
    session = shown.controller.session
    assert session.order == (*PANES, guest_key("mine"))
    assert guest_key("mine") in pair_choices(session)
    (group,) = [each for each in pane_choices(session, shown.controller.facts) if "programs" in each.title]
    assert [(each.title, each.shown) for each in group.choices] == [("mine", True)]
    # The next one of that name takes its place.
    assert send(qtbot, where, pack(Message("mine", ORIGINAL))) == ""
    complete(qtbot, shown)
    assert shown.controller.session.order == session.order
    assert guest(shown, "mine")[1].startswith("RGB identical")


def test_an_original_is_opened_once(shown: MainWindow, where: str, qtbot: QtBot) -> None:
    other = picture(24, 40, seed=9).pixels
    assert send(qtbot, where, pack(Message("a", smoothed(other), other))) == ""
    opened = shown.controller.session.picture
    assert opened is not None
    assert np.array_equal(opened.pixels, other)
    assert send(qtbot, where, pack(Message("b", other, other))) == ""
    assert shown.controller.session.picture is opened
    assert shown.controller.session.order == (*PANES, guest_key("a"), guest_key("b"))
    complete(qtbot, shown)
    assert guest(shown, "b")[1].startswith("RGB identical")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (pack(Message("small", RESULT[:8])), "'small' has 70 × 8 pixels, what is open has 70 × 45"),
        (b"GET / HTTP/1.1\r\n", "that is no message to nrc-viewer"),
        (MAGIC + b"\0\0\0\2[]", "the header is no JSON object"),
    ],
)
def test_bad_messages_are_answered_and_change_nothing(
    shown: MainWindow, where: str, qtbot: QtBot, data: bytes, words: str
) -> None:
    assert send(qtbot, where, data) == words
    assert shown.controller.session.order == PANES
    assert send(qtbot, where, pack(Message("good", RESULT))) == ""


def test_the_socket_is_this_users_alone_and_one_windows(shown: MainWindow, where: str, qtbot: QtBot) -> None:
    assert stat.S_IMODE(Path(where).stat().st_mode) & 0o077 == 0
    assert stat.S_IMODE(Path(where).parent.stat().st_mode) & 0o077 == 0
    controller = shown.controller
    second = Listener(controller, controller.documents, controller.worker(Guests), shown)
    with pytest.raises(UserError, match="another window listens at"):
        second.listen(where)


def test_nobody_listens_in_another_users_folder(
    shown: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "theirs").mkdir()
    if os.getuid() == 0:
        os.chown(tmp_path / "theirs", 54321, -1)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    controller = shown.controller
    listener = Listener(controller, controller.documents, controller.worker(Guests), shown)
    with pytest.raises(UserError, match="is another user's folder"):
        listener.listen(str(tmp_path / "theirs" / "window.sock"))


def test_a_script_calls_show(shown: MainWindow, where: str, qtbot: QtBot, tmp_path: Path) -> None:
    np.save(tmp_path / "result.npy", RESULT)
    script = "import numpy, sys\nfrom engine.remote import show\nshow(numpy.load(sys.argv[1]), name='mine')\n"
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "result.npy")],
        cwd=ROOT, env={"NRC_VIEWER_SOCKET": where, "PATH": ""}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    qtbot.waitUntil(lambda: process.poll() is not None, timeout=60_000)
    assert process.communicate()[1] == ""
    assert process.returncode == 0
    assert np.array_equal(guest(shown, "mine")[0], RESULT)


def test_files_beside_are_checked_and_scored(shown: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        Image.fromarray(RESULT).save(tmp_path / folder / "theirs.png")
    Image.fromarray(RESULT[:, :9]).save(tmp_path / "narrow.png")
    guests = shown.controller.worker(Guests)
    guests.open_files([tmp_path / "one" / "theirs.png", tmp_path / "two" / "theirs.png"])
    complete(qtbot, shown)
    assert np.array_equal(guest(shown, "theirs.png")[0], RESULT)
    assert guest(shown, "theirs.png 2")[1].startswith("RGB ")
    guests.open_files([tmp_path / "narrow.png"])
    complete(qtbot, shown)
    assert shown.controller.facts.error.endswith("narrow.png: has 9 × 45 pixels, what is open has 70 × 45")
    shown.menus.run("close.beside")
    assert shown.controller.session.order == PANES
    assert not shown.controller.facts.guests


def test_another_picture_has_no_results_of_the_old_one(shown: MainWindow, qtbot: QtBot) -> None:
    shown.controller.worker(Guests).take("mine", RESULT)
    shown.controller.change(lambda session: set_panes(session, (guest_key("mine"),)))
    shown.controller.documents.open_picture(picture(seed=5))
    complete(qtbot, shown)
    assert shown.controller.session.order == PANES
    assert not shown.controller.facts.guests


def test_where_all_panes_are_taken_the_oldest_result_goes(shown: MainWindow) -> None:
    session = set_panes(shown.controller.session, (*PANES, *(step_key(at) for at in range(3))))
    assert len(session.order) == MOST_PANES
    one = add_guest(session, "one")
    assert one.order == (*session.order[:-1], guest_key("one"))
    assert add_guest(one, "two").order == (*session.order[:-1], guest_key("two"))
    assert add_guest(one, "one") is one


def test_names_of_files_are_short_and_different() -> None:
    assert free_name("a.png", ["b.png"]) == "a.png"
    assert free_name("a.png", ["a.png", "a.png 2"]) == "a.png 3"
    long = free_name("x" * 200, [])
    assert len(long) <= 56
    assert free_name("x" * 200, [long]) == f"{long} 2"
