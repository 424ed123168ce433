"""Long short-term memory with a forget gate (Gers, Schmidhuber & Cummins, *Learning to forget*, 2000).

(i, f, o) = σ(W x_t + U h_{t-1} + b),   g = tanh(W_g x_t + U_g h_{t-1} + b_g)   (1)
c_t = f ∘ c_{t-1} + i ∘ g                                                       (2)
h_t = o ∘ tanh(c_t)                                                             (3)
"""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from engine.cells import Parameters, uniform


class LSTMCell:
    """State: h and c, concatenated. Gate rows stand in the order i, f, g, o."""

    name = "lstm"

    def state_size(self, units: int) -> int:
        return 2 * units

    def initial(self, inputs: int, units: int, generator: Generator) -> dict[str, Tensor]:
        bias = torch.zeros(4 * units)
        bias[units : 2 * units] = 1.0  # start by remembering (Jozefowicz et al. 2015)
        return {
            "W": uniform(4 * units, inputs, generator),
            "U": uniform(4 * units, units, generator),
            "b": bias,
        }

    def drive(self, parameters: Parameters, x: Tensor) -> Tensor:
        return torch.nn.functional.linear(x, parameters["W"], parameters["b"])

    def recur(self, parameters: Parameters, state: Tensor) -> Tensor:
        return self.output(state) @ parameters["U"].T

    def update(self, parameters: Parameters, drive: Tensor, recurrent: Tensor, state: Tensor) -> Tensor:
        c = state[..., state.shape[-1] // 2 :]
        i, f, g, o = (drive + recurrent).chunk(4, -1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.cat([torch.sigmoid(o) * torch.tanh(c), c], -1)

    def step(self, parameters: Parameters, drive: Tensor, state: Tensor) -> Tensor:
        return self.update(parameters, drive, self.recur(parameters, state), state)

    def output(self, state: Tensor) -> Tensor:
        return state[..., : state.shape[-1] // 2]


LSTM = LSTMCell()
