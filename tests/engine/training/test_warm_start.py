"""Runs that begin with a trained network's weights: the wider network computes what that one does."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch

from engine.decoders import raster_features as rf
from engine.decoders.raster_network import Memory, RasterNetwork, RasterSizes
from engine.errors import UserError
from engine.models.card import ModelCard
from engine.models.checkpoint import save_model
from engine.registry import CELLS
from engine.training.warm_start import take_over
from engine.types import Context


def saved(folder: Path, sizes: RasterSizes, kind: str = "raster") -> tuple[RasterNetwork, str]:
    """A network with random weights, and the path of its card."""
    torch.manual_seed(1)
    network = RasterNetwork(sizes)
    torch.nn.init.normal_(network.out.weight, std=0.1)
    sizes_ = dataclasses.asdict(sizes)
    card = ModelCard("old", kind, "", sizes.cell, "BPTT", 3, tuple(Context), True, 0, sizes_)
    return network, str(save_model(card, network, folder))


@pytest.mark.parametrize("widths", [(6, 6), (9, 6), (9, 11)], ids=str)
@pytest.mark.parametrize("cell", list(CELLS))
def test_the_widened_network_computes_the_same(cell: str, widths: tuple[int, int], tmp_path: Path) -> None:
    old, path = saved(tmp_path, RasterSizes(cell=cell, units=6, steps=3))
    torch.manual_seed(2)
    new = RasterNetwork(RasterSizes(cell=cell, units=widths[0], embed=widths[1], steps=3))
    take_over(new, path)
    features = torch.randn(5, rf.FEATURES)

    def outputs(network: RasterNetwork) -> torch.Tensor:
        states = network.episode(torch.relu(network.embed(features)), None, 3)
        return network.residual(torch.stack(states))

    assert (outputs(new) - outputs(old)).abs().max() < 1e-4
    assert outputs(old).abs().max() > 1
    if widths[0] > 6:  # new units live: they differ from each other, and get credit once they are looked at
        hidden = new.cell.output(new.episode(torch.relu(new.embed(features)), None, 1)[0])[:, 6:]
        assert hidden.std() > 1e-3


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (RasterSizes("elman", 6), RasterSizes("lstm", 6), "has the cell 'elman', not 'lstm'"),
        (RasterSizes("elman", 6), RasterSizes("elman", 5), "wider than the network"),
        (RasterSizes("elman", 6), RasterSizes("elman", 8, embed=5), "wider than the network"),
    ],
)
def test_what_does_not_fit(old: RasterSizes, new: RasterSizes, message: str, tmp_path: Path) -> None:
    _, path = saved(tmp_path, old)
    with pytest.raises(UserError, match=message):
        take_over(RasterNetwork(new), path)


def test_other_kinds_are_refused() -> None:
    with pytest.raises(UserError, match="'sweep': a run can begin from raster networks only"):
        take_over(RasterNetwork(RasterSizes()), "sweep")
    with pytest.raises(UserError, match="unknown decoder 'nothing'"):
        take_over(RasterNetwork(RasterSizes()), "nothing")


@pytest.mark.parametrize("cell", list(CELLS))
def test_attention_begins_by_recalling_the_start(cell: str, tmp_path: Path) -> None:
    """A network with attention does nearly what the model did, carried along the span as well."""
    old, path = saved(tmp_path, RasterSizes(cell=cell, units=6, steps=4))
    torch.manual_seed(2)
    sizes = RasterSizes(cell=cell, units=24, steps=4, span=8, k_top=2, k_att=4)
    random, new = RasterNetwork(sizes), RasterNetwork(sizes)
    take_over(new, path)
    random.load_state_dict(
        {**new.state_dict(), **{k: v for k, v in random.state_dict().items() if "att" in k}}
    )
    patches = torch.randn(8, 16, rf.FEATURES)

    def along(network: RasterNetwork) -> torch.Tensor:
        memory = Memory(network, 16, 4) if network.sizes.k_top else None
        state, found = None, []
        for features in patches:
            seen = torch.relu(network.embed(features))
            states = network.episode(seen, state, 4, memory, torch.arange(16))
            state = states[-1]
            found += states
        return network.residual(torch.stack(found))

    with torch.no_grad():
        plain, quiet, loud = along(old), along(new), along(random)
    assert (quiet - plain).norm() < 0.5 * (loud - plain).norm()
