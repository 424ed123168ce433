"""Sparse attention over remembered states (Ke et al., *Sparse Attentive Backtracking: temporal credit
assignment through reminding*, NeurIPS 2018, section 3), which makes a cell attentive.

ĥ_t = the cell's hidden activations, from h_{t-1}                              (1)
a_i = vᵀ tanh(A m_i + B ĥ_t + d)              for every memory m_i             (2)
p = softmax(a)                                                                 (3)
w̃_i = max(0, p_i − τ),  τ the (k_top + 1)-th largest of p, 0 if there is none   (4)
w_i = w̃_i / Σ_j w̃_j                                                            (5)
h_t = ĥ_t + Σ_i w_i m_i                                                        (6)

Every k_att steps h_t becomes a memory. The first memory is the state of 0 at the row's start, as in the
authors' code, so recalling nothing can be learned. The paper subtracts τ from the raw scores, which says
nothing when there are no more than k_top memories; on the positive scores of (3) one rule covers both.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from engine.cells import Parameters, uniform


@dataclass(frozen=True)
class Attention:
    """k_top: memories chosen at a time, 0 switches attention off. k_att: steps from memory to memory.
    carried: what is recalled is added to the state for good, as in the paper; else h_t of (6) is read out
    alone, and ĥ_t goes on along the row and becomes a memory, so that nothing recalled grows."""

    k_top: int = 4
    k_att: int = 4
    carried: bool = True

    def initial(self, units: int, generator: Generator) -> dict[str, Tensor]:
        """Fresh parameters A, B (units, units), d and v (units)."""
        return {
            "A": uniform(units, units, generator),
            "B": uniform(units, units, generator),
            "d": torch.zeros(units),
            "v": uniform(1, units, generator)[0],
        }

    def key(self, parameters: Parameters, memory: Tensor) -> Tensor:
        """A m of equation (2), (…, units): computed once a memory."""
        return memory @ parameters["A"].T

    def weights(
        self, parameters: Parameters, query: Tensor, keys: Tensor, there: Tensor | None = None
    ) -> Tensor:
        """w of equation (5), (rows, memories); at most k_top of a row are not 0.

        query: ĥ, (rows, units). keys: (rows, memories, units). there: bool (rows, memories), which
        memories exist (None: all).
        """
        mixed = keys + (query @ parameters["B"].T + parameters["d"])[:, None]
        scores = (torch.tanh(mixed) * parameters["v"]).sum(-1)  # `@` sums by the count of threads
        if there is not None:
            scores = scores.masked_fill(~there, -torch.inf)
        return sparse(scores, self.k_top)


def sparse(scores: Tensor, k_top: int) -> Tensor:
    """Equations (3) to (5) along the last axis. All weights are 0 where the k_top + 1 largest are equal."""
    p = torch.softmax(scores, -1)
    if scores.shape[-1] > k_top:
        p = torch.relu(p - p.topk(k_top + 1, -1).values[..., -1:])
    total = p.sum(-1, keepdim=True)
    return p / torch.where(total > 0, total, torch.ones_like(total))
