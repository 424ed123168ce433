"""Unbiased online recurrent optimisation (Tallec & Ollivier, *Unbiased online recurrent optimization*,
ICLR 2018, arXiv 1702.05043): the influence as one random rank-one product, M_t ≈ s̃_t θ̃_tᵀ.

u = J_t s̃_{t-1},   q = νᵀ I_t,   ν independent signs                           (1)
ρ₀ = √(‖θ̃_{t-1}‖ / ‖u‖),   ρ₁ = √(‖q‖ / ‖ν‖)                                   (2)
s̃_t = ρ₀ u + ρ₁ ν                                                              (3)
θ̃_t = θ̃_{t-1} / ρ₀ + q / ρ₁                                                    (4)
g_t = I_tᵀ δ_t + ⟨δ_t, u⟩ θ̃_{t-1} + direct                                     (5)

θ here is the recurrent weights and the drive of every patch. What acts through the drives (input weights,
the embedding) gets credit by equation (3) of `forward`, a linear map that no estimate is needed for: less
noise, and θ̃ doesn't grow with the features.

As E[ν νᵀ] = 1 and both ρ are even in ν, E[s̃_t θ̃_tᵀ] = M_t whatever the ρ > 0, which only keep the two
factors alike; so their norms may be those of this θ. ⟨δ_t, u⟩ is ⟨∂L_t/∂s_{t-1}, s̃_{t-1}⟩: what the newest
step adds is exact. Every row has its own factors; with `shared` the rows are one system, with all rows'
drives in its one θ̃, unbiased as well, noisier, and smaller.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.linalg import vector_norm

from engine.learners.base import LearnerOptions
from engine.learners.forward import DRIVES, Forward
from engine.learners.stream import RECURRENT, Patch, RowModel
from engine.learners.transition import StepDerivatives, pull

EPSILON = 1e-7
"""Keeps ρ finite, as in the paper; any ρ > 0 is unbiased."""

Signs = Callable[[tuple[int, ...]], Tensor]


class RandomSigns:
    """A source of independent ±1 tensors of any shape; a deep copy goes on as this one would."""

    def __init__(self, seed: int) -> None:
        self._generator = torch.Generator().manual_seed(seed)

    def __call__(self, shape: tuple[int, ...]) -> Tensor:
        return 2.0 * torch.randint(0, 2, shape, generator=self._generator) - 1.0

    def __deepcopy__(self, _memo: object) -> RandomSigns:
        other = RandomSigns(0)
        other._generator.set_state(self._generator.get_state())
        return other


class UORO(Forward):
    """`signs` gives ν, (rows, state) a step; replace it to choose the draws.

    theta: θ̃ by name, (rows, …) or (1, …) when shared; of DRIVES (rows, patches, gates · units) always.
    """

    name = "uoro"
    stochastic = True

    def __init__(self, model: RowModel, options: LearnerOptions) -> None:
        super().__init__(model, options)
        self.signs: Signs = RandomSigns(options.seed)

    def _reset(self, rows: int, like: Tensor) -> None:
        recurrent, chosen = self.network.recurrent, self.network.paths
        self.s = torch.zeros_like(self.state)
        self.theta = {
            name: like.new_zeros(1 if self.options.shared else rows, *value.shape)
            for name, value in recurrent.items()
            if name == chosen.product or name in chosen.direct
        }
        self.theta[DRIVES] = like.new_zeros(rows, 0, self.network.drive_gates * self.model.units)
        self.back = torch.zeros_like(self.theta[DRIVES])
        self.ratios: list[Tensor] = []

    def _open(self) -> None:
        self.theta[DRIVES] = torch.nn.functional.pad(self.theta[DRIVES], (0, 0, 0, 1))
        self.back = torch.nn.functional.pad(self.back, (0, 0, 0, 1))

    def _learn(self, patch: Patch, k: int) -> Tensor:
        now = self.network.step(self.state)
        u = self.network.push(now, self.s)
        self.state = now.after
        loss, delta = self.read_out(patch, k)
        self._credit(now, delta, (delta * u).sum(-1))
        self._advance(now, u)
        return loss

    def _credit(self, now: StepDerivatives, delta: Tensor, strength: Tensor) -> None:
        """Equation (5) without the output weights. strength: ⟨δ_t, u⟩, (rows,)."""
        if self.options.shared:
            strength = strength.sum(0, keepdim=True)
        for name, value in self.theta.items():
            if name == DRIVES:
                self.back.addcmul_(value, strength[:, None, None])
                self.back[:, -1] += pull(delta, now.drive)
                continue
            total = self.total[RECURRENT + name]
            total += (value.flatten(1).T @ strength).view_as(total)  # which need not be contiguous
            if name == self.network.paths.product:
                total.addmm_(pull(delta, now.recurrent).T, now.inputs)
            else:
                total += pull(delta, now.direct[name]).sum(0)

    def _advance(self, now: StepDerivatives, u: Tensor) -> None:
        """Equations (1) to (4)."""
        signs = self.signs(tuple(u.shape)).to(u)
        q = self._pulled(now, signs)
        first = torch.sqrt(self._norm(self.theta) / (self._norm({"u": u}) + EPSILON)) + EPSILON
        second = torch.sqrt(self._norm(q) / (self._norm({"signs": signs}) + EPSILON)) + EPSILON
        self.s = first[:, None] * u + second[:, None] * signs
        for name, value in self.theta.items():
            value *= _like(1 / first, value)
            newest = value[:, -1:] if name == DRIVES else value
            newest.addcmul_(q[name], _like(1 / second, value))
        self.ratios.append(first.mean())

    def _pulled(self, now: StepDerivatives, signs: Tensor) -> dict[str, Tensor]:
        """q by name: as θ̃, of DRIVES for the present patch, (rows, 1, …)."""
        q = {DRIVES: pull(signs, now.drive)[:, None]}
        for name in self.network.paths.direct:
            q[name] = pull(signs, now.direct[name])
            if self.options.shared:
                q[name] = q[name].sum(0, keepdim=True)
        if self.network.paths.product is not None:
            back = pull(signs, now.recurrent)
            outer = (
                (back.T @ now.inputs)[None] if self.options.shared else back[:, :, None] * now.inputs[:, None]
            )
            q[self.network.paths.product] = outer
        return q

    def _norm(self, values: dict[str, Tensor]) -> Tensor:
        """Norm of all numbers together, a row's (rows,) or, when shared, all rows' (1,)."""
        if self.options.shared:
            squares = [vector_norm(value).square().view(1) for value in values.values()]
        else:
            squares = [vector_norm(value.flatten(1), dim=1).square() for value in values.values()]
        return torch.stack(squares).sum(0).sqrt()

    def _settle(self) -> None:
        back, self.back = self.back, torch.zeros_like(self.back)
        self.credit_embedding(self.credit_drives(back))

    def _numbers(self) -> dict[str, float]:
        return {
            "rho_0": float(torch.stack(self.ratios).mean()),
            "state_norm": float(self.s.norm(dim=-1).mean()),
            "parameter_norm": float(self._norm(self.theta).mean()),
        }


def _like(factor: Tensor, values: Tensor) -> Tensor:
    return factor.view(-1, *[1] * (values.ndim - 1))
