"""Kronecker-factored RTRL (Mujika, Meier & Steger, *Approximating real-time recurrent learning with random
Kronecker factors*, NeurIPS 2018, arXiv 1805.10842), for the Elman cell: M_t ≈ v_t ⊗ A_t.

I_t = ĥ_t ⊗ D_t,   ĥ_t = (e_t, h_{t-1}, 1),   D_t = diag(1 − h_t²)             (1)
p₁ = √(‖J_t A_{t-1}‖ / ‖v_{t-1}‖),   p₂ = √(‖D_t‖ / ‖ĥ_t‖)                     (2)
v_t = p₁ v_{t-1} + c p₂ ĥ_t                                                    (3)
A_t = J_t A_{t-1} / p₁ + c D_t / p₂                                            (4)
g_t = v_t ⊗ (A_tᵀ δ_t) + direct                                                (5)

c = ±1 with equal chances: E[c] = 0 kills the cross terms, so E[v_t ⊗ A_t] = J_t M_{t-1} + I_t. (The paper
draws a sign for each summand; only their product matters.) I_t must be one Kronecker product, which holds
for (W, U, b) of the Elman cell, and for the embedding with ĥ = (f_i, 1) and D_t = ∂h_t/∂a_t: it gets
factors and signs of its own. Rows have each their own.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.linalg import vector_norm

from engine.learners.kronecker import Kronecker
from engine.learners.uoro import EPSILON


class _Factors:
    """v (rows, inputs) and A (rows, state, units) of one group of weights."""

    def __init__(self) -> None:
        self.v: Tensor | None = None
        self.A: Tensor | None = None

    def advance(self, J: Tensor, inputs: Tensor, D: Tensor, signs: Tensor) -> None:
        """Equations (2) to (4). inputs: ĥ, (rows, inputs). signs: c, (rows, 1)."""
        sign = signs[:, 0]
        v = torch.zeros_like(inputs) if self.v is None else self.v
        JA = torch.zeros_like(D) if self.A is None else J @ self.A
        first = torch.sqrt(_norm(JA) / (_norm(v) + EPSILON)) + EPSILON
        second = torch.sqrt(_norm(D) / (_norm(inputs) + EPSILON)) + EPSILON
        self.v = first[:, None] * v + (sign * second)[:, None] * inputs
        self.A = JA / first[:, None, None] + (sign / second)[:, None, None] * D

    def credit(self, delta: Tensor) -> Tensor:
        """Equation (5) summed over rows, (units, inputs)."""
        assert self.v is not None
        assert self.A is not None
        return torch.einsum("bs,bsj,bi->ji", delta, self.A, self.v)


class KFRTRL(Kronecker):
    """`signs` gives c, one a step for the cell and one for the embedding."""

    name = "kf-rtrl"

    def _nothing(self) -> _Factors:
        return _Factors()

    def _numbers(self) -> dict[str, float]:
        assert isinstance(self.cell, _Factors)
        assert self.cell.v is not None
        assert self.cell.A is not None
        return {
            "input_norm": float(_norm(self.cell.v).mean()),
            "state_norm": float(_norm(self.cell.A).mean()),
        }


def _norm(values: Tensor) -> Tensor:
    result: Tensor = vector_norm(values.flatten(1), dim=1)
    return result
