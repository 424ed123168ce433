"""Rows of a comparison of models, and how they are read back from its CSV file. Loads nothing heavy."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints

from engine.errors import UserError, system_reason


@dataclass(frozen=True)
class CompareRow:
    """One step of one model under one condition, averaged over pictures; the fields of the CSV, in order.

    decoder: the model's name, or the path that was asked for. learner, cell, kind, parameters, seed: as
    the model's card tells. context: value of `engine.types.Context`. updates, patches, train_seconds,
    ms_per_update, peak_mb (10^6 bytes): as `TrainingRecord` has them; without a record updates and seconds
    are the card's, the others None. step: 0 is the standard decode. psnr_rgb_db: mean of the pictures' RGB
    PSNR; gain_db: mean gain over step 0; gain_sd_db: its sample standard deviation over pictures, None for
    a single one; worst_gain_db: of the picture that gains least. topic: what the condition varies
    ("quality", "pictures", "steps", "encoder"), "" where nothing is varied. residual: "as run", or "whole"
    where it was not faded out on streams finer than the training (see `ModelCard.trust`). pictures: how
    many.
    """

    decoder: str
    learner: str
    cell: str
    context: str
    seed: int | None
    parameters: int
    updates: int | None
    train_seconds: float | None
    ms_per_update: float | None
    peak_mb: float | None
    step: int
    psnr_rgb_db: float
    gain_db: float
    set: str
    topic: str
    condition: str
    residual: str
    kind: str
    attentive: bool
    patches: int | None
    gain_sd_db: float | None
    worst_gain_db: float
    pictures: int
    bits_per_pixel: float


COLUMNS = tuple(field.name for field in fields(CompareRow))


def read_table(path: Path) -> tuple[CompareRow, ...]:
    """Rows of a file that `nrc compare` wrote; columns it doesn't know are passed over.

    Raises UserError naming the file, and the line where one is wrong.
    """
    hints = get_type_hints(CompareRow)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise UserError(f"{path}: not a comparison of models (no column '{missing[0]}')")
            return tuple(_row(record, hints, f"{path}: line {reader.line_num}") for record in reader)
    except OSError as error:
        raise UserError(f"{path}: can't be read ({system_reason(error)})") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path}: not a comparison of models ({error})") from None


def _row(record: Mapping[str, str | None], hints: Mapping[str, Any], where: str) -> CompareRow:
    values: dict[str, Any] = {}
    for name in COLUMNS:
        text = record[name]
        try:
            if text is None:
                raise ValueError("is missing")
            values[name] = _value(text, hints[name])
        except ValueError as error:
            raise UserError(f"{where}: {name} {error}") from None
    return CompareRow(**values)


def _value(text: str, hint: Any) -> Any:
    if hint is str:
        return text
    if hint is bool:
        if text not in ("True", "False"):
            raise ValueError(f"must be True or False, not '{text}'")
        return text == "True"
    optional = hint not in (int, float)
    if optional and not text:
        return None
    whole = hint in (int, int | None)
    try:
        return int(text) if whole else float(text)
    except ValueError:
        raise ValueError(f"must be a {'whole number' if whole else 'number'}, not '{text}'") from None
