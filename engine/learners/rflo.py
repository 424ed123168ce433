"""Random-feedback local online learning (Murray, *Local online learning in recurrent networks with random
feedback*, eLife 8, 2019), near kin of e-prop (Bellec et al. 2020): own-unit traces only.

p_t = J°_t p_{t-1} + I_t,   J° = ∂s_t/∂s_{t-1} with U h_{t-1} held fixed       (1)
g_t = p_tᵀ δ_t + direct                                                        (2)
δ_t = (∂y_t/∂s_t)ᵀ ∂L_t/∂y_t, with fixed random B in place of W_o if asked     (3)

J° is what a unit keeps by itself: nothing in an Elman cell, the forget gate of an LSTM, the update gate of
a GRU, r of a Delta-RNN. Credit through recurrent weights is dropped, so it equals RTRL where they are 0.
The random feedback of (3), which the method is named after, spares the transport of W_o; without it the
comparison shows the traces alone.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from engine.learners.base import LearnerOptions
from engine.learners.forward import Forward, OwnTraces
from engine.learners.stream import OUT, Patch, RowModel


class RFLO(Forward):
    """`feedback`: B (outputs, units), drawn at the first use from the options' seed."""

    name = "rflo"

    def __init__(self, model: RowModel, options: LearnerOptions) -> None:
        super().__init__(model, options)
        self.feedback: Tensor | None = None

    def _reset(self, rows: int, like: Tensor) -> None:
        self.own = OwnTraces(self.network, rows, like)
        self.kept: list[Tensor] = []

    def _open(self) -> None:
        self.own.open()

    def _learn(self, patch: Patch, k: int) -> Tensor:
        now = self.network.step(self.state)
        self.kept.append(now.own.square().mean().sqrt())
        self.own.advance(now.own, now)
        self.state = now.after
        loss, delta = self.read_out(patch, k)
        self.own.gather(self._randomly_fed_back(patch, k) if self.options.random_feedback else delta)
        return loss

    def _settle(self) -> None:
        self.credit_embedding(self.credit_drives(self.own.take(self.total)))

    def _randomly_fed_back(self, patch: Patch, k: int) -> Tensor:
        """δ_t of equation (3) with B."""
        fixed = self.network.fixed
        weight = fixed[OUT + "weight"]
        if self.feedback is None:
            generator = torch.Generator().manual_seed(self.options.seed)
            drawn = torch.randn(weight.shape, generator=generator, dtype=weight.dtype)
            self.feedback = (drawn / math.sqrt(weight.shape[1])).to(weight)
        y = self.model.estimate(fixed, self.state).requires_grad_()
        state = self.state.detach().requires_grad_()
        with torch.enable_grad():
            loss = (patch.weights[k] * self.model.error(y, patch.target)).sum()
            wrong = self.model.estimate({**fixed, OUT + "weight": self.feedback}, state)
        return torch.autograd.grad(wrong, state, torch.autograd.grad(loss, y))[0]

    def _numbers(self) -> dict[str, float]:
        """kept: root mean square of J°, what units keep from step to step."""
        return {"kept": float(torch.stack(self.kept).mean())}
