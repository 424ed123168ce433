"""Weights that depend on the step scale: shares, mixing, gradients, and the decoder that uses them."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from engine import pipeline
from engine.decoders.scaled_sweep import ScaledSweep
from engine.decoders.sweep import SweepDecoder
from engine.decoders.sweep_network import SweepNetwork, SweepSizes
from engine.errors import UserError
from engine.models.card import find_card
from engine.training.config import load_config
from engine.training.sweep_task import SweepTask
from engine.training.warm_start import take_over_sweep
from engine.types import Coded, DecodeOptions, EncodeOptions
from tests.support.tiny_models import textured_pixels

SIZES = SweepSizes(channels=8, blocks=1, steps=2, scales=(0.25, 1.0, 4.0))


def scaled(seed: int = 0) -> ScaledSweep:
    torch.manual_seed(seed)
    network = ScaledSweep(SIZES)
    for anchor in network.anchors:
        torch.nn.init.normal_(anchor.out.weight, std=0.3)  # type: ignore[union-attr, arg-type]
    return network


def estimates(network: torch.nn.Module, scale: float, batch: int = 1) -> list[torch.Tensor]:
    torch.manual_seed(7)
    picture = torch.rand(batch, 3, 32, 32)
    told = torch.tensor([[math.log(scale), 0.0]]).repeat(batch, 1)
    return list(network(picture, told, 2))


def _sent(quality: int) -> Coded:
    return pipeline.encode("jpeg", textured_pixels(), EncodeOptions(quality=quality))


@pytest.mark.parametrize(
    ("scale", "shares"),
    [
        (0.01, (1, 0, 0)),
        (0.25, (1, 0, 0)),
        (0.5, (0.5, 0.5, 0)),
        (1.0, (0, 1, 0)),
        (2 * math.sqrt(2), (0, 0.25, 0.75)),
        (4.0, (0, 0, 1)),
        (50.0, (0, 0, 1)),
    ],
)
def test_shares_by_the_log_of_the_scale(scale: float, shares: tuple[float, ...]) -> None:
    assert scaled().shares(scale) == pytest.approx(shares, abs=1e-12)


@pytest.mark.parametrize("scale", [0.1, 0.4, 1.0, 3.0, 9.0])
def test_mixed_beforehand_or_on_the_way_is_the_same(scale: float) -> None:
    network = scaled()
    for a, b in zip(estimates(network, scale), estimates(network.at(scale), scale), strict=True):
        assert torch.allclose(a, b, atol=1e-6)


def test_at_an_anchor_its_own_weights_compute() -> None:
    network = scaled()
    plain = SweepNetwork(SIZES)
    plain.load_state_dict(network.anchors[2].state_dict())
    for a, b in zip(estimates(network, 4.0), estimates(plain, 4.0), strict=True):
        assert torch.equal(a, b)
    assert not torch.equal(estimates(network, 0.25)[-1], estimates(plain, 0.25)[-1])


def test_anchors_without_a_share_get_no_gradient() -> None:
    network = scaled()
    sum(each.square().sum() for each in estimates(network, 0.5)).backward()  # type: ignore[union-attr]
    known = [any(p.grad is not None for p in anchor.parameters()) for anchor in network.anchors]
    assert known == [True, True, False]


@pytest.mark.parametrize("scales", [(1.0,), (2.0, 1.0), (0.0, 1.0), (1.0, 1.0)])
def test_scales_that_make_no_sense(scales: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="scales must be none"):
        SweepSizes(scales=scales)


def test_every_anchor_begins_with_the_weights_of_a_model() -> None:
    network = ScaledSweep(SweepSizes(64, 2, 4, tables=True, scales=(0.35, 1.4)))
    take_over_sweep(network, "sweep")
    old = estimates(SweepDecoder.load(find_card("sweep")).network, 0.7)
    torch.manual_seed(7)
    new = list(network(torch.rand(1, 3, 32, 32), torch.tensor([[math.log(0.7), 0.0, 0.3, -0.2]]), 2))
    for a, b in zip(old, new, strict=True):
        assert torch.allclose(a, b, atol=1e-5)


@pytest.mark.parametrize("scale", [0.2, 0.7, 2.0, 6.0, 25.0])
def test_more_anchors_change_nothing_at_first(scale: float) -> None:
    card = find_card("flagship")
    old = SweepDecoder.load(card).network
    assert isinstance(old, ScaledSweep)
    network = ScaledSweep(replace(old.sizes, scales=tuple(sorted((*old.sizes.scales, 0.7, 3.3, 20.0)))))
    take_over_sweep(network, "flagship")
    picture, told = torch.rand(1, 3, 32, 32), torch.tensor([[math.log(scale), 0.0, 0.3, -0.2]])
    for a, b in zip(old(picture, told, 2), network(picture, told, 2), strict=True):
        assert torch.allclose(a, b, atol=1e-5)


def test_a_decoder_has_the_weights_of_its_streams_scale() -> None:
    network = scaled()
    decoder = SweepDecoder(find_card("sweep"), network)
    fine, coarse = (_sent(quality) for quality in (92, 5))

    def last(decoder: SweepDecoder, stream: Coded) -> bytes:
        options = DecodeOptions(steps=2, guard=False, projection=False, precision="single")
        *_, estimate = decoder.refine(stream, options, lambda: False, lambda _: None)
        return estimate.pixels.tobytes()

    for stream, anchor in ((fine, 0), (coarse, 2)):
        plain = SweepNetwork(SIZES)
        plain.load_state_dict(network.anchors[anchor].state_dict())
        assert last(decoder, stream) == last(SweepDecoder(find_card("sweep"), plain), stream)
    assert last(decoder, fine) != last(SweepDecoder(find_card("sweep"), network.at(4.0)), fine)


def test_scales_are_trained_on_wide_data_only() -> None:
    config = load_config("flagship")
    config = replace(config, start_from="", data=replace(config.data, wide=False))
    config = replace(config, network={"channels": 8, "blocks": 1, "steps": 2, "scales": (0.35, 1.4)})
    with pytest.raises(UserError, match=r"network\.scales needs data\.wide"):
        SweepTask(config, [textured_pixels(96, 96)], [textured_pixels(32, 32)])
