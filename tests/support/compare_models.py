"""Small models of a study, and measured results without any model, for tests of comparisons."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.evaluation.bench import DecoderRun
from engine.evaluation.compare import Result
from engine.evaluation.conditions import Condition, plain
from engine.models.card import ModelCard, read_card
from engine.types import Context, DecodeOptions
from tests.support.tiny_models import save_tiny_model

Q15 = plain("jpeg", 15, "4:2:0")


def save_study(folder: Path, cards: Mapping[str, Mapping[str, Any]]) -> None:
    """Save a tiny raster model under each name, its card changed by the entry; all have equal weights."""
    tiny = save_tiny_model(folder, "raster")
    card = read_card(tiny)
    for name, changes in cards.items():
        changed = dataclasses.replace(card, name=name, **changes)
        (folder / f"{name}.json").write_text(changed.to_json(), encoding="utf-8")
        shutil.copy(card.weights_path, folder / f"{name}.safetensors")
    tiny.unlink()
    card.weights_path.unlink()


def result(
    curves: Mapping[str, tuple[float, ...]],
    learner: str = "BPTT",
    seed: int | None = 1,
    condition: Condition = Q15,
    **card: Any,
) -> Result:
    """What a model that doesn't exist made of pictures: `curves` as in `Result`."""
    steps = len(next(iter(curves.values()))) - 1
    fields: dict[str, Any] = {
        "name": f"{learner}-{seed}", "kind": "raster", "title": "", "cell": "elman", "learner": learner,
        "steps": steps, "contexts": tuple(Context), "carry": True, "weights": 1000, "network": {},
        "training": {} if seed is None else {"seed": seed},
    }  # fmt: skip
    made = ModelCard(**fields | card)
    return Result(DecoderRun(made.name, made, DecodeOptions()), condition, curves, 0.4)
