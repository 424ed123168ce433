"""How a setting is declared: once, at its field of the session or of one of its parts. Pure, no Qt.

From the declarations follow what can be undone and in which words (`history`), what session files, slots
and lessons keep (`capture`), what is remembered between two starts (`viewer.documents.settings`), and which
values may come back from a file. A field without declaration is none of this: it passes by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from functools import cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any, TypeVar, get_type_hints

R = TypeVar("R")
_KEY = "setting"


class Kept(Enum):
    """Where a setting is stored: nowhere; in the settings alone; in session files, slots and lessons; in all
    of them."""

    NOWHERE = "nowhere"
    SETTINGS = "settings"
    FILES = "files"
    ALWAYS = "always"


class Undo(Enum):
    """What undoing does to a setting: takes it back; takes it back along with another one, as it makes no
    entry of its own; leaves it alone, as it says where one looks rather than what is set."""

    ENTRY = "entry"
    FOLLOWS = "follows"
    NEVER = "never"


@dataclass(frozen=True, eq=False)
class Setting:
    """title: what people call it, in the menu of undoing. stored: its name in files, "" for the field's.

    limits: the value to take for one that comes from a file, None for none. words: values that mean
    something else than they say. said: a value in words, "" for what would take too many.
    """

    title: str
    kept: Kept
    stored: str
    undo: Undo
    limits: Callable[[Any], Any] | None
    words: Mapping[Any, str]
    said: Callable[[Any], str] | None


@dataclass(frozen=True)
class _Part:
    """A record of `kind` within the record. stored: its table in files, "" for none of its own."""

    kind: type
    stored: str


def setting(
    default: Any,
    title: str = "",
    kept: Kept = Kept.NOWHERE,
    *,
    stored: str = "",
    undo: Undo = Undo.ENTRY,
    limits: Callable[[Any], Any] | None = None,
    words: Mapping[Any, str] | None = None,
    said: Callable[[Any], str] | None = None,
) -> Any:
    """A field that holds a setting, see `Setting`."""
    known = Setting(title, kept, stored, undo, limits, MappingProxyType(dict(words or {})), said)
    return field(default=default, metadata={_KEY: known})


def part(kind: type[R], stored: str = "") -> Any:
    """A field that holds a record of settings. stored: its table in files."""
    return field(default_factory=kind, metadata={_KEY: _Part(kind, stored)})


def one_of(*values: Any) -> Callable[[Any], Any]:
    """Limits: these values and no others."""
    return lambda value: value if value in values else None


def within(low: float, high: float) -> Callable[[Any], Any]:
    """Limits: numbers from `low` to `high`."""
    return lambda value: value if low <= value <= high else None


@dataclass(frozen=True, eq=False)
class Declared:
    """A setting and where it lies: path from the session ("looking.luma") and in files. hint: its type."""

    path: str
    stored: str
    hint: Any
    setting: Setting

    @property
    def in_files(self) -> bool:
        """Whether session files, slots and lessons keep it."""
        return self.setting.kept in (Kept.FILES, Kept.ALWAYS)

    @property
    def remembered(self) -> bool:
        """Whether it is remembered between two starts."""
        return self.setting.kept in (Kept.SETTINGS, Kept.ALWAYS)

    def of(self, record: object) -> Any:
        """The value in a session."""
        return attrgetter(self.path)(record)

    def put(self, record: R, value: Any) -> R:
        """The session with another value."""
        return _put(record, self.path.split("."), value)

    def limited(self, value: Any, now: Any) -> Any:
        """A value that comes from a file, as far as it can be had; else `now`."""
        if self.setting.limits is None or value is None:
            return value
        taken = self.setting.limits(value)
        return now if taken is None else taken


@cache
def declared(kind: type) -> Mapping[str, Declared]:
    """Every setting of a record by its path, in the order in which they name a change of several."""
    return MappingProxyType({each.path: each for each in _declared(kind, "", "")})


def _declared(kind: type, path: str, stored: str) -> Iterator[Declared]:
    hints = get_type_hints(kind)
    for each in fields(kind):
        known = each.metadata.get(_KEY)
        if isinstance(known, Setting):
            yield Declared(
                f"{path}{each.name}", f"{stored}{known.stored or each.name}", hints[each.name], known
            )
        elif isinstance(known, _Part):
            table = f"{stored}{known.stored}." if known.stored else stored
            yield from _declared(known.kind, f"{path}{each.name}.", table)


def _put(record: R, path: list[str], value: Any) -> R:
    name, *rest = path
    inner = _put(getattr(record, name), rest, value) if rest else value
    return replace(record, **{name: inner})  # type: ignore[type-var]
