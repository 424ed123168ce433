"""Elman cell (Elman, *Finding structure in time*, 1990).

h_t = tanh(W x_t + U h_{t-1} + b)                                              (1)
"""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from engine.cells import Parameters, uniform


class ElmanCell:
    """State: h."""

    name = "elman"

    def state_size(self, units: int) -> int:
        return units

    def initial(self, inputs: int, units: int, generator: Generator) -> dict[str, Tensor]:
        return {
            "W": uniform(units, inputs, generator),
            "U": uniform(units, units, generator),
            "b": torch.zeros(units),
        }

    def drive(self, parameters: Parameters, x: Tensor) -> Tensor:
        return torch.nn.functional.linear(x, parameters["W"], parameters["b"])

    def recur(self, parameters: Parameters, state: Tensor) -> Tensor:
        return state @ parameters["U"].T

    def update(self, parameters: Parameters, drive: Tensor, recurrent: Tensor, state: Tensor) -> Tensor:
        return torch.tanh(drive + recurrent)

    def step(self, parameters: Parameters, drive: Tensor, state: Tensor) -> Tensor:
        return self.update(parameters, drive, self.recur(parameters, state), state)

    def output(self, state: Tensor) -> Tensor:
        return state


Elman = ElmanCell()
