"""Files of every codec in the window: opened, dropped, received, saved; and the next start. Tiny networks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from engine import pipeline
from engine.codecs.facts import CODEC_FACTS
from engine.errors import UserError
from engine.types import EncodeOptions
from tests.support.codec_windows import CARDS, choose, run
from tests.support.viewer_engine import Engine, picture
from tests.support.windows import Make, complete, drop
from viewer.documents.settings import Settings
from viewer.launch.arguments import check
from viewer.launch.build import first_session
from viewer.launch.request import Launch
from viewer.model.session.choices import Page
from viewer.model.session.state import Session
from viewer.shell.window import MainWindow

Key = Qt.Key

pytestmark = [pytest.mark.cards(CARDS), pytest.mark.usefixtures("tiny_codecs")]


# ---- files -----------------------------------------------------------------------------------------------


def sent(codec: str, folder: Path, suffix: str = "") -> Path:
    path = folder / f"{codec}{suffix or CODEC_FACTS[codec].suffixes[0]}"
    path.write_bytes(pipeline.encode(codec, picture().pixels, EncodeOptions(quality=3)).payload)
    return path


@pytest.mark.parametrize("codec", ["jpeg2000", "webp", "avif"])
def test_a_dropped_file_is_a_picture_and_may_be_taken_as_received(
    shown: MainWindow, qtbot: QtBot, tmp_path: Path, codec: str
) -> None:
    path = sent(codec, tmp_path)
    drop(shown, path)
    qtbot.waitUntil(lambda: shown.controller.session.name == path.name, timeout=10_000)
    complete(qtbot, shown)
    assert shown.controller.session.picture is not None
    assert CODEC_FACTS[codec].title in shown.banner.words.text()
    fits = codec == "jpeg2000"
    assert shown.banner.other.text() == ("Repair it as received" if fits else "Treat file as received")
    shown.menus.run("received")
    qtbot.waitUntil(lambda: shown.controller.session.stream is not None, timeout=10_000)
    complete(qtbot, shown)
    record = run(shown).refinement
    assert (record.coded.codec, record.coded.payload) == (codec, path.read_bytes())
    assert record.request.decoder == ("sweep-jpeg2000" if fits else "")
    assert shown.toolbar.codec.currentData() == codec
    assert not shown.toolbar.codec.isEnabled()
    assert not shown.toolbar.quality.isVisible()
    assert shown.controller.scene.panes[0].title == f"{CODEC_FACTS[codec].title} as received"
    assert shown.settings.recent()[0] == path.absolute()
    shown.menus.run("received")
    qtbot.waitUntil(lambda: shown.controller.session.picture is not None, timeout=10_000)
    complete(qtbot, shown)
    assert shown.toolbar.codec.currentData() == "jpeg"
    assert run(shown).refinement.request.decoder == "sweep"


@pytest.mark.parametrize("codec", ["e2e", "goog"])
def test_a_container_is_always_a_stream(shown: MainWindow, qtbot: QtBot, tmp_path: Path, codec: str) -> None:
    path = sent(codec, tmp_path)
    drop(shown, path)
    qtbot.waitUntil(lambda: shown.controller.session.stream is not None, timeout=20_000)
    complete(qtbot, shown)
    assert run(shown).refinement.coded.codec == codec
    assert len(run(shown).refinement.stages) == (2 if codec == "goog" else 0)
    assert not shown.banner.other.isVisibleTo(shown.banner)
    assert not shown.menus.by_id["received"].isEnabled()


def test_a_damaged_file_is_one_line(shown: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = sent("goog", tmp_path)
    path.write_bytes(path.read_bytes()[:-5])
    before = shown.controller.session
    drop(shown, path)
    qtbot.waitUntil(lambda: bool(shown.controller.facts.error), timeout=20_000)
    assert shown.controller.facts.error.startswith("goog.nrc: ")
    assert "\n" not in shown.controller.facts.error
    assert shown.controller.session.picture is before.picture


def test_a_received_file_is_saved_with_its_own_ending(
    shown: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sent("jpeg2000", tmp_path, ".j2c")
    shown.controller.documents.open_path(path, received=True)
    qtbot.waitUntil(lambda: shown.controller.session.stream is not None, timeout=10_000)
    complete(qtbot, shown)
    proposed: list[str] = []
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *words: (proposed.append(words[2]), ("", ""))[1]
    )
    shown.files.ask_save_stream()
    assert Path(proposed[0]).name == "jpeg2000-sent.j2c"


def test_dialogs_offer_every_codec_s_files(shown: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *words: (asked.append(words[3]), ([], ""))[1])
    shown.files.ask_open(False)
    shown.files.ask_open(True)
    pictures, received = asked
    assert all(f"*{end}" in pictures for end in (".png", ".jp2", ".webp", ".avif", ".nrc"))
    for facts in CODEC_FACTS.values():
        assert all(f"*{suffix}" in received.split(";;")[0] for suffix in facts.suffixes)


# ---- the next start --------------------------------------------------------------------------------------


def test_another_window_decodes_the_very_same(
    shown: MainWindow, qtbot: QtBot, make: Make, engine: Engine
) -> None:
    choose(qtbot, shown, "jpeg2000")
    shown.save_settings()
    again = make()
    assert again.toolbar.codec.currentData() == "jpeg2000"
    again.controller.documents.open_picture(picture())
    complete(qtbot, again)
    assert run(again).refinement.request == run(shown).refinement.request
    assert run(again).refinement.coded.payload == run(shown).refinement.coded.payload
    assert np.array_equal(run(again).pixels(2), run(shown).pixels(2))


def test_the_command_line_names_codecs(
    engine: Engine, store: QSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.models import card as models

    monkeypatch.setattr(models, "find_card", pipeline.find_card)
    settings = Settings(store)

    def first(**asked: object) -> Session:
        launch = Launch(**asked)  # type: ignore[arg-type]
        check(launch)
        return first_session(launch, settings)

    state = first(codec="goog")
    assert (state.codec, state.options.quality, state.options.decoder) == ("goog", 4, "sweep-goog")
    assert first(codec="webp").options.decoder == ""
    assert first(codec="jpeg2000", bits_per_pixel=0.5).options.bits_per_pixel == 0.5
    assert first(decoder="raster-jpeg2000").codec == "jpeg2000"
    compared = first(compare=("sweep-jpeg2000", "raster-jpeg2000"))
    assert compared.page is Page.COMPARE
    assert compared.codec == "jpeg2000"
    for asked, words in (
        ({"codec": "goog", "quality": 15}, "GOOG-small iterations must lie in 1 to 8"),
        ({"codec": "jpeg", "decoder": "sweep-goog"}, "not trained for JPEG streams"),
        ({"compare": ("sweep", "sweep-goog")}, "different codecs"),
        ({"codec": "jpeg", "compare": ("sweep-jpeg2000", "raster-jpeg2000")}, "not trained for JPEG"),
        ({"codec": "webp", "context": "causal"}, "no decoder for WebP streams"),
    ):
        with pytest.raises(UserError, match=words):
            first(**asked)
