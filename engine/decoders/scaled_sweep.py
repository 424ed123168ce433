"""One sweep network for coarse and fine streams: its weights depend on the step scale.

A network that serves every quality has to do two things that have little in common: mend blocks that lost
most of what was in them, and touch fine streams by a fraction of a level. Telling it the scale isn't enough
for weights of this number. So it has a set of weights W_i at each of a few step scales s_1 < s_2 < …, its
anchors, and a stream of scale s gets

    W(s) = (1 − m) W_i + m W_{i+1},    m = log(s ∕ s_i) ∕ log(s_{i+1} ∕ s_i),

the nearest anchor's beyond the ends. Mixed once a picture, they cost nothing afterwards. Weights that are
mixed by what is seen come from Yang et al., *CondConv* (2019); mixing by the quantiser's scale is this
project's own.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn
from torch.func import functional_call

from engine.decoders.sweep_network import SweepNetwork, SweepSizes


class ScaledSweep(nn.Module):
    """Sweep networks of one shape, one for each of `sizes.scales`."""

    def __init__(self, sizes: SweepSizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.anchors = nn.ModuleList(_Whole(sizes) for _ in sizes.scales)

    def parts(self) -> tuple[SweepNetwork, ...]:
        """The anchors."""
        return tuple(each for each in self.anchors if isinstance(each, SweepNetwork))

    def shares(self, scale: float) -> tuple[float, ...]:
        """Of each anchor's weights in those for step scale `scale`; they sum to one."""
        logs = [math.log(each) for each in self.sizes.scales]
        at = min(max(math.log(scale), logs[0]), logs[-1])
        found = [0.0] * len(logs)
        for i, (low, high) in enumerate(itertools.pairwise(logs)):
            if low <= at <= high:
                mix = (at - low) / (high - low)
                found[i], found[i + 1] = 1 - mix, mix
                break
        else:
            found[0] = 1.0
        return tuple(found)

    def at(self, scale: float) -> SweepNetwork:
        """A plain network with the weights for step scale `scale`."""
        network = SweepNetwork(self.sizes)
        with torch.no_grad():
            network.load_state_dict(self._mixed(scale))
        return network

    def forward(self, standard: Tensor, condition: Tensor, steps: int) -> Iterator[Tensor]:
        """As `SweepNetwork.forward`, all at once; the batch gets the weights for its mean log scale."""
        scale = math.exp(condition[:, 0].mean().item())
        estimates = functional_call(self.anchors[0], self._mixed(scale), (standard, condition, steps))
        yield from estimates

    def _mixed(self, scale: float) -> dict[str, Tensor]:
        """Weights for `scale`. Anchors without a share in them are left out, so they get no gradient."""
        parts: list[tuple[float, Mapping[str, Tensor]]] = [
            (share, dict(anchor.named_parameters()))
            for share, anchor in zip(self.shares(scale), self.anchors, strict=True)
            if share > 0
        ]
        if len(parts) == 1:
            return dict(parts[0][1])
        (low, first), (high, second) = parts
        return {name: low * value + high * second[name] for name, value in first.items()}


class _Whole(SweepNetwork):
    """Computes all estimates before it returns, while the weights that it is called with are in place."""

    def forward(self, standard: Tensor, condition: Tensor, steps: int) -> Iterator[Tensor]:
        return iter(list(super().forward(standard, condition, steps)))
