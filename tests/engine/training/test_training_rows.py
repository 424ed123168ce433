"""Training by any learner: the same data for all, the gradients they say, and records of the runs."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
import torch
from torch import Tensor

from engine.decoders.base import YCC_TO_RGB, colour_matrix
from engine.errors import UserError
from engine.models.card import read_card
from engine.models.training_record import TrainingRecord, load_record, record_of
from engine.pipeline import load_decoder
from engine.registry import LEARNER_TITLES, LEARNERS
from engine.training.config import TrainConfig, load_config
from engine.training.course import peak_bytes
from engine.training.data import load_folder
from engine.training.rows_task import RowsTask
from engine.training.run import train

ROWS = """
kind = "rows"
name = "{name}"
title = "Tiny, {{learner}}, {{cell}}"
study = "learners"
validate_updates = {every}
[network]
cell = "elman"
units = 6
embed = 9
steps = 2
span = 4
{network}
[data]
crop = 64
batch = 16
contexts = "both"
quality_low = 10
quality_high = 10
[optimiser]
updates = {updates}
muon_rate = 0.02
adam_rate = 5e-3
warmup = 5
ema = 0.9
clip = 1.0
bf16 = {bf16}
[learner]
name = "bptt"
window = {window}
group = {group}
"""


def configuration(
    folder: Path,
    *,
    every: int = 0,
    updates: int = 8,
    group: int = 0,
    network: str = "",
    window: int = 4,
    bf16: bool = False,
    name: str = "tiny-{learner}-{seed}",
    **changes: object,
) -> TrainConfig:
    path = folder / "tiny.toml"
    fields = {"every": every, "updates": updates, "group": group, "network": network, "window": window}
    path.write_text(ROWS.format(bf16=str(bf16).lower(), name=name, **fields))
    return load_config(path, **changes)


def started(config: TrainConfig, photographs: Path) -> RowsTask:
    """A task whose network says something, in float64."""
    torch.manual_seed(config.seed)
    pictures = load_folder([photographs], 64)
    task = RowsTask(config, pictures, pictures[:1])
    torch.nn.init.normal_(task.network.out.weight, std=0.05)
    task.start(copy.deepcopy(task.network), 0)
    return task


def gradients(task: RowsTask, update: int) -> dict[str, Tensor]:
    task.backward(update)
    found = {}
    for name, parameter in task.network.named_parameters():
        assert parameter.grad is not None
        found[name] = parameter.grad.clone()
    return found


def test_bptt_is_the_gradient_of_the_loss(photographs: Path, tmp_path: Path) -> None:
    """Against the network's own forward pass: RGB error over the picture's energy, mean over patches,
    steps weighted from 1 to 2."""
    config = configuration(tmp_path, network="k_top = 2\nk_att = 2")
    task = started(config, photographs)
    actual = gradients(task, 3)
    patches = task.spans(3, 3)
    network, loss = task.network, torch.zeros(())
    state, memories = None, [torch.zeros(16, 6)]
    for patch in patches:
        seen = torch.relu(network.embed(patch.features))
        drive = network.cell.drive(dict(network.recurrent), seen)
        for k in range(2):
            state = torch.zeros(16, 6) if state is None else state
            state = network.cell.step(dict(network.recurrent), drive, state)
            attention = network.sizes.attention
            assert attention is not None
            own = dict(network.attention)
            values = torch.stack(memories, 1)
            weights = attention.weights(own, state, attention.key(own, values))
            state = state + (weights[..., None] * values).sum(1)
            error = (network.residual(state) - patch.target).view(16, 3, 64)
            rgb = colour_matrix(YCC_TO_RGB, error) @ error
            loss = loss + (patch.weights[k] * rgb.square().mean((1, 2))).sum()
        memories.append(state)
    network.zero_grad()
    loss.backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None
        assert torch.allclose(actual[name], parameter.grad, rtol=1e-4, atol=1e-6), name


@pytest.mark.parametrize("name", [name for name in LEARNERS if name not in ("sab", "diagonal")])
def test_learners_see_the_same_and_start_alike(name: str, photographs: Path, tmp_path: Path) -> None:
    """Data, order and weights don't depend on the learner; exact learners agree on the gradient."""
    reference = started(configuration(tmp_path), photographs)
    other = started(configuration(tmp_path, learner=name), photographs)
    expected, found = gradients(reference, 2), gradients(other, 2)
    for a, b in zip(reference.spans(5, 5), other.spans(5, 5), strict=True):
        assert torch.equal(a.features, b.features)
        assert torch.equal(a.target, b.target)
    exact = all(torch.allclose(expected[key], found[key], rtol=1e-3, atol=1e-6) for key in expected)
    assert exact == (name in ("bptt", "rtrl", "snap2", "snap3"))  # SnAp-2 of dense weights is RTRL


def test_forward_learners_may_update_on_the_way(photographs: Path, tmp_path: Path) -> None:
    """With group 1 a batch's gradient comes patch by patch; with fixed weights the parts sum to the whole."""
    whole = started(configuration(tmp_path, learner="rtrl"), photographs)
    parts = started(configuration(tmp_path, learner="rtrl", group=1), photographs)
    parts.pool.replace_every = whole.pool.replace_every = 10**6
    expected = gradients(whole, 0)
    several = [gradients(parts, update) for update in range(4)]
    # the parts weigh steps as of updates of their own, which are all before the decay here
    for key, value in expected.items():
        assert torch.allclose(sum(part[key] for part in several), value, rtol=1e-3, atol=1e-6), key
    assert any((several[0][key] - several[1][key]).abs().max() > 1e-6 for key in expected)


@pytest.mark.parametrize("learner", ["rtrl", "sab"])
def test_a_run_leaves_a_model_and_its_record(learner: str, photographs: Path, tmp_path: Path) -> None:
    network = "k_top = 2\nk_att = 2" if learner == "sab" else ""
    config = configuration(tmp_path, every=20, updates=60, network=network, learner=learner, seed=7)
    assert config.name == f"tiny-{learner}-7"
    assert train(config, [photographs], tmp_path / "run", validation=[photographs])
    card = read_card(tmp_path / "run" / f"tiny-{learner}-7.json")
    assert card.title == f"Tiny, {LEARNER_TITLES[learner]}, Elman"
    assert (card.kind, card.learner, card.study) == ("raster", LEARNER_TITLES[learner], "learners")
    assert (card.seed, card.carry, card.attentive) == (7, False, learner == "sab")
    record = record_of(card)
    assert record is not None
    assert record.updates == (20, 40, 60)
    assert record.patches == (20 * 64, 40 * 64, 60 * 64)
    assert 0 < record.seconds[0] < record.seconds[1] < record.seconds[2]
    assert record.ms_per_update == pytest.approx(1000 * record.seconds[-1] / 60, rel=0.02)
    assert record.loss[-1] < record.loss[0]
    assert record.validation_db[-1][-1] > 0.01
    assert record.peak_mb > 0
    assert [update for update, _ in record.cosines[learner]] == [20, 40, 60]
    if learner == "rtrl":
        assert all(cosine == pytest.approx(1, abs=1e-4) for _, cosine in record.cosines[learner])
    assert load_decoder(str(card.path)).card == card


def test_a_run_goes_on_with_its_record(photographs: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    short, long = (configuration(tmp_path, every=4, updates=updates) for updates in (8, 16))
    train(short, [photographs], run)
    train(long, [photographs], run, resume=True)
    record = load_record(run / "tiny-bptt-1.record.json")
    assert record.updates == (4, 8, 12, 16)
    assert list(record.seconds) == sorted(record.seconds)
    assert set(record.cosines) == set(LEARNERS) - {"bptt", "sab", "diagonal"}
    assert all(-1 <= cosine <= 1.0001 for pairs in record.cosines.values() for _, cosine in pairs)


@pytest.mark.parametrize("changes", [{"learner": "rtrl"}, {"seed": 2}])
def test_a_run_goes_on_as_it_began_only(
    changes: dict[str, object], photographs: Path, tmp_path: Path
) -> None:
    """The card tells of one learner and one seed."""
    train(configuration(tmp_path, updates=2), [photographs], tmp_path / "run")
    other = configuration(tmp_path, updates=4, **changes)  # type: ignore[arg-type]
    with pytest.raises(UserError, match=f"made with another {next(iter(changes))} than configuration"):
        train(other, [photographs], tmp_path / "run", resume=True)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"learner": "none"}, "unknown learner 'none'"),
        ({"learner": "bptt", "group": 1}, "at the span's end only"),
        ({"learner": "rtrl", "group": 3}, "must divide network.span, 4"),
        ({"learner": "tbptt", "group": 1}, "end of a window"),
        ({"learner": "tbptt", "window": 0}, r"learner\.window must be at least 1"),
        *(
            ({"learner": name, "bf16": True}, rf"optimiser\.bf16 must be false, '{name}' learns in full")
            for name in ("rtrl", "uoro", "snap1", "kf-rtrl", "rflo")
        ),
        ({"seed": -1}, "seed must lie in 0 to"),
        ({"name": "tiny-{learner.x}"}, "name and title know"),
        ({"name": "tiny-{learner[x]}"}, "name and title know"),
        ({"learner": "sab"}, "needs an attentive network"),
        ({"learner": "rtrl", "network": "k_top = 2"}, "can't train an attentive network"),
    ],
)
def test_what_does_not_fit_is_said(
    changes: dict[str, object],
    message: str,
    photographs: Path,
    tmp_path: Path,
) -> None:
    with pytest.raises(UserError, match=message):
        started(configuration(tmp_path, **changes), photographs)  # type: ignore[arg-type]


def test_broken_records_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.record.json"
    with pytest.raises(UserError, match=r"a\.record\.json"):
        load_record(path)
    for text in ("{", "[]", json.dumps({"format": 2}), json.dumps({"format": 1, "updates": 3})):
        path.write_text(text)
        with pytest.raises(UserError, match=r"a\.record\.json: not a training record"):
            load_record(path)
    whole = json.loads(TrainingRecord((1, 2), (8, 16), (0.5, 1.0), (0.9, 0.8), ((0.1,), (0.2,))).to_json())
    path.write_text(json.dumps(whole))
    assert load_record(path).updates == (1, 2)
    for wrong in ({"peak_mb": "much"}, {"seconds": ["long", "longer"]}, {"patches": [8]}):
        path.write_text(json.dumps(whole | wrong))
        with pytest.raises(UserError, match=r"a\.record\.json: not a training record"):
            load_record(path)


def test_peak_counts_what_lives_at_a_time() -> None:
    def work() -> None:
        a = torch.zeros(250_000)  # 1 MB
        b = a + 1
        del a
        c = b + 1
        del b, c

    assert 2_000_000 <= peak_bytes(work) < 2_100_000


def test_peak_leaves_out_what_was_there_before() -> None:
    """Looking at the pool's pictures or the weights needs no memory; what is made of them does."""
    there = torch.zeros(250_000)

    def work() -> None:
        view = there.view(500, 500).detach()[:100]  # 0.2 MB of them
        made = view * 2
        made.add_(1)
        there.add_(1)

    assert 200_000 <= peak_bytes(work) < 201_000
