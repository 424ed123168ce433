"""The fused sweeps against the plain ones; memory that is kept; the last step alone."""

from __future__ import annotations

import dataclasses
import sys

import numpy as np
import pytest
import torch
from skimage import data
from torch import Tensor

from engine import pipeline
from engine.analysis.patch_trace import trace_patch
from engine.decoders import allocation, sweep_fused
from engine.decoders.base import tensor_from_pixels, to_ycc
from engine.decoders.cells import kept_half, spectrum
from engine.decoders.precision import precision_of
from engine.decoders.sweep import SweepDecoder
from engine.decoders.sweep_network import SweepNetwork, SweepSizes, channels_last
from engine.types import Coded, DecodeOptions, EncodeOptions, Pixels, ignore, never

CPU = torch.device("cpu")


def texture(height: int, width: int) -> Pixels:
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:height, :width]
    waves = 50 * np.sin(x / 5 + y / 9)[..., None] * np.array([1, 0.6, -0.5])
    return np.clip(128 + waves + rng.normal(0, 14, (height, width, 3)), 0, 255).astype(np.uint8)


def sent(height: int = 96, width: int = 112) -> Coded:
    return pipeline.encode("jpeg", texture(height, width), EncodeOptions(quality=20))


def network() -> SweepNetwork:
    torch.manual_seed(1)
    made = SweepNetwork(SweepSizes(channels=16, blocks=2, steps=3, tables=True))
    torch.nn.init.normal_(made.out.weight, std=0.05)
    return made.eval()


def estimates(forward: sweep_fused.Forward, steps: int = 4) -> list[Tensor]:
    standard = to_ycc(tensor_from_pixels(texture(64, 80), CPU))
    with torch.inference_mode():
        return list(forward(standard, torch.tensor([[0.7, 0.0, 0.1, -0.2]]), steps))


@pytest.mark.skipif(not sweep_fused.available(CPU, torch.bfloat16), reason="this PyTorch fuses nothing")
@pytest.mark.parametrize(("dtype", "most"), [(torch.float32, 1e-4), (torch.bfloat16, 0.03)])
def test_fused_sweeps_are_the_plain_ones(dtype: torch.dtype, most: float) -> None:
    made = channels_last(network().to(dtype))
    quick = sweep_fused.fused(made)
    assert quick is not None
    for fused, plain in zip(estimates(quick), estimates(made), strict=True):
        assert fused.shape == plain.shape
        assert (fused - plain).abs().max() < most
    assert (estimates(quick)[-1] - estimates(quick)[0]).abs().max() > 10 * 1e-4


def test_without_the_operators_the_plain_form_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    coded, decoder = sent(), pipeline.load_decoder("sweep")
    assert isinstance(decoder, SweepDecoder)
    options = DecodeOptions(device="cpu", precision="single")
    quick = list(decoder.refine(coded, options, never, ignore))
    monkeypatch.setattr(sweep_fused, "available", lambda *_: False)
    other = SweepDecoder(decoder.card, decoder.network)  # networks that are ready keep their form
    ready = other.prepared(CPU, precision_of("single", CPU), coded.scale)
    assert ready.forward is ready.network
    plain = list(other.refine(coded, options, never, ignore))
    for a, b in zip(quick, plain, strict=True):
        assert np.abs(a.pixels.astype(int) - b.pixels).max() <= 1


@pytest.mark.parametrize("tile", [896, 64])
@pytest.mark.parametrize("steps", [0, 2, 7])
def test_the_last_step_alone_is_the_last_of_all(tile: int, steps: int) -> None:
    coded, decoder = sent(), pipeline.load_decoder("sweep")
    assert isinstance(decoder, SweepDecoder)
    options = DecodeOptions(device="cpu", steps=steps)
    *_, last = decoder.refine(coded, options, never, ignore, tile)
    alone = list(decoder.refine(coded, dataclasses.replace(options, last_only=True), never, ignore, tile))
    assert [each.index for each in alone] == [last.index]
    assert np.array_equal(alone[0].pixels, last.pixels)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's")
def test_memory_is_kept_while_someone_asks_and_goes_back_after(monkeypatch: pytest.MonkeyPatch) -> None:
    class Library:
        def __init__(self) -> None:
            self.said: list[tuple[int, ...]] = []

        def mallopt(self, name: int, value: int) -> int:
            self.said.append((name, value))
            return 1

        def malloc_trim(self, pad: int) -> int:
            self.said.append((pad,))
            return 1

    library = Library()
    monkeypatch.setattr(allocation, "_glibc", lambda: library)
    with allocation.kept():
        assert (-3, 1 << 30) in library.said
        with allocation.kept():
            pass
        assert (0,) not in library.said
    assert library.said[-1] == (0,)
    assert (-3, 32 << 20) in library.said
    library.said.clear()
    with allocation.kept(give_back=False):
        pass
    assert (-3, 32 << 20) in library.said
    assert (0,) not in library.said


def test_a_patch_is_followed_from_network_to_picture() -> None:
    photograph = np.ascontiguousarray(data.chelsea()[100:196, 150:262])
    coded = pipeline.encode("jpeg", photograph, EncodeOptions(quality=75))
    decoder = pipeline.load_decoder("flagship")
    options = DecodeOptions(device="cpu", precision="single")
    *_, last = decoder.refine(coded, options, never, ignore)
    trace = trace_patch(decoder, coded, options, decoder.card.steps, (5, 6))
    assert trace is not None
    assert trace.projects
    assert 0 <= trace.share <= 1
    assert coded.symbols is not None
    luma = coded.symbols.components[0]
    low = (luma.coefficients[5, 6] - 0.5) * luma.quantisation
    high = (luma.coefficients[5, 6] + 0.5) * luma.quantisation
    block = trace.blocks[0]
    # kept to 0.4 of a step where −1, 0 or 1 was sent, to less elsewhere (`kept_half`)
    half = np.where(np.abs(luma.coefficients[5, 6]) < 2, 0.4, kept_half(coded.scale)) * luma.quantisation
    middle = (low + high) / 2
    assert np.allclose(block.projected, np.clip(block.network, middle - half, middle + half), atol=1e-3)
    assert (block.finished >= low - 0.01).all()
    assert (block.finished <= high + 0.01).all()
    # what is shown is the finished block, rounded
    ycc = 255 * to_ycc(tensor_from_pixels(last.pixels, CPU))[0, 0] - 128
    shown = spectrum(ycc)[5, 6].reshape(8, 8).numpy()
    assert np.abs(shown - block.finished).max() < 3
    traces = [
        trace_patch(decoder, coded, options, 3, (row, column)) for row in (2, 5, 8) for column in range(14)
    ]
    assert any(np.any(each.blocks[0].network != each.blocks[0].projected) for each in traces if each)
    raster = pipeline.load_decoder("raster")
    assert trace_patch(raster, coded, options, 1, (5, 6)) is None
    assert trace_patch(decoder, coded, options, 0, (5, 6)) is None
