"""What holds for every learner: its interface, rows apart, descent, options, precision."""

from __future__ import annotations

import pytest
import torch

from engine.cells.attention import Attention
from engine.errors import UserError
from engine.learners.base import walk
from engine.learners.stream import Gradient, Patch
from engine.registry import CELLS, LEARNERS
from tests.support.learner_streams import (
    ELMAN_ONLY,
    FORWARD,
    RECURRENT_CELLS,
    SIGNS,
    GivenSigns,
    Stream,
    distance,
    gradient,
    learner,
    make_stream,
    run,
    same,
)

ATTENTION = Attention(k_top=2, k_att=2)


def stream_for(name: str, **sizes: int) -> Stream:
    """A stream that learner `name` can be trained on."""
    cell = "lru" if name == "diagonal" else "elman"
    return make_stream(cell, attention=ATTENTION if name == "sab" else None, **sizes)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", list(LEARNERS))
def test_interface(name: str) -> None:
    """Names, when gradients come, losses of the record, and parameters left alone."""
    stream = stream_for(name)
    before = {key: value.clone() for key, value in stream.parameters.items()}
    one = learner(name, stream, window=100)
    assert one.name == name
    assert one.online == (name in FORWARD)
    given: list[Gradient] = []
    total, record = walk(one, stream.parameters, stream.patches, given.append)
    assert len(given) == (stream.steps if one.online else 1)
    assert all(found.keys() == stream.parameters.keys() for found in given)
    assert distance(total, {key: sum(found[key] for found in given) for key in total}) < 1e-12  # type: ignore[misc]
    assert record.losses == pytest.approx(run("bptt", stream)[1].losses)
    assert record.losses.shape == (stream.steps,)
    assert same(before, stream.parameters)
    assert not any(value.requires_grad for found in given for value in found.values())


@pytest.mark.parametrize("name", list(LEARNERS))
def test_a_new_row_starts_from_nothing(name: str) -> None:
    """State, influence and memories of one row don't reach the next."""
    first, second = stream_for(name, seed=1), stream_for(name, seed=2)
    used, fresh = (learner(name, first, window=2) for _ in range(2))
    walk(used, first.parameters, first.patches)
    for one in (used, fresh):
        if one.stochastic:
            width = SIGNS.get(name, first.model.state_size)
            signs = torch.randn(2, first.steps, width, generator=torch.Generator().manual_seed(0)).sign()
            one.signs = GivenSigns(signs.double())  # type: ignore[attr-defined]
    again = walk(used, first.parameters, second.patches)[0]
    alone = walk(fresh, first.parameters, second.patches)[0]
    assert same(again, alone)
    assert distance(again, walk(learner(name, first), first.parameters, first.patches)[0]) > 1e-3


@pytest.mark.parametrize("name", list(LEARNERS))
def test_rows_are_independent(name: str) -> None:
    """The gradient of a batch is the sum of its rows' gradients."""
    stream = stream_for(name, rows=3)
    width = SIGNS.get(name, stream.model.state_size)
    parts, signs = [], torch.ones(3, stream.steps, width, dtype=torch.float64)
    signs[:, ::2, 0] = -1
    for chosen in (slice(0, 3), slice(0, 1), slice(1, 2), slice(2, 3)):
        one = learner(name, stream, window=2)
        if one.stochastic:
            one.signs = GivenSigns(signs[chosen])  # type: ignore[attr-defined]
        parts.append(walk(one, stream.parameters, stream.rows(chosen).patches)[0])
    total = {key: parts[1][key] + parts[2][key] + parts[3][key] for key in parts[0]}
    assert distance(parts[0], total) < (1e-7 if name == "ok" else 1e-12)  # roots of values near 0


@pytest.mark.parametrize("name", list(LEARNERS))
def test_descending_the_gradient_lowers_the_loss(name: str) -> None:
    """A few dozen rows of small steps, taken whenever the learner gives a gradient."""
    stream = stream_for(name, rows=4, patches=2)
    one = learner(name, stream, window=2, random_feedback=name == "rflo")
    parameters = {key: value.clone() for key, value in stream.parameters.items()}

    def descend(found: Gradient) -> None:
        for key, value in found.items():
            parameters[key] -= 0.004 * value

    losses = [walk(one, parameters, stream.patches, descend)[1].losses.sum() for _ in range(30)]
    assert losses[-1] < 0.8 * losses[0]


@pytest.mark.parametrize("name", FORWARD)
def test_forward_learners_refuse_attention(name: str) -> None:
    with pytest.raises(UserError, match=f"learner '{name}' can't train an attentive network"):
        learner(name, make_stream("elman", attention=ATTENTION))


@pytest.mark.parametrize("cell", [name for name in CELLS if name != "elman"])
def test_kronecker_factors_are_refused_other_cells(cell: str) -> None:
    for name in ELMAN_ONLY:
        with pytest.raises(UserError, match=f"trains the elman cell only, not '{cell}'"):
            learner(name, make_stream(cell))


def test_options_are_checked() -> None:
    with pytest.raises(UserError, match="learner 'sab' needs an attentive network"):
        learner("sab", make_stream("elman"))
    for name in ("tbptt", "sab"):
        with pytest.raises(UserError, match=f"learner '{name}': window must be at least 1, not 0"):
            learner(name, stream_for(name), window=0)
    for name in FORWARD:
        with pytest.raises(UserError, match=f"learner '{name}': every must be at least 1, not 0"):
            learner(name, stream_for(name), every=0)
    with pytest.raises(UserError, match="unknown learner 'magic'"):
        LEARNERS.get("magic")
    with pytest.raises(ValueError, match="at least one patch"):
        walk(learner("bptt", make_stream("elman")), {}, [])


@pytest.mark.parametrize("name", list(LEARNERS))
def test_single_precision_is_kept(name: str) -> None:
    stream = stream_for(name)
    parameters = {key: value.float() for key, value in stream.parameters.items()}
    patches = [Patch(p.features.float(), p.target.float(), p.weights.float()) for p in stream.patches]
    found, _ = walk(learner(name, stream, seed=3), parameters, patches)
    assert all(value.dtype == torch.float32 for value in found.values())
    double = gradient(name, stream, seed=3)
    size = max(float(value.abs().max()) for value in double.values())
    assert distance({key: value.double() for key, value in found.items()}, double) < 1e-4 * size


def test_recurrent_cells_are_those_whose_units_reach_each_other() -> None:
    assert set(CELLS) - set(RECURRENT_CELLS) == {"mlp", "lru"}
