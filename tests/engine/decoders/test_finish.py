"""What is done to every estimate: quantisation cells, strength, grey, guard, precision, steps beyond."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from skimage import data
from torch import Tensor

from engine import pipeline
from engine.decoders import sweep_integers
from engine.decoders.base import tensor_from_pixels, to_ycc
from engine.decoders.cells import UNIT, cells_of, leftover, samples, spectrum
from engine.decoders.finish import Finisher, neutral_units
from engine.decoders.guard import (
    COUNT,
    GuardNetwork,
    current_guard,
    shipped_guard,
    sure_at,
    watched,
)
from engine.decoders.precision import Precision, has_bf16, precision_of
from engine.decoders.sweep import SweepDecoder
from engine.decoders.sweep_network import SweepNetwork, SweepSizes
from engine.errors import UserError
from engine.metrics.fidelity import psnr_rgb_db
from engine.models.card import SURE, ModelCard, find_card
from engine.types import Coded, Context, DecodeOptions, EncodeOptions, Pixels, ignore, never
from tests.support.unseen_kinds import KINDS, unseen

CPU = torch.device("cpu")
PLAIN = DecodeOptions(device="cpu", precision="single", projection=False, guard=False)


def texture(height: int = 72, width: int = 88, seed: int = 0) -> Pixels:
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    waves = 50 * np.sin(x / 5 + y / 9)[..., None] * np.array([1, 0.6, -0.5])
    return np.clip(128 + waves + rng.normal(0, 14, (height, width, 3)), 0, 255).astype(np.uint8)


def sent(pixels: Pixels, quality: int = 30, subsampling: str = "4:2:0") -> Coded:
    return pipeline.encode("jpeg", pixels, EncodeOptions(quality=quality, subsampling=subsampling))


def standard_of(coded: Coded) -> Tensor:
    ycc = to_ycc(tensor_from_pixels(coded.standard, CPU))
    return F.pad(ycc, (0, -coded.width % UNIT, 0, -coded.height % UNIT), mode="replicate")


def finished(coded: Coded, estimate: Tensor, **changes: object) -> Tensor:
    options = dataclasses.replace(PLAIN, **changes)  # type: ignore[arg-type]
    box = 0, 0, coded.height, coded.width
    return Finisher(coded, options, CPU).part(box, standard_of(coded)).finish(estimate)


def outside(coded: Coded, ycc: Tensor, kept: bool = False) -> float:
    """Largest distance of a coefficient from its interval, in levels. kept: from what estimates are kept
    to."""
    levels = 255 * ycc[0]
    levels[0] -= 128
    most = 0.0
    for plane, cells in zip(levels, cells_of(coded, (0, 0, coded.height, coded.width), CPU), strict=True):
        if cells is not None:
            found = spectrum(plane, cells.down, cells.across)
            low, high = (cells.least, cells.most) if kept else (cells.low, cells.high)
            most = max(most, float(torch.maximum(low - found, found - high).max()))
    return most


def sweep_card(steps: int = 3, **training: object) -> ModelCard:
    return ModelCard("test", "sweep", "", "", "", steps, (Context.BOTH,), False, 0, {}, training=training)


def random_sweep(steps: int = 3, tables: bool = False) -> SweepNetwork:
    torch.manual_seed(3)
    network = SweepNetwork(SweepSizes(channels=8, blocks=1, steps=steps, tables=tables))
    torch.nn.init.normal_(network.out.weight, std=0.05)
    return network


def test_spectrum_is_inverted_by_samples() -> None:
    plane = torch.rand(32, 48)
    assert torch.allclose(samples(spectrum(plane)), plane, atol=1e-5)
    assert spectrum(plane).square().sum() == pytest.approx(float(plane.square().sum()), rel=1e-4)


@pytest.mark.parametrize("subsampling", ["4:2:0", "4:4:4"])
@pytest.mark.parametrize("quality", [10, 50, 95])
def test_projection_keeps_to_the_file(subsampling: str, quality: int) -> None:
    coded = sent(texture(), quality, subsampling)
    torch.manual_seed(0)
    estimate = standard_of(coded) + 0.1 * torch.randn(1, 3, 80, 96)
    assert outside(coded, estimate) > 1
    assert outside(coded, finished(coded, estimate, projection=True)) < 0.01
    assert outside(coded, finished(coded, estimate, projection=True), kept=True) < 0.01
    none = finished(coded, estimate, projection=True, strength=0.0)  # only estimates are kept to the middle
    standard = standard_of(coded)
    assert outside(coded, none) < 0.01
    if outside(coded, standard) == 0:
        torch.testing.assert_close(none, standard, atol=1e-5, rtol=0)
    assert torch.equal(finished(coded, estimate), estimate)


@pytest.mark.parametrize(("scale", "half"), [(12.0, 0.4), (4.0, 0.35), (1.0, 0.25), (0.1, 0.2)])
def test_estimates_are_kept_to_the_middle_of_each_interval(scale: float, half: float) -> None:
    coded = dataclasses.replace(sent(texture(), 50), scale=scale)
    assert coded.symbols is not None
    part = coded.symbols.components[0]
    cells = cells_of(coded, (0, 0, 16, 16), CPU)[0]
    assert cells is not None
    symbols = torch.from_numpy(part.coefficients[:2, :2].reshape(2, 2, 64).astype(np.float32))
    steps = torch.from_numpy(part.quantisation.reshape(64).astype(np.float32))
    wanted = torch.where(symbols.abs() < 2, 0.4, half)
    assert (symbols.abs() >= 2).any()
    torch.testing.assert_close((cells.most - cells.least) / (2 * steps), wanted)
    torch.testing.assert_close((cells.most + cells.least) / (2 * steps), symbols)
    torch.testing.assert_close((cells.high - cells.low) / steps, torch.ones(2, 2, 64))


def test_projection_makes_estimates_better() -> None:
    """The original lies in its cells, so the nearest point of them is nearer to it; but for the encoder's
    rounding of Y, Cb and Cr, and for originals near an end, which estimates are kept from."""
    original = texture(64, 64)
    coded = sent(original, 40, "4:4:4")
    wanted = to_ycc(tensor_from_pixels(original, CPU))
    torch.manual_seed(1)
    for noise in (0.02, 0.1, 0.4):
        estimate = wanted + noise * torch.randn_like(wanted)
        before = float((estimate - wanted).square().mean())
        after = float((finished(coded, estimate, projection=True) - wanted).square().mean())
        assert after < before


def test_what_rounding_leaves_over_is_measured() -> None:
    calm = (64 + texture() // 2).astype(np.uint8)  # no sample is clipped
    coded = sent(calm, 90, "4:4:4")
    share, most = leftover(coded, coded.standard)
    assert 0 < share < 1
    assert 0 < most < 6
    assert leftover(dataclasses.replace(coded, symbols=None), coded.standard) == (0.0, 0.0)
    assert leftover(coded, 255 - coded.standard)[1] > most


def test_strength_scales_the_residual() -> None:
    coded = sent(texture())
    standard = standard_of(coded)
    estimate = standard + 0.05
    assert torch.allclose(finished(coded, estimate, strength=0.0), standard, atol=1e-5)
    half = finished(coded, estimate, strength=0.5)
    assert torch.allclose(half - standard, torch.full_like(standard, 0.025), atol=1e-5)
    more = finished(coded, estimate, strength=1.5)
    assert torch.allclose(more - standard, torch.full_like(standard, 0.075), atol=1e-5)
    assert outside(coded, finished(coded, estimate, strength=1.5, projection=True)) < 0.01


def test_grey_stays_grey_where_the_file_is_neutral() -> None:
    grey = np.repeat(texture()[..., :1], 3, 2)
    grey[:, 60:] = texture()[:, 60:]
    units = neutral_units(grey)
    assert units[:, :2].all()
    assert not units[:, 3:].any()
    coded = dataclasses.replace(sent(grey), standard=grey, symbols=None)
    result = finished(coded, standard_of(coded) + 0.1)
    assert not result[:, 1:, :, :32].any()
    assert result[:, 1:, :, 70:].any()


@pytest.mark.parametrize("name", ["sweep", "raster"])
@pytest.mark.parametrize("as_colour", [True, False])
def test_a_grey_file_is_refined_to_a_grey_picture(name: str, as_colour: bool) -> None:
    grey = np.repeat(texture(64, 64)[..., :1], 3, 2)
    coded = sent(grey, 40)
    if not as_colour:
        parts = coded.symbols.components[:1] if coded.symbols is not None else ()
        symbols = dataclasses.replace(coded.symbols, components=parts)  # type: ignore[type-var]
        coded = dataclasses.replace(coded, subsampling="4:0:0", symbols=symbols)
    decoder = pipeline.load_decoder(name)
    *_, last = pipeline.estimates(decoder, coded, DecodeOptions(device="cpu"), never, ignore)
    assert (last.pixels.max(2) == last.pixels.min(2)).all()
    assert not np.array_equal(last.pixels, coded.standard)


def test_the_guard_decides_patch_by_patch() -> None:
    coded = sent(texture())
    seen: list[Tensor] = []

    class Half:
        def share(self, told: Tensor, sure: float = SURE) -> Tensor:
            seen.append(told)
            share = told.new_zeros(1, 1, *told.shape[1:])
            share[..., :4] = 1
            return share

    standard = standard_of(coded)
    estimate = standard + 0.05
    with watched(Half()):
        result = finished(coded, estimate, guard=True)
    assert seen[0].shape == (COUNT, 10, 12)
    assert torch.isfinite(seen[0]).all()
    assert torch.allclose(result[..., :32], estimate[..., :32], atol=1e-5)
    assert torch.allclose(result[..., 32:], standard[..., 32:], atol=1e-5)
    assert current_guard() is shipped_guard()


def test_a_guard_that_is_sure_leaves_no_trace() -> None:
    network = GuardNetwork()
    assert (network.share(torch.zeros(COUNT, 3, 4)) == 1).all()  # it begins open
    torch.nn.init.constant_(network.out.bias, -9.0)  # type: ignore[arg-type]
    assert (network.share(torch.zeros(COUNT, 3, 4)) == 0).all()
    torch.nn.init.constant_(network.out.bias, 1.0)  # type: ignore[arg-type]
    doubtful = torch.sigmoid(torch.tensor(1.0)).item()
    assert (network.share(torch.zeros(COUNT, 3, 4), sure=0.7) == 1).all()
    assert network.share(torch.zeros(COUNT, 3, 4)).max().item() == pytest.approx((doubtful - 0.05) / 0.9)


def test_a_guard_is_believed_sooner_at_common_scales_alone() -> None:
    assert [sure_at(scale, 0.75) for scale in (1.1, 2.5, 5.0, 7.0)] == pytest.approx([0.75] * 4)
    assert [sure_at(scale, 0.75) for scale in (0.02, 0.8, 10.0, 50.0)] == pytest.approx([SURE] * 4)
    assert 0.75 < sure_at(0.95, 0.75) < SURE
    assert 0.75 < sure_at(8.5, 0.75) < SURE
    assert sure_at(2.5, SURE) == SURE


def test_a_card_says_from_when_on_its_guard_is_believed() -> None:
    coded, seen = sent(texture(64, 80)), list[float]()

    class Listening:
        def share(self, told: Tensor, sure: float = SURE) -> Tensor:
            seen.append(sure)
            return told.new_ones(1, 1, *told.shape[1:])

    decoder = pipeline.load_decoder("sweep")
    assert isinstance(decoder, SweepDecoder)
    with watched(Listening()):
        for card in (decoder.card, dataclasses.replace(decoder.card, sure=0.75)):
            list(SweepDecoder(card, decoder.network).refine(coded, DecodeOptions(steps=1), never, ignore))
    assert seen == [SURE, pytest.approx(sure_at(coded.scale, 0.75))]


@pytest.mark.parametrize("name", ["schematic", "zone_plate"])
def test_the_bundled_guard_stops_harm(name: str) -> None:
    """On drawings that neither the network nor the guard was trained on."""
    original = unseen(name, side=128)
    coded = sent(original, 75)
    decoder = pipeline.load_decoder("raster")
    gains = []
    for guard in (False, True):
        options = DecodeOptions(device="cpu", projection=False, guard=guard)
        *_, last = decoder.refine(coded, options, never, ignore)
        gains.append(psnr_rgb_db(original, last.pixels) - psnr_rgb_db(original, coded.standard))
    assert gains[0] < 0
    assert gains[1] > 0.4 * gains[0]


@pytest.mark.parametrize("kind", KINDS)
def test_the_flagship_harms_no_kind_that_nothing_was_trained_on(kind: str) -> None:
    original = unseen(kind, side=160)
    coded = sent(original, 60)
    before, decoder = psnr_rgb_db(original, coded.standard), pipeline.load_decoder("flagship")
    *_, last = decoder.refine(coded, DecodeOptions(device="cpu"), never, ignore)
    assert psnr_rgb_db(original, last.pixels) > before - 0.05


def test_the_bundled_guard_lets_photographs_pass() -> None:
    original = np.ascontiguousarray(data.astronaut()[:160, :240])
    coded = sent(original, 30)
    decoder = pipeline.load_decoder("sweep")
    gains = []
    for guard in (False, True):
        *_, last = decoder.refine(coded, DecodeOptions(device="cpu", guard=guard), never, ignore)
        gains.append(psnr_rgb_db(original, last.pixels) - psnr_rgb_db(original, coded.standard))
    assert gains[0] > 0.8
    assert gains[1] > gains[0] - 0.05


def test_tiles_are_finished_like_the_whole() -> None:
    coded = sent(texture(200, 330))
    decoder = SweepDecoder(sweep_card(), random_sweep())
    options = DecodeOptions(device="cpu", precision="single")
    whole = list(decoder.refine(coded, options, never, ignore))
    tiled = list(decoder.refine(coded, options, never, ignore, tile=96))
    for a, b in zip(whole, tiled, strict=True):
        difference = np.abs(a.pixels.astype(int) - b.pixels)
        assert (difference > 1).mean() < 1e-3
        assert np.abs(a.pixels.astype(int) - coded.standard).max() > 3


def test_steps_beyond_the_longest_hold_the_estimate() -> None:
    coded = sent(texture())
    decoder = SweepDecoder(sweep_card(), random_sweep())
    steps = list(decoder.refine(coded, dataclasses.replace(PLAIN, steps=6), never, ignore))
    assert [step.index for step in steps] == [1, 2, 3, 4, 5, 6]
    assert not np.array_equal(steps[1].pixels, steps[2].pixels)
    assert all(np.array_equal(step.pixels, steps[2].pixels) for step in steps[3:])
    longer = SweepDecoder(sweep_card(configuration={"optimiser": {"longer": 0.1}}), random_sweep())
    more = list(longer.refine(coded, dataclasses.replace(PLAIN, steps=8), never, ignore))
    assert not np.array_equal(more[4].pixels, more[5].pixels)
    assert np.array_equal(more[5].pixels, more[7].pixels)


INTEGERS = pytest.mark.skipif(not sweep_integers.available(CPU), reason="no 8-bit dot products here")


@pytest.mark.parametrize("precision", ["bf16", pytest.param("int8", marks=INTEGERS)])
def test_precisions_agree_but_for_rounding(precision: str) -> None:
    """The estimate is kept in single precision: others move hardly a sample by more than a level."""
    coded = sent(texture(96, 128))
    decoder = pipeline.load_decoder("sweep")
    results = [
        list(decoder.refine(coded, DecodeOptions(device="cpu", precision=name), never, ignore))[-1].pixels
        for name in ("single", precision)
    ]
    difference = np.abs(results[0].astype(int) - results[1])
    assert 0 < difference.max() <= 3, precision
    assert (difference > 1).mean() < 0.01


@INTEGERS
def test_a_card_says_whether_integers_serve_it() -> None:
    coded, decoder = sent(texture(96, 128)), pipeline.load_decoder("sweep")
    assert isinstance(decoder, SweepDecoder)
    measured = SweepDecoder(dataclasses.replace(decoder.card, integers=True), decoder.network)

    def last(of: SweepDecoder, precision: str) -> Pixels:
        options = DecodeOptions(device="cpu", precision=precision)
        return list(of.refine(coded, options, never, ignore))[-1].pixels

    assert np.array_equal(last(measured, "auto"), last(decoder, "int8"))
    assert not np.array_equal(last(measured, "auto"), last(measured, "bf16"))
    assert not np.array_equal(last(decoder, "auto"), last(decoder, "int8"))


def test_a_precision_that_cannot_be_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    card = find_card("sweep")
    monkeypatch.setattr("engine.decoders.sweep_integers.available", lambda _device: False)
    pipeline.check_options(card, DecodeOptions(device="cpu", precision="bf16"))
    with pytest.raises(UserError, match="needs a processor"):
        pipeline.check_options(card, DecodeOptions(device="cpu", precision="int8"))
    with pytest.raises(UserError, match="for the processor alone"):
        precision_of("int8", torch.device("cuda"))


def test_a_precision_in_words() -> None:
    titles = [Precision(torch.float32).title, Precision(torch.bfloat16, integers=True).title]
    assert titles == ["single precision", "8-bit integers and bfloat16"]


@pytest.mark.parametrize("precision", ["single", "bf16", pytest.param("int8", marks=INTEGERS)])
def test_equal_over_thread_counts(precision: str) -> None:
    coded = sent(texture(128, 160))
    decoder = pipeline.load_decoder("sweep")
    before = torch.get_num_threads()
    results = []
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            options = DecodeOptions(device="cpu", precision=precision)
            results.append(list(decoder.refine(coded, options, never, ignore))[-1].pixels)
    finally:
        torch.set_num_threads(before)
    assert np.array_equal(results[0], results[1])


def test_precision_is_the_processors_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.decoders.precision.has_bf16", lambda _device: True)
    monkeypatch.setattr("engine.decoders.sweep_integers.available", lambda _device: True)
    assert precision_of("auto", CPU) == Precision(torch.bfloat16)
    assert precision_of("auto", CPU, measured=True) == Precision(torch.bfloat16, integers=True)
    assert precision_of("int8", CPU) == Precision(torch.bfloat16, integers=True)
    assert precision_of("bf16", CPU, measured=True) == Precision(torch.bfloat16)
    monkeypatch.setattr("engine.decoders.precision.has_bf16", lambda _device: False)
    assert precision_of("auto", CPU, measured=True) == Precision(torch.float32, integers=True)
    assert precision_of("single", CPU, measured=True) == Precision(torch.float32)
    monkeypatch.setattr("engine.decoders.sweep_integers.available", lambda _device: False)
    assert precision_of("auto", CPU, measured=True) == Precision(torch.float32)
    assert precision_of("bf16", CPU) == Precision(torch.bfloat16)
    with pytest.raises(UserError, match="half"):
        precision_of("half", CPU)
    with pytest.raises(UserError, match="'int8' needs a processor"):
        precision_of("int8", CPU)
    assert isinstance(has_bf16(CPU), bool)


def test_strength_is_checked() -> None:
    card = find_card("sweep")
    pipeline.check_options(card, DecodeOptions(strength=1.5))
    for bad in (-0.1, 1.6):
        with pytest.raises(UserError, match="strength"):
            pipeline.check_options(card, DecodeOptions(strength=bad))
