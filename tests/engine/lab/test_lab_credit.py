"""Where credit goes, held against finite differences, other learners and cut graphs, in float64."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.cells.attention import Attention
from engine.errors import UserError
from engine.lab.credit import Place, along_training, angles, credit, examine
from engine.lab.credit_forward import cone, course, forward_kept, spectrum
from engine.lab.credit_graph import by_lag, credits, exact_graph
from engine.lab.wire import Reader, pack_event
from engine.learners.base import LearnerOptions, walk
from engine.learners.stream import Patch, RowModel
from engine.registry import CELLS, LEARNERS
from tests.support.lab import folder_of_pictures, picture, race, settings, small_crops, weights

UNITS, ROWS, FEATURES, OUTPUTS = 4, 2, 3, 2


def stream(
    cell: str = "elman", steps: int = 1, patches: int = 5, k_top: int = 0
) -> tuple[RowModel, dict[str, Tensor], list[Patch]]:
    generator = torch.Generator().manual_seed(5)
    attention = Attention(k_top, 1) if k_top else None
    model = RowModel(CELLS.get(cell), UNITS, steps, attention)
    parameters = {
        name: 1.5 * value.double() for name, value in model.initial(FEATURES, OUTPUTS, generator).items()
    }

    def drawn(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    rows = [
        Patch(drawn(ROWS, FEATURES), drawn(ROWS, OUTPUTS), drawn(steps, ROWS).abs()) for _ in range(patches)
    ]
    return model, parameters, rows


def losses_after(
    model: RowModel, parameters: dict[str, Tensor], patches: Sequence[Patch], at: int, change: Tensor
) -> Tensor:
    """(T,) losses with `change` added to the state after step `at`, worked out by hand."""
    state = torch.zeros(ROWS, model.state_size, dtype=torch.float64)
    found, t = [], 0
    for patch in patches:
        drive = model.drive(parameters, model.preactivation(parameters, patch.features))
        for k in range(model.steps):
            state = model.step(parameters, drive, state)
            state = state + change if t == at else state
            found.append(model.loss(parameters, state, patch, k))
            t += 1
    return torch.stack(found)


@pytest.mark.parametrize("cell", ["elman", "lstm", "gru", "lru"])
def test_the_triangle_is_what_finite_differences_find(cell: str) -> None:
    model, parameters, patches = stream(cell, steps=2, patches=3)
    found = credits(exact_graph(model, parameters, patches))
    size = 1e-6
    for s in range(6):
        by_number = torch.zeros(6, ROWS, model.state_size, dtype=torch.float64)
        for row in range(ROWS):
            for unit in range(model.state_size):
                step = torch.zeros(ROWS, model.state_size, dtype=torch.float64)
                step[row, unit] = size
                ahead, behind = (losses_after(model, parameters, patches, s, by) for by in (step, -step))
                by_number[:, row, unit] = (ahead - behind) / (2 * size)
        assert torch.allclose(found[:, s], by_number, rtol=1e-5, atol=1e-8)
    parts = examine("bptt", model, LearnerOptions(), parameters, patches)
    sums = np.nansum(parts["triangle"].numpy() ** 2, 1)
    assert np.allclose(sums, found.square().sum((1, 2, 3)).numpy())
    assert np.isnan(parts["triangle"].numpy()[np.triu_indices(6, 1)]).all()


@pytest.mark.parametrize("k_top", [0, 2])
def test_shares_by_lag_make_the_whole_gradient(k_top: int) -> None:
    model, parameters, patches = stream("gru", steps=2, patches=4, k_top=k_top)
    graph = exact_graph(model, parameters, patches)
    parts = by_lag(model, parameters, patches, credits(graph))
    exact, _ = walk(LEARNERS.get("bptt")(model, LearnerOptions()), parameters, patches)
    for name, value in exact.items():
        if not name.startswith("out."):
            assert torch.allclose(torch.stack([part[name] for part in parts]).sum(0), value, atol=1e-12)
    found = examine("bptt", model, LearnerOptions(), parameters, patches)
    assert float(found["lag_share"].sum()) == pytest.approx(1)
    assert torch.equal(found["lag_share"], found["lag_kept"])
    if not k_top:
        immediate, _ = walk(LEARNERS.get("immediate")(model, LearnerOptions(every=8)), parameters, patches)
        for name, value in parts[0].items():
            assert torch.allclose(value, immediate[name], atol=1e-12)


@pytest.mark.parametrize("window", [1, 2, 3])
def test_truncation_lets_nothing_past_a_window(window: int) -> None:
    model, parameters, patches = stream(patches=6)
    found = examine("tbptt", model, LearnerOptions(window=window), parameters, patches)
    t, s = np.tril_indices(6)
    kept, exact = found["kept"].numpy()[t, s], found["triangle"].numpy()[t, s]
    inside = t // window == s // window
    assert np.allclose(kept[inside], exact[inside], rtol=1e-12)
    assert (kept[~inside] == 0).all()
    assert (exact[~inside] > 0).all()
    # what is kept makes truncation's own gradient
    gradient, _ = walk(LEARNERS.get("tbptt")(model, LearnerOptions(window=window)), parameters, patches)
    true, _ = walk(LEARNERS.get("bptt")(model, LearnerOptions()), parameters, patches)
    names = [name for name in true if not name.startswith("out.")]
    dot = sum(float((gradient[name] * true[name]).sum()) for name in names)
    size = sum(float(true[name].square().sum()) for name in names)
    assert float(found["lag_kept"].sum()) == pytest.approx(dot / size, rel=1e-10)


@pytest.mark.parametrize(
    ("learner", "cell", "density"),
    [
        ("snap1", "elman", 1),
        ("snap1", "lstm", 1),
        ("snap2", "elman", 0.3),
        ("rflo", "gru", 1),
        ("rtrl", "gru", 1),
    ],
)
def test_what_forward_learners_keep_makes_their_gradient(learner: str, cell: str, density: float) -> None:
    """Of the recurrent weights, whose influence they cut."""
    model, parameters, patches = stream(cell, steps=2)
    name = next(n for n in ("recurrent.U", "recurrent.V", "recurrent.W") if n in parameters)
    names = [n for n in parameters if n.startswith("recurrent.") and parameters[n].shape[-1] == UNITS]
    if density < 1:
        chosen = torch.rand(UNITS, UNITS, generator=torch.Generator().manual_seed(2)) < density
        chosen |= torch.eye(UNITS, dtype=torch.bool)
        parameters[name] = parameters[name] * chosen
        found_reach = course(model, parameters, patches).reach
        assert set(found_reach.flatten().tolist()) >= {0, 1, 2}
    found = examine(learner, model, LearnerOptions(), parameters, patches)
    gradient, _ = walk(LEARNERS.get(learner)(model, LearnerOptions(every=99)), parameters, patches)
    true, _ = walk(LEARNERS.get("bptt")(model, LearnerOptions()), parameters, patches)
    assert names
    exact = credits(exact_graph(model, parameters, patches))
    kept = forward_kept(learner, exact, course(model, parameters, patches), model)
    parts = by_lag(model, parameters, patches, kept)
    for each in names:
        assert torch.allclose(torch.stack([part[each] for part in parts]).sum(0), gradient[each], atol=1e-12)
    differs = any(not torch.allclose(gradient[each], true[each]) for each in names)
    assert differs == (learner != "rtrl")
    assert np.allclose(
        np.nan_to_num(found["kept"].numpy()), np.tril(kept.square().sum((2, 3)).sqrt().numpy()), atol=1e-14
    )


def test_sab_sends_credit_into_the_memories_that_it_recalled() -> None:
    model, parameters, patches = stream(patches=6, k_top=1)
    found = examine("sab", model, LearnerOptions(window=1), parameters, patches)
    recalled, credit = found["recalled"].numpy(), found["memory_credit"].numpy()
    assert recalled.shape == credit.shape == (6, 7)  # a memory a step and the start
    assert np.allclose(recalled.sum(1), 1)
    assert ((recalled > 0).sum(1) <= ROWS).all()
    later = np.arange(7)[None, :] > np.arange(6)[:, None]
    assert (credit[later] == 0).all()
    assert found["memory_patch"].tolist() == [-1, 0, 1, 2, 3, 4, 5]
    assert credit[recalled > 0].min() > 0
    kept, exact = found["kept"].numpy(), found["triangle"].numpy()
    cut = [(t, s) for t in range(6) for s in range(t) if kept[t, s] == 0]
    assert 5 < len(cut) < 15  # what was not recalled gets nothing
    assert all(exact[at] > 0 for at in cut)
    whole = examine("bptt", model, LearnerOptions(), parameters, patches)["memory_credit"].numpy()
    assert (whole[~later] > 0).sum() >= (credit[~later] > 0).sum()
    assert found["influence"].numel() == 0


def test_influence_is_the_jacobian_by_the_drives() -> None:
    model, parameters, patches = stream("lstm", patches=4)
    found = course(model, parameters, patches)
    drives = [model.drive(parameters, model.preactivation(parameters, each.features)) for each in patches]

    def states(*given: Tensor) -> Tensor:
        state = torch.zeros(1, model.state_size, dtype=torch.float64)
        kept = []
        for drive in given:
            state = model.step(parameters, drive[None], state)
            kept.append(state[0])
        return torch.stack(kept)

    whole = torch.zeros(4, 4, dtype=torch.float64)
    for row in range(ROWS):
        parts = torch.autograd.functional.jacobian(states, tuple(drive[row] for drive in drives))
        whole += torch.stack([part.square().sum((1, 2)) for part in parts], 1) / ROWS
    assert torch.allclose(found.influence, whole.sqrt(), atol=1e-12)
    assert torch.allclose(found.last.square().sum((1, 2)).sqrt(), whole.sqrt()[-1], atol=1e-12)
    assert (found.kept <= found.influence + 1e-12).all()
    assert torch.allclose(found.kept.diagonal(), found.influence.diagonal())
    assert (found.kept[-1, :-1] < found.influence[-1, :-1]).all()
    assert (found.reach == 1 + (1 - torch.eye(UNITS)).long()).all()  # dense: others within two steps


def test_the_spectrum_is_that_of_the_jacobian_which_is_0_at_first() -> None:
    model, parameters, patches = stream("elman")
    found = course(model, parameters, patches)
    values = spectrum(found.J)
    for at, J in enumerate(found.J):
        assert torch.allclose(values[at].prod(), torch.linalg.det(J[0]).to(values.dtype), atol=1e-10)
        assert torch.allclose(values[at].sum(), J[0].trace().to(values.dtype), atol=1e-10)


@pytest.mark.parametrize("learner", ["uoro", "kf-rtrl", "ok"])
def test_the_mean_of_more_draws_narrows_towards_the_exact_gradient(learner: str) -> None:
    """The tangent of the angle falls by the root of the number of draws."""
    model, parameters, patches = stream(patches=4)
    found = cone(learner, model, LearnerOptions(every=4, rank=1), parameters, patches, 600)
    assert found.counts == (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
    assert len(found.angles) == 600
    tangent = torch.tan(torch.deg2rad(found.narrowed))
    slope = float((tangent[8] / tangent[4]).log2()) / 4  # from 16 draws to 256
    assert slope == pytest.approx(-0.5, abs=0.12)
    assert float(found.narrowed[-1]) < 0.2 * float(found.narrowed[0])


def test_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a batch, of the span under the cursor, by place; and the run goes on as it would have."""
    small_crops(monkeypatch)
    chosen = settings(folder_of_pictures(tmp_path / "pictures"), lanes=("tbptt:2", "uoro"))
    one, other = (race(chosen, picture(0)) for _ in range(2))
    list(one.play(updates=3))
    before = credit(one, 0, 2)
    assert (before.lane, before.update, before.row) == (0, 2, -1)
    assert before.triangle.shape == (6, 6)  # 4 patches and 2 late answers
    assert before.influence_last.shape == (6, 6, 6)
    assert not before.triangle.flags.writeable
    assert (before.triangle[:2] == 0)[np.tril_indices(2)].all()  # nothing is asked of the first two steps
    span = credit(one, 0, 2, Place(0, 3, 9))
    assert (span.row, span.column) == (3, 9)
    assert not np.array_equal(span.triangle, before.triangle)
    assert before.place_value.shape == before.place_standard.shape == (4,)
    assert before.place_standard.min() > 20
    found = angles(one, 1, 2, draws=8)
    assert (found.learner, found.counts) == ("uoro", (1, 2, 4, 8))
    assert (found.angles > 0).all()
    along = along_training(one, 0)
    assert along.updates == (0, 2, 3)
    assert along.cosine[-1] < 1
    assert (along.variance == 0).all()
    assert np.isfinite(along_training(one, 1).variance).all()
    list(one.play())
    list(other.play())
    assert torch.equal(weights(one, 1), weights(other, 1))
    for wrong, words in (
        (lambda: credit(one, 0, 2, Place(0, 99, 0)), "isn't there"),
        (lambda: credit(one, 0, 2, Place(4, 0, 0)), "picture 4"),
        (lambda: angles(one, 0, 2, "rtrl"), "draws nothing"),
    ):
        with pytest.raises(UserError, match=words):
            wrong()


def test_over_the_wire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_crops(monkeypatch)
    one = race(settings(folder_of_pictures(tmp_path / "pictures"), lanes=("tbptt:2",)), picture(0))
    list(one.play(updates=2))
    for sent in (credit(one, 0, 2), angles(one, 0, 2, draws=2), along_training(one, 0)):
        (got,) = Reader().feed(pack_event(sent))
        assert type(got) is type(sent)
        for field in dataclasses.fields(sent):
            was, now = getattr(sent, field.name), getattr(got, field.name)
            if isinstance(was, np.ndarray):
                assert was.dtype == now.dtype
                assert np.array_equal(was, now, equal_nan=was.dtype.kind == "f")
            else:
                assert was == now
