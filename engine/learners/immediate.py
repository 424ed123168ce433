"""The immediate derivative: no credit through time at all, the baseline that every other learner has to beat.

g_t = I_tᵀ δ_t + direct,   M_t = I_t in equation (1) of `forward`              (1)

It is truncated BPTT with windows of one step, worked out forwards: no graph and no influence to keep.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engine.learners.forward import Forward
from engine.learners.stream import RECURRENT, Patch
from engine.learners.transition import pull


class Immediate(Forward):
    """back: credit of the drives, (rows, patches, gates · units), from the patch's own steps."""

    name = "immediate"
    title = "Immediate"

    def _reset(self, rows: int, like: Tensor) -> None:
        self.back = like.new_zeros(rows, 0, self.network.drive_gates * self.model.units)

    def _open(self) -> None:
        self.back = torch.nn.functional.pad(self.back, (0, 0, 0, 1))

    def _learn(self, patch: Patch, k: int) -> Tensor:
        now = self.network.step(self.state)
        self.state = now.after
        loss, delta = self.read_out(patch, k)
        self.back[:, -1] += pull(delta, now.drive)
        product = self.network.paths.product
        if product is not None:
            self.total[RECURRENT + product] += pull(delta, now.recurrent).T @ now.inputs
        for name in self.network.paths.direct:
            self.total[RECURRENT + name] += pull(delta, now.direct[name]).sum(0)
        return loss

    def _settle(self) -> None:
        back, self.back = self.back, torch.zeros_like(self.back)
        self.credit_embedding(self.credit_drives(back))
