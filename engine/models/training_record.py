"""Training records: how a run went, compact enough to ship beside the model. Reads JSON only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.errors import UserError, system_reason
from engine.models.card import ModelCard

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

    def to_json(self) -> str:
        record: dict[str, Any] = {"format": FORMAT}
        record |= {key: getattr(self, key) for key in self.__dataclass_fields__}
        return json.dumps(record, ensure_ascii=False) + "\n"


def load_record(path: Path) -> TrainingRecord:
    """Read a record. Raises UserError naming the file when it is missing or is none."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if record.pop("format") != FORMAT:
            raise ValueError("unknown format")
        for key, kind in (("updates", int), ("patches", int), ("seconds", float), ("loss", float)):
            record[key] = tuple(kind(value) for value in record[key])
        record["validation_db"] = tuple(tuple(map(float, gains)) for gains in record["validation_db"])
        for key in ("ms_per_update", "peak_mb"):
            record[key] = float(record[key])
        record["cosines"] = {
            name: tuple((int(update), float(value)) for update, value in pairs)
            for name, pairs in record["cosines"].items()
        }
        lengths = {len(record[key]) for key in ("updates", "patches", "seconds", "loss", "validation_db")}
        if len(lengths) > 1:
            raise ValueError("entries of different numbers")
        return TrainingRecord(**record)
    except OSError as error:
        raise UserError(f"{path}: {system_reason(error)}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{path.name}: not a training record ({error})") from None


def record_of(card: ModelCard) -> TrainingRecord | None:
    """The record shipped beside a card, or None where there is none."""
    if card.path is None or not card.record_path.exists():
        return None
    return load_record(card.record_path)
