"""The compare view's jobs: functions for `Lane.start`. No Qt, no threads, no widgets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import UserError
from engine.models.card import ModelCard
from viewer.model.facts.compare import Studied

if TYPE_CHECKING:
    from viewer.core.job import Token, Work


def study(cards: tuple[ModelCard, ...], robustness: Path) -> Work:
    """Read the training records of `cards`, the study of robustness, and that of learners beside it."""

    def work(token: Token) -> Iterator[Studied]:
        from engine.evaluation.table import read_table
        from engine.models.training_record import TrainingRecord, record_of

        records: dict[str, TrainingRecord | str | None] = {}
        for card in cards:
            try:
                records[card.name] = record_of(card)
            except UserError as error:
                records[card.name] = str(error)
        yield Studied(records, note="reading the study …")
        if token.cancelled():
            return
        if not robustness.exists():
            yield Studied(records, note="This installation holds no study of robustness")
            return
        learners = robustness.with_name("learners.csv")
        try:
            of_learners = read_table(learners) if learners.exists() else ()
            yield Studied(records, read_table(robustness), learners=of_learners)
        except UserError as error:
            yield Studied(records, note=str(error))

    return work


def robustness_path() -> Path:
    """Where the bundled study lies: what `nrc compare --set robustness` wrote."""
    from engine.models.card import studies_folder

    return studies_folder() / "robustness.csv"
