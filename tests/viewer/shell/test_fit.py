"""Every page, lesson and dialog, in a small window with large text and in a usual one: no text is cut, none
lies over another. `tests/bench/walk.py` goes through all sizes, texts and both themes."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from engine.rates import survey as rate_curves
from engine.rates.survey import surveyed
from engine.registry import CODECS
from tests.support.cut_texts import faults_of, watching
from tests.support.rate_windows import CODECS_HERE
from tests.support.viewer_engine import STUDY_CARDS, picture
from tests.support.window_walk import Found, Setting, walk
from tests.support.windows import complete
from viewer.model.session import rate_distortion_changes as r
from viewer.shell.window import MainWindow

QUICK = ("repair", "messages")
"""Sections of the walk that every run of the tests goes through, in a usual window."""
pytestmark = pytest.mark.cards(STUDY_CARDS)
SETTINGS = ((QSize(900, 600), 200, "light"), (QSize(1280, 720), 125, "dark"))


@pytest.fixture
def received(tmp_path: Path) -> Path:
    path = tmp_path / "holiday.jpg"
    held = io.BytesIO()
    Image.fromarray(picture(96, 144).pixels).save(held, "JPEG", quality=20)
    path.write_bytes(held.getvalue())
    return path


@pytest.fixture
def few_codecs(monkeypatch: pytest.MonkeyPatch, window: MainWindow) -> MainWindow:
    """Curves of two points, and none of codecs whose networks take seconds."""
    monkeypatch.setattr(rate_curves, "SURVEYED", {codec: surveyed(codec)[3:8:4] for codec in CODECS})
    for codec in CODECS:
        if codec not in CODECS_HERE:
            window.controller.change(lambda state, codec=codec: r.toggle_codec(state, codec))  # type: ignore[misc]
    return window


def faults(
    window: MainWindow, qtbot: QtBot, received: Path, settings: tuple[Setting, ...], *sections: str
) -> list[str]:
    window.controller.documents.open_picture(picture(96, 144))
    found: list[Found] = list(walk(window, lambda: complete(qtbot, window), settings, received, sections))
    return [line for each in found for line in each.lines()]


@pytest.mark.skipif("NRC_WALK" not in os.environ, reason="asked for by NRC_WALK=1: it takes minutes")
def test_no_text_is_cut_anywhere(few_codecs: MainWindow, qtbot: QtBot, received: Path) -> None:
    lines = faults(few_codecs, qtbot, received, SETTINGS)
    assert not lines, "\n".join(lines[:40])


def test_no_text_is_cut_on_pages_of_files_and_folders(
    few_codecs: MainWindow, qtbot: QtBot, received: Path
) -> None:
    lines = faults(few_codecs, qtbot, received, SETTINGS[1:], *QUICK)
    assert not lines, "\n".join(lines[:40])


def test_a_cut_a_hidden_and_an_overlapping_text_are_found(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(300, 200)
    holder = QWidget(window)
    holder.resize(300, 200)
    narrow, beyond = QLabel("far too long for its place", holder), QLabel("beyond", holder)
    one, other = QPushButton("one", holder), QPushButton("another", holder)
    narrow.setGeometry(0, 0, 40, 20)
    beyond.setGeometry(280, 30, 80, 20)
    one.setGeometry(0, 60, 100, 30)
    other.setGeometry(80, 60, 120, 30)
    window.show()
    with watching() as watch:
        kinds = sorted(fault.kind for fault in faults_of(window, watch))
    assert kinds == ["cut", "outside", "overlap"]
