"""What the tasks without pictures share: sequences of numbers drawn afresh for every batch.

What is measured is the mean squared error of the answers that count, on sequences never learned from, over
the variance of what was wanted: 1 is an answer that knows nothing but the mean.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Generator, Tensor

from engine.cells import Parameters
from engine.cells.attention import Attention
from engine.errors import UserError
from engine.lab.library import Library
from engine.lab.settings import LabSettings
from engine.lab.tasks.answers import answers
from engine.lab.tasks.base import ByPlace, Painting
from engine.learners.stream import Patch, RowModel, squared_error
from engine.records import build
from engine.registry import CELLS
from engine.types import Pixels

_MEASURED = 512
"""Sequences that are measured on."""
_HELD_OUT = 2**40


class SequenceTask(ABC):
    """Subclasses give `Options`, sizes, and `draw`."""

    Options: ClassVar[type[Any]]
    features: int = 1
    outputs: int = 1
    unit = "error"
    on_pictures = False
    validation = Library([])

    def __init__(self, settings: LabSettings, train: Library | None, validation: Library | None) -> None:
        self.settings = settings
        self.options: Any = build(self.Options, settings.options, "settings [options]")

    @property
    @abstractmethod
    def length(self) -> int:
        """Numbers of a sequence."""

    @abstractmethod
    def draw(self, rows: int, generator: Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Inputs (length, rows, features), what is wanted (length, rows, outputs), and what each answer
        counts, (length, rows)."""

    def model(self, cell: str) -> RowModel:
        network = self.settings.network
        attention = Attention(network.k_top, network.k_att, network.carried) if network.k_top else None
        return RowModel(CELLS.get(cell), network.units, network.steps, attention, squared_error)

    def frozen(self) -> dict[str, Tensor]:
        return {}

    def start(self) -> dict[str, Tensor]:
        return {}

    def batch(self, seed: int, index: int) -> Sequence[Patch]:
        generator = torch.Generator().manual_seed(seed * 1_000_003 + index)
        features, target, counts = self.draw(self.settings.optimiser.rows, generator)
        steps = self.settings.network.steps
        weights = (counts / (counts.sum() * steps))[:, None].expand(-1, steps, -1)
        return [Patch(*each) for each in zip(features, target, weights, strict=True)]

    @cached_property
    def _held_out(self) -> tuple[Tensor, Tensor, Tensor]:
        return self.draw(_MEASURED, torch.Generator().manual_seed(_HELD_OUT))

    @torch.no_grad()
    def measure(self, model: RowModel, parameters: Parameters) -> float:
        features, target, counts = self._held_out
        found = answers(model, parameters, features.to(next(iter(parameters.values())).dtype))
        chosen = counts > 0
        wanted = target[chosen]
        variance = (wanted - wanted.mean(0)).square().mean()
        return float((found[chosen] - wanted).square().mean() / variance)

    @torch.no_grad()
    def by_place(self, model: RowModel, parameters: Parameters) -> ByPlace:
        features, target, counts = self._held_out
        found = answers(model, parameters, features.to(next(iter(parameters.values())).dtype))
        chosen = counts > 0
        wanted = target[chosen]
        variance = (wanted - wanted.mean(0)).square().mean()
        error = ((found - target).square().mean(-1) * chosen).sum(1) / chosen.sum(1) / variance
        return error.double().numpy(), np.zeros(0)

    def span_of(self, ready: Any, row: int, column: int) -> Sequence[Patch]:
        raise UserError(f"task '{self.settings.task}' has no pictures")

    def columns_of(self, ready: Any, row: int, column: int) -> tuple[Tensor, Tensor]:
        raise UserError(f"task '{self.settings.task}' has no pictures")

    def standard_db(self) -> float:
        return math.nan

    def originals(self, pictures: Sequence[Pixels]) -> list[Any]:
        return []

    def paint(self, model: RowModel, parameters: Parameters, ready: Any) -> Painting:
        raise UserError(f"task '{self.settings.task}' has no pictures")
