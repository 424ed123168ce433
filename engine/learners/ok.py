"""Optimal Kronecker-sum approximation of RTRL (Benzing, Gauy, Mujika, Martinsson & Steger, *Optimal
Kronecker-sum approximation of real time recurrent learning*, ICML 2019, arXiv 1902.03993), for the Elman
cell.

I_t = ĥ_t ⊗ D_t,   ĥ_t = (e_t, h_{t-1}, 1),   D_t = diag(1 − h_t²)             (1)
M_t ≈ Σ_{i ≤ r} v_i ⊗ A_i                                                      (2)
J_t M_{t-1} + I_t = Σ_{i ≤ r} v_i ⊗ J_t A_i + ĥ_t ⊗ D_t:  r + 1 terms          (3)

Of these r + 1 terms r are made again, right on average and with the least variance: with the singular values
s_1 ≥ … ≥ s_{r+1} of the sum as a matrix (all v against all A), the k largest are kept as they are, k the
least number with (r − k) s_{k+1} ≤ S, S = Σ_{i > k} s_i, and of the rest

z_i² = 1 − s_i (r − k) / S  (0 for those kept),   Q Qᵀ = 1 − z zᵀ              (4)
diag(s) = E[X Xᵀ],   X = diag(σ √c) Q,   c_i = S / (r − k)  (s_i for those kept), σ independent signs   (5)
g_t = Σ_i v_i ⊗ (A_iᵀ δ_t) + direct                                            (6)

The embedding's influence is a sum of r terms of its own, as in `kf_rtrl`. r is the option `rank`.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engine.errors import UserError
from engine.learners.base import LearnerOptions
from engine.learners.kronecker import Kronecker
from engine.learners.stream import RowModel


class _Sum:
    """v (rows, inputs, r) and A (rows, state · units, r) of equation (2), of one group of weights."""

    def __init__(self, rank: int) -> None:
        self.rank = rank
        self.v: Tensor | None = None
        self.A: Tensor | None = None

    def advance(self, J: Tensor, inputs: Tensor, D: Tensor, signs: Tensor) -> None:
        """Equations (3) to (5). inputs: ĥ, (rows, inputs). D: (rows, state, units). signs: (rows, r + 1)."""
        if self.v is None or self.A is None:
            self.v = inputs.new_zeros(*inputs.shape, self.rank)
            self.A = D.new_zeros(len(D), D[0].numel(), self.rank)
        moved = torch.einsum("bst,btur->bsur", J, self.A.view(*D.shape, self.rank)).flatten(1, 2)
        v = torch.cat([self.v, inputs[..., None]], -1)
        A = torch.cat([moved, D.flatten(1)[..., None]], -1)
        self.v, self.A = reduced(v, A, signs)

    def credit(self, delta: Tensor) -> Tensor:
        """Equation (6) summed over rows, (units, inputs)."""
        assert self.v is not None
        assert self.A is not None
        A = self.A.view(*delta.shape, -1, self.rank)
        return torch.einsum("bs,bsur,bir->ui", delta, A, self.v)


def reduced(v: Tensor, A: Tensor, signs: Tensor) -> tuple[Tensor, Tensor]:
    """r terms in place of r + 1, with the same sum on average. v: (rows, inputs, r + 1). A: (rows, n, r + 1).
    signs: (rows, r + 1)."""
    Q_v, R_v = torch.linalg.qr(v)
    Q_A, R_A = torch.linalg.qr(A)
    U, s, Wt = torch.linalg.svd(R_v @ R_A.mT, full_matrices=False)
    X = halved(s, signs, v.shape[-1] - 1)
    return Q_v @ (U @ X), Q_A @ (Wt.mT @ X)


def halved(s: Tensor, signs: Tensor, r: int) -> Tensor:
    """X of equation (5), (rows, values, r). s: (rows, values), falling; where there are no more than r of
    them nothing has to be drawn. signs: (rows, r + 1)."""
    count = s.shape[1]
    # What is left of a value that is none by rounding would count by its root: 1e-10 in place of 1e-16.
    s = torch.where(s > count * torch.finfo(s.dtype).eps * s[:, :1], s, 0.0)
    if count <= r:
        return torch.nn.functional.pad(torch.diag_embed(s.sqrt()), (0, r - count))
    tails = s.flip(1).cumsum(1).flip(1)
    left = r - torch.arange(r, dtype=s.dtype)
    kept = (s[:, :r] * left <= tails[:, :r]).int().argmax(1)  # the first k that will do
    S, share = tails.gather(1, kept[:, None]), (r - kept)[:, None].to(s)
    rest = torch.arange(count) >= kept[:, None]
    z = torch.where(rest, (1 - s * share / S.clamp_min(torch.finfo(s.dtype).tiny)).clamp_min(0).sqrt(), 0.0)
    nothing = S <= 0
    last = torch.zeros_like(z)
    last[:, -1] = 1
    z = torch.where(nothing, last, z / z.norm(dim=1, keepdim=True).clamp_min(0.5))
    c = torch.where(rest, S / share, s)
    return (signs * c.sqrt())[..., None] * complement(z)


def complement(z: Tensor) -> Tensor:
    """(rows, n) unit vectors to (rows, n, n − 1): columns orthonormal and orthogonal to z (Householder)."""
    w = z.clone()
    w[:, -1] += torch.where(z[:, -1] >= 0, 1.0, -1.0).to(z)
    identity = torch.eye(z.shape[1], dtype=z.dtype, device=z.device)
    mirror = identity - 2 * w[:, :, None] * w[:, None] / w.square().sum(1)[:, None, None]
    return mirror[..., :-1]


class OK(Kronecker):
    """`draws` of σ a step are r + 1."""

    name = "ok"
    title = "OK"

    def __init__(self, model: RowModel, options: LearnerOptions) -> None:
        super().__init__(model, options)
        if options.rank < 1:
            raise UserError(f"learner '{self.name}': rank must be at least 1, not {options.rank}")
        self.draws = options.rank + 1

    def _nothing(self) -> _Sum:
        return _Sum(self.options.rank)
