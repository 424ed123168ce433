"""Sweep decoder: a recurrent convolutional network over the whole picture, weights shared over sweeps.

Works at half resolution (2×2 pixels a cell). With q the standard decode in YCbCr, s the stream's step
scale and P a learned bias for each position inside the 16×16 coding unit, sweep k = 1..K computes

    u_k = relu(W_q [q, log s, f, c] + P + W_e · 4 (x_{k-1} - q))     what is seen
    h_k = R(u_1)  for k = 1,   R(W_m [h_{k-1}, u_k])  after that      what is remembered
    x_k = x_{k-1} + W_o h_k / 4,        x_0 = q                        the estimate

where R is a chain of residual blocks h + W_b relu(W_a h), f tells whether chroma is at full resolution,
c, in networks for several codecs, which one it is (one-hot), and all W but W_m (1×1) are 3×3 convolutions.
W_o starts at zero, so training starts from the standard decode. The recurrence over estimates follows
Ororbia, Mali et al., *Learned Neural Iterative Decoding* (DCC 2019); the convolutional form is this
project's own.
"""

from __future__ import annotations

import copy
import itertools
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.decoders import allocation
from engine.decoders.base import pick_device, pixels_from_ycc, tensor_from_pixels, to_ycc
from engine.decoders.finish import Box, Finisher, Part
from engine.decoders.precision import dtype_of
from engine.decoders.sweep_fused import fused
from engine.errors import UserError
from engine.models.card import ModelCard
from engine.models.checkpoint import load_weights
from engine.records import build
from engine.step_scale import table_form
from engine.types import Cancelled, Coded, DecodeOptions, Estimate, Pixels, Progress, frozen

UNIT = 16
"""Side of a 4:2:0 coding unit in pixels: pictures are padded to a multiple of it."""
_CELLS = UNIT // 2
TILE = 896
"""Side of a tile's own area in pixels: larger ones leave the processor's cache."""
HALO = 32
"""What a tile sees of its neighbours, in pixels. Information travels further (see `reach`), but what lies
beyond moves one sample in some thousands by a level."""


@dataclass(frozen=True)
class SweepSizes:
    """channels: width of the hidden state; blocks: residual blocks a sweep; steps: sweeps in training;
    codecs: how many codecs' streams the network tells apart; tables: whether it is told the form of the
    quantisation tables too (see `table_form`)."""

    channels: int = 48
    blocks: int = 2
    steps: int = 4
    codecs: int = 1
    tables: bool = False

    def __post_init__(self) -> None:
        if min(self.channels, self.steps, self.codecs) < 1 or self.blocks < 0:
            raise ValueError("channels, steps and codecs must be at least 1, blocks at least 0")

    @property
    def conditions(self) -> int:
        """Numbers that the network is told about a stream, see `condition_of`."""
        return 2 + (self.codecs if self.codecs > 1 else 0) + 2 * self.tables


class ResidualBlock(nn.Module):
    """h + W_b relu(W_a h)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.a = nn.Conv2d(channels, channels, 3, padding=1)
        self.b = nn.Conv2d(channels, channels, 3, padding=1)
        with torch.no_grad():
            self.b.weight.mul_(0.1)

    def forward(self, h: Tensor) -> Tensor:
        # In place: a picture's planes are large, and fresh memory costs a tenth of the time.
        changed: Tensor = self.b(F.relu_(self.a(h)))
        return changed.add_(h)


class SweepNetwork(nn.Module):
    """The network of the module's docstring."""

    def __init__(self, sizes: SweepSizes) -> None:
        super().__init__()
        n = sizes.channels
        self.sizes = sizes
        self.seen = nn.Conv2d(12 + sizes.conditions, n, 3, padding=1)
        self.changed = nn.Conv2d(12, n, 3, padding=1, bias=False)
        self.position = nn.Parameter(torch.randn(1, n, _CELLS, _CELLS) * 0.1)
        self.remember = nn.Conv2d(2 * n, n, 1)
        self.blocks = nn.ModuleList(ResidualBlock(n) for _ in range(sizes.blocks))
        self.out = nn.Conv2d(n, 12, 3, padding=1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)  # type: ignore[arg-type]

    def forward(self, standard: Tensor, condition: Tensor, steps: int) -> Iterator[Tensor]:
        """Yield the estimates of `steps` sweeps.

        standard: (batch, 3, height, width) YCbCr, 0 to 1, sides multiples of 16. condition: (batch,
        `sizes.conditions`), see `condition_of`. Estimates have standard's shape.
        """
        dtype = self.out.weight.dtype
        centred = standard - standard.new_tensor([0.5, 0.0, 0.0]).view(1, 3, 1, 1)
        q = F.pixel_unshuffle(centred, 2)
        batch, _, rows, columns = q.shape
        planes = condition.to(q.dtype).view(batch, -1, 1, 1).expand(-1, -1, rows, columns)
        base = self.seen(torch.cat([2 * q, planes], 1).to(dtype))
        base = base + self.position.repeat(1, 1, rows // _CELLS, columns // _CELLS)
        change = torch.zeros_like(q)
        hidden: Tensor | None = None
        for k in range(steps):
            u = F.relu(base) if k == 0 else F.relu_(self.changed((4 * change).to(dtype)).add_(base))
            hidden = u if hidden is None else self.remember(torch.cat([hidden, u], 1))
            for block in self.blocks:
                hidden = block(hidden)
            change = change.add(self.out(hidden).to(change.dtype), alpha=0.25)
            yield standard + F.pixel_shuffle(change, 2)


def channels_last(network: SweepNetwork) -> SweepNetwork:
    """The same network with its weights laid out for channels-last convolutions, the quicker ones."""
    for parameter in network.parameters():
        if parameter.ndim == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
    return network


def reach(sizes: SweepSizes, steps: int) -> int:
    """How far, in pixels, an estimate looks: a tile's overlap, rounded up to whole coding units."""
    per_sweep = 1 + 2 * sizes.blocks + 1
    pixels = 2 * (per_sweep * steps + 1)
    return math.ceil(pixels / UNIT) * UNIT


def condition_of(
    scale: float,
    full_chroma: bool,
    codec: str,
    codecs: tuple[str, ...],
    form: tuple[float, ...] = (),
) -> tuple[float, ...]:
    """What a network for `codecs` is told about a stream besides its pixels: log of the step scale (see
    `Coded`), 1 where chroma has full resolution, if there are several codecs 1 at its own, and, where the
    network wants it, the form of the tables (see `table_form`)."""
    kinds = [float(codec == name) for name in codecs] if len(codecs) > 1 else []
    return math.log(scale), float(full_chroma), *kinds, *form


class SweepDecoder:
    """A trained sweep network as a `Decoder`."""

    def __init__(self, card: ModelCard, network: SweepNetwork) -> None:
        self.card = card
        self.network = network.eval()
        self._prepared: dict[tuple[torch.device, torch.dtype], SweepNetwork] = {}

    @classmethod
    def load(cls, card: ModelCard) -> SweepDecoder:
        sizes = build(SweepSizes, card.network, f"model '{card.name}'")
        if sizes.codecs != len(card.codecs):
            known = len(card.codecs)
            raise UserError(
                f"model '{card.name}': its network is for {sizes.codecs} codecs, its card for {known}"
            )
        network = SweepNetwork(sizes)
        load_weights(network, card.weights_path)
        return cls(card, network)

    def refine(
        self,
        coded: Coded,
        options: DecodeOptions,
        cancelled: Cancelled,
        progress: Progress,
        tile: int = TILE,
    ) -> Iterator[Estimate]:
        """One tile: each step is yielded as it comes. Several: all steps of a tile are computed before
        the next tile, so that memory stays bounded, and the steps are yielded together at the end, each
        with its equal share of the time. Steps beyond `ModelCard.longest` hold the last one's estimate."""
        large = len(_tiles(coded.height, coded.width, tile)) > 1
        with allocation.kept(give_back=large):
            yield from self._refine(coded, options, cancelled, progress, tile)

    def _refine(
        self, coded: Coded, options: DecodeOptions, cancelled: Cancelled, progress: Progress, tile: int
    ) -> Iterator[Estimate]:
        start = time.perf_counter()
        steps = options.steps or self.card.steps
        sweeps = _Sweeps(self, coded, options, min(steps, self.card.longest))
        boxes = _tiles(coded.height, coded.width, tile)
        if len(boxes) == 1:
            spent, k = 0.0, 0
            for k, pixels in sweeps.of(boxes[0], 0):
                spent += time.perf_counter() - start
                progress(k / steps)
                yield Estimate(steps if options.last_only else k, pixels, spent)
                if cancelled():
                    return
                start = time.perf_counter()  # what the caller did with the estimate is not decoding
            if not options.last_only:
                yield from (Estimate(held, pixels, spent) for held in range(k + 1, steps + 1))
            return
        canvases = {k: np.empty_like(coded.standard) for k in sweeps.shown}
        for done, box in enumerate(boxes):
            top, left, bottom, right = box
            for k, pixels in sweeps.of(box, HALO):
                canvases[k][top:bottom, left:right] = pixels
                if cancelled():
                    return
                progress((done + k / sweeps.steps) / len(boxes))
        seconds = time.perf_counter() - start
        for canvas in canvases.values():
            canvas.setflags(write=False)
        for k in range(steps if options.last_only else 1, steps + 1):
            yield Estimate(k, canvases[min(k, sweeps.steps)], seconds * k / steps)
            if cancelled():
                return

    def unfinished(self, coded: Coded, options: DecodeOptions, step: int, box: Box) -> tuple[Part, Tensor]:
        """The network's estimate of a box (top and left multiples of `UNIT`) after `step` steps, computed
        from nothing but the box: (1, 3, height, width) YCbCr, 0 to 1, and the part that finishes it."""
        sweeps = _Sweeps(self, coded, options, min(step, self.card.longest))
        *_, last = sweeps.unfinished(box)
        return last

    def prepared(self, device: torch.device, dtype: torch.dtype) -> SweepNetwork:
        """The network on `device` in `dtype`; kept."""
        key = device, dtype
        if key not in self._prepared:
            self._prepared[key] = channels_last(copy.deepcopy(self.network).to(device, dtype))
        return self._prepared[key]


class _Sweeps:
    """The sweeps over one stream's picture, part by part."""

    def __init__(self, decoder: SweepDecoder, coded: Coded, options: DecodeOptions, steps: int) -> None:
        self.coded, self.steps = coded, steps
        self.shown = (steps,) if options.last_only else tuple(range(1, steps + 1))
        self.device = pick_device(options.device)
        self.dtype = dtype_of(options.precision, self.device)
        self.network = decoder.prepared(self.device, self.dtype)
        card, full = decoder.card, coded.subsampling == "4:4:4"
        self.trust = card.trust(coded.scale, coded.codec)
        form = form_of(coded) if self.network.sizes.tables else ()
        told = condition_of(coded.scale, full, coded.codec, card.codecs, form)
        self.condition = torch.tensor([told], device=self.device)
        self.finisher = Finisher(coded, options, self.device, card.guarded)
        self.forward = fused(self.network) or self.network

    def of(self, box: Box, halo: int) -> Iterator[tuple[int, Pixels]]:
        """Yield the steps that are shown with their pixels of `box`, computed with `halo` around it."""
        top, left, bottom, right = box
        y0, x0 = max(0, top - halo), max(0, left - halo)
        y1, x1 = min(self.coded.height, bottom + halo), min(self.coded.width, right + halo)
        rows, columns = slice(top - y0, bottom - y0), slice(left - x0, right - x0)
        for k, (part, estimate) in enumerate(self.unfinished((y0, x0, y1, x1)), 1):
            if k in self.shown:
                with torch.inference_mode():
                    pixels = pixels_from_ycc(part.finish(estimate)[:, :, rows, columns])
                yield k, frozen(pixels)

    def unfinished(self, box: Box) -> Iterator[tuple[Part, Tensor]]:
        """Yield each step's estimate of `box`, grown to whole units, as the network has it, with the part
        that finishes it."""
        y0, x0, y1, x1 = box
        # The mode is entered anew for each sweep: a generator must not leave it switched on meanwhile.
        with torch.inference_mode():
            rgb = tensor_from_pixels(self.coded.standard[y0:y1, x0:x1], self.device)
            ycc = F.pad(to_ycc(rgb), (0, -(x1 - x0) % UNIT, 0, -(y1 - y0) % UNIT), mode="replicate")
            estimates = iter(self.forward(ycc, self.condition, self.steps))
            part = self.finisher.part(box, ycc)
        for _ in range(self.steps):
            with torch.inference_mode():
                estimate = next(estimates)
                if self.trust < 1:
                    estimate = torch.lerp(ycc, estimate, self.trust)
            yield part, estimate


def form_of(coded: Coded) -> tuple[float, float]:
    """The form of the stream's tables, see `table_form`; neutral where it has none."""
    if coded.symbols is None:
        return 0.0, 0.0
    parts = coded.symbols.components
    return table_form(parts[0].quantisation, parts[1].quantisation if len(parts) > 1 else None)


def _tiles(height: int, width: int, tile: int) -> list[Box]:
    """Boxes (top, left, bottom, right) on the coding-unit grid that cover the picture.

    A picture of up to 1.5 tiles' sides stays whole: a thin second tile costs more than it saves.
    """
    if tile % UNIT:
        raise ValueError(f"tile side {tile} is no multiple of {UNIT}")

    def cuts(length: int) -> list[int]:
        count = max(1, round(length / tile))
        side = math.ceil(length / count / UNIT) * UNIT
        return [*range(0, length, side), length]

    rows, columns = cuts(height), cuts(width)
    return [
        (top, left, bottom, right)
        for top, bottom in itertools.pairwise(rows)
        for left, right in itertools.pairwise(columns)
    ]
