"""What the tasks on pictures share: crops coded as JPEG, spans of a row, and whole pictures decoded again.

A task says by `arrange` what a network sees of spans and what it has to answer; here spans are drawn from
crops for training, and laid over whole pictures, of any size, for measuring and painting. Coefficients are
those of `engine.decoders.dct`, 192 a patch, in 8-bit levels. Every span starts from a state of 0.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from engine.cells import Parameters
from engine.cells.attention import Attention
from engine.decoders import spans as sp
from engine.decoders.base import to_ycc
from engine.decoders.dct import COEFFICIENTS, patch_coefficients
from engine.decoders.spans import OWN_FEATURES
from engine.errors import UserError
from engine.lab.library import Library
from engine.lab.settings import LabSettings
from engine.lab.tasks.answers import answers
from engine.lab.tasks.base import ByPlace, Painting
from engine.learners.stream import Patch, RowModel, colour_error
from engine.metrics.fidelity import psnr_rgb_db
from engine.records import build
from engine.registry import CELLS
from engine.step_scale import jpeg_scale
from engine.training.config import DataConfig
from engine.training.data import Example, compress, draw_square, turn
from engine.types import PATCH, Pixels, frozen

CROP = 256
POOL = 64
BATCHES_A_CROP = 6
"""Batches between two replacements of a crop: each of its patches is seen about twice."""
_FINE = 16
"""Coefficients are kept as int16 in parts of a level, 1/16: a crop of 256² pixels takes 0.8 MB."""


@dataclass(frozen=True, eq=False)
class Spans:
    """Spans of patches side by side. received, original: (spans, span, 192) coefficients. there: bool (spans,
    span), False beyond the picture's edge. column: int64 (spans, span), where they stand in their row; row:
    int64 (spans,). scale: the JPEG step scale; full_chroma: of the stream."""

    received: Tensor
    original: Tensor
    there: Tensor
    row: Tensor
    column: Tensor
    scale: float
    full_chroma: bool


@dataclass(frozen=True, eq=False)
class Steps:
    """What a network is given. features: (patches, rows, features). target: (patches, rows, 192). counts:
    float (patches, rows), what each answer counts."""

    features: Tensor
    target: Tensor
    counts: Tensor


@dataclass(frozen=True)
class PictureOptions:
    """quality: of the JPEG streams. span: patches of a row along which the state is carried. subsampling:
    "4:2:0" or "4:4:4"."""

    quality: int = 10
    span: int = 16
    subsampling: str = "4:2:0"

    def __post_init__(self) -> None:
        if not 1 <= self.quality <= 100:
            raise ValueError("quality must lie in 1 to 100")
        if not 1 <= self.span <= CROP // PATCH:
            raise ValueError(f"span must lie in 1 to {CROP // PATCH} patches")
        if self.subsampling not in ("4:2:0", "4:4:4"):
            raise ValueError("subsampling must be '4:2:0' or '4:4:4'")


@dataclass(frozen=True, eq=False)
class _Ready:
    """A picture made ready: its spans, what the network is given of them, and where answers go."""

    pixels: Pixels
    spans: Spans
    steps: Steps
    grid: tuple[int, int]


class PictureTask(ABC):
    """Tasks whose answers are patches of a picture; subclasses give `arrange` and `finished`.

    features: columns of what `arrange` gives. scale: factor of the read-out, in 8-bit levels. delay: patches
    between a patch and its answer. crop: side of a crop, pixels; pool: crops that a batch is drawn from.
    aligned: spans begin at multiples of the span only.
    """

    crop: ClassVar[int] = CROP
    pool: ClassVar[int] = POOL
    aligned: ClassVar[bool] = False

    Options: ClassVar[type[PictureOptions]] = PictureOptions
    features: int = OWN_FEATURES
    outputs = COEFFICIENTS
    scale = 100.0
    unit = "dB"
    on_pictures = True

    def __init__(self, settings: LabSettings, train: Library | None, validation: Library | None) -> None:
        self.settings = settings
        self.options: Any = build(self.Options, settings.options, "settings [options]")
        if train is None or validation is None or not len(train) or not len(validation):
            raise UserError(f"task '{settings.task}' needs pictures to learn from and to measure on")
        self.train, self.validation = train, validation
        self._crops: OrderedDict[tuple[int, int], tuple[Tensor, Tensor]] = OrderedDict()

    @property
    def delay(self) -> int:
        return 0

    @property
    def length(self) -> int:
        return int(self.options.span) + self.delay

    @abstractmethod
    def arrange(self, spans: Spans) -> Steps:
        """What the network sees of spans and what it shall answer, `length` patches."""

    @abstractmethod
    def finished(self, spans: Spans, answered: Tensor) -> Tensor:
        """Coefficients to show, (spans, span, 192), from the network's answers, of the same shape."""

    def model(self, cell: str) -> RowModel:
        network = self.settings.network
        attention = Attention(network.k_top, network.k_att, network.carried) if network.k_top else None
        return RowModel(CELLS.get(cell), network.units, network.steps, attention, colour_error, self.scale)

    def frozen(self) -> dict[str, Tensor]:
        return {}

    def start(self) -> dict[str, Tensor]:
        return {}

    def batch(self, seed: int, index: int) -> Sequence[Patch]:
        rows, span = self.settings.optimiser.rows, self.options.span
        generator = torch.Generator().manual_seed(seed * 1_000_003 + index)
        newest, side = index // BATCHES_A_CROP, self.crop // PATCH
        entry, row, start = (
            torch.randint(high, (rows,), generator=generator)
            for high in (self.pool, side, side // span if self.aligned else side - span + 1)
        )
        start = start * span if self.aligned else start
        crops = [self._crop(seed, newest - int(each)) for each in entry]
        parts = [
            torch.stack([crop[which][y, x : x + span] for crop, y, x in zip(crops, row, start, strict=True)])
            for which in (0, 1)
        ]
        received, original = (part.float() / _FINE for part in parts)
        column = start[:, None] + torch.arange(span)
        there = torch.ones(rows, span, dtype=torch.bool)
        steps = self.arrange(
            Spans(received, original, there, row, column, self._step_scale, self._full_chroma)
        )
        return self._patches(steps)

    def _patches(self, steps: Steps) -> list[Patch]:
        """As learners are given them; all weights add up to K times 1 / `energy`, shared over K steps."""
        total = steps.counts.sum().clamp_min(1) * self.energy * self.settings.network.steps
        weights = (steps.counts[:, None] / total).expand(-1, self.settings.network.steps, -1)
        return [Patch(*each) for each in zip(steps.features, steps.target, weights, strict=True)]

    @property
    def energy(self) -> float:
        """What a mean squared error counts as 1, in squared levels."""
        return 400.0

    def measure(self, model: RowModel, parameters: Parameters) -> float:
        return float(np.mean([self.paint(model, parameters, each).psnr_db for each in self._measured]))

    @torch.no_grad()
    def by_place(self, model: RowModel, parameters: Parameters) -> ByPlace:
        """PSNR by place in the span, of answers that count, before they are clipped and rounded."""
        errors = torch.zeros(2, self.options.span, dtype=torch.float64)
        counts = torch.zeros(self.options.span, dtype=torch.float64)
        for ready in self._measured:
            answered = answers(model, parameters, ready.steps.features)[self.delay :]
            count = ready.steps.counts[self.delay :].double()
            received = ready.spans.received.transpose(0, 1)
            original = ready.spans.original.transpose(0, 1)
            pairs = ((answered, ready.steps.target[self.delay :]), (received, original))
            for which, (found, wanted) in enumerate(pairs):
                error = colour_error(found.reshape(-1, COEFFICIENTS), wanted.reshape(-1, COEFFICIENTS))
                errors[which] += (error.view(count.shape).double() * count).sum(1)
            counts += count.sum(1)
        decibels = 10 * torch.log10(255**2 / (errors / counts))
        return decibels[0].numpy(), decibels[1].numpy()

    def columns(self, spans: Spans) -> tuple[Tensor, Tensor]:
        """Columns of the patches that steps see and paint, int64 (spans, length) each, −1 for none."""
        column = spans.column.masked_fill(~spans.there, -1)
        none = column.new_full((len(column), self.delay), -1)
        return torch.cat([column, none], 1), torch.cat([none, column], 1)

    def columns_of(self, ready: _Ready, row: int, column: int) -> tuple[Tensor, Tensor]:
        at = self._span_at(ready, row, column)
        seen, painted = self.columns(ready.spans)
        return seen[at], painted[at]

    def _span_at(self, ready: _Ready, row: int, column: int) -> int:
        """Number of the span that a patch lies in. Raises UserError."""
        rows, columns = ready.grid
        if not (0 <= row < rows and 0 <= column < columns):
            raise UserError(f"patch ({row}, {column}) isn't there: the picture has {rows} × {columns}")
        return row * -(-columns // int(self.options.span)) + column // int(self.options.span)

    def span_of(self, ready: _Ready, row: int, column: int) -> list[Patch]:
        at = self._span_at(ready, row, column)
        steps = ready.steps
        return self._patches(
            Steps(*(each[:, at : at + 1] for each in (steps.features, steps.target, steps.counts)))
        )

    def standard_db(self) -> float:
        """What `measure` gives of the standard decode of the same streams, dB."""
        found = []
        for ready in self._measured:
            rows, columns = ready.grid
            shown = sp.rgb(sp.joined(ready.spans.received, rows, columns))
            height, width = ready.pixels.shape[:2]
            found.append(psnr_rgb_db(ready.pixels, np.ascontiguousarray(shown[:height, :width])))
        return float(np.mean(found))

    @cached_property
    def _measured(self) -> list[_Ready]:
        count = min(self.settings.pictures, len(self.validation))
        return self.originals([self.validation[i] for i in range(count)])

    def originals(self, pictures: Sequence[Pixels]) -> list[_Ready]:
        return [self._ready(pixels) for pixels in pictures]

    @torch.no_grad()
    def paint(self, model: RowModel, parameters: Parameters, ready: _Ready) -> Painting:
        answered = answers(model, parameters, ready.steps.features)[self.delay :].transpose(0, 1)
        shown = self.finished(ready.spans, answered)
        rows, columns = ready.grid
        pixels = sp.rgb(sp.joined(shown, rows, columns))[: ready.pixels.shape[0], : ready.pixels.shape[1]]
        return Painting(frozen(pixels), psnr_rgb_db(ready.pixels, pixels))

    def code(self, pixels: Pixels) -> tuple[Tensor, Tensor]:
        """Received and original coefficients of a picture, (rows, columns, 192) each."""
        return coefficients(compress(pixels, self.options.quality, self._full_chroma))

    @property
    def _step_scale(self) -> float:
        return jpeg_scale(self.options.quality)

    @property
    def _full_chroma(self) -> bool:
        return bool(self.options.subsampling == "4:4:4")

    def _crop(self, seed: int, entry: int) -> tuple[Tensor, Tensor]:
        """Crop number `entry` of a seed's run, coded; the last few hundred are kept."""
        key = seed, entry
        if key not in self._crops:
            rng = np.random.default_rng((seed, 7, entry + self.pool))
            crop = turn(draw_square(_Drawn(self.train), rng, DataConfig(crop=self.crop)), rng)
            fine = [(part * _FINE).round().to(torch.int16) for part in self.code(crop)]
            self._crops[key] = fine[0], fine[1]
            while len(self._crops) > 4 * self.pool:
                self._crops.popitem(last=False)
        self._crops.move_to_end(key)
        return self._crops[key]

    def _ready(self, pixels: Pixels) -> _Ready:
        received, original = self.code(pixels)
        rows, columns = received.shape[:2]
        span = self.options.span
        count = -(-columns // span)
        column = torch.arange(count * span).expand(rows, -1)
        spans = Spans(
            sp.cut(received, span),
            sp.cut(original, span),
            sp.cut(column < columns, span),
            torch.arange(rows).repeat_interleave(count),
            sp.cut(column, span),
            self._step_scale,
            self._full_chroma,
        )
        return _Ready(pixels, spans, self.arrange(spans), (rows, columns))

    def seen(self, spans: Spans, coefficients_: Tensor) -> Tensor:
        """(…, 192) coefficients as the network sees them, (…, OWN_FEATURES)."""
        return sp.own_features(coefficients_, spans.scale, spans.full_chroma)


class _Drawn(Sequence[Pixels]):
    """A library as a sequence; reads a picture only when it is drawn."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def __len__(self) -> int:
        return len(self._library)

    def __getitem__(self, index: Any) -> Any:
        return self._library[index]


def coefficients(example: Example) -> tuple[Tensor, Tensor]:
    """Coefficients of the standard decode and of the original, (rows, columns, 192) each."""
    pair = torch.from_numpy(np.stack([example.standard, example.original])).permute(0, 3, 1, 2).float()
    ycc = to_ycc(pair)
    ycc[:, 0] -= 128
    received, original = patch_coefficients(ycc)
    return received, original
