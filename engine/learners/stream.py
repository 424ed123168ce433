"""The stream that learners see: patches along a row, K steps each, and the network as pure functions.

With the parameters θ = {embed, recurrent, out} of the raster decoder, features f_i and target y_i of patch
i, and t = i·K + k the step (k from 0),

    a_t = W_e f_i + b_e                                                            (1)
    s_t = f(θ, s_{t-1}, x_t) = cell(relu(a_t), s_{t-1}),   s_{-1} = 0              (2)
    L_t = Σ_rows weight · error(scale · (W_o h_t + b_o), y_i)                      (3)

The state is carried along the row and reset at its start; rows are independent of one another. Features
are given: what earlier patches of the row contributed to them is context, no path for gradients.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn.functional import linear

from engine.cells import Cell, Parameters, uniform
from engine.cells.attention import Attention
from engine.decoders.base import YCC_TO_RGB, colour_matrix
from engine.decoders.dct import COEFFICIENTS
from engine.decoders.raster_network import OUTPUT_SCALE
from engine.registry import CELLS

Gradient = dict[str, Tensor]
"""∂(Σ losses)/∂θ, summed over rows, by parameter name."""

EMBED, RECURRENT, OUT, ATTENTION = "embed.", "recurrent.", "out.", "attention."
"""What the names of parameters begin with; the first three as in `RasterNetwork.named_parameters()`."""


def squared_error(estimate: Tensor, target: Tensor) -> Tensor:
    """(rows,) mean of the squared differences of (rows, outputs)."""
    return (estimate - target).square().mean(-1)


def colour_error(estimate: Tensor, target: Tensor) -> Tensor:
    """(rows,) mean squared error an RGB sample, in 8-bit levels, of (rows, 192) YCbCr coefficients."""
    error = (estimate - target).view(-1, 3, COEFFICIENTS // 3)
    return torch.matmul(colour_matrix(YCC_TO_RGB, error), error).square().mean((-2, -1))


@dataclass(frozen=True)
class Patch:
    """One patch of every row; constant over its K steps.

    features: (rows, features). target: (rows, outputs), the residual wanted. weights: (K, rows), what the
    error of each step counts in the loss.
    """

    features: Tensor
    target: Tensor
    weights: Tensor


@dataclass(frozen=True)
class RowModel:
    """The network of equations (1) to (3), without its parameters.

    cell: its recurrent unit; units: the width of embedding and cell; steps: K; attention: None, or what
    makes it attentive (see `engine.cells.attention`); error: (rows, outputs) twice to (rows,).
    """

    cell: Cell
    units: int
    steps: int
    attention: Attention | None = None
    error: Callable[[Tensor, Tensor], Tensor] = squared_error
    scale: float = 1.0

    @property
    def state_size(self) -> int:
        return self.cell.state_size(self.units)

    @property
    def parts(self) -> int:
        """Numbers of the state that belong to one unit: 1, for an LSTM 2."""
        return self.state_size // self.units

    def initial(self, features: int, outputs: int, generator: Generator) -> dict[str, Tensor]:
        """Fresh parameters, all random, drawn from `generator`."""
        result = {
            EMBED + "weight": uniform(self.units, features, generator),
            EMBED + "bias": uniform(self.units, features, generator)[:, 0],
            OUT + "weight": uniform(outputs, self.units, generator),
            OUT + "bias": uniform(outputs, self.units, generator)[:, 0],
        }
        for name, value in self.cell.initial(self.units, self.units, generator).items():
            result[RECURRENT + name] = value
        if self.attention is not None:
            for name, value in self.attention.initial(self.units, generator).items():
                result[ATTENTION + name] = value
        return result

    def preactivation(self, parameters: Parameters, features: Tensor) -> Tensor:
        """a of equation (1), (rows, units)."""
        return linear(features, parameters[EMBED + "weight"], parameters[EMBED + "bias"])

    def drive(self, parameters: Parameters, preactivation: Tensor) -> Tensor:
        """What the cell is driven by, the same for all steps of a patch."""
        return self.cell.drive(group(parameters, RECURRENT), torch.relu(preactivation))

    def step(self, parameters: Parameters, drive: Tensor, state: Tensor) -> Tensor:
        """s_t of equation (2), without attention."""
        return self.cell.step(group(parameters, RECURRENT), drive, state)

    def estimate(self, parameters: Parameters, state: Tensor) -> Tensor:
        """(rows, outputs) residual that is read out of a state."""
        return self.scale * linear(
            self.cell.output(state), parameters[OUT + "weight"], parameters[OUT + "bias"]
        )

    def loss(self, parameters: Parameters, state: Tensor, patch: Patch, k: int) -> Tensor:
        """L_t of equation (3) at step k of a patch, a scalar."""
        return (patch.weights[k] * self.error(self.estimate(parameters, state), patch.target)).sum()


def group(parameters: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """The parameters whose names begin with `prefix`, without it."""
    return {name.removeprefix(prefix): value for name, value in parameters.items() if name.startswith(prefix)}


def decoder_model(cell: str, units: int, steps: int, attention: Attention | None = None) -> RowModel:
    """The raster decoder's network of these sizes, with its loss: squared error an RGB sample."""
    return RowModel(CELLS.get(cell), units, steps, attention, colour_error, OUTPUT_SCALE)
