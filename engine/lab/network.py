"""A lane's network as a module, so that optimisers and averages of `engine.training` serve it."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from engine.cells import uniform
from engine.lab.settings import NetworkSettings
from engine.learners.stream import ATTENTION, EMBED, OUT, RECURRENT, RowModel
from engine.learners.transition import paths


class _Group(nn.Module):
    """Parameters by name."""

    def __init__(self, values: dict[str, Tensor]) -> None:
        super().__init__()
        for name, value in values.items():
            self.register_parameter(name, nn.Parameter(value))


class LabNetwork(nn.Module):
    """The parameters of a `RowModel`, named as it names them.

    Drawn from `seed` alone: lanes of a seed begin alike, as far as their cells allow. masks: 0 where a
    recurrent weight does not exist, see `NetworkSettings.density`.
    """

    def __init__(
        self,
        model: RowModel,
        settings: NetworkSettings,
        sizes: tuple[int, int],
        seed: int,
        fixed: dict[str, Tensor],
        start: dict[str, Tensor],
    ) -> None:
        """sizes: features and outputs. fixed: parameters that stay as given; start: those that begin so."""
        super().__init__()
        features, outputs = sizes
        generator = torch.Generator().manual_seed(seed)
        width = settings.embed or settings.units
        groups = {
            EMBED: {
                "weight": uniform(width, features, generator),
                "bias": uniform(width, features, generator)[:, 0].clone(),
            },
            OUT: {"weight": torch.zeros(outputs, model.units), "bias": torch.zeros(outputs)},
            RECURRENT: model.cell.initial(width, model.units, generator),
        }
        if model.attention is not None:
            groups[ATTENTION] = model.attention.initial(model.units, generator)
        for prefix, values in groups.items():
            given = {**fixed, **start}
            own = {name: given.get(prefix + name, value).clone() for name, value in values.items()}
            self.add_module(prefix.rstrip("."), _Group(own))
        for name, parameter in self.named_parameters():
            parameter.requires_grad_(name not in fixed)
        self.masks: dict[str, Tensor] = {}
        product = paths(model, dict(self.named_parameters())).product
        if product is not None:
            recurrent = self.get_parameter(RECURRENT + product)
            with torch.no_grad():
                recurrent.mul_(settings.gain)
                if settings.density < 1:
                    mask = _mask(recurrent, settings.density, model.units, generator)
                    recurrent.mul_(mask / math.sqrt(settings.density))
                    self.masks[RECURRENT + product] = mask


def _mask(like: Tensor, density: float, units: int, generator: torch.Generator) -> Tensor:
    """The same choice of units for every gate; a unit always reaches itself."""
    chosen = torch.rand(units, units, generator=generator) < density
    chosen |= torch.eye(units, dtype=torch.bool)
    return chosen.repeat(len(like) // units, 1).to(like.dtype)
