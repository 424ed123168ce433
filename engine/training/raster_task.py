"""Training task of the raster decoder.

True causal context would make every training picture a long sequential scan. Instead a pool of pictures
is kept: each is decoded once by the averaged network from its standard decode, and the result (without
gradient) serves as its causal neighbours' pixels and, for pictures that carry their state along the row,
as the state that comes from the left. Pictures are replaced all the time, so the pool follows the network.
Each picture gets a context of its own, so that one network serves all four.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from engine.decoders import raster_features as rf
from engine.decoders.base import YCC_TO_RGB, colour_matrix, to_ycc
from engine.decoders.raster import RasterDecoder, context_mask
from engine.decoders.raster_network import RasterNetwork, RasterSizes
from engine.models import ModelCard
from engine.patches import COEFFICIENTS, patch_coefficients
from engine.records import build
from engine.training.config import TrainConfig
from engine.training.data import Example, compress, draw_crop, mean_gains_db
from engine.training.optim import step_weights
from engine.training.sweep_task import FLOOR, VALIDATION_QUALITY
from engine.types import PATCH, Coded, Context, DecodeOptions, Pixels, ignore, never

POOL = 64
REPLACE_EVERY = 2
"""Updates between two replacements: each patch of the pool is seen two to three times."""
CONTEXTS = (Context.BOTH, Context.CAUSAL, Context.NONCAUSAL, Context.NONE)
CONTEXT_SHARES = (0.55, 0.15, 0.15, 0.15)
CARRY_SHARE = 0.25


class RasterTask:
    """Random patches of the pool in, squared error of all steps out."""

    def __init__(self, config: TrainConfig, pictures: Sequence[Pixels], validation: Sequence[Pixels]):
        self.config = config
        self.sizes = build(RasterSizes, config.network, f"configuration '{config.name}' [network]")
        self.network = RasterNetwork(self.sizes)
        self.averaged = self.network
        self.pictures = pictures
        self.side = config.data.crop // PATCH
        self.validation = [compress(pixels, VALIDATION_QUALITY, False) for pixels in validation[:12]]
        side, low = self.side, rf.LOW
        self.received = torch.zeros(POOL, side, side, COEFFICIENTS)
        self.target = torch.zeros(POOL, side, side, COEFFICIENTS)
        self.bordered_received = torch.zeros(POOL, side + 2, side + 2, low)
        self.bordered_refined = torch.zeros(POOL, side + 2, side + 2, low)
        state = self.network.cell.state_size(self.sizes.units)
        self.bordered_state = torch.zeros(POOL, side + 2, side + 2, state)
        self.scale = torch.ones(POOL, 1)
        self.full_chroma = torch.zeros(POOL, 1)
        self.energy = torch.ones(POOL)
        self.mask = torch.zeros(POOL, 8)

    def start(self, averaged: RasterNetwork, update: int) -> None:
        """Fill the pool as it would have been filled just before `update`."""
        self.averaged = averaged
        newest = -(-update // REPLACE_EVERY)  # one came before each of the updates 0, REPLACE_EVERY, …
        for entry in range(newest - POOL + 1, newest + 1):
            self._replace(entry)

    def loss(self, update: int) -> Tensor:
        """Loss of batch `update`: squared RGB error over that of the picture's standard decode."""
        if update % REPLACE_EVERY == 0:
            self._replace(update // REPLACE_EVERY + 1)
        generator = torch.Generator().manual_seed(self.config.seed * 1_000_003 + update)
        count, side = self.config.data.batch, self.side
        grid, row, column = (
            torch.randint(high, (count,), generator=generator) for high in (POOL, side, side)
        )
        where = rf.places(grid, row, column, side, side)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.config.optimiser.bf16):
            states = self.network.episode(*self._inputs(self.network, where, grid), self.sizes.steps)
            residual = self.network.residual(torch.stack(states))
        target = self.target.reshape(-1, COEFFICIENTS)[where.plain]
        error = (residual.float() - target).reshape(self.sizes.steps, count, 3, -1)
        rgb = torch.einsum("ij,kbjf->kbif", colour_matrix(YCC_TO_RGB, error), error)
        squared = rgb.square().mean((2, 3)) / self.energy[grid]
        weights = step_weights(self.sizes.steps, 2.0, update, self.config.optimiser)
        return (squared.mean(1) * weights).sum()

    def _inputs(self, network: RasterNetwork, where: rf.Places, grid: Tensor) -> tuple[Tensor, Tensor]:
        there = where.there * self.mask[grid]
        received = self.received.reshape(-1, COEFFICIENTS)
        static = rf.static_features(
            received,
            self.bordered_received.reshape(-1, rf.LOW),
            where,
            there,
            self.scale[grid],
            self.full_chroma[grid],
        )
        causal = rf.neighbour_features(
            self.bordered_refined.reshape(-1, rf.LOW),
            where.neighbours(rf.CAUSAL),
            rf.own_dc(received[where.plain]),
            there[:, :4],
            self.scale[grid],
        )
        state = self.bordered_state.reshape(-1, self.bordered_state.shape[-1])[where.bordered - 1]
        return network.see(static, causal), state

    @torch.no_grad()
    def _replace(self, entry: int) -> None:
        """Put picture number `entry` of the run into the pool and decode it."""
        rng = np.random.default_rng((self.config.seed, 7, entry + POOL))
        example = draw_crop(self.pictures, rng, self.config.data)
        slot, side = entry % POOL, self.side
        received, target, energy = coefficients(example)
        self.received[slot], self.target[slot] = received, target
        self.energy[slot] = energy
        self.scale[slot], self.full_chroma[slot] = example.scale, float(example.full_chroma)
        context = CONTEXTS[int(rng.choice(len(CONTEXTS), p=CONTEXT_SHARES))]
        self.mask[slot] = context_mask(context)
        self.bordered_received[slot] = rf.surrounded(rf.low(received)[None])[0]
        self.bordered_refined[slot] = self.bordered_received[slot]
        self.bordered_state[slot] = 0
        every = torch.arange(side * side)
        refined = self._run(slot, every // side, every % side)[1]
        low = rf.low(received + refined.view(side, side, -1))
        self.bordered_refined[slot] = rf.surrounded(low[None])[0]
        if rng.random() < CARRY_SHARE:
            rows = torch.arange(side)
            for column in range(side):
                state, _ = self._run(slot, rows, torch.full_like(rows, column))
                self.bordered_state[slot, 1:-1, column + 1] = state

    def _run(self, slot: int, row: Tensor, column: Tensor) -> tuple[Tensor, Tensor]:
        """Last state and residual of the averaged network at patches of one picture of the pool."""
        grid = torch.full_like(row, slot)
        where = rf.places(grid, row, column, self.side, self.side)
        state = self.averaged.episode(*self._inputs(self.averaged, where, grid), self.sizes.steps)[-1]
        return state, self.averaged.residual(state)

    def validate(self, network: RasterNetwork) -> tuple[float, ...]:
        """Mean PSNR gain (dB, 8-bit RGB) of each step, by the real decoder with full context."""
        decoder = RasterDecoder(_bare_card(self.sizes), copy.deepcopy(network))
        errors = []
        for example in self.validation:
            coded = Coded("jpeg", b"", example.standard, example.scale, subsampling="4:2:0")
            estimates = decoder.refine(coded, DecodeOptions(device="cpu"), never, ignore)
            shown = (example.standard, *(estimate.pixels for estimate in estimates))
            errors.append([_squared(pixels, example.original) for pixels in shown])
        return mean_gains_db(errors)


def coefficients(example: Example) -> tuple[Tensor, Tensor, Tensor]:
    """Received coefficients and the residual to the original (rows, columns, 192), and the standard
    decode's squared error an RGB sample (with a floor), all in 8-bit levels."""
    pair = torch.from_numpy(np.stack([example.standard, example.original])).permute(0, 3, 1, 2).float()
    ycc = to_ycc(pair)
    ycc[:, 0] -= 128
    received, original = patch_coefficients(ycc)
    energy = (pair[1] - pair[0]).square().mean() + FLOOR * 255**2
    return received, original - received, energy


def _squared(a: Pixels, b: Pixels) -> float:
    return float(np.square(a.astype(np.float32) - b).mean())


def _bare_card(sizes: RasterSizes) -> ModelCard:
    return ModelCard("", "raster", "", sizes.cell, "BPTT", sizes.steps, tuple(Context), True, 0, {})
