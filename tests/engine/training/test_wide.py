"""Training data of every quality and kind, and the guard's training."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from engine import pipeline
from engine.decoders.guard import COUNT, HAS_CELLS, SCALE
from engine.decoders.scaled_sweep import ScaledSweep
from engine.decoders.sweep_network import SweepNetwork, SweepSizes
from engine.step_scale import chroma_table, jpeg_scale, luma_table, step_scale, table_form
from engine.training.config import DataConfig, load_config
from engine.training.guard_task import Case, loss_of, train_guard
from engine.training.made import MADE, make
from engine.training.made.spare import SPARE
from engine.training.streams import source
from engine.training.sweep_task import SweepTask, tensors
from engine.training.warm_start import take_over_sweep
from engine.training.wide import draw_scale, other_tables, quality_of, scaled_down
from tests.support.unseen_kinds import KINDS, unseen


def photographs() -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [
        rng.integers(0, 256, (240, 320, 3)).astype(np.uint8),
        np.kron(rng.integers(0, 256, (110, 120, 3)), np.ones((8, 8, 1))).astype(np.uint8),
    ]


@pytest.mark.parametrize("name", MADE)
def test_made_pictures(name: str) -> None:
    first, again, other = (make(name, np.random.default_rng(seed), 128) for seed in (1, 1, 2))
    assert first.dtype == np.uint8
    assert first.shape == (128, 128, 3)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_kinds_are_kept_apart() -> None:
    assert not set(MADE) & set(SPARE)
    assert not set(KINDS) & (set(MADE) | set(SPARE))
    assert len(KINDS) >= 15
    assert np.array_equal(unseen("tartan"), unseen("tartan"))


def test_streams_depend_on_seed_and_update_alone() -> None:
    config = load_config("flagship")
    drawn = []
    for _ in range(2):
        wide = source(config, photographs())
        drawn.append([wide.draw(np.random.default_rng((1, update)), update) for update in range(24)])
    for a, b in zip(*drawn, strict=True):
        assert np.array_equal(a.standard, b.standard)
        assert a.original.shape == a.standard.shape == (config.data.crop, config.data.crop, 3)
        assert (a.scale, a.form) == (b.scale, b.form)
    assert any(example.full_chroma for example in drawn[0])
    assert any(example.form != (0.0, 0.0) for example in drawn[0])
    original, _, condition = tensors(drawn[0], tables=True)
    assert condition.shape == (24, 4)
    assert original.shape == (24, 3, config.data.crop, config.data.crop)


def test_scales_cover_every_quality() -> None:
    rng = np.random.default_rng(0)
    qualities = [quality_of(draw_scale(rng)) for _ in range(3000)]
    assert min(qualities) == 1
    assert max(qualities) >= 95
    assert 0.35 < np.mean([7 <= quality <= 45 for quality in qualities]) < 0.55
    middling = [quality_of(draw_scale(rng, (1.0, 0.0, 0.0))) for _ in range(200)]
    assert all(7 <= quality <= 45 for quality in middling)
    with pytest.raises(ValueError, match="sum to one"):
        DataConfig(shares=(0.5, 0.2, 0.2))


def test_other_tables_keep_their_scale() -> None:
    rng = np.random.default_rng(0)
    scales = [step_scale(other_tables(rng, 2.0)[0].astype(np.uint16)) for _ in range(50)]
    assert 1.2 < np.median(scales) < 3.0


@pytest.mark.parametrize("quality", [2, 30, 60, 90])
def test_form_of_libjpegs_tables_is_neutral(quality: int) -> None:
    form = table_form(luma_table(quality).astype(np.uint16), chroma_table(quality).astype(np.uint16))
    assert np.abs(form).max() < 0.1
    assert step_scale(luma_table(quality).astype(np.uint16)) == pytest.approx(jpeg_scale(quality), rel=0.2)


def test_form_tells_chroma_and_slope() -> None:
    luma, chroma = luma_table(40).astype(np.uint16), chroma_table(40).astype(np.uint16)
    assert table_form(luma, 2 * chroma)[0] > 0.4
    assert table_form(np.full((8, 8), 20, np.uint16), None)[1] > 0.4


def test_middling_scales_are_the_configurations() -> None:
    rng = np.random.default_rng(3)
    drawn = [draw_scale(rng, (1.0, 0.0, 0.0), (2.0, 3.0)) for _ in range(200)]
    assert 2.0 <= min(drawn) < 2.1
    assert 2.9 < max(drawn) <= 3.0
    with pytest.raises(ValueError, match="middling must be two step scales, rising"):
        DataConfig(middling=(3.0, 2.0))


def test_with_a_higher_floor_crops_with_small_errors_count_less() -> None:
    """With f = floor · (s / 3)^1.25 a crop's loss is e / (b + f), of the standard decode b / (b + f)."""
    config = replace(load_config("flagship"), start_from="", seed=1)
    data = replace(config.data, crop=32, batch=1, shares=(1.0, 0.0, 0.0), made=0.0, twice=0.0, grey=0.0)
    network = {**config.network, "channels": 4, "blocks": 1}
    losses, floors = [], (1e-4, 1e-3)
    for floor in floors:
        optimiser = replace(config.optimiser, floor=floor, bf16=False)
        changed = replace(config, data=data, network=network, optimiser=optimiser)
        task = SweepTask(changed, photographs(), [])  # its output layer is zero: it gives what it gets
        losses.append(task.loss(5).item())
    original, standard, told = tensors(task._batch(5), ("jpeg",), True)
    before = float((standard - original).square().mean())
    assert before > 1e-4
    share = min(1.0, float(told[0, 0].exp()) / 3) ** 1.25
    expected = [before / (before + floor * share) for floor in floors]
    assert losses == pytest.approx(expected, rel=1e-3)


def test_small_pictures_are_scaled_to_a_half() -> None:
    small, large = photographs()
    assert [each.shape for each in scaled_down(small, 96)] == [(120, 160, 3)]
    assert [each.shape[0] for each in scaled_down(large, 96)] == [880, 518]
    assert scaled_down(small, 130) == []


def test_more_blocks_compute_the_same_at_first() -> None:
    old = pipeline.load_decoder("sweep").network  # type: ignore[attr-defined]
    torch.manual_seed(0)
    wide = SweepNetwork(SweepSizes(64, 3, 3, tables=True))
    take_over_sweep(wide, "sweep")
    picture = torch.rand(1, 3, 32, 32)
    told = torch.tensor([[0.7, 1.0]])
    with torch.no_grad():
        a = list(old(picture, told, 3))
        b = list(wide(picture, torch.cat([told, torch.tensor([[0.4, -0.3]])], 1), 3))
    for x, y in zip(a, b, strict=True):
        assert torch.allclose(x, y, atol=1e-5)


def test_more_blocks_of_a_network_with_anchors_are_the_same_in_all() -> None:
    """Between anchors weights are mixed: blocks that begin apart would weaken each other."""
    torch.manual_seed(0)
    old = pipeline.load_decoder("flagship").network  # type: ignore[attr-defined]
    sizes = replace(old.sizes, blocks=old.sizes.blocks + 1)
    new = ScaledSweep(sizes)
    take_over_sweep(new, "flagship")
    last = [part.blocks[-1] for part in new.parts()]
    for block in last[1:]:
        assert torch.equal(block.a.weight, last[0].a.weight)
        assert not block.b.weight.any()
    picture, told = torch.rand(1, 3, 32, 32), torch.tensor([[0.7, 1.0, 0.4, -0.3]])
    with torch.no_grad():
        for x, y in zip(old(picture, told, 2), new(picture, told, 2), strict=True):
            assert torch.allclose(x, y, atol=1e-5)


def test_loss_of_the_guard() -> None:
    """By hand: a = 4, b = 2, c = 2 a patch: g = 1/2 is best, g = 1 does harm."""
    sums = torch.ones(1, 3, 2, 2) * torch.tensor([4.0, 2.0, 2.0]).view(1, 3, 1, 1)
    harm = torch.tensor([15.0])
    half = loss_of(torch.full((1, 1, 2, 2), 0.5), sums, harm)
    closed = loss_of(torch.zeros(1, 1, 2, 2), sums, harm)
    reference = 8 + 0.3 * 3 * 64 * 4
    assert float(half) == pytest.approx((8 - 4) / reference)
    assert float(closed) == pytest.approx(8 / reference)
    worse = sums.clone()
    worse[:, 1] = 1
    assert float(loss_of(torch.ones(1, 1, 2, 2), worse, harm)) == pytest.approx((16 + 15 * 8) / reference)


def test_a_guard_learns_what_to_hold_back() -> None:
    """Feature 0 says whether a patch's residual is right or its opposite."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(40):
        seen = torch.zeros(COUNT, 4, 4)
        good = torch.from_numpy(rng.random((4, 4)) < 0.8)
        seen[0], seen[SCALE], seen[HAS_CELLS] = good.float(), 1.0, 1.0
        b = torch.where(good, 90.0, -20.0)
        found.append(Case(seen, torch.stack([torch.full((4, 4), 100.0), b, torch.full((4, 4), 100.0)])))
    guard = train_guard(found, 500, 1)
    with torch.no_grad():
        share = guard.share(found[0].seen)[0, 0]
    right = found[0].seen[0] > 0
    assert share[right].mean() > 0.6
    assert share[~right].mean() < 0.2
    again = train_guard(found, 2, 1, guard)
    with torch.no_grad():
        pairs = zip(again.parameters(), guard.parameters(), strict=True)
        moved = max(float((a - b).abs().max()) for a, b in pairs)
    assert 0 < moved < 0.01  # it goes on from there


def test_where_harm_counts_more() -> None:
    """Fine streams, and those of codecs without quantisation cells."""
    seen = torch.zeros(COUNT, 2, 2)
    fine = []
    for scale, cells in ((1.5, 1.0), (-1.5, 1.0), (1.5, 0.0)):
        seen[SCALE], seen[HAS_CELLS] = scale, cells
        fine.append(Case(seen, torch.zeros(3, 2, 2)).fine)
    assert fine == [False, True, True]
