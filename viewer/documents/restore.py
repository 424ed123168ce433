"""The window's state into a session file and out of one again. Pure, no Qt."""

from __future__ import annotations

from dataclasses import replace

from engine.types import Pixels
from viewer.documents.session_file import Reopened, SavedSession
from viewer.model.session.capture import apply, capture, left_out
from viewer.model.session.lessons_changes import close_lessons
from viewer.model.session.saved import View
from viewer.model.session.state import Session


def kept(session: Session, view: View) -> tuple[SavedSession, Pixels | None]:
    """What a session file keeps, and the pixels of a picture that has no file. view: where one looks."""
    shown = session.picture
    pixels = shown.pixels if shown is not None and shown.path is None and not session.sample else None
    session = close_lessons(session)
    return SavedSession(capture(session, view), session.looking.slots, session.playlist), pixels


def restored(session: Session, reopened: Reopened) -> Session:
    """A session whose picture is that of a file already, brought to the rest of it."""
    slots = reopened.saved.slots
    session = apply(close_lessons(session), reopened.saved.state)
    return replace(session, looking=replace(session.looking, slots=slots))


def restored_words(session: Session, reopened: Reopened) -> str:
    """What of it is not as it was, "" for nothing."""
    parts = (reopened.note, left_out(session, reopened.saved.state))
    return "; ".join(part for part in parts if part)
