"""What learners share that keep influence as Kronecker products, which the Elman cell alone has: of its
weights (W, U, b) with ĥ_t = (x_t, h_{t-1}, 1) and D_t = diag(∂h_t/∂drive), of the embedding's with
ĥ = (f_i, 1) and D_t = ∂h_t/∂a_t. Rows have each their own.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

import torch
from torch import Tensor

from engine.errors import UserError
from engine.learners.base import LearnerOptions
from engine.learners.forward import Forward
from engine.learners.stream import EMBED, RECURRENT, Patch, RowModel
from engine.learners.transition import spread
from engine.learners.uoro import RandomSigns, Signs


class Influence(Protocol):
    """∂h_t/∂θ of one group of weights, nothing at first."""

    def advance(self, J: Tensor, inputs: Tensor, D: Tensor, signs: Tensor) -> None:
        """One step on. inputs: ĥ, (rows, inputs). D: (rows, state, units). signs: ±1, (rows, draws)."""

    def credit(self, delta: Tensor) -> Tensor:
        """The gradient summed over rows, (units, inputs). delta: ∂L_t/∂h_t, (rows, state)."""


class Kronecker(Forward):
    """Subclasses give `_nothing`, a group's influence at the row's start. `signs` gives ±1, (rows, 2 · draws)
    a step, for the cell and the embedding; replace it to choose the draws."""

    stochastic = True
    draws = 1
    """Signs a step of each group."""

    def __init__(self, model: RowModel, options: LearnerOptions) -> None:
        super().__init__(model, options)
        if model.cell.name != "elman":
            raise UserError(f"learner '{self.name}' trains the elman cell only, not '{model.cell.name}'")
        self.signs: Signs = RandomSigns(options.seed)

    @abstractmethod
    def _nothing(self) -> Influence: ...

    def _reset(self, rows: int, like: Tensor) -> None:
        self.cell, self.embedding = self._nothing(), self._nothing()

    def _learn(self, patch: Patch, k: int) -> Tensor:
        now = self.network.step(self.state)
        J, x = self.network.jacobian(now), self.network.x
        D = spread(now.drive, self.network.inwards) * (x > 0)[:, None]
        signs = self.signs((len(self.state), 2 * self.draws)).to(self.state)
        one = torch.ones_like(self.state[:, :1])
        inputs = torch.cat([x, self.state, one], -1)
        self.cell.advance(J, inputs, torch.diag_embed(now.drive[:, 0, 0]), signs[:, : self.draws])
        self.embedding.advance(J, torch.cat([patch.features, one], -1), D, signs[:, self.draws :])
        self.state = now.after
        loss, delta = self.read_out(patch, k)
        width = x.shape[1]
        cell, embedding = self.cell.credit(delta), self.embedding.credit(delta)
        self.total[RECURRENT + "W"] += cell[:, :width]
        self.total[RECURRENT + "U"] += cell[:, width:-1]
        self.total[RECURRENT + "b"] += cell[:, -1]
        self.total[EMBED + "weight"] += embedding[:, :-1]
        self.total[EMBED + "bias"] += embedding[:, -1]
        return loss
