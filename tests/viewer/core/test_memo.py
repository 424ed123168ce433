"""Memory: what is found again, what is made anew, and that nobody has to say what it depends on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest

from tests.support.viewer_engine import Engine, run, session
from viewer.core.memo import Memo, itself, same
from viewer.model.facts.facts import Facts, JobState
from viewer.model.reading import is_read_by_field, plain
from viewer.model.session import compare_changes as compare
from viewer.model.session import pages as s
from viewer.model.session.choices import Mode, Overlay
from viewer.model.session.place import hover, pin_at
from viewer.model.session.playback import choose_step
from viewer.model.session.state import Session
from viewer.model.session.view_changes import set_mode, set_peek
from viewer.shell.controller.resolve import resolve

MADE: list[str] = []


@pytest.fixture(autouse=True)
def _nothing_made() -> None:
    MADE.clear()


def quality_of(state: Session) -> str:
    """Reads one field of a record within the session."""
    MADE.append("quality")
    return f"quality {state.options.quality}"


def step_or_scan(state: Session) -> object:
    """Which fields count depends on one of them."""
    MADE.append("step")
    return ("scan", state.scan) if state.playing else ("step", state.step)


def outer(state: Session, memo: Memo) -> str:
    MADE.append("outer")
    return memo.recall(quality_of, state)


def grid_of(state: Session) -> tuple[int, int]:
    """Reads through properties."""
    MADE.append("grid")
    return state.grid


def changed(state: Session) -> Session:
    """Keeps parts of what it was lent, which it must not."""
    return replace(state, step=3)


def with_quality(state: Session, quality: int) -> Session:
    return replace(state, options=replace(state.options, quality=quality))


def test_only_what_was_read_counts() -> None:
    memo, state = Memo(), session()
    first = memo.recall(quality_of, state)
    assert memo.recall(quality_of, replace(state, step=2, cursor=(1, 1))) is first
    assert MADE == ["quality"]
    assert memo.recall(quality_of, with_quality(state, 77)) == "quality 77"
    assert memo.recall(quality_of, state) == first
    assert MADE == ["quality"] * 3  # one slot
    for _ in range(2):
        for quality in (10, 20, 30):
            assert memo.recall(quality_of, with_quality(state, quality), slots=3) == f"quality {quality}"
    assert MADE == ["quality"] * 6


def test_what_counts_may_depend_on_what_was_read() -> None:
    memo, state = Memo(), session()
    playing = replace(state, playing=True)
    memo.recall(step_or_scan, state, slots=4)
    memo.recall(step_or_scan, replace(state, scan=5), slots=4)
    assert MADE == ["step"]
    assert memo.recall(step_or_scan, replace(playing, scan=5), slots=4) == ("scan", 5)
    assert memo.recall(step_or_scan, replace(playing, scan=6), slots=4) == ("scan", 6)
    assert memo.recall(step_or_scan, replace(state, step=1, scan=6), slots=4) == ("step", 1)
    assert MADE == ["step"] * 4


def test_parts_read_by_a_part_count_for_the_whole() -> None:
    """Also where the part was found again and nothing of it was read."""
    memo, state = Memo(), session()
    memo.recall(quality_of, state)
    assert memo.recall(outer, state, memo) == "quality 15"
    assert memo.recall(outer, with_quality(state, 20), memo) == "quality 20"
    assert memo.recall(outer, replace(with_quality(state, 20), step=1), memo) == "quality 20"
    assert MADE == ["quality", "outer", "outer", "quality"]


def test_properties_and_copies_read_too() -> None:
    memo, state = Memo(), session()
    assert memo.recall(grid_of, state) == state.grid
    assert memo.recall(grid_of, hover(state, 9, 9)) == state.grid
    assert memo.recall(grid_of, replace(state, picture=None)) == (0, 0)
    assert MADE == ["grid"] * 2
    copied = memo.recall(changed, state)
    assert (type(copied), copied.step, copied.picture) == (Session, 3, state.picture)
    with pytest.raises(RuntimeError, match="'quality' is read of a record that was only lent"):
        _ = copied.options.quality


def test_a_record_in_place_of_nothing_is_another() -> None:
    memo = Memo()
    assert memo.recall(lessons_before, session()) is False
    opened = session()
    opened = replace(opened, lessons=replace(opened.lessons, before=session()))
    assert memo.recall(lessons_before, opened) is True
    assert memo.recall(lessons_before, session()) is False


def lessons_before(state: Session) -> bool:
    return state.lessons.before is not None


def test_what_takes_more_than_its_arguments_is_refused() -> None:
    state, memo = session(), Memo()
    for wrong in (lambda: state.step, lambda: 1, Memo().clear):
        with pytest.raises(TypeError, match="beside its arguments"):
            memo.recall(wrong)


def test_inputs_are_compared_as_they_should_be() -> None:
    one, other = np.zeros(3), np.zeros(3)
    assert same((1, "a", (one, None)), (1, "a", (one, None)))
    assert not same((one,), (other,))
    assert not same(1, 1.0)
    assert not same(True, 1)
    memo, member = Memo(), JobState("Decoding", 0.5)
    kept = memo.recall(itself, (member, 1))
    assert memo.recall(itself, (member, 1)) is kept
    memo.clear()
    assert memo.recall(itself, (member, 1)) is not kept


# ---- nothing of it comes out -----------------------------------------------------------------------------


def stand_ins(value: Any, seen: set[int]) -> Iterator[object]:
    """What still notes reading, anywhere in a scene."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if plain(value) is not value:
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from stand_ins(getattr(value, each.name), seen)
    elif isinstance(value, tuple | list | frozenset):
        for each in value:
            yield from stand_ins(each, seen)
    elif isinstance(value, dict):
        yield from stand_ins(tuple(value.items()), seen)


def test_scenes_hold_no_record_that_is_still_being_read(engine: Engine) -> None:
    memo, base = Memo(), pin_at(hover(session(decoder="raster"), 30, 30), 9, 9)
    facts = Facts(run=run(base))
    states = [
        base, choose_step(base, 1, 2, 2), set_mode(base, Mode.DIFFERENCE), set_mode(base, Mode.WIPE),
        set_mode(base, Mode.BLINK), set_peek(base, "original"), compare.open_compare(base),
        *(s.set_overlay(base, overlay) for overlay in Overlay),
    ]  # fmt: skip
    for state in states:
        assert not list(stand_ins(resolve(state, facts, memo), set()))


def test_the_parts_of_the_state_are_read_by_field() -> None:
    """A part that grows is one that slices would otherwise take whole, and be made anew for nothing."""
    state, facts = session(), Facts()
    for part in (state, state.options, state.compare, state.rates, state.looking, state.explain):
        assert is_read_by_field(part)
    for known in (facts, facts.job, facts.compare, facts.rates, facts.rates.curves, facts.rates.equal):
        assert is_read_by_field(known)
