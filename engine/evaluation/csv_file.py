"""Tables on disk that grow as results come."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from engine.errors import UserError, system_reason
from engine.evaluation.rows import Row
from engine.io.atomic import write_atomically

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FIELDS = tuple(field.name for field in fields(Row))
_TEXT: dict[str, Any] = {"encoding": "utf-8", "errors": "backslashreplace", "newline": ""}


class Table:
    """A CSV file that takes rows as they come: after each `add`, what was added is on disk.

    UTF-8, a header line; rows are records whose fields are those named at the beginning, in that order
    (left out: those of `engine.evaluation.rows.Row`). An undefined value is an empty field, an infinite one
    is "inf". known: rows that it holds at the beginning. Raises UserError when the file can't be written.
    """

    def __init__(
        self, path: Path, names: Sequence[str] = FIELDS, known: Iterable[DataclassInstance] = ()
    ) -> None:
        self._path, self._names = path, names
        known = list(known)
        if known:
            self._replace(known)
        with _reporting(path):
            self._file = path.open("a" if known else "w", **_TEXT)
            self._writer = csv.DictWriter(self._file, names, lineterminator="\n")
            if not known:
                self._writer.writeheader()

    def add(self, rows: Iterable[DataclassInstance]) -> None:
        with _reporting(self._path):
            self._writer.writerows(asdict(row) for row in rows)
            self._file.flush()

    def close(self) -> None:
        with _reporting(self._path):
            self._file.close()

    def put_in_order(self, rows: Iterable[DataclassInstance]) -> None:
        """Hold `rows`, all that there are, in this order instead; ends the table."""
        self.close()
        self._replace(rows)

    def _replace(self, rows: Iterable[DataclassInstance]) -> None:
        """A file of `rows` in the place of what there is, at once."""

        def write(file: BinaryIO) -> None:
            text = io.TextIOWrapper(file, **_TEXT)
            writer = csv.DictWriter(text, self._names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(asdict(row) for row in rows)
            text.flush()
            text.detach()

        write_atomically(self._path, write)


@contextmanager
def _reporting(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UserError(f"{path}: can't be written ({system_reason(error)})") from None
