"""Training records: how a run went, compact enough to ship beside the model. Reads JSON only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.errors import UserError
from engine.models.card import ModelCard
from engine.records import build, read_json

FORMAT = 1


@dataclass(frozen=True)
class TrainingRecord:
    """One run's course. All tuples but `cosines` have one entry a validation.

    updates: updates done. patches: patches seen. seconds: of computing (CPU time) the updates and the
    batches, validation left out. loss: mean since the validation before. validation_db: gain over the
    standard decode after each of the K steps. ms_per_update: mean of the same. peak_mb: what learning one
    batch needs, activations and influence, in 10^6 bytes.
    cosines: by learner (registry name), pairs (update, cosine of its gradient with the exact one) on the
    run's own batches.
    """

    updates: tuple[int, ...] = ()
    patches: tuple[int, ...] = ()
    seconds: tuple[float, ...] = ()
    loss: tuple[float, ...] = ()
    validation_db: tuple[tuple[float, ...], ...] = ()
    ms_per_update: float = 0.0
    peak_mb: float = 0.0
    cosines: Mapping[str, tuple[tuple[int, float], ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        courses = (self.updates, self.patches, self.seconds, self.loss, self.validation_db)
        if len({len(course) for course in courses}) > 1:
            raise ValueError("entries of different numbers")

    def to_json(self) -> str:
        record: dict[str, Any] = {"format": FORMAT}
        record |= {key: getattr(self, key) for key in self.__dataclass_fields__}
        return json.dumps(record, ensure_ascii=False) + "\n"


def load_record(path: Path) -> TrainingRecord:
    """Read a record. Raises UserError naming the file when it is missing or is none."""
    record = read_json(path, "a training record")
    if record.pop("format", None) != FORMAT:
        raise UserError(f"{path.name}: not a training record (unknown format)")
    return build(TrainingRecord, record, f"{path.name}: not a training record")


def record_of(card: ModelCard) -> TrainingRecord | None:
    """The record shipped beside a card, or None where there is none."""
    if card.path is None or not card.record_path.exists():
        return None
    return load_record(card.record_path)
