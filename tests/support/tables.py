"""Tables read from files."""

from __future__ import annotations

import csv
from pathlib import Path


def rows_in(file: str | Path) -> list[dict[str, str]]:
    """Rows of a CSV file, by the names of its columns."""
    with Path(file).open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))
