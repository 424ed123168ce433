"""Transitions of presenting."""

from __future__ import annotations

from dataclasses import replace

from tests.support.viewer_engine import picture, session
from viewer.model.session import presentation_changes as p
from viewer.model.session.choices import Mode, Page
from viewer.model.session.opening import open_picture
from viewer.model.session.pages import panes_available
from viewer.model.session.patch_changes import shown
from viewer.model.session.place import pin_at
from viewer.model.session.presentation import Poll, Presentation
from viewer.model.session.state import Session


def begun() -> Session:
    return p.start(session(picture()))


def test_aids_pin_a_patch_inside_the_picture_once() -> None:
    rows, columns = begun().grid
    assert p.toggle_spot(begun(), None).pinned == (rows // 2, columns // 2)
    assert p.toggle_magnifier(begun(), (rows + 5, -1)).pinned == (rows - 1, 0)
    there = replace(begun(), pinned=(0, 1))
    assert p.toggle_spot(there, (1, 1)).pinned == (0, 1)
    off = replace(p.toggle_spot(begun(), None), pinned=None)
    assert p.toggle_spot(off, (1, 1)).pinned is None


def test_the_pin_of_before_comes_back_only_in_the_same_picture() -> None:
    state = p.start(pin_at(session(picture()), 8, 8))
    moved = replace(state, pinned=(0, 0))
    assert p.leave(moved).pinned == (1, 1)
    other = p.toggle_spot(open_picture(moved, picture()), (0, 1))
    assert p.leave(other).pinned is None


def test_the_panel_of_a_patch_has_no_room_meanwhile() -> None:
    state = pin_at(session(picture()), 8, 8)
    assert shown(state)
    assert not shown(p.start(state))
    clicked = pin_at(replace(p.start(state), explain=replace(state.explain, open=False)), 0, 0)
    assert not clicked.explain.open


def test_plots_follow_each_other_and_end() -> None:
    state, seen = begun(), []
    for _ in range(4):
        state = p.next_plot(state, ["a", "b"])
        seen.append(state.presentation.plot)
    assert seen == ["a", "b", "", "a"]
    assert p.next_plot(state, ["b"]).presentation.plot == "b"  # of another page


def test_a_poll_shows_the_pair_in_the_order_drawn() -> None:
    state = replace(begun(), mode=Mode.BLINK, blinking=True)
    asked = p.next_poll(state, swapped=True)
    assert panes_available(asked) == ("estimate", "standard")
    assert asked.mode is Mode.SIDE
    assert p.next_poll(asked, swapped=False).presentation.swapped
    ended = p.next_poll(p.next_poll(asked, swapped=False), swapped=False)
    assert ended.mode is Mode.BLINK
    assert ended.presentation == replace(state.presentation, poll=Poll.NONE)
    assert panes_available(ended) == state.order


def test_no_poll_where_several_are_compared_or_nobody_presents() -> None:
    compared = replace(begun(), page=Page.COMPARE)
    assert p.next_poll(compared, swapped=True) is compared
    plain = session(picture())
    assert p.next_poll(plain, swapped=True) is plain
    assert plain.presentation == Presentation()
