"""Training task of raster networks with a span, by any learner of the registry.

A batch is a number of spans: `span` patches side by side, from a pool of decoded pictures (see `pool`),
K steps each, the state carried from the first to the last. The learner walks along all of them at once;
the weights change after every `group` patches. Streams, their order and the first weights depend on the
seed alone, not on the learner; the refined pixels of causal neighbours are those of the network in training.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import cast

import torch
from torch import Tensor

from engine.decoders.raster_network import RasterNetwork
from engine.errors import UserError
from engine.learners.base import Learner, LearnerOptions, walk
from engine.learners.observe import Observer
from engine.learners.stream import Gradient, Patch, decoder_model
from engine.registry import LEARNERS
from engine.training.config import TrainConfig
from engine.training.course import peak_bytes
from engine.training.optim import step_weights
from engine.training.pool import POOL, Pool
from engine.training.raster_task import Validation, raster_sizes
from engine.training.share import WHOLE, Share
from engine.training.warm_start import take_over
from engine.types import Pixels

PATCHES_A_PICTURE = 3072
"""Patches trained on between two replacements of a picture in the pool."""
LAST_STEP = 2.0
"""What the last step's loss counts, the first one's being 1 (see `step_weights`)."""
OBSERVER_DRAWS = 4


class RowsTask:
    """Spans in, gradients of the configuration's learner out."""

    share: Share = WHOLE

    def __init__(self, config: TrainConfig, pictures: Sequence[Pixels], validation: Sequence[Pixels]):
        self.config = config
        self.sizes = sizes = raster_sizes(config)
        side = config.data.crop // 8
        if not 0 < sizes.span <= side:
            raise UserError(f"configuration '{config.name}': network.span must lie in 1 to {side} patches")
        self.group = config.learner.group or sizes.span
        self._check_group()
        self.network = RasterNetwork(sizes)
        if config.start_from:
            take_over(self.network, config.start_from)
        self.model = decoder_model(sizes.cell, sizes.units, sizes.steps, sizes.attention)
        self.options = LearnerOptions(
            window=config.learner.window, seed=config.seed, every=self.group * sizes.steps
        )
        self.learner = self._learner(config.learner.name)
        updates = PATCHES_A_PICTURE / (config.data.batch * self.group)
        self.pool = Pool(config, pictures, max(1, round(updates)))
        self.validation = Validation(sizes, validation, self.pool.source)
        self.open: list[Patch] = []
        self.patches = config.data.batch * self.group

    def _check_group(self) -> None:
        sizes, learner = self.sizes, self.config.learner
        where = f"configuration '{self.config.name}': learner.group"
        if self.group < 0 or sizes.span % self.group:
            raise UserError(f"{where} must divide network.span, {sizes.span}")
        if learner.name in ("bptt", "sab") and self.group != sizes.span:
            raise UserError(f"{where}: '{learner.name}' gives its gradient at the span's end only")
        if learner.name == "tbptt" and self.group * sizes.steps % learner.window:
            raise UserError(f"{where}: an update must come at the end of a window")
        if LEARNERS.get(learner.name).online and self.config.optimiser.bf16:
            where = f"configuration '{self.config.name}': optimiser.bf16"
            raise UserError(f"{where} must be false, '{learner.name}' learns in full precision")

    def _learner(self, name: str) -> Learner:
        return cast("Learner", LEARNERS.get(name)(self.model, self.options))

    def start(self, averaged: RasterNetwork, update: int) -> None:
        self.pool.start(averaged, update)
        self.open = []

    def backward(self, update: int) -> float:
        """Leave the gradient of the next `group` patches of the spans in `.grad`; their loss."""
        self.pool.advance(update)
        parameters = self._parameters()
        if not self.open:
            self.open = self.spans(update * self.group // self.sizes.span, update)
            self.learner.start(parameters, self.share.count(self.config.data.batch))
        patches, self.open = self.open[: self.group], self.open[self.group :]
        total: Gradient = {}
        losses = []
        with self._precision():
            for patch in patches:
                for k in range(self.sizes.steps):
                    outcome = self.learner.step(parameters, patch, k)
                    losses.append(outcome.loss)
                    _add(total, outcome.gradient)
            if not self.open:
                _add(total, self.learner.finish()[0])
        for name, parameter in self.network.named_parameters():
            parameter.grad = total[name].to(parameter.dtype) if name in total else None
        return float(torch.stack(losses).sum()) * self.sizes.span / self.group

    def spans(self, batch: int, update: int) -> list[Patch]:
        """Patches of the share of batch `batch`, as the pool is now; `update` sets the steps' weights."""
        generator = torch.Generator().manual_seed(self.config.seed * 1_000_003 + batch)
        whole, span, pool = self.config.data.batch, self.sizes.span, self.pool
        rows, mine = self.share.count(whole), self.share.part(whole)
        highs = (POOL, pool.side, pool.side // span)
        grid, row, start = (torch.randint(high, (whole,), generator=generator)[mine] for high in highs)
        steps = step_weights(self.sizes.steps, LAST_STEP, update, self.config.optimiser)
        weights = steps[:, None] / (pool.energy[grid] * rows * span)
        patches = []
        for place in range(span):
            where = pool.places(grid, row, start * span + place)
            features = torch.cat(pool.features(where, grid), -1)
            patches.append(Patch(features, pool.targets(where), weights))
        return patches

    def validate(self, network: RasterNetwork) -> tuple[float, ...]:
        return self.validation.gains_db(network)

    def cosines(self, update: int) -> dict[str, float]:
        """Cosine to the exact gradient, on the batch that `update` would see: of this run's learner, and
        where that is exact, of all the others that can train the network."""
        names = [self.config.learner.name]
        if names == ["bptt"]:
            names = [name for name in LEARNERS if name != "bptt" and self._fits(name)]
        observer = Observer(self.model, names, self.options, OBSERVER_DRAWS)
        parameters = self._parameters()
        walk(self._learner("bptt"), parameters, self._shown(update), beside=observer)
        found = observer.finish()
        return {name: one.cosine for name, one in found.items() if math.isfinite(one.cosine)}

    def _shown(self, update: int) -> Iterable[Patch]:
        return self.spans(update * self.group // self.sizes.span, update)

    @cached_property
    def peak_mb(self) -> float:
        """What the learner needs for one batch of spans, in 10^6 bytes."""
        parameters, patches = self._parameters(), self.spans(0, 0)
        learner = self._learner(self.config.learner.name)

        def learn() -> None:
            with self._precision():
                walk(learner, parameters, patches, update=_forget)

        return peak_bytes(learn) / 1e6

    def _fits(self, name: str) -> bool:
        try:
            self._learner(name)
        except UserError:
            return False
        return True

    def _parameters(self) -> dict[str, Tensor]:
        return {name: value.detach() for name, value in self.network.named_parameters()}

    def _precision(self) -> torch.autocast:
        return torch.autocast("cpu", torch.bfloat16, enabled=self.config.optimiser.bf16)


def _forget(_: Gradient) -> None:
    """An update that isn't made."""


def _add(total: Gradient, gradient: Gradient | None) -> None:
    for name, value in (gradient or {}).items():
        total[name] = total[name] + value if name in total else value
