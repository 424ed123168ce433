"""Models of several codecs and what tests do with them in a window."""

from __future__ import annotations

from dataclasses import replace

from pytestqt.qtbot import QtBot

from tests.support.viewer_engine import card
from tests.support.windows import complete
from viewer.shell.window import MainWindow

CARDS = (
    card("sweep", "sweep"),
    card("raster", "raster", 2, carry=True),
    replace(card("sweep-goog", "sweep", 2), codecs=("goog",)),
    replace(card("sweep-jpeg2000", "sweep", 2), codecs=("jpeg2000",)),
    replace(card("raster-jpeg2000", "raster", 2), codecs=("jpeg2000",)),
    replace(card("learner-bptt-1", "raster", 2), study="learners"),
)


def choose(qtbot: QtBot, window: MainWindow, codec: str) -> None:
    """Pick a codec in the toolbar."""
    box = window.toolbar.codec
    at = box.findData(codec)
    box.setCurrentIndex(at)
    box.activated.emit(at)
    complete(qtbot, window)


def run(window: MainWindow):  # type: ignore[no-untyped-def]
    found = window.controller.facts.run
    assert found is not None
    return found
