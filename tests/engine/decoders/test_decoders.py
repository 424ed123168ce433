"""The decoders: fronts against the plain loop, tiles against the whole, and what they may depend on."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.decoders import raster_features as rf
from engine.decoders.base import pixels_from_ycc, tensor_from_pixels, to_rgb, to_ycc
from engine.decoders.dct import basis, patch_coefficients, patch_samples
from engine.decoders.raster import RasterDecoder, Scan, context_mask
from engine.decoders.raster_network import RasterNetwork, RasterSizes
from engine.decoders.sweep import SweepDecoder, reach
from engine.decoders.sweep_network import SweepNetwork, SweepSizes
from engine.errors import UserError
from engine.models.card import ModelCard
from engine.registry import CELLS
from engine.types import Coded, Context, DecodeOptions, Pixels, ignore, never

CPU = torch.device("cpu")


def smooth_noise(height: int, width: int, seed: int = 0) -> Pixels:
    """A picture with structure at several scales."""
    rng = np.random.default_rng(seed)
    total = np.zeros((height, width, 3))
    for step in (1, 4, 16):
        coarse = rng.normal(size=(height // step + 2, width // step + 2, 3))
        total += np.kron(coarse, np.ones((step, step, 1)))[:height, :width] * step
    return np.clip(128 + 4 * total, 0, 255).astype(np.uint8)


def coded(pixels: Pixels, scale: float = 3.3) -> Coded:
    frozen = pixels.copy()
    frozen.setflags(write=False)
    return Coded("jpeg", b"x" * 100, frozen, scale, subsampling="4:2:0")


def card(kind: str, **values: object) -> ModelCard:
    settings = {
        "name": "test",
        "title": "",
        "cell": "lstm",
        "learner": "BPTT",
        "steps": 3,
        "contexts": tuple(Context),
        "carry": True,
        "weights": 0,
        "network": {},
    }
    return ModelCard(kind=kind, **{**settings, **values})  # type: ignore[arg-type]


def random_raster(cell: str, seed: int = 3, dtype: torch.dtype = torch.float64) -> RasterNetwork:
    torch.manual_seed(seed)
    network = RasterNetwork(RasterSizes(cell=cell, units=12, steps=3))
    torch.nn.init.normal_(network.out.weight, std=0.2)
    return network.to(dtype)


def random_sweep(seed: int = 3) -> SweepNetwork:
    torch.manual_seed(seed)
    network = SweepNetwork(SweepSizes(channels=8, blocks=2, steps=3))
    torch.nn.init.normal_(network.out.weight, std=0.05)
    return network


def plain_loop(network: RasterNetwork, stream: Coded, options: DecodeOptions, steps: int) -> Tensor:
    """The definition: one patch after the other in raster order, from explicit neighbours."""
    ycc = to_ycc(255 * tensor_from_pixels(stream.standard, CPU).double())
    ycc[:, 0] -= 128
    received = patch_coefficients(ycc)[0]
    rows, columns, _ = received.shape
    refined = torch.full_like(received, float("nan"))
    states: dict[tuple[int, int], Tensor] = {}
    result = torch.zeros(steps, rows, columns, 192, dtype=torch.float64)
    mask = context_mask(options.context, torch.float64)
    s = torch.tensor([[stream.scale]], dtype=torch.float64)
    for r in range(rows):
        for c in range(columns):
            own = received[r, c]
            groups, there = [], []
            for i, (dy, dx) in enumerate(rf.CAUSAL + rf.NONCAUSAL):
                y, x = r + dy, c + dx
                present = mask[i] > 0 and 0 <= y < rows and 0 <= x < columns
                there.append(float(present))
                if not present:
                    groups.append(torch.zeros(rf.LOW, dtype=torch.float64))
                    continue
                source = refined if i < 4 else received
                values = rf.low(source[y, x]).clone()
                values[[0, 15, 19]] -= own[[0, 64, 128]]
                groups.append(values)
            squashed = [rf.squash(group[None], s)[0] for group in groups]
            picked = torch.cat([own[0:64], own[64:80], own[128:144]])
            flags = torch.cat([s[0].log(), s.new_zeros(1), s.new_tensor(there)])
            static = torch.cat([rf.squash(picked[None], s)[0], *squashed[4:], flags])
            causal = torch.cat(squashed[:4])
            seen = torch.relu(network.embed(torch.cat([static, causal])[None]))
            start = states.get((r, c - 1)) if options.carry else None
            chain = network.episode(seen, start, steps)
            for k, state in enumerate(chain):
                result[k, r, c] = own + network.residual(state)[0]
            refined[r, c] = result[-1, r, c]
            states[r, c] = chain[-1]
    return result


@pytest.mark.parametrize("carry", [False, True])
@pytest.mark.parametrize("context", list(Context))
@pytest.mark.parametrize("cell", list(CELLS))
def test_fronts_equal_the_plain_loop(cell: str, context: Context, carry: bool) -> None:
    stream, network = coded(smooth_noise(43, 61)), random_raster(cell)
    options = DecodeOptions(context=context, carry=carry)
    with torch.inference_mode():
        expected = plain_loop(network, stream, options, 3).reshape(3, -1, 192)
        scan = Scan(network, stream, options, CPU)
        actual = torch.zeros_like(expected)
        for front in scan.fronts():
            actual[:, front] = scan.compute(front, 3)
    assert (actual - expected).abs().max() < 1e-9
    moved = (expected[0] - expected[2]).abs().max()
    assert moved == 0 if cell == "mlp" else moved > 1e-3


@pytest.mark.parametrize("context", list(Context))
def test_a_patch_depends_on_just_its_context(context: Context) -> None:
    """Changing one received patch changes the estimates of those that may see it, and no other."""
    network = random_raster("lstm")
    before = smooth_noise(56, 72)
    after = before.copy()
    after[24:32, 32:40] = 255 - after[24:32, 32:40]  # patch row 3, column 4
    decoder = RasterDecoder(card("raster"), network)

    def run(pixels: Pixels) -> np.ndarray:
        blocks = decoder.scan(coded(pixels), DecodeOptions(context=context, device="cpu"), 3)
        assert blocks is not None
        return blocks[-1].reshape(7, 9, -1).round().int().numpy()

    changed = {tuple(place) for place in np.argwhere(np.abs(run(before) - run(after)).sum(-1) > 0)}
    near = {(3 + dy, 4 + dx) for dy, dx in rf.CAUSAL} if context.noncausal else set()
    assert changed >= {(3, 4)} | near
    if not context.causal:
        assert changed == {(3, 4)} | near
    else:
        assert all(place >= (2, 3) if context.noncausal else place >= (3, 4) for place in changed)
        assert (4, 4) in changed


def test_tiles_cannot_be_seen() -> None:
    stream = coded(smooth_noise(300, 427))
    decoder = SweepDecoder(card("sweep"), random_sweep())
    options = DecodeOptions(device="cpu")
    whole = list(decoder.refine(stream, options, never, ignore))
    tiled = list(decoder.refine(stream, options, never, ignore, tile=64))
    assert [step.index for step in tiled] == [1, 2, 3]
    for a, b in zip(whole, tiled, strict=True):
        assert np.abs(a.pixels.astype(int) - b.pixels).max() <= 1
        assert np.abs(a.pixels.astype(int) - stream.standard).max() > 3


def test_reach_covers_what_a_sweep_sees() -> None:
    """The gradient of one output pixel vanishes beyond `reach`, and not much before."""
    network, steps = random_sweep().double(), 3
    picture = torch.rand(1, 3, 160, 160, dtype=torch.float64).requires_grad_()
    estimate = list(network(picture, torch.zeros(1, 2, dtype=torch.float64), steps))[-1]
    estimate[0, 0, 80, 80].backward()
    assert picture.grad is not None
    seen = torch.nonzero(picture.grad[0].abs().sum(0) > 0)
    distance = int((seen - 80).abs().max())
    assert distance <= reach(network.sizes, steps)
    assert distance > reach(network.sizes, steps) - 32


@pytest.mark.parametrize("size", [(1, 1), (7, 9), (8, 8), (17, 33), (1, 40)])
@pytest.mark.parametrize("kind", ["sweep", "raster"])
def test_any_size(kind: str, size: tuple[int, int]) -> None:
    stream = coded(smooth_noise(*size))
    decoder = (
        SweepDecoder(card("sweep"), random_sweep())
        if kind == "sweep"
        else RasterDecoder(card("raster"), random_raster("elman", dtype=torch.float32))
    )
    steps = list(decoder.refine(stream, DecodeOptions(device="cpu", steps=2), never, ignore))
    assert [step.pixels.shape for step in steps] == [(*size, 3)] * 2
    assert not steps[0].pixels.flags.writeable


def test_untrained_output_is_the_standard_decode() -> None:
    torch.manual_seed(0)
    stream = coded(smooth_noise(40, 48))
    sweep = SweepDecoder(card("sweep"), SweepNetwork(SweepSizes(channels=8)))
    raster = RasterDecoder(card("raster"), RasterNetwork(RasterSizes(units=8)))
    for decoder in (sweep, raster):
        for step in decoder.refine(stream, DecodeOptions(device="cpu"), never, ignore):
            assert np.array_equal(step.pixels, stream.standard)


@pytest.mark.parametrize("kind", ["sweep", "tiled", "raster"])
def test_cancel_stops_between_steps(kind: str) -> None:
    stream, asked = coded(smooth_noise(96, 96)), []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) >= 2

    options = DecodeOptions(device="cpu", steps=6, earlier=False)
    if kind == "raster":
        raster = RasterDecoder(card("raster"), random_raster("elman", dtype=torch.float32))
        steps = list(raster.refine(stream, options, cancelled, ignore))
        assert steps == []
    else:
        sweep = SweepDecoder(card("sweep"), random_sweep())
        tile = 32 if kind == "tiled" else 768
        steps = list(sweep.refine(stream, options, cancelled, ignore, tile=tile))
        assert len(steps) == (0 if kind == "tiled" else 1)
    assert len(asked) == 2


def test_progress_ends_at_one_and_never_falls() -> None:
    for decoder in (
        SweepDecoder(card("sweep"), random_sweep()),
        RasterDecoder(card("raster"), random_raster("elman", dtype=torch.float32)),
    ):
        told: list[float] = []
        list(decoder.refine(coded(smooth_noise(64, 64)), DecodeOptions(device="cpu"), never, told.append))
        assert told == sorted(told)
        assert told[-1] == pytest.approx(1.0)


def test_runs_are_repeatable() -> None:
    stream = coded(smooth_noise(64, 80))
    for decoder in (
        SweepDecoder(card("sweep"), random_sweep()),
        RasterDecoder(card("raster"), random_raster("lstm", dtype=torch.float32)),
    ):
        first, second = (
            list(decoder.refine(stream, DecodeOptions(device="cpu"), never, ignore)) for _ in range(2)
        )
        assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(first, second, strict=True))


def test_decoders_read_no_more_than_the_stream_says() -> None:
    """Poisoned fields: only the standard decode, the step scale and the chroma layout are read."""
    stream = coded(smooth_noise(40, 40))
    other = dataclasses.replace(stream, payload=b"", quality=77, patch_bits_note="x", codec="other")
    decoder = SweepDecoder(card("sweep"), random_sweep())
    for a, b in zip(
        decoder.refine(stream, DecodeOptions(device="cpu"), never, ignore),
        decoder.refine(other, DecodeOptions(device="cpu"), never, ignore),
        strict=True,
    ):
        assert np.array_equal(a.pixels, b.pixels)


def test_unknown_device_is_a_user_error() -> None:
    decoder = SweepDecoder(card("sweep"), random_sweep())
    with pytest.raises(UserError, match="device 'tpu' is not available here"):
        list(decoder.refine(coded(smooth_noise(16, 16)), DecodeOptions(device="tpu"), never, ignore))


def test_dct_is_orthonormal_and_inverted() -> None:
    matrix = basis(torch.float64)
    assert torch.allclose(matrix @ matrix.T, torch.eye(64, dtype=torch.float64), atol=1e-12)
    picture = torch.rand(2, 3, 16, 24, dtype=torch.float64)
    samples = patch_samples(patch_coefficients(picture))
    back = samples.reshape(2, 2, 3, 3, 8, 8).permute(0, 3, 1, 4, 2, 5).reshape(2, 3, 16, 24)
    assert torch.allclose(back, picture, atol=1e-12)


def test_colour_round_trip_is_exact_on_8_bits() -> None:
    pixels = smooth_noise(32, 32)
    assert np.array_equal(pixels_from_ycc(to_ycc(tensor_from_pixels(pixels, CPU))), pixels)
    grey = torch.full((1, 3, 2, 2), 0.25)
    assert torch.allclose(to_ycc(grey)[:, 1:], torch.zeros(1, 2, 2, 2), atol=1e-6)
    assert torch.allclose(to_rgb(to_ycc(grey)), grey, atol=1e-6)
