"""SnAp-1 and RFLO: each equals its own definition, RTRL where nothing is dropped, and nothing else."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.learners.base import walk
from engine.learners.stream import Gradient, group
from engine.registry import CELLS
from tests.support.learner_streams import (
    RECURRENT_CELLS,
    Stream,
    distance,
    gradient,
    learner,
    make_stream,
    run,
    same,
)


def recurrent_matrix(stream: Stream) -> tuple[str, Tensor]:
    """Name and value of the cell's recurrent weights."""
    name = "V" if stream.model.cell.name == "delta" else "U"
    return name, stream.parameters[f"recurrent.{name}"]


def with_diagonal_recurrence(stream: Stream) -> Stream:
    """Every unit hears of itself only."""
    name, value = recurrent_matrix(stream)
    own = torch.eye(stream.model.units, dtype=value.dtype).repeat(len(value) // stream.model.units, 1)
    return stream.with_parameters(**{name: value * own})


def without_recurrence(stream: Stream) -> Stream:
    name, value = recurrent_matrix(stream)
    return stream.with_parameters(**{name: torch.zeros_like(value)})


def masked_rtrl(stream: Stream) -> Gradient:
    """SnAp-1 by its definition: dense influence times the one-step pattern, from dense Jacobians."""
    model, parameters, units = stream.model, stream.parameters, stream.model.units
    own = torch.arange(model.state_size) % units

    def one_row(p: dict[str, Tensor], s: Tensor, f: Tensor) -> Tensor:
        return model.step(p, model.drive(p, model.preactivation(p, f)), s)

    pattern = {
        name: torch.ones(model.state_size, *value.shape, dtype=torch.float64)
        if not name.startswith("recurrent.")
        else (own[:, None] == torch.arange(len(value)) % units)
        .view(model.state_size, len(value), *[1] * (value.ndim - 1))
        .double()
        for name, value in parameters.items()
    }
    jacobians = torch.func.vmap(torch.func.jacrev(one_row, argnums=(0, 1)), in_dims=(None, 0, 0))
    state = torch.zeros(len(stream.patches[0].features), model.state_size, dtype=torch.float64)
    influence = {name: state.new_zeros(*state.shape, *value.shape) for name, value in parameters.items()}
    total = {name: torch.zeros_like(value) for name, value in parameters.items()}
    for patch in stream.patches:
        for k in range(model.steps):
            immediate, J = jacobians(parameters, state, patch.features)
            state = torch.func.vmap(one_row, in_dims=(None, 0, 0))(parameters, state, patch.features)
            leaf = state.detach().requires_grad_()
            leaves = {name: value.detach().requires_grad_() for name, value in parameters.items()}
            delta, *direct = torch.autograd.grad(
                model.loss(leaves, leaf, patch, k), [leaf, *leaves.values()], materialize_grads=True
            )
            for (name, value), given in zip(influence.items(), direct, strict=True):
                moved = torch.einsum("rij,rj...->ri...", J, value) + immediate[name]
                influence[name] = pattern[name] * moved
                total[name] += given + torch.einsum("rs,rs...->...", delta, influence[name])
    return total


def cut_graph(stream: Stream) -> Gradient:
    """RFLO by its definition: autograd where the recurrent product passes no gradient to the state."""
    model = stream.model
    leaves = {name: value.clone().requires_grad_() for name, value in stream.parameters.items()}
    recurrent = group(leaves, "recurrent.")
    state = torch.zeros(len(stream.patches[0].features), model.state_size, dtype=torch.float64)
    total = torch.zeros((), dtype=torch.float64)
    for patch in stream.patches:
        drive = model.drive(leaves, model.preactivation(leaves, patch.features))
        for k in range(model.steps):
            state = model.cell.update(recurrent, drive, model.cell.recur(recurrent, state.detach()), state)
            total = total + model.loss(leaves, state, patch, k)
    found = torch.autograd.grad(total, list(leaves.values()), materialize_grads=True)
    return dict(zip(leaves, found, strict=True))


# ---- SnAp-1 ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", list(CELLS))
def test_snap1_is_rtrl_on_the_one_step_pattern(cell: str) -> None:
    for embed in (None, 5):
        stream = make_stream(cell, embed=embed)
        assert distance(gradient("snap1", stream), masked_rtrl(stream)) < 1e-12


@pytest.mark.parametrize("cell", RECURRENT_CELLS)
def test_snap1_equals_rtrl_for_diagonal_recurrence(cell: str) -> None:
    stream = make_stream(cell, patches=4)
    diagonal = with_diagonal_recurrence(stream)
    found, record = run("snap1", diagonal)
    assert distance(found, gradient("rtrl", diagonal)) < 1e-12
    assert record.numbers["dropped"] == pytest.approx(0, abs=1e-12)
    found, record = run("snap1", stream)
    assert distance(found, gradient("rtrl", stream), "recurrent.") > 1e-2
    assert record.numbers["dropped"] > 0.01


@pytest.mark.parametrize("name", ["snap1", "rflo"])
def test_without_recurrence_nothing_is_approximate(name: str) -> None:
    stream = make_stream("mlp")
    found, record = run(name, stream)
    assert distance(found, gradient("bptt", stream)) < 1e-13
    assert set(record.numbers.values()) == {0.0}


# ---- RFLO ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", list(CELLS))
def test_rflo_drops_what_goes_through_recurrent_weights(cell: str) -> None:
    for embed in (None, 5):
        stream = make_stream(cell, embed=embed)
        assert distance(gradient("rflo", stream), cut_graph(stream)) < 1e-12


@pytest.mark.parametrize("cell", RECURRENT_CELLS)
def test_rflo_equals_rtrl_when_recurrent_weights_are_0(cell: str) -> None:
    stream = make_stream(cell, patches=4)
    silent = without_recurrence(stream)
    assert distance(gradient("rflo", silent), gradient("rtrl", silent)) < 1e-12
    assert distance(gradient("rflo", stream), gradient("rtrl", stream), "recurrent.") > 1e-2
    assert distance(gradient("rflo", stream), gradient("rtrl", stream), "embed.") > 1e-2


@pytest.mark.parametrize("cell", ["lstm", "gru", "delta"])
def test_rflo_keeps_what_a_unit_keeps_by_itself(cell: str) -> None:
    """Traces last: it isn't truncation after one step. An Elman unit keeps nothing."""
    stream = make_stream(cell, patches=4)
    assert distance(gradient("rflo", stream), gradient("tbptt", stream, window=1)) > 1e-2
    assert run("rflo", stream)[1].numbers["kept"] > 0.01
    elman = make_stream("elman", patches=4)
    assert distance(gradient("rflo", elman), gradient("tbptt", elman, window=1)) < 1e-13


@pytest.mark.parametrize("cell", ["elman", "lstm"])
def test_rflo_random_feedback(cell: str) -> None:
    """B = W_o is exact feedback; another B changes all but the output weights' gradient."""
    stream = make_stream(cell)
    exact = gradient("rflo", stream)
    one = learner("rflo", stream, random_feedback=True)
    one.feedback = stream.parameters["out.weight"].clone()  # type: ignore[attr-defined]
    assert distance(walk(one, stream.parameters, stream.patches)[0], exact) < 1e-13
    first, again, other = (gradient("rflo", stream, random_feedback=True, seed=seed) for seed in (1, 1, 2))
    assert same(first, again)
    for changed in (exact, other):
        assert distance(first, changed, "recurrent.") > 1e-2
        assert distance(first, changed, "embed.") > 1e-2
        assert distance(first, changed, "out.") == 0
