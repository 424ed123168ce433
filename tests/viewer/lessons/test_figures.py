"""What the lessons' figures say, against the numbers in the records."""

from __future__ import annotations

import math
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from engine import pipeline
from engine.analysis.ar1_model import klt_gain_db, model_limits
from engine.analysis.dct_limits import dct_limits
from engine.metrics.fidelity import luma, psnr_rgb_db
from engine.step_scale import luma_table
from engine.types import EncodeOptions
from tests.support.viewer_engine import STUDY_CARDS, Engine, Token, picture, run, session
from viewer.core import words
from viewer.core.memo import Memo
from viewer.decode.several import _sent, compare, plan_of
from viewer.documents.jobs import received_stream
from viewer.lessons.file import bundled_course
from viewer.lessons.jobs import LessonTask, measure, step_changes
from viewer.lessons.resolve.panel import lesson_patch, resolve_lessons
from viewer.lessons.resolve.runs import crop, gains
from viewer.model.facts.compare import CompareFacts
from viewer.model.facts.facts import Facts
from viewer.model.facts.lessons import ChangesFound, LessonFacts, Limits, PatchFound
from viewer.model.scene.lessons import (
    BasisScene,
    BlockScene,
    CellsScene,
    FigureScene,
    FiguresScene,
    LessonsScene,
    SliderScene,
)
from viewer.model.scene.plots import PlotScene
from viewer.model.session import compare_changes as c
from viewer.model.session import lessons_changes as lessons
from viewer.model.session.choices import Page
from viewer.model.session.opening import open_stream
from viewer.model.session.options import set_codec
from viewer.model.session.place import hover
from viewer.model.session.state import Session

COURSE = bundled_course()
pytestmark = pytest.mark.cards(STUDY_CARDS)


def opened(at: int) -> Session:
    return lessons.open_lessons(replace(session(models=STUDY_CARDS), pinned=(2, 3)), COURSE, at)


def figure(state: Session, facts: Facts, known: LessonFacts | None = None) -> FigureScene:
    scene = resolve_lessons(state, facts, known or LessonFacts(), Memo())
    assert scene is not None
    return scene.figure


def part(shown: FigureScene, key: str) -> object:
    return next(each for each in shown.parts if each.key == key)


def rows(shown: FigureScene, key: str) -> dict[str, str]:
    table = part(shown, key)
    assert isinstance(table, FiguresScene)
    return {row.label: row.value for row in table.rows}


def measured(state: Session, limits: bool = True) -> LessonFacts:
    assert state.picture is not None
    task = LessonTask(state.picture.pixels, True, limits, state.lessons.coefficient, None)
    facts = LessonFacts(source=state.picture.pixels)
    for news in measure(task)(Token()):  # type: ignore[arg-type]
        if isinstance(news, PatchFound):
            facts = replace(facts, patch=news.patch)
        elif isinstance(news, Limits):
            facts = replace(facts, limits=news)
    return facts


# ---- the panel -------------------------------------------------------------------------------------------


def test_the_panel_tells_where_one_stands(engine: Engine) -> None:
    state = lessons.go_to(opened(0), 3)
    scene = resolve_lessons(state, Facts(), LessonFacts(), Memo())
    assert isinstance(scene, LessonsScene)
    assert (scene.at, scene.seen, scene.title) == (3, (0, 3), "Step by step")
    assert len(scene.titles) == 9
    assert resolve_lessons(Session(), Facts(), LessonFacts(), Memo()) is None


def test_before_there_is_anything_the_figure_says_so(engine: Engine) -> None:
    empty = lessons.open_lessons(Session(models=STUDY_CARDS), COURSE)
    assert figure(empty, Facts()).note == "Nothing is open"
    assert figure(opened(3), Facts()).note == "Decoding …"
    assert figure(opened(3), Facts(error="it broke")).note == "it broke"


def test_the_same_inputs_give_the_same_scene(engine: Engine) -> None:
    state, memo = opened(0), Memo()
    facts = Facts(run=run(state))
    one = resolve_lessons(state, facts, LessonFacts(), memo)
    assert resolve_lessons(state, facts, LessonFacts(), memo) is one
    assert resolve_lessons(lessons.set_used(state, 3), facts, LessonFacts(), memo) is not one


def test_the_patch_is_the_pinned_one_else_the_hovered_one_else_a_good_one(engine: Engine) -> None:
    state = opened(0)
    assert state.picture is not None
    known = LessonFacts(source=state.picture.pixels, patch=(4, 4))
    assert lesson_patch(state, Facts(), known) == (2, 3)
    free = replace(state, pinned=None)
    assert lesson_patch(free, Facts(), known) == (4, 4)
    assert lesson_patch(hover(free, 9, 17), Facts(), known) == (2, 1)
    stale = LessonFacts(source=picture(seed=9).pixels, patch=(0, 0))
    assert lesson_patch(free, Facts(), stale) == (3, 4)


# ---- one patch -------------------------------------------------------------------------------------------


def test_the_block_is_the_one_that_was_sent(engine: Engine) -> None:
    state = opened(0)
    sent = run(state)
    shown = figure(state, Facts(run=sent))
    block = part(shown, "block")
    assert isinstance(block, BlockScene)
    assert state.picture is not None
    symbols = sent.refinement.coded.symbols
    assert symbols is not None
    assert np.array_equal(block.block.symbols, symbols.components[0].coefficients[2, 3])
    assert np.array_equal(block.block.steps, luma_table(15))
    assert np.array_equal(block.block.levels, np.rint(luma(state.picture.pixels[16:24, 24:32])))
    told = rows(shown, "patch")
    assert told["Symbols"] == "from the displayed stream"
    zeros = int(np.count_nonzero(block.block.symbols == 0))
    assert told["Zero symbols"] == f"{zeros} of 64"
    rms = float(np.sqrt(np.mean((block.block.decoded - block.block.levels) ** 2)))
    assert told["Luma error, RMS"] == f"{rms:.2f} levels"
    assert told["PSNR, Y, of the patch"] == f"{20 * math.log10(255 / rms):.2f} dB"
    bits = sent.refinement.coded.patch_bits
    assert bits is not None
    assert told["Bits sent, chroma included"] == f"{words.patch_bits(bits, 2, 3)}; uncompressed 1536"


def test_while_the_slider_is_ahead_of_the_encoder_the_block_follows_it(engine: Engine) -> None:
    state = opened(0)
    facts = Facts(run=run(state))
    ahead = lessons.set_quality(state, 60)
    shown = figure(ahead, facts)
    block, slider = part(shown, "block"), part(shown, "quality")
    assert isinstance(block, BlockScene)
    assert isinstance(slider, SliderScene)
    assert slider.value == 60
    assert np.array_equal(block.block.steps, luma_table(60))
    assert rows(shown, "patch")["Symbols"] == "of JPEG at this quality"


def test_fewer_coefficients_decode_to_less(engine: Engine) -> None:
    state = opened(0)
    facts = Facts(run=run(state))
    block = part(figure(lessons.set_used(state, 1), facts), "block")
    assert isinstance(block, BlockScene)
    assert np.ptp(block.block.decoded) == 0


def test_a_received_file_keeps_its_own_table(engine: Engine) -> None:
    coded = pipeline.encode("jpeg", picture().pixels, EncodeOptions(quality=30))
    received = received_stream(coded.payload, "a.jpg")
    assert received.stream is not None
    state = lessons.open_lessons(open_stream(opened(0), received.stream), COURSE)
    sent = _sent(plan_of(state, ()), received.coded)
    shown = figure(replace(state, pinned=(1, 1)), Facts(run=sent))
    block, slider = part(shown, "block"), part(shown, "quality")
    assert isinstance(block, BlockScene)
    assert isinstance(slider, SliderScene)
    assert slider.why_not == "a received file keeps its own quantisation table"
    assert np.array_equal(block.block.steps, luma_table(30))
    assert shown.note.startswith("A received file has no original: the pixels here")
    steps = figure(lessons.go_to(state, 3), Facts(run=sent))
    assert steps.note.startswith("A received file has no original")
    assert all(cell.detail == "" for cell in cells(steps).cells)


def test_other_codecs_are_told_what_jpeg_would_do(engine: Engine) -> None:
    state = set_codec(opened(0), "webp")
    shown = figure(lessons.set_quality(state, 25), Facts())
    block = part(shown, "block")
    assert isinstance(block, BlockScene)
    assert np.array_equal(block.block.steps, luma_table(25))
    assert rows(shown, "patch")["Symbols"] == "as JPEG would send them"


# ---- what the DCT assumes --------------------------------------------------------------------------------


def test_limits_are_those_of_the_picture(engine: Engine) -> None:
    state = opened(1)
    assert figure(state, Facts()).note == "Measuring the picture …"
    assert state.picture is not None
    found = dct_limits(state.picture.pixels)
    known = measured(state)
    assert known.limits is not None
    assert len(known.limits.laws) == 64
    shown = figure(state, Facts(), known)
    assert rows(shown, "correlation")["ρ along rows"] == f"{found.correlation.horizontal:.4f}"
    told = rows(shown, "gains")
    assert told["This picture: DCT"] == f"{found.measured.dct.gain_db:.2f} dB"
    assert told["AR(1) model: its KLT"] == f"{found.model_klt_db:.2f} dB"
    basis = part(shown, "basis")
    assert isinstance(basis, BasisScene)
    assert np.array_equal(basis.first, found.across.klt.basis)
    assert f"{found.correlation.horizontal:.3f}" in basis.names[0]
    plot = part(shown, "lesson law")
    assert isinstance(plot, PlotScene)
    law = known.limits.laws[0, 1]
    assert [curve.name for curve in plot.curves] == ["measured", "Gaussian", "Laplacian", "generalised"]
    assert np.array_equal(plot.curves[0].y, law.density)
    assert law.best is not None
    assert rows(shown, "laws")["Gaussian or Laplacian?"] == f"{law.best.name} fits better"


def test_another_rho_has_another_klt(engine: Engine) -> None:
    state = opened(1)
    known = measured(state)
    slider = part(figure(state, Facts(), known), "rho")
    assert isinstance(slider, SliderScene)
    assert known.limits is not None
    assert slider.value == round(100 * known.limits.limits.correlation.horizontal)
    tried = figure(lessons.set_rho(state, 50), Facts(), known)
    basis, model = part(tried, "basis"), model_limits(0.5)
    assert isinstance(basis, BasisScene)
    assert np.array_equal(basis.first, model.klt.basis)
    assert rows(tried, "model")["Coding gain of its KLT"] == f"{klt_gain_db(0.5):.3f} dB"
    assert rows(tried, "gains") == rows(figure(state, Facts(), known), "gains")
    assert lessons.set_rho(state, 100).lessons.rho == 99
    assert lessons.go_to(lessons.set_rho(state, 50), 1).lessons.rho is None


def test_another_coefficient_has_another_law(engine: Engine) -> None:
    state = opened(1)
    known = measured(state)
    assert known.limits is not None
    other = lessons.set_coefficient(state, 2, 1)
    table = part(figure(other, Facts(), known), "laws")
    assert isinstance(table, FiguresScene)
    assert table.title.startswith("Laws fitted to coefficient (2, 1)")
    few = replace(known, limits=replace(known.limits, laws=MappingProxyType({})))
    plot = part(figure(other, Facts(), few), "lesson law")
    assert isinstance(plot, PlotScene)
    assert plot.note == "Being measured …"


def test_what_cannot_be_measured_is_told(engine: Engine) -> None:
    state = opened(1)
    assert state.picture is not None
    known = LessonFacts(source=state.picture.pixels, limits_note="a flat picture has no correlation")
    assert figure(state, Facts(), known).note == "Can't be measured: a flat picture has no correlation"


# ---- runs ------------------------------------------------------------------------------------------------


def cells(shown: FigureScene) -> CellsScene:
    found = part(shown, "cells")
    assert isinstance(found, CellsScene)
    return found


def test_crops_hold_the_patch_and_its_surroundings() -> None:
    pixels = picture().pixels  # 45 × 70
    inside, where = crop(pixels, (2, 3))
    assert inside.shape == (24, 24, 3)
    assert where == (8, 8, 8, 8)
    corner, where = crop(pixels, (5, 8))
    assert where == (8, 8, 5, 6)
    assert np.array_equal(corner[8:, 8:], pixels[40:, 64:])


def test_gains_are_differences_of_psnr(engine: Engine) -> None:
    state = opened(3)
    made = run(state)
    assert state.picture is not None
    original = state.picture.pixels
    found = gains(made, 2, (1, 4))
    before, after = made.pixels(0), made.pixels(2)
    assert found.picture == pytest.approx(psnr_rgb_db(original, after) - psnr_rgb_db(original, before))
    block = np.s_[8:16, 32:40]
    expected = psnr_rgb_db(original[block], after[block]) - psnr_rgb_db(original[block], before[block])
    assert found.patch == pytest.approx(expected)


def test_steps_show_the_patch_after_each(engine: Engine) -> None:
    state = opened(3)
    made = run(state)
    known = LessonFacts(changed=made, changes=step_changes(made))
    shown = figure(state, Facts(run=made), known)
    assert [cell.title for cell in cells(shown).cells] == [
        "Original",
        "Standard",
        "Step 1",
        "Step 2",
        "Step 3",
    ]
    assert [cell.chosen for cell in cells(shown).cells] == [False, True, False, False, False]
    plot = part(shown, "lesson gain")
    assert isinstance(plot, PlotScene)
    assert [curve.name for curve in plot.curves] == ["picture", "patch"]
    assert plot.curves[0].y[3] == pytest.approx(gains(made, 3, (2, 3)).picture)
    change = part(shown, "lesson change")
    assert isinstance(change, PlotScene)
    difference = made.pixels(2).astype(float) - made.pixels(1)
    assert change.curves[0].y[1] == pytest.approx(np.sqrt(np.mean(difference**2)), rel=1e-5)
    last = figure(replace(state, step=None), Facts(run=made), known)
    assert rows(last, "step")["Change by this step, RMS"] == f"{known.changes[2]:.2f} levels"


def test_steps_to_come_have_their_places(engine: Engine) -> None:
    state = opened(3)
    shown = figure(state, Facts(run=run(state, 1)))
    assert [cell.pixels is None for cell in cells(shown).cells] == [False, False, False, True, True]
    change = part(shown, "lesson change")
    assert isinstance(change, PlotScene)
    assert change.note


def compared(state: Session, count: int) -> CompareFacts:
    """The comparison with its first `count` decoders finished."""
    facts = CompareFacts()
    plan = plan_of(state, state.compare.entries[:count])
    for news in compare(plan, None, lambda: None)(Token()):  # type: ignore[arg-type]
        facts = facts.heard(news)
    return facts


def test_contexts_are_held_against_none(engine: Engine) -> None:
    state = opened(2)
    assert state.page is Page.COMPARE
    known = compared(state, 4)
    shown = figure(state, Facts(compare=known))
    assert [cell.title for cell in cells(shown).cells][:3] == ["Original", "Standard", "Raster, no context"]
    worth = rows(shown, "worth")
    assert set(worth) == {"Causal adds", "Non-causal adds", "Both together add"}
    assert worth["Causal adds"] == "picture 0.00 dB · patch 0.00 dB"  # the fake looks at no context
    entry = state.compare.entries[0]
    gain = gains(known.runs[entry], 2, (2, 3))
    assert rows(shown, "entries")["Raster, no context"].startswith(f"picture +{gain.picture:.2f} dB")
    assert shown.note == ""


def test_decoders_to_come_are_announced(engine: Engine) -> None:
    state = opened(4)
    known = compared(state, 2)
    shown = figure(state, Facts(compare=known))
    assert shown.note.startswith("Decoding")
    assert shown.progress is not None
    missing = [cell for cell in cells(shown).cells if cell.pixels is None]
    assert len(missing) == len(state.compare.entries) - 2
    stopped = figure(state, Facts(compare=replace(known, stopped=True)))
    assert "F5 goes on" in stopped.note
    assert stopped.progress is None
    assert len(rows(shown, "entries")) == 2


def test_a_closed_comparison_says_how_to_come_back(engine: Engine) -> None:
    state = c.close_compare(opened(2))
    assert "choose the lesson again" in figure(state, Facts()).note
    few = replace(opened(2), models=STUDY_CARDS[:1])
    told = figure(lessons.go_to(few, 4), Facts())
    assert told.note == "No decoders to compare are trained for JPEG streams"


def test_news_of_changes_name_their_run(engine: Engine) -> None:
    state = opened(3)
    made = run(state)
    assert state.picture is not None
    task = LessonTask(state.picture.pixels, False, False, (0, 1), made)
    (news,) = measure(task)(Token())  # type: ignore[arg-type]
    assert isinstance(news, ChangesFound)
    assert news.run is made
    assert len(news.changes) == 3
