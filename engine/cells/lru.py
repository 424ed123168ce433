"""Linear recurrent unit (Orvieto et al., *Resurrecting recurrent neural networks for long sequences*, ICML
2023, arXiv 2303.06349): a diagonal, complex, linear recurrence.

λ = exp(−exp(ν) + i exp(φ)),   γ = √(1 − |λ|²)                                 (1)
z_t = λ ∘ z_{t-1} + γ ∘ (W x_t + b)                                            (2)
h_t = Re z_t                                                                   (3)

Units don't reach each other, so their influence is theirs alone (`engine.learners.diagonal`). |λ| begins
between 0.4 and 0.95, the phase up to π: short memories and long ones, slow and fast.
"""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor

from engine.cells import Parameters, uniform

SHORTEST, LONGEST = 0.4, 0.95
"""|λ| at the start."""


class LRUCell:
    """State: Re z and Im z. Rows of W and b stand in the same order."""

    name = "lru"

    def state_size(self, units: int) -> int:
        return 2 * units

    def initial(self, inputs: int, units: int, generator: Generator) -> dict[str, Tensor]:
        squares = SHORTEST**2 + (LONGEST**2 - SHORTEST**2) * torch.rand(units, generator=generator)
        phase = math.pi * (0.01 + 0.99 * torch.rand(units, generator=generator))
        return {
            "W": uniform(2 * units, inputs, generator),
            "b": torch.zeros(2 * units),
            "nu": (-0.5 * squares.log()).log(),
            "phi": phase.log(),
        }

    def drive(self, parameters: Parameters, x: Tensor) -> Tensor:
        return torch.nn.functional.linear(x, parameters["W"], parameters["b"])

    def recur(self, parameters: Parameters, state: Tensor) -> Tensor:
        return torch.zeros_like(state)

    def update(self, parameters: Parameters, drive: Tensor, recurrent: Tensor, state: Tensor) -> Tensor:
        size, phase = torch.exp(-torch.exp(parameters["nu"])), torch.exp(parameters["phi"])
        real, imaginary = size * torch.cos(phase), size * torch.sin(phase)
        gamma = torch.sqrt(1 - size.square())
        (x, y), (to_x, to_y) = state.chunk(2, -1), drive.chunk(2, -1)
        return torch.cat(
            [real * x - imaginary * y + gamma * to_x, imaginary * x + real * y + gamma * to_y], -1
        )

    def step(self, parameters: Parameters, drive: Tensor, state: Tensor) -> Tensor:
        return self.update(parameters, drive, state, state)

    def output(self, state: Tensor) -> Tensor:
        return state[..., : state.shape[-1] // 2]


LRU = LRUCell()
