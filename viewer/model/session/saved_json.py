"""Saved states as JSON, and back, each mistake in one line. Pure, no Qt.

Settings stand by their names in files (`setting.declared`); choices by their values, pairs of decoder and
context as lists. What a record leaves out is taken from a state to begin with, so that people may write only
what matters. Unknown fields and unknown choices are passed over: a later version may have more of them.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any

from engine.errors import UserError
from engine.records import UnknownChoiceError, filled, value_of
from viewer.model.session.saved import ImageReference, SavedState, View
from viewer.model.session.setting import Declared, declared
from viewer.model.session.state import Session

VERSION = 1


def to_json(state: SavedState) -> dict[str, Any]:
    """A dictionary that `json` and TOML writers take: tuples are lists, what is None is left out."""
    known = {"version": VERSION, "image": asdict(state.image), "view": asdict(state.view)}
    return {**_plain(known), **values_to_json(state.values)}


def from_json(record: object, where: str, base: SavedState | None = None) -> SavedState:
    """The state that a dictionary tells of; fields it leaves out are those of `base`, else of a new session.

    where: what to call the record in errors, e.g. the file's name. Raises UserError naming the field.
    """
    if not isinstance(record, dict):
        raise UserError(f"{where}: holds no state")
    version = record.get("version", VERSION)
    if type(version) is not int or not 1 <= version <= VERSION:
        raise UserError(f"{where}: version {version!r} is not known; this program reads up to {VERSION}")
    base = base or first_state()
    values = values_from_json(record, where, base.values)
    image, view = (
        filled(getattr(base, name), record[name], where, name) if name in record else getattr(base, name)
        for name in ("image", "view")
    )
    return SavedState(values, image, view)


@cache
def first_state() -> SavedState:
    """What a new session is set to."""
    session = Session()
    return SavedState({each.path: each.of(session) for each in declared(Session).values() if each.in_files})


def state_fields() -> Mapping[str, Any]:
    """Names of all that a state may hold: of settings what is declared, of tables those within."""
    known: dict[str, Any] = {"version": None}
    for name, kind in (("image", ImageReference), ("view", View)):
        known[name] = dict.fromkeys(each.name for each in fields(kind))
    for each in declared(Session).values():
        if each.in_files:
            *table, name = each.stored.split(".")
            (known.setdefault(table[0], {}) if table else known)[name] = each
    return types.MappingProxyType(known)


def values_to_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of settings by their paths, as files hold them."""
    record: dict[str, Any] = {}
    for path, value in values.items():
        *table, name = declared(Session)[path].stored.split(".")
        if value is not None:
            (record.setdefault(table[0], {}) if table else record)[name] = _plain(value)
    return record


def values_from_json(
    record: Mapping[str, Any], where: str, now: Mapping[str, Any], forgiving: bool = False
) -> dict[str, Any]:
    """The settings of `now` with those that a record tells of. Raises UserError naming the field; forgiving:
    a field that is broken counts as left out."""
    values = dict(now)
    for path in now:
        known = declared(Session)[path]
        try:
            values[path] = _read(record, known, now[path], where)
        except UserError:
            if not forgiving:
                raise
    return values


def _read(record: Mapping[str, Any], known: Declared, now: Any, where: str) -> Any:
    *table, name = known.stored.split(".")
    inner = record.get(table[0], {}) if table else record
    if not isinstance(inner, Mapping):
        raise UserError(f"{where}: '{table[0]}' is not a table")
    if name not in inner:
        return now
    try:
        return value_of(known.hint, inner[name], where, known.stored)
    except UnknownChoiceError:
        return now


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items() if each is not None}
    if isinstance(value, frozenset):
        return sorted(map(_plain, value))
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return [_plain(getattr(value, each.name)) for each in fields(value)]
    return value
