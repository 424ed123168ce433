"""Frozen records from TOML, JSON and CSV files: types checked, mistakes told in one line."""

from __future__ import annotations

import csv
import json
import math
import tomllib
import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from engine.errors import UserError, system_reason

T = TypeVar("T")
_KINDS = {str: "a text", bool: "true or false", int: "a whole number", float: "a number"}
_MOST = 1 << 53
"""Whole numbers up to this are the same in every reader of JSON."""


_hints = cache(get_type_hints)
"""Of a class; what they say is worked out from texts, which takes longer than reading a model card."""


class UnknownChoiceError(UserError):
    """A name of a choice that this version doesn't know."""


def read_json(path: Path, kind: str) -> dict[str, Any]:
    """The table in a JSON file that is to be `kind` ("a model card"). Raises UserError naming the file."""
    return _read(path, kind, json.loads)


def read_toml(path: Path, kind: str) -> dict[str, Any]:
    """The same of a TOML file."""
    return _read(path, kind, tomllib.loads)


def _read(path: Path, kind: str, parse: Callable[[str], Any]) -> dict[str, Any]:
    try:
        if path.exists() and not path.is_file():  # reading a pipe may never end
            raise UserError(f"{path}: is not a file")
        record = parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"{path}: {system_reason(error)}") from None
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path.name}: not {kind} ({error})") from None
    if not isinstance(record, dict):
        raise UserError(f"{path.name}: not {kind} (it holds no table)")
    return record


def build(kind: type[T], record: Mapping[str, Any], where: str) -> T:
    """A dataclass from a table, types checked, tables within it as well.

    Raises UserError, beginning with `where`, for fields that are unknown, missing or ill-typed, and for
    what the class itself refuses with a ValueError.
    """
    if not is_dataclass(kind):
        raise TypeError(f"{kind} is no dataclass")
    hints = _hints(kind)
    known = {item.name for item in fields(kind)}
    for key in record:
        if key not in known:
            raise UserError(f"{where}: unknown field '{key}' (known: {', '.join(sorted(known))})")
    values: dict[str, Any] = {}
    for key, value in record.items():
        hint = hints[key]
        if is_dataclass(hint) and isinstance(hint, type) and isinstance(value, dict):
            values[key] = build(hint, value, f"{where} [{key}]")
        else:
            values[key] = value_of(hint, value, where, key, strict=True)
    try:
        return kind(**values)
    except (TypeError, ValueError) as error:
        raise UserError(f"{where}: {str(error).replace(f'{kind.__name__}.__init__() ', '')}") from None


def filled(base: T, record: object, where: str, path: str = "", forgiving: bool = False) -> T:
    """`base`, a frozen record, with the fields that a table gives; fields it doesn't know are passed over.

    path: of the table, for errors. forgiving: a field that is broken counts as left out. Raises UserError.
    """
    if not isinstance(record, Mapping):
        raise UserError(f"{where}: '{path}' is not a table")
    hints, given = _hints(type(base)), {}  # type: ignore[arg-type]
    for each in fields(base):  # type: ignore[arg-type]
        if each.name in record:
            place = f"{path}.{each.name}" if path else each.name
            try:
                given[each.name] = value_of(hints[each.name], record[each.name], where, place)
            except UserError:
                if not forgiving:
                    raise
    return replace(base, **given)  # type: ignore[type-var]


def value_of(hint: Any, value: object, where: str, path: str, *, strict: bool = False) -> Any:
    """A value as its type wants it: texts, numbers, lists (as tuples or sets), tables, choices by their
    values, records as lists of their fields. Of lists of any length, members that hold unknown choices are
    left out, unless `strict`.

    Raises UserError that names the field by `path`; UnknownChoiceError where a choice isn't known.
    """
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return None if value is None else value_of(parts[0], value, where, path, strict=strict)
    if hint is Any:
        return value
    if origin in (dict, Mapping):
        return _table(parts[1], value, where, path, strict)
    if origin in (tuple, frozenset):
        found = _sequence(parts if origin is tuple else (*parts, ...), value, where, path, strict)
        return found if origin is tuple else frozenset(found)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _choice(hint, value, where, path)
    if isinstance(hint, type) and is_dataclass(hint):
        hints = _hints(hint)
        return hint(*_sequence(tuple(hints[each.name] for each in fields(hint)), value, where, path, strict))
    if hint in _KINDS:
        return _scalar(hint, value, where, path)
    return _table(Any, value, where, path, strict)


def wrong(where: str, path: str, kind: str) -> UserError:
    """What to raise for a field that is not what it should be."""
    return UserError(f"{where}: '{path}' is not {kind}")


def _sequence(parts: tuple[Any, ...], value: object, where: str, path: str, strict: bool) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise wrong(where, path, "a list")
    if parts and parts[-1] is not Ellipsis:
        if len(parts) != len(value):
            raise wrong(where, path, f"a list of {len(parts)}")
        pairs = zip(parts, value, strict=True)
        return tuple(value_of(kind, each, where, path, strict=strict) for kind, each in pairs)
    found = []
    for each in value:
        try:
            found.append(value_of(parts[0], each, where, path, strict=strict))
        except UnknownChoiceError:
            if strict:
                raise
    return tuple(found)


def _table(kind: Any, value: object, where: str, path: str, strict: bool) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise wrong(where, path, "a table")
    if kind is Any:
        return dict(value)
    return {key: value_of(kind, each, where, f"{path}.{key}", strict=strict) for key, each in value.items()}


def _choice(kind: type[Enum], value: object, where: str, path: str) -> Enum:
    if not isinstance(value, str):
        raise wrong(where, path, "a text")
    for each in kind:
        if each.value == value:
            return each
    raise UnknownChoiceError(
        f"{where}: '{path}' is '{value}', not one of: {', '.join(each.value for each in kind)}"
    )


def _scalar(kind: Any, value: object, where: str, path: str) -> Any:
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise wrong(where, path, "a finite number")
        return number
    if type(value) is not kind or (kind is int and abs(value) > _MOST):  # type: ignore[arg-type]
        raise wrong(where, path, _KINDS[kind])
    return value


def read_csv(path: Path, kind: type[T], what: str) -> tuple[T, ...]:
    """Dataclasses from the rows of a CSV file that is to be `what` ("a file of curves"); columns that `kind`
    doesn't know are passed over. Fields may be texts, truths and numbers, empty where they may be None.

    Raises UserError naming the file, and the line where one is wrong.
    """
    if not is_dataclass(kind):
        raise TypeError(f"{kind} is no dataclass")
    hints = _hints(kind)
    names = [item.name for item in fields(kind)]
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in names if name not in (reader.fieldnames or ())]
            if missing:
                raise UserError(f"{path}: not {what} (no column '{missing[0]}')")
            return tuple(
                kind(**{name: _cell(record[name], hints[name], f"{where}: {name}") for name in names})
                for record in reader
                for where in (f"{path}: line {reader.line_num}",)
            )
    except OSError as error:
        raise UserError(f"{path}: can't be read ({system_reason(error)})") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path}: not {what} ({error})") from None


def _cell(text: str | None, hint: Any, where: str) -> Any:
    """A field of a CSV file as a value of type `hint`. Raises UserError, beginning with `where`."""
    if text is None:
        raise UserError(f"{where} is missing")
    if hint is str:
        return text
    if hint is bool:
        if text not in ("True", "False"):
            raise UserError(f"{where} must be True or False, not '{text}'")
        return text == "True"
    if hint not in (int, float) and not text:
        return None
    whole = hint in (int, int | None)
    try:
        return int(text) if whole else float(text)
    except ValueError:
        raise UserError(f"{where} must be a {'whole number' if whole else 'number'}, not '{text}'") from None
