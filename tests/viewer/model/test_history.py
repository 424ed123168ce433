"""Undo and redo of settings: what makes an entry, what it is called, what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.types import Context
from tests.support.viewer_engine import CARDS, picture
from viewer.model.session import compare_changes as compare
from viewer.model.session import pages as s
from viewer.model.session import rate_distortion_changes as rates
from viewer.model.session.choices import Mode, Overlay, Page
from viewer.model.session.history import DRAG_SECONDS, MOST, History, noted, redone, undone
from viewer.model.session.looks import set_text_scale, set_theme
from viewer.model.session.opening import open_picture, open_stream
from viewer.model.session.options import (
    set_carry,
    set_codec,
    set_context,
    set_decoder,
    set_quality,
    set_steps,
    set_target,
)
from viewer.model.session.place import hover, pin_at
from viewer.model.session.playback import choose_step
from viewer.model.session.setting import Undo, declared
from viewer.model.session.state import Options, Session, Stream
from viewer.model.session.view_changes import (
    set_absolute,
    set_gain,
    set_mode,
    set_opacity,
    set_peek,
    set_wipe,
    set_zoom,
)

START = Session(models=CARDS, options=Options(decoder="sweep"), picture=picture())
Way = Callable[[Session], Session]

NAMED: tuple[tuple[Way, str], ...] = (
    (partial(set_quality, quality=30), "quality 15 → 30"),
    (partial(set_codec, codec="webp"), "codec JPEG → WebP"),
    (partial(set_decoder, name="raster"), "decoder sweep → raster"),
    (partial(set_steps, steps=5), "steps as trained → 5"),
    (partial(s.set_overlay, overlay=Overlay.GRID), "overlay none → patch grid"),
    (partial(set_mode, mode=Mode.DIFFERENCE), "view mode side by side → difference"),
    (partial(set_opacity, opacity=0.25), "opacity 60 % → 25 %"),
    (partial(set_absolute, absolute=True), "absolute difference on"),
    (partial(set_theme, theme="light"), "theme system → light"),
    (partial(set_text_scale, percent=125), "size of text 100 → 125"),
    (partial(s.solo_pane, number=2), "single pane all → standard"),
    (partial(set_wipe, left="original", right="estimate"), "view mode side by side → wipe"),
    (compare.open_compare, "page one decoder → compared decoders"),
    (rates.open_rates, "page one decoder → all codecs"),
)


@pytest.mark.parametrize(("way", "name"), NAMED, ids=[name for _, name in NAMED])
def test_changes_are_named_undone_and_redone(way: Way, name: str) -> None:
    after = way(START)
    history = noted(History(), START, after, 0.0)
    assert (history.undo_name, history.redo_name) == (name, "")
    history, back = undone(history, after)
    assert back.options == START.options
    assert (back.mode, back.overlay, back.solo, back.theme) == (
        START.mode, START.overlay, START.solo, START.theme
    )  # fmt: skip
    assert back.page is Page.PICTURES
    assert (history.undo_name, history.redo_name) == ("", name)
    history, again = redone(history, back)
    assert again.options == after.options
    assert (again.mode, again.compare, again.page) == (after.mode, after.compare, after.page)
    assert (history.undo_name, history.redo_name) == (name, "")


@pytest.mark.parametrize(
    "way",
    [
        partial(hover, x=3, y=3),
        partial(pin_at, x=3, y=3),
        partial(choose_step, step=1, ready=3, planned=3),
        partial(set_zoom, percent=300.0),
        partial(set_peek, key="original"),
        lambda session: session,
        lambda session: replace(session, playing=True),
        partial(open_picture, picture=picture(seed=2)),
    ],
)
def test_looking_is_no_setting(way: Way) -> None:
    assert noted(History(), START, way(START), 0.0) == History()


def test_a_drag_is_one_entry() -> None:
    history, session = History(), START
    for number, quality in enumerate(range(16, 41)):
        after = set_quality(session, quality)
        history = noted(history, session, after, 0.02 * number)
        session = after
    assert len(history.past) == 1
    assert history.undo_name == "quality 15 → 40"
    later = set_quality(session, 50)
    history = noted(history, session, later, 0.5 + DRAG_SECONDS)
    assert [change.name for change in history.past] == ["quality 15 → 40", "quality 40 → 50"]
    history, back = undone(history, later)
    history, back = undone(history, back)
    assert back.options.quality == 15


def test_a_drag_back_to_its_start_leaves_nothing() -> None:
    moved = set_quality(START, 20)
    history = noted(History(), START, moved, 0.0)
    assert noted(history, moved, set_quality(moved, 15), 0.1) == History()


def test_choices_in_quick_succession_stay_apart() -> None:
    grid = s.set_overlay(START, Overlay.GRID)
    history = noted(History(), START, grid, 0.0)
    history = noted(history, grid, s.set_overlay(grid, Overlay.BITS), 0.01)
    assert len(history.past) == 2


def test_a_new_change_ends_what_could_be_redone() -> None:
    louder = set_gain(START, 16)
    history, back = undone(noted(History(), START, louder, 0.0), louder)
    assert history.redo_name
    history = noted(history, back, set_gain(back, 8), 0.1)
    assert history.redo_name == ""
    assert history.undo_name == "gain of differences 4 → 8"


def test_undoing_leaves_everything_else_as_it_is_now() -> None:
    louder = set_gain(START, 16)
    history = noted(History(), START, louder, 0.0)
    now = pin_at(open_picture(louder, picture(seed=3, name="b.png")), 20, 20)
    _, back = undone(history, now)
    assert (back.gain, back.name, back.pinned) == (4, "b.png", now.pinned)


def test_what_was_set_for_a_picture_fits_a_stream() -> None:
    wiping = set_wipe(START, "original", "estimate")
    other = set_wipe(wiping, "standard", "estimate")
    history = noted(History(), wiping, other, 0.0)
    _, back = undone(history, open_stream(other, Stream("a.jpg", b"", 45, 70)))
    assert "original" not in back.wipe


def test_names_can_be_given_and_the_history_ends_somewhere() -> None:
    history = noted(History(), START, set_gain(START, 8), 0.0, "view 3")
    assert history.undo_name == "view 3"
    session = START
    for number in range(MOST + 5):
        after = set_mode(session, Mode.WIPE if number % 2 == 0 else Mode.SIDE)
        history, session = noted(history, session, after, float(number)), after
    assert len(history.past) == MOST
    assert undone(History(), START) == (History(), START)
    assert redone(History(), START) == (History(), START)


STEPS: tuple[Way, ...] = (
    *(way for way, _ in NAMED),
    partial(set_context, context=Context.CAUSAL),
    partial(set_carry, carry=True),
    partial(set_target, bits_per_pixel=0.4),
    s.swap,
    compare.close_compare,
    rates.close_rates,
)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(range(len(STEPS))), max_size=12))
def test_undoing_everything_comes_back_to_the_start(order: list[int]) -> None:
    history, session = History(), START
    for number, which in enumerate(order):
        after = STEPS[which](session)
        history, session = noted(history, session, after, 10.0 * number), after
    end, count = session, len(history.past)
    for _ in range(count):
        history, session = undone(history, session)
    assert _settings(session) == _settings(START)
    for _ in range(count):
        history, session = redone(history, session)
    assert _settings(session) == _settings(end)


def _settings(session: Session) -> tuple[object, ...]:
    return (
        session.options, session.mode, session.order, session.wipe, session.solo, session.overlay,
        session.gain, session.absolute, session.compare, session.rates, session.theme, session.looking.scale,
    )  # fmt: skip


def test_every_setting_is_named_as_people_call_it() -> None:
    known = declared(Session)
    assert all(each.setting.title for each in known.values() if each.setting.undo is Undo.ENTRY)
    hidden = rates.toggle_codec(Session(), "webp")
    assert noted(History(), Session(), hidden, 0.0).undo_name == "codecs switched on"


PASSING = {
    "models", "picture", "stream", "sample", "playlist", "file_codec", "cursor", "peek", "blinking",
    "playing", "zoom", "schematic", "lessons", "explain", "presentation", "compare.flipped",
    "compare.cell", "rates.span",
    "looking.second", "looking.slots", "lab.at", "lab.lane", "lab.sort", "lab.place",
}  # fmt: skip
"""What is open, where one looks, what passes by itself: no settings."""


def test_every_field_is_a_setting_or_known_to_be_none() -> None:
    """Who adds a field has to say which."""

    def leaves(record: object, path: str = "") -> Iterator[str]:
        for each in fields(record):  # type: ignore[arg-type]
            value, place = getattr(record, each.name), f"{path}{each.name}"
            if is_dataclass(value) and place not in PASSING:
                yield from leaves(value, f"{place}.")
            else:
                yield place

    found = list(leaves(Session()))
    assert sorted(found) == sorted({*declared(Session), *PASSING})
