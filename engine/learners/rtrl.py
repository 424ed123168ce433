"""Real-time recurrent learning (Williams & Zipser, *A learning algorithm for continually running fully
recurrent neural networks*, Neural Computation 1, 1989): the exact gradient, forwards.

M_t = J_t M_{t-1} + I_t,   M_{-1} = 0                                          (1)
g_t = M_tᵀ δ_t + direct                                                        (2)

Σ_t g_t equals BPTT's gradient while the parameters stay as they are. Every row keeps its own M: dense,
(state, parameters), for recurrent parameters, and by equation (2) of `forward` for the embedding. A step
costs rows · state² · parameters multiplications, whatever the length of the row.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engine.cells import Parameters
from engine.learners.base import Outcome
from engine.learners.forward import EmbeddingTraces, Forward, Transition
from engine.learners.stream import RECURRENT, Gradient, Patch


class RTRL(Forward):
    """M: (rows, state, recurrent parameters one after the other)."""

    name = "rtrl"
    title = "RTRL"

    def _reset(self, recurrent: Parameters, rows: int, like: Tensor) -> None:
        self.shapes = {name: value.shape for name, value in recurrent.items()}
        count = sum(shape.numel() for shape in self.shapes.values())
        self.M = like.new_zeros(rows, self.model.state_size, count)
        self.embedding = EmbeddingTraces(self.model, rows, like)

    def step(self, parameters: Parameters, patch: Patch, k: int) -> Outcome:
        if k == 0:
            self.embedding.open(patch.features)
        now = Transition(self.model, parameters, patch.features, self.state)
        J, D = now.jacobians()
        self.M = J @ self.M
        self._add_immediate(now.own_units())
        self.embedding.advance(J, D)
        self.state = now.after
        loss, delta, gradient = self.read_out(parameters, patch, k)
        gradient |= self._credit(delta) | self.embedding.credit(delta)
        return Outcome(loss, gradient)

    def _add_immediate(self, immediate: dict[str, Tensor]) -> None:
        """I_t has numbers only where a unit meets its own rows: diagonals of M seen by unit and row."""
        for part, (name, _) in zip(self._split(self.M), self.shapes.items(), strict=True):
            rows, parts, gates, units, columns = immediate[name].shape
            by_unit = part.view(rows, parts, units, gates, units, columns)
            diagonal = by_unit.diagonal(dim1=2, dim2=4)  # (rows, parts, gates, columns, units)
            diagonal += immediate[name].transpose(-1, -2)

    def _credit(self, delta: Tensor) -> Gradient:
        flat = delta.reshape(-1) @ self.M.flatten(0, 1)
        return {
            RECURRENT + name: part.view(shape)
            for part, (name, shape) in zip(self._split(flat), self.shapes.items(), strict=True)
        }

    def _split(self, values: Tensor) -> tuple[Tensor, ...]:
        return torch.split(values, [shape.numel() for shape in self.shapes.values()], -1)

    def _numbers(self) -> dict[str, float]:
        return {"influence_norm": float(self.M.square().sum((1, 2)).sqrt().mean())}
