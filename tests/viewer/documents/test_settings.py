"""Settings: what is written comes back, and garbage counts as never set."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from engine.types import Context
from tests.support.viewer_engine import session
from viewer.documents.session_file import read
from viewer.documents.settings import RECENT, VERSION, Layout, Settings
from viewer.model.session import pages as s
from viewer.model.session.capture import apply
from viewer.model.session.choices import Mode, Overlay, Page, Scale
from viewer.model.session.compare import ComparePage, Entry
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
from viewer.model.session.rate_distortion import Decode, Metric, Rates, RatesPage
from viewer.model.session.rate_distortion_changes import open_rates
from viewer.model.session.saved import View
from viewer.model.session.state import Options, Session
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


# ---- what earlier versions wrote -------------------------------------------------------------------------

WRITTEN = Path(__file__).parent / "written"
"""Settings and a session file as they were written before each setting was declared once."""


def as_it_was(state: Session) -> None:
    """What both hold, as it was set."""
    assert state.options == Options(
        decoder="raster", bits_per_pixel=0.42, quality=15, subsampling="4:4:4", steps=5,
        context=Context.NONCAUSAL, carry=True,
    )  # fmt: skip
    assert (state.overlay, state.opacity, state.absolute, state.gain) == (Overlay.RINGING, 0.3, True, 8)
    assert state.show_inside
    assert state.compare.entries == (Entry("sweep"), Entry("raster", Context.CAUSAL))
    assert (state.compare.original, state.compare.standard) == (True, False)
    assert state.rates == Rates(
        RatesPage.EQUAL, Metric.MS_SSIM, hidden=frozenset({"jpeg2000-nomct", "webp"}), published=False,
        preset="goog", decode=Decode.BOTH,
    )  # fmt: skip
    assert state.looking == replace(
        state.looking, luma=True, scale=Scale.ROOT, blink_rate=5.0, minimap=False, pixels=False
    )


def test_settings_of_an_earlier_version_still_load(tmp_path: Path) -> None:
    path = tmp_path / "settings.ini"
    path.write_bytes((WRITTEN / "settings-1.ini").read_bytes())
    settings = Settings(QSettings(str(path), QSettings.Format.IniFormat))
    state = settings.load_session(session())
    as_it_was(state)
    assert (state.speed, state.theme, state.text_scale) == (2.0, "light", 125)
    assert state.chosen == (("jpeg", "raster"),)
    assert settings.recent() == (Path("/pictures/a.png"),)
    settings.save_session(state)
    assert settings.load_session(session()).rates == state.rates
    as_it_was(settings.load_session(session()))


def test_session_files_of_an_earlier_version_still_load() -> None:
    saved = read(WRITTEN / "session-1.nrcsession")
    state = apply(session(), saved.state)
    as_it_was(state)
    assert (state.page, state.mode, state.wipe) == (Page.PICTURES, Mode.WIPE, ("original", "estimate"))
    assert (state.order, state.step) == (("standard", "estimate", "error/estimate", "step/1"), 1)
    assert (state.pinned, state.compare.page) == ((1, 2), ComparePage.TABLE)
    assert saved.state.view == View(False, 12.5, (0.25, 0.75), 0.4)
    assert saved.slots[0] is not None
    assert saved.slots[1:] == (None,) * 7
    compared = apply(session(), saved.slots[0])
    assert (compared.page, compared.mode) == (Page.COMPARE, Mode.SIDE)


def test_what_is_open_is_not_remembered(store: QSettings) -> None:
    state = open_rates(replace(session(), step=1, order=("estimate", "original")))
    Settings(store).save_session(state)
    back = again(store).load_session(session())
    assert (back.page, back.step, back.order) == (Page.PICTURES, None, session().order)
    assert "step" not in json.loads(str(store.value("session")))
