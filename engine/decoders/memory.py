"""Memory decoder: a small recurrent network of the lab (`engine.lab`), which sees one patch a step and has to
answer for patches from its state.

With f_i what the network is given of the i-th patch of a span (`spans`), nothing (0) beyond the span's end,
and d the delay,

    e_i = relu(W_e f_i + b_e)                                                      (1)
    h_{i,k} = cell(e_i, h_{i,k−1}),   k = 1..K,   h_{i,0} = h_{i−1,K},   h_{0,0} = 0   (2)
    x_{i−d} = s (W_o h_i + b_o)                                                    (3)

Tasks: "late-answer" has d > 0; "differences" is given DCs as differences along the span; "lost-packets" sees
nothing of the lost patches, and its answers count there alone; "refine" has nothing to remember. The answer
is painted from grey, or is added to the standard decode ("residual"). Nothing of the stream goes past the
network otherwise: no projection into quantisation cells, no guard: what is seen is what was remembered.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from engine.cells import Cell
from engine.cells.attention import Attention
from engine.decoders.base import pick_device, tensor_from_pixels, to_ycc
from engine.decoders.dct import COEFFICIENTS, patch_coefficients
from engine.decoders.raster_network import RasterSizes
from engine.decoders.raster_notes import Notes
from engine.decoders.spans import OWN_FEATURES, cut, joined, lost, own_features, rgb, sent
from engine.models.card import ModelCard
from engine.models.checkpoint import load_weights
from engine.records import build
from engine.registry import CELLS
from engine.types import Cancelled, Coded, DecodeOptions, Estimate, Progress, frozen, patch_grid

TASKS = ("late-answer", "differences", "lost-packets", "refine")
RESIDUAL, PICTURE = 20.0, 100.0
"""s of equation (3), 8-bit levels."""


@dataclass(frozen=True)
class MemorySizes:
    """What rebuilds a network and what it was trained to do.

    cell, units, embed, steps, k_top, k_att: as in `RasterSizes`; carried: as in `Attention`. span: patches
    along which the state is carried. delay: patches between one and its answer. answer: "picture" or
    "residual". keep, lose: patches that arrive and then are lost.
    """

    task: str
    cell: str = "elman"
    units: int = 32
    embed: int = 0
    steps: int = 1
    span: int = 16
    k_top: int = 0
    k_att: int = 1
    carried: bool = True
    delay: int = 0
    answer: str = "picture"
    keep: int = 4
    lose: int = 3

    def __post_init__(self) -> None:
        if self.task not in TASKS:
            raise ValueError(f"unknown task '{self.task}' (known: {', '.join(TASKS)})")
        if min(self.units, self.steps, self.span, self.k_att, self.keep, self.lose) < 1:
            raise ValueError("units, steps, span, k_att, keep and lose must be at least 1")
        if min(self.embed, self.k_top, self.delay) < 0 or self.answer not in ("picture", "residual"):
            raise ValueError("embed, k_top and delay can't be negative; answer is 'picture' or 'residual'")

    @property
    def features(self) -> int:
        return OWN_FEATURES + (self.task == "lost-packets")

    @property
    def attention(self) -> Attention | None:
        return Attention(self.k_top, self.k_att, self.carried) if self.k_top else None

    def as_raster(self) -> RasterSizes:
        """What both have, for what takes down states."""
        return RasterSizes(self.cell, self.units, self.steps, self.span, self.k_top, self.k_att, self.embed)


class MemoryNetwork(nn.Module):
    """The network of the module's docstring; parameters are named as in `engine.learners.stream`."""

    def __init__(self, sizes: MemorySizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.cell: Cell = CELLS.get(sizes.cell)
        width, generator = sizes.embed or sizes.units, torch.Generator().manual_seed(0)
        self.embed = nn.Linear(sizes.features, width)
        initial = self.cell.initial(width, sizes.units, generator)
        self.recurrent = nn.ParameterDict({name: nn.Parameter(value) for name, value in initial.items()})
        self.out = nn.Linear(sizes.units, COEFFICIENTS)
        if sizes.attention is not None:
            initial = sizes.attention.initial(sizes.units, generator)
            self.attention = nn.ParameterDict({name: nn.Parameter(value) for name, value in initial.items()})

    def forward(self, features: Tensor, steps: int) -> Iterator[tuple[list[Tensor], list[Tensor]]]:
        """Patch after patch of (patches, spans, features): the states of its `steps`, (spans, state) each,
        and of attentive networks the weights of their memories."""
        parameters = cast("dict[str, Tensor]", self.recurrent)
        seen = torch.relu(self.embed(features))
        state = seen.new_zeros(features.shape[1], self.cell.state_size(self.sizes.units))
        values, keys, taken = [state[:, : self.sizes.units]], self._keys(state), 0
        for drive in self.cell.drive(parameters, seen.flatten(0, 1)).view(*seen.shape[:2], -1):
            states, recalled = [], []
            for _ in range(steps):
                state = shown = self.cell.step(parameters, drive, state)
                taken += 1
                if self.sizes.attention is not None:
                    shown, weights = self._recall(state, values, keys)
                    state = shown if self.sizes.carried else state
                    recalled.append(weights)
                    if taken % self.sizes.k_att == 0:
                        values.append(state[:, : self.sizes.units])
                        keys += self._keys(state)
                states.append(shown)
            yield states, recalled

    def _keys(self, state: Tensor) -> list[Tensor]:
        if self.sizes.attention is None:
            return []
        own = cast("dict[str, Tensor]", self.attention)
        return [self.sizes.attention.key(own, state[:, : self.sizes.units])]

    def _recall(self, state: Tensor, values: list[Tensor], keys: list[Tensor]) -> tuple[Tensor, Tensor]:
        """Equations (2) to (6) of `engine.cells.attention`."""
        assert self.sizes.attention is not None
        h = state[:, : self.sizes.units]
        own = cast("dict[str, Tensor]", self.attention)
        weights = self.sizes.attention.weights(own, h, torch.stack(keys, 1))
        h = h + (weights[..., None] * torch.stack(values, 1)).sum(1)
        return torch.cat([h, state[:, self.sizes.units :]], -1), weights

    def answer(self, state: Tensor) -> Tensor:
        """(…, 192) of equation (3)."""
        scale = RESIDUAL if self.sizes.answer == "residual" else PICTURE
        return scale * self.out(self.cell.output(state))  # type: ignore[no-any-return]


@dataclass(frozen=True, eq=False)
class _Given:
    """received: (spans, span, 192) coefficients of the standard decode. features: (patches, spans, features).
    missing: bool (spans, span), where nothing arrived; None for tasks where all does."""

    received: Tensor
    features: Tensor
    missing: Tensor | None


def _given(sizes: MemorySizes, coded: Coded, device: torch.device) -> _Given:
    ycc = to_ycc(255 * tensor_from_pixels(coded.standard, device))
    ycc[:, 0] -= 128
    patches = patch_coefficients(ycc)[0]
    if sizes.task == "differences":  # its streams hold whole spans, their last column repeated
        extra = -patches.shape[1] % sizes.span
        patches = torch.cat([patches, patches[:, -1:].expand(-1, extra, -1)], 1)
    received, missing = cut(patches, sizes.span), None
    shown = sent(received) if sizes.task == "differences" else received
    features = own_features(shown, coded.scale, coded.subsampling == "4:4:4")
    if sizes.task == "lost-packets":
        rows, columns = patches.shape[:2]
        column = torch.arange(columns + -columns % sizes.span, device=device).expand(rows, -1)
        row = torch.arange(rows, device=device).repeat_interleave(column.shape[1] // sizes.span)
        missing = lost(row, cut(column, sizes.span), sizes.keep, sizes.lose)
        arrived = (~missing).float()[..., None]
        features = torch.cat([features * arrived, arrived], -1)
    late = torch.nn.functional.pad(features, (0, 0, 0, sizes.delay))
    return _Given(received, late.transpose(0, 1).contiguous(), missing)


class MemoryDecoder:
    """A trained network of the lab as a `Decoder`."""

    def __init__(self, card: ModelCard, network: MemoryNetwork) -> None:
        self.card = card
        self.network = network.eval()

    @classmethod
    def load(cls, card: ModelCard) -> MemoryDecoder:
        network = MemoryNetwork(build(MemorySizes, card.network, f"model '{card.name}'"))
        load_weights(network, card.weights_path)
        return cls(card, network)

    def refine(
        self, coded: Coded, options: DecodeOptions, cancelled: Cancelled, progress: Progress
    ) -> Iterator[Estimate]:
        """All K steps of a patch come before the next patch, so steps are yielded after the whole picture,
        each with its equal share of the time."""
        start, sizes = time.perf_counter(), self.network.sizes
        steps = options.steps or sizes.steps
        rows, columns = patch_grid(coded.height, coded.width)
        device = pick_device(options.device)
        network = self.network.to(device)
        notes = Notes(sizes.as_raster(), rows, columns, steps) if options.inside else None
        with torch.inference_mode():
            given = _given(sizes, coded, device)
            patches = len(given.features)
            found: list[list[Tensor]] = [[] for _ in range(steps)]
            for number, (states, recalled) in enumerate(network(given.features, steps)):
                if cancelled():
                    return
                progress((number + 1) / patches)
                place = number - sizes.delay
                if place < 0:
                    continue
                for k, state in enumerate(states):
                    found[k].append(network.answer(state))
                if notes is not None:
                    self._note(notes, place, states, recalled)
            shown = [self._shown(given, torch.stack(each, 1), options.strength) for each in found]
        seconds = time.perf_counter() - start
        for k in range(steps):
            pixels = rgb(joined(shown[k], rows, columns))[: coded.height, : coded.width]
            inside = notes.inside(k) if notes is not None else None
            yield Estimate(k + 1, frozen(pixels), seconds * (k + 1) / steps, inside)
            if cancelled():
                return

    def _shown(self, given: _Given, answered: Tensor, strength: float) -> Tensor:
        """Coefficients to show, (spans, span, 192), from answers of the same shape."""
        if self.network.sizes.answer == "residual":
            answered = given.received + answered
        if given.missing is not None:
            answered = torch.where(given.missing[..., None], answered, given.received)
        return torch.lerp(given.received, answered, strength) if strength != 1 else answered

    def _note(self, notes: Notes, place: int, states: list[Tensor], recalled: list[Tensor]) -> None:
        """Take down the states that patch `place` of every span is answered from."""
        rows, columns = notes.grid
        spans = -(-columns // self.network.sizes.span)
        column = torch.arange(spans) * self.network.sizes.span + place
        there = column < columns
        chosen = (torch.arange(rows)[:, None] * columns + column[there]).flatten()
        keep = there.repeat(rows)
        notes.take(chosen, [s[keep] for s in states], [w[keep] for w in recalled])
