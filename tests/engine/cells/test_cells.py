"""Cells: their equations, what learners may rely on, and that function transforms pass through them."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from engine.cells import Cell
from engine.decoders import raster_features as rf
from engine.decoders.raster_network import RasterNetwork, RasterSizes
from engine.registry import CELLS

INPUTS, UNITS, ROWS = 4, 3, 5


def made(name: str, seed: int = 0) -> tuple[Cell, dict[str, Tensor], Tensor, Tensor]:
    """A cell, random parameters, inputs and a state in (−1, 1)."""
    cell: Cell = CELLS.get(name)
    generator = torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    initial = cell.initial(INPUTS, UNITS, generator)
    parameters = {key: value.double() + 0.5 * normal(*value.shape) for key, value in initial.items()}
    return cell, parameters, normal(ROWS, INPUTS), torch.tanh(normal(ROWS, cell.state_size(UNITS)))


def step(cell: Cell, parameters: dict[str, Tensor], x: Tensor, state: Tensor) -> Tensor:
    return cell.step(parameters, cell.drive(parameters, x), state)


@pytest.mark.parametrize(
    ("name", "kind"), [("elman", nn.RNNCell), ("lstm", nn.LSTMCell), ("gru", nn.GRUCell)]
)
def test_equals_pytorchs_cell(name: str, kind: type[nn.Module]) -> None:
    cell, parameters, x, state = made(name)
    other = kind(INPUTS, UNITS, dtype=torch.float64)
    hidden_bias = torch.zeros_like(parameters["b"])
    if name == "gru":
        hidden_bias[2 * UNITS :] = parameters["c"]
    values = (parameters["W"], parameters["U"], parameters["b"], hidden_bias)
    other.load_state_dict(dict(zip(("weight_ih", "weight_hh", "bias_ih", "bias_hh"), values, strict=True)))
    given = tuple(state.chunk(2, -1)) if name == "lstm" else state
    expected = other(x, given)
    expected = torch.cat(expected, -1) if name == "lstm" else expected
    assert torch.allclose(step(cell, parameters, x, state), expected, atol=1e-14)


def test_delta_rnn_follows_its_equations_number_by_number() -> None:
    cell, p, x, state = made("delta")
    result = step(cell, p, x, state)
    for row in range(ROWS):
        for i in range(UNITS):
            from_state = sum(float(p["V"][i, j] * state[row, j]) for j in range(UNITS))
            from_input = sum(float(p["W"][i, j] * x[row, j]) for j in range(INPUTS))
            first = float(p["alpha"][i]) * from_state * from_input
            second = float(p["beta_1"][i]) * from_state + float(p["beta_2"][i]) * from_input
            z = math.tanh(first + second + float(p["b"][i]))
            r = 1 / (1 + math.exp(-from_input - float(p["b_r"][i])))
            assert float(result[row, i]) == pytest.approx((1 - r) * z + r * float(state[row, i]), abs=1e-14)


def test_mlp_ignores_the_state() -> None:
    cell, parameters, x, state = made("mlp")
    expected = torch.tanh(x @ parameters["W"].T + parameters["b"])
    assert torch.equal(step(cell, parameters, x, state), step(cell, parameters, x, -state))
    assert torch.allclose(step(cell, parameters, x, state), expected, atol=1e-15)


@pytest.mark.parametrize("name", list(CELLS))
def test_recurrence_is_all_that_connects_units(name: str) -> None:
    """`step` is `update` after `recur`, and without `recur` no unit hears of another."""
    cell, parameters, x, state = made(name)
    drive = cell.drive(parameters, x)
    recurrent = cell.recur(parameters, state)
    result = cell.update(parameters, drive, recurrent, state)
    assert torch.equal(result, cell.step(parameters, drive, state))
    size, parts = state.shape[1], state.shape[1] // UNITS
    jacobian = torch.func.jacrev(lambda s: cell.update(parameters, drive[0], recurrent[0], s))(state[0])
    own = torch.eye(UNITS).bool().repeat(parts, parts)
    assert jacobian.shape == (size, size)
    assert jacobian[~own].abs().max() == 0
    whole = torch.func.jacrev(lambda s: cell.step(parameters, drive[0], s))(state[0])
    assert (whole[~own].abs().max() > 1e-3) == (name not in ("mlp", "lru"))


@pytest.mark.parametrize("name", list(CELLS))
def test_a_row_of_a_parameter_reaches_its_own_unit_in_one_step(name: str) -> None:
    cell, parameters, x, state = made(name)
    jacobian = torch.func.jacrev(lambda p: step(cell, p, x[0], state[0]))(parameters)
    reached = set()
    for key, value in parameters.items():
        assert len(value) % UNITS == 0
        for row in range(len(value)):
            effect = jacobian[key][:, row].reshape(len(state[0]), -1).abs().amax(1) > 0
            units = {int(i) % UNITS for i in torch.nonzero(effect)}
            assert units == {row % UNITS}, (key, row)
            reached |= units
    assert reached == set(range(UNITS))


@pytest.mark.parametrize("name", list(CELLS))
def test_function_transforms_pass_through(name: str) -> None:
    cell, parameters, x, state = made(name)
    whole = step(cell, parameters, x, state)
    rows = torch.func.vmap(lambda x, s: step(cell, parameters, x, s))(x, state)
    assert torch.allclose(rows, whole, atol=1e-15)
    by_row = {key: value.expand(ROWS, *value.shape) for key, value in parameters.items()}
    assert torch.allclose(
        torch.func.vmap(lambda p, x, s: step(cell, p, x, s))(by_row, x, state), whole, atol=1e-15
    )
    jacobian = torch.func.vmap(torch.func.jacrev(lambda s, x: step(cell, parameters, x, s)))(state, x)
    tangent, h = torch.randn(state.shape, generator=torch.Generator().manual_seed(1)).double(), 1e-6
    _, pull = torch.func.vjp(lambda s: step(cell, parameters, x, s), state)
    ahead, behind = (step(cell, parameters, x, state + sign * h * tangent) for sign in (1, -1))
    along = torch.einsum("rij,rj->ri", jacobian, tangent)
    assert torch.allclose(along, (ahead - behind) / (2 * h), atol=1e-8)
    assert torch.allclose(pull(tangent)[0], torch.einsum("rij,ri->rj", jacobian, tangent), atol=1e-14)


@pytest.mark.parametrize("name", list(CELLS))
def test_initial_parameters_depend_on_the_generator_alone(name: str) -> None:
    cell: Cell = CELLS.get(name)
    first, second, other = (
        cell.initial(INPUTS, UNITS, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)
    )
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert any(not torch.equal(first[key], other[key]) for key in first)
    assert cell.name == name
    state = torch.zeros(1, cell.state_size(UNITS))
    assert cell.output(state).shape == (1, UNITS)
    marked = torch.arange(cell.state_size(UNITS)).float()[None]
    assert torch.equal(cell.output(marked), marked[:, :UNITS])  # the visible numbers come first


@pytest.mark.parametrize("name", list(CELLS))
def test_raster_network_takes_the_cell_by_name(name: str) -> None:
    """Every weight of the network takes part in an episode of two steps."""
    torch.manual_seed(0)
    network = RasterNetwork(RasterSizes(cell=name, units=8, steps=2))
    nn.init.normal_(network.out.weight)
    seen = network.see(torch.randn(6, rf.STATIC), torch.randn(6, rf.FEATURES - rf.STATIC))
    states = network.episode(seen, None, 2)
    network.residual(torch.stack(states)).square().mean().backward()
    for key, parameter in network.named_parameters():
        assert parameter.grad is not None, key
        assert parameter.grad.abs().max() > 0, key
