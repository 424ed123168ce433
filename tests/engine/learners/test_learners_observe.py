"""Observers: what they report, and that they change nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from engine.cells.attention import Attention
from engine.errors import UserError
from engine.learners.base import LearnerOptions, walk
from engine.learners.observe import Comparison, Observer, compare
from engine.learners.stream import Gradient
from engine.registry import CELLS
from tests.support.learner_streams import gradient, learner, make_stream, same

ALL = ("bptt", "tbptt", "rtrl", "uoro", "snap1", "kf-rtrl", "rflo")


def observed(names: tuple[str, ...], cell: str = "elman", draws: int = 1) -> dict[str, Comparison]:
    stream = make_stream(cell)
    observer = Observer(stream.model, names, LearnerOptions(window=2, seed=1), draws)
    observer.start(stream.parameters, 2)
    for patch in stream.patches:
        for k in range(stream.model.steps):
            observer.step(patch, k)
    return observer.finish()


@pytest.mark.parametrize("cell", [name for name in CELLS if name != "mlp"])
def test_exact_learners_agree_and_approximate_ones_don_t(cell: str) -> None:
    names = tuple(name for name in ALL if name != "kf-rtrl")
    found = observed(names, cell)
    for name in ("bptt", "rtrl"):
        assert found[name].cosine == pytest.approx(1, abs=1e-12)
        assert found[name].relative_error < 1e-20
        assert found[name].relative_variance == 0
        assert set(found[name].groups) == {"embed", "recurrent", "out"}
        assert all(value == pytest.approx(1, abs=1e-12) for value in found[name].groups.values())
    alone = ("snap1", "rflo") if cell != "lru" else ()  # exact where units keep to themselves
    for name in ("tbptt", "uoro", *alone):
        assert found[name].cosine < 1 - 1e-5
        assert found[name].relative_error > 1e-5
        assert found[name].groups["out"] == pytest.approx(1, abs=1e-12)  # direct, never approximate
    assert math.isnan(found["uoro"].relative_variance)  # one draw says nothing of it
    assert found["snap1"].relative_variance == 0


def test_figures_equal_their_definitions() -> None:
    generator = np.random.default_rng(0)
    exact, draws = generator.normal(size=12), generator.normal(size=(5, 12))

    def as_gradient(values: np.ndarray) -> Gradient:
        tensor = torch.from_numpy(values)
        return {"recurrent.W": tensor[2:10].view(2, 4), "embed.bias": tensor[:2], "out.bias": tensor[10:]}

    found = compare(as_gradient(exact), [as_gradient(draw) for draw in draws], stochastic=True)
    norm = np.linalg.norm
    assert found.cosine == pytest.approx(np.mean([d @ exact / norm(d) / norm(exact) for d in draws]))
    assert found.relative_error == pytest.approx(
        np.mean([norm(d - exact) ** 2 for d in draws]) / norm(exact) ** 2
    )
    variance = sum(norm(d - draws.mean(0)) ** 2 for d in draws) / 4
    assert found.relative_variance == pytest.approx(variance / norm(exact) ** 2)
    inner = [d[2:10] @ exact[2:10] / norm(d[2:10]) / norm(exact[2:10]) for d in draws]
    assert found.groups["recurrent"] == pytest.approx(np.mean(inner))
    assert set(found.groups) == {"embed", "recurrent", "out"}


def test_an_unbiased_learner_s_error_is_its_variance() -> None:
    found = observed(("uoro", "kf-rtrl"), draws=40)
    for comparison in found.values():
        assert comparison.relative_variance == pytest.approx(comparison.relative_error, rel=0.1)
        assert comparison.relative_variance > 0.01


def test_a_gradient_of_0_has_no_direction() -> None:
    zero = {"out.bias": torch.zeros(3)}
    found = compare(zero, [{"out.bias": torch.ones(3)}], stochastic=False)
    assert math.isnan(found.cosine)
    assert math.isnan(found.relative_error)


@pytest.mark.parametrize("trainer", ["rtrl", "uoro", "bptt"])
def test_observers_change_nothing_and_see_the_start_of_the_row(trainer: str) -> None:
    """Training with observers gives the same weights to the last bit, updates in mid-row included; and
    observers judge at the parameters that the row began with."""
    stream = make_stream("gru")
    results, reports = [], []
    for watched in (False, True):
        parameters = {name: value.clone() for name, value in stream.parameters.items()}
        observer = Observer(stream.model, ("uoro", "snap1", "tbptt"), LearnerOptions(window=2, seed=4))
        one = learner(trainer, stream, seed=4)

        def descend(found: Gradient, parameters: Gradient = parameters) -> None:
            for name, value in found.items():
                parameters[name] -= 0.05 * value

        for _ in range(2):
            walk(one, parameters, stream.patches, descend, observer if watched else None)
            if watched:
                reports.append(observer.finish())
        results.append(parameters)
    assert same(results[0], results[1])
    still = Observer(stream.model, ("snap1", "tbptt"), LearnerOptions(window=2))
    walk(learner("bptt", stream), stream.parameters, stream.patches, beside=still)
    expected = still.finish()
    for name in ("snap1", "tbptt"):
        assert reports[0][name] == expected[name]
        assert reports[1][name] != expected[name]


def test_attentive_networks_are_observed_too() -> None:
    stream = make_stream("lstm", attention=Attention(k_top=2, k_att=2), patches=5)
    observer = Observer(stream.model, ("bptt", "tbptt", "sab"), LearnerOptions(window=2))
    exact, _ = walk(learner("bptt", stream), stream.parameters, stream.patches, beside=observer)
    found = observer.finish()
    assert found["bptt"].cosine == pytest.approx(1, abs=1e-12)
    assert found["sab"].relative_error < found["tbptt"].relative_error
    expected = compare(exact, [gradient("sab", stream, window=2)], stochastic=False)
    assert found["sab"] == expected
    assert set(expected.groups) == {"embed", "recurrent", "out", "attention"}
    with pytest.raises(UserError, match="can't train an attentive network"):
        Observer(stream.model, ("rtrl",), LearnerOptions())


def test_draws_are_checked() -> None:
    with pytest.raises(ValueError, match="draws must be at least 1, not 0"):
        Observer(make_stream("elman").model, ("uoro",), LearnerOptions(), draws=0)
