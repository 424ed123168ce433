"""Transitions of theme and size of text. Pure functions, no Qt."""

from __future__ import annotations

from dataclasses import replace

from viewer.model.session.choices import TEXT_SCALES, THEMES
from viewer.model.session.state import Session


def set_theme(session: Session, theme: str) -> Session:
    """ "dark", "light", or "" to follow the desktop; others change nothing."""
    return replace(session, theme=theme) if theme in THEMES else session


def set_text_scale(session: Session, percent: int) -> Session:
    """One of `TEXT_SCALES`, the nearest to what is asked for."""
    return replace(session, text_scale=min(TEXT_SCALES, key=lambda each: abs(each - percent)))


def text_scale_by(session: Session, delta: int) -> Session:
    """The next larger size of text, or smaller, as far as there is one."""
    at = TEXT_SCALES.index(session.text_scale) if session.text_scale in TEXT_SCALES else 0
    return replace(session, text_scale=TEXT_SCALES[min(max(0, at + delta), len(TEXT_SCALES) - 1)])
