"""Undo and redo of settings: which choices changed, from what to what. Pure, no Qt.

An entry holds the changed settings only, by their path in the session ("options.quality"), so that undoing
one leaves everything else as it is now: the picture, the step, the place. What is a setting, what it is
called and whether it is undone is declared at its field (`viewer.model.session.setting`).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from operator import attrgetter
from typing import Any

from viewer.model.session.options import follow_codec
from viewer.model.session.setting import Undo, declared
from viewer.model.session.state import Session

_UNDONE = {path: each for path, each in declared(Session).items() if each.setting.undo is not Undo.NEVER}
"""Of several that changed together the first one that makes an entry names it."""
_VALUES = attrgetter(*_UNDONE)
"""All their values in a session."""
MOST = 100
"""Entries that are kept."""
DRAG_SECONDS = 1.0
"""Moves of one number that follow each other this closely are one entry."""


@dataclass(frozen=True)
class Change:
    """Fields that changed together: (path, before, after) each. name: for the menu. at: seconds."""

    name: str
    fields: tuple[tuple[str, Any, Any], ...]
    title: str = ""
    at: float = 0.0
    number: bool = False


@dataclass(frozen=True)
class History:
    """What can be undone, the newest last, and what can be redone, the next one last."""

    past: tuple[Change, ...] = ()
    future: tuple[Change, ...] = ()

    @property
    def undo_name(self) -> str:
        """What undoing takes back, "" for nothing."""
        return self.past[-1].name if self.past else ""

    @property
    def redo_name(self) -> str:
        """What redoing brings again, "" for nothing."""
        return self.future[-1].name if self.future else ""


def noted(history: History, before: Session, after: Session, at: float, name: str = "") -> History:
    """The history once a person has brought `before` to `after`. at: any clock's seconds. name: what to call
    it, "" to say what changed. A change of no settings leaves everything as it is."""
    if before is after:
        return history
    changed = tuple(_differences(before, after))
    if all(_follows(path) for path, _, _ in changed):
        return history
    change = _described(changed, at, name)
    past = history.past
    last = past[-1] if past else None
    if last is not None and not name and not history.future and _continues(last, change):
        change, past = _merged(last, change), past[:-1]
        if not change.fields:
            return History(past)
    return History((*past, change)[-MOST:])


def undone(history: History, session: Session) -> tuple[History, Session]:
    """Take back the newest change; nothing happens where there is none."""
    if not history.past:
        return history, session
    *past, change = history.past
    restored = _fitting(_restored(session, [(path, before) for path, before, _ in change.fields]))
    return History(tuple(past), (*history.future, change)), restored


def redone(history: History, session: Session) -> tuple[History, Session]:
    """Bring again what was undone last."""
    if not history.future:
        return history, session
    *future, change = history.future
    restored = _fitting(_restored(session, [(path, after) for path, _, after in change.fields]))
    return History((*history.past, replace(change, at=0.0)), tuple(future)), restored


# ---- what changed ----------------------------------------------------------------------------------------


def _differences(before: Session, after: Session) -> Iterator[tuple[str, Any, Any]]:
    """Settings that differ."""
    for known, one, other in zip(_UNDONE.values(), _VALUES(before), _VALUES(after), strict=True):
        if one is not other and one != other:
            yield known.path, one, other


def _described(changed: tuple[tuple[str, Any, Any], ...], at: float, name: str) -> Change:
    by_path = {path: (before, after) for path, before, after in changed}
    path = next(path for path in by_path if not _follows(path))
    if path == "options.bits_per_pixel" and by_path[path][1] is None and "options.quality" in by_path:
        path = "options.quality"  # the quality was moved, which gives the target up
    before, after = by_path[path]
    title = _UNDONE[path].setting.title
    words = f"{title} {_said(path, before)} → {_said(path, after)}"
    said = _said(path, before) and _said(path, after)
    if isinstance(after, bool):
        words = f"{title} {'on' if after else 'off'}"
    number = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (before, after))
    return Change(name or (words if said else title), changed, title, at, number)


def _follows(path: str) -> bool:
    return _UNDONE[path].setting.undo is Undo.FOLLOWS


def _said(path: str, value: Any) -> str:
    """A value in a word or two; "" for what would take more."""
    known = _UNDONE[path].setting
    if isinstance(value, Hashable) and value in known.words:
        return known.words[value]
    if known.said is not None:
        return known.said(value)
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:.3g}"
    return str(value) if isinstance(value, int | str) and len(str(value)) <= 24 else ""


def _continues(last: Change, change: Change) -> bool:
    """Whether a change goes on with a drag."""
    return last.number and change.number and last.title == change.title and change.at - last.at < DRAG_SECONDS


def _merged(last: Change, change: Change) -> Change:
    """Both as one: from where the first began to where the second ends."""
    spans = {path: [before, after] for path, before, after in last.fields}
    for path, before, after in change.fields:
        spans.setdefault(path, [before, after])[1] = after
    changed = tuple((path, one, other) for path, (one, other) in spans.items() if one != other)
    if all(_follows(path) for path, _, _ in changed):
        return replace(change, fields=())
    return _described(changed, change.at, "")


# ---- bringing back ---------------------------------------------------------------------------------------


def _restored(session: Session, values: list[tuple[str, Any]]) -> Session:
    for path, value in values:
        session = _UNDONE[path].put(session, value)
    return session


def _fitting(session: Session) -> Session:
    """What was set for another picture or stream, made to fit the one that is open now."""
    if session.stream is not None and "original" in session.wipe:
        session = replace(session, wipe=("standard", "estimate"))
    if session.stream is not None and session.solo == "original":
        session = replace(session, solo="")
    return follow_codec(session, session.codec)
