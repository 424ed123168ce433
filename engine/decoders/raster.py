"""Raster decoder: patches in raster order, K recurrent steps on each, after Ororbia, Mali et al.

The network is that of `raster_network`. h_0 is 0, or the last state of the patch to the left: with `carry`
along the whole row, in networks trained with a span within each span. Causal neighbours are read after
their own K steps. Patches with equal column + 2·row depend on earlier such fronts only and are computed
together; `tests` hold the plain patch-after-patch loop against it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.decoders import raster_features as rf
from engine.decoders.base import (
    FEWEST_ROWS,
    deep_from_ycc,
    filled,
    pick_device,
    pixels_from_ycc,
    tensor_from_pixels,
    to_ycc,
)
from engine.decoders.cells import UNIT
from engine.decoders.dct import COEFFICIENTS, patch_coefficients, patch_samples
from engine.decoders.finish import Finisher
from engine.decoders.raster_network import Memory, RasterNetwork, RasterSizes
from engine.decoders.raster_notes import Notes
from engine.models.card import ModelCard
from engine.models.checkpoint import load_weights
from engine.records import build
from engine.types import (
    PATCH,
    Cancelled,
    Coded,
    Context,
    DecodeOptions,
    DeepPixels,
    Estimate,
    Pixels,
    Progress,
    frozen,
    ignore,
    never,
    patch_grid,
)

_CHUNK = 8192


def context_mask(context: Context, dtype: torch.dtype = torch.float32) -> Tensor:
    """(8,): which neighbours a run may look at, causal ones first."""
    return torch.tensor([context.causal] * 4 + [context.noncausal] * 4, dtype=dtype)


@dataclass(frozen=True, eq=False)
class Episode:
    """What was computed of some patches. static, causal: the features (see `raster_features`), None where no
    causal neighbour is looked at. seen: e_i. start: h_0, None for 0; states: of each step. recalled: weights
    of an attentive network's memories. refined: coefficients (steps, patches, 192)."""

    static: Tensor
    causal: Tensor | None
    seen: Tensor
    start: Tensor | None
    states: list[Tensor]
    recalled: list[Tensor]
    refined: Tensor


class Scan:
    """One decode in progress: received coefficients, refined low frequencies, and the fronts to come.

    trust: share of the residual that is applied (see `ModelCard.trust`). notes: takes down what the
    network holds. scale: what it is told (see `ModelCard.told_scale`), the stream's own unless given.
    """

    def __init__(
        self,
        network: RasterNetwork,
        coded: Coded,
        options: DecodeOptions,
        device: torch.device,
        trust: float = 1.0,
        notes: Notes | None = None,
        scale: float | None = None,
    ) -> None:
        self.network, self.options, self.trust, self.notes = network, options, trust, notes
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
        self.scale = weight.new_tensor([[coded.scale if scale is None else scale]])
        self.full_chroma = weight.new_tensor([[float(coded.subsampling == "4:4:4")]])
        span = network.sizes.span
        carried = options.carry or span > 0
        self.front_of = column + 2 * row if options.context.causal or carried else index // _CHUNK
        self.lane = row
        self.first = column % span == 0 if span else column == 0
        self.states: Tensor | None = None
        if carried:
            size = network.cell.state_size(network.sizes.units)
            self.states = weight.new_zeros(self.rows, size)
        self.memory: Memory | None = None

    def fronts(self) -> list[Tensor]:
        """Patches (flat indices) that can be computed together, in order."""
        order = torch.argsort(self.front_of, stable=True)
        sizes = torch.bincount(self.front_of)
        return list(torch.split(order, sizes.tolist()))

    def compute(self, chosen: Tensor, steps: int) -> Tensor:
        """Run the episodes of patches `chosen`; returns coefficients (steps, patches, 192)."""
        return self.episode(chosen, steps).refined

    def episode(self, chosen: Tensor, steps: int) -> Episode:
        """As `compute`, with all that was computed on the way."""
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
        start, lanes = self._open(chosen, steps)
        seen, states, recalled, residual = self._run(static, causal, start, lanes, steps)
        refined = received + self.trust * residual
        self.bordered_refined[where.bordered] = rf.low(refined[-1])
        if self.states is not None:
            self.states[lanes] = states[-1]
        if self.notes is not None:
            self.notes.take(chosen, states, recalled)
        return Episode(static, causal, seen, start, states, recalled, refined)

    def _run(
        self, static: Tensor, causal: Tensor | None, start: Tensor | None, lanes: Tensor, steps: int
    ) -> tuple[Tensor, list[Tensor], list[Tensor], Tensor]:
        """e_i, states and weights of memories of each step, and the residuals (steps, patches, 192)."""
        count, recalled = len(static), list[Tensor]()
        if self.memory is not None:
            spare = lanes.new_full((max(0, FEWEST_ROWS - count),), self.rows)
            self.memory.restart(spare)
            lanes = torch.cat([lanes, spare])
        seen = self.network.see(filled(static), None if causal is None else filled(causal))
        start = None if start is None else filled(start)
        states = self.network.episode(seen, start, steps, self.memory, lanes, recalled)
        residual = self.network.residual(torch.stack(states))[:, :count]
        return seen[:count], [s[:count] for s in states], [w[:count] for w in recalled], residual

    def _open(self, chosen: Tensor, steps: int) -> tuple[Tensor | None, Tensor]:
        """States that patches `chosen` start from, and their lanes: the row in which state is carried."""
        lanes, first = self.lane[chosen], self.first[chosen]
        if self.network.sizes.attention is not None:
            if self.memory is None:
                self.memory = Memory(self.network, self.rows + 1, steps)  # and a spare one
            self.memory.restart(lanes[first])
        if self.states is None:
            return None, lanes
        self.states[lanes[first]] = 0
        return self.states[lanes], lanes


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
        rows, columns = patch_grid(coded.height, coded.width)
        notes = Notes(self.network.sizes, rows, columns, steps) if options.inside else None
        blocks = self.scan(coded, options, steps, cancelled, progress, notes)
        if blocks is None:
            return
        finish = _Finish(coded, options, pick_device(options.device), self.card)
        shown = []
        for k in range(steps):
            shown.append(finish(blocks[k], rows, columns, deep=options.deep and k == steps - 1))
            if cancelled():
                return
        seconds = time.perf_counter() - start
        for k, (pixels, deep) in enumerate(shown):
            inside = notes.inside(k) if notes is not None else None
            yield Estimate(k + 1, pixels, seconds * (k + 1) / steps, inside, deep)
            if cancelled():
                return

    def scan(
        self,
        coded: Coded,
        options: DecodeOptions,
        steps: int,
        cancelled: Cancelled = never,
        progress: Progress = ignore,
        notes: Notes | None = None,
    ) -> Tensor | None:
        """All steps as YCbCr blocks, float32 (steps, patches, 3, 64), levels, Y less 128; None when cancelled
        on the way."""
        device = pick_device(options.device)
        network = self.network.to(device)
        with torch.inference_mode():
            trust = self.card.trust(coded.scale, coded.codec)
            told = self.card.told_scale(coded.scale, coded.codec)
            scan = Scan(network, coded, options, device, trust, notes, told)
            blocks = torch.empty(steps, len(scan.received), 3, PATCH * PATCH, device=device)
            fronts = scan.fronts()
            done = 0
            for front in fronts:
                blocks[:, front] = patch_samples(scan.compute(front, steps)).to(blocks.dtype)
                done += len(front)
                if cancelled():
                    return None
                progress(done / len(scan.received))
        return blocks


class _Finish:
    """Finishes the scan's blocks, step by step (see `engine.decoders.finish`)."""

    def __init__(self, coded: Coded, options: DecodeOptions, device: torch.device, card: ModelCard) -> None:
        self.coded = coded
        box = 0, 0, coded.height, coded.width
        with torch.inference_mode():
            ycc = to_ycc(tensor_from_pixels(coded.standard, device))
            self.pad = (0, -coded.width % UNIT, 0, -coded.height % UNIT)
            finisher = Finisher(coded, options, device, card.guarded, sure=card.sure)
            self.part = finisher.part(box, F.pad(ycc, self.pad, mode="replicate"))

    def __call__(
        self, blocks: Tensor, rows: int, columns: int, *, deep: bool
    ) -> tuple[Pixels, DeepPixels | None]:
        """The pixels of one step's blocks (patches, 3, 64), `deep`: in 16 bits too."""
        height, width = self.coded.height, self.coded.width
        with torch.inference_mode():
            grid = blocks.reshape(rows, columns, 3, PATCH, PATCH).permute(2, 0, 3, 1, 4)
            ycc = grid.reshape(1, 3, rows * PATCH, columns * PATCH)[..., :height, :width] / 255
            ycc[:, 0] += 128 / 255
            estimate = F.pad(ycc, self.pad, mode="replicate")
            finished = self.part.finish(estimate)[..., :height, :width]
            return frozen(pixels_from_ycc(finished)), deep_from_ycc(finished) if deep else None
