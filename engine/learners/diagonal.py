"""Exact RTRL of a diagonal recurrence at linear cost (Zucchet, Meier, Schug, Mujika & Sacramento, *Online
learning of long-range dependencies*, NeurIPS 2023; Irie, Gopalakrishnan & Schmidhuber, *Exploring the promise
and limits of real-time recurrent learning*, 2023).

Where no unit reaches another, J_t and with it M_t are made of the units' own blocks, so the influence is kept
whole by one number a weight and part of the state:

p_t = J_t p_{t-1} + I_t,   J_t the units' own blocks                           (1)
g_t = p_tᵀ δ_t + direct                                                        (2)

The embedding, which reaches every unit, gets its credit by equation (3) of `forward`, exactly: one number a
unit, part and patch of the row. (The papers, which look at endless sequences, give lower layers the credit of
the present step alone.)
"""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from engine.errors import UserError
from engine.learners.base import LearnerOptions
from engine.learners.forward import Forward, OwnTraces
from engine.learners.stream import Patch, RowModel


class DiagonalRTRL(Forward):
    """Raises UserError for a cell whose units reach each other."""

    name = "diagonal"
    title = "Diagonal RTRL"

    def __init__(self, model: RowModel, options: LearnerOptions) -> None:
        super().__init__(model, options)
        cell, units = model.cell, 2
        identity = torch.eye(cell.state_size(units))
        if cell.recur(cell.initial(1, units, Generator().manual_seed(0)), identity).any():
            reason = f"trains cells whose units don't reach each other (lru), not '{cell.name}'"
            raise UserError(f"learner '{self.name}' {reason}")

    def _reset(self, rows: int, like: Tensor) -> None:
        self.own = OwnTraces(self.network, rows, like)

    def _open(self) -> None:
        self.own.open()

    def _learn(self, patch: Patch, k: int) -> Tensor:
        now = self.network.step(self.state)
        self.own.advance(now.own, now)
        self.state = now.after
        loss, delta = self.read_out(patch, k)
        self.own.gather(delta)
        return loss

    def _settle(self) -> None:
        self.credit_embedding(self.credit_drives(self.own.take(self.total)))
