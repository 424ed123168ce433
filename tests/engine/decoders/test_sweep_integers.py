"""Residual blocks in 8-bit integers against the same in floating point."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.decoders import sweep_fused, sweep_integers
from engine.decoders.sweep_integers import Convolution, Levels, _Blocks, in_integers
from engine.decoders.sweep_network import SweepNetwork, SweepSizes, channels_last

CPU = torch.device("cpu")
HERE = pytest.mark.skipif(not sweep_integers.available(CPU), reason="no 8-bit dot products here")
DTYPES = pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])


def planes(dtype: torch.dtype, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    made = torch.randn(1, 16, 20, 24, generator=generator)
    return made.to(dtype).contiguous(memory_format=torch.channels_last)


def valued(levels: Levels) -> Tensor:
    return levels.step * (levels.level.float() - levels.zero)


@DTYPES
def test_values_are_rounded_to_the_nearest_level(dtype: torch.dtype) -> None:
    values = planes(dtype)
    for given, positive in ((values, False), (-values, False), (values.relu(), True)):
        levels = Levels.of(given, positive)
        assert levels.level.is_contiguous(memory_format=torch.channels_last)
        assert (valued(levels) - given.float()).abs().max() <= 0.501 * levels.step
        assert levels.step == pytest.approx(given.abs().max().item() / (255 if positive else 127))
    assert Levels.of(-values).step == Levels.of(values).step


@DTYPES
def test_nothing_stays_nothing(dtype: torch.dtype) -> None:
    for positive in (False, True):
        assert not valued(Levels.of(torch.zeros_like(planes(dtype)), positive)).any()
    least = torch.full_like(planes(dtype), 1e-38)
    assert valued(Levels.of(least)).abs().max() < 1e-30


def test_more_values_than_are_rounded_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    values = planes(torch.bfloat16)
    whole = Levels.of(values)
    monkeypatch.setattr(sweep_integers, "_PIECE", 1000)
    parts = Levels.of(values)
    assert (whole.step, whole.zero) == (parts.step, parts.zero)
    assert torch.equal(whole.level, parts.level)


@HERE
@DTYPES
def test_a_convolution_is_that_of_its_levels(dtype: torch.dtype) -> None:
    """Exactly that of the rounded values and weights, padded by zeros; and near that of the values."""
    torch.manual_seed(2)
    layer = torch.nn.Conv2d(16, 24, 3, padding=1).to(memory_format=torch.channels_last)
    assert layer.bias is not None
    whole = Convolution.of(layer.weight, layer.bias)
    weight = whole.levels.float() * whole.steps.view(-1, 1, 1, 1)
    assert (weight - layer.weight).abs().max() <= 0.501 * whole.steps.max()
    with torch.inference_mode():
        for given, positive in ((planes(dtype), False), (planes(dtype).relu(), True)):
            levels = Levels.of(given, positive)
            expected = F.conv2d(valued(levels), weight, layer.bias, padding=1)
            found = whole.relu(levels, torch.float32)
            assert (found - expected.relu()).abs().max() < 1e-4
            target = torch.ones_like(expected).contiguous(memory_format=torch.channels_last)
            whole.add(target, levels)
            assert (target - 1 - expected).abs().max() < 1e-4
            near = F.conv2d(given.float(), layer.weight, layer.bias, padding=1)
            assert (expected - near).square().mean() < 4e-4 * near.square().mean()


@HERE
def test_a_convolution_rounds_what_it_has_to_a_step_that_is_known() -> None:
    torch.manual_seed(3)
    layer = torch.nn.Conv2d(16, 16, 3, padding=1)
    assert layer.bias is not None
    whole = Convolution.of(layer.weight, layer.bias)
    with torch.inference_mode():
        levels = Levels.of(planes(torch.float32))
        exact = whole.relu(levels, torch.float32)
        for share in (2.0, 1.0, 0.5):
            found = whole.relu_in_levels(levels, share * exact.max().item() / 255)
            rounded = (exact / found.step).round().clamp(max=255)
            assert found.zero == 0
            assert (found.level.float() - rounded).abs().max() <= 1
            assert (valued(found) - exact).abs()[rounded < 255].max() <= 0.501 * found.step
            assert (found.level.max() == 255) == (share <= 1)


def blocks_of(count: int, bias: bool = True) -> _Blocks:
    torch.manual_seed(4)
    layers = [torch.nn.Conv2d(16, 16, 3, padding=1) for _ in range(2 * count)]
    made = [Convolution.of(layer.weight, bias * layer.bias) for layer in layers if layer.bias is not None]
    return _Blocks(tuple(zip(made[::2], made[1::2], strict=True)))


@HERE
def test_larger_values_than_the_sweep_before_had_lose_nothing() -> None:
    with torch.inference_mode():
        blocks, first, large = blocks_of(2), planes(torch.float32), 20 * planes(torch.float32, seed=5)
        blocks(first)
        seen = list(blocks.largest)
        expected = large.clone()
        blocks_of(2)(expected)  # has seen nothing, so takes the values' own steps
        blocks(large)
        assert torch.equal(large, expected)
        assert min(after / before for after, before in zip(blocks.largest, seen, strict=True)) > 2


@HERE
def test_values_far_smaller_than_the_sweep_before_had_get_steps_of_their_own() -> None:
    with torch.inference_mode():
        blocks, first = blocks_of(1, bias=False), planes(torch.float32)
        blocks(first.clone())
        found, expected = 0.05 * first, 0.05 * first
        blocks(found)
        blocks_of(1, bias=False)(expected)
        assert torch.equal(found, expected)


@HERE
def test_smaller_values_are_rounded_to_the_steps_of_the_sweep_before() -> None:
    with torch.inference_mode():
        blocks, first = blocks_of(1), planes(torch.float32)
        blocks(first.clone())
        step = blocks.largest[0] / 255
        small = 0.6 * first
        found, expected = small.clone(), small.clone()
        blocks(found)
        blocks_of(1)(expected)
        error = (found - expected).square().mean()
        assert 0 < error < 2e-4 * (expected - small).square().mean()
        assert blocks.largest[0] == pytest.approx(0.6 * 255 * step, rel=0.3)  # the bias stays


@HERE
@DTYPES
def test_sweeps_are_nearly_the_plain_ones(dtype: torch.dtype) -> None:
    if not sweep_fused.available(CPU, dtype):
        pytest.skip("this PyTorch fuses nothing here")
    torch.manual_seed(1)
    made = SweepNetwork(SweepSizes(channels=16, blocks=3, steps=3, tables=True)).eval()
    for block in made.blocks:
        torch.nn.init.normal_(block.b.weight, std=0.1)
    torch.nn.init.normal_(made.out.weight, std=0.05)
    made = channels_last(made.to(dtype))
    quick = in_integers(made)
    assert quick is not None
    standard = torch.rand(1, 3, 64, 80)
    condition = torch.tensor([[0.7, 0.0, 0.1, -0.2]])
    with torch.inference_mode():
        pairs = list(zip(quick(standard, condition, 4), made(standard, condition, 4), strict=True))
    for found, plain in pairs:
        error, change = (found - plain).square().mean(), (plain - standard).square().mean()
        assert 0 < error < 1e-3 * change


@HERE
def test_each_call_remembers_its_own_sweeps_alone() -> None:
    torch.manual_seed(1)
    made = SweepNetwork(SweepSizes(channels=16, blocks=2, steps=3, tables=True)).eval()
    for block in made.blocks:
        torch.nn.init.normal_(block.b.weight, std=0.1)
    torch.nn.init.normal_(made.out.weight, std=0.05)
    condition = torch.tensor([[0.7, 0.0, 0.1, -0.2]])
    pictures = [0.5 + contrast * (torch.rand(1, 3, 32, 48) - 0.5) for contrast in (1.0, 0.3)]
    with torch.inference_mode():
        quick = in_integers(channels_last(made))
        assert quick is not None
        alone = [list(in_integers(made)(each, condition, 3)) for each in pictures]  # type: ignore[misc]
        again = [list(quick(each, condition, 3)) for each in pictures]
        together = zip(*(quick(each, condition, 3) for each in pictures), strict=True)
        for k, found in enumerate(together):
            for expected, one, other in zip(alone, again, found, strict=True):
                assert torch.equal(expected[k], one[k])
                assert torch.equal(expected[k], other)


def test_without_the_operators_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not sweep_integers.available(torch.device("meta"))
    monkeypatch.setattr(sweep_fused, "available", lambda *_: False)
    assert not sweep_integers.available(CPU)


@HERE
@pytest.mark.parametrize("which", ["add", "relu_in_levels", "wraps"])
@pytest.mark.parametrize("fault", [RuntimeError("schema"), None])
def test_operators_that_do_something_else_are_not_taken(
    monkeypatch: pytest.MonkeyPatch, which: str, fault: RuntimeError | None
) -> None:
    def add(_self: Convolution, target: Tensor, _x: Levels) -> None:
        if fault is not None:
            raise fault
        target.fill_(7.0)

    def relu_in_levels(self: Convolution, x: Levels, step: float) -> Levels:
        if fault is not None:
            raise fault
        level = self.relu(x, torch.float32) / step
        wrapped = level.round().to(torch.int32) % 256 if which == "wraps" else level.clamp(max=127)
        return Levels(wrapped.to(torch.uint8), step, 0)

    monkeypatch.setattr(
        Convolution, *(("add", add) if which == "add" else ("relu_in_levels", relu_in_levels))
    )
    monkeypatch.setattr(sweep_integers, "_tried", sweep_integers._tried.__wrapped__)
    assert not sweep_integers.available(CPU)
