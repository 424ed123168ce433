"""Sweep decoder: a trained sweep network (see `engine.decoders.sweep_network`) over pictures, in tiles."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.artefacts.earlier_saving import EarlierSaving, earlier_saving
from engine.decoders import allocation
from engine.decoders.base import deep_from_ycc, pick_device, pixels_from_ycc, tensor_from_pixels, to_ycc
from engine.decoders.finish import Box, Finisher, TilePart
from engine.decoders.orientations import averaged
from engine.decoders.precision import Precision, precision_of
from engine.decoders.scaled_sweep import ScaledSweep
from engine.decoders.sweep_fused import Forward, fused
from engine.decoders.sweep_integers import in_integers
from engine.decoders.sweep_network import UNIT, SweepNetwork, SweepSizes, channels_last
from engine.decoders.tiles import HALO, TILE, TilesDone, tiles_of
from engine.errors import UserError
from engine.models.card import ModelCard
from engine.models.checkpoint import load_weights
from engine.records import build
from engine.step_scale import table_form
from engine.types import (
    Cancelled,
    Coded,
    DecodeOptions,
    DeepPixels,
    Estimate,
    Pixels,
    Progress,
    frozen,
    ignore,
    never,
)

_KEPT = 4
"""So many networks, of other scales and precisions, are kept ready."""


def reach(sizes: SweepSizes, steps: int) -> int:
    """How far, in pixels, an estimate looks: a tile's overlap, rounded up to whole coding units. 8-bit
    integers are rounded by the largest value of the whole part that is computed, see `sweep_integers`."""
    per_sweep = 1 + 2 * sizes.blocks + 1
    pixels = 2 * (per_sweep * steps + 1)
    return math.ceil(pixels / UNIT) * UNIT


def network_of(sizes: SweepSizes) -> SweepNetwork | ScaledSweep:
    """A network of these sizes with random weights."""
    return ScaledSweep(sizes) if sizes.scales else SweepNetwork(sizes)


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

    def __init__(self, card: ModelCard, network: SweepNetwork | ScaledSweep) -> None:
        self.card = card
        self.network = network.eval()
        self._prepared: dict[tuple[torch.device, Precision, tuple[float, ...]], _Ready] = {}

    @classmethod
    def load(cls, card: ModelCard) -> SweepDecoder:
        sizes = build(SweepSizes, card.network, f"model '{card.name}'")
        if sizes.codecs != len(card.codecs):
            known = len(card.codecs)
            raise UserError(
                f"model '{card.name}': its network is for {sizes.codecs} codecs, its card for {known}"
            )
        network = network_of(sizes)
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
        large = len(tiles_of(coded.height, coded.width, tile)) > 1
        with allocation.kept(give_back=large):
            yield from self._refine(coded, options, cancelled, progress, tile)

    def _refine(
        self, coded: Coded, options: DecodeOptions, cancelled: Cancelled, progress: Progress, tile: int
    ) -> Iterator[Estimate]:
        start = time.perf_counter()
        steps = options.steps or self.card.steps
        if options.earlier:  # what is found is remembered
            earlier_saving(coded, cancelled)
            if cancelled():
                return
        boxes = tiles_of(coded.height, coded.width, tile)
        tiles = TilesDone(len(boxes), cancelled, progress)
        sweeps = _Sweeps(self, coded, options, min(steps, self.card.longest), tiles)
        if len(boxes) == 1:
            spent, k = 0.0, 0
            deep: DeepPixels | None = None
            for k, pixels, deep in sweeps.of(boxes[0], 0):
                spent += time.perf_counter() - start
                yield Estimate(steps if options.last_only else k, pixels, spent, deep=deep)
                if cancelled():
                    return
                start = time.perf_counter()  # what the caller did with the estimate is not decoding
            if not options.last_only and not cancelled():
                yield from (Estimate(held, pixels, spent, deep=deep) for held in range(k + 1, steps + 1))
            return
        canvases = {k: np.empty_like(coded.standard) for k in sweeps.shown}
        whole = np.empty(coded.standard.shape, np.uint16) if options.deep else None
        for box in boxes:
            top, left, bottom, right = box
            for k, pixels, deep in sweeps.of(box, HALO):
                canvases[k][top:bottom, left:right] = pixels
                if whole is not None and deep is not None:
                    whole[top:bottom, left:right] = deep
                if cancelled():
                    return
            if cancelled():
                return
            tiles.done += 1
        seconds = time.perf_counter() - start
        for canvas in canvases.values():
            canvas.setflags(write=False)
        for k in range(steps if options.last_only else 1, steps + 1):
            deep = whole if k >= sweeps.steps else None
            yield Estimate(k, canvases[min(k, sweeps.steps)], seconds * k / steps, deep=deep)
            if cancelled():
                return

    def unfinished(
        self, coded: Coded, options: DecodeOptions, step: int, box: Box
    ) -> tuple[TilePart, Tensor]:
        """The network's estimate of a box (top and left multiples of `UNIT`) after `step` steps, computed
        from nothing but the box: (1, 3, height, width) YCbCr, 0 to 1, and the part that finishes it."""
        sweeps = _Sweeps(self, coded, options, min(step, self.card.longest))
        *_, last = sweeps.unfinished(box)
        return last

    def sweeps(
        self, coded: Coded, options: DecodeOptions, step: int, box: Box
    ) -> tuple[Tensor, list[tuple[Tensor, Tensor, Tensor]]]:
        """As `unfinished`, by the plain network: what it is told of the stream, (1, conditions), and of each
        of the sweeps up to `step` what `SweepNetwork.sweeps` gives, before `ModelCard.trust`. An earlier
        saving of the stream is not looked for, and nothing is averaged over orientations."""
        options = replace(options, earlier=False)
        sweeps = _Sweeps(self, coded, options, step)
        with torch.inference_mode():
            ycc = sweeps.standard(box)
            return sweeps.condition, list(sweeps.network.sweeps(ycc, sweeps.condition, step))

    def prepared(self, device: torch.device, precision: Precision, scale: float) -> _Ready:
        """The network for streams of this step scale, on `device` in `precision`; the last few are kept."""
        network = self.network
        shares = network.shares(scale) if isinstance(network, ScaledSweep) else ()
        key = device, precision, shares
        ready = self._prepared.get(key)  # other threads may be here, too
        if ready is None:
            plain = network.at(scale) if isinstance(network, ScaledSweep) else copy.deepcopy(network)
            while len(self._prepared) >= _KEPT:
                self._prepared.pop(next(iter([*self._prepared])), None)
            plain = channels_last(plain.to(device, precision.dtype)).eval()
            quick = in_integers(plain) if precision.integers else fused(plain)
            ready = self._prepared[key] = _Ready(plain, quick or plain)
        return ready


@dataclass(frozen=True)
class _Ready:
    """A network for one step scale, and the quickest form of its sweeps."""

    network: SweepNetwork
    forward: Forward


class _Sweeps:
    """The sweeps over one stream's picture, part by part."""

    def __init__(
        self,
        decoder: SweepDecoder,
        coded: Coded,
        options: DecodeOptions,
        steps: int,
        tiles: TilesDone | None = None,
    ) -> None:
        self.coded, self.steps, self.deep = coded, steps, options.deep
        self.shown = (steps,) if options.last_only else tuple(range(1, steps + 1))
        self.device = pick_device(options.device)
        precision = precision_of(options.precision, self.device, decoder.card.integers)
        self.saving = earlier_saving(coded) if options.earlier else None
        mended = self.saving.told(coded) if self.saving else coded
        ready = decoder.prepared(self.device, precision, mended.scale)
        self.network = ready.network
        card, full = decoder.card, coded.subsampling == "4:4:4"
        self.trust = card.trust(mended.scale, coded.codec)
        form = form_of(mended) if self.network.sizes.tables else ()
        told = condition_of(mended.scale, full, coded.codec, card.codecs, form)
        self.condition = torch.tensor([told], device=self.device)
        self.finisher = Finisher(coded, options, self.device, card.guarded, mended, card.sure)
        tiles = tiles or TilesDone(1, never, ignore)
        self.forward = averaged(
            ready.forward,
            options.orientations,
            tiles.count == 1,
            options.last_only,
            tiles.cancelled,
            tiles.told,
        )

    def of(self, box: Box, halo: int) -> Iterator[tuple[int, Pixels, DeepPixels | None]]:
        """Yield the steps that are shown with their pixels of `box`, computed with `halo` around it; the last
        one's in 16 bits too where they are wanted."""
        top, left, bottom, right = box
        y0, x0 = max(0, top - halo), max(0, left - halo)
        y1, x1 = min(self.coded.height, bottom + halo), min(self.coded.width, right + halo)
        rows, columns = slice(top - y0, bottom - y0), slice(left - x0, right - x0)
        numbers = iter(range(1, self.steps + 1))
        for part, estimate in self.unfinished((y0, x0, y1, x1)):
            k = next(numbers)  # `enumerate` would hold the estimate while the next one is computed
            if k in self.shown:
                with torch.inference_mode():
                    finished = part.finish(estimate)[:, :, rows, columns]
                    pixels = pixels_from_ycc(finished)
                    deep = deep_from_ycc(finished) if self.deep and k == self.steps else None
                del finished
                yield k, frozen(pixels), deep
            del estimate

    def standard(self, box: Box) -> Tensor:
        """The standard decode of `box`, grown to whole units: (1, 3, height, width) YCbCr, 0 to 1."""
        y0, x0, y1, x1 = box
        rgb = tensor_from_pixels(self.coded.standard[y0:y1, x0:x1], self.device)
        return F.pad(to_ycc(rgb), (0, -(x1 - x0) % UNIT, 0, -(y1 - y0) % UNIT), mode="replicate")

    def unfinished(self, box: Box) -> Iterator[tuple[TilePart, Tensor]]:
        """Yield each step's estimate of `box`, grown to whole units, as the network has it, with the part
        that finishes it; none once it is cancelled."""
        # The mode is entered anew for each sweep: a generator must not leave it switched on meanwhile.
        with torch.inference_mode():
            ycc = self.standard(box)
            before = _before(self.coded, self.saving, box, self.device) if self.saving else ycc
            top, left = self.saving.margins if self.saving else (0, 0)
            rows, columns = slice(top, top + ycc.shape[2]), slice(left, left + ycc.shape[3])
            estimates = iter(self.forward(before, self.condition, self.steps))
            part = self.finisher.part(box, ycc)
        for _ in range(self.steps):
            with torch.inference_mode():
                found = next(estimates, None)
                if found is None:
                    return
                estimate = found[:, :, rows, columns]
                if self.trust < 1:
                    estimate = torch.lerp(ycc, estimate, self.trust)
            yield part, estimate
            del found, estimate


def _before(coded: Coded, saving: EarlierSaving, box: Box, device: torch.device) -> Tensor:
    """The picture of the saving before the last one, YCbCr, 0 to 1, on that saving's grid: `saving.margins`,
    `box` grown to whole units, and what makes whole units of both."""
    y0, x0, y1, x1 = box
    top, left = saving.margins
    rows, columns = slice(max(0, y0 - top), y1), slice(max(0, x0 - left), x1)
    ycc = to_ycc(tensor_from_pixels(coded.standard[rows, columns], device))
    change = torch.from_numpy(saving.change[rows, columns].astype(np.float32) / 255)
    ycc[0, 0] = (ycc[0, 0] + change.to(device)).clamp_(0, 1)
    tall, wide = (UNIT * math.ceil(side / UNIT) for side in (y1 - y0, x1 - x0))
    tall, wide = tall + UNIT * (top > 0), wide + UNIT * (left > 0)
    above, before = top - (y0 - rows.start), left - (x0 - columns.start)
    below, behind = tall - above - ycc.shape[2], wide - before - ycc.shape[3]
    return F.pad(ycc, (before, behind, above, below), mode="replicate")


def form_of(coded: Coded) -> tuple[float, float]:
    """The form of the stream's tables, see `table_form`; neutral where it has none."""
    if coded.symbols is None:
        return 0.0, 0.0
    parts = coded.symbols.components
    return table_form(parts[0].quantisation, parts[1].quantisation if len(parts) > 1 else None)
