"""Transitions of the lab: pure functions from a `Session` to a new one. No Qt."""

from __future__ import annotations

from dataclasses import replace

from engine.lab.settings import LabSettings
from engine.types import PATCH
from viewer.model.session import compare_changes as compare
from viewer.model.session.choices import Mode, Page
from viewer.model.session.lab import MOST_SMOOTHING, LabAxis, preset_names, with_settings
from viewer.model.session.state import Session


def _with(session: Session, **changes: object) -> Session:
    return replace(session, lab=replace(session.lab, **changes))  # type: ignore[arg-type]


def open_lab(session: Session) -> Session:
    """Show the lab."""
    if session.page is Page.LAB:
        return session
    if session.page is Page.COMPARE:
        session = compare.close_compare(session)
    return replace(
        session, page=Page.LAB, mode=Mode.SIDE, solo="", peek="", blinking=False, scan=None, playing=False
    )


def close_lab(session: Session) -> Session:
    """Back to the one stream. A run goes on."""
    return replace(session, page=Page.PICTURES) if session.page is Page.LAB else session


def toggle_lab(session: Session) -> Session:
    return close_lab(session) if session.page is Page.LAB else open_lab(session)


def set_preset(session: Session, name: str) -> Session:
    """Take a preset as it comes, in place of settings of one's own; unknown ones change nothing."""
    if name not in preset_names():
        return session
    return _with(session, preset=name, setup="", at=None, lane=0)


def set_settings(session: Session, settings: LabSettings) -> Session:
    """Take settings of one's own."""
    return replace(session, lab=with_settings(replace(session.lab, at=None), settings))


def set_axis(session: Session, axis: LabAxis) -> Session:
    return _with(session, axis=axis)


def set_smoothing(session: Session, points: int) -> Session:
    return _with(session, smoothing=min(MOST_SMOOTHING, max(0, points)))


def set_area(session: Session, key: str) -> Session:
    return _with(session, area=key)


def set_lane(session: Session, number: int) -> Session:
    """Which lane is looked into."""
    return _with(session, lane=max(0, number))


def look_into_patch(session: Session, x: int, y: int) -> Session:
    """Credit is shown of the span that a pixel of the picture lies in; again, of a batch."""
    place = y // PATCH, x // PATCH
    return _with(session, place=None if session.lab.place == place else place)


def set_paint_open(session: Session, on: bool) -> Session:
    return _with(session, paint_open=on)


def set_learn_open(session: Session, on: bool) -> Session:
    return _with(session, learn_open=on)


def show_moment(session: Session, at: float | None) -> Session:
    """Show a moment of the training, None the newest."""
    return session if session.lab.at == at else _with(session, at=at)


def sort_by(session: Session, column: str) -> Session:
    """Sort the table of runs: upwards, then downwards, then as they came."""
    key, down = session.lab.sort
    if key != column:
        return _with(session, sort=(column, False))
    return _with(session, sort=("", False) if down else (column, True))
