"""UORO and KF-RTRL: exact in the mean, with an error that falls as the root of the draws."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.learners.base import walk
from engine.learners.stream import Gradient, group
from engine.learners.uoro import RandomSigns
from engine.registry import CELLS
from tests.support.learner_streams import (
    DRIVING,
    GivenSigns,
    Stream,
    distance,
    every_sign,
    gradient,
    learner,
    make_stream,
    same,
)


def mean_over(name: str, stream: Stream, table: torch.Tensor) -> Gradient:
    """Mean gradient of the stream's one row over draws of signs, (draws, steps, …): a row each."""
    one = learner(name, stream)
    one.signs = GivenSigns(table)  # type: ignore[attr-defined]
    repeated = stream.repeated(len(table))
    total, _ = walk(one, stream.parameters, repeated.patches)
    return {key: value / len(table) for key, value in total.items()}


def every_pattern(steps: int, width: int) -> torch.Tensor:
    """All patterns of `width` signs a step, (patterns, steps, width); the last step's don't matter."""
    patterns = every_sign((steps - 1) * width).view(-1, steps - 1, width)
    return torch.cat([patterns, torch.ones_like(patterns[:, :1])], 1)


def root_mean_square_error(name: str, stream: Stream, draws: int, repeats: int) -> float:
    """Of the mean over so many draws at the stream's one row, from `repeats` independent means."""
    exact, one = gradient("bptt", stream), learner(name, stream, seed=5)
    repeated, squares = stream.repeated(draws), []
    for _ in range(repeats):
        total, _ = walk(one, stream.parameters, repeated.patches)
        squares.append(sum(float((total[key] / draws - exact[key]).square().sum()) for key in exact))
    return float(np.sqrt(np.mean(squares)))


def slope_of_error(name: str, stream: Stream) -> float:
    """Log-log slope of the error over the number of draws averaged."""
    counts = (8, 32, 128, 512)
    errors = [root_mean_square_error(name, stream, count, repeats=40) for count in counts]
    return float(np.polyfit(np.log(counts), np.log(errors), 1)[0])


# ---- UORO ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", list(CELLS))
def test_uoro_is_exact_in_the_mean_over_all_signs(cell: str) -> None:
    stream = make_stream(cell, rows=1, patches=2, steps=2, units=2, features=3, embed=3)
    table = every_pattern(stream.steps, stream.model.state_size)
    exact = gradient("bptt", stream)
    assert distance(mean_over("uoro", stream, table), exact) < 1e-12
    for one in (table[:1], table[5:6]):
        assert (distance(mean_over("uoro", stream, one), exact) > 1e-3) == (cell != "mlp")


@pytest.mark.parametrize("cell", list(CELLS))
def test_uoro_with_one_estimate_for_all_rows_is_exact_in_the_mean(cell: str) -> None:
    """Two rows are one system of twice the state."""
    size, patches = (2, 2) if cell in ("lstm", "lru") else (1, 3)
    stream = make_stream(cell, rows=2, patches=patches, steps=1, units=1, features=2)
    patterns = every_sign((patches - 1) * 2 * size).view(-1, patches - 1, 2, size)
    totals: list[Gradient] = []
    for pattern in patterns:  # (steps, rows, state)
        one = learner("uoro", stream, shared=True)
        table = torch.cat([pattern, torch.ones_like(pattern[:1])]).transpose(0, 1)
        one.signs = GivenSigns(table)  # type: ignore[attr-defined]
        totals.append(walk(one, stream.parameters, stream.patches)[0])
    mean = {key: torch.stack([total[key] for total in totals]).mean(0) for key in totals[0]}
    exact = gradient("bptt", stream)
    assert distance(mean, exact) < 1e-12
    assert (distance(totals[0], exact) > 1e-5) == (cell != "mlp")


@pytest.mark.parametrize("cell", ["elman", "lstm"])
def test_uoro_error_falls_as_the_root_of_the_draws(cell: str) -> None:
    stream = make_stream(cell, rows=1, patches=2, steps=2, units=2, features=3)
    assert slope_of_error("uoro", stream) == pytest.approx(-0.5, abs=0.05)


@pytest.mark.parametrize("cell", list(CELLS))
def test_uoro_follows_its_equations(cell: str) -> None:
    """Both factors after every step, from dense Jacobians by the cell's parameters and every patch's drive;
    equation (2) makes their norms alike."""
    stream = make_stream(cell, rows=1)
    model, parameters = stream.model, stream.parameters
    recurrent = group(parameters, "recurrent.")
    signs = RandomSigns(3)((1, stream.steps, model.state_size)).double()
    one = learner("uoro", stream)
    one.signs = GivenSigns(signs)  # type: ignore[attr-defined]
    one.start(parameters, 1)
    drives = torch.stack(
        [model.drive(parameters, model.preactivation(parameters, p.features))[0] for p in stream.patches]
    )
    system = {name: value for name, value in recurrent.items() if name not in DRIVING[cell]}
    system["drives"] = drives
    state = torch.zeros(model.state_size, dtype=torch.float64)
    s, theta = torch.zeros_like(state), {name: torch.zeros_like(value) for name, value in system.items()}
    for t in range(stream.steps):
        i, k = divmod(t, model.steps)

        def after(p: Gradient, state: torch.Tensor, i: int = i) -> torch.Tensor:
            return model.cell.step({**recurrent, **p}, p["drives"][i], state)

        immediate, J = torch.func.jacrev(after, argnums=(0, 1))(system, state)
        nu, u = signs[0, t], J @ s
        q = {name: torch.tensordot(nu, value, 1) for name, value in immediate.items()}
        length, size = flat(theta).norm(), flat(q).norm()
        first = torch.sqrt(length / (u.norm() + 1e-7)) + 1e-7
        second = torch.sqrt(size / (nu.norm() + 1e-7)) + 1e-7
        s = first * u + second * nu
        theta = {name: theta[name] / first + q[name] / second for name in theta}
        state = after(system, state)
        one.step(parameters, stream.patches[i], k)
        assert float((one.s[0] - s).abs().max()) < 1e-10  # type: ignore[attr-defined]
        found = {name: value[0] for name, value in one.theta.items()}  # type: ignore[attr-defined]
        assert distance(found, {**theta, "drives": theta["drives"][: i + 1]}) < 1e-10
    assert one.finish()[1].numbers["parameter_norm"] == pytest.approx(float(flat(theta).norm()))


def flat(values: Gradient) -> torch.Tensor:
    return torch.cat([value.flatten() for value in values.values()])


# ---- KF-RTRL ---------------------------------------------------------------------------------------------


def test_kf_rtrl_is_exact_in_the_mean_over_all_signs() -> None:
    stream = make_stream("elman", rows=1, patches=3, steps=2, embed=5)
    table = every_sign(stream.steps)[:, :, None].expand(-1, -1, 2)
    exact = gradient("bptt", stream)
    assert distance(mean_over("kf-rtrl", stream, table), exact) < 1e-12
    assert distance(mean_over("kf-rtrl", stream, table[:1]), exact) > 1e-3


def test_kf_rtrl_factors_of_cell_and_embedding_have_signs_of_their_own() -> None:
    stream = make_stream("elman", rows=1, units=6)
    table = torch.ones(1, stream.steps, 2, dtype=torch.float64)
    table[:, 2, 0] = -1
    other = table.clone()
    other[:, 2, 1] = -1
    a, b = mean_over("kf-rtrl", stream, table), mean_over("kf-rtrl", stream, other)
    assert distance(a, b, "embed.") > 1e-3
    assert distance(a, b, "recurrent.") == 0


def test_kf_rtrl_converges_to_bptt() -> None:
    stream = make_stream("elman", rows=1, patches=2, steps=2, units=2, features=3)
    assert slope_of_error("kf-rtrl", stream) == pytest.approx(-0.5, abs=0.05)


def test_kf_rtrl_is_less_noisy_than_uoro() -> None:
    """As its paper proves of large nets; here one of six units."""
    stream = make_stream("elman", rows=1, units=6, patches=4)
    noise = {name: root_mean_square_error(name, stream, 100, repeats=20) for name in ("uoro", "kf-rtrl")}
    assert noise["kf-rtrl"] < 0.8 * noise["uoro"]


# ---- both ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["uoro", "kf-rtrl"])
def test_a_seed_gives_the_same_draws(name: str) -> None:
    stream = make_stream("elman")
    assert same(gradient(name, stream, seed=3), gradient(name, stream, seed=3))
    assert distance(gradient(name, stream, seed=3), gradient(name, stream, seed=4)) > 1e-3
    one = learner(name, stream, seed=3)
    first, second = (walk(one, stream.parameters, stream.patches)[0] for _ in range(2))
    assert distance(first, second) > 1e-3  # the next row gets new signs


@pytest.mark.parametrize("name", ["uoro", "kf-rtrl"])
def test_the_newest_step_is_free_of_noise_where_there_is_no_past(name: str) -> None:
    stream = make_stream("elman", patches=1, steps=1)
    assert distance(gradient(name, stream), gradient("bptt", stream)) < 1e-6


def test_signs_are_fair_coins() -> None:
    signs = RandomSigns(1)((200, 50))
    assert set(signs.unique().tolist()) == {-1.0, 1.0}
    assert abs(float(signs.mean())) < 0.03
    assert float((signs.T @ signs / 200 - torch.eye(50)).abs().max()) < 0.35
