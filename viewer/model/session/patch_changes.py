"""Transitions of the panel that explains a patch: pure functions from a `Session` to a new one. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from engine.types import PATCH
from viewer.model.session.choices import Page
from viewer.model.session.patch import Explained, Place
from viewer.model.session.state import Session

Pointing = Callable[[Session, Any], Session]
"""A transition that points at something, or with None at nothing."""


def shown(session: Session) -> bool:
    """Whether the panel is there: a patch is pinned, of one stream with one decoder."""
    beside = session.page is Page.COMPARE or session.page is Page.CODECS or session.presentation.on
    return session.explain.open and session.pinned is not None and not beside


def set_open(session: Session, on: bool) -> Session:
    return _changed(session, open=on)


def toggle(session: Session) -> Session:
    """Show the panel, pinning the patch under the mouse (else the middle one) where none is; or hide it."""
    if session.pinned is not None:
        return set_open(session, not session.explain.open)
    rows, columns = session.grid
    if not rows:
        return session
    place = rows // 2, columns // 2
    if session.cursor is not None:
        place = session.cursor[1] // PATCH, session.cursor[0] // PATCH
    return set_open(replace(session, pinned=place), True)


def pin_second(session: Session, x: int, y: int) -> Session:
    """Pin the patch at a pixel beside the first; the same one again unpins it. Without a first it is that."""
    if session.size is None or not (0 <= y < session.size[0] and 0 <= x < session.size[1]):
        return session
    place = (y // PATCH, x // PATCH)
    if session.pinned is None:
        return set_open(replace(session, pinned=place), True)
    second = None if place in (session.explain.second, session.pinned) else place
    return _changed(session, second=second, open=True)


def toggle_second(session: Session) -> Session:
    """Pin a second patch: the one under the mouse, else the next in the row; or unpin it."""
    if session.explain.second is not None:
        return _changed(session, second=None)
    if session.pinned is None:
        return toggle(session)
    row, column = session.pinned
    place = (row, column + 1 if column + 1 < session.grid[1] else column - 1)
    if session.cursor is not None:
        pointed = session.cursor[1] // PATCH, session.cursor[0] // PATCH
        place = pointed if pointed != session.pinned else place
    if place[1] < 0:
        return session
    return _changed(session, second=place, open=True)


def swap_patches(session: Session) -> Session:
    """The second patch becomes the first, which keys move."""
    if session.pinned is None or session.explain.second is None:
        return session
    return _changed(replace(session, pinned=session.explain.second), second=session.pinned)


def set_component(session: Session, component: int) -> Session:
    """0 Y, 1 Cb, 2 Cr."""
    return _changed(session, component=min(2, max(0, component)))


def next_component(session: Session) -> Session:
    return set_component(session, (session.explain.component + 1) % 3)


def light_coefficient(session: Session, place: Place | None) -> Session:
    """Point at a coefficient, (vertical, horizontal frequency); None points at none."""
    return _changed(session, coefficient=place)


def light_neighbour(session: Session, place: Place | None) -> Session:
    """Point at a patch of the neighbourhood."""
    return _changed(session, neighbour=place)


def light_step(session: Session, step: int | None) -> Session:
    """Look at a position of the scrubber without going there."""
    return _changed(session, step=step)


def unpinned(session: Session) -> Session:
    """Nothing is pinned or pointed at any longer; the choice of the component stays."""
    return replace(
        session,
        pinned=None,
        explain=Explained(open=session.explain.open, component=session.explain.component),
    )


def _changed(session: Session, **values: object) -> Session:
    """The same session where nothing changes, so that moving the mouse costs nothing."""
    after = replace(session.explain, **values)  # type: ignore[arg-type]
    return session if after == session.explain else replace(session, explain=after)
