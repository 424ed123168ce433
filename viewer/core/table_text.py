"""Tables as text for the clipboard."""

from __future__ import annotations

import csv
import io
import math

from viewer.model.scene.compare import TableScene

Value = str | float | None


def table_text(table: TableScene, separator: str = ",") -> str:
    """The table as CSV (or with tabs, for spreadsheets' clipboards): the same columns, whole precision."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    writer.writerow([column.key for column in table.columns])
    for row in table.rows:
        writer.writerow([_plain(value) for value in row.values])
    return out.getvalue()


def _plain(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if math.isinf(value) or math.isnan(value):
        return str(value)
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.6g}"
