"""Transitions of the window's state."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.types import Context, EncodeOptions
from tests.support.viewer_engine import CARDS, picture, session
from viewer.model.scene.picture import Mode, Overlay
from viewer.model.session import pages as s
from viewer.model.session.pages import Session, Stream

STREAM = Stream("received.jpg", b"\xff\xd8", 45, 70)


def test_an_empty_session_bears_every_transition() -> None:
    empty = Session()
    assert empty.size is None
    assert empty.grid == (0, 0)
    assert empty.name == ""
    for state in (
        s.hover(empty, 3, 3),
        s.leave(empty),
        s.pin_at(empty, 1, 1),
        s.move_pin(empty, 1, 0),
        s.scan_to(empty, 5),
        s.tick(empty, 0, 0),
        s.step_by(empty, 1, 0, 0),
        s.set_context(empty, Context.NONE),
        s.set_carry(empty, True),
        s.set_peek(empty, "original"),
    ):
        assert state.cursor is None
        assert state.pinned is None
        assert state.scan is None
        assert state.peek == ""
    assert not s.needs_run(empty, s.set_quality(empty, 50))


def test_options_that_need_a_run() -> None:
    before = session()
    assert before.request().encode == EncodeOptions(quality=15)
    for after in (
        s.set_quality(before, 30),
        s.set_target(before, 0.5),
        s.set_subsampling(before, "4:4:4"),
        s.set_decoder(before, "raster"),
        s.set_steps(before, 2),
        s.open_picture(before, picture(seed=4)),
        s.open_stream(before, STREAM),
    ):
        assert s.needs_run(before, after)
    for after in (
        s.set_overlay(before, Overlay.BITS),
        s.hover(before, 3, 4),
        s.set_steps(before, 3),  # as trained
        s.toggle_mode(before, Mode.WIPE),
        s.set_theme(before, "light"),
    ):
        assert not s.needs_run(before, after)


def test_quality_and_target_exclude_each_other() -> None:
    target = s.set_target(session(), 0.4)
    assert target.request().encode == EncodeOptions(bits_per_pixel=0.4)
    assert s.set_quality(target, 200).request().encode == EncodeOptions(quality=100)
    assert s.set_quality(target, -3).options.quality == 1
    assert s.set_target(target, -1).options.bits_per_pixel == 0.001


def test_a_received_stream_has_no_encoding() -> None:
    state = s.open_stream(replace(session(), solo="original", wipe=("original", "estimate")), STREAM)
    assert state.picture is None
    assert state.request().encode is None
    assert state.request().image == "received.jpg"
    assert state.size == (45, 70)
    assert state.solo == ""
    assert "original" not in s.panes_available(state)
    assert "original" not in state.wipe
    assert s.set_peek(state, "original").peek == ""


def test_opening_starts_afresh_but_keeps_choices() -> None:
    busy = replace(
        session(), step=1, scan=4, cursor=(1, 1), pinned=(0, 0), playing=True, peek="original", gain=8
    )
    state = s.open_picture(busy, picture(seed=2), sample="coffee")
    assert (state.step, state.scan, state.cursor, state.pinned) == (None, None, None, None)
    assert not state.playing
    assert state.sample == "coffee"
    assert state.gain == 8
    assert state.options == busy.options


def test_a_decoder_gets_only_options_that_it_offers() -> None:
    raster = s.set_carry(s.set_context(s.set_decoder(session(), "raster"), Context.CAUSAL), True)
    assert raster.options.context is Context.CAUSAL
    assert raster.options.carry
    sweep = s.set_decoder(replace(raster, scan=3, step=1), "sweep")
    assert sweep.options.context is Context.BOTH
    assert not sweep.options.carry
    assert sweep.scan is None
    assert s.set_context(sweep, Context.NONE).options.context is Context.BOTH
    assert not s.set_carry(sweep, True).options.carry


def test_steps_follow_the_newest_until_one_is_chosen() -> None:
    state = session()
    assert s.shown_step(state, 0) == 0
    assert s.shown_step(state, 2) == 2
    chosen = s.choose_step(state, 1, ready=2, planned=3)
    assert s.shown_step(chosen, 3) == 1
    assert s.choose_step(chosen, 9, ready=2, planned=3).step == 2
    assert s.choose_step(chosen, 3, ready=3, planned=3).step is None
    assert s.choose_step(chosen, -4, ready=3, planned=3).step == 0
    assert s.step_by(state, -1, ready=3, planned=3).step == 2
    assert s.shown_step(replace(state, step=3), 1) == 1  # a new run has fewer so far


def test_playing_runs_to_the_end_and_starts_over() -> None:
    state = s.toggle_play(session(), ready=3, planned=3)
    assert state.playing
    seen = []
    while state.playing:
        seen.append(s.shown_step(state, 3))
        state = s.tick(state, 3, 3)
    assert seen == [0, 1, 2]
    assert s.shown_step(state, 3) == 3
    assert s.tick(state, 3, 3) is state


def test_playing_waits_for_steps_to_come() -> None:
    state = replace(session(), step=1, playing=True)
    assert s.tick(state, ready=1, planned=3) is state
    assert s.tick(state, ready=2, planned=3).step == 2


def test_stepping_pauses_playback() -> None:
    playing = s.toggle_play(session(), 3, 3)
    assert not s.step_by(playing, 1, 3, 3).playing
    assert not s.toggle_play(playing, 3, 3).playing
    assert not s.scan_to(s.set_decoder(playing, "raster"), 3).playing


def test_the_scan_belongs_to_decoders_that_scan() -> None:
    assert s.scan_total(session()) == 0
    assert s.scan_to(session(), 3).scan is None
    raster = s.set_decoder(session(), "raster")
    assert raster.grid == (6, 9)
    assert s.scan_total(raster) == 54
    assert s.scan_to(raster, 500).scan == 53
    assert s.scan_to(raster, -2).scan == 0
    playing = s.toggle_play(s.scan_to(raster, 50), 2, 2)
    playing = s.tick(playing, 2, 2, patches=2)
    assert (playing.scan, playing.playing) == (52, True)
    playing = s.tick(playing, 2, 2, patches=2)
    assert (playing.scan, playing.playing) == (53, False)
    assert s.toggle_play(playing, 2, 2).scan == 0
    assert s.scan_end(playing).scan is None


def test_hovering_and_pinning() -> None:
    state = s.hover(session(), 17, 9)
    assert s.active_patch(state) == (1, 2)
    assert s.hover(state, 70, 9).cursor is None
    assert s.hover(state, 3, -1).cursor is None
    pinned = s.pin_at(state, 40, 20)
    assert pinned.pinned == (2, 5)
    assert s.active_patch(s.hover(pinned, 0, 0)) == (2, 5)
    assert s.pin_at(pinned, 41, 21).pinned is None
    assert s.pin_at(pinned, -1, 0).pinned is None
    assert s.unpin(pinned).pinned is None
    assert s.active_patch(s.leave(state)) is None
    scanning = s.scan_to(s.set_decoder(session(), "raster"), 11)
    assert s.active_patch(scanning) == (1, 2)


def test_the_pin_moves_inside_the_picture() -> None:
    state = s.move_pin(session(), 0, 1)
    assert state.pinned == (3, 4)  # first the middle, then on from there
    for _ in range(20):
        state = s.move_pin(state, 1, 1)
    assert state.pinned == (5, 8)
    assert s.move_pin(replace(state, pinned=(0, 0)), -1, -1).pinned == (0, 0)


def test_modes_and_panes() -> None:
    state = s.toggle_mode(session(), Mode.WIPE)
    assert state.mode is Mode.WIPE
    assert s.swap(state).wipe == ("estimate", "standard")
    assert s.toggle_mode(state, Mode.WIPE).mode is Mode.SIDE
    solo = s.solo_pane(state, 3)
    assert (solo.mode, solo.solo) == (Mode.SIDE, "estimate")
    assert s.solo_pane(solo, 3).solo == ""
    assert s.solo_pane(solo, 0).solo == ""
    assert s.solo_pane(solo, 4) is solo
    assert s.swap(session()).order == ("original", "estimate", "standard")
    assert s.set_wipe(session(), "original", "estimate").mode is Mode.WIPE
    assert s.set_gain(state, 8).gain == 8
    assert s.set_gain(state, 3).gain == 4
    assert s.toggle_overlay(s.toggle_overlay(state, Overlay.GRID), Overlay.GRID).overlay is Overlay.NONE
    assert s.set_opacity(state, 7).opacity == 1.0


@pytest.mark.parametrize("speed", [0.01, 1.0, 99.0])
def test_speed_is_kept_within_reason(speed: float) -> None:
    assert s.MIN_SPEED <= s.set_speed(session(), speed).speed <= s.MAX_SPEED


def test_cards_are_found_by_name() -> None:
    assert session().card is CARDS[0]
    gone = replace(session().options, decoder="elsewhere")
    assert replace(session(), options=gone).card is None
    assert s.set_decoder(session(), "elsewhere").card is CARDS[0]
