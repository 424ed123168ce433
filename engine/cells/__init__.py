"""Recurrent cells: one file a cell, named in `engine.registry`.

Each is a pure function of a parameter dictionary, a drive and a state, so that any learner can
differentiate it in whatever way it needs. All follow the protocol `Cell`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Protocol

from torch import Generator, Tensor, rand

Parameters = Mapping[str, Tensor]


class Cell(Protocol):
    """s_t = step(θ, drive(θ, x_t), s_{t-1}); the visible part of s_t is output(s_t).

    Two conventions that learners build on (and the tests hold every cell to): the state is one or more
    vectors of `units` numbers one after the other, the visible one first; and within one step row r of a
    parameter reaches only the numbers of unit r mod `units`, as everything but the recurrent weights'
    product acts unit by unit.
    """

    name: str

    def state_size(self, units: int) -> int:
        """Length of the state vector, a multiple of `units`."""
        ...

    def initial(self, inputs: int, units: int, generator: Generator) -> dict[str, Tensor]:
        """Fresh parameters, drawn from `generator`."""
        ...

    def drive(self, parameters: Parameters, x: Tensor) -> Tensor:
        """The input's part of the pre-activations, (batch, inputs) in: computed once an episode."""
        ...

    def recur(self, parameters: Parameters, state: Tensor) -> Tensor:
        """The recurrent weights' part of the pre-activations: the only way from unit to unit."""
        ...

    def update(self, parameters: Parameters, drive: Tensor, recurrent: Tensor, state: Tensor) -> Tensor:
        """Next state from the parts of the pre-activations, unit by unit."""
        ...

    def step(self, parameters: Parameters, drive: Tensor, state: Tensor) -> Tensor:
        """Next state, (batch, state_size): update(θ, drive, recur(θ, state), state)."""
        ...

    def output(self, state: Tensor) -> Tensor:
        """Hidden activations, (batch, units)."""
        ...


def uniform(rows: int, columns: int, generator: Generator) -> Tensor:
    """(rows, columns) drawn from ±1/√columns, as PyTorch's recurrent layers do."""
    return (2 * rand(rows, columns, generator=generator) - 1) / math.sqrt(columns)
