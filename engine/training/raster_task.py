"""Training task of raster networks that start each patch anew: random patches, BPTT over their K steps.

Patches come from a pool of decoded pictures (see `pool`); those of some pictures carry a state in, which
is given, no path for gradients.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from engine.decoders import raster_features as rf
from engine.decoders.base import YCC_TO_RGB, colour_matrix
from engine.decoders.raster import RasterDecoder
from engine.decoders.raster_network import RasterNetwork, RasterSizes
from engine.errors import UserError
from engine.models.card import ModelCard
from engine.records import build
from engine.training.config import TrainConfig
from engine.training.course import peak_bytes
from engine.training.data import mean_gains_db
from engine.training.optim import step_weights
from engine.training.pool import POOL, Pool
from engine.training.share import WHOLE, Share
from engine.training.streams import Source
from engine.training.warm_start import take_over
from engine.types import Coded, Context, DecodeOptions, Pixels, ignore, never

REPLACE_EVERY = 2
"""Updates between two replacements: each patch of the pool is seen two to three times."""


class RasterTask:
    """Random patches of the pool in, squared error of all steps out."""

    share: Share = WHOLE

    def __init__(self, config: TrainConfig, pictures: Sequence[Pixels], validation: Sequence[Pixels]):
        self.config = config
        self.network = self._make()
        self.sizes = self.network.sizes
        self.patches = config.data.batch
        self.pool = Pool(config, pictures, REPLACE_EVERY)
        self.finest_scales = self.pool.source.finest_scales
        self.validation = Validation(self.sizes, validation, self.pool.source)

    def _make(self) -> RasterNetwork:
        sizes = raster_sizes(self.config)
        if sizes.span:
            where = f"configuration '{self.config.name}'"
            raise UserError(f"{where}: networks with a span are trained by kind 'rows'")
        network = RasterNetwork(sizes)
        if self.config.start_from:
            take_over(network, self.config.start_from)
        return network

    def start(self, averaged: RasterNetwork, update: int) -> None:
        self.pool.start(averaged, update)

    def backward(self, update: int) -> float:
        loss = self.loss(update)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.item()

    def loss(self, update: int) -> Tensor:
        """Loss of batch `update`: squared RGB error over that of the picture's standard decode."""
        self.pool.advance(update)
        return self._loss(update)

    def _loss(self, update: int) -> Tensor:
        where, grid = self._draw(update)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.config.optimiser.bf16):
            seen = self.network.see(*self.pool.features(where, grid))
            states = self.network.episode(seen, self.pool.states(where), self.sizes.steps)
            residual = self.network.residual(torch.stack(states))
        squared = self._energy(rgb_of(residual.float() - self.pool.targets(where)), grid)
        weights = step_weights(self.sizes.steps, 2.0, update, self.config.optimiser)
        return (squared * weights).sum()

    def _draw(self, update: int) -> tuple[rf.Places, Tensor]:
        """Patches of the share of batch `update`, and the pictures of the pool that they are of."""
        pool, count = self.pool, self.config.data.batch
        generator = torch.Generator().manual_seed(self.config.seed * 1_000_003 + update)
        mine = self.share.part(count)
        grid, row, column = (
            torch.randint(high, (count,), generator=generator)[mine] for high in (POOL, pool.side, pool.side)
        )
        return pool.places(grid, row, column), grid

    def _energy(self, error: Tensor, grid: Tensor) -> Tensor:
        """Mean square of each step, (steps,), over that of the standard decodes; error: see `rgb_of`."""
        return (error.square().mean((2, 3)) / self.pool.energy[grid]).mean(1)

    @cached_property
    def peak_mb(self) -> float:
        """What the gradient of one batch needs, in 10^6 bytes."""
        parameters = list(self.network.parameters())
        return peak_bytes(lambda: torch.autograd.grad(self._loss(0), parameters)) / 1e6

    def validate(self, network: RasterNetwork) -> tuple[float, ...]:
        return self.validation.gains_db(network)


def rgb_of(coefficients: Tensor) -> Tensor:
    """(steps, patches, 192) coefficients in YCbCr to (steps, patches, 3, 64) in RGB."""
    parts = coefficients.reshape(*coefficients.shape[:2], 3, -1)
    return torch.einsum("ij,kbjf->kbif", colour_matrix(YCC_TO_RGB, parts), parts)


def raster_sizes(config: TrainConfig) -> RasterSizes:
    """The sizes that a configuration asks for. Raises UserError."""
    return build(RasterSizes, config.network, f"configuration '{config.name}' [network]")


class Validation:
    """The real decoder with full context on a dozen pictures at one middling rate."""

    PICTURES = 12

    def __init__(self, sizes: RasterSizes, pictures: Sequence[Pixels], source: Source) -> None:
        self.sizes = sizes
        chosen = pictures[: self.PICTURES]
        self.examples = [example for pixels in chosen for example in source.validation(pixels)]

    def gains_db(self, network: RasterNetwork) -> tuple[float, ...]:
        """Mean PSNR gain (dB, 8-bit RGB) of each step."""
        decoder = RasterDecoder(_bare_card(self.sizes), copy.deepcopy(network))
        errors = []
        for example in self.examples:
            chroma = "4:4:4" if example.full_chroma else "4:2:0"
            coded = Coded(example.codec, b"", example.standard, example.scale, subsampling=chroma)
            estimates = decoder.refine(coded, DecodeOptions(device="cpu"), never, ignore)
            shown = (example.standard, *(estimate.pixels for estimate in estimates))
            errors.append([_squared(pixels, example.original) for pixels in shown])
        return mean_gains_db(errors)


def _squared(a: Pixels, b: Pixels) -> float:
    return float(np.square(a.astype(np.float32) - b).mean())


def _bare_card(sizes: RasterSizes) -> ModelCard:
    return ModelCard("", "raster", "", sizes.cell, "BPTT", sizes.steps, tuple(Context), True, 0, {})
