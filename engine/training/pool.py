"""Pictures that raster networks train on, with the context that decoding them would give.

True causal context would make every training picture a long sequential scan. Instead a pool of pictures
is kept: each is decoded once by the averaged network, its causal neighbours read from its standard decode,
and the result (without gradient) serves as the causal neighbours' pixels. Pictures are replaced all the
time, so the pool follows the network.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine.decoders import raster_features as rf
from engine.decoders.base import to_ycc
from engine.decoders.dct import COEFFICIENTS, patch_coefficients
from engine.decoders.raster import context_mask
from engine.decoders.raster_network import Memory, RasterNetwork
from engine.errors import UserError
from engine.training.config import FLOOR, TrainConfig
from engine.training.data import Example
from engine.training.streams import source
from engine.types import PATCH, Context, Pixels

POOL = 64
CONTEXTS = (Context.BOTH, Context.CAUSAL, Context.NONCAUSAL, Context.NONE)
CONTEXT_SHARES = {"all": (0.55, 0.15, 0.15, 0.15), "both": (1.0, 0.0, 0.0, 0.0)}
CARRY_SHARE = 0.25


class Pool:
    """`POOL` pictures of side × side patches. Each has a context of its own, so that one network can serve
    all four; of networks without a span, some have states to carry in, so that they can run with carry."""

    def __init__(self, config: TrainConfig, pictures: Sequence[Pixels], replace_every: int) -> None:
        if config.data.contexts not in CONTEXT_SHARES:
            known = ", ".join(CONTEXT_SHARES)
            raise UserError(f"configuration '{config.name}': data.contexts must be one of {known}")
        self.config, self.replace_every = config, replace_every
        self.source = source(config, pictures)
        self.side = side = config.data.crop // PATCH
        self.averaged: Any = None
        self.received = torch.zeros(POOL, side, side, COEFFICIENTS)
        self.target = torch.zeros(POOL, side, side, COEFFICIENTS)
        self.bordered_received = torch.zeros(POOL, side + 2, side + 2, rf.LOW)
        self.bordered_refined = torch.zeros(POOL, side + 2, side + 2, rf.LOW)
        self.bordered_state = torch.zeros(POOL, side + 2, side + 2, 0)
        self.scale = torch.ones(POOL, 1)
        self.full_chroma = torch.zeros(POOL, 1)
        self.energy = torch.ones(POOL)
        self.mask = torch.zeros(POOL, 8)

    def start(self, averaged: RasterNetwork, update: int) -> None:
        """Fill the pool as it would have been filled just before `update`."""
        self.averaged = averaged
        state = averaged.cell.state_size(averaged.sizes.units)
        self.bordered_state = torch.zeros(POOL, self.side + 2, self.side + 2, state)
        newest = -(-update // self.replace_every)  # one came before each of the updates 0, replace_every, …
        for entry in range(newest - POOL + 1, newest + 1):
            self.replace(entry)

    def advance(self, update: int) -> None:
        """Replace a picture if it is time to."""
        if update % self.replace_every == 0:
            self.replace(update // self.replace_every + 1)

    def places(self, grid: Tensor, row: Tensor, column: Tensor) -> rf.Places:
        return rf.places(grid, row, column, self.side, self.side)

    def features(self, where: rf.Places, grid: Tensor) -> tuple[Tensor, Tensor]:
        """Static and causal features (see `raster_features`) of patches of pictures `grid`."""
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
        return static, causal

    def states(self, where: rf.Places) -> Tensor:
        """What is carried in from the patches to the left, (patches, state size)."""
        return self.bordered_state.reshape(-1, self.bordered_state.shape[-1])[where.bordered - 1]

    def targets(self, where: rf.Places) -> Tensor:
        """The residuals wanted, (patches, 192)."""
        return self.target.reshape(-1, COEFFICIENTS)[where.plain]

    @torch.no_grad()
    def replace(self, entry: int) -> None:
        """Put picture number `entry` of the run into the pool and decode it."""
        rng = np.random.default_rng((self.config.seed, 7, entry + POOL))
        example = self.source.draw(rng, max(0, entry) * self.replace_every)
        slot = entry % POOL
        received, target, energy = coefficients(example)
        self.received[slot], self.target[slot] = received, target
        self.energy[slot] = energy
        self.scale[slot], self.full_chroma[slot] = example.scale, float(example.full_chroma)
        shares = CONTEXT_SHARES[self.config.data.contexts]
        self.mask[slot] = context_mask(CONTEXTS[int(rng.choice(len(CONTEXTS), p=shares))])
        self.bordered_received[slot] = rf.surrounded(rf.low(received)[None])[0]
        self.bordered_refined[slot] = self.bordered_received[slot]
        self.bordered_state[slot] = 0
        refined = self._decode(slot)
        low = rf.low(received + refined.view(self.side, self.side, -1))
        self.bordered_refined[slot] = rf.surrounded(low[None])[0]
        if self.averaged.sizes.span == 0 and rng.random() < CARRY_SHARE:
            self._carry(slot)

    def _decode(self, slot: int) -> Tensor:
        """The averaged network's residual of one picture, (patches, 192) in raster order."""
        network, side = self.averaged, self.side
        every = torch.arange(side * side)
        row, column = every // side, every % side
        grid = torch.full_like(every, slot)
        where = self.places(grid, row, column)
        seen, steps = network.see(*self.features(where, grid)), network.sizes.steps
        if network.sizes.span == 0:
            residual: Tensor = network.residual(network.episode(seen, None, steps)[-1])
            return residual
        span = network.sizes.span  # the same patch of all spans at once
        lanes = row * (-(-side // span)) + column // span
        count = int(lanes.max()) + 1
        memory = Memory(network, count, steps) if network.sizes.attention is not None else None
        states = seen.new_zeros(count, network.cell.state_size(network.sizes.units))
        residual = seen.new_zeros(len(seen), COEFFICIENTS)
        for place in range(min(span, side)):
            now = (column % span == place).nonzero()[:, 0]
            here = lanes[now]
            last = network.episode(seen[now], states[here], steps, memory, here)[-1]
            states[here] = last
            residual[now] = network.residual(last)
        return residual

    def _carry(self, slot: int) -> None:
        """Leave the states of a scan with carry over the picture in the pool."""
        rows = torch.arange(self.side)
        grid = torch.full_like(rows, slot)
        for column in range(self.side):
            where = self.places(grid, rows, torch.full_like(rows, column))
            seen = self.averaged.see(*self.features(where, grid))
            state = self.averaged.episode(seen, self.states(where), self.averaged.sizes.steps)[-1]
            self.bordered_state[slot, 1:-1, column + 1] = state


def coefficients(example: Example) -> tuple[Tensor, Tensor, Tensor]:
    """Received coefficients and the residual to the original (rows, columns, 192), and the standard
    decode's squared error an RGB sample (with a floor), all in 8-bit levels."""
    pair = torch.from_numpy(np.stack([example.standard, example.original])).permute(0, 3, 1, 2).float()
    ycc = to_ycc(pair)
    ycc[:, 0] -= 128
    received, original = patch_coefficients(ycc)
    energy = (pair[1] - pair[0]).square().mean() + FLOOR * 255**2
    return received, original - received, energy
