"""Which panes there are, blinking, differences and view slots: transitions of the session."""

from __future__ import annotations

import json
from dataclasses import replace

from engine.types import Context
from tests.support.viewer_engine import CARDS, Engine, picture, run, session
from viewer.model.facts.facts import Facts
from viewer.model.session import compare_changes as c
from viewer.model.session import pages as s
from viewer.model.session import panes as p
from viewer.model.session import view_changes as v
from viewer.model.session.choices import BLINK_RATES, PANES, SLOTS, Mode, Overlay, Page, Scale
from viewer.model.session.compare import Entry
from viewer.model.session.opening import open_picture, open_stream
from viewer.model.session.options import set_decoder, set_quality
from viewer.model.session.saved import View
from viewer.model.session.saved_json import values_from_json, values_to_json
from viewer.model.session.setting import declared
from viewer.model.session.state import Session, Stream
from viewer.model.session.view_changes import blink, set_blinking, set_mode, toggle_mode
from viewer.panes import slots
from viewer.panes.names import pair_names, pane_choices, pane_name

RASTER = Entry("raster", Context.CAUSAL)
STREAM = Stream("a.jpg", b"", 40, 56)


def test_keys_name_steps_and_decoders() -> None:
    assert p.step_of(p.step_key(-3)) == -3
    assert p.step_of("step/12") == 12
    assert p.entry_of_key(p.decoder_key(RASTER)) == RASTER
    for nonsense in ("step/x", "step/", "step/9999", "decoder/raster", "decoder//both", "other", ""):
        assert not p.is_pane(nonsense), nonsense
    assert all(p.is_pane(key) for key in (*PANES, *p.ERRORS, "step/0", "decoder/a/b/both"))
    assert not p.is_picture("change")


def test_panes_are_added_and_removed_within_one_and_six() -> None:
    state = session()
    for key in ("step/0", "step/1", "change"):
        state = p.toggle_pane(state, key)
    assert s.panes_available(state) == (*PANES, "step/0", "step/1", "change")
    assert p.toggle_pane(state, "step/2") is state
    for key in (*PANES, "step/0", "step/1"):
        state = p.toggle_pane(state, key)
    assert state.order == ("change",)
    assert p.toggle_pane(state, "change") is state
    assert p.toggle_pane(state, "nonsense") is state
    assert p.set_panes(state, ("nonsense",)) is state
    assert p.reset_panes(state).order == PANES


def test_a_removed_pane_is_not_alone_any_longer() -> None:
    alone = s.solo_pane(session(), 2)
    assert alone.solo == "standard"
    assert p.toggle_pane(alone, "standard").solo == ""
    assert p.toggle_pane(alone, "original").solo == "standard"


def test_without_an_original_its_panes_are_left_out_but_not_forgotten() -> None:
    state = p.set_panes(session(), ("original", "error/estimate", "estimate"))
    received = open_stream(state, STREAM)
    assert s.panes_available(received) == ("estimate",)
    assert received.order == state.order
    only = open_stream(p.set_panes(session(), ("original",)), STREAM)
    assert s.panes_available(only) == ("estimate",)
    kept = p.set_panes(received, ("original", "estimate"))
    assert p.toggle_pane(kept, "estimate") is kept  # nothing that can be shown would remain


def test_the_step_that_is_shown_gets_a_pane_and_loses_it() -> None:
    kept = p.keep_step(session(), 2)
    assert kept.order == (*PANES, "step/2")
    assert p.keep_step(kept, 2).order == PANES


def test_decoders_are_those_of_the_panes_or_of_the_pair() -> None:
    state = p.toggle_pane(session(), p.decoder_key(RASTER))
    assert p.decoders_beside(state) == (RASTER,)
    assert p.decoders_beside(set_mode(state, Mode.WIPE)) == ()
    wiped = p.set_pair(set_mode(state, Mode.WIPE), second=p.decoder_key(RASTER))
    assert wiped.wipe == ("standard", p.decoder_key(RASTER))
    assert p.decoders_beside(wiped) == (RASTER,)
    gone = p.toggle_pane(session(), "decoder/elsewhere/both")
    assert p.decoders_beside(gone) == ()


def test_choosing_the_other_picture_of_the_pair_exchanges_the_two() -> None:
    state = session()
    assert p.set_pair(state, first="estimate").wipe == ("estimate", "standard")
    assert p.set_pair(state, second="original").wipe == ("standard", "original")
    assert p.set_pair(state, second="change").wipe == state.wipe
    names = dict(pair_names(p.toggle_pane(state, "step/1")))
    assert names == {"original": "Original", "standard": "JPEG", "estimate": "Refined", "step/1": "Step 1"}
    assert "original" not in dict(pair_names(open_stream(state, STREAM)))


def test_choices_say_why_not(engine: Engine) -> None:
    state = session()
    groups = pane_choices(state, Facts(run=run(state)))
    assert [group.title for group in groups] == [
        "Pictures", "Differences", "Steps that stay", "Other decoders: main decoders",
    ]  # fmt: skip
    steps = groups[2].choices
    assert [choice.title for choice in steps] == ["Step 0", "Step 1", "Step 2", "Step 3"]
    decoders = [choice.key for choice in groups[3].choices]
    assert "decoder/sweep/both" not in decoders  # that is the refined pane
    assert p.decoder_key(RASTER) in decoders
    full = p.set_panes(state, (*PANES, "step/0", "step/1", "step/2"))
    choice = next(each for group in pane_choices(full, Facts()) for each in group.choices if not each.shown)
    assert choice.why == "there are 6 panes already"
    (one,) = (
        each for each in pane_choices(p.set_panes(state, ("estimate",)), Facts())[0].choices if each.shown
    )
    assert one.why == "one pane remains"
    original = pane_choices(open_stream(state, STREAM), Facts())[0].choices[0]
    assert original.why == "there is no original"


# ---- blinking ----------------------------------------------------------------------------------------------


def test_blinking_takes_turns_at_a_rate_and_by_hand() -> None:
    state = toggle_mode(session(), Mode.BLINK)
    assert (state.mode, state.blinking, state.looking.second) == (Mode.BLINK, True, False)
    beaten = blink(state)
    assert beaten.looking.second
    assert not blink(beaten).looking.second
    by_hand = v.flip_pair(beaten)
    assert (by_hand.looking.second, by_hand.blinking, by_hand.mode) == (False, False, Mode.BLINK)
    assert blink(by_hand) is by_hand
    assert v.toggle_running(by_hand).blinking
    assert v.show_side(state, True).looking.second
    assert not v.show_side(state, True).blinking
    started = v.flip_pair(session())
    assert (started.mode, started.looking.second, started.blinking) == (Mode.BLINK, True, False)
    for end in (toggle_mode(state, Mode.BLINK), set_mode(state, Mode.WIPE), set_blinking(state, False)):
        assert not end.blinking
        assert end.mode is not Mode.BLINK
    assert not v.toggle_running(session()).blinking


def test_the_rate_of_blinking_stays_harmless() -> None:
    state = session()
    assert v.set_blink_rate(state, 50).looking.blink_rate == BLINK_RATES[-1] <= 6
    assert v.set_blink_rate(state, 0).looking.blink_rate == BLINK_RATES[0]
    assert v.blink_rate_by(state, 1).looking.blink_rate == 3.0
    assert v.blink_rate_by(v.set_blink_rate(state, 9), 1).looking.blink_rate == BLINK_RATES[-1]
    assert v.blink_rate_by(v.set_blink_rate(state, 0), -1).looking.blink_rate == BLINK_RATES[0]


def test_the_next_picture_goes_on_blinking() -> None:
    blinking = set_blinking(session(), True)
    assert open_picture(blinking, picture(seed=2)).blinking
    assert not open_picture(v.flip_pair(blinking), picture(seed=2)).blinking
    received = open_stream(p.set_pair(blinking, first="original"), STREAM)
    assert (received.blinking, received.wipe) == (True, ("standard", "estimate"))


def test_choices_are_remembered_and_nonsense_is_not() -> None:
    chosen = v.show_minimap(v.set_blink_rate(v.set_luma(session(), True), 5), False)
    chosen = v.show_pixels(v.set_scale(chosen, Scale.ROOT), False)
    now = {path: each.of(session()) for path, each in declared(Session).items() if "looking." in path}
    record = values_to_json({path: declared(Session)[path].of(chosen) for path in now})
    found = values_from_json(json.loads(json.dumps(record)), "x", now)
    assert found == {path: declared(Session)[path].of(chosen) for path in now}
    assert values_from_json({}, "x", now) == now
    for nonsense in (None, 3, {"scale": "cubic", "blink_rate": [], "luma": "yes", "minimap": 0}):
        assert values_from_json({"looking": nonsense}, "x", now, forgiving=True) == now
    faster = declared(Session)["looking.blink_rate"]
    assert faster.limited(60.0, 2.0) == 2.0


# ---- differences -------------------------------------------------------------------------------------------


def test_scales_and_gains() -> None:
    state = session()
    assert v.gain_by(state, 1).gain == 8
    assert v.gain_by(replace(state, gain=64), 1).gain == 64
    assert v.gain_by(replace(state, gain=1), -1).gain == 1
    rooted = v.set_scale(state, Scale.ROOT)
    assert v.gain_by(rooted, 1).looking.scale is Scale.FIXED
    assert v.set_gain(rooted, 16).looking.scale is Scale.FIXED
    assert v.set_gain(state, 3) is state
    seen = [state.looking.scale]
    for _ in Scale:
        state = v.next_scale(state)
        seen.append(state.looking.scale)
    assert set(seen) == set(Scale)
    assert seen[0] is seen[-1]
    assert v.set_luma(state, True).looking.luma


# ---- slots -------------------------------------------------------------------------------------------------


def test_a_slot_brings_back_what_is_shown_but_not_how_it_was_made() -> None:
    view = View(False, 4.0, (0.25, 0.75))
    first = p.set_panes(s.set_overlay(session(), Overlay.GRID), ("estimate", "step/1", "change"))
    first = replace(v.set_scale(set_mode(first, Mode.DIFFERENCE), Scale.ADAPTIVE), step=2)
    saved = slots.save_slot(first, 3, view)
    other = set_quality(set_decoder(p.reset_panes(saved), "raster"), 40)
    other = replace(v.set_scale(s.set_overlay(other, Overlay.NONE), Scale.FIXED), step=None)
    back = slots.recalled(other, 3)
    assert back.order == ("estimate", "step/1", "change")
    assert (back.mode, back.step, back.overlay) == (Mode.DIFFERENCE, 2, Overlay.GRID)
    assert back.looking.scale is Scale.ADAPTIVE
    assert (back.options.quality, back.options.decoder) == (40, "raster")
    assert back.picture is other.picture
    state = slots.slot_of(back, 3)
    assert state is not None
    assert state.view == view


def test_slots_are_eight_and_may_be_emptied() -> None:
    state = session()
    for number in range(1, SLOTS + 1):
        state = slots.save_slot(state, number, View())
    assert None not in state.looking.slots
    assert slots.save_slot(state, SLOTS + 1, View()) is state
    assert slots.save_slot(state, 0, View()) is state
    cleared = slots.clear_slot(state, 4)
    assert slots.slot_of(cleared, 4) is None
    assert slots.slot_of(cleared, 5) is not None
    assert slots.clear_slot(cleared, 4) is cleared
    assert slots.recalled(cleared, 4) is cleared
    assert slots.save_slot(replace(state, picture=None), 1, View()).looking is state.looking


def test_slots_of_other_pages_bring_these_back() -> None:
    comparing = c.open_compare(session(), (Entry("sweep"), RASTER))
    saved = slots.save_slot(comparing, 1, View())
    assert slots.recalled(c.close_compare(saved), 1).page is Page.COMPARE
    single = slots.save_slot(c.close_compare(saved), 2, View())
    assert slots.recalled(slots.recalled(single, 1), 2).page is Page.PICTURES


def test_slots_say_what_they_hold() -> None:
    assert slots.slot_words(None, 2) == "Slot 2 is empty"
    wiping = replace(set_mode(s.set_overlay(session(), Overlay.BITS), Mode.WIPE), step=1)
    state = slots.slot_of(slots.save_slot(wiping, 2, View(False, 2.0)), 2)
    words = slots.slot_words(state, 2)
    assert words == "Slot 2: wipe received | refined · step 1 · 200 % · bits per patch"
    solo = slots.slot_of(slots.save_slot(s.solo_pane(session(), 1), 1, View()), 1)
    assert slots.slot_words(solo, 1) == "Slot 1: side by side: original · newest step · fitted"
    assert pane_name(p.decoder_key(RASTER)) == "raster, causal"
    assert CARDS[1].name == RASTER.decoder
