"""Into a lesson, to the next, and out again: pure transitions."""

from __future__ import annotations

from dataclasses import replace

from engine.types import Context
from tests.support.viewer_engine import CARDS, STUDY_CARDS, picture, session
from viewer.lessons.file import bundled_course, parse_course
from viewer.model.session import compare_changes as c
from viewer.model.session import lessons_changes as lessons
from viewer.model.session import pages as s
from viewer.model.session.choices import Mode, Overlay, Page
from viewer.model.session.opening import open_picture, open_stream
from viewer.model.session.options import set_codec, set_context, set_target
from viewer.model.session.state import Session, Stream
from viewer.model.session.view_changes import set_mode

COURSE = bundled_course()


def chosen() -> Session:
    """A session where everything differs from what lessons set."""
    state = replace(session(picture(), "raster"), models=STUDY_CARDS)
    state = set_target(set_context(state, Context.CAUSAL), 0.5)
    state = s.set_overlay(set_mode(state, Mode.WIPE), Overlay.BITS)
    return replace(state, pinned=(1, 2), step=1)


def lessons_off(state: Session) -> Session:
    return replace(state, lessons=Session().lessons)


def test_leaving_brings_everything_back() -> None:
    before = chosen()
    state = lessons.open_lessons(before, COURSE)
    for at in (1, 2, 3, 4, 0):
        state = lessons.go_to(state, at)
    state = lessons.set_quality(s.set_overlay(state, Overlay.GAIN), 3)
    after = lessons.close_lessons(state)
    assert not after.lessons.on
    for name in ("picture", "options", "overlay", "mode", "pinned", "step", "compare", "solo", "chosen"):
        assert getattr(after, name) == getattr(before, name), name


def test_a_lesson_sets_its_state_and_leaves_the_rest() -> None:
    state = lessons.open_lessons(chosen(), COURSE)
    assert (state.options.quality, state.options.bits_per_pixel) == (15, None)
    assert (state.mode, state.overlay) == (Mode.SIDE, Overlay.GRID)
    assert state.options.context is Context.CAUSAL
    assert state.lessons.seen == (0,)
    steps = lessons.go_to(state, 3)
    assert (steps.options.quality, steps.step, steps.page is Page.COMPARE) == (10, 0, False)
    assert steps.lessons.seen == (0, 3)


def test_presets_open_the_compare_view() -> None:
    state = lessons.go_to(lessons.open_lessons(chosen(), COURSE), 2)
    assert state.page is Page.COMPARE
    assert [entry.context for entry in state.compare.entries] == [
        Context.NONE, Context.CAUSAL, Context.NONCAUSAL, Context.BOTH
    ]  # fmt: skip
    learners = lessons.go_to(state, 4)
    assert {entry.decoder for entry in learners.compare.entries} > {"learner-bptt-1", "learner-uoro-1"}
    assert lessons.go_to(learners, 3).page is Page.PICTURES


def test_what_cannot_be_had_is_told() -> None:
    few = replace(session(), models=CARDS[:1])
    state = lessons.go_to(lessons.open_lessons(few, COURSE), 4)
    assert state.page is not Page.COMPARE
    assert state.lessons.fault == "No decoders to compare are trained for JPEG streams"
    assert lessons.go_to(state, 3).lessons.fault == ""
    text = "[[lesson]]\ntitle='a'\ntext='b'\n[lesson.state]\ndecoder='gone'"
    assert lessons.open_lessons(few, parse_course(text, "x")).lessons.fault == "not installed: gone"


def test_next_and_back_stay_within_the_course() -> None:
    state = lessons.open_lessons(chosen(), COURSE)
    assert lessons.go_by(state, -1) is state
    assert lessons.go_by(state, 1).lessons.at == 1
    last = lessons.go_to(state, 99)
    assert last.lessons.at == len(COURSE.lessons) - 1
    assert lessons.go_by(last, 1) is last
    closed = lessons.close_lessons(last)
    assert lessons.go_to(closed, 1) is closed
    assert lessons.close_lessons(closed) is closed


def test_reopening_goes_on_where_one_was() -> None:
    state = lessons.go_to(lessons.toggle_lessons(chosen(), COURSE), 3)
    again = lessons.toggle_lessons(lessons.toggle_lessons(state, COURSE), COURSE)
    assert (again.lessons.on, again.lessons.at, again.lessons.seen) == (True, 3, (0, 3))
    other = lessons.open_lessons(again, parse_course("[[lesson]]\ntitle='a'\ntext='b'", "x"))
    assert other.lessons.seen == (0,)
    assert lessons.close_lessons(other).options == chosen().options


def test_a_picture_opened_meanwhile_is_kept() -> None:
    state = lessons.open_lessons(chosen(), COURSE)
    other = picture(24, 32, seed=4, name="other.png")
    state = open_picture(state, other)
    for moved in (lessons.go_to(state, 3), lessons.close_lessons(state)):
        assert moved.picture is other
        assert moved.pinned is None
    assert lessons.close_lessons(state).options == chosen().options
    stream = Stream("a.jpg", b"", 24, 32)
    received = lessons.close_lessons(open_stream(state, stream))
    assert (received.picture, received.stream) == (None, stream)


def test_another_picture_begins_where_the_lesson_does() -> None:
    state = lessons.go_to(lessons.open_lessons(chosen(), COURSE), 3)
    moved = open_picture(state, picture(24, 32, seed=4))
    assert moved.step is None
    assert lessons.settle(moved).step == 0
    text = "[[lesson]]\ntitle='a'\ntext='b'\n[lesson.state]\npatch=[1, 3]"
    own = lessons.open_lessons(moved, parse_course(text, "x"))
    assert lessons.settle(replace(own, pinned=None)).pinned == (1, 3)
    small = open_picture(own, picture(8, 8, seed=4))
    assert lessons.settle(small).pinned is None
    assert lessons.settle(session()) is not None


def test_quality_moves_the_stream_where_it_can() -> None:
    state = lessons.set_quality(lessons.open_lessons(chosen(), COURSE), 40)
    assert (state.options.quality, state.lessons.quality) == (40, 40)
    webp = lessons.set_quality(set_codec(state, "webp"), 12)
    assert webp.lessons.quality == 12
    assert webp.options.codec == "webp"
    assert webp.options.bits_per_pixel == set_codec(state, "webp").options.bits_per_pixel
    received = open_stream(state, Stream("a.jpg", b"", 24, 32))
    assert lessons.set_quality(received, 99).options == received.options


def test_the_figures_own_choices_are_kept_within_bounds() -> None:
    state = lessons.open_lessons(chosen(), COURSE)
    assert lessons.set_used(state, 0).lessons.used == 1
    assert lessons.set_used(state, 99).lessons.used == 64
    assert lessons.set_coefficient(state, 2, 5).lessons.coefficient == (2, 5)
    assert lessons.set_coefficient(state, 8, 0) is state
    assert lessons.go_to(lessons.set_used(state, 3), 1).lessons.used == 64


def test_entering_from_the_compare_view_leaves_it_and_comes_back() -> None:
    compared = c.open_compare(chosen())
    state = lessons.open_lessons(compared, COURSE)
    assert state.page is not Page.COMPARE
    back = lessons.close_lessons(state)
    assert back.compare == compared.compare
