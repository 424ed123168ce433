"""Training task of the sweep decoder."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from engine.decoders.base import to_rgb, to_ycc
from engine.decoders.sweep import UNIT, SweepNetwork, SweepSizes, channels_last
from engine.records import build
from engine.training.config import TrainConfig
from engine.training.data import Example, compress, draw_crop, mean_gains_db
from engine.training.optim import step_weights
from engine.types import Pixels

VALIDATION_QUALITY = 15
FLOOR = 3e-4
"""Added to the standard decode's squared error, else flat crops dominate and nothing is learned."""


def tensors(examples: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor]:
    """Original and standard decode (batch, 3, height, width) RGB 0 to 1, and the condition (batch, 2)."""

    def stack(arrays: list[Pixels]) -> Tensor:
        return torch.from_numpy(np.stack(arrays)).permute(0, 3, 1, 2).float() / 255

    condition = [(math.log(example.scale), float(example.full_chroma)) for example in examples]
    return (
        stack([example.original for example in examples]),
        stack([example.standard for example in examples]),
        torch.tensor(condition),
    )


class SweepTask:
    """Crops in, weighted squared error of all sweeps out."""

    def __init__(self, config: TrainConfig, pictures: Sequence[Pixels], validation: Sequence[Pixels]):
        self.config = config
        self.sizes = build(SweepSizes, config.network, f"configuration '{config.name}' [network]")
        self.network = channels_last(SweepNetwork(self.sizes))
        self.pictures = pictures
        self.validation = [compress(_middle(pixels, 256), VALIDATION_QUALITY, False) for pixels in validation]

    def start(self, averaged: SweepNetwork, update: int) -> None:
        """Nothing to prepare: every batch depends on the seed and its number alone."""

    def backward(self, update: int) -> float:
        loss = self.loss(update)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.item()

    def loss(self, update: int) -> Tensor:
        """Loss of batch number `update`: squared error over that of the standard decode, per crop."""
        rng = np.random.default_rng((self.config.seed, update))
        batch = [draw_crop(self.pictures, rng, self.config.data) for _ in range(self.config.data.batch)]
        original, standard, condition = tensors(batch)
        reference = (standard - original).square().mean((1, 2, 3)) + FLOOR
        target, start = to_ycc(original), to_ycc(standard)
        loss = torch.zeros(())
        with torch.autocast("cpu", torch.bfloat16, enabled=self.config.optimiser.bf16):
            estimates = list(
                self.network(start.contiguous(memory_format=torch.channels_last), condition, self.sizes.steps)
            )
        weights = step_weights(self.sizes.steps, 3.0, update, self.config.optimiser)
        for weight, estimate in zip(weights, estimates, strict=True):
            error = to_rgb(estimate.float() - target).square().mean((1, 2, 3))
            loss = loss + weight * (error / reference).mean()
        return loss

    @torch.no_grad()
    def validate(self, network: SweepNetwork) -> tuple[float, ...]:
        """Mean PSNR gain (dB, 8-bit RGB) of each step over the standard decode at quality 15."""
        errors = []
        for example in self.validation:
            original, standard, condition = tensors([example])
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
