"""The table of commands: complete, without collisions, and findable."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from unittest.mock import Mock

import pytest
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from engine.types import Context
from tests.support.viewer_engine import Engine, picture, run, session
from viewer.core.command import find
from viewer.model.facts.facts import Facts
from viewer.model.session import pages as s
from viewer.model.session.choices import Overlay
from viewer.model.session.opening import open_stream
from viewer.model.session.options import set_decoder
from viewer.model.session.state import Session, Stream
from viewer.model.session.view_changes import set_blinking, set_wipe
from viewer.shell.commands import MENUS, commands
from viewer.shell.key_lists import blocks_of, columns_of, key_text

TABLE = commands(Mock())
BY_ID = {command.id: command for command in TABLE}
PROMISED = {
    "Space": "play", "Right": "step.next", "Left": "step.previous", "Home": "step.first", "End": "step.last",
    "Down": "image.next", "Up": "image.previous", "F": "zoom.fit", "Ctrl+0": "zoom.100", "+": "zoom.in",
    "-": "zoom.out", "1": "pane.1", "2": "pane.2", "3": "pane.3", "S": "swap", "D": "mode.difference",
    "G": "overlay.grid", "?": "keys", "Ctrl+Shift+P": "palette", "Ctrl+E": "export", "O": "peek.original",
}  # fmt: skip


def test_names_are_unique_and_menus_known() -> None:
    assert len(BY_ID) == len(TABLE)
    assert {command.menu for command in TABLE} == set(MENUS)
    menus = [command.menu for command in TABLE]
    assert menus == sorted(menus, key=MENUS.index)


def test_keys_are_unique_and_valid() -> None:
    keys = Counter(QKeySequence(key).toString() for command in TABLE for key in command.keys)
    assert "" not in keys
    assert [key for key, times in keys.items() if times > 1] == []


@pytest.mark.parametrize(("key", "name"), PROMISED.items())
def test_keys_that_people_expect(key: str, name: str) -> None:
    assert key in BY_ID[name].keys


def test_every_overlay_and_context_has_a_command() -> None:
    assert {f"overlay.{overlay.name.lower()}" for overlay in Overlay} <= BY_ID.keys()
    assert {f"context.{context.name.lower()}" for context in Context} <= BY_ID.keys()


def test_commands_say_why_they_cannot_be_used(engine: Engine) -> None:
    def why(name: str, state: Session, facts: Facts | None = None) -> str:
        command = BY_ID[name]
        assert command.why_not is not None
        return command.why_not(state, facts or Facts())

    empty, full = Session(), session()
    facts = Facts(run=run(full))
    assert why("save.picture", empty) == "nothing is decoded yet"
    assert why("save.picture", full, facts) == ""
    assert "no scan" in why("scan.start", full, facts)
    assert why("scan.start", set_decoder(full, "raster"), facts) == ""
    assert why("context.causal", full) == "Sweep has no context 'causal'"
    assert why("context.causal", set_decoder(full, "raster")) == ""
    assert why("context.causal", empty) == "no decoder is trained for JPEG streams"
    assert "no state to carry" in why("carry", full)
    assert why("received", full) == "what is open is not a codec's file"
    assert why("received", replace(full, file_codec="jpeg")) == ""
    stream = open_stream(full, Stream("a.jpg", b"", 8, 8))
    assert why("peek.original", stream) == "there is no original"
    assert why("copy.picture", empty) == "nothing is open"


def test_checked_follows_the_session() -> None:
    state = session(picture())
    checked = {command.id: command.checked for command in TABLE if command.checked is not None}
    assert checked["mode.side"](state)
    assert checked["overlay.none"](state)
    assert not checked["mode.wipe"](state)
    wiping = set_wipe(state, "original", "estimate")
    assert checked["mode.wipe"](wiping)
    assert checked["wipe.original.estimate"](s.swap(wiping))
    assert not checked["wipe.standard.estimate"](wiping)
    assert checked["overlay.bits"](s.set_overlay(state, Overlay.BITS))
    assert checked["blink"](set_blinking(state, True))
    assert checked["received"](open_stream(state, Stream("a.jpg", b"", 8, 8)))


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("wipe", "mode.wipe"),
        ("next st", "step.next"),
        ("causal", "context.causal"),
        ("non-causal", "context.noncausal"),
        ("huffman", "overlay.bits"),
        ("save str", "save.stream"),
        ("SCAN", "scan.start"),
        ("fit", "zoom.fit"),
    ],
)
def test_finding_commands(typed: str, first: str) -> None:
    assert find(typed, TABLE)[0].id == first


def test_finding_nothing_and_everything() -> None:
    assert find("xyzzy", TABLE) == []
    assert find("", TABLE) == list(TABLE)


def test_keys_are_written_for_people(qtbot: QtBot) -> None:
    assert key_text(("Left",)) == "←"
    assert key_text(("PgUp",)) == "PgUp"
    assert key_text(("Ctrl+Down",)).endswith("+↓")
    assert key_text(("+", "=", "Ctrl++")) == "+, ="


def test_all_keys_are_listed_numbered_ones_in_one_line(qtbot: QtBot) -> None:
    blocks = blocks_of(TABLE)
    assert [title for title, _ in blocks] == [*MENUS, "Mouse", "Plots"]
    lines = {text: key for _, lines in blocks for key, text in lines}
    assert lines["Pane 1 to 8 only"] == "1 … 8"
    assert lines["Show view 1 to 8"].endswith("1 … 8")
    assert lines["Peek at the original (hold)"] == "O"
    named = [command for command in TABLE if command.keys]
    numbered = [command for command in named if any(letter.isdecimal() for letter in command.text)]
    for command in named:
        if command not in numbered:
            assert any(text.startswith(command.text.rstrip("…")) for text in lines), command.id
    for count in (1, 3, 5):
        columns = columns_of(blocks, count)
        assert sorted(title for column in columns for title, _ in column) == sorted(
            [*MENUS, "Mouse", "Plots"]
        )
