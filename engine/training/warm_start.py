"""Begin a run from the weights of a trained network; a raster network may be narrower."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor

from engine.decoders.raster_network import RasterNetwork, RasterSizes
from engine.decoders.scaled_sweep import ScaledSweep
from engine.decoders.sweep import network_of
from engine.decoders.sweep_network import SweepNetwork, SweepSizes
from engine.errors import UserError
from engine.models.card import find_card
from engine.models.checkpoint import load_weights
from engine.records import build


def take_over(network: RasterNetwork, name: str) -> None:
    """Copy the weights of model `name` (shipped, or a card's path) into `network`, widening them.

    At first the widened part computes what the model does: new units see everything, with the random
    weights that `network` has, and nothing looks at them yet; attention recalls next to nothing. Raises
    UserError for another cell, more units than `network` has, or a model that is no raster network.
    """
    card = find_card(name)
    if card.kind != "raster":
        raise UserError(f"model '{card.name}': a run can begin from raster networks only")
    old = RasterNetwork(build(RasterSizes, card.network, f"model '{card.name}'"))
    load_weights(old, card.weights_path)
    before, after = old.sizes, network.sizes
    if before.cell != after.cell:
        raise UserError(f"model '{card.name}' has the cell '{before.cell}', not '{after.cell}'")
    if before.units > after.units or old.embed.out_features > network.embed.out_features:
        raise UserError(f"model '{card.name}' is wider than the network to be trained")
    own = dict(network.named_parameters())
    with torch.no_grad():
        for name_, value in old.named_parameters():
            if name_.startswith("attention."):
                continue
            groups = len(value) // before.units if name_.startswith("recurrent.") else 1
            widen(own[name_], value, groups)
        if after.k_top:
            recall_nothing(own)


def take_over_sweep(network: SweepNetwork | ScaledSweep, name: str) -> None:
    """Copy the weights of model `name` (shipped, or a card's path) into `network`, into each of its anchors.

    What `network` is told beyond the model has no effect at first, nor have more residual blocks. Of a model
    with anchors each of `network` gets the weights for its own scale, so that nothing changes at first where
    the model's anchors are among them. Raises UserError for a model that is no sweep network, or one of other
    sizes.
    """
    card = find_card(name)
    if card.kind != "sweep":
        raise UserError(f"model '{card.name}': a sweep network can begin from sweep networks only")
    old = network_of(build(SweepSizes, card.network, f"model '{card.name}'"))
    load_weights(old, card.weights_path)
    parts = network.parts() if isinstance(network, ScaledSweep) else (network,)
    fresh = parts[0].state_dict()  # one for all anchors: between them weights are mixed
    for each, scale in zip(parts, network.sizes.scales or (1.0,), strict=True):
        _take_over_one(each, old.at(scale) if isinstance(old, ScaledSweep) else old, fresh, card.name)


def _take_over_one(network: SweepNetwork, old: SweepNetwork, fresh: Mapping[str, Tensor], name: str) -> None:
    new = network.sizes
    extra = new.conditions - old.sizes.conditions
    same = replace(
        old.sizes,
        codecs=new.codecs,
        steps=new.steps,
        blocks=new.blocks,
        tables=new.tables,
        scales=new.scales,
    )
    if extra < 0 or new.blocks < old.sizes.blocks or same != new:
        raise UserError(f"model '{name}' has other sizes than the network to be trained")
    weights = old.state_dict()
    seen = weights["seen.weight"]
    weights["seen.weight"] = torch.cat([seen, seen.new_zeros(len(seen), extra, *seen.shape[2:])], 1)
    for block in range(old.sizes.blocks, new.blocks):
        for name_ in (f"blocks.{block}.a.weight", f"blocks.{block}.a.bias"):
            weights[name_] = fresh[name_]
        for name_ in (f"blocks.{block}.b.weight", f"blocks.{block}.b.bias"):
            weights[name_] = torch.zeros_like(fresh[name_])
    network.load_state_dict(weights)


def recall_nothing(parameters: Mapping[str, Tensor]) -> None:
    """Set attention so that the state of 0 at the span's start is what it recalls, in place.

    With rows of A in pairs a and −a, d = 1, B = 0 and v = c > 0 a memory m scores
    c Σ tanh(1 + aᵀm) + tanh(1 − aᵀm), which is largest for m = 0, as tanh is concave above 0. Random
    attention would add states to those that the model's weights know, and undo what they have learned.
    """
    A = parameters["attention.A"]
    half = len(A) // 2
    A.mul_(4)  # states are small: without it the scores would hardly differ
    A[half : 2 * half] = -A[:half]
    parameters["attention.B"].zero_()
    parameters["attention.d"].fill_(1.0)
    parameters["attention.v"].fill_(0.2)


def widen(wide: Tensor, narrow: Tensor, groups: int) -> None:
    """Put `narrow` into the top left of each of `groups` blocks of rows of `wide`, in place.

    Rows that were there before get 0 in columns that were not; new rows keep what they have.
    """
    rows, columns = len(narrow) // groups, narrow.shape[1:]
    blocks = wide.view(groups, -1, *wide.shape[1:])
    blocks[:, :rows] = 0
    blocks[(slice(None), slice(rows), *(slice(size) for size in columns))] = narrow.view(
        groups, rows, *columns
    )
