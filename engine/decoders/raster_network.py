"""The raster decoder's network: embedding, recurrent cell, read-out, and what it may remember of a row.

For patch i with features f_i (see `raster_features`) and received coefficients q_i,

    e_i = relu(W_e f_i + b_e)                                                      (1)
    h_k = cell(e_i, h_{k-1}),   k = 1..K                                           (2)
    x_i^k = q_i + 20 · (W_o h_k + b_o)                                             (3)

(*Learned Neural Iterative Decoding*, DCC 2019, eqs. 1–4, with features and residual in the DCT domain).
A network trained with a `span` carries its state from patch to patch and restarts after so many patches of
a row; an attentive one also recalls states of the span (`engine.cells.attention`), which change h_k.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from engine.cells import Cell
from engine.cells.attention import Attention
from engine.decoders import raster_features as rf
from engine.decoders.base import filled
from engine.decoders.dct import COEFFICIENTS
from engine.registry import CELLS

OUTPUT_SCALE = 20.0


@dataclass(frozen=True)
class RasterSizes:
    """cell: a name in the registry of cells; units: its width; steps: K in training.

    span: patches of a row along which the state is carried; 0: each patch starts from 0 (unless a run
    asks for carry). k_top: memories recalled at a time, 0: no attention; k_att: steps from one memory to
    the next. embed: width of e_i; 0: as many as units.
    """

    cell: str = "lstm"
    units: int = 128
    steps: int = 4
    span: int = 0
    k_top: int = 0
    k_att: int = 4
    embed: int = 0

    def __post_init__(self) -> None:
        if min(self.units, self.steps, self.k_att) < 1:
            raise ValueError("units, steps and k_att must be at least 1")
        if min(self.span, self.k_top, self.embed) < 0:
            raise ValueError("span, k_top and embed can't be negative")
        if self.k_top and not self.span:
            raise ValueError("attention needs a span: memories are those of a span")

    @property
    def attention(self) -> Attention | None:
        return Attention(self.k_top, self.k_att) if self.k_top else None


class Memory:
    """What the spans in progress remember; every span has a lane of its own.

    values, keys: (lanes, 1 + memories, units); entry 0 is the state of 0 at the span's start. there: bool
    (lanes, 1 + memories). done: int64 (lanes,), steps since the span's start.
    """

    def __init__(self, network: RasterNetwork, lanes: int, steps: int) -> None:
        sizes, like = network.sizes, network.out.weight
        memories = sizes.span * steps // sizes.k_att
        self.values = like.new_zeros(lanes, 1 + memories, sizes.units)
        self.keys = torch.zeros_like(self.values)
        self.there = torch.zeros(lanes, 1 + memories, dtype=torch.bool, device=like.device)
        self.there[:, 0] = True
        self.done = torch.zeros(lanes, dtype=torch.int64, device=like.device)

    def restart(self, lanes: Tensor) -> None:
        """Begin a new span in `lanes`."""
        self.there[lanes, 1:] = False
        self.done[lanes] = 0


class RasterNetwork(nn.Module):
    """The network of the module's docstring."""

    def __init__(self, sizes: RasterSizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.cell: Cell = CELLS.get(sizes.cell)
        width = sizes.embed or sizes.units
        self.embed = nn.Linear(rf.FEATURES, width)
        generator = torch.Generator().manual_seed(torch.initial_seed())
        initial = self.cell.initial(width, sizes.units, generator)
        self.recurrent = nn.ParameterDict({name: nn.Parameter(value) for name, value in initial.items()})
        self.out = nn.Linear(sizes.units, COEFFICIENTS)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)
        if sizes.attention is not None:
            initial = sizes.attention.initial(sizes.units, generator)
            self.attention = nn.ParameterDict({name: nn.Parameter(value) for name, value in initial.items()})

    def see(self, static: Tensor, causal: Tensor | None) -> Tensor:
        """e_i of equation (1), from the two groups of features; None: no causal neighbour is there."""
        seen = nn.functional.linear(static, self.embed.weight[:, : rf.STATIC], self.embed.bias)
        if causal is not None:
            seen = seen + nn.functional.linear(causal, self.embed.weight[:, rf.STATIC :])
        return torch.relu(seen)

    def episode(
        self,
        seen: Tensor,
        state: Tensor | None,
        steps: int,
        memory: Memory | None = None,
        lanes: Tensor | None = None,
        recalled: list[Tensor] | None = None,
    ) -> list[Tensor]:
        """States of steps 1 to `steps`, each (patches, state size); state None: h_0 = 0.

        memory, lanes: for attentive networks, where the patches' spans remember; the memory moves on.
        recalled: if given, gets the weights of each step's memories, (patches, 1 + memories).
        """
        parameters = cast("dict[str, Tensor]", self.recurrent)
        if state is None:
            state = seen.new_zeros(len(seen), self.cell.state_size(self.sizes.units))
        drive = self.cell.drive(parameters, seen)
        states = []
        for _ in range(steps):
            state = self.cell.step(parameters, drive, state)
            if memory is not None and lanes is not None:
                state, weights = self._recall(state, memory, lanes)
                if recalled is not None:
                    recalled.append(weights)
            states.append(state)
        return states

    def _recall(self, state: Tensor, memory: Memory, lanes: Tensor) -> tuple[Tensor, Tensor]:
        """Equations (2) to (6) of `engine.cells.attention`; then the new state may become a memory."""
        sizes = self.sizes
        assert sizes.attention is not None
        own = cast("dict[str, Tensor]", self.attention)
        h = state[:, : sizes.units]
        weights = sizes.attention.weights(own, h, memory.keys[lanes], memory.there[lanes])
        h = h + (weights[..., None] * memory.values[lanes]).sum(1)
        memory.done[lanes] += 1
        done = memory.done[lanes]
        due = done % sizes.k_att == 0
        where, slot = lanes[due], done[due] // sizes.k_att
        memory.values[where, slot] = h[due].to(memory.values.dtype)
        keys = sizes.attention.key(own, filled(h[due]))[: len(where)]
        memory.keys[where, slot] = keys.to(memory.keys.dtype)
        memory.there[where, slot] = True
        return torch.cat([h, state[:, sizes.units :]], -1), weights

    def residual(self, state: Tensor) -> Tensor:
        """(…, 192) coefficients to add to the received ones."""
        return OUTPUT_SCALE * self.out(self.cell.output(state))  # type: ignore[no-any-return]
