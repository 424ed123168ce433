"""The structure that forward learners build on, held to every cell."""

from __future__ import annotations

import pytest
import torch

from engine.learners.stream import group
from engine.learners.transition import Network, pull, spread
from engine.registry import CELLS
from tests.support.learner_streams import DRIVING, Stream, make_stream


def seen(stream: Stream) -> tuple[Network, torch.Tensor]:
    """The network in the first patch, and a state with something in it."""
    network = Network(stream.model, stream.parameters, 2)
    network.see(stream.patches[0].features)
    generator = torch.Generator().manual_seed(9)
    return network, torch.randn(2, stream.model.state_size, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("cell", list(CELLS))
def test_recurrent_product_is_linear_in_the_visible_state(cell: str) -> None:
    stream = make_stream(cell)
    network, state = seen(stream)
    model, recurrent, other = stream.model, group(stream.parameters, "recurrent."), 1.7 * state.flip(0)
    assert network.paths.product == {"mlp": None, "lru": None, "delta": "V"}.get(cell, "U")
    both = model.cell.recur(recurrent, state + other)
    apart = model.cell.recur(recurrent, state) + model.cell.recur(recurrent, other)
    assert float((both - apart).abs().max()) < 1e-14
    if network.paths.product is not None:
        by_hand = model.cell.output(state) @ recurrent[network.paths.product].T
        assert float((model.cell.recur(recurrent, state) - by_hand).abs().max()) < 1e-14


@pytest.mark.parametrize("cell", list(CELLS))
def test_every_parameter_has_one_way(cell: str) -> None:
    stream = make_stream(cell)
    paths = seen(stream)[0].paths
    assert paths.driving == DRIVING[cell]
    named = [*paths.driving, *paths.direct, *([] if paths.product is None else [paths.product])]
    assert sorted(named) == sorted(group(stream.parameters, "recurrent."))
    assert all(stream.parameters[f"recurrent.{name}"].ndim == 1 for name in paths.direct)


@pytest.mark.parametrize("embed", [None, 5])
@pytest.mark.parametrize("cell", list(CELLS))
def test_derivatives_equal_dense_jacobians(cell: str, embed: int | None) -> None:
    """Of the state, of the drive and of what drives it; forwards and backwards."""
    stream = make_stream(cell, embed=embed)
    network, state = seen(stream)
    model, step = stream.model, network.step(state)
    recurrent = group(stream.parameters, "recurrent.")

    def after(x: torch.Tensor, state: torch.Tensor) -> torch.Tensor:
        return model.step(stream.parameters, model.cell.drive(recurrent, x), state)

    def driven(drive: torch.Tensor, state: torch.Tensor) -> torch.Tensor:
        return model.step(stream.parameters, drive, state)

    assert float((step.after - after(network.x, state)).abs().max()) < 1e-14
    by_x, J = torch.func.vmap(torch.func.jacrev(after, argnums=(0, 1)))(network.x, state)
    by_drive = torch.func.vmap(torch.func.jacrev(driven))(network.drive.detach(), state)
    delta = state.flip(1)
    for found, expected in (
        (network.jacobian(step), J),
        (network.push(step, delta), torch.einsum("rij,rj->ri", J, delta)),
        (spread(step.drive, network.inwards), by_x),
        (pull(delta, step.drive), torch.einsum("rs,rsd->rd", delta, by_drive)),
    ):
        assert found.shape == expected.shape
        assert float((found - expected).abs().max()) < 1e-14
