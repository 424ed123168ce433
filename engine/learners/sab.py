"""Sparse attentive backtracking (Ke et al., *Sparse Attentive Backtracking: temporal credit assignment
through reminding*, NeurIPS 2018), on an attentive network.

h_t = ĥ_t + Σ_i w_i m_i,   at most k_top of the w_i not 0                      (1)
c_t = δ_t + [t + 1 in the same window] J_{t+1}ᵀ c_{t+1}
          + Σ_{u recalls t} (∂h_u/∂m)ᵀ c_u                                     (2)
g = Σ_t I_tᵀ c_t + direct                                                      (3)

Along the recurrence credit goes back to the start of its window of k_trunc (`window`) steps and no
further; from there on it travels through chosen memories alone, into the windows in which they were made
and through what those recalled in turn. A memory that was not chosen gets none, also not through the
threshold that its score may set. J_{t+1} holds the attention of step t + 1 to memories of its own window.
The gradient comes at the end of the row: memories keep their windows' graphs.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engine.cells import Parameters
from engine.errors import UserError
from engine.learners.base import LearnerOptions
from engine.learners.stream import Gradient, RowModel
from engine.learners.unrolled import Memories, Unrolled


class SAB(Unrolled):
    """The state is detached every `window` steps; memories only where they are not chosen."""

    name = "sab"

    def __init__(self, model: RowModel, options: LearnerOptions) -> None:
        super().__init__(model, options)
        if model.attention is None:
            raise UserError(f"learner '{self.name}' needs an attentive network")
        if options.window < 1:
            raise UserError(f"learner '{self.name}': window must be at least 1, not {options.window}")

    @property
    def window(self) -> int:
        return self.steps // self.options.window

    def _cut(self) -> Gradient | None:
        if self.steps % self.options.window == 0:
            self.state = self.state.detach()
        return None

    def _choose(self, memories: Memories, query: Tensor, own: Parameters) -> tuple[Tensor, Tensor]:
        values, keys = memories.stacked(own)
        inside = torch.tensor([made == self.window for made in memories.windows], device=query.device)
        if bool(inside.all()):
            return values, keys
        with torch.no_grad():
            open_ = (memories.attention.weights(own, query, keys) > 0) | inside
        closed = values.detach()
        keys = torch.where(open_[..., None], keys, memories.attention.key(own, closed))
        return torch.where(open_[..., None], values, closed), keys
