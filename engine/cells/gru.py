"""Gated recurrent unit (Cho et al., *Learning phrase representations using RNN encoder–decoder*, 2014), in
the reset-after form that cuDNN and PyTorch use: the reset gate acts on the recurrent product, not on the
state that enters it, so that within one step a weight reaches its own unit only.

(r, z) = σ(W x_t + U h_{t-1} + b)                                              (1)
n = tanh(W_n x_t + b_n + r ∘ (U_n h_{t-1} + c))                                (2)
h_t = (1 − z) ∘ n + z ∘ h_{t-1}                                                (3)
"""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from engine.cells import Parameters, uniform


class GRUCell:
    """State: h. Gate rows stand in the order r, z, n."""

    name = "gru"

    def state_size(self, units: int) -> int:
        return units

    def initial(self, inputs: int, units: int, generator: Generator) -> dict[str, Tensor]:
        return {
            "W": uniform(3 * units, inputs, generator),
            "U": uniform(3 * units, units, generator),
            "b": torch.zeros(3 * units),
            "c": torch.zeros(units),
        }

    def drive(self, parameters: Parameters, x: Tensor) -> Tensor:
        return torch.nn.functional.linear(x, parameters["W"], parameters["b"])

    def recur(self, parameters: Parameters, state: Tensor) -> Tensor:
        return state @ parameters["U"].T

    def update(self, parameters: Parameters, drive: Tensor, recurrent: Tensor, state: Tensor) -> Tensor:
        from_input, from_state = drive.chunk(3, -1), recurrent.chunk(3, -1)
        r = torch.sigmoid(from_input[0] + from_state[0])
        z = torch.sigmoid(from_input[1] + from_state[1])
        n = torch.tanh(from_input[2] + r * (from_state[2] + parameters["c"]))
        return (1 - z) * n + z * state

    def step(self, parameters: Parameters, drive: Tensor, state: Tensor) -> Tensor:
        return self.update(parameters, drive, self.recur(parameters, state), state)

    def output(self, state: Tensor) -> Tensor:
        return state


GRU = GRUCell()
