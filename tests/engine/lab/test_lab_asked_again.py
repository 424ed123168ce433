"""Asked again: what is seen and asked; recalled states that are read out and not carried."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine.cells.attention import Attention
from engine.lab.run import make_task
from engine.lab.tasks.answers import answers
from engine.lab.tasks.asked_again import AskedAgain
from engine.learners.base import LearnerOptions, walk
from engine.learners.stream import Patch, RowModel
from engine.registry import CELLS, LEARNERS
from tests.support.lab import folder_of_pictures, picture, settings, small_crops


@pytest.fixture
def task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AskedAgain:
    small_crops(monkeypatch)
    chosen = settings(folder_of_pictures(tmp_path / "p"), task="asked-again", options={"span": 4})
    made = make_task(chosen)
    assert isinstance(made, AskedAgain)
    return made


def test_what_is_asked_is_what_was_seen_at_that_place(task: AskedAgain) -> None:
    (ready,) = task.originals([picture(0)])
    steps, spans = ready.steps, ready.spans
    order = task.order(spans)
    assert (order.sort(1).values == torch.arange(4)).all()
    assert len({tuple(each.tolist()) for each in order}) > 4  # another order from span to span
    places = steps.features[:, :, -5:-1].argmax(-1)
    assert (torch.arange(4) == places[:4].T).all()
    assert torch.equal(places[4:].T, order)
    assert (steps.features[4:, :, :-5] == 0).all()  # nothing of a patch is seen when it is asked for
    assert (steps.features[:4, :, -1] == 0).all()
    assert (steps.features[4:, :, -1] == 1).all()
    for span in (0, 3):
        for i in range(4):
            assert torch.equal(steps.target[4 + i, span], spans.original[span, order[span, i]])
    assert (steps.counts[:4] == 0).all()
    # answers that are all right make the original
    whole = task.finished(spans, steps.target[4:].transpose(0, 1))
    assert torch.equal(whole, spans.original)
    assert task.length == 8


def test_recalled_states_that_are_read_out_do_not_go_on() -> None:
    """Held against the equations by hand, and the gradient against finite differences."""
    generator = torch.Generator().manual_seed(3)
    model = RowModel(CELLS.get("elman"), 4, 1, Attention(2, 1, carried=False))
    parameters = {name: 2 * value.double() for name, value in model.initial(3, 2, generator).items()}
    features = torch.randn(5, 2, 3, generator=generator, dtype=torch.float64)
    state, memories, found = torch.zeros(2, 4, dtype=torch.float64), [], []
    attention = Attention(2, 1)
    own = {name.removeprefix("attention."): v for name, v in parameters.items() if "attention" in name}
    memories.append(state)
    for each in features:
        drive = model.drive(parameters, model.preactivation(parameters, each))
        state = model.step(parameters, drive, state)
        keys = torch.stack([attention.key(own, m) for m in memories], 1)
        weights = attention.weights(own, state, keys)
        found.append(
            model.estimate(parameters, state + (weights[..., None] * torch.stack(memories, 1)).sum(1))
        )
        memories.append(state)
    assert torch.allclose(answers(model, parameters, features), torch.stack(found), atol=1e-12)
    target = torch.randn(5, 2, 2, generator=generator, dtype=torch.float64)
    patches = [
        Patch(f, t, torch.ones(1, 2, dtype=torch.float64)) for f, t in zip(features, target, strict=True)
    ]
    gradient, record = walk(LEARNERS.get("bptt")(model, LearnerOptions()), parameters, patches)
    errors = (torch.stack(found) - target).square().mean(-1).sum()
    assert record.losses.sum() == pytest.approx(float(errors), rel=1e-10)
    name, size = "recurrent.U" if "recurrent.U" in parameters else "attention.A", 1e-6
    for at in ((0, 1), (2, 3)):
        ends = []
        for sign in (1, -1):
            moved = {key: value.clone() for key, value in parameters.items()}
            moved[name][at] += sign * size
            answered = answers(model, moved, features)
            ends.append(float((answered - target).square().mean(-1).sum()))
        assert float(gradient[name][at]) == pytest.approx(
            (ends[0] - ends[1]) / (2 * size), rel=1e-4, abs=1e-8
        )
