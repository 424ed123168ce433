"""Learners held against the exact gradient, and the interface that they share."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.cells.attention import Attention
from engine.decoders import raster_features as rf
from engine.decoders.base import YCC_TO_RGB, colour_matrix
from engine.decoders.raster_network import RasterNetwork, RasterSizes
from engine.learners.base import LearnerOptions, walk
from engine.learners.stream import Gradient, Patch, decoder_model, group
from engine.registry import CELLS, LEARNERS
from tests.support.learner_streams import (
    ELMAN_ONLY,
    FORWARD,
    Stream,
    distance,
    gradient,
    learner,
    make_stream,
    same,
)

ATTENTION = Attention(k_top=2, k_att=2)


def stream_for(name: str, **sizes: int) -> Stream:
    """A stream that learner `name` can be trained on."""
    cell = "lru" if name == "diagonal" else "elman"
    return make_stream(cell, attention=ATTENTION if name == "sab" else None, **sizes)  # type: ignore[arg-type]


# ---- BPTT ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("attention", [None, ATTENTION], ids=["plain", "attentive"])
@pytest.mark.parametrize("cell", list(CELLS))
def test_bptt_equals_finite_differences(cell: str, attention: Attention | None) -> None:
    stream, h = make_stream(cell, attention=attention, patches=4, units=2, features=3, seed=2), 3e-6
    exact = gradient("bptt", stream)
    for name, value in stream.parameters.items():
        for i in range(value.numel()):
            losses = []
            for sign in (1, -1):
                moved = value.clone()
                moved.view(-1)[i] += sign * h
                parameters = {**stream.parameters, name: moved}
                losses.append(walk(learner("bptt", stream), parameters, stream.patches)[1].losses.sum())
            assert float(exact[name].view(-1)[i]) == pytest.approx(
                (losses[0] - losses[1]) / (2 * h), abs=2e-8
            )


@pytest.mark.parametrize("cell", list(CELLS))
def test_the_stream_is_the_raster_decoders_own(cell: str) -> None:
    """BPTT on the network's named parameters equals autograd through `RasterNetwork` with carried state."""
    torch.manual_seed(1)
    network = RasterNetwork(RasterSizes(cell=cell, units=4, steps=2)).double()
    torch.nn.init.normal_(network.out.weight, std=0.1)
    rows, causal = 3, rf.FEATURES - rf.STATIC
    static = torch.randn(2, rows, rf.STATIC, dtype=torch.float64)
    context = torch.randn(2, rows, causal, dtype=torch.float64)
    target = 10 * torch.randn(2, rows, 192, dtype=torch.float64)
    weights = torch.rand(2, 2, rows, dtype=torch.float64)
    state, loss = None, torch.zeros((), dtype=torch.float64)
    for i in range(2):
        states = network.episode(network.see(static[i], context[i]), state, 2)
        error = (network.residual(torch.stack(states)) - target[i]).reshape(2, rows, 3, 64)
        rgb = torch.einsum("ij,krjf->krif", colour_matrix(YCC_TO_RGB, error), error)
        loss = loss + (weights[i] * rgb.square().mean((2, 3))).sum()
        state = states[-1]
    loss.backward()  # type: ignore[no-untyped-call]
    parameters = dict(network.named_parameters())
    patches = [Patch(torch.cat([static[i], context[i]], -1), target[i], weights[i]) for i in range(2)]
    one = LEARNERS.get("bptt")(decoder_model(cell, 4, 2), LearnerOptions())
    found, record = walk(one, parameters, patches)
    assert record.losses.sum() == pytest.approx(float(loss.detach()))
    expected = {name: p.grad if p.grad is not None else torch.zeros_like(p) for name, p in parameters.items()}
    assert distance(found, expected) < 1e-9 * max(float(g.abs().max()) for g in expected.values())


# ---- truncated BPTT --------------------------------------------------------------------------------------


@pytest.mark.parametrize("attention", [None, ATTENTION], ids=["plain", "attentive"])
@pytest.mark.parametrize("cell", list(CELLS))
def test_truncated_bptt_with_a_long_window_is_bptt(cell: str, attention: Attention | None) -> None:
    stream = make_stream(cell, attention=attention)
    exact = gradient("bptt", stream)
    for window in (stream.steps, stream.steps + 5):
        assert same(gradient("tbptt", stream, window=window), exact)
    for window in range(1, stream.steps):
        apart = distance(gradient("tbptt", stream, window=window), exact)
        if cell == "mlp" and attention is None:
            assert apart < 1e-14
        else:
            assert apart > 1e-3


@pytest.mark.parametrize("window", [1, 2, 3, 4])
@pytest.mark.parametrize("cell", list(CELLS))
def test_truncated_bptt_cuts_at_the_windows_borders(cell: str, window: int) -> None:
    stream = make_stream(cell)
    model = stream.model
    leaves = {name: value.clone().requires_grad_() for name, value in stream.parameters.items()}
    state, total, t = torch.zeros(2, model.state_size, dtype=torch.float64), torch.zeros(()), 0
    for patch in stream.patches:
        for k in range(model.steps):
            if t % window == 0:
                state = state.detach()
            state = model.step(
                leaves, model.drive(leaves, model.preactivation(leaves, patch.features)), state
            )
            total = total + model.loss(leaves, state, patch, k)
            t += 1
    expected = dict(zip(leaves, torch.autograd.grad(total, list(leaves.values())), strict=True))
    assert distance(gradient("tbptt", stream, window=window), expected) < 1e-13


def test_truncated_bptt_gives_gradients_as_windows_end() -> None:
    stream, given = make_stream("gru"), list[bool]()
    one = learner("tbptt", stream, window=4)
    one.start(stream.parameters, 2)
    for patch in stream.patches:
        for k in range(2):
            given.append(one.step(stream.parameters, patch, k).gradient is not None)
            assert one.state.requires_grad != given[-1]  # type: ignore[attr-defined]  # the graph is let go
    assert given == [False, False, False, True, False, False]
    rest, record = one.finish()
    assert rest is not None
    assert record.numbers["gradients"] == 2
    two = learner("tbptt", stream, window=3)
    _, record = walk(two, stream.parameters, stream.patches)
    assert record.numbers["gradients"] == 2  # nothing was left at the end


def test_truncated_bptt_takes_new_parameters_at_the_next_window() -> None:
    """Updating between windows equals starting the next window anew from the carried state."""
    stream = make_stream("lstm", patches=2)
    parameters = {name: value.clone() for name, value in stream.parameters.items()}

    def descend(found: Gradient) -> None:
        for name, value in found.items():
            parameters[name] -= 0.1 * value

    total, _ = walk(learner("tbptt", stream, window=2), parameters, stream.patches, descend)
    first = gradient("tbptt", Stream(stream.model, stream.parameters, stream.patches[:1]), window=2)
    moved = {name: value - 0.1 * first[name] for name, value in stream.parameters.items()}
    model, leaves = stream.model, {name: value.clone().requires_grad_() for name, value in moved.items()}
    state = torch.zeros(2, model.state_size, dtype=torch.float64)
    for _ in range(2):
        p = stream.parameters
        state = model.step(p, model.drive(p, model.preactivation(p, stream.patches[0].features)), state)
    loss = torch.zeros((), dtype=torch.float64)
    for k in range(2):
        drive = model.drive(leaves, model.preactivation(leaves, stream.patches[1].features))
        state = model.step(leaves, drive, state)
        loss = loss + model.loss(leaves, state, stream.patches[1], k)
    second = dict(zip(leaves, torch.autograd.grad(loss, list(leaves.values())), strict=True))
    assert distance(total, {name: first[name] + second[name] for name in first}) < 1e-13


# ---- RTRL ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", list(CELLS))
def test_rtrl_equals_bptt(cell: str) -> None:
    for embed in (None, 5):
        stream = make_stream(cell, patches=5, steps=3, rows=3, embed=embed)
        assert distance(gradient("rtrl", stream), gradient("bptt", stream)) < 1e-10


@pytest.mark.parametrize("cell", list(CELLS))
def test_rtrl_is_exact_after_every_patch(cell: str) -> None:
    stream = make_stream(cell)
    one = learner("rtrl", stream)
    one.start(stream.parameters, 2)
    total = {name: torch.zeros_like(value) for name, value in stream.parameters.items()}
    for count, patch in enumerate(stream.patches, 1):
        for k in range(stream.model.steps):
            found = one.step(stream.parameters, patch, k).gradient
            assert found is not None
            total = {name: total[name] + found[name] for name in total}
        shorter = Stream(stream.model, stream.parameters, stream.patches[:count])
        assert distance(total, gradient("bptt", shorter)) < 1e-12
    assert one.finish()[0] is None


def written_out(stream: Stream, rate: float) -> list[Gradient]:
    """RTRL's gradients with a step of descent after each, by its definition: dense influence of the drives
    and of the rest; drives become weights at the present parameters, with x as last seen."""
    model, parameters = stream.model, stream.parameters
    rows = len(stream.patches[0].features)
    state = torch.zeros(rows, model.state_size, dtype=torch.float64)
    rest = {n: state.new_zeros(*state.shape, *p.shape) for n, p in parameters.items() if n[:3] == "rec"}
    drives: list[Tensor] = []  # (rows, state, drive) by patch
    seen: list[Tensor] = []
    given: list[Gradient] = []

    def one_row(p: Gradient, d: Tensor, s: Tensor) -> Tensor:
        return model.step(p, d, s)

    jacobians = torch.func.vmap(torch.func.jacrev(one_row, argnums=(0, 1, 2)), in_dims=(None, 0, 0))
    for i, patch in enumerate(stream.patches):
        for k in range(model.steps):
            recurrent = {name: parameters[name] for name in rest}
            x = torch.relu(model.preactivation(parameters, patch.features))
            drive = model.cell.drive(group(parameters, "recurrent."), x)
            immediate, D, J = jacobians(recurrent, drive, state)
            drives, seen = [J @ influence for influence in drives], [*seen[:i], x]
            drives = [*drives[:i], D + drives[i] if k else D]
            state = model.step(parameters, drive, state)
            leaves = {name: value.detach().requires_grad_() for name, value in parameters.items()}
            leaf = state.detach().requires_grad_()
            loss = model.loss(leaves, leaf, patch, k)
            delta, *direct = torch.autograd.grad(loss, [leaf, *leaves.values()], materialize_grads=True)
            found = dict(zip(leaves, direct, strict=True))
            for name in rest:
                rest[name] = torch.einsum("rij,rj...->ri...", J, rest[name]) + immediate[name]
                found[name] = found[name] + torch.einsum("rs,rs...->...", delta, rest[name])
            for earlier, influence, x in zip(stream.patches, drives, seen, strict=False):
                back, leaf = torch.einsum("rs,rsd->rd", delta, influence), x.detach().requires_grad_()
                drive = model.cell.drive(group(leaves, "recurrent."), leaf)
                names = [name for name in leaves if name.startswith("recurrent.")]
                to_x, *driven = torch.autograd.grad(
                    drive, [leaf, *(leaves[n] for n in names)], back, materialize_grads=True
                )
                for name, value in zip(names, driven, strict=True):
                    found[name] = found[name] + value
                to_a = to_x * (x > 0)
                found["embed.weight"] = found["embed.weight"] + to_a.T @ earlier.features
                found["embed.bias"] = found["embed.bias"] + to_a.sum(0)
            given.append(found)
            parameters = {name: value - rate * found[name] for name, value in parameters.items()}
    return given


@pytest.mark.parametrize("cell", list(CELLS))
def test_rtrl_follows_its_recursion_when_parameters_move(cell: str) -> None:
    """With an update at every step, held against the recursion of dense Jacobians written out."""
    stream, rate = make_stream(cell, patches=4), 0.05
    expected = written_out(stream, rate)
    moving = {name: value.clone() for name, value in stream.parameters.items()}
    given: list[Gradient] = []

    def descend(found: Gradient) -> None:
        given.append(found)
        for name, value in found.items():
            moving[name] -= rate * value

    walk(learner("rtrl", stream), moving, stream.patches, descend)
    assert len(given) == len(expected) == stream.steps
    assert max(distance(a, b) for a, b in zip(given, expected, strict=True)) < 1e-12
    assert distance(moving, stream.parameters) > 1e-2


@pytest.mark.parametrize("every", [2, 3, 5, 100])
@pytest.mark.parametrize("cell", list(CELLS))
def test_rtrl_gathers_credit_over_steps(cell: str, every: int) -> None:
    """Whatever of a row is given at once, in mid-patch as well, the sum is BPTT's gradient."""
    stream = make_stream(cell, patches=4, steps=3)
    assert distance(gradient("rtrl", stream, every=every), gradient("bptt", stream)) < 1e-10


@pytest.mark.parametrize("cell", list(CELLS))
def test_forward_learners_give_the_same_in_larger_pieces(cell: str) -> None:
    """A gradient every 4 steps is the sum of the 4 there would have been; the rest comes at the end."""
    stream = make_stream(cell, patches=3, steps=3)
    for name in FORWARD:
        if (name in ELMAN_ONLY and cell != "elman") or (name == "diagonal" and cell != "lru"):
            continue
        for options in ({}, {"shared": True}) if name == "uoro" else ({},):
            apart, pieces = list[Gradient](), list[Gradient]()
            walk(learner(name, stream, seed=1, **options), stream.parameters, stream.patches, apart.append)
            one = learner(name, stream, seed=1, every=4, **options)
            one.start(stream.parameters, 2)
            for t in range(stream.steps):
                found = one.step(stream.parameters, stream.patches[t // 3], t % 3).gradient
                assert (found is not None) == (t % 4 == 3)
                pieces += [] if found is None else [found]
            rest, _ = one.finish()
            assert rest is not None
            for i, piece in enumerate([*pieces, rest]):
                expected = {key: sum(found[key] for found in apart[4 * i : 4 * i + 4]) for key in piece}
                assert distance(piece, expected) < 1e-12  # type: ignore[arg-type]
