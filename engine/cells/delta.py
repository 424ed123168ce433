"""Delta-RNN (Ororbia, Mikolov & Reitter, *Learning simpler language models with the differential state
framework*, Neural Computation 29, 2017): a fast, multiplicative proposal z, mixed into a slow state.

d¹_t = α ∘ V h_{t-1} ∘ W x_t                                                   (1)
d²_t = β₁ ∘ V h_{t-1} + β₂ ∘ W x_t                                             (2)
z_t = tanh(d¹_t + d²_t + b)                                                    (3)
r_t = σ(W x_t + b_r)                                                           (4)
h_t = Φ((1 − r_t) ∘ z_t + r_t ∘ h_{t-1}),   Φ the identity                     (5)

α starts at 2, β₁ and β₂ at 1. The paper leaves Φ open; with the identity h stays in (−1, 1) and r = 1
keeps it unchanged.
"""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from engine.cells import Parameters, uniform


class DeltaRNNCell:
    """State: h."""

    name = "delta"

    def state_size(self, units: int) -> int:
        return units

    def initial(self, inputs: int, units: int, generator: Generator) -> dict[str, Tensor]:
        return {
            "W": uniform(units, inputs, generator),
            "V": uniform(units, units, generator),
            "alpha": torch.full((units,), 2.0),
            "beta_1": torch.ones(units),
            "beta_2": torch.ones(units),
            "b": torch.zeros(units),
            "b_r": torch.zeros(units),
        }

    def drive(self, parameters: Parameters, x: Tensor) -> Tensor:
        return x @ parameters["W"].T

    def recur(self, parameters: Parameters, state: Tensor) -> Tensor:
        return state @ parameters["V"].T

    def update(self, parameters: Parameters, drive: Tensor, recurrent: Tensor, state: Tensor) -> Tensor:
        first = parameters["alpha"] * recurrent * drive
        second = parameters["beta_1"] * recurrent + parameters["beta_2"] * drive
        z = torch.tanh(first + second + parameters["b"])
        r = torch.sigmoid(drive + parameters["b_r"])
        return (1 - r) * z + r * state

    def step(self, parameters: Parameters, drive: Tensor, state: Tensor) -> Tensor:
        return self.update(parameters, drive, self.recur(parameters, state), state)

    def output(self, state: Tensor) -> Tensor:
        return state


DeltaRNN = DeltaRNNCell()
