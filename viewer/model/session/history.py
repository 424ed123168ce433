"""Undo and redo of settings: which choices changed, from what to what. Pure, no Qt.

An entry holds the changed fields only, by their path in the session ("options.quality"), so that undoing one
leaves everything else as it is now: the picture, the step, the place. Whatever the session gains later is
covered, unless its name is one of those that say where one looks rather than what is set.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

from engine.codecs.facts import CODEC_FACTS, codec_facts
from viewer.model.session.options import follow_codec
from viewer.model.session.state import Session

R = TypeVar("R")
MOST = 100
"""Entries that are kept."""
DRAG_SECONDS = 1.0
"""Moves of one number that follow each other this closely are one entry."""
_PASSING = frozenset({
    "models", "picture", "stream", "sample", "file_codec", "cursor", "playing", "peek", "blinking", "zoom",
    "lessons", "explain", "second", "step", "scan", "pinned", "flipped", "cell", "span", "slots", "playlist",
})  # fmt: skip
"""Names of fields that are no settings: what is open, where one looks, what passes by itself."""
_SILENT = frozenset({"chosen", "compare.earlier"})
"""Fields that follow others: they are restored, but make no entry of their own."""
_TITLES = {
    "compare.on": "compare decoders",
    "rates.on": "all codecs",
    "options.codec": "codec",
    "options.decoder": "decoder",
    "options.bits_per_pixel": "bits per pixel",
    "options.quality": "quality",
    "options.subsampling": "chroma",
    "options.steps": "steps",
    "options.context": "context",
    "options.carry": "carry",
    "compare.entries": "compared decoders",
    "compare.steps": "steps of all",
    "compare.page": "page",
    "rates.page": "page",
    "mode": "view mode",
    "wipe": "pictures of the wipe",
    "order": "order of the panes",
    "solo": "single pane",
    "overlay": "overlay",
    "opacity": "opacity",
    "gain": "gain of differences",
    "absolute": "absolute difference",
    "show_inside": "hidden state",
    "speed": "speed",
    "looking.luma": "luma only",
    "looking.scale": "scale of differences",
    "looking.blink_rate": "blink rate",
    "looking.zoom_box": "zoom box",
    "looking.minimap": "minimap",
    "looking.pixels": "values in pixels",
    "compare.original": "pane of the original",
    "compare.standard": "pane of the standard decode",
    "compare.overlay": "overlay",
    "compare.axis": "axis of training",
    "compare.sort": "order of the table",
    "compare.flip": "decoders to flip between",
    "compare.topic": "conditions",
    "rates.metric": "metric of the curves",
    "rates.source": "curves",
    "rates.hidden": "codecs switched on",
    "rates.published": "published curves",
    "rates.preset": "pictures at equal rate",
    "rates.decode": "decodes at equal rate",
    "rates.pair": "pictures of the wipe",
    "rates.overlay": "overlay",
    "theme": "theme",
    "text_scale": "size of text",
}
"""What people call the fields. Of several that changed together the first one names the entry."""
_WORDS: dict[str, dict[Any, str]] = {
    "options.steps": {0: "as trained"},
    "compare.steps": {0: "as trained"},
    "theme": {"": "system"},
    "solo": {"": "all"},
    "options.decoder": {"": "none"},
}
"""Values that mean something else than they say."""


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
    changed = tuple(_differences("", before, after))
    if all(path in _SILENT for path, _, _ in changed):
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


def _differences(path: str, before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    """Leaves of nested records that differ."""
    for each in fields(before):
        if each.name in _PASSING:
            continue
        one, other = getattr(before, each.name), getattr(after, each.name)
        place = f"{path}{each.name}"
        if one is other:
            continue
        if is_dataclass(one) and type(one) is type(other) and not isinstance(one, type):
            yield from _differences(f"{place}.", one, other)
        elif one != other:
            yield place, one, other


def _described(changed: tuple[tuple[str, Any, Any], ...], at: float, name: str) -> Change:
    by_path = {path: (before, after) for path, before, after in changed}
    loud = [path for path in by_path if path not in _SILENT]
    path = next((each for each in _TITLES if each in loud), loud[0])
    if path == "options.bits_per_pixel" and by_path[path][1] is None and "options.quality" in loud:
        path = "options.quality"  # the quality was moved, which gives the target up
    before, after = by_path[path]
    title = _TITLES.get(path) or path.rpartition(".")[2].replace("_", " ")
    words = f"{title} {_said(path, before)} → {_said(path, after)}"
    said = _said(path, before) and _said(path, after)
    if isinstance(after, bool):
        words = f"{title} {'on' if after else 'off'}"
    number = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (before, after))
    return Change(name or (words if said else title), changed, title, at, number)


def _said(path: str, value: Any) -> str:
    """A value in a word or two; "" for what would take more."""
    special = _WORDS.get(path, {})
    if not isinstance(value, tuple | frozenset) and value in special:
        return special[value]
    if isinstance(value, Enum):
        value = value.value
    if path == "options.codec" and value in CODEC_FACTS:
        return codec_facts(value).title
    if path == "opacity":
        return f"{100 * value:.0f} %"
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
    if not any(path not in _SILENT for path, _, _ in changed):
        return replace(change, fields=())
    return _described(changed, change.at, "")


# ---- bringing back ---------------------------------------------------------------------------------------


def _restored(session: Session, values: list[tuple[str, Any]]) -> Session:
    for path, value in values:
        session = _with(session, path.split("."), value)
    return session


def _with(record: R, path: list[str], value: Any) -> R:
    name, *rest = path
    inner = _with(getattr(record, name), rest, value) if rest else value
    return replace(record, **{name: inner})  # type: ignore[type-var]


def _fitting(session: Session) -> Session:
    """What was set for another picture or stream, made to fit the one that is open now."""
    if session.stream is not None and "original" in session.wipe:
        session = replace(session, wipe=("standard", "estimate"))
    if session.stream is not None and session.solo == "original":
        session = replace(session, solo="")
    return follow_codec(session, session.codec)
