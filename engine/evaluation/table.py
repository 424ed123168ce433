"""Rows of a comparison of models, and how they are read back from its CSV file. Loads nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from engine.records import read_csv


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
    """Rows of a file that `nrc compare` wrote. Raises UserError naming file and line."""
    return read_csv(path, CompareRow, "a comparison of models")
