"""Training task of the sweep decoder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.decoders.base import to_rgb, to_ycc
from engine.decoders.scaled_sweep import ScaledSweep
from engine.decoders.sweep import condition_of, network_of
from engine.decoders.sweep_network import UNIT, SweepNetwork, SweepSizes, channels_last
from engine.errors import UserError
from engine.records import build
from engine.training.config import TrainConfig
from engine.training.data import Example, mean_gains_db
from engine.training.optim import step_weights
from engine.training.share import WHOLE, Share
from engine.training.streams import source
from engine.training.warm_start import take_over_sweep
from engine.types import Pixels

_FLOOR_SCALE = 3.0
_FLOOR_POWER = 1.25
"""Below the first step scale the floor falls by this power, as the error itself does, or fine streams would
not count."""


def tensors(
    examples: Sequence[Example], codecs: tuple[str, ...] = ("jpeg",), tables: bool = False
) -> tuple[Tensor, Tensor, Tensor]:
    """Original and standard decode (batch, 3, height, width) RGB 0 to 1, and the condition (see
    `condition_of`) of a network for `codecs`."""

    def stack(arrays: list[Pixels]) -> Tensor:
        return torch.from_numpy(np.stack(arrays)).permute(0, 3, 1, 2).float() / 255

    condition = [
        condition_of(
            example.scale, example.full_chroma, example.codec, codecs, example.form if tables else ()
        )
        for example in examples
    ]
    return (
        stack([example.original for example in examples]),
        stack([example.standard for example in examples]),
        torch.tensor(condition),
    )


class SweepTask:
    """Crops in, weighted squared error of all sweeps out."""

    share: Share = WHOLE

    def __init__(self, config: TrainConfig, pictures: Sequence[Pixels], validation: Sequence[Pixels]):
        self.config = config
        self.sizes = build(SweepSizes, config.network, f"configuration '{config.name}' [network]")
        self.codecs = config.data.codecs
        if self.sizes.codecs != len(self.codecs):
            raise UserError(f"configuration '{config.name}': network.codecs must be {len(self.codecs)}")
        if self.sizes.scales and not config.data.wide:
            raise UserError(f"configuration '{config.name}': network.scales needs data.wide")
        network = network_of(self.sizes)
        if config.start_from:
            take_over_sweep(network, config.start_from)
        self.network = channels_last(network)
        self.source = source(config, pictures)
        self.finest_scales = self.source.finest_scales
        middles = [_middle(pixels, 256) for pixels in validation]
        self.validation = [example for pixels in middles for example in self.source.validation(pixels)]

    def start(self, averaged: SweepNetwork | ScaledSweep, update: int) -> None:
        """Nothing to prepare: every batch depends on the seed and its number alone."""

    def backward(self, update: int) -> float:
        loss = self.loss(update)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.item()

    def loss(self, update: int) -> Tensor:
        """Loss of batch number `update`: squared error over that of the standard decode, per crop."""
        rng = np.random.default_rng((self.config.seed, update))
        batch = self._batch(update)
        original, standard, condition = self._there(tensors(batch, self.codecs, self.sizes.tables))
        before = (standard - original).square().mean((1, 2, 3))
        reference = before + self._floor(condition)
        steps = self._steps(rng, update)
        target, start = to_ycc(original), to_ycc(standard)
        loss = original.new_zeros(())
        with torch.autocast(original.device.type, torch.bfloat16, enabled=self.config.optimiser.bf16):
            estimates = list(
                self.network(start.contiguous(memory_format=torch.channels_last), condition, steps)
            )
        weights = step_weights(steps, 3.0, update, self.config.optimiser)
        for weight, estimate in zip(weights, estimates, strict=True):
            error = to_rgb(estimate.float() - target).square().mean((1, 2, 3))
            loss = loss + weight * (error / reference).mean()
            if self.config.optimiser.harm:
                harm = F.relu(error - before) / reference
                loss = loss + self.config.optimiser.harm * weight * harm.mean()
        return loss

    def _batch(self, update: int) -> list[Example]:
        """This process's share of batch number `update`; each example has random numbers of its own."""
        places = range(self.config.data.batch)[self.share.part(self.config.data.batch)]
        seeds = [(self.config.seed, 13, update, place) for place in places]
        return [self.source.draw(np.random.default_rng(seed), update) for seed in seeds]

    def _there(self, parts: tuple[Tensor, Tensor, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """Where the network is."""
        device = next(self.network.parameters()).device
        original, standard, condition = (part.to(device) for part in parts)
        return original, standard, condition

    def _steps(self, rng: np.random.Generator, update: int) -> int:
        """How many sweeps this update has."""
        optimiser, steps = self.config.optimiser, self.sizes.steps
        if update >= optimiser.decay_from * optimiser.updates and rng.random() < optimiser.longer:
            return steps + 1 + int(rng.integers(steps))
        return steps

    def _floor(self, condition: Tensor) -> Tensor | float:
        """Added to a crop's squared error as received: by the stream's step scale, or the same for all."""
        floor = self.config.optimiser.floor
        if not self.config.data.wide:
            return floor
        scale = condition[:, 0].exp() / _FLOOR_SCALE
        return floor * scale.clamp(0.005, 1.0) ** _FLOOR_POWER

    @torch.no_grad()
    def validate(self, network: SweepNetwork | ScaledSweep) -> tuple[float, ...]:
        """Mean PSNR gain (dB, 8-bit RGB) of each step over the standard decode at one middling rate."""
        errors = []
        for example in self.validation:
            parts = tensors([example], self.codecs, self.sizes.tables)
            original, standard, condition = self._there(parts)
            estimates = network(to_ycc(standard), condition, self.sizes.steps)
            rounded = ((to_rgb(estimate).clamp(0, 1) * 255).round() / 255 for estimate in estimates)
            errors.append([(pixels - original).square().mean().item() for pixels in (standard, *rounded)])
        return mean_gains_db(errors)


def _middle(pixels: Pixels, side: int) -> Pixels:
    """The central square, its sides multiples of the coding unit."""
    height = min(side, pixels.shape[0]) // UNIT * UNIT
    width = min(side, pixels.shape[1]) // UNIT * UNIT
    y, x = (pixels.shape[0] - height) // 2, (pixels.shape[1] - width) // 2
    return np.ascontiguousarray(pixels[y : y + height, x : x + width])
