"""SnAp-1, the sparse one-step approximation of RTRL (Menick et al., *Practical real time recurrent learning
with a sparse approximation*, ICLR 2021, arXiv 2006.07232).

M_t = P ∘ (J_t M_{t-1} + I_t),   P = 1 where a weight reaches a unit in one step   (1)
g_t = M_tᵀ δ_t + direct                                                            (2)

P comes from the cell's structure: rows of recurrent parameters reach their own unit, so only the own
unit's block of J_t acts on them, and a weight needs one number (an LSTM's two: h and c of a unit count as
one, else o, which reaches c a step later only, would lose its influence there). For input weights a number
a drive does, by equation (2) of `forward`. The embedding reaches every unit in one step, so nothing of its
influence is dropped: for it A of that equation is carried along whole.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engine.learners.forward import DriveInfluence, Forward, OwnTraces
from engine.learners.stream import Patch
from engine.learners.transition import own_units


class SnAp1(Forward):
    """RTRL on the one-step pattern."""

    name = "snap1"

    def _reset(self, rows: int, like: Tensor) -> None:
        self.own = OwnTraces(self.network, rows, like)
        self.A = DriveInfluence(
            like, rows, self.model.state_size, self.network.drive_gates * self.model.units
        )
        self.dropped: list[Tensor] = []

    def _open(self) -> None:
        self.own.open()
        self.A.open()

    def _learn(self, patch: Patch, k: int) -> Tensor:
        now = self.network.step(self.state)
        J = self.network.jacobian(now)
        blocks = own_units(J, self.model.parts, self.model.parts)
        total, kept = J.square().sum(), blocks.square().sum()
        self.dropped.append((total - kept).clamp_min(0) / total.clamp_min(1e-30))
        self.own.advance(blocks, now)
        self.A.advance(J)
        own_units(self.A.newest, self.model.parts, self.network.drive_gates).add_(now.drive)
        self.state = now.after
        loss, delta = self.read_out(patch, k)
        self.own.gather(delta)
        self.A.gather(delta)
        return loss

    def _settle(self) -> None:
        self.credit_drives(self.own.take(self.total))
        back = self.A.take().transpose(0, 1).flatten(0, 1)  # of the embedding alone: W's is masked
        to_x, _ = self.network.pull_drive(torch.cat(self.x), back)
        self.credit_embedding(to_x.view(len(self.x), -1, to_x.shape[-1]))

    def _numbers(self) -> dict[str, float]:
        """dropped: the share of J's squared norm that lies between units, which M doesn't see."""
        return {"dropped": float(torch.stack(self.dropped).mean())}
