"""Influence balancing (Tallec & Ollivier, *Unbiased online recurrent optimization*, ICLR 2018, section 5.1):
a linear system on which what truncation sees points the wrong way.

s_t = A s_{t−1} + σ θ,   A_ii = A_i,i+1 = ½                                     (1)
σ_i = −1 for the first p of n units, +1 for the others                         (2)
L_t = ½ (s_t¹ − 1)²,   s¹ the first unit                                       (3)

There is one weight, θ > 0. A larger θ lowers s¹ at once and, by what comes along the chain later, raises it
if p < n / 2: in the long run s¹ = 2 (n − 2p) θ. (The paper has θ < 0 and the signs the other way round.)
Learning goes on along one endless sequence, whose parts follow one another without a break in state or
influence, so here it is one patch of many steps and every lane updates on its way. What is measured is the
loss of the steady state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Generator, Tensor

from engine.cells import Parameters
from engine.errors import UserError
from engine.lab.library import Library
from engine.lab.settings import LabSettings
from engine.lab.tasks.base import Painting
from engine.learners.stream import EMBED, OUT, Patch, RowModel, squared_error
from engine.records import build
from engine.types import Pixels


@dataclass(frozen=True)
class Options:
    """units: n; against: p. length: steps of the sequence before state and influence begin anew. start: θ."""

    units: int = 23
    against: int = 10
    length: int = 3000
    start: float = 0.7

    def __post_init__(self) -> None:
        if not 1 <= self.against < self.units / 2 or self.length < 1 or not self.start > 0:
            raise ValueError("against must be less than half of units, length at least 1, start above 0")


class ChainCell:
    """The system of equation (1) as a cell without parameters of its own: x is θ, a single number."""

    name = "chain"

    def __init__(self, units: int, against: int) -> None:
        self.signs = torch.ones(units)
        self.signs[:against] = -1
        self.A = torch.diag(torch.full((units,), 0.5)) + torch.diag(torch.full((units - 1,), 0.5), 1)

    def state_size(self, units: int) -> int:
        return units

    def initial(self, inputs: int, units: int, generator: Generator) -> dict[str, Tensor]:
        return {}

    def drive(self, parameters: Parameters, x: Tensor) -> Tensor:
        return x * self.signs.to(x)

    def recur(self, parameters: Parameters, state: Tensor) -> Tensor:
        return state @ self.A.to(state).T

    def update(self, parameters: Parameters, drive: Tensor, recurrent: Tensor, state: Tensor) -> Tensor:
        return drive + recurrent

    def step(self, parameters: Parameters, drive: Tensor, state: Tensor) -> Tensor:
        return self.update(parameters, drive, self.recur(parameters, state), state)

    def output(self, state: Tensor) -> Tensor:
        return state


class InfluenceBalancing:
    """Registered as "influence-balancing". θ is the embedding's bias; all else is given."""

    features = outputs = 1
    length = 1
    unit = "error"
    on_pictures = False
    validation = Library([])

    def __init__(self, settings: LabSettings, train: Library | None, validation: Library | None) -> None:
        self.options = build(Options, settings.options, "settings [options]")
        self.settings = settings
        if settings.network.embed != 1 or settings.optimiser.rows != 1:
            raise UserError("task 'influence-balancing' needs network.embed and optimiser.rows of 1")

    def model(self, cell: str) -> RowModel:
        own = self.options
        return RowModel(ChainCell(own.units, own.against), own.units, own.length, None, squared_error)

    def frozen(self) -> dict[str, Tensor]:
        """All but θ, which begins as asked: `start` is put where the embedding's bias is drawn."""
        first = torch.zeros(1, self.options.units)
        first[0, 0] = 1
        return {EMBED + "weight": torch.zeros(1, 1), OUT + "weight": first, OUT + "bias": torch.zeros(1)}

    def start(self) -> dict[str, Tensor]:
        return {EMBED + "bias": torch.full((1,), self.options.start)}

    def batch(self, seed: int, index: int) -> Sequence[Patch]:
        weights = torch.full((self.options.length, 1), 0.5)
        return [Patch(torch.zeros(1, 1), torch.ones(1, 1), weights)]

    def measure(self, model: RowModel, parameters: Parameters) -> float:
        theta = float(torch.relu(parameters[EMBED + "bias"]))
        steady = 2 * (self.options.units - 2 * self.options.against) * theta
        return 0.5 * (steady - 1) ** 2

    def originals(self, pictures: Sequence[Pixels]) -> list[Any]:
        return []

    def paint(self, model: RowModel, parameters: Parameters, ready: Any) -> Painting:
        raise UserError("task 'influence-balancing' has no pictures")
