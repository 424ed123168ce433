"""The networks of decoders as one function each, tensors in, tensors out, as ONNX has them."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.func import functional_call

from engine.decoders import raster_features as rf
from engine.decoders.base import Decoder, to_rgb, to_ycc
from engine.decoders.raster import RasterDecoder
from engine.decoders.raster_network import RasterNetwork
from engine.decoders.scaled_sweep import ScaledSweep
from engine.decoders.sibling import SiblingDecoder
from engine.decoders.sweep import SweepDecoder
from engine.decoders.sweep_network import UNIT, SweepNetwork
from engine.errors import UserError


@dataclass(frozen=True)
class Exported:
    """A network to export. inputs: names; examples: tensors of these, to trace it by; free: which axes of
    each may have another length, called so, and what that is a multiple of; outputs: names."""

    network: nn.Module
    inputs: tuple[str, ...]
    examples: tuple[Tensor, ...]
    free: dict[str, dict[int, tuple[str, int]]]
    outputs: tuple[str, ...]


class Sweeps(nn.Module):
    """All sweeps over a picture.

    standard: (1, 3, height, width) RGB, 0 to 1, of the standard decode, sides multiples of 16. condition:
    (1, numbers), see `engine.decoders.sweep.condition_of`. estimates: (steps, 3, height, width) RGB.
    """

    def __init__(self, network: SweepNetwork, steps: int) -> None:
        super().__init__()
        self.network, self.steps = network, steps

    def forward(self, standard: Tensor, condition: Tensor) -> Tensor:
        found = list(self.network(to_ycc(standard), condition, self.steps))
        return to_rgb(torch.cat(found))


class ScaledSweeps(nn.Module):
    """The same of a network whose weights depend on the step scale: they are mixed within the graph."""

    def __init__(self, network: ScaledSweep, steps: int) -> None:
        super().__init__()
        self.anchors, self.steps = network.anchors, steps
        self.logs = [math.log(scale) for scale in network.sizes.scales]

    def forward(self, standard: Tensor, condition: Tensor) -> Tensor:
        parts = [dict(anchor.named_parameters()) for anchor in self.anchors]
        shares = self.shares(condition[0, 0])
        mixed = {
            name: torch.stack([share * part[name] for share, part in zip(shares, parts, strict=True)]).sum(0)
            for name in parts[0]
        }
        estimates = functional_call(self.anchors[0], mixed, (to_ycc(standard), condition, self.steps))
        return to_rgb(torch.cat(list(estimates)))

    def shares(self, log_scale: Tensor) -> list[Tensor]:
        """As `ScaledSweep.shares`, of a tensor: hats over the logs, flat beyond the ends."""
        at = log_scale.clamp(self.logs[0], self.logs[-1])
        rising = [(at - low) / (high - low) for low, high in itertools.pairwise(self.logs)]
        up = [torch.ones_like(at), *rising]
        down = [*(1 - each for each in rising), torch.ones_like(at)]
        return [torch.minimum(a, b).clamp(0, 1) for a, b in zip(up, down, strict=True)]


class Patches(nn.Module):
    """The episode of some patches, which are independent of each other.

    static, causal: (patches, features), see `engine.decoders.raster_features`. state: (patches, state size),
    0 where an episode starts anew. residuals: (steps, patches, 192) coefficients to add to the received ones.
    last: (patches, state size), to carry on.
    """

    def __init__(self, network: RasterNetwork, steps: int) -> None:
        super().__init__()
        self.network, self.steps = network, steps

    def forward(self, static: Tensor, causal: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        states = self.network.episode(self.network.see(static, causal), state, self.steps)
        return self.network.residual(torch.stack(states)), states[-1]


def exported(decoder: Decoder, steps: int) -> Exported:
    """A decoder's network. Raises UserError where there is none, or none that ONNX can hold."""
    name = decoder.card.name
    if isinstance(decoder, SweepDecoder):
        network = decoder.network
        sizes = network.sizes
        whole = ScaledSweeps(network, steps) if isinstance(network, ScaledSweep) else Sweeps(network, steps)
        sides = {2: ("height", UNIT), 3: ("width", UNIT)}
        return Exported(
            whole.eval(),
            ("standard", "condition"),
            (torch.rand(1, 3, 3 * UNIT, 4 * UNIT), torch.zeros(1, sizes.conditions)),
            {"standard": sides, "condition": {}},
            ("estimates",),
        )
    if isinstance(decoder, RasterDecoder | SiblingDecoder):
        patches = decoder.network
        if getattr(patches.sizes, "attention", None) is not None:
            raise UserError(f"decoder '{name}' recalls memories along a row, which is no function of a patch")
        state = patches.cell.state_size(patches.sizes.units)
        lengths = {"static": rf.STATIC, "causal": rf.FEATURES - rf.STATIC, "state": state}
        return Exported(
            Patches(patches, steps).eval(),
            tuple(lengths),
            tuple(torch.randn(5, length) for length in lengths.values()),
            {each: {0: ("patches", 1)} for each in lengths},
            ("residuals", "last"),
        )
    raise UserError(f"decoder '{name}' has no network")
