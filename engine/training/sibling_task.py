"""Training task of the sibling decoder: random patches of the pool, as for single raster networks.

With E(r) the squared RGB error of residual r over that of the picture's standard decode, D the same measure
of the distance between the siblings' residuals r^c and r^n, and x the combined residual (equation (5) of
`engine.decoders.sibling`), the loss of a step is

    (1 − α) · E(x)  +  α/2 · (E(r^c) + E(r^n))  +  β · D(r^c, r^n)                  (1)

Through D each sibling feels where the other one goes, so that what only one of them can see reaches the
other as a gradient (*The Sibling Neural Estimator*, DCC 2020). Errors of averages obey
E((r^c + r^n)/2) = (E(r^c) + E(r^n))/2 − D/4 (Krogh & Vedelsby 1995), so α pulls the siblings together too,
as much as β = α/4 does where both count alike; α alone also keeps each of them a decoder of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from engine.decoders.sibling import CONTEXTS, SiblingNetwork, SiblingSizes
from engine.errors import UserError
from engine.records import build
from engine.training.config import TrainConfig
from engine.training.optim import step_weights
from engine.training.raster_task import RasterTask, rgb_of
from engine.types import Pixels


class SiblingTask(RasterTask):
    """The batches of a single network, and the loss of equation (1)."""

    contexts = CONTEXTS

    def __init__(self, config: TrainConfig, pictures: Sequence[Pixels], validation: Sequence[Pixels]):
        where = f"configuration '{config.name}'"
        if config.data.contexts != "both":
            raise UserError(f"{where}: siblings share the context, data.contexts must be both")
        if not 0 <= config.coupling.alone < 1 or config.coupling.pull < 0:
            raise UserError(f"{where} [coupling]: alone must lie in 0 to 1, pull can't be negative")
        self.network: SiblingNetwork
        super().__init__(config, pictures, validation)

    def _make(self) -> SiblingNetwork:
        where = f"configuration '{self.config.name}' [network]"
        return SiblingNetwork(build(SiblingSizes, self.config.network, where))

    def _loss(self, update: int) -> Tensor:
        """Equation (1), over the steps."""
        where, grid = self._draw(update)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.config.optimiser.bf16):
            seen = self.network.see(*self.pool.features(where, grid))
            chains = self.network.chains(seen, self.pool.states(where), self.network.sizes.steps)
            answers = self.network.answers(*(torch.stack(chain) for chain in chains))[:3]
        target, coupling = self.pool.targets(where), self.config.coupling
        combined, causal, noncausal = (rgb_of(answer.float() - target) for answer in answers)
        ours, apart = self._energy(combined, grid), self._energy(causal - noncausal, grid)
        own = self._energy(causal, grid) + self._energy(noncausal, grid)
        terms = (1 - coupling.alone) * ours + coupling.alone / 2 * own + coupling.pull * apart
        weights = step_weights(self.network.sizes.steps, 2.0, update, self.config.optimiser)
        return (terms * weights).sum()
