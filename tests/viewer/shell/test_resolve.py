"""`resolve`: what the window shows for a given state, without a window."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from engine import pipeline
from engine.metrics.fidelity import patch_gain_db, psnr_rgb_db
from engine.types import Context
from tests.support.viewer_engine import CARDS, Engine, median_ms, picture, run, scene_of, session
from viewer.core.memo import Memo
from viewer.core.words import patch_bits
from viewer.decode.past_runs import finished_words
from viewer.model.facts.facts import Facts, JobState
from viewer.model.facts.run import Run
from viewer.model.session import pages as s
from viewer.model.session.choices import Mode, Overlay
from viewer.model.session.opening import open_stream
from viewer.model.session.options import set_context, set_quality, set_steps
from viewer.model.session.place import hover, pin_at
from viewer.model.session.playback import choose_step, scan_to
from viewer.model.session.state import Session, Stream
from viewer.model.session.view_changes import set_absolute, set_gain, set_mode, set_peek, toggle_mode
from viewer.panes.resolve.panes import scan_picture, scan_psnr
from viewer.shell.controller.resolve import resolve


def received(state: Session) -> tuple[Session, Run]:
    """The session's picture as somebody would have received it."""
    coded = pipeline.encode("jpeg", picture().pixels, state.options.encode_options())
    stream = Stream("received.jpg", coded.payload, coded.height, coded.width)
    state = open_stream(state, stream)
    coded = pipeline.decode(coded.payload, "received.jpg")
    return state, Run(list(pipeline.refine(state.request(), None, coded))[-1])


def test_nothing_open() -> None:
    shown = scene_of(Session())
    assert shown.panes == ()
    assert shown.thumbs == ()
    assert shown.title == ""
    assert [plot.key for plot in shown.plots] == ["psnr", "rate", "bits", "artefacts"]
    assert all(plot.note and not plot.curves for plot in shown.plots)


def test_a_picture_before_its_first_record() -> None:
    shown = scene_of(session(), Facts(job=JobState("encoding", 0.0)))
    assert [pane.key for pane in shown.panes] == ["original", "standard", "estimate"]
    assert shown.panes[0].pixels is not None
    assert [pane.message for pane in shown.panes[1:]] == ["encoding …", "waiting for the stream …"]
    failed = scene_of(session(), Facts(error="photo.png: no"))
    assert failed.panes[1].message == "photo.png: no"


def test_finished_side_by_side(engine: Engine) -> None:
    state = session()
    made = run(state)
    shown = scene_of(state, Facts(run=made))
    original, standard, estimate = shown.panes
    steps = made.refinement.steps
    assert state.picture is not None
    assert original.pixels is state.picture.pixels
    assert standard.pixels is steps[0].pixels
    assert estimate.pixels is steps[3].pixels
    assert estimate.title == "Step 3 · Sweep"
    psnr = psnr_rgb_db(state.picture.pixels, steps[3].pixels)
    assert f"RGB {psnr:.2f} dB" in estimate.detail
    assert standard.title == "JPEG q15"
    assert f"{made.refinement.coded.bits_per_pixel:.3f} bpp" in standard.detail
    assert [thumb.index for thumb in shown.thumbs] == [0, 1, 2, 3]
    assert [thumb.title for thumb in shown.thumbs] == ["JPEG", "step 1", "step 2", "step 3"]
    assert shown.transport.step == 3
    assert shown.transport.scan_total == 0


def test_in_mid_run_the_newest_step_shows_and_others_are_to_come(engine: Engine) -> None:
    state = session()
    shown = scene_of(state, Facts(run=run(state, steps=1), job=JobState("refining", 0.3)))
    assert shown.panes[2].title == "Step 1 · Sweep"
    assert [thumb.pixels is None for thumb in shown.thumbs] == [False, False, True, True]
    assert shown.transport.steps_ready == 1
    psnr = shown.plots[0].curves[0]
    assert len(psnr.x) == 4
    assert [math.isnan(value) for value in psnr.y] == [False, False, True, True]
    start = scene_of(state, Facts(run=run(state, steps=0)))
    assert start.panes[2].pixels is start.panes[1].pixels  # nothing flickers while a slider moves
    assert start.panes[2].title == "Step 0 · JPEG"
    assert "Sweep is starting" in start.panes[2].detail


def test_the_scan_shows_both_sides(engine: Engine) -> None:
    state = session(decoder="raster")
    made = run(state)
    position = 3 * 9 + 4
    state = choose_step(scan_to(state, position), 1, 2, 2)
    shown = scene_of(state, Facts(run=made))
    pixels = shown.panes[2].pixels
    assert pixels is not None
    standard, current, last = (step.pixels for step in made.refinement.steps)
    for row in range(6):
        for column in range(9):
            at = np.s_[8 * row : 8 * row + 8, 8 * column : 8 * column + 8]
            index = row * 9 + column
            expected = last if index < position else current if index == position else standard
            assert np.array_equal(pixels[at], expected[at])
    assert state.picture is not None
    psnr = psnr_rgb_db(state.picture.pixels, pixels)
    assert f"RGB {psnr:.2f} dB" in shown.panes[2].detail
    assert shown.panes[2].title == "Scan, step 1"
    assert (shown.transport.scan, shown.transport.scan_total) == (position, 54)
    assert shown.patch is not None
    assert (shown.patch.row, shown.patch.column) == (3, 4)
    assert shown.plots[2].marker == position


def test_numbers_of_a_half_done_scan_are_those_of_its_pixels(engine: Engine) -> None:
    state = session(decoder="raster")
    made = run(state)
    assert state.picture is not None
    position = 3 * 9 + 4
    state = s.set_overlay(choose_step(scan_to(state, position), 1, 2, 2), Overlay.GAIN)
    for patch, step in (((3, 3), 2), ((3, 4), 1), ((3, 5), 0), ((4, 0), 0)):
        row, column = patch
        shown = scene_of(pin_at(state, 8 * column, 8 * row), Facts(run=made))
        assert shown.panes[2].scan == position
        assert shown.panes[0].scan is None
        pixels, values = shown.panes[2].pixels, shown.overlay.values
        assert pixels is not None
        assert values is not None
        at = np.s_[8 * row : 8 * row + 8, 8 * column : 8 * column + 8]
        gain = patch_gain_db(state.picture.pixels, made.pixels(0), pixels)[patch]
        rows = {each.label: each.value for each in shown.inspector}
        if step:
            assert values[patch] == pytest.approx(gain, abs=1e-4)
            assert f"{abs(gain):.2f} dB" in shown.status.patch
            assert rows[f"Step {step}, RGB"].startswith(
                f"{psnr_rgb_db(state.picture.pixels[at], pixels[at]):.2f} dB"
            )
        else:
            assert np.isnan(values[patch])
            assert "dB" not in shown.status.patch
            assert rows["Step 2, RGB"] == "not scanned yet"
        difference = hover(set_mode(state, Mode.DIFFERENCE), 8 * column, 8 * row)
        r, g, b = pixels[8 * row, 8 * column]
        assert f"Scan {r} {g} {b}" in scene_of(difference, Facts(run=made)).status.values


def test_a_run_beyond_the_training_says_so(engine: Engine) -> None:
    taught = replace(CARDS[0], training={"configuration": {"data": {"quality_low": 5, "quality_high": 60}}})
    for quality, warned in ((1, False), (60, False), (61, True), (95, True), (100, True)):
        made = run(set_quality(session(), quality))
        assert ("% applied: trained up to q60" in finished_words(made, taught)) is warned
        assert finished_words(made, CARDS[0]).startswith("3 steps in ")
        assert "only" not in finished_words(made, CARDS[0])
    assert finished_words(run(set_steps(session(), 1)), CARDS[0]).startswith("1 step in ")


@pytest.mark.parametrize("position", [0, 5, 8, 9, 53])
def test_scan_psnr_from_sums_is_that_of_the_picture(engine: Engine, position: int) -> None:
    state = session(decoder="raster")
    made = run(state)
    assert state.picture is not None
    for step in range(3):
        pixels = scan_picture(made.pixels(0), made.pixels(2), made.pixels(step), position)
        expected = psnr_rgb_db(state.picture.pixels, pixels)
        assert scan_psnr(made, step, position, Memo()) == pytest.approx(expected, abs=1e-9)


def test_as_received(engine: Engine) -> None:
    state, made = received(session())
    shown = scene_of(state, Facts(run=made))
    assert [pane.key for pane in shown.panes] == ["standard", "estimate"]
    assert shown.panes[0].title == "JPEG as received"
    assert shown.panes[1].detail == "no original"
    assert all("dB" not in pane.detail for pane in shown.panes)
    assert all("dB" not in thumb.detail for thumb in shown.thumbs)
    assert [plot.key for plot in shown.plots] == ["bits", "artefacts", "psnr", "rate"]
    assert shown.plots[0].curves  # bits need no original
    assert "no original" in shown.plots[2].note
    assert not shown.plots[2].curves
    assert not shown.plots[3].curves
    assert "PSNR" not in " ".join(row.label for row in shown.summary)
    gain = scene_of(s.set_overlay(state, Overlay.GAIN), Facts(run=made))
    assert gain.overlay.values is None
    assert "no original" in gain.overlay.note
    difference = scene_of(set_mode(state, Mode.DIFFERENCE), Facts(run=made))
    assert [pane.key for pane in difference.panes] == ["estimate", "change"]


def test_why_bits_are_not_counted(engine: Engine) -> None:
    state = session()
    made = run(state)
    coded = replace(made.refinement.coded, patch_bits=None, patch_bits_note="progressive: no single scan")
    made = Run(replace(made.refinement, coded=coded), made.errors)
    state = s.set_overlay(hover(state, 1, 1), Overlay.BITS)
    shown = scene_of(state, Facts(run=made))
    assert shown.overlay.note == "progressive: no single scan"
    assert shown.plots[2].note == "Progressive: no single scan"
    assert "bits" not in shown.status.patch


def test_hovering_a_patch(engine: Engine) -> None:
    state = hover(session(), 17, 9)
    made = run(state)
    shown = scene_of(state, Facts(run=made))
    assert shown.patch is not None
    around = {(row, column) for row in range(3) for column in range(1, 4)} - {(1, 2)}
    assert set(shown.patch.previous) == around  # a sweep looks at all of them, as the step before left them
    assert (shown.patch.causal, shown.patch.noncausal) == ((), ())
    bits = made.refinement.coded.patch_bits
    assert bits is not None
    gain = patch_gain_db(made.refinement.original.pixels, made.pixels(0), made.pixels(3))  # type: ignore[union-attr]
    assert f"{gain[1, 2]:.2f}".lstrip("-") in shown.status.patch
    assert "patch 1, 2" in shown.status.patch
    assert shown.status.cursor == "x 17, y 9"
    r, g, b = state.picture.pixels[9, 17]  # type: ignore[union-attr]
    assert f"Original {r} {g} {b}" in shown.status.values
    assert "JPEG q15" in shown.status.values
    assert "Step 3" in shown.status.values
    labels = {row.label: row for row in shown.inspector}
    assert labels["Row, column"].value == "1, 2"
    assert "Causal" not in labels
    assert labels["Bits"].value == patch_bits(bits, 1, 2)
    assert shown.plots[2].marker == 11


def test_neighbours_stay_inside_and_in_context(engine: Engine) -> None:
    state = hover(session(decoder="raster"), 0, 0)
    corner = scene_of(state, Facts(run=run(state))).patch
    assert corner is not None
    assert corner.causal == ()
    assert set(corner.noncausal) == {(0, 1), (1, 0), (1, 1)}
    only = set_context(hover(session(decoder="raster"), 20, 20), Context.CAUSAL)
    shown = scene_of(only, Facts(run=run(only)))
    assert shown.patch is not None
    assert shown.patch.noncausal == ()
    assert {row.label: row.value for row in shown.inspector}["Non-causal"] == "not used"


def test_wipe_solo_peek(engine: Engine) -> None:
    state = session()
    facts = Facts(run=run(state))
    wipe = scene_of(toggle_mode(state, Mode.WIPE), facts)
    assert [pane.key for pane in wipe.panes] == ["standard", "estimate"]
    assert wipe.mode is Mode.WIPE
    waiting = scene_of(toggle_mode(state, Mode.WIPE))
    assert waiting.mode is Mode.SIDE  # one side has no picture yet
    solo = scene_of(s.solo_pane(state, 2), facts)
    assert [pane.key for pane in solo.panes] == ["standard"]
    assert state.picture is not None
    for held in (
        set_peek(state, "original"),
        set_peek(s.solo_pane(state, 3), "original"),
        set_peek(set_mode(state, Mode.DIFFERENCE), "original"),
    ):
        assert all(pane.pixels is state.picture.pixels for pane in scene_of(held, facts).panes)


def test_differences(engine: Engine) -> None:
    state = set_mode(session(), Mode.DIFFERENCE)
    made = run(state)
    shown = scene_of(state, Facts(run=made))
    assert [pane.title for pane in shown.panes] == [
        "JPEG − original ×4",
        "Step 3 − original ×4",
        "Step 3 − JPEG ×4",
    ]
    assert "RMSE" in shown.panes[0].detail
    assert scene_of(set_gain(set_absolute(state, True), 1), Facts(run=made)).panes[0].title == (
        "|JPEG − original|"
    )


def test_an_identical_picture(engine: Engine) -> None:
    state = session(picture(16, 16))
    made = run(state)
    steps = tuple(
        replace(
            step,
            pixels=state.picture.pixels,
            scores=replace(step.scores, psnr_rgb_db=math.inf, psnr_y_db=math.inf),
        )  # type: ignore[union-attr]
        for step in made.refinement.steps
    )
    same = Run(replace(made.refinement, steps=steps), tuple(np.zeros((2, 2)) for _ in steps))
    state = s.set_overlay(hover(state, 2, 2), Overlay.GAIN)
    shown = scene_of(state, Facts(run=same))
    assert "identical" in shown.panes[2].detail
    assert "0.00" in shown.status.patch
    assert np.isnan(shown.plots[0].curves[0].y).all()


def test_unchanged_parts_are_the_same_objects(engine: Engine) -> None:
    memo = Memo()
    state = session()
    facts = Facts(run=run(state))
    first = resolve(state, facts, memo)
    hovered = resolve(hover(state, 9, 9), facts, memo)
    assert hovered.panes is first.panes
    assert hovered.thumbs is first.thumbs
    assert hovered.overlay is first.overlay
    assert all(a.curves is b.curves for a, b in zip(hovered.plots, first.plots, strict=True))
    moved = resolve(choose_step(state, 1, 3, 3), facts, memo)
    assert moved.panes[0] is first.panes[0]
    assert moved.panes[1] is first.panes[1]
    assert moved.panes[2] is not first.panes[2]
    assert resolve(state, facts, memo).panes[2].pixels is first.panes[2].pixels


def test_memory_changes_nothing_but_time(engine: Engine) -> None:
    """Any order of states gives the scene that a fresh memory gives."""
    memo = Memo()
    base = session(decoder="raster")
    facts = Facts(run=run(base))
    states = [
        base,
        scan_to(base, 7),
        choose_step(base, 1, 2, 2),
        set_mode(base, Mode.DIFFERENCE),
        s.set_overlay(hover(base, 30, 30), Overlay.GAIN),
        set_gain(set_mode(base, Mode.DIFFERENCE), 8),
        s.swap(base),
        s.solo_pane(base, 1),
    ]
    for state in [*states, *reversed(states), *states[::2], *states]:
        kept, fresh = resolve(state, facts, memo), scene_of(state, facts)
        assert [(pane.key, pane.title, pane.detail) for pane in kept.panes] == [
            (pane.key, pane.title, pane.detail) for pane in fresh.panes
        ]
        for a, b in zip(kept.panes, fresh.panes, strict=True):
            assert a.pixels is not None
            assert b.pixels is not None
            assert np.array_equal(a.pixels, b.pixels)
        assert (kept.patch, kept.transport, kept.status, kept.inspector, kept.summary) == (
            fresh.patch,
            fresh.transport,
            fresh.status,
            fresh.inspector,
            fresh.summary,
        )


def test_a_step_at_768_by_512_takes_less_than_two_milliseconds(engine: Engine) -> None:
    state = s.set_overlay(hover(session(picture(512, 768), "raster"), 300, 200), Overlay.GAIN)
    facts = Facts(run=run(state))
    memo = Memo()
    steps = iter(range(10_000))

    def scrub() -> None:
        resolve(choose_step(state, next(steps) % 3, 2, 2), facts, memo)

    for _ in range(3):
        scrub()
    assert median_ms(scrub, 21) < 2

    def scan() -> None:
        resolve(scan_to(state, next(steps)), facts, memo)

    assert median_ms(scan, 21) < 8  # copies a picture
