"""Transitions: the place pointed at, and the pinned patch."""

from __future__ import annotations

from dataclasses import replace

from engine.types import PATCH
from viewer.model.session import patch_changes as patch
from viewer.model.session.state import Session


def hover(session: Session, x: int, y: int) -> Session:
    """The mouse is over a pixel; outside the picture there is none."""
    if session.size is None or not (0 <= y < session.size[0] and 0 <= x < session.size[1]):
        return leave(session)
    return replace(session, cursor=(x, y))


def leave(session: Session) -> Session:
    return replace(session, cursor=None) if session.cursor is not None else session


def pin_at(session: Session, x: int, y: int) -> Session:
    """Pin the patch at a pixel, and explain it; the same one again unpins it."""
    if session.size is None or not (0 <= y < session.size[0] and 0 <= x < session.size[1]):
        return patch.unpinned(session)
    place = (y // PATCH, x // PATCH)
    if place == session.pinned:
        return patch.unpinned(session)
    pinned = replace(session, pinned=place)
    if session.lessons.on or session.presentation.on:
        return pinned  # a lesson explains it itself; presenting has no room
    return patch.set_open(pinned, True)


def unpin(session: Session) -> Session:
    return patch.unpinned(session)


def move_pin(session: Session, rows: int, columns: int) -> Session:
    """Move the pinned patch (or pin the one under the mouse, else the middle) inside the picture."""
    grid = session.grid
    if grid == (0, 0):
        return session
    row, column = active_patch(session) or (grid[0] // 2, grid[1] // 2)
    if session.pinned is not None:
        row, column = row + rows, column + columns
    return replace(
        session, pinned=(min(max(0, row), grid[0] - 1), min(max(0, column), grid[1] - 1)), cursor=None
    )


def active_patch(session: Session) -> tuple[int, int] | None:
    """The patch to explain: the pinned one, else the one under the mouse, else that of the scan."""
    if session.pinned is not None:
        return session.pinned
    if session.cursor is not None:
        x, y = session.cursor
        return y // PATCH, x // PATCH
    if session.scan is not None and session.grid[1]:
        row, column = divmod(session.scan, session.grid[1])
        return row, column
    return None
