"""What the tasks of the lab show and ask, held against files and sums that are made another way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.codecs.jpeg.codec import JPEG
from engine.codecs.jpeg.codes import index_blocks
from engine.decoders.spans import rgb, sent
from engine.errors import UserError
from engine.lab.network import LabNetwork
from engine.lab.run import Race, make_task, pictures_of
from engine.lab.settings import NetworkSettings, OptimiserSettings, changed, load_settings, presets
from engine.lab.tasks.answers import answers
from engine.lab.tasks.base import TASKS, Task
from engine.lab.tasks.differences import received, stream
from engine.lab.tasks.pictures import Spans, coefficients
from engine.learners.base import LearnerOptions, walk
from engine.learners.stream import Patch
from engine.metrics.fidelity import psnr_rgb_db
from engine.registry import LEARNERS
from engine.training.data import compress
from engine.types import frozen
from tests.support.lab import curves, folder_of_pictures, picture, settings, small_crops

OPTIONS: dict[str, dict[str, Any]] = {
    "late-answer": {"delay": 2, "span": 4},
    "differences": {"span": 8},
    "lost-packets": {"span": 8, "keep": 2, "lose": 1},
    "asked-again": {"span": 4},
    "refine": {"span": 4},
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    small_crops(monkeypatch)
    return folder_of_pictures(tmp_path / "pictures")


def task(folder: Path, name: str, **options: object) -> Task:
    return make_task(settings(folder, task=name, options={**OPTIONS[name], **options}))


def echoing(one: Any, wanted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let "the network" answer what is wanted of it."""
    monkeypatch.setattr("engine.lab.tasks.pictures.answers", lambda *_: wanted)


@pytest.mark.parametrize("name", list(OPTIONS))
@pytest.mark.parametrize(("height", "width"), [(72, 84), (17, 9), (8, 8), (64, 64)])
def test_right_answers_paint_the_original(
    folder: Path, name: str, height: int, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On pictures of any size; only where nothing was lost is the standard decode shown."""
    one: Any = task(folder, name)
    pixels = picture(1, height, width)
    ready = one.originals([pixels])[0]
    echoing(one, ready.steps.target, monkeypatch)
    painted = one.paint(one.model("elman"), {}, ready)
    assert painted.pixels.shape == pixels.shape
    assert painted.psnr_db == pytest.approx(psnr_rgb_db(pixels, painted.pixels))
    if name == "lost-packets":
        standard = compress(pixels, 10, False).standard
        assert psnr_rgb_db(pixels, standard) <= painted.psnr_db
    else:
        assert psnr_rgb_db(pixels, painted.pixels) > 45


@pytest.mark.parametrize("name", list(OPTIONS))
def test_batches_depend_on_seed_and_number_alone(folder: Path, name: str) -> None:
    one, other = task(folder, name), task(folder, name)
    other.batch(3, 40)  # what else was drawn doesn't matter
    for a, b in zip(one.batch(1, 7), other.batch(1, 7), strict=True):
        assert torch.equal(a.features, b.features)
        assert torch.equal(a.target, b.target)
        assert torch.equal(a.weights, b.weights)
    for seed, index in ((2, 7), (1, 8)):
        assert not torch.equal(one.batch(1, 7)[0].features, other.batch(seed, index)[0].features)
    patches = one.batch(1, 7)
    assert len(patches) == one.length
    assert patches[0].features.shape == (4, one.features)
    assert all(bool(torch.isfinite(patch.features).all()) for patch in patches)


def test_late_answers_come_late(folder: Path) -> None:
    one: Any = task(folder, "late-answer", delay=3)
    at_once: Any = task(folder, "late-answer", delay=0)
    late, now = one.batch(1, 0), at_once.batch(1, 0)
    assert (len(late), len(now)) == (7, 4)
    for i in range(4):
        assert torch.equal(late[i].features, now[i].features)
        assert torch.equal(late[i + 3].target, now[i].target)
        assert float(late[i + 3].weights.min()) > 0
    assert not any(patch.weights.any() for patch in late[:3])
    assert not any(patch.features.any() for patch in late[4:])
    residual: Any = task(folder, "late-answer", answer="residual")
    assert residual.scale == 20
    assert one.scale == 100


def test_differences_are_those_that_the_file_sends() -> None:
    """Held against the codes of single blocks, read from where they stand in the file."""
    span, pixels = 4, picture(2, 40, 84)
    payload, original = stream(pixels, 10, span)
    symbols, index = JPEG.decode(payload).symbols, index_blocks(payload)
    assert symbols is not None
    values = received(payload)
    rows, columns = values.shape[:2]
    assert (rows, columns) == (5, 12)
    assert original.shape == values.shape
    steps = [float(part.quantisation[0, 0]) for part in symbols.components]
    dc = sent(values.view(-1, span, 192)).view(rows, columns, 192)[..., [0, 64, 128]]
    for row in range(rows):
        for column in range(columns):
            for component in range(3):
                block = index.read(component, row, column)
                assert float(dc[row, column, component]) == block.codes[0].value * steps[component]
                assert (column % span > 0) or block.prediction == 0


def test_received_symbols_are_what_is_decoded() -> None:
    pixels = picture(1, 40, 64)
    payload, _ = stream(pixels, 30, 8)
    error = rgb(received(payload)).astype(float) - JPEG.decode(payload).standard
    assert float(np.abs(error).max()) <= 2


def test_lost_packets_come_in_bursts_that_move_from_row_to_row(folder: Path) -> None:
    one: Any = task(folder, "lost-packets", keep=4, lose=3, span=8)
    column, row = torch.arange(8).repeat(3, 1), torch.arange(3)
    empty = torch.ones(3, 8, 192)
    spans = Spans(empty, 2 * empty, torch.ones(3, 8, dtype=torch.bool), row, column, 5.0, False)
    lost = one.lost(spans)
    assert lost[0].tolist() == [False] * 4 + [True] * 3 + [False]
    assert lost[1].tolist() == [False, True, True, True, False, False, False, False]
    steps = one.arrange(spans)
    seen = steps.features.transpose(0, 1)
    assert not seen[lost].any()
    assert seen[~lost][:, -1].eq(1).all()
    assert torch.equal(steps.counts.T > 0, lost)
    shown = one.finished(spans, 7 * empty)
    assert shown[lost].eq(7).all()
    assert shown[~lost].eq(1).all()


def test_beyond_the_pictures_edge_nothing_counts(folder: Path) -> None:
    one: Any = task(folder, "late-answer", delay=1)
    ready = one.originals([picture(0, 16, 44)])[0]  # six patches: a span of four and half of one
    assert ready.grid == (2, 6)
    assert ready.steps.counts.sum() == 12


def test_answers_are_those_that_learners_see(folder: Path) -> None:
    """The loss of a learner's walk equals that of the answers, with and without attention."""
    for k_top in (0, 2):
        network = NetworkSettings(units=6, embed=8, steps=2, k_top=k_top)
        one = make_task(settings(folder, network=network))
        model = one.model("elman")
        own = LabNetwork(model, network, (one.features, one.outputs), 1, {}, {})
        torch.nn.init.normal_(own.get_parameter("out.weight"), std=0.1)
        parameters = {name: value.detach() for name, value in own.named_parameters()}
        patches = one.batch(1, 0)
        found = answers(model, parameters, torch.stack([patch.features for patch in patches]))
        learner = LEARNERS.get("bptt")(model, LearnerOptions())
        losses = walk(learner, parameters, patches)[1].losses[1::2]  # of the last step of each patch
        assert losses == pytest.approx(
            [_loss(model, p, answer) for p, answer in zip(patches, found, strict=True)]
        )


def _loss(model: Any, patch: Patch, answer: Tensor) -> float:
    return float((patch.weights[-1] * model.error(answer, patch.target)).sum())


def test_coefficients_and_pixels_are_inverse() -> None:
    pixels = frozen(picture(2, 24, 32))
    assert np.array_equal(rgb(coefficients(compress(pixels, 10, True))[1]), pixels)


# ---- sequences -------------------------------------------------------------------------------------------


def sequence(name: str, **options: object) -> Any:
    network = NetworkSettings(units=6, embed=6)
    return make_task(
        settings(task=name, options=options, network=network, optimiser=OptimiserSettings(rows=5))
    )


def drawn(one: Any) -> tuple[Tensor, Tensor, Tensor]:
    patches = one.batch(1, 0)
    parts = zip(*((p.features, p.target, p.weights[0]) for p in patches), strict=True)
    return tuple(torch.stack(part) for part in parts)  # type: ignore[return-value]


def test_delayed_add() -> None:
    x, y, weights = drawn(sequence("delayed-add", first=2, second=5, length=12))
    for t in range(5, 12):
        assert torch.equal(y[t], 0.5 + 0.5 * x[t - 2] - 0.25 * x[t - 5])
    assert not weights[:5].any()
    assert float(weights.sum()) == pytest.approx(1)


def test_copy() -> None:
    x, y, weights = drawn(sequence("copy", symbols=3, shown=2, blank=4))
    assert x.shape == (8, 5, 4)
    assert torch.equal(y[-2:], x[:2, :, :3])
    assert not x[2:6].any()
    assert torch.equal(weights > 0, x[..., 3] > 0)


def test_adding() -> None:
    x, y, weights = drawn(sequence("adding", length=10))
    assert torch.equal(x[..., 1].sum(0), torch.full((5,), 2.0))
    assert torch.allclose(y[-1, :, 0], (x[..., 0] * x[..., 1]).sum(0))
    assert not weights[:-1].any()


@pytest.mark.parametrize("name", ["delayed-add", "copy", "adding"])
def test_knowing_nothing_but_the_mean_measures_1(name: str) -> None:
    one = sequence(name)
    model = one.model("elman")
    own = LabNetwork(model, NetworkSettings(units=6, embed=6), (one.features, one.outputs), 1, {}, {})
    parameters = {key: value.detach() for key, value in own.named_parameters()}
    _, target, counts = one._held_out
    parameters["out.bias"] = target[counts > 0].mean(0)
    assert one.measure(model, parameters) == pytest.approx(1)


def influence(*lanes: str, updates: int) -> dict[int, list[tuple[int, float, float]]]:
    chosen = changed(load_settings("truncation-diverges"), [f"updates={updates}", "measure_every=50"])
    chosen = changed(chosen, [f"lanes={list(lanes)}".replace("'", '"'), "length=400"])
    return curves(Race(chosen, make_task(chosen)).play())


def test_truncation_diverges_where_rtrl_converges() -> None:
    """One weight whose immediate effect has the wrong sign (influence balancing)."""
    found = influence("rtrl,every=1", "tbptt:1,every=1", "tbptt:10,every=10", updates=350)
    assert found[0][0][2] == pytest.approx(8, rel=1e-3)
    assert found[0][-1][2] < 0.1
    assert found[1][-1][2] > found[1][1][2] > 7  # uphill
    assert found[2][-1][2] > 100


def test_influence_balancings_steady_state_is_what_the_system_comes_to() -> None:
    one = make_task(load_settings("truncation-diverges"))
    model, theta = one.model(""), torch.tensor([[0.3]])
    state = torch.zeros(1, 23)
    for _ in range(2000):
        state = model.cell.step({}, model.cell.drive({}, theta), state)
    assert float(state[0, 0]) == pytest.approx(6 * 0.3, rel=1e-4)
    parameters = {**one.frozen(), "embed.bias": theta[0]}
    assert one.measure(model, parameters) == pytest.approx(0.5 * (1.8 - 1) ** 2, rel=1e-4)


# ---- all -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(presets()))
def test_every_preset_runs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two updates of every lane, on what comes with the program."""
    small_crops(monkeypatch)
    chosen = changed(load_settings(name), ["updates=2", "pictures=1", "seconds=0"])
    if chosen.options.get("span", 0) > 8:
        chosen = changed(chosen, ["span=8"])
    if chosen.task == "influence-balancing":
        chosen = changed(chosen, ["length=40"])
    one = make_task(chosen)
    found = curves(Race(chosen, one, pictures_of(chosen, one)).play())
    assert len(found) == len(chosen.lanes)
    assert all(points[-1][0] == 2 for points in found.values())
    assert set(TASKS.names()) >= {chosen.task}


@pytest.mark.parametrize(
    ("name", "options", "reason"),
    [
        ("late-answer", {"span": 40}, "span must lie in 1 to 32"),
        ("late-answer", {"answer": "song"}, "answer must be 'picture' or 'residual'"),
        ("late-answer", {"quality": 0}, "quality must lie in 1 to 100"),
        ("differences", {"subsampling": "4:2:0"}, "must be '4:4:4'"),
        ("lost-packets", {"lose": 0}, "at least 1"),
        ("delayed-add", {"first": 9, "second": 3}, "first must be less"),
        ("copy", {"symbols": 1}, "at least 2"),
        ("adding", {"length": 1}, "length must lie in"),
        ("influence-balancing", {}, "needs network.embed and optimiser.rows of 1"),
    ],
)
def test_wrong_options_are_told(folder: Path, name: str, options: dict[str, object], reason: str) -> None:
    with pytest.raises(UserError, match=reason):
        make_task(settings(folder, task=name, options=options))
