"""Backpropagation through time (Werbos, *Backpropagation through time: what it does and how to do it*,
Proceedings of the IEEE 78, 1990): the exact gradient, at the end of the row.

c_t = δ_t + J_{t+1}ᵀ c_{t+1},   c_T = δ_T                                      (1)
g = Σ_t I_tᵀ c_t + direct                                                      (2)

Memory grows with the length of the row. On an attentive network gradients also flow through every memory.
"""

from __future__ import annotations

from engine.learners.unrolled import Unrolled


class BPTT(Unrolled):
    """The graph is never cut."""

    name = "bptt"
