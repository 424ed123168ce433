"""Records that notice which of their fields are read, so that what is made of them knows what it is made of.

`Reading` hands out a stand-in for a frozen record. Whoever is given it reads fields, properties and methods
as of the record itself; each field that is read is noted with its value. What was computed from the stand-in
alone is then the same for every record that has these values in these fields. No Qt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

R = TypeVar("R")
_KINDS: set[type] = set()


def read_by_field(kind: type[R]) -> type[R]:
    """Class decorator: records of this kind are read field by field; all others count as one value."""
    _KINDS.add(kind)
    return kind


def is_read_by_field(record: object) -> bool:
    """Whether a record, or what stands in for it, is of such a kind."""
    return record.__class__ in _KINDS


def plain(record: Any) -> Any:
    """The record that something stands in for; anything else is returned as it is."""
    while isinstance(record, _StandIn):
        record = object.__getattribute__(record, "__dict__")["_record"]
    return record


class Fields:
    """Paths of fields ("options.quality") and how to take their values."""

    def __init__(self, paths: tuple[str, ...]) -> None:
        self._get: Callable[[Any], Any] = attrgetter(*paths) if len(paths) > 1 else _few(paths)

    def of(self, record: object) -> tuple[Any, ...] | None:
        """Their values in a record, in the order of the paths; None where it has no such fields."""
        try:
            values: tuple[Any, ...] = self._get(record)
        except AttributeError:  # a record that stands where another kind stood
            return None
        return values


def _few(paths: tuple[str, ...]) -> Callable[[Any], Any]:
    if not paths:
        return lambda _: ()
    one = attrgetter(paths[0])
    return lambda record: (one(record),)


_fields = cache(Fields)


class Reading:
    """One reading of a record. It may itself stand in for another one, whose reader is then told too."""

    def __init__(self, record: Any) -> None:
        self._log = _Log()
        self.record = _stand_in(record, self._log, "")

    def noted(self) -> tuple[Fields, tuple[Any, ...]]:
        """The fields that were read, and their values. Reading others from then on is an error."""
        self._log.closed = True
        return _fields(tuple(self._log)), tuple(map(plain, self._log.values()))


class _Log(dict[str, Any]):
    """Values of fields by path, until it is closed."""

    closed = False


class _StandIn:
    """What stands in for a record is also of a class made for the record's kind, see `_stand_in_kind`."""


class _Field:
    """A field that is taken from the record when it is first read, and noted."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, stand_in: Any, owner: type) -> Any:
        own = object.__getattribute__(stand_in, "__dict__")
        if own["_log"].closed:
            raise RuntimeError(
                f"'{self._name}' is read of a record that was only lent for computing something"
            )
        value, path = getattr(own["_record"], self._name), own["_path"] + self._name
        if is_read_by_field(value):
            own["_log"][f"{path}.__class__"] = value.__class__
            value = _stand_in(value, own["_log"], f"{path}.")
        else:
            own["_log"][path] = value
        own[self._name] = value  # from now on it is found there, before this descriptor
        return value


@cache
def _stand_in_kind(kind: type) -> type:
    """A class of which every instance says that it is of `kind`, so that records compare and copy as ever."""
    members: dict[str, Any] = {each.name: _Field(each.name) for each in fields(kind)}
    members["__class__"] = property(lambda _: kind)
    return type(f"{kind.__name__}BeingRead", (_StandIn, kind), members)


def _stand_in(record: Any, log: _Log, path: str) -> Any:
    kind = _stand_in_kind(record.__class__)
    made: Any = object.__new__(kind)
    object.__getattribute__(made, "__dict__").update(_record=record, _log=log, _path=path)
    return made
