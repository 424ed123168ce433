"""What the panel that explains a patch shows, from made-up decoders on real streams; its transitions."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from engine import pipeline
from engine.analysis.patch_blocks import block_of, coefficients, quantised
from engine.codecs.jpeg.codes import index_blocks
from engine.io.orientation import upright
from engine.metrics.fidelity import patch_squared_error
from engine.types import Context, EncodeOptions
from tests.support.viewer_engine import CARDS, Engine, picture, run, scene_of, session
from viewer.core.memo import Memo
from viewer.model.facts.codes import CodesFacts
from viewer.model.facts.facts import Facts
from viewer.model.facts.run import Run
from viewer.model.scene.patch import DockScene
from viewer.model.session import patch_changes as sp
from viewer.model.session.opening import open_picture, open_stream
from viewer.model.session.patch import Explained
from viewer.model.session.place import hover, move_pin, pin_at, unpin
from viewer.model.session.playback import choose_step
from viewer.model.session.state import Options, Session, Stream
from viewer.patch.resolve.dock import LOOKS, _as_seen
from viewer.patch.resolve.inspector import CAUSAL, NONCAUSAL, seen_direction
from viewer.patch.worker import read_codes
from viewer.shell.controller.resolve import resolve


def facts(state: Session, found: Run | None = None) -> Facts:
    found = found or run(state)
    coded = found.refinement.coded
    index = index_blocks(coded.payload) if coded.codec == "jpeg" else None
    return Facts(run=found, codes=CodesFacts(coded, index))


def dock(state: Session, known: Facts | None = None) -> DockScene:
    scene = scene_of(state, known or facts(state)).dock
    assert scene is not None
    return scene


def pinned(row: int = 2, column: int = 3, decoder: str = "raster") -> Session:
    return pin_at(session(decoder=decoder), 8 * column, 8 * row)


@pytest.mark.parametrize("orientation", [2, 6, 7])
def test_neighbours_stand_and_are_named_as_they_are_seen(orientation: int) -> None:
    state = pinned()
    known = facts(state)
    assert known.run is not None
    coded = replace(known.run.refinement.coded, orientation=orientation)
    stream = Stream("a.jpg", coded.payload, coded.height, coded.width, orientation=orientation)
    tiles = dock(state, known).parts[0].tiles
    seen = _as_seen(tiles, replace(state, picture=None, stream=stream))
    rows = [slice(at, at + 3) for at in (0, 3, 6)]
    whole, turned = (
        np.block([[[each.pixels] for each in nine[row]] for row in rows]) for nine in (tiles, seen)
    )
    np.testing.assert_array_equal(turned, upright(whole, orientation))
    grid = upright(np.arange(9).reshape(3, 3), orientation)
    for down, right in {**CAUSAL, **NONCAUSAL}.values():
        (row,), (column,) = np.nonzero(grid == 3 * (1 + down) + 1 + right)
        name = ("N", "", "S")[row] + ("W", "", "E")[column]
        assert seen_direction(down, right, orientation) == name


# ---- transitions -----------------------------------------------------------------------------------------


def test_a_click_explains_and_the_same_again_ends_it() -> None:
    state = pinned()
    assert sp.shown(state)
    assert not sp.shown(sp.set_open(state, False))
    assert sp.shown(pin_at(sp.set_open(state, False), 0, 0))
    assert not sp.shown(pin_at(state, 8 * 3, 8 * 2))
    assert not sp.shown(session())


def test_the_key_pins_what_the_mouse_is_over() -> None:
    state = sp.toggle(hover(session(), 17, 30))
    assert (state.pinned, sp.shown(state)) == ((3, 2), True)
    assert not sp.shown(sp.toggle(state))
    assert sp.toggle(sp.toggle(state)).pinned == (3, 2)
    assert sp.toggle(session()).pinned == (3, 4)  # the middle of 6 × 9
    assert sp.toggle(Session()).pinned is None


def test_a_second_patch_comes_and_goes() -> None:
    state = sp.pin_second(pinned(), 40, 0)
    assert state.explain.second == (0, 5)
    assert sp.pin_second(state, 41, 1).explain.second is None
    assert sp.pin_second(state, 8 * 3, 8 * 2).explain.second is None  # the first itself
    assert sp.swap_patches(state).pinned == (0, 5)
    assert sp.swap_patches(state).explain.second == (2, 3)
    assert unpin(state).explain.second is None
    assert sp.pin_second(session(), 40, 0).pinned == (0, 5)
    assert sp.pin_second(state, 900, 0) is state
    assert open_picture(state, picture(seed=4)).explain == Explained()


def test_a_second_patch_by_key() -> None:
    assert sp.toggle_second(pinned()).explain.second == (2, 4)
    assert sp.toggle_second(hover(pinned(), 0, 0)).explain.second == (0, 0)
    assert sp.toggle_second(pinned(2, 8)).explain.second == (2, 7)
    assert sp.toggle_second(sp.toggle_second(pinned())).explain.second is None


def test_pointing_twice_at_the_same_changes_nothing() -> None:
    state = sp.light_coefficient(pinned(), (1, 2))
    assert sp.light_coefficient(state, (1, 2)) is state
    assert sp.next_component(sp.set_component(state, 2)).explain.component == 0


# ---- when it is shown ------------------------------------------------------------------------------------


def test_it_is_there_while_a_patch_is_pinned(engine: Engine) -> None:
    assert resolve(session(), Facts(run=run(session())), Memo()).dock is None
    assert scene_of(sp.set_open(pinned(), False), facts(pinned())).dock is None
    assert scene_of(pinned(), Facts()).dock is None
    scene = dock(pinned())
    assert [part.title for part in scene.parts] == ["Patch 2, 3"]
    assert (scene.step_words, scene.preview) == ("Step 2", False)


def test_nothing_is_made_anew_while_one_points(engine: Engine) -> None:
    state, memo = pinned(), Memo()
    known = facts(state)
    first = resolve(state, known, memo).dock
    lit = resolve(sp.light_coefficient(state, (1, 1)), known, memo).dock
    assert first is not None
    assert lit is not None
    assert lit.parts is first.parts
    assert lit.plot.curves is first.plot.curves
    assert (first.lit, lit.lit) == (None, (1, 1))


# ---- the neighbourhood -----------------------------------------------------------------------------------


def test_neighbours_are_shown_as_the_raster_decoder_knew_them(engine: Engine) -> None:
    state = choose_step(pinned(), 1, 2, 2)
    found = run(state)
    tiles = dock(state, facts(state, found)).parts[0].tiles
    assert [tile.role for tile in tiles] == ["causal"] * 4 + ["self"] + ["non-causal"] * 4
    assert [tile.caption for tile in tiles] == ["refined"] * 4 + ["step 1"] + ["received"] * 4
    for tile in tiles:
        step = {"refined": 2, "step 1": 1, "received": 0}[tile.caption]
        here = found.pixels(step)[8 * tile.row : 8 * tile.row + 8, 8 * tile.column : 8 * tile.column + 8]
        assert tile.pixels is not None
        np.testing.assert_array_equal(tile.pixels, here)
    assert "after all 2 steps" in tiles[0].tip


def test_context_step_0_and_the_edge_leave_neighbours_out(engine: Engine) -> None:
    causal = replace(pinned(), options=Options(decoder="raster", context=Context.CAUSAL))
    tiles = dock(causal).parts[0].tiles
    assert [tile.caption for tile in tiles[5:]] == ["not used"] * 4
    assert {tile.role for tile in tiles[5:]} == {""}
    assert all(tile.pixels is None for tile in tiles[5:])
    start = dock(choose_step(pinned(), 0, 2, 2)).parts[0].tiles
    assert [tile.caption for tile in start] == ["not used"] * 4 + ["JPEG"] + ["not used"] * 4
    corner = dock(pinned(5, 8)).parts[0].tiles  # 45 × 70: the last patch is 5 × 6 pixels
    assert corner[4].pixels is not None
    assert corner[4].pixels.shape == (5, 6, 3)
    assert [tile.tip for tile in corner[6:]] == ["Outside the picture"] * 3


def test_the_sweep_decoder_sees_the_step_before(engine: Engine) -> None:
    state = choose_step(pinned(decoder="sweep"), 2, 3, 3)
    tiles = dock(state).parts[0].tiles
    assert {tile.caption for tile in tiles if tile.role != "self"} == {"step 1"}
    assert dock(state).parts[0].inside.strips == ()
    assert "sweep decoder" in dock(state).parts[0].inside.note


# ---- symbols, codes, coefficients ------------------------------------------------------------------------


def test_symbols_and_bits_are_those_of_the_file(engine: Engine) -> None:
    state = pinned()
    known = facts(state)
    assert known.run is not None
    coded = known.run.refinement.coded
    total = 0.0
    for component in range(3):
        scene = dock(sp.set_component(state, component), known)
        part = scene.parts[0]
        block = block_of(coded, component, 2, 3)
        sent = quantised(coded, block)
        assert sent is not None
        symbols, steps, bits = part.symbols
        np.testing.assert_array_equal(symbols.values, sent.symbols)
        np.testing.assert_array_equal(steps.values, sent.steps)
        assert symbols.texts[0] == str(sent.symbols[0, 0]).replace("-", "−")
        spent = sum(len(chip.word) + len(chip.magnitude) for chip in part.chips)
        end = sum(len(chip.word) for chip in part.chips if "EOB" in chip.head)
        assert bits.values.sum() + end == spent
        assert f"{len(part.chips)} codes, {spent} bits" in part.codes_words
        assert ("shared by 4 patches" in part.codes_words) == (component > 0)
        assert bool(scene.component_note) == (component > 0)
        total += spent / block.patches
    assert coded.patch_bits is not None
    assert total == pytest.approx(coded.patch_bits.patches[2, 3])


def test_a_code_covers_what_it_speaks_of(engine: Engine) -> None:
    part = dock(pinned()).parts[0]
    seen: list[tuple[int, int]] = []
    for chip in part.chips:
        assert not set(seen) & chip.covers
        seen += chip.covers
        assert chip.sends in chip.covers
    assert len(seen) == 64
    assert part.chips[0].head.startswith("DC ")
    assert "the DC of the block before" in part.chips[0].tip


def test_coefficients_are_those_of_the_pictures(engine: Engine) -> None:
    state = choose_step(pinned(), 1, 2, 2)
    known = facts(state)
    assert known.run is not None
    assert state.picture is not None
    scene = dock(state, known)
    original, standard, refined = scene.parts[0].coefficients
    assert [grid.title for grid in (original, standard, refined)] == ["Original", "JPEG", "Step 1"]
    coded = known.run.refinement.coded
    block = block_of(coded, 0, 2, 3)
    for grid, pixels in ((original, state.picture.pixels), (refined, known.run.pixels(1))):
        np.testing.assert_array_equal(grid.values, coefficients(pixels, block))
    assert original.limit == standard.limit == refined.limit
    sent = quantised(coded, block)
    assert sent is not None
    assert original.left is None
    assert refined.left is not None
    np.testing.assert_array_equal(refined.left, sent.left(refined.values))
    count = int(refined.left.sum())
    words = scene.parts[0].coefficients_words
    assert words == (
        f"Step 1: {count} of 64 left {'its interval' if count == 1 else 'their intervals'}"
        if count
        else "Step 1: all 64 coefficients in their quantisation interval"
    )


def test_the_coefficient_pointed_at_is_told_everywhere(engine: Engine) -> None:
    state = sp.light_coefficient(sp.pin_second(pinned(), 0, 0), (0, 1))
    scene = dock(state)
    assert len(scene.readouts) == 2
    assert scene.readouts[0].startswith("v 0, u 1 · original ")
    assert "interval" in scene.readouts[0]
    assert scene.basis is not None
    assert np.square(scene.basis).sum() == pytest.approx(1)
    assert np.ptp(scene.basis, axis=0).max() < 1e-6  # the same in every row
    assert dock(pinned()).basis is None


def test_codes_that_cannot_be_told_apart_say_why(engine: Engine) -> None:
    state = pinned()
    known = facts(state)
    coded = known.codes.coded
    waiting = dock(state, replace(known, codes=CodesFacts())).parts[0]
    assert waiting.codes_words.startswith("Reading")
    assert len(waiting.symbols) == 2
    failed = dock(state, replace(known, codes=CodesFacts(coded, None, "progressive JPEG: no"))).parts[0]
    assert failed.codes_words == "Progressive JPEG: no"
    assert failed.chips == ()


def test_codecs_without_blocks_say_so_in_one_line(engine: Engine) -> None:
    state = replace(pinned(decoder=""), options=Options(codec="webp", quality=20, decoder=""))
    part = dock(state).parts[0]
    assert part.symbols == ()
    assert "WebP" in part.symbols_note
    assert "\n" not in part.symbols_note
    assert [grid.title for grid in part.coefficients] == ["Original", "WebP"]
    assert all(grid.left is None for grid in part.coefficients)
    assert "no quantisation intervals" in part.coefficients_words
    assert "No hidden state" in part.inside.note


def test_the_codes_are_read_in_the_background() -> None:
    coded = pipeline.encode("jpeg", picture().pixels, EncodeOptions(quality=20))
    (found,) = read_codes(coded)(None)  # type: ignore[arg-type]
    assert found.coded is coded
    assert found.index is not None
    assert found.note == ""
    (none,) = read_codes(replace(coded, payload=b"x"))(None)  # type: ignore[arg-type]
    assert none.index is None
    assert "not a JPEG file" in none.note


# ---- PSNR, errors, hidden state --------------------------------------------------------------------------


def test_psnr_of_the_patch_over_steps(engine: Engine) -> None:
    state = sp.pin_second(pinned(), 8 * 8, 8 * 5)
    known = facts(state)
    assert known.run is not None
    assert state.picture is not None
    scene = dock(state, known)
    assert [curve.colour for curve in scene.plot.curves] == [look[0] for look in LOOKS]
    assert scene.plot.marker == 2
    for curve, place, samples in zip(scene.plot.curves, ((2, 3), (5, 8)), (192, 90), strict=True):
        for step in range(3):
            error = patch_squared_error(state.picture.pixels, known.run.pixels(step))[place]
            assert curve.y[step] == pytest.approx(10 * math.log10(255**2 * samples / error))
    rows = {row.label: row.value for row in scene.parts[0].rows}
    assert rows["JPEG, RGB"] == f"{scene.plot.curves[0].y[0]:.2f} dB"
    assert rows["Step 2, RGB"] == f"{scene.plot.curves[0].y[2]:.2f} dB"


def test_a_step_pointed_at_is_looked_at_without_going_there(engine: Engine) -> None:
    state = sp.light_step(pinned(), 1)
    scene = scene_of(state, facts(state))
    assert scene.dock is not None
    assert (scene.dock.step_words, scene.dock.preview, scene.dock.plot.marker) == ("Step 1", True, 1)
    assert scene.dock.parts[0].coefficients[-1].title == "Step 1"
    assert scene.dock.parts[0].inside.strips[0].step == 1
    assert scene.transport.step == 2
    beyond = dock(sp.light_step(pinned(), 99))
    assert beyond.step_words == "Step 2"


def test_errors_before_and_after_on_one_scale(engine: Engine) -> None:
    state = sp.pin_second(pinned(), 0, 0)
    known = facts(state)
    assert known.run is not None
    first, second = dock(state, known).parts
    assert [error.title for error in first.errors] == ["JPEG", "Step 2"]
    assert len({error.limit for part in (first, second) for error in part.errors}) == 1
    assert first.errors[0].values.shape == (24, 24)
    assert first.errors[0].frame == (8, 8, 8, 8)
    assert second.errors[0].values.shape == (16, 16)
    assert second.errors[0].frame == (0, 0, 8, 8)
    weights = np.array([0.299, 0.587, 0.114])
    assert state.picture is not None
    change = (known.run.pixels(2).astype(float) - state.picture.pixels) @ weights
    np.testing.assert_allclose(first.errors[1].values, change[8:32, 16:40], atol=1e-3)


def test_a_received_stream_has_no_errors_but_symbols(engine: Engine) -> None:
    coded = pipeline.encode("jpeg", picture().pixels, EncodeOptions(quality=20))
    stream = Stream("x.jpg", coded.payload, 45, 70)
    state = pin_at(open_stream(Session(options=Options(decoder="raster"), models=CARDS), stream), 20, 20)
    found = Run(list(pipeline.refine(state.request(), None, coded))[-1])
    part = dock(state, facts(state, found)).parts[0]
    assert part.errors == ()
    assert "no original" in part.errors_note
    assert len(part.symbols) == 3
    assert [grid.title for grid in part.coefficients] == ["JPEG", "Step 2"]
    assert dock(state, facts(state, found)).plot.curves == ()


def test_hidden_state_of_each_patch(engine: Engine) -> None:
    first, second = dock(sp.pin_second(pinned(), 0, 0)).parts
    row = -first.inside.strips[0].values[:, 1] * 10, -second.inside.strips[0].values[:, 1] * 10
    np.testing.assert_allclose(row[0], 2, atol=0.01)  # the fake's second unit tells the row
    np.testing.assert_allclose(row[1], 0, atol=0.01)


# ---- the pictures ----------------------------------------------------------------------------------------


def test_pictures_show_the_second_patch_and_the_neighbour(engine: Engine) -> None:
    state = sp.light_neighbour(sp.pin_second(pinned(), 0, 0), (1, 2))
    scene = scene_of(state, facts(state))
    assert scene.patch is not None
    assert (scene.patch.second, scene.patch.lit) == ((0, 0), (1, 2))
    assert scene.dock is not None
    assert scene.dock.lit_patch == (1, 2)
    closed = scene_of(sp.set_open(state, False), facts(state))
    assert closed.patch is not None
    assert (closed.patch.second, closed.patch.lit) == (None, None)


def test_a_neighbour_under_the_mouse_lights_up_in_the_panel(engine: Engine) -> None:
    near = dock(hover(pinned(), 8 * 2 + 1, 8 * 1 + 1))
    assert near.lit_patch == (1, 2)
    assert dock(hover(pinned(), 0, 0)).lit_patch is None


def test_a_moved_pin_on_the_second_patch_leaves_one(engine: Engine) -> None:
    state = move_pin(sp.toggle_second(pinned()), 0, 1)
    assert state.pinned == state.explain.second
    assert len(dock(state).parts) == 1
