"""Frozen records from TOML, JSON and CSV files: read, and every field checked for its type."""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from engine.errors import UserError, system_reason

T = TypeVar("T")
_WORDS = {float: "a number", int: "a whole number", str: "text", bool: "true or false"}


class _MisfitError(Exception):
    """A value of another type than its field's; the text says what the field must be."""


def read_json(path: Path, kind: str) -> dict[str, Any]:
    """The table in a JSON file that is to be `kind` ("a model card"). Raises UserError naming the file."""
    return _read(path, kind, json.loads)


def read_toml(path: Path, kind: str) -> dict[str, Any]:
    """The same of a TOML file."""
    return _read(path, kind, tomllib.loads)


def _read(path: Path, kind: str, parse: Callable[[str], Any]) -> dict[str, Any]:
    try:
        record = parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"{path}: {system_reason(error)}") from None
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path.name}: not {kind} ({error})") from None
    if not isinstance(record, dict):
        raise UserError(f"{path.name}: not {kind} (it holds no table)")
    return record


def build(kind: type[T], record: Mapping[str, Any], where: str) -> T:
    """A dataclass from a table, types checked, tables and lists within it as well.

    Fields may be numbers, texts, truths, enumerations by value, tuples, mappings and dataclasses of these.
    Raises UserError, beginning with `where`, for fields that are unknown, missing or ill-typed, and for
    what the class itself refuses with a ValueError.
    """
    if not is_dataclass(kind):
        raise TypeError(f"{kind} is no dataclass")
    hints = get_type_hints(kind)
    known = {item.name for item in fields(kind)}
    values: dict[str, Any] = {}
    for key, value in record.items():
        if key not in known:
            raise UserError(f"{where}: unknown field '{key}' (known: {', '.join(sorted(known))})")
        hint = hints[key]
        if is_dataclass(hint) and isinstance(hint, type) and isinstance(value, dict):
            values[key] = build(hint, value, f"{where} [{key}]")
            continue
        try:
            values[key] = _value(hint, value)
        except _MisfitError as reason:
            raise UserError(f"{where}: field '{key}' must be {reason}") from None
    try:
        return kind(**values)
    except (TypeError, ValueError) as error:
        raise UserError(f"{where}: {str(error).replace(f'{kind.__name__}.__init__() ', '')}") from None


def _value(hint: Any, value: Any) -> Any:
    """`value` as a field of type `hint` holds it: lists become tuples, whole numbers floats where such are
    meant. Raises _MisfitError."""
    if hint is Any:
        return value
    if hint in _WORDS:
        wanted = (int, float) if hint is float else hint
        if not isinstance(value, wanted) or (isinstance(value, bool) and hint is not bool):
            raise _MisfitError(_WORDS[hint])
        return hint(value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        try:
            return hint(value)
        except ValueError:
            raise _MisfitError("one of " + ", ".join(str(each.value) for each in hint)) from None
    if get_origin(hint) is tuple:
        return _tuple(get_args(hint), value)
    if not isinstance(value, dict):
        raise _MisfitError("a table")
    of = get_args(hint)
    try:
        return {key: _value(of[1], each) for key, each in value.items()} if of else value
    except _MisfitError as reason:
        raise _MisfitError(f"a table, each entry {reason}") from None


def _tuple(of: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    """A tuple of types `of`, whose second may be ... for any length."""
    endless = len(of) == 2 and of[1] is Ellipsis
    if not isinstance(value, list) or (not endless and len(value) != len(of)):
        raise _MisfitError("a list" if endless else f"a list of {len(of)}")
    try:
        kinds = of[:1] * len(value) if endless else of
        return tuple(_value(kind, each) for kind, each in zip(kinds, value, strict=True))
    except _MisfitError as reason:
        raise _MisfitError(f"a list, each entry {reason}") from None


def read_csv(path: Path, kind: type[T], what: str) -> tuple[T, ...]:
    """Dataclasses from the rows of a CSV file that is to be `what` ("a file of curves"); columns that `kind`
    doesn't know are passed over. Fields may be texts, truths and numbers, empty where they may be None.

    Raises UserError naming the file, and the line where one is wrong.
    """
    if not is_dataclass(kind):
        raise TypeError(f"{kind} is no dataclass")
    hints = get_type_hints(kind)
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
