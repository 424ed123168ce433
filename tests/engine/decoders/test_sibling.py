"""The sibling decoder: what each sibling sees, how they answer together, and how training couples them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.decoders import raster_features as rf
from engine.decoders.base import tensor_from_pixels, to_ycc
from engine.decoders.dct import patch_coefficients
from engine.decoders.raster import Scan
from engine.decoders.sibling import (
    BAND_SIZES,
    CONTEXTS,
    Estimator,
    SiblingDecoder,
    SiblingNetwork,
    SiblingSizes,
)
from engine.errors import UserError
from engine.models.card import ModelCard
from engine.registry import CELLS
from engine.types import Coded, Context, DecodeOptions, Estimate, Pixels, frozen, ignore, never
from tests.support.tiny_models import textured_pixels

CPU = torch.device("cpu")


def coded(pixels: Pixels, scale: float = 3.3) -> Coded:
    return Coded("jpeg", b"x" * 100, frozen(pixels), scale, subsampling="4:2:0")


def card(**training: object) -> ModelCard:
    return ModelCard("t", "sibling", "", "lstm", "BPTT", 3, CONTEXTS, True, 0, {}, training=training)


def random_network(cell: str = "lstm", dtype: torch.dtype = torch.float64) -> SiblingNetwork:
    """With answers that differ, and weights that differ from patch to patch."""
    torch.manual_seed(3)
    network = SiblingNetwork(SiblingSizes(cell=cell, units=20, steps=3, embed=14))
    for estimator in network.siblings:
        nn.init.normal_(estimator.out.weight, std=0.2)
    nn.init.normal_(network.out.weight, std=0.5)
    nn.init.normal_(network.preference, std=0.5)
    return network.to(dtype)


def run(network: SiblingNetwork, stream: Coded, options: DecodeOptions | None = None) -> list[Estimate]:
    settings = replace(options or DecodeOptions(), device="cpu")
    return list(SiblingDecoder(card(), network).refine(stream, settings, never, ignore))


def squashed(values: Tensor, scale: float) -> Tensor:
    return torch.cat([2 * torch.tanh(values / (40 * scale)), torch.tanh(values / (8 * scale))])


class PlainLoop:
    """The definition, equations (1) to (5): one patch after the other, one sibling after the other."""

    def __init__(self, network: SiblingNetwork, stream: Coded, options: DecodeOptions) -> None:
        self.network, self.options, self.scale = network, options, stream.scale
        ycc = to_ycc(255 * tensor_from_pixels(stream.standard, CPU).double())
        ycc[:, 0] -= 128
        self.received = patch_coefficients(ycc)[0]
        self.rows, self.columns, _ = self.received.shape
        self.refined = torch.full_like(self.received, float("nan"))

    def features(self, r: int, c: int, causal: bool) -> Tensor:
        """What one sibling sees of patch (r, c)."""
        own = self.received[r, c]
        there, around = [], []
        for dy, dx in rf.CAUSAL if causal else rf.NONCAUSAL:
            y, x = r + dy, c + dx
            there.append(float(0 <= y < self.rows and 0 <= x < self.columns))
            if not there[-1]:
                around.append(torch.zeros(2 * rf.LOW, dtype=torch.float64))
                continue
            values = rf.low((self.refined if causal else self.received)[y, x]).clone()
            values[[0, 15, 19]] -= own[[0, 64, 128]]
            around.append(squashed(values, self.scale))
        picked = torch.cat([own[0:64], own[64:80], own[128:144]])
        flags = torch.tensor([np.log(self.scale), 0.0, *there], dtype=torch.float64)
        return torch.cat([squashed(picked, self.scale), flags, *around])

    def episode(self, estimator: Estimator, seen: Tensor, start: Tensor | None, steps: int) -> list[Tensor]:
        parameters = dict(estimator.recurrent.items())
        units = estimator.sizes.units
        e = torch.relu(estimator.embed.weight @ seen + estimator.embed.bias)[None]
        state = start if start is not None else e.new_zeros(1, estimator.cell.state_size(units))
        states = []
        for _ in range(steps):
            state = estimator.cell.step(parameters, estimator.cell.drive(parameters, e), state)
            states.append(state)
        return states

    def combine(self, hidden: Sequence[Tensor], residuals: Sequence[Tensor]) -> Tensor:
        shift = self.network.out.weight @ torch.cat(list(hidden))
        result = torch.zeros(192, dtype=torch.float64)
        band = [b for b, size in enumerate(BAND_SIZES) for _ in range(size)]
        for j in range(192):
            w = 1 / (1 + torch.exp(-self.network.preference[j] - shift[band[j]]))
            result[j] = w * residuals[0][j] + (1 - w) * residuals[1][j]
        return result

    def decode(self, steps: int) -> Tensor:
        result = torch.zeros(steps, self.rows, self.columns, 192, dtype=torch.float64)
        context = self.options.context
        chosen = [
            sibling
            for sibling, wanted in zip(
                self.network.siblings, (context.causal, context.noncausal), strict=True
            )
            if wanted
        ]
        last: dict[tuple[int, int, int], Tensor] = {}
        for r in range(self.rows):
            for c in range(self.columns):
                chains = []
                for s, estimator in enumerate(chosen):
                    seen = self.features(r, c, estimator is self.network.causal)
                    start = last.get((s, r, c - 1)) if self.options.carry else None
                    chains.append(self.episode(estimator, seen, start, steps))
                    last[s, r, c] = chains[-1][-1]
                for k in range(steps):
                    hidden = [
                        estimator.cell.output(chain[k])[0]
                        for estimator, chain in zip(chosen, chains, strict=True)
                    ]
                    residuals = [
                        20 * (estimator.out.weight @ h + estimator.out.bias)
                        for estimator, h in zip(chosen, hidden, strict=True)
                    ]
                    answer = residuals[0] if len(chosen) == 1 else self.combine(hidden, residuals)
                    result[k, r, c] = self.received[r, c] + answer
                self.refined[r, c] = result[-1, r, c]
        return result


@pytest.mark.parametrize("carry", [False, True])
@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("cell", list(CELLS))
def test_fronts_equal_the_plain_loop(cell: str, context: Context, carry: bool) -> None:
    stream, network = coded(textured_pixels(35, 29)), random_network(cell)
    options = DecodeOptions(context=context, carry=carry)
    with torch.inference_mode():
        expected = PlainLoop(network, stream, options).decode(3).reshape(3, -1, 192)
        scan = Scan(network.alone(context), stream, options, CPU)
        actual = torch.zeros_like(expected)
        for front in scan.fronts():
            actual[:, front] = scan.compute(front, 3)
    assert (actual - expected).abs().max() < 1e-9
    assert (expected[-1] - scan.received).abs().max() > 1


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_patch_depends_on_just_its_context(context: Context) -> None:
    """Changing one received patch changes the estimates of those that may see it, and no other."""
    network, before = random_network(), textured_pixels(56, 72)
    after = before.copy()
    after[24:32, 32:40] = 255 - after[24:32, 32:40]  # patch row 3, column 4
    one, two = (
        run(network, coded(pixels), DecodeOptions(context=context, guard=False))[-1].pixels.astype(int)
        for pixels in (before, after)
    )
    differs = np.abs(one - two).reshape(7, 8, 9, 8, 3).sum((1, 3, 4)) > 0
    changed = {(int(r), int(c)) for r, c in np.argwhere(differs)}
    near = {(3 + dy, 4 + dx) for dy, dx in rf.CAUSAL} if context.noncausal else set()
    assert changed >= {(3, 4)} | near
    if context.causal:
        assert (4, 4) in changed
        assert all(place >= min(near | {(3, 4)}) for place in changed)
    else:
        assert changed == {(3, 4)} | near


def test_the_answer_lies_between_the_siblings() -> None:
    network = random_network()
    state = torch.randn(3, 50, network.cell.state_size(20), dtype=torch.float64)
    with torch.no_grad():
        combined, causal, noncausal, shares = network.answers(*network.split(state))
    assert torch.equal(combined, network.residual(state))
    assert (combined <= torch.maximum(causal, noncausal) + 1e-9).all()
    assert (combined >= torch.minimum(causal, noncausal) - 1e-9).all()
    assert 0 < shares.min() < 0.4
    assert 0.6 < shares.max() < 1
    assert shares.std(1).min() > 0.01  # patches differ in whom they trust


def test_states_are_split_and_joined_as_the_scan_reads_them() -> None:
    """The siblings' hidden activations come first, as of any cell, side by side."""
    network = random_network("lstm")
    seen = torch.relu(torch.randn(7, 14, dtype=torch.float64))
    state = network.episode(seen, None, 2)[-1]
    for part, estimator, own in zip(network.split(state), network.siblings, seen.chunk(2, -1), strict=True):
        assert torch.equal(part, estimator.episode(own, None, 2)[-1])
    hidden = torch.cat([part[:, :10] for part in network.split(state)], -1)
    assert torch.equal(network.cell.output(state), hidden)


def test_what_both_held_is_told() -> None:
    network, stream = random_network(dtype=torch.float32), coded(textured_pixels(24, 40))
    both = run(network, stream, DecodeOptions(inside=True))
    alone = run(network, stream, DecodeOptions(inside=True, context=Context.NONCAUSAL))
    for one, two in zip(both, alone, strict=True):
        assert one.inside is not None
        assert two.inside is not None
        assert one.inside.hidden.shape == (3, 5, 20)
        assert one.inside.recalled.shape == (3, 5, 0)
        # The non-causal sibling sees the received picture only, so it holds the same in company.
        assert np.abs(one.inside.hidden[..., 10:] - two.inside.hidden).max() < 2e-3
        assert np.abs(one.inside.hidden[..., :10]).max() > 0.05


@pytest.mark.parametrize("size", [(1, 1), (7, 9), (8, 8), (17, 33), (1, 40)])
@pytest.mark.parametrize("context", CONTEXTS)
def test_any_size(context: Context, size: tuple[int, int]) -> None:
    options = DecodeOptions(steps=2, context=context)
    steps = run(random_network(dtype=torch.float32), coded(textured_pixels(*size)), options)
    assert [step.pixels.shape for step in steps] == [(*size, 3)] * 2
    assert not steps[0].pixels.flags.writeable


def test_no_context_at_all_is_refused() -> None:
    with pytest.raises(UserError, match="decoder 't' has no context 'none'"):
        run(random_network(), coded(textured_pixels(8, 8)), DecodeOptions(context=Context.NONE))


def test_untrained_output_is_the_standard_decode() -> None:
    torch.manual_seed(0)
    network, stream = SiblingNetwork(SiblingSizes(units=8)), coded(textured_pixels())
    for step in run(network, stream):
        assert np.array_equal(step.pixels, stream.standard)


def test_siblings_are_no_twins() -> None:
    torch.manual_seed(0)
    network = SiblingNetwork(SiblingSizes(units=8))
    for name, value in network.causal.recurrent.items():
        assert value.ndim < 2 or not torch.equal(value, network.noncausal.recurrent[name])


def test_cancel_and_progress() -> None:
    decoder = SiblingDecoder(card(), random_network(dtype=torch.float32))
    stream, told = coded(textured_pixels(64, 64)), list[float]()
    options = DecodeOptions(device="cpu")
    assert list(decoder.refine(stream, options, lambda: bool(told), told.append)) == []
    assert len(told) <= 1
    told.clear()
    first = list(decoder.refine(stream, options, never, told.append))
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)
    again = list(decoder.refine(stream, options, never, ignore))
    assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(first, again, strict=True))


def test_fine_streams_fade_the_residual_out() -> None:
    """By the card's trust: nothing of it is left far beyond the training's finest steps."""
    network, training = random_network(), {"configuration": {"data": {"quality_high": 60}}}
    shares = []
    for scale in (3.3, 0.4, 0.05):
        stream = coded(textured_pixels(), scale)
        options = DecodeOptions(device="cpu", context=Context.NONCAUSAL)
        moved = []
        for told in (card(**training), card()):
            last = list(SiblingDecoder(told, network).refine(stream, options, never, ignore))[-1]
            moved.append(np.abs(last.pixels.astype(float) - stream.standard).mean())
        shares.append(moved[0] / moved[1])
    assert shares[0] == 1
    assert shares[1] == pytest.approx(card(**training).trust(0.4), abs=0.1)
    assert shares[2] == 0
