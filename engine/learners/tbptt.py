"""Truncated backpropagation through time (Williams & Peng, *An efficient gradient-based algorithm for
on-line training of recurrent network trajectories*, Neural Computation 2, 1990), in windows of k steps.

c_t = δ_t + J_{t+1}ᵀ c_{t+1},   c_t = δ_t where a window ends                  (1)
g_w = Σ_{t in w} I_tᵀ c_t + direct                                             (2)

Gradients come at the end of every window, and no credit crosses its border; of an attentive network's
memories only those of the same window pass it on.
"""

from __future__ import annotations

from engine.errors import UserError
from engine.learners.base import LearnerOptions
from engine.learners.stream import Gradient, RowModel
from engine.learners.unrolled import Unrolled


class TruncatedBPTT(Unrolled):
    """State and memories are detached every `window` steps."""

    name = "tbptt"

    def __init__(self, model: RowModel, options: LearnerOptions) -> None:
        super().__init__(model, options)
        if options.window < 1:
            raise UserError(f"learner '{self.name}': window must be at least 1, not {options.window}")

    def _cut(self) -> Gradient | None:
        if self.steps % self.options.window:
            return None
        gradient = self._backward()
        self.state = self.state.detach()
        if self.memories is not None:
            self.memories.detach()
        return gradient
