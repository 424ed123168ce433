"""Rows of tables by a column."""

from __future__ import annotations

import pytest

from viewer.core.table_order import order_of
from viewer.model.scene.compare import Column, TableRow

COLUMNS = (Column("name", "Name", numeric=False), Column("gain", "Gain"))
ROWS = [
    TableRow("#000000", "solid", values, ("", ""))
    for values in (("b", 1.0), ("", None), ("A", 3.0), ("c", 1.0), ("d", -2.0))
]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (("name", False), [2, 0, 3, 4, 1]),
        (("name", True), [4, 3, 0, 2, 1]),
        (("gain", False), [4, 0, 3, 2, 1]),
        (("gain", True), [2, 0, 3, 4, 1]),
        (("none", True), [0, 1, 2, 3, 4]),
    ],
)
def test_what_is_unknown_stands_last_and_equal_rows_stay(sort: tuple[str, bool], order: list[int]) -> None:
    assert order_of(ROWS, COLUMNS, sort) == order
