"""SnAp-1, the sparse one-step approximation of RTRL (Menick et al., *Practical real time recurrent learning
with a sparse approximation*, ICLR 2021, arXiv 2006.07232).

M_t = P ∘ (J_t M_{t-1} + I_t),   P = 1 where a weight reaches a unit in one step   (1)
g_t = M_tᵀ δ_t + direct                                                            (2)

P comes from the cell's structure: rows of recurrent parameters reach their own unit, so only the own
unit's block of J_t acts on them, and a weight needs one number (an LSTM's two: h and c of a unit count as
one, else o, which reaches c a step later only, would lose its influence there). The embedding reaches
every unit in one step, so nothing of its influence is dropped.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engine.cells import Parameters
from engine.learners.base import Outcome
from engine.learners.forward import EmbeddingTraces, Forward, OwnTraces, Transition
from engine.learners.stream import Patch


class SnAp1(Forward):
    """RTRL on the one-step pattern."""

    name = "snap1"
    title = "SnAp-1"

    def _reset(self, recurrent: Parameters, rows: int, like: Tensor) -> None:
        self.own = OwnTraces(self.model, recurrent, rows)
        self.embedding = EmbeddingTraces(self.model, rows, like)
        self.dropped: list[Tensor] = []

    def step(self, parameters: Parameters, patch: Patch, k: int) -> Outcome:
        if k == 0:
            self.embedding.open(patch.features)
        now = Transition(self.model, parameters, patch.features, self.state)
        J, D = now.jacobians()
        shape = (self.model.parts, self.model.units)
        blocks = J.reshape(len(J), *shape, *shape).diagonal(dim1=2, dim2=4)
        total, kept = J.square().sum(), blocks.square().sum()
        self.dropped.append((total - kept).clamp_min(0) / total.clamp_min(1e-30))
        self.own.advance(blocks, now.own_units())
        self.embedding.advance(J, D)
        self.state = now.after
        loss, delta, gradient = self.read_out(parameters, patch, k)
        gradient |= self.own.credit(delta.view(-1, *shape)) | self.embedding.credit(delta)
        return Outcome(loss, gradient)

    def _numbers(self) -> dict[str, float]:
        """dropped: the share of J's squared norm that lies between units, which M doesn't see."""
        return {"dropped": float(torch.stack(self.dropped).mean())}
