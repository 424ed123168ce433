"""Unbiased online recurrent optimisation (Tallec & Ollivier, *Unbiased online recurrent optimization*,
ICLR 2018, arXiv 1702.05043): the influence as one random rank-one product, M_t ≈ s̃_t θ̃_tᵀ.

u = J_t s̃_{t-1},   q = νᵀ I_t,   ν independent signs                           (1)
ρ₀ = √(‖θ̃_{t-1}‖ / ‖u‖),   ρ₁ = √(‖q‖ / ‖ν‖)                                   (2)
s̃_t = ρ₀ u + ρ₁ ν                                                              (3)
θ̃_t = θ̃_{t-1} / ρ₀ + q / ρ₁                                                    (4)
g_t = I_tᵀ δ_t + ⟨δ_t, u⟩ θ̃_{t-1} + direct                                     (5)

As E[ν νᵀ] = 1 and both ρ are even in ν, E[s̃_t θ̃_tᵀ] = M_t whatever the ρ, which only keep the two factors
alike. ⟨δ_t, u⟩ is ⟨∂L_t/∂s_{t-1}, s̃_{t-1}⟩: what the newest step adds is exact. Every row has its own
factors; with `shared` the rows are one system with one θ̃, unbiased as well, noisier, and smaller.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.linalg import vector_norm

from engine.cells import Parameters
from engine.learners.base import LearnerOptions, Outcome
from engine.learners.forward import Forward, Transition
from engine.learners.stream import EMBED, RECURRENT, Gradient, Patch, RowModel

EPSILON = 1e-7
"""Keeps ρ finite, as in the paper; any ρ > 0 is unbiased."""

Signs = Callable[[tuple[int, ...]], Tensor]


def random_signs(seed: int) -> Signs:
    """A source of independent ±1 tensors of any shape."""
    generator = torch.Generator().manual_seed(seed)
    return lambda shape: 2.0 * torch.randint(0, 2, shape, generator=generator) - 1.0


class UORO(Forward):
    """`signs` gives ν, (rows, state) a step; replace it to choose the draws."""

    name = "uoro"
    title = "UORO"
    stochastic = True

    def __init__(self, model: RowModel, options: LearnerOptions) -> None:
        super().__init__(model, options)
        self.signs = random_signs(options.seed)

    def _reset(self, recurrent: Parameters, rows: int, like: Tensor) -> None:
        self.s = torch.zeros_like(self.state)
        self.theta: Gradient = {}
        self.ratios: list[Tensor] = []

    def step(self, parameters: Parameters, patch: Patch, k: int) -> Outcome:
        now = Transition(self.model, parameters, patch.features, self.state)
        u = now.push(self.s)
        self.state = now.after
        loss, delta, gradient = self.read_out(parameters, patch, k)
        gradient |= self._credit(now, delta, (delta * u).sum(-1))
        self._advance(now, u)
        return Outcome(loss, gradient)

    def _credit(self, now: Transition, delta: Tensor, strength: Tensor) -> Gradient:
        """Equation (5) without the output weights. strength: ⟨δ_t, u⟩, (rows,)."""
        recurrent, a = now.pull(delta)
        result = {RECURRENT + name: value for name, value in recurrent.items()}
        result |= {EMBED + "weight": a.T @ now.features, EMBED + "bias": a.sum(0)}
        if self.options.shared:
            strength = strength.sum(0, keepdim=True)
        for name, value in self.theta.items():
            result[name] = result[name] + torch.tensordot(strength, value, 1)
        return result

    def _advance(self, now: Transition, u: Tensor) -> None:
        """Equations (1) to (4)."""
        signs = self.signs(tuple(u.shape)).to(u)
        q = self._pulled(now, signs)
        theta = self.theta or {name: torch.zeros_like(value) for name, value in q.items()}
        first = torch.sqrt(_norm(theta) / (self._state_norm(u) + EPSILON)) + EPSILON
        second = torch.sqrt(_norm(q) / (self._state_norm(signs) + EPSILON)) + EPSILON
        self.s = first[:, None] * u + second[:, None] * signs
        self.theta = {
            name: theta[name] / _like(first, q[name]) + q[name] / _like(second, q[name]) for name in q
        }
        self.ratios.append(first.mean())

    def _pulled(self, now: Transition, signs: Tensor) -> Gradient:
        """q by parameter, (rows, …), or (1, …) when shared."""
        if self.options.shared:
            recurrent, a = now.pull(signs)
            q = {RECURRENT + name: value[None] for name, value in recurrent.items()}
            return q | {EMBED + "weight": (a.T @ now.features)[None], EMBED + "bias": a.sum(0)[None]}
        recurrent, a = now.pull_rows(signs)
        q = {RECURRENT + name: value for name, value in recurrent.items()}
        return q | {EMBED + "weight": a[:, :, None] * now.features[:, None], EMBED + "bias": a}

    def _state_norm(self, values: Tensor) -> Tensor:
        """Norm of (rows, state), a row's or, when shared, all rows' together."""
        result: Tensor = vector_norm(values, dim=None if self.options.shared else 1).view(-1)
        return result

    def _numbers(self) -> dict[str, float]:
        return {
            "rho_0": float(torch.stack(self.ratios).mean()),
            "state_norm": float(self.s.norm(dim=-1).mean()),
            "parameter_norm": float(_norm(self.theta).mean()),
        }


def _norm(values: Gradient) -> Tensor:
    """Norm over all parameters, of each entry of the first axis."""
    return torch.stack([value.flatten(1).square().sum(1) for value in values.values()]).sum(0).sqrt()


def _like(factor: Tensor, values: Tensor) -> Tensor:
    return factor.view(-1, *[1] * (values.ndim - 1))
