"""Saved states: captured from a session, brought back to it, written and read, mistakes told."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from enum import Enum

import pytest

from engine.errors import UserError
from engine.lab.settings import as_toml
from engine.types import Context
from tests.support.viewer_engine import CARDS, STUDY_CARDS, picture
from viewer.model.session import compare_changes as compare
from viewer.model.session import pages as s
from viewer.model.session import panes as pane_set
from viewer.model.session import rate_distortion_changes as rates
from viewer.model.session.capture import apply, capture, left_out
from viewer.model.session.choices import Mode, Overlay, Page
from viewer.model.session.compare import Entry
from viewer.model.session.lab import Lab
from viewer.model.session.opening import open_stream
from viewer.model.session.options import set_carry, set_codec, set_context, set_decoder, set_steps, set_target
from viewer.model.session.place import pin_at
from viewer.model.session.playback import scan_to
from viewer.model.session.rate_distortion import RatesPage
from viewer.model.session.saved import View
from viewer.model.session.saved_json import from_json, to_json
from viewer.model.session.setting import declared
from viewer.model.session.state import Options, Session, Stream
from viewer.model.session.view_changes import set_absolute, set_gain, set_mode, set_opacity, set_wipe

START = Session(models=(*CARDS, *STUDY_CARDS[2:]), options=Options(decoder="sweep"), picture=picture())


def raster(session: Session) -> Session:
    session = set_context(set_decoder(session, "raster"), Context.CAUSAL)
    return set_carry(set_steps(session, 5), True)


def looked_at(session: Session) -> Session:
    session = pane_set.set_panes(session, ("standard", "estimate", "error/estimate", "step/1"))
    session = set_opacity(s.set_overlay(set_gain(session, 16), Overlay.GRID), 0.25)
    return replace(pin_at(session, 20, 9), step=1)


WAYS: dict[str, Callable[[Session], Session]] = {
    "as it starts": lambda session: session,
    "decoder": raster,
    "view": looked_at,
    "wipe": lambda session: set_wipe(session, "original", "estimate"),
    "blink": lambda session: set_mode(session, Mode.BLINK),
    "difference": lambda session: set_absolute(set_mode(session, Mode.DIFFERENCE), True),
    "other codec at a rate": lambda session: set_target(set_codec(session, "webp"), 0.5),
    "solo": lambda session: s.solo_pane(session, 2),
    "scan": lambda session: scan_to(raster(session), 17),
    "compare": lambda session: compare.set_steps(compare.open_compare(session), 4),
    "codecs": lambda session: rates.open_rates(session, RatesPage.EQUAL),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_session_comes_back_from_json(way: Callable[[Session], Session]) -> None:
    session = way(START)
    view = View(False, 12.5, (0.25, 0.75), 0.4)
    state = capture(session, view)
    read = from_json(json.loads(json.dumps(to_json(state))), "x")
    assert read == state
    back = apply(looked_at(raster(START)), read)
    assert capture(back, read.view) == state
    assert back.request() == session.request()
    assert back.blinking == session.blinking


def test_a_state_holds_everything_that_is_set() -> None:
    """Whatever differs between two sessions' settings differs between their states, too."""
    states = [to_json(capture(way(START))) for way in WAYS.values()]
    texts = {json.dumps(state, sort_keys=True) for state in states}
    assert len(texts) == len(states)


def test_what_is_not_there_is_left_out_and_told() -> None:
    record = {"decoder": "gone", "overlay": "gone", "panes": ["gone"], "patch": [99, 0], "gain": 3}
    state = from_json(record, "x", capture(START))
    back = apply(START, state)
    assert back.options.decoder == "sweep"
    assert back.order == START.order
    assert (back.overlay, back.pinned, back.gain) == (Overlay.NONE, None, START.gain)
    assert left_out(START, state) == "not installed: gone"
    assert (
        left_out(START, state.having({"options.decoder": "", "options.codec": "gif"}))
        == "unknown codec 'gif'"
    )
    assert left_out(START, capture(START)) == ""


def test_a_received_stream_stays_what_it_is() -> None:
    received = open_stream(START, Stream("a.jpg", b"", 45, 70))
    state = capture(set_wipe(set_codec(START, "webp"), "original", "estimate"))
    back = apply(received, state)
    assert back.codec == "jpeg"
    assert back.options.codec == received.options.codec
    assert "original" not in back.wipe


def test_partial_records_fill_a_base_up() -> None:
    base = capture(looked_at(START), View(False, 3.0))
    read = from_json({"quality": 80, "view": {"fitted": True}, "unknown": 1}, "x", base)
    assert read == replace(base, view=View(True, 3.0)).having({"options.quality": 80})


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ([], "f: holds no state"),
        ({"version": 2}, "f: version 2 is not known"),
        ({"version": True}, "f: version True is not known"),
        ({"quality": "15"}, "f: 'quality' is not a whole number"),
        ({"quality": True}, "f: 'quality' is not a whole number"),
        ({"opacity": float("nan")}, "f: 'opacity' is not a finite number"),
        ({"codec": None}, "f: 'codec' is not a text"),
        ({"absolute": 1}, "f: 'absolute' is not true or false"),
        ({"wipe": ["a"]}, "f: 'wipe' is not a list of 2"),
        ({"panes": "original"}, "f: 'panes' is not a list"),
        ({"view": {"centre": [0, "x"]}}, "f: 'view.centre' is not a number"),
        ({"compared": []}, "f: 'compared' is not a table"),
    ],
)
def test_mistakes_name_the_field(record: object, message: str) -> None:
    with pytest.raises(UserError) as caught:
        from_json(record, "f")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_places_of_panes_become_views_and_back() -> None:
    told = {"fit": False, "zoom": 250.0, "x": 0.25, "y": 0.5, "wipe": 0.75}
    assert View.of(told).panes() == told
    assert from_json({}, "x").view == View()


def test_defaults_of_files_are_those_of_a_new_session() -> None:
    assert from_json({}, "x") == capture(Session())


def test_a_setting_that_can_be_anything_else_comes_back() -> None:
    """Every setting that files keep, one after the other, with another value than a new session has."""
    start = set_decoder(START, "raster")
    for each in declared(Session).values():
        if not each.in_files or each.path in ("scan", "options.codec"):  # these depend on others
            continue
        other = OTHERS.get(each.path) or another(each.of(start))
        assert other != each.of(start), each.path
        state = from_json(json.loads(json.dumps(to_json(capture(each.put(start, other))))), "x")
        assert each.of(apply(start, state)) == other, each.path


OTHERS: dict[str, object] = {
    "page": Page.CODECS,
    "options.decoder": "sweep", "options.bits_per_pixel": 0.5, "options.subsampling": "4:4:4",
    "options.context": Context.CAUSAL, "options.carry": True, "solo": "standard", "step": 2,
    "compare.entries": (Entry("raster"), Entry("sweep")), "order": ("estimate", "original"), "gain": 16,
    "wipe": ("original", "estimate"), "rates.hidden": frozenset({"webp"}), "rates.preset": "goog",
    "opacity": 0.25, "looking.blink_rate": 5.0, "pinned": (1, 2), "compare.baseline": "UORO",
    "lab.preset": "copy", "lab.area": "runs", "rates.anchor": "webp/standard",
    "lab.setup": as_toml(replace(Lab().settings, lanes=("uoro", "tbptt:3"), updates=70)),
}  # fmt: skip


def another(value: object) -> object:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, Enum):
        return list(type(value))[1]
    if isinstance(value, int):
        return value + 1
    assert isinstance(value, tuple)
    return value[::-1]
