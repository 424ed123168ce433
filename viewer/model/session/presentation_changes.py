"""Transitions of presenting: pure functions from a `Session` to a new one. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from viewer.model.session.choices import Mode, Page
from viewer.model.session.presentation import Poll
from viewer.model.session.state import Session
from viewer.model.session.view_changes import set_mode


def start(session: Session) -> Session:
    """Present; which aids were on the last time is remembered, as long as there is a patch for them."""
    if session.presentation.on:
        return session
    return _with(session, on=True, before=session.pinned, poll=Poll.NONE)


def leave(session: Session) -> Session:
    """Present no longer: the patch that was pinned before is again, and two pictures without names get
    theirs."""
    if not session.presentation.on:
        return session
    session = end_poll(session)
    return replace(_with(session, on=False, before=None), pinned=session.presentation.before)


def toggle_spot(session: Session, place: tuple[int, int] | None) -> Session:
    """Dim all but the pinned patch's surroundings. place: the patch to pin where none is."""
    return _aided(_with(session, spot=not session.presentation.spot), place)


def toggle_magnifier(session: Session, place: tuple[int, int] | None) -> Session:
    """Enlarge the pinned patch with its neighbours in every pane."""
    return _aided(_with(session, magnifier=not session.presentation.magnifier), place)


def _aided(session: Session, place: tuple[int, int] | None) -> Session:
    known = session.presentation
    rows, columns = session.grid
    if session.pinned is not None or not rows or not (known.spot or known.magnifier):
        return session
    row, column = place or (rows // 2, columns // 2)
    return replace(session, pinned=(min(max(0, row), rows - 1), min(max(0, column), columns - 1)))


def next_plot(session: Session, keys: Sequence[str]) -> Session:
    """The first of these plots, the one after that which is shown, and after the last one none."""
    shown = session.presentation.plot
    at = keys.index(shown) + 1 if shown in keys else 0
    return _with(session, plot=keys[at] if at < len(keys) else "")


def toggle_lesson(session: Session) -> Session:
    """Show the lesson's panel beside the pictures, or put it away."""
    return _with(session, lesson=not session.presentation.lesson)


# ---- which one is it? ------------------------------------------------------------------------------------


def next_poll(session: Session, swapped: bool) -> Session:
    """Show the wipe's two pictures without their names, then with them, then all as before. swapped: how they
    stand, drawn by lot."""
    known = session.presentation
    if known.poll is Poll.ASKED:
        return _with(session, poll=Poll.REVEALED)
    if known.poll is Poll.REVEALED:
        return end_poll(session)
    if not known.on or session.page is not Page.PICTURES:
        return session
    return _with(set_mode(session, Mode.SIDE), poll=Poll.ASKED, swapped=swapped, mode=session.mode)


def end_poll(session: Session) -> Session:
    """All pictures with their names."""
    known = session.presentation
    if known.poll is Poll.NONE:
        return session
    return _with(set_mode(session, known.mode), poll=Poll.NONE, swapped=False, mode=Mode.SIDE)


def polled(session: Session) -> tuple[str, ...]:
    """Keys of the two panes that are asked about, as they stand; () while nothing is asked."""
    known = session.presentation
    if not known.on or known.poll is Poll.NONE or session.page is not Page.PICTURES:
        return ()
    return session.wipe[::-1] if known.swapped else session.wipe


def _with(session: Session, **changes: Any) -> Session:
    return replace(session, presentation=replace(session.presentation, **changes))
