"""Saved states as JSON, and back, each mistake in one line. Pure, no Qt.

What a record leaves out is taken from a state to begin with, so that people may write only what matters.
Unknown fields are passed over: a later version may have more of them.
"""

from __future__ import annotations

import math
import types
from dataclasses import asdict, fields, is_dataclass
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from engine.errors import UserError
from viewer.model.session.saved import SavedState

R = TypeVar("R")
VERSION = 1
_KINDS = {
    str: "a text", bool: "true or false", int: "a whole number", float: "a number", tuple: "a list",
    dict: "a table",
}  # fmt: skip


def to_json(state: SavedState) -> dict[str, Any]:
    """A dictionary that `json` and TOML writers take: tuples are lists, what is None is left out."""
    return {"version": VERSION, **_plain(asdict(state))}


def from_json(record: object, where: str, base: SavedState | None = None) -> SavedState:
    """The state that a dictionary tells of; fields it leaves out are those of `base`.

    where: what to call the record in errors, e.g. the file's name. Raises UserError naming the field.
    """
    if not isinstance(record, dict):
        raise UserError(f"{where}: holds no state")
    version = record.get("version", VERSION)
    if type(version) is not int or not 1 <= version <= VERSION:
        raise UserError(f"{where}: version {version!r} is not known; this program reads up to {VERSION}")
    return _record(base or SavedState(), record, where, "")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items() if each is not None}
    return [_plain(each) for each in value] if isinstance(value, tuple | list) else value


def _record(base: R, record: dict[str, Any], where: str, path: str) -> R:
    """`base`, a frozen record, with the fields that are given."""
    hints = get_type_hints(type(base))
    given = {}
    for each in fields(base):  # type: ignore[arg-type]
        if each.name in record:
            now = getattr(base, each.name)
            given[each.name] = _value(
                hints[each.name], record[each.name], now, where, f"{path}{each.name}"
            )  # fmt: skip
    kept = {each.name: getattr(base, each.name) for each in fields(base)}  # type: ignore[arg-type]
    return type(base)(**{**kept, **given})


def _value(hint: Any, value: object, now: object, where: str, path: str) -> Any:
    """A value as its type hint wants it. now: the field's value before, whose record is filled in."""
    if is_dataclass(now) and not isinstance(now, type):
        if not isinstance(value, dict):
            raise _wrong(where, path, "a table")
        return _record(now, value, where, f"{path}.")
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return None if value is None else _value(parts[0], value, None, where, path)
    if origin is tuple:
        return _sequence(parts, value, where, path)
    if origin is dict:
        if not isinstance(value, dict):
            raise _wrong(where, path, "a table")
        return dict(value)
    return _scalar(hint, value, where, path)


def _sequence(parts: tuple[Any, ...], value: object, where: str, path: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise _wrong(where, path, "a list")
    kinds = [parts[0]] * len(value) if parts[-1] is Ellipsis else list(parts)
    if len(kinds) != len(value):
        raise _wrong(where, path, f"a list of {len(kinds)}")
    return tuple(_value(kind, each, None, where, path) for kind, each in zip(kinds, value, strict=True))


def _scalar(kind: Any, value: object, where: str, path: str) -> Any:
    if kind is float and type(value) in (int, float) and math.isfinite(value):  # type: ignore[arg-type]
        return float(value)  # type: ignore[arg-type]
    if type(value) is not kind or (kind is int and abs(value) > 1 << 31):  # type: ignore[arg-type]
        raise _wrong(where, path, _KINDS.get(kind, "something else"))
    if kind is float:
        raise _wrong(where, path, "a finite number")
    return value


def _wrong(where: str, path: str, kind: str) -> UserError:
    return UserError(f"{where}: '{path}' is not {kind}")
