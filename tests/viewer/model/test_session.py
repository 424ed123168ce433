"""Transitions of the window's state."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.types import Context, EncodeOptions
from tests.support.viewer_engine import CARDS, picture, session
from viewer.model.session import options as o
from viewer.model.session import pages as s
from viewer.model.session.bench_changes import set_as_measured
from viewer.model.session.choices import MAX_SPEED, MIN_SPEED, Mode, Overlay
from viewer.model.session.looks import set_theme
from viewer.model.session.opening import open_picture, open_stream
from viewer.model.session.options import (
    set_carry,
    set_context,
    set_decoder,
    set_quality,
    set_steps,
    set_subsampling,
    set_target,
)
from viewer.model.session.place import active_patch, hover, leave, move_pin, pin_at, unpin
from viewer.model.session.playback import (
    choose_step,
    scan_end,
    scan_to,
    scan_total,
    set_speed,
    shown_step,
    step_by,
    tick,
    toggle_play,
)
from viewer.model.session.state import Session, Stream, needs_run
from viewer.model.session.view_changes import set_gain, set_opacity, set_peek, set_wipe, toggle_mode

STREAM = Stream("received.jpg", b"\xff\xd8", 45, 70)


def test_an_empty_session_bears_every_transition() -> None:
    empty = Session()
    assert empty.size is None
    assert empty.grid == (0, 0)
    assert empty.name == ""
    for state in (
        hover(empty, 3, 3),
        leave(empty),
        pin_at(empty, 1, 1),
        move_pin(empty, 1, 0),
        scan_to(empty, 5),
        tick(empty, 0, 0),
        step_by(empty, 1, 0, 0),
        set_context(empty, Context.NONE),
        set_carry(empty, True),
        set_peek(empty, "original"),
    ):
        assert state.cursor is None
        assert state.pinned is None
        assert state.scan is None
        assert state.peek == ""
    assert not needs_run(empty, set_quality(empty, 50))


def test_options_that_need_a_run() -> None:
    before = session()
    assert before.request().encode == EncodeOptions(quality=15)
    for after in (
        set_quality(before, 30),
        set_target(before, 0.5),
        set_subsampling(before, "4:4:4"),
        set_decoder(before, "raster"),
        set_steps(before, 2),
        open_picture(before, picture(seed=4)),
        open_stream(before, STREAM),
    ):
        assert needs_run(before, after)
    for after in (
        s.set_overlay(before, Overlay.BITS),
        hover(before, 3, 4),
        set_steps(before, 3),  # as trained
        toggle_mode(before, Mode.WIPE),
        set_theme(before, "light"),
    ):
        assert not needs_run(before, after)


def test_quality_and_target_exclude_each_other() -> None:
    target = set_target(session(), 0.4)
    assert target.request().encode == EncodeOptions(bits_per_pixel=0.4)
    assert set_quality(target, 200).request().encode == EncodeOptions(quality=100)
    assert set_quality(target, -3).options.quality == 1
    assert set_target(target, -1).options.bits_per_pixel == 0.001


def test_a_received_stream_has_no_encoding() -> None:
    state = open_stream(replace(session(), solo="original", wipe=("original", "estimate")), STREAM)
    assert state.picture is None
    assert state.request().encode is None
    assert state.request().image == "received.jpg"
    assert state.size == (45, 70)
    assert state.solo == ""
    assert "original" not in s.panes_available(state)
    assert "original" not in state.wipe
    assert set_peek(state, "original").peek == ""


def test_opening_starts_afresh_but_keeps_choices() -> None:
    busy = replace(
        session(), step=1, scan=4, cursor=(1, 1), pinned=(0, 0), playing=True, peek="original", gain=8
    )
    state = open_picture(busy, picture(seed=2), sample="coffee")
    assert (state.step, state.scan, state.cursor, state.pinned) == (None, None, None, None)
    assert not state.playing
    assert state.sample == "coffee"
    assert state.gain == 8
    assert state.options == busy.options


def test_a_decoder_gets_only_options_that_it_offers() -> None:
    raster = set_carry(set_context(set_decoder(session(), "raster"), Context.CAUSAL), True)
    assert raster.options.context is Context.CAUSAL
    assert raster.options.carry
    sweep = set_decoder(replace(raster, scan=3, step=1), "sweep")
    assert sweep.options.context is Context.BOTH
    assert not sweep.options.carry
    assert sweep.scan is None
    assert set_context(sweep, Context.NONE).options.context is Context.BOTH
    assert not set_carry(sweep, True).options.carry


def test_steps_follow_the_newest_until_one_is_chosen() -> None:
    state = session()
    assert shown_step(state, 0) == 0
    assert shown_step(state, 2) == 2
    chosen = choose_step(state, 1, ready=2, planned=3)
    assert shown_step(chosen, 3) == 1
    assert choose_step(chosen, 9, ready=2, planned=3).step == 2
    assert choose_step(chosen, 3, ready=3, planned=3).step is None
    assert choose_step(chosen, -4, ready=3, planned=3).step == 0
    assert step_by(state, -1, ready=3, planned=3).step == 2
    assert shown_step(replace(state, step=3), 1) == 1  # a new run has fewer so far


def test_playing_runs_to_the_end_and_starts_over() -> None:
    state = toggle_play(session(), ready=3, planned=3)
    assert state.playing
    seen = []
    while state.playing:
        seen.append(shown_step(state, 3))
        state = tick(state, 3, 3)
    assert seen == [0, 1, 2]
    assert shown_step(state, 3) == 3
    assert tick(state, 3, 3) is state


def test_playing_waits_for_steps_to_come() -> None:
    state = replace(session(), step=1, playing=True)
    assert tick(state, ready=1, planned=3) is state
    assert tick(state, ready=2, planned=3).step == 2


def test_stepping_pauses_playback() -> None:
    playing = toggle_play(session(), 3, 3)
    assert not step_by(playing, 1, 3, 3).playing
    assert not toggle_play(playing, 3, 3).playing
    assert not scan_to(set_decoder(playing, "raster"), 3).playing


def test_the_scan_belongs_to_decoders_that_scan() -> None:
    assert scan_total(session()) == 0
    assert scan_to(session(), 3).scan is None
    raster = set_decoder(session(), "raster")
    assert raster.grid == (6, 9)
    assert scan_total(raster) == 54
    assert scan_to(raster, 500).scan == 53
    assert scan_to(raster, -2).scan == 0
    playing = toggle_play(scan_to(raster, 50), 2, 2)
    playing = tick(playing, 2, 2, patches=2)
    assert (playing.scan, playing.playing) == (52, True)
    playing = tick(playing, 2, 2, patches=2)
    assert (playing.scan, playing.playing) == (53, False)
    assert toggle_play(playing, 2, 2).scan == 0
    assert scan_end(playing).scan is None


def test_hovering_and_pinning() -> None:
    state = hover(session(), 17, 9)
    assert active_patch(state) == (1, 2)
    assert hover(state, 70, 9).cursor is None
    assert hover(state, 3, -1).cursor is None
    pinned = pin_at(state, 40, 20)
    assert pinned.pinned == (2, 5)
    assert active_patch(hover(pinned, 0, 0)) == (2, 5)
    assert pin_at(pinned, 41, 21).pinned is None
    assert pin_at(pinned, -1, 0).pinned is None
    assert unpin(pinned).pinned is None
    assert active_patch(leave(state)) is None
    scanning = scan_to(set_decoder(session(), "raster"), 11)
    assert active_patch(scanning) == (1, 2)


def test_the_pin_moves_inside_the_picture() -> None:
    state = move_pin(session(), 0, 1)
    assert state.pinned == (3, 4)  # first the middle, then on from there
    for _ in range(20):
        state = move_pin(state, 1, 1)
    assert state.pinned == (5, 8)
    assert move_pin(replace(state, pinned=(0, 0)), -1, -1).pinned == (0, 0)


def test_modes_and_panes() -> None:
    state = toggle_mode(session(), Mode.WIPE)
    assert state.mode is Mode.WIPE
    assert s.swap(state).wipe == ("estimate", "standard")
    assert toggle_mode(state, Mode.WIPE).mode is Mode.SIDE
    solo = s.solo_pane(state, 3)
    assert (solo.mode, solo.solo) == (Mode.SIDE, "estimate")
    assert s.solo_pane(solo, 3).solo == ""
    assert s.solo_pane(solo, 0).solo == ""
    assert s.solo_pane(solo, 4) is solo
    assert s.swap(session()).order == ("original", "estimate", "standard")
    assert set_wipe(session(), "original", "estimate").mode is Mode.WIPE
    assert set_gain(state, 8).gain == 8
    assert set_gain(state, 3).gain == 4
    assert s.toggle_overlay(s.toggle_overlay(state, Overlay.GRID), Overlay.GRID).overlay is Overlay.NONE
    assert set_opacity(state, 7).opacity == 1.0


@pytest.mark.parametrize("speed", [0.01, 1.0, 99.0])
def test_speed_is_kept_within_reason(speed: float) -> None:
    assert MIN_SPEED <= set_speed(session(), speed).speed <= MAX_SPEED


def test_cards_are_found_by_name() -> None:
    assert session().card is CARDS[0]
    gone = replace(session().options, decoder="elsewhere")
    assert replace(session(), options=gone).card is None
    assert set_decoder(session(), "elsewhere").card is CARDS[0]


def test_a_line_of_results_is_decoded_as_it_was_measured() -> None:
    state = o.set_orientations(o.set_strength(session(), 50), 8)
    measured = set_as_measured(state, "jpeg", 20, False, "", "")
    assert (measured.options.orientations, measured.options.strength) == (1, 100)
