"""Settings: what is written comes back, and garbage counts as never set."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from engine.types import Context
from tests.support.viewer_engine import session
from viewer.documents.settings import RECENT, VERSION, Layout, Settings
from viewer.model.session import pages as s
from viewer.model.session.choices import Overlay
from viewer.model.session.looks import set_theme
from viewer.model.session.options import (
    set_carry,
    set_context,
    set_decoder,
    set_quality,
    set_steps,
    set_subsampling,
    set_target,
)
from viewer.model.session.playback import set_speed
from viewer.model.session.view_changes import set_absolute, set_gain, set_opacity


def again(store: QSettings) -> Settings:
    """What another start finds on disk."""
    store.sync()
    return Settings(QSettings(store.fileName(), QSettings.Format.IniFormat))


def test_a_session_comes_back(store: QSettings) -> None:
    state = set_carry(set_context(set_decoder(session(), "raster"), Context.NONCAUSAL), True)
    state = set_steps(set_subsampling(set_target(state, 0.42), "4:4:4"), 5)
    state = set_gain(set_absolute(s.set_overlay(state, Overlay.RINGING), True), 8)
    state = set_theme(set_speed(set_opacity(state, 0.3), 2.0), "light")
    settings = Settings(store)
    settings.save_session(state)
    settings.sync()
    back = again(store).load_session(session())
    assert back.options == state.options
    for name in ("overlay", "absolute", "gain", "opacity", "speed", "theme"):
        assert getattr(back, name) == getattr(state, name)
    assert back.scan is None


def test_options_that_a_model_lost_fall_back(store: QSettings) -> None:
    state = set_carry(set_context(set_decoder(session(), "raster"), Context.CAUSAL), True)
    Settings(store).save_session(state)
    poorer = tuple(
        replace(card, contexts=(Context.NONE,), carry=False) if card.name == "raster" else card
        for card in state.models
    )
    back = again(store).load_session(replace(session(), models=poorer))
    assert back.options.decoder == "raster"
    assert back.options.context is Context.NONE
    assert not back.options.carry
    gone = again(store).load_session(replace(session(), models=state.models[:1]))
    assert gone.options.decoder == "sweep"


def test_layout_and_recent_files(store: QSettings) -> None:
    settings = Settings(store)
    assert settings.load_layout() == Layout()
    layout = Layout(b"\x00\x01\xffgeometry", {"columns": [900, 300]}, ("film",))
    settings.save_layout(layout)
    paths = [Path(f"/pictures/{number}.png") for number in range(RECENT + 3)]
    for path in paths:
        settings.add_recent(path)
    settings.add_recent(paths[5])
    settings.sync()
    back = again(store)
    assert back.load_layout() == layout
    assert back.recent()[0] == paths[5]
    assert len(back.recent()) == RECENT
    assert len(set(back.recent())) == RECENT
    back.clear_recent()
    assert back.recent() == ()


def test_another_version_starts_afresh(store: QSettings) -> None:
    settings = Settings(store)
    settings.save_session(set_quality(session(), 77))
    settings.sync()
    assert again(store).load_session(session()).options.quality == 77
    store.setValue("version", VERSION + 1)
    assert again(store).load_session(session()).options.quality == 15


WRONG = [
    "", "{", "[]", "null", "true", '"text"', '{"quality": "high"}', '{"quality": NaN}', '{"quality": 1e400}',
    '{"quality": true, "steps": -1, "opacity": [], "speed": {}, "gain": null}', '{"decoder": ["sweep"]}',
    '{"overlay": 3, "theme": 4, "context": {}}', '{"bits_per_pixel": -1}', '{"paths": [1, null, "a"]}',
    '{"geometry": 4, "splitters": [], "hidden": {}}', '{"geometry": "ÄÖ", "splitters": {"columns": ["a"]}}',
    '{"splitters": {"columns": [true, 2]}, "hidden": [1]}',
]  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_garbage_is_no_setting(store: QSettings, text: str) -> None:
    for key in ("session", "layout", "recent"):
        store.setValue(key, text)
    settings = again(store)
    back = settings.load_session(session())
    assert back.options == session().options
    assert back.opacity == session().opacity
    assert back.gain == session().gain
    layout = settings.load_layout()
    assert layout.splitters.get("columns") is None
    assert all(isinstance(path, Path) for path in settings.recent())


def test_a_broken_file_is_no_settings(store: QSettings) -> None:
    rng = random.Random(1)
    settings = Settings(store)
    settings.save_session(set_quality(session(), 50))
    settings.sync()
    path = Path(store.fileName())
    whole = path.read_bytes()
    for _ in range(60):
        broken = bytearray(whole)
        for _ in range(rng.randint(1, 30)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        path.write_bytes(bytes(broken))
        back = Settings(QSettings(str(path), QSettings.Format.IniFormat)).load_session(session())
        assert 1 <= back.options.quality <= 100
        assert back.card is not None
