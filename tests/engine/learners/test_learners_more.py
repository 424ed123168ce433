"""Immediate, SnAp-n, diagonal RTRL and OK: each held against a learner that it must equal, in float64."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.errors import UserError
from engine.learners.base import LearnerOptions, walk
from engine.learners.ok import complement, halved, reduced
from engine.learners.snap_n import SnApN, reached
from engine.registry import CELLS
from tests.support.learner_streams import (
    RECURRENT_CELLS,
    GivenSigns,
    Stream,
    distance,
    every_sign,
    gradient,
    learner,
    make_stream,
    run,
)


def ring(stream: Stream) -> Stream:
    """Every unit hears of itself and of the one before it only."""
    name = "V" if stream.model.cell.name == "delta" else "U"
    value, units = stream.parameters[f"recurrent.{name}"], stream.model.units
    there = torch.eye(units, dtype=value.dtype) + torch.eye(units, dtype=value.dtype).roll(1, 0)
    return stream.with_parameters(**{name: value * there.repeat(len(value) // units, 1)})


def snap(stream: Stream, n: int) -> dict[str, torch.Tensor]:
    """The gradient of SnAp-n, any n."""
    kind = type("Any", (SnApN,), {"name": f"snap{n}", "reach": n})
    return walk(kind(stream.model, LearnerOptions()), stream.parameters, stream.patches)[0]


# ---- immediate -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", list(CELLS))
def test_immediate_is_truncation_to_one_step(cell: str) -> None:
    for embed in (None, 5):
        stream = make_stream(cell, patches=4, steps=3, embed=embed)
        assert distance(gradient("immediate", stream), gradient("tbptt", stream, window=1)) < 1e-12
    apart = distance(gradient("immediate", stream), gradient("bptt", stream))
    assert (apart > 1e-3) == (cell != "mlp")


# ---- SnAp-n ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", RECURRENT_CELLS)
def test_snap_n_equals_rtrl_from_the_networks_reach_on(cell: str) -> None:
    """A ring of four units takes four steps to reach all."""
    stream = ring(make_stream(cell, units=4, patches=4, steps=2, embed=5))
    exact = gradient("rtrl", stream)
    apart = [distance(snap(stream, n), exact) for n in (1, 2, 3, 4, 7)]
    assert apart[3] < 1e-10
    assert apart[4] < 1e-10
    assert min(apart[:3]) > 1e-4
    assert distance(exact, gradient("bptt", stream)) < 1e-10


@pytest.mark.parametrize("cell", list(CELLS))
def test_snap_n_of_one_step_is_snap_1(cell: str) -> None:
    stream = make_stream(cell, units=4, patches=3, embed=5)
    assert distance(snap(stream, 1), gradient("snap1", stream)) < 1e-12


@pytest.mark.parametrize("cell", RECURRENT_CELLS)
def test_snap_2_of_a_dense_network_is_rtrl(cell: str) -> None:
    stream = make_stream(cell, patches=4)
    assert distance(gradient("snap2", stream), gradient("rtrl", stream)) < 1e-10
    sparse = ring(make_stream(cell, units=5, patches=4))
    assert distance(gradient("snap3", sparse), snap(sparse, 3)) == 0
    assert distance(gradient("snap2", sparse), gradient("snap3", sparse)) > 1e-5


def test_reach_grows_along_the_recurrent_weights() -> None:
    R = torch.eye(4).roll(1, 0)[None]  # unit 0 to 1 to 2 to 3 to 0
    assert [int(reached(R, 4, n).sum()) for n in (1, 2, 3, 4, 9)] == [4, 8, 12, 16, 16]
    assert reached(R, 4, 2)[1, 0]
    assert not reached(R, 4, 2)[0, 1]


# ---- diagonal RTRL ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("every", [1, 2, 5, 100])
def test_diagonal_rtrl_equals_bptt(every: int) -> None:
    for embed in (None, 5):
        stream = make_stream("lru", patches=5, steps=3, rows=3, units=4, embed=embed)
        exact = gradient("bptt", stream)
        assert distance(gradient("diagonal", stream, every=every), exact) < 1e-10
        assert distance(gradient("tbptt", stream, window=1), exact) > 1e-2
        assert distance(gradient("rtrl", stream), exact) < 1e-10


def test_diagonal_rtrl_keeps_a_number_a_weight_and_part() -> None:
    stream = make_stream("lru", units=6, patches=2)
    one = learner("diagonal", stream)
    walk(one, stream.parameters, stream.patches)
    kept = sum(trace[0].numel() for trace in one.own.traces.values())  # type: ignore[attr-defined]
    assert kept == 2 * (6 + 6) + 2 * (2 * 2 * 6)  # ν and φ, and two drives a unit for each of two patches


@pytest.mark.parametrize("cell", RECURRENT_CELLS)
def test_diagonal_rtrl_refuses_other_cells(cell: str) -> None:
    with pytest.raises(UserError, match=f"units don't reach each other .lru., not '{cell}'"):
        learner("diagonal", make_stream(cell))


# ---- OK --------------------------------------------------------------------------------------------------


def test_ok_is_exact_in_the_mean_over_all_signs() -> None:
    """One term, three steps: the signs of the second and the third, of the cell's and the embedding's
    sums."""
    stream = make_stream("elman", rows=1, patches=3, steps=1, units=2, features=3, embed=3)
    patterns = every_sign(2 * 4).view(-1, 2, 4)
    table = torch.cat([torch.ones_like(patterns[:, :1]), patterns], 1)
    one = learner("ok", stream, rank=1)
    one.signs = GivenSigns(table)  # type: ignore[attr-defined]
    total, _ = walk(one, stream.parameters, stream.repeated(len(table)).patches)
    exact = gradient("bptt", stream)
    assert distance({name: value / len(table) for name, value in total.items()}, exact) < 1e-10
    one.signs = GivenSigns(table[:1])  # type: ignore[attr-defined]
    assert distance(walk(one, stream.parameters, stream.patches)[0], exact) > 1e-4


def error_of_mean(name: str, stream: Stream, draws: int, repeats: int, **options: int) -> float:
    """Root mean square error of the mean over so many draws at the stream's one row."""
    exact, one = gradient("bptt", stream), learner(name, stream, seed=5, **options)
    repeated, squares = stream.repeated(draws), []
    for _ in range(repeats):
        total, _ = walk(one, stream.parameters, repeated.patches)
        squares.append(sum(float((total[key] / draws - exact[key]).square().sum()) for key in exact))
    return float(np.sqrt(np.mean(squares)))


def test_ok_converges_to_bptt() -> None:
    stream = make_stream("elman", rows=1, patches=3, steps=2, units=4, features=3)
    counts = (8, 32, 128, 512)
    errors = [error_of_mean("ok", stream, count, 30, rank=2) for count in counts]
    assert float(np.polyfit(np.log(counts), np.log(errors), 1)[0]) == pytest.approx(-0.5, abs=0.06)


def test_ok_is_less_noisy_than_kf_rtrl_and_less_with_more_terms() -> None:
    stream = make_stream("elman", rows=1, units=6, patches=6)
    noise = [error_of_mean("ok", stream, 50, 10, rank=rank) for rank in (1, 3)]
    assert noise[0] < error_of_mean("kf-rtrl", stream, 50, 10)
    assert noise[1] < 0.7 * noise[0]


def test_enough_terms_are_exact() -> None:
    stream = make_stream("elman", patches=2, steps=2)
    assert distance(run("ok", stream, rank=4)[0], gradient("bptt", stream)) < 1e-10


@pytest.mark.parametrize(
    "values", [[5.0, 1.0, 0.5, 0.1], [1.0, 1.0, 1.0, 1.0], [3.0, 0.0, 0.0, 0.0], [0.0] * 4]
)
def test_sums_made_shorter_are_right_on_average(values: list[float]) -> None:
    s, r = torch.tensor([values], dtype=torch.float64), 3
    signs = every_sign(4)
    X = halved(s.expand(len(signs), -1), signs, r)
    assert X.shape == (16, 4, r)
    assert float(((X @ X.mT).mean(0) - torch.diag(s[0])).abs().max()) < 1e-12
    v, A = (torch.randn(16, n, 4, dtype=torch.float64) for n in (5, 7))
    v, A = v[:1].expand(16, -1, -1), A[:1].expand(16, -1, -1)
    fewer = reduced(v, A, signs)
    assert float(((fewer[0] @ fewer[1].mT).mean(0) - v[0] @ A[0].T).abs().max()) < 1e-10


def test_values_that_are_none_but_for_rounding_count_for_nothing() -> None:
    signs = every_sign(4)
    X = halved(torch.tensor([[3.0, 2.0, 1.0, 4e-16]], dtype=torch.float64).expand(16, -1), signs, 3)
    assert float((X @ X.mT - torch.diag(torch.tensor([3.0, 2.0, 1.0, 0.0]))).abs().max()) < 1e-14


def test_complements_are_orthonormal() -> None:
    z = torch.nn.functional.normalize(torch.randn(6, 5, dtype=torch.float64), dim=1)
    z[0] = torch.eye(5, dtype=torch.float64)[4]
    Q = complement(z)
    assert float((Q.mT @ Q - torch.eye(4)).abs().max()) < 1e-12
    assert float((Q.mT @ z[..., None]).abs().max()) < 1e-12


# ---- parameters that lie crosswise -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["uoro", "snap1", "snap2", "rtrl", "ok", "kf-rtrl", "rflo", "immediate"])
def test_parameters_need_not_be_contiguous(name: str) -> None:
    stream = make_stream("elman", units=4)
    crosswise = Stream(
        stream.model,
        {
            key: value.T.contiguous().T if value.ndim == 2 else value
            for key, value in stream.parameters.items()
        },
        stream.patches,
    )
    assert not crosswise.parameters["recurrent.U"].is_contiguous()
    bound = 1e-7 if name == "ok" else 1e-12  # roots of values near 0 magnify rounding
    assert distance(gradient(name, crosswise, seed=2), gradient(name, stream, seed=2)) < bound
