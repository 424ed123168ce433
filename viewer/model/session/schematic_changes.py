"""Transitions of the network's diagram: pure functions from a `Session` to a new one. No Qt."""

from __future__ import annotations

from dataclasses import replace

from viewer.model.session.choices import Page
from viewer.model.session.place import active_patch
from viewer.model.session.state import Session


def shown(session: Session) -> bool:
    """Whether the diagram is there: beside the pictures of one stream with one decoder."""
    return session.schematic and session.page is Page.PICTURES and session.size is not None


def toggle(session: Session) -> Session:
    """Show the diagram, of the middle patch where none is pointed at; or hide it."""
    rows, columns = session.grid
    if not session.schematic and rows and active_patch(session) is None:
        session = replace(session, pinned=(rows // 2, columns // 2))
    return replace(session, schematic=not session.schematic)
