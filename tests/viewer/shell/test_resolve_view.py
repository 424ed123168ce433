"""Panes by their keys, the blinking pair, legends and the zoom box, from session and facts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.metrics.fidelity import psnr_rgb_db
from tests.support.viewer_engine import Engine, picture, run, scene_of, session
from viewer.core.memo import Memo
from viewer.model.facts.compare import CompareBegun, CompareFacts
from viewer.model.facts.differences import DifferenceSet, make_differences
from viewer.model.facts.facts import Facts
from viewer.model.session import pages as s
from viewer.model.session import panes as p
from viewer.model.session import view_changes as v
from viewer.model.session.choices import Mode, Scale
from viewer.model.session.compare import Entry
from viewer.model.session.options import set_decoder
from viewer.model.session.place import hover
from viewer.model.session.view_changes import blink, set_blinking, set_mode, set_peek
from viewer.panes.resolve.difference import difference_look
from viewer.shell.controller.resolve import resolve

RASTER = Entry("raster")


def test_steps_stay_where_they_are_while_the_scrubber_moves(engine: Engine) -> None:
    state = p.set_panes(session(), ("estimate", "step/1", "step/0", "step/9"))
    made = run(state)
    for step in (0, 1, 3):
        scene = scene_of(replace(state, step=step), Facts(run=made))
        assert [pane.key for pane in scene.panes] == ["estimate", "step/1", "step/0", "step/9"]
        estimate, one, zero, none = scene.panes
        assert estimate.pixels is made.pixels(step)
        assert one.pixels is made.pixels(1)
        assert zero.pixels is made.pixels(0)
        assert none.pixels is None
        assert "no step 9" in none.message
        assert one.title.startswith("Step 1 · Sweep")
        assert f"{made.scores(1).psnr_rgb_db:.2f} dB" in one.detail


def test_every_pane_has_a_name_and_its_decibels_in_every_mode(engine: Engine) -> None:
    base = p.set_panes(session(), ("standard", "estimate", "step/1", "error/estimate", "change"))
    facts = Facts(run=run(base))
    for mode in Mode:
        for state in (set_mode(base, mode), set_peek(set_mode(base, mode), "standard")):
            panes = scene_of(state, facts).panes
            assert panes
            for pane in panes:
                assert pane.title
                assert pane.detail.split(" (")[0].endswith(" dB"), (mode, pane.title, pane.detail)


def test_errors_and_changes_have_panes_of_their_own_on_one_scale(engine: Engine) -> None:
    state = v.set_scale(p.set_panes(session(), ("original", "error/standard", "change")), Scale.ADAPTIVE)
    made = run(state)
    scene = scene_of(state, Facts(run=made))
    assert state.picture is not None
    original, standard, last = state.picture.pixels, made.pixels(0), made.pixels(3)
    assert [pane.title for pane in scene.panes] == ["Original", "JPEG − original", "Step 3 − JPEG"]
    both = make_differences([(standard, original), (last, standard)], difference_look(state))
    for pane, pixels, psnr in zip(scene.panes[1:], both.pictures, both.psnr, strict=True):
        assert np.array_equal(pane.pixels, pixels)  # type: ignore[arg-type]
        assert f"{psnr:.2f} dB" in pane.detail
    assert scene.panes[1].between == (standard, original)
    assert psnr_rgb_db(original, standard) == pytest.approx(both.psnr[0], abs=1e-6)
    assert scene.view.legend is not None
    assert scene.view.legend.stops[-1][1] == f"+{both.limit:g}"
    assert scene_of(s.solo_pane(state, 1), Facts(run=made)).view.legend is None


def test_difference_shows_the_error_of_every_picture_that_has_a_pane(engine: Engine) -> None:
    state = set_mode(p.set_panes(session(), ("original", "standard", "step/1")), Mode.DIFFERENCE)
    titles = [pane.title for pane in scene_of(state, Facts(run=run(state))).panes]
    assert titles == ["JPEG − original ×4", "Step 1 − original ×4"]
    only = set_mode(p.set_panes(session(), ("original",)), Mode.DIFFERENCE)
    assert [pane.title for pane in scene_of(only, Facts(run=run(only))).panes] == ["Step 3 − original ×4"]


def test_the_pair_blinks_in_one_place(engine: Engine) -> None:
    state = p.set_pair(set_blinking(session(), True), "original", "step/1")
    made = run(state)
    (first,) = scene_of(state, Facts(run=made)).panes
    (second,) = scene_of(blink(state), Facts(run=made)).panes
    assert (first.title, first.mark) == ("Original", "A")
    assert (second.pixels, second.mark) == (made.pixels(1), "B")
    assert scene_of(state, Facts(run=made)).mode is Mode.BLINK


def test_a_wipe_may_show_pictures_without_a_pane(engine: Engine) -> None:
    state = p.set_pair(set_mode(session(), Mode.WIPE), "step/1", "step/2")
    made = run(state)
    scene = scene_of(state, Facts(run=made))
    assert scene.mode is Mode.WIPE
    assert [pane.pixels for pane in scene.panes] == [made.pixels(1), made.pixels(2)]


def test_another_decoder_beside_shows_what_it_does(engine: Engine) -> None:
    state = p.set_panes(session(), ("estimate", p.decoder_key(RASTER), "decoder/elsewhere/both"))
    made = run(state)
    other = run(set_decoder(state, "raster"))
    facts = Facts(run=made)

    def pane(beside: CompareFacts) -> tuple[str, str, str, float | None]:
        it = scene_of(state, replace(facts, beside=beside)).panes[1]
        return it.title, it.detail, it.message, it.progress

    assert pane(CompareFacts()) == ("Raster", "", "waiting for its turn …", None)
    begun = CompareFacts(begun=CompareBegun(RASTER, 0, 1), part=0.5)
    assert pane(begun)[2:] == ("decoding, 50 %", 0.5)
    assert pane(CompareFacts(failures={RASTER: "too large"}))[2] == "too large"
    stale = CompareFacts(runs={RASTER: other})
    assert pane(stale)[2] == "waiting for its turn …"  # of another encoding of the picture
    same = replace(other, refinement=replace(other.refinement, coded=made.refinement.coded))
    title, detail, message, _ = pane(CompareFacts(runs={RASTER: same}))
    assert (title, message) == ("Step 2 · Raster", "")
    assert f"{same.scores(2).psnr_rgb_db:.2f} dB" in detail
    missing = scene_of(state, facts).panes[2]
    assert missing.message == "elsewhere is not trained for JPEG streams"


def test_differences_of_large_pictures_wait_for_their_job(engine: Engine) -> None:
    state = set_mode(session(picture(600, 1100)), Mode.DIFFERENCE)
    made = run(state, steps=1)
    facts = Facts(run=made)
    waiting = scene_of(state, facts)
    assert all(pane.pixels is None and "computing" in pane.message for pane in waiting.panes)
    pairs = tuple(pane.between for pane in waiting.panes if pane.between is not None)
    assert len(pairs) == 3
    look = difference_look(state)
    done = DifferenceSet(pairs, look, make_differences(pairs, look))
    there = scene_of(state, replace(facts, differences=(done,)))
    assert [pane.pixels for pane in there.panes] == list(done.made.pictures)
    other = v.set_luma(state, True)
    assert all(pane.pixels is None for pane in scene_of(other, replace(facts, differences=(done,))).panes)


def test_the_zoom_box_tells_values_and_statistics_of_the_patch(engine: Engine) -> None:
    state = p.toggle_pane(v.show_zoom_box(session(), True), "error/estimate")
    made = run(state)
    facts = Facts(run=made)
    assert scene_of(state, facts).view.box is None
    box = scene_of(hover(state, 69, 44), facts).view.box  # in the patch that both edges cut
    assert box is not None
    assert (box.pixel, box.patch) == ((69, 44), (5, 8))
    assert [row.key for row in box.rows] == ["original", "standard", "estimate", "error/estimate"]
    assert state.picture is not None
    original, last = state.picture.pixels, made.pixels(3)
    here = np.s_[40:45, 64:70]
    reference, _, refined, error = box.rows
    assert refined.values == tuple(str(value) for value in last[44, 69])
    assert refined.mean == f"{last[here].mean():.1f}"
    assert refined.sd == f"{last[here].std():.1f}"
    assert refined.psnr == f"{psnr_rgb_db(original[here], last[here]):.2f} dB"
    assert reference.psnr == "reference"
    assert error.psnr == refined.psnr
    signed = [int(value.replace("−", "-")) for value in error.values]
    assert signed == (last[44, 69].astype(int) - original[44, 69]).tolist()
    assert scene_of(v.show_zoom_box(hover(state, 9, 9), False), facts).view.box is None


def test_the_view_is_the_same_object_while_nothing_of_it_changes(engine: Engine) -> None:
    state = v.show_zoom_box(hover(set_mode(session(), Mode.DIFFERENCE), 9, 9), True)
    facts, memo = Facts(run=run(state)), Memo()
    first = resolve(state, facts, memo).view
    assert resolve(replace(state, opacity=0.3), facts, memo).view is first
    assert resolve(v.show_minimap(state, False), facts, memo).view is not first
