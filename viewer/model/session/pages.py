"""Transitions of the window's state: pure functions from a `Session` to a new one. No Qt.

Whether a new run is needed follows from comparing the two with `needs_run`.
"""

from __future__ import annotations

from dataclasses import replace

from viewer.model.session import compare_changes as compare
from viewer.model.session import rate_distortion_changes as rates
from viewer.model.session.choices import (
    Mode,
    Overlay,
    Page,
)
from viewer.model.session.panes import can_show
from viewer.model.session.presentation_changes import polled
from viewer.model.session.state import Session


def shown_overlay(session: Session) -> Overlay:
    """The overlay of the view that is open: comparing has one of its own, and so have the codecs."""
    if session.page is Page.CODECS:
        return session.rates.overlay
    return session.compare.overlay if session.page is Page.COMPARE else session.overlay


def set_overlay(session: Session, overlay: Overlay) -> Session:
    if session.page is Page.COMPARE:
        return compare.set_overlay(session, overlay)
    if session.page is Page.CODECS:
        return rates.set_overlay(session, overlay)
    return replace(session, overlay=overlay)


def toggle_overlay(session: Session, overlay: Overlay) -> Session:
    """Show an overlay, or none when it is shown already."""
    return set_overlay(session, Overlay.NONE if shown_overlay(session) is overlay else overlay)


def panes_available(session: Session) -> tuple[str, ...]:
    """Panes that can be shown, in their order: no original where none was sent."""
    if session.page is Page.CODECS:
        return rates.shown_panes(session)
    if session.page is Page.COMPARE:
        return tuple(key for key in session.compare.panes if key != "original" or session.stream is None)
    shown = tuple(key for key in polled(session) or session.order if can_show(session, key))
    return shown or ("estimate",)


def solo_pane(session: Session, number: int) -> Session:
    """Show only the pane with this number, from 1; the same again, or 0, shows all."""
    keys = panes_available(session)
    if not 0 <= number <= len(keys):
        return session
    key = keys[number - 1] if number else ""
    return replace(session, solo="" if key == session.solo else key, mode=Mode.SIDE)


def swap(session: Session) -> Session:
    """Exchange the two sides of the wipe, or the last two panes."""
    if session.page is Page.CODECS:
        return rates.swap_pair(session)
    if session.mode in (Mode.WIPE, Mode.BLINK):
        return replace(session, wipe=session.wipe[::-1])
    return replace(session, order=(*session.order[:-2], *reversed(session.order[-2:])))
