"""No recurrence: a hidden layer that sees the input alone, the baseline that recurrent cells have to beat.

h_t = tanh(W x_t + b)                                                          (1)

The state is ignored, so all steps of an episode give the same estimate.
"""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from engine.cells import Parameters, uniform


class MLPCell:
    """State: h, written and never read."""

    name = "mlp"

    def state_size(self, units: int) -> int:
        return units

    def initial(self, inputs: int, units: int, generator: Generator) -> dict[str, Tensor]:
        return {"W": uniform(units, inputs, generator), "b": torch.zeros(units)}

    def drive(self, parameters: Parameters, x: Tensor) -> Tensor:
        return torch.nn.functional.linear(x, parameters["W"], parameters["b"])

    def recur(self, parameters: Parameters, state: Tensor) -> Tensor:
        return torch.zeros_like(state)

    def update(self, parameters: Parameters, drive: Tensor, recurrent: Tensor, state: Tensor) -> Tensor:
        return torch.tanh(drive)

    def step(self, parameters: Parameters, drive: Tensor, state: Tensor) -> Tensor:
        return self.update(parameters, drive, state, state)

    def output(self, state: Tensor) -> Tensor:
        return state


MLP = MLPCell()
