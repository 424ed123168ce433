"""Every command once, then 300 random user actions in a row: no exception, no thread too many, and after the
300 memory as before them.

Commands come from the table of all commands, so that new ones are covered as they arrive. The same seed makes
the same actions: `NRC_SOAK_SEED=7 pytest tests/viewer/shell/test_soak.py`; a failure names seed and last
actions.
"""

from __future__ import annotations

import ctypes
import gc
import os
import platform
import random
import re
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QDialog, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from engine.rates import survey as rate_curves
from engine.rates.survey import surveyed
from engine.registry import CODECS
from tests.support.viewer_engine import picture
from tests.support.windows import complete
from viewer.core.command import Command
from viewer.model.session import rate_distortion_changes as rates
from viewer.model.session.capture import apply, capture
from viewer.model.session.history import History
from viewer.model.session.saved import SavedState
from viewer.shell.window import MainWindow
from viewer.ui.modal_overlay import Veil
from viewer.ui.scrubber import ScrubBar

ACTIONS = 300
MOST_GROWTH = 0.10
MODULE_BYTES, MODULE_BLOCKS = 130_000, 700
"""What a module takes that was not loaded before, as those of PyTorch did on average."""
GLIBC = platform.libc_ver() >= ("glibc", "2.33")
SEED = int(os.environ.get("NRC_SOAK_SEED", "20"))
NEURAL = ("e2e", "goog")
NOT_HERE = {
    "quit",  # ends it
    "codec.next", "codec.previous",  # come to codecs whose networks take seconds
    *(f"{start}.{codec}" for start in ("codec", "rates.codec", "rates.preset") for codec in NEURAL),
    "rates.preset.all",
}  # fmt: skip
FAULT = re.compile(r"^\w*(Error|Exception|Warning)\b|\bfault\b")
"""How messages of mistakes in the program begin, as against those of its users'."""


@pytest.fixture
def window(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """Curves have two points each, and there are none of codecs whose networks take seconds."""
    monkeypatch.setattr(rate_curves, "SURVEYED", {codec: surveyed(codec)[3:8:4] for codec in CODECS})
    for codec in NEURAL:
        window.controller.change(lambda state, codec=codec: rates.toggle_codec(state, codec))  # type: ignore[misc]
    window.controller.undo.history = History()  # undoing would bring them again
    return window


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Pictures and a stream to open, of several sizes."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, (height, width) in enumerate(((45, 70), (64, 48), (33, 90), (80, 80))):
        image = Image.fromarray(picture(height, width, seed=number).pixels)
        image.save(folder / f"{number}.png")
        image.save(folder / f"{number}.jpg", quality=20)
    return sorted(folder.iterdir())


@pytest.fixture
def dialogs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, files: list[Path]) -> Iterator[None]:
    """Files are chosen at once: saved where nothing else is, opened from what there is; other dialogs and
    menus are closed again."""
    out = tmp_path / "out"
    out.mkdir()
    chance = random.Random(SEED)

    def save(_window: object, _title: str, proposal: str, kinds: str = "", **_: object) -> tuple[str, str]:
        return str(out / Path(proposal).name), kinds.split(";;")[0]

    def offered(kinds: str) -> list[Path]:
        there = [*files, *out.iterdir()]
        return [path for path in there if path.suffix and f"*{path.suffix.lower()}" in kinds]

    def load(_window: object, _title: str, _folder: str, kinds: str = "") -> tuple[str, str]:
        known = offered(kinds)
        return (str(chance.choice(known)) if known else "", "")

    def several(*arguments: str) -> tuple[list[str], str]:
        return [name for name in (load(*arguments)[0], load(*arguments)[0]) if name], ""

    yes = QMessageBox.StandardButton.Yes
    monkeypatch.setattr(QFileDialog, "getSaveFileName", save)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", load)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", several)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(files[0].parent))
    monkeypatch.setattr(QMessageBox, "question", lambda *_: yes)
    monkeypatch.setattr(QMessageBox, "about", lambda *_: None)
    closing = QTimer()
    closing.setInterval(10)
    closing.timeout.connect(close_popups)
    closing.start()
    yield
    closing.stop()


def close_popups() -> None:
    """Nobody is there to close menus and dialogs that wait for it."""
    for widget in (QApplication.activePopupWidget(), QApplication.activeModalWidget()):
        if isinstance(widget, QDialog):
            widget.reject()
        elif widget is not None:
            widget.close()


class Hand:
    """Somebody who does whatever comes to mind. `log` holds what was done."""

    def __init__(self, window: MainWindow, qtbot: QtBot, files: list[Path], seed: int) -> None:
        self._window, self._qtbot, self._files = window, qtbot, files
        self._chance = random.Random(seed)
        self.log: list[str] = []
        self._ways: tuple[tuple[int, Callable[[], str]], ...] = (
            (60, self._command), (14, self._mouse), (6, self._open), (6, self._slide), (6, self._press_key),
            (4, self._push), (3, self._resize), (3, self._let_go_on),
        )  # fmt: skip

    def act(self) -> None:
        """One action, and a moment for the window; now and then wait for what it set going."""
        weights, ways = zip(*self._ways, strict=True)
        self.log.append("…")
        self.log[-1] = self._chance.choices(ways, weights)[0]()
        QApplication.processEvents()
        if self._chance.random() < 0.15:
            self.wait()

    def run(self, command: Command) -> None:
        """One command, if it can be used; and wait for what it sets going."""
        self._window.menus.show_state()
        if command.id not in NOT_HERE and self._window.menus.by_id[command.id].isEnabled():
            self.log.append(command.id)
            self._window.menus.run(command.id)
            QApplication.processEvents()
            self.wait()

    def wait(self) -> None:
        """Until nothing is left to be computed; the lab would learn for longer than anybody waits."""
        if self._window.lab.runner.playing:
            self._window.lab.runner.pause()
        complete(self._qtbot, self._window)

    def _usable(self) -> list[Command]:
        menus = self._window.menus
        menus.show_state()
        return [each for each in menus.table if each.id not in NOT_HERE and menus.by_id[each.id].isEnabled()]

    def _command(self) -> str:
        command = self._chance.choice(self._usable())
        self._window.menus.run(command.id)
        return command.id

    def _press_key(self) -> str:
        command = self._chance.choice([each for each in self._usable() if each.keys])
        QTest.keySequence(self._window, command.keys[0])
        return f"key {command.keys[0]}"

    def _place(self) -> QPoint:
        panes = self._window.panes
        return QPoint(self._chance.randrange(panes.width()), self._chance.randrange(panes.height()))

    def _mouse(self) -> str:
        panes, at = self._window.panes, self._place()
        buttons, none = Qt.MouseButton, Qt.KeyboardModifier.NoModifier
        what = self._chance.choice(("hover", "click", "shift-click", "double click", "drag", "wheel"))
        if what == "hover":
            QTest.mouseMove(panes, at)
        elif what == "wheel":
            turn = QPoint(0, self._chance.choice((-240, -120, 120, 240, 600)))
            place = QPointF(at), QPointF(panes.mapToGlobal(at))
            phase = Qt.ScrollPhase.NoScrollPhase
            panes.wheelEvent(QWheelEvent(*place, QPoint(), turn, buttons.NoButton, none, phase, False))
        elif what == "drag":
            QTest.mousePress(panes, buttons.LeftButton, none, at)
            for _ in range(3):
                QTest.mouseMove(panes, self._place())
            QTest.mouseRelease(panes, buttons.LeftButton, none, self._place())
        elif what == "double click":
            QTest.mouseDClick(panes, buttons.LeftButton, none, at)
        else:
            shift = Qt.KeyboardModifier.ShiftModifier if what.startswith("shift") else none
            QTest.mouseClick(panes, buttons.LeftButton, shift, at)
        return f"{what} at {at.x()}, {at.y()}"

    def _open(self) -> str:
        path, received = self._chance.choice(self._files), self._chance.random() < 0.3
        received = received and path.suffix == ".jpg"
        self._window.controller.documents.open_path(path, received)
        return f"open {path.name}{' as received' if received else ''}"

    def _slide(self) -> str:
        sliders = [
            each for each in self._window.findChildren(ScrubBar) if each.isVisible() and each.isEnabled()
        ]
        if not sliders:
            return "no slider"
        slider = self._chance.choice(sliders)
        for _ in range(self._chance.randrange(1, 5)):
            slider.setValue(self._chance.randint(slider.minimum(), slider.maximum()))
        return f"slide {slider.accessibleName()} to {slider.value()}"

    def _push(self) -> str:
        """Any button or list of the window's own that can be used, but those of codecs."""
        window = self._window
        kinds = (*window.findChildren(QAbstractButton), *window.findChildren(QComboBox))
        usable = [
            each for each in kinds
            if each.isVisible() and each.isEnabled() and not window.ratesbar.isAncestorOf(each)
            and each is not window.toolbar.codec
        ]  # fmt: skip
        if not usable:
            return "no button"
        widget = self._chance.choice(usable)
        name = widget.accessibleName() or type(widget).__name__
        if isinstance(widget, QComboBox):
            widget.setCurrentIndex(self._chance.randrange(max(1, widget.count())))
            return f"choose {widget.currentText()} of {name}"
        widget.click()
        return f"push {name}"

    def _resize(self) -> str:
        size = self._chance.choice(((1280, 800), (900, 600), (700, 480), (1100, 700)))
        self._window.resize(*size)
        return f"resize to {size}"

    def _let_go_on(self) -> str:
        self._qtbot.wait(30)
        return "wait"


def settle(window: MainWindow, qtbot: QtBot, home: Path, base: SavedState | None = None) -> None:
    """Back to one picture and to the settings of the beginning, with nothing open or running."""
    control = window.controller
    for veil in window.findChildren(Veil):
        veil.close_veil()
    window.exports.exporter.cancel()
    if window.isFullScreen():
        window.showNormal()
    window.resize(1000, 640)
    if window.lab.runner.playing:
        window.lab.runner.pause()
    if control.session.size is not None:
        complete(qtbot, window)
    window.lessons.close()
    control.documents.open_path(home)
    qtbot.waitUntil(lambda: control.session.name == home.name and control.complete(), timeout=30_000)
    if base is not None:
        control.change(lambda session: apply(session, base))
    window.panes.fit()
    complete(qtbot, window)


class _Heap(ctypes.Structure):
    """mallinfo2(3)."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks",
            "keepcost",
        )
    ]  # fmt: skip


def bytes_in_use() -> int:
    """Resident memory of this process, less what is free in it but lies between what is not."""
    gc.collect()
    libc = ctypes.CDLL("libc.so.6")
    libc.malloc_trim(0)
    libc.mallinfo2.restype = _Heap
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    free: int = libc.mallinfo2().fordblks
    return pages * os.sysconf("SC_PAGE_SIZE") - free


def lanes() -> Counter[str]:
    """Names of the threads that work for windows."""
    return Counter(thread.name for thread in threading.enumerate() if thread.name.startswith("nrc-"))


def test_the_new_pages_take_part(window: MainWindow) -> None:
    taking = {each.id for each in window.menus.table} - NOT_HERE
    assert taking >= {
        "repair", "repair.folder", "repair.start", "bench", "bench.folder", "bench.start", "bench.open",
        "present", "present.spot", "present.magnifier", "present.poll", "present.notes", "blind", "class",
        "class.next", "glossary", "tour", "scan.diagram", "show.network", "open.model", "save.figure", "lab",
        "lab.play", "lessons", "lessons.next",
    }  # fmt: skip


@pytest.mark.alone
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("dialogs")
def test_random_actions_leave_the_program_as_it_was(
    window: MainWindow, qtbot: QtBot, files: list[Path]
) -> None:
    failures: list[str] = []
    window.controller.failed.connect(failures.append)
    settle(window, qtbot, files[1])
    base = capture(window.controller.session)
    hand = Hand(window, qtbot, files, SEED)

    def try_out(act: Callable[[], None]) -> None:
        with qtbot.captureExceptions() as exceptions:
            try:
                act()
            except Exception as error:
                error.add_note(f"seed {SEED}, the last of {len(hand.log)} actions: {hand.log[-12:]}")
                raise
        told = f"seed {SEED}, the last of {len(hand.log)} actions: {hand.log[-12:]}"
        assert not exceptions, f"{exceptions[0][1]!r}: {told}"
        faults = [text for text in failures if FAULT.search(text) or "\n" in text]
        assert not faults, f"{faults}: {told}"

    for command in window.menus.table:  # loads what is loaded late, and fills caches
        try_out(partial(hand.run, command))
    settle(window, qtbot, files[1], base)
    blocks, before, loaded = sys.getallocatedblocks(), bytes_in_use() if GLIBC else 0, len(sys.modules)
    for _ in range(ACTIONS):
        try_out(hand.act)
    settle(window, qtbot, files[1], base)
    assert not set(NEURAL) & set(window.controller.session.rates.codecs)
    assert all(count == 1 for count in lanes().values()), lanes()
    modules = len(sys.modules) - loaded  # what is loaded late stays
    if before:
        growth = (bytes_in_use() - modules * MODULE_BYTES) / before - 1
        assert growth < MOST_GROWTH, f"memory grew by {growth:.0%} from {before >> 20} MiB"
    gc.collect()
    more = (sys.getallocatedblocks() - modules * MODULE_BLOCKS) / blocks - 1  # Python's own objects
    assert more < MOST_GROWTH / 2, f"Python's objects grew by {more:.1%}, besides {modules} modules"
    window.close()
    assert not lanes()
