"""Frozen records from the tables of parsed TOML and JSON files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, get_type_hints

from engine.errors import UserError

T = TypeVar("T")


def build(kind: type[T], record: Mapping[str, Any], where: str) -> T:
    """A dataclass from a table, types checked, tables within it as well.

    Raises UserError, beginning with `where`, for fields that are unknown, missing or ill-typed, and for
    what the class itself refuses with a ValueError.
    """
    if not is_dataclass(kind):
        raise TypeError(f"{kind} is no dataclass")
    hints = get_type_hints(kind)
    known = {item.name for item in fields(kind)}
    for key in record:
        if key not in known:
            raise UserError(f"{where}: unknown field '{key}' (known: {', '.join(sorted(known))})")
    values: dict[str, Any] = {}
    for key, value in record.items():
        hint = hints[key]
        if is_dataclass(hint) and isinstance(hint, type) and isinstance(value, dict):
            values[key] = build(hint, value, f"{where} [{key}]")
            continue
        if hint == tuple[str, ...]:
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                raise UserError(f"{where}: field '{key}' must be a list of names")
            values[key] = tuple(value)
            continue
        if hint == tuple[int, ...]:
            if not isinstance(value, list) or not all(type(item) is int for item in value):
                raise UserError(f"{where}: field '{key}' must be a list of whole numbers")
            values[key] = tuple(value)
            continue
        wanted = {float: (int, float), int: (int,), str: (str,), bool: (bool,)}.get(hint, (dict,))
        if not isinstance(value, wanted) or (isinstance(value, bool) and hint is not bool):
            raise UserError(f"{where}: field '{key}' must be {getattr(hint, '__name__', 'a table')}")
        values[key] = value
    try:
        return kind(**values)
    except (TypeError, ValueError) as error:
        raise UserError(f"{where}: {str(error).replace(f'{kind.__name__}.__init__() ', '')}") from None
