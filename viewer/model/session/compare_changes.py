"""Transitions of the compare view: pure functions from a `Session` to a new one. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from viewer.model.session.choices import MAX_STEPS, Mode, Overlay, Page
from viewer.model.session.compare import LEAST, MOST, OVERLAYS, Axis, ComparePage, Entry
from viewer.model.session.compare_presets import first_entries, known_entries
from viewer.model.session.state import Session


def _with(session: Session, **changes: object) -> Session:
    return replace(session, compare=replace(session.compare, **changes))  # type: ignore[arg-type]


def open_compare(session: Session, entries: Iterable[Entry] = ()) -> Session:
    """Compare `entries`, else those of last time, else the first preset. With fewer than two decoders to
    choose from for the codec nothing happens."""
    wanted = known_entries(entries, session.fitting)
    for fallback in (session.compare.entries, first_entries(session.fitting, session.options.decoder)):
        if len(wanted) >= LEAST:
            break
        wanted = known_entries(fallback, session.fitting)
    if len(wanted) < LEAST:
        return session
    calm = replace(
        session, page=Page.COMPARE, mode=Mode.SIDE, solo="", peek="", blinking=False, scan=None,
        playing=False, step=None,
    )  # fmt: skip
    return _with(calm, entries=wanted, page=ComparePage.PICTURES, flipped=False)


def close_compare(session: Session) -> Session:
    """Back to the one chosen decoder."""
    calm = replace(session, page=Page.PICTURES, solo="", peek="", playing=False, step=None)
    return _with(calm, flipped=False)


def toggle_compare(session: Session) -> Session:
    return close_compare(session) if session.page is Page.COMPARE else open_compare(session)


def follow_codec(session: Session, before: str) -> Session:
    """Compare decoders of the session's codec, which was `before`: those of the last time, else others. With
    fewer than two the comparison closes."""
    state = session.compare
    if before == session.codec:
        return session
    others = tuple(pair for pair in state.earlier if pair[0] not in (before, session.codec))
    known = dict(state.earlier).get(session.codec, ())
    moved = _with(session, earlier=(*others, (before, state.entries)), entries=known, flipped=False)
    if session.page is not Page.COMPARE:
        return moved
    moved = open_compare(close_compare(moved))
    return _with(moved, page=state.page) if moved.page is Page.COMPARE else moved


def set_entries(session: Session, entries: Iterable[Entry]) -> Session:
    """Compare others; fewer than two, or none known, change nothing."""
    wanted = known_entries(entries, session.fitting)
    if len(wanted) < LEAST or wanted == session.compare.entries:
        return session
    keys = {entry.key for entry in wanted}
    solo = session.solo if session.solo in keys or session.solo in ("original", "standard") else ""
    return _with(replace(session, solo=solo), entries=wanted, flipped=False)


def toggle_entry(session: Session, entry: Entry) -> Session:
    """Add an entry at the end, or remove it; two at least and six at most remain."""
    entries = session.compare.entries
    if entry in entries:
        return set_entries(session, (each for each in entries if each != entry))
    return set_entries(session, (*entries, entry)) if len(entries) < MOST else session


def set_steps(session: Session, steps: int) -> Session:
    """K of every decoder; 0 leaves each as trained."""
    return _with(replace(session, step=None), steps=min(MAX_STEPS, max(0, steps)))


def toggle_extra(session: Session, name: str) -> Session:
    """Show or hide the pane "original" or "standard"."""
    shown = not getattr(session.compare, name)
    solo = session.solo if shown or session.solo != name else ""
    return _with(replace(session, solo=solo), **{name: shown})


def set_overlay(session: Session, overlay: Overlay) -> Session:
    """What lies over all pictures; overlays of single decoders change nothing."""
    return _with(session, overlay=overlay) if overlay in OVERLAYS else session


def set_page(session: Session, page: ComparePage) -> Session:
    return _with(session, page=page, flipped=False)


def set_axis(session: Session, axis: Axis) -> Session:
    return _with(session, axis=axis)


def sort_by(session: Session, column: str) -> Session:
    """Sort by a column: upwards, then downwards, then in the order of the entries again."""
    known, down = session.compare.sort
    sort = (column, False) if column != known else ("", False) if down else (column, True)
    return _with(session, sort=sort)


def set_flip(session: Session, first: int | None = None, second: int | None = None) -> Session:
    """Choose one or both entries to flip between; choosing the other one's exchanges the two."""
    one, other = session.compare.pair
    if first is not None:
        one, other = first, one if first == other else other
    if second is not None:
        one, other = other if second == one else one, second
    return _with(session, flip=(one, other))


def flip_on(session: Session, which: int) -> Session:
    """Take the next entry as the first (0) or second (1) to flip between, passing over the other one."""
    pair, count = session.compare.pair, len(session.compare.entries)
    if count <= LEAST:
        return set_flip(session, *pair[::-1])
    at = (pair[which] + 1) % count
    at = (at + 1) % count if at == pair[1 - which] else at
    return set_flip(session, *((at, None) if which == 0 else (None, at)))


def hold_flip(session: Session, down: bool) -> Session:
    """The flip key went down, or up again."""
    return _with(session, flipped=down)


def set_baseline(session: Session, learner: str) -> Session:
    """Take learners' differences from this one."""
    return _with(session, baseline=learner)


def set_topic(session: Session, topic: str) -> Session:
    return _with(session, topic=topic, cell=("", ""))


def set_cell(session: Session, row: str, column: str) -> Session:
    """Choose a cell of the robustness table."""
    return _with(session, cell=(row, column))
