"""The order of a table's rows by the column that is chosen. No Qt, pure."""

from __future__ import annotations

from collections.abc import Sequence

from viewer.model.scene.compare import Column, TableRow

_UNKNOWN = (None, "")


def order_of(rows: Sequence[TableRow], columns: Sequence[Column], sort: tuple[str, bool]) -> list[int]:
    """Numbers of the rows as they are to stand. sort: a column's key, and whether downwards; without such a
    column all stay. What is unknown stands last either way, equal ones as they were."""
    every = list(range(len(rows)))
    at = next((number for number, column in enumerate(columns) if column.key == sort[0]), None)
    if at is None:
        return every
    values = [row.values[at] for row in rows]
    known = [number for number in every if values[number] not in _UNKNOWN]
    known.sort(key=lambda number: _key(values[number]), reverse=sort[1])
    return known + [number for number in every if values[number] in _UNKNOWN]


def _key(value: str | float | None) -> tuple[str, float]:
    return (value.lower(), 0.0) if isinstance(value, str) else ("", value or 0.0)
