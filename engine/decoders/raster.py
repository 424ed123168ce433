"""Raster decoder: patches in raster order, K recurrent steps on each, after Ororbia, Mali et al.

For patch i with features f_i (see `raster_features`) and received coefficients q_i,

    e_i = relu(W_e f_i + b_e)                                                      (1)
    h_k = cell(e_i, h_{k-1}),   k = 1..K                                           (2)
    x_i^k = q_i + 20 · (W_o h_k + b_o)                                             (3)

(*Learned Neural Iterative Decoding*, DCC 2019, eqs. 1–4, with features and residual in the DCT domain).
h_0 is 0, or with `carry` the last state of the patch to the left. Causal neighbours are read after their
own K steps. Patches with equal column + 2·row depend on earlier such fronts only and are computed
together; `tests` hold the plain patch-after-patch loop against it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from engine.cells import Cell
from engine.checkpoint import load_weights
from engine.decoders import raster_features as rf
from engine.decoders.base import YCC_TO_RGB, colour_matrix, pick_device, tensor_from_pixels, to_ycc
from engine.models import ModelCard
from engine.patches import COEFFICIENTS, patch_coefficients, patch_samples
from engine.records import build
from engine.registry import CELLS
from engine.types import (
    PATCH,
    Cancelled,
    Coded,
    Context,
    DecodeOptions,
    Estimate,
    Progress,
    frozen,
    never,
    patch_grid,
)

OUTPUT_SCALE = 20.0
_CHUNK = 8192


@dataclass(frozen=True)
class RasterSizes:
    """cell: a name in the registry of cells; units: its width; steps: K in training."""

    cell: str = "lstm"
    units: int = 128
    steps: int = 4

    def __post_init__(self) -> None:
        if min(self.units, self.steps) < 1:
            raise ValueError("units and steps must be at least 1")


class RasterNetwork(nn.Module):
    """The network of the module's docstring."""

    def __init__(self, sizes: RasterSizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.cell: Cell = CELLS.get(sizes.cell)
        self.embed = nn.Linear(rf.FEATURES, sizes.units)
        generator = torch.Generator().manual_seed(torch.initial_seed())
        initial = self.cell.initial(sizes.units, sizes.units, generator)
        self.recurrent = nn.ParameterDict({name: nn.Parameter(value) for name, value in initial.items()})
        self.out = nn.Linear(sizes.units, COEFFICIENTS)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def see(self, static: Tensor, causal: Tensor | None) -> Tensor:
        """e_i of equation (1), from the two groups of features; None: no causal neighbour is there."""
        seen = nn.functional.linear(static, self.embed.weight[:, : rf.STATIC], self.embed.bias)
        if causal is not None:
            seen = seen + nn.functional.linear(causal, self.embed.weight[:, rf.STATIC :])
        return torch.relu(seen)

    def episode(self, seen: Tensor, state: Tensor | None, steps: int) -> list[Tensor]:
        """States of steps 1 to `steps`, each (patches, state size); state None: h_0 = 0."""
        parameters = cast("dict[str, Tensor]", self.recurrent)
        if state is None:
            state = seen.new_zeros(len(seen), self.cell.state_size(self.sizes.units))
        drive = self.cell.drive(parameters, seen)
        states = []
        for _ in range(steps):
            state = self.cell.step(parameters, drive, state)
            states.append(state)
        return states

    def residual(self, state: Tensor) -> Tensor:
        """(…, 192) coefficients to add to the received ones."""
        return OUTPUT_SCALE * self.out(self.cell.output(state))  # type: ignore[no-any-return]


def context_mask(context: Context, dtype: torch.dtype = torch.float32) -> Tensor:
    """(8,): which neighbours a run may look at, causal ones first."""
    return torch.tensor([context.causal] * 4 + [context.noncausal] * 4, dtype=dtype)


class Scan:
    """One decode in progress: received coefficients, refined low frequencies, and the fronts to come.

    trust: share of the residual that is applied (see `ModelCard.trust`).
    """

    def __init__(
        self,
        network: RasterNetwork,
        coded: Coded,
        options: DecodeOptions,
        device: torch.device,
        trust: float = 1.0,
    ) -> None:
        self.network, self.options, self.trust = network, options, trust
        weight = network.out.weight
        self.rows, self.columns = patch_grid(coded.height, coded.width)
        pixels = tensor_from_pixels(coded.standard, device).to(weight.dtype)
        ycc = to_ycc(255 * pixels)
        ycc[:, 0] -= 128
        received = patch_coefficients(ycc)
        self.bordered_received = rf.surrounded(rf.low(received)).reshape(-1, rf.LOW)
        self.bordered_refined = torch.zeros_like(self.bordered_received)
        self.received = received.reshape(-1, COEFFICIENTS)
        count = self.rows * self.columns
        index = torch.arange(count, device=device)
        row, column = index // self.columns, index % self.columns
        self.where = rf.places(torch.zeros_like(index), row, column, self.rows, self.columns)
        self.there = self.where.there.to(weight.dtype) * context_mask(options.context, weight.dtype).to(
            device
        )
        self.scale = weight.new_tensor([[coded.scale]])
        self.full_chroma = weight.new_tensor([[float(coded.subsampling == "4:4:4")]])
        self.front_of = column + 2 * row if options.context.causal or options.carry else index // _CHUNK
        self.states: Tensor | None = None
        if options.carry:
            size = network.cell.state_size(network.sizes.units)
            self.states = weight.new_zeros((self.rows + 2) * (self.columns + 2), size)

    def fronts(self) -> list[Tensor]:
        """Patches (flat indices) that can be computed together, in order."""
        order = torch.argsort(self.front_of, stable=True)
        sizes = torch.bincount(self.front_of)
        return list(torch.split(order, sizes.tolist()))

    def compute(self, chosen: Tensor, steps: int) -> Tensor:
        """Run the episodes of patches `chosen`; returns coefficients (steps, patches, 192)."""
        where, there = self.where[chosen], self.there[chosen]
        scale = self.scale.expand(len(chosen), 1)
        static = rf.static_features(
            self.received, self.bordered_received, where, there, scale, self.full_chroma.expand_as(scale)
        )
        received = self.received[chosen]
        causal = None
        if self.options.context.causal:
            around = where.neighbours(rf.CAUSAL)
            causal = rf.neighbour_features(
                self.bordered_refined, around, rf.own_dc(received), there[:, :4], scale
            )
        start = self.states[where.bordered - 1] if self.states is not None else None
        states = self.network.episode(self.network.see(static, causal), start, steps)
        refined = received + self.trust * self.network.residual(torch.stack(states))
        self.bordered_refined[where.bordered] = rf.low(refined[-1])
        if self.states is not None:
            self.states[where.bordered] = states[-1]
        return refined


class RasterDecoder:
    """A trained raster network as a `Decoder`."""

    def __init__(self, card: ModelCard, network: RasterNetwork) -> None:
        self.card = card
        self.network = network.eval()

    @classmethod
    def load(cls, card: ModelCard) -> RasterDecoder:
        network = RasterNetwork(build(RasterSizes, card.network, f"model '{card.name}'"))
        load_weights(network, card.weights_path)
        return cls(card, network)

    def refine(
        self, coded: Coded, options: DecodeOptions, cancelled: Cancelled, progress: Progress
    ) -> Iterator[Estimate]:
        """The scan finishes all K steps of a patch before the next, so steps are yielded after it, each
        with its equal share of the scan's time."""
        start = time.perf_counter()
        steps = options.steps or self.card.steps
        blocks = self.scan(coded, options, steps, cancelled, progress)
        if blocks is None:
            return
        rows, columns = patch_grid(coded.height, coded.width)
        seconds = time.perf_counter() - start
        for k in range(steps):
            grid = blocks[k].reshape(rows, columns, 3, PATCH, PATCH).transpose(0, 3, 1, 4, 2)
            pixels = grid.reshape(rows * PATCH, columns * PATCH, 3)[: coded.height, : coded.width]
            yield Estimate(k + 1, frozen(pixels), seconds * (k + 1) / steps)
            if cancelled():
                return

    def scan(
        self,
        coded: Coded,
        options: DecodeOptions,
        steps: int,
        cancelled: Cancelled = never,
        progress: Progress = lambda _: None,
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]] | None:
        """All steps as RGB blocks, uint8 (steps, patches, 3, 64); None when cancelled on the way."""
        device = pick_device(options.device)
        network = self.network.to(device)
        with torch.inference_mode():
            scan = Scan(network, coded, options, device, self.card.trust(coded.scale))
            blocks = torch.empty(steps, len(scan.received), 3, PATCH * PATCH, dtype=torch.uint8)
            fronts = scan.fronts()
            done = 0
            for front in fronts:
                blocks[:, front.cpu()] = _to_bytes(scan.compute(front, steps)).cpu()
                done += len(front)
                if cancelled():
                    return None
                progress(done / len(scan.received))
        return cast("np.ndarray[tuple[int, ...], np.dtype[np.uint8]]", blocks.numpy())


def _to_bytes(coefficients: Tensor) -> Tensor:
    """(…, 192) YCbCr coefficients to 8-bit RGB samples (…, 3, 64)."""
    ycc = patch_samples(coefficients)
    level = ycc.new_tensor([128.0, 0.0, 0.0])[:, None]
    rgb = colour_matrix(YCC_TO_RGB, ycc) @ (ycc + level)
    return rgb.clamp(0, 255).round().to(torch.uint8)
