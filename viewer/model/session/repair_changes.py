"""Transitions of the Repair page: pure functions from a `Session` to a new one. No Qt."""

from __future__ import annotations

from dataclasses import replace

from viewer.model.session import compare_changes as compare
from viewer.model.session.choices import Mode, Page
from viewer.model.session.repair import KINDS, STRONGEST, RepairView
from viewer.model.session.state import Session


def _with(session: Session, **changes: object) -> Session:
    return replace(session, repair=replace(session.repair, **changes))  # type: ignore[arg-type]


def open_repair(session: Session) -> Session:
    """Show the Repair page."""
    if session.page is Page.COMPARE:
        session = compare.close_compare(session)
    return replace(
        session, page=Page.REPAIR, mode=Mode.SIDE, solo="", peek="", blinking=False, scan=None, playing=False
    )


def close_repair(session: Session) -> Session:
    """Back to the pictures."""
    return replace(session, page=Page.PICTURES) if session.page is Page.REPAIR else session


def toggle_repair(session: Session) -> Session:
    return close_repair(session) if session.page is Page.REPAIR else open_repair(session)


def set_strength(session: Session, strength: int) -> Session:
    """strength: per cent, brought into its range."""
    return _with(session, strength=min(STRONGEST, max(0, strength)))


def set_kind(session: Session, kind: str) -> Session:
    return _with(session, kind=kind) if kind in KINDS else session


def set_quality(session: Session, quality: int) -> Session:
    return _with(session, quality=min(100, max(1, quality)))


def set_thorough(session: Session, on: bool) -> Session:
    return _with(session, thorough=on)


def set_pattern(session: Session, pattern: str) -> Session:
    """Any text: what is wrong with it is said beside it."""
    return _with(session, pattern=pattern)


def set_folder(session: Session, folder: str) -> Session:
    return _with(session, folder=folder)


def set_overwrite(session: Session, on: bool) -> Session:
    return _with(session, overwrite=on)


def set_view(session: Session, view: RepairView) -> Session:
    return _with(session, view=view)


def toggle_view(session: Session) -> Session:
    wiped = session.repair.view is RepairView.WIPE
    return set_view(session, RepairView.SIDE if wiped else RepairView.WIPE)
