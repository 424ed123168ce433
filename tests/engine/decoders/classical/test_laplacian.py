"""Biased reconstruction against numerical integration, sampled Laplacians and real streams."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from scipy.integrate import quad

from engine import pipeline
from engine.codecs.jpeg.codec import JPEG
from engine.data.samples import load_sample
from engine.decoders.classical.laplacian import LaplacianDecoder, biased, changes, laplacian_z
from engine.errors import UserError
from engine.metrics.fidelity import psnr_rgb_db
from engine.models.card import find_card
from engine.types import Coded, Context, DecodeOptions, EncodeOptions, Estimate, ignore, never

OPTIONS = DecodeOptions(context=Context.NONE, device="cpu")


def sampled(rate: float, step: float, count: int = 200_000) -> tuple[np.ndarray, np.ndarray]:
    values = np.random.default_rng(1).laplace(0, 1 / rate, count)
    return values, np.rint(values / step).astype(np.int16)


@pytest.mark.parametrize(("rate", "step"), [(0.1, 4.0), (0.05, 16.0), (0.2, 10.0)])
def test_the_most_likely_rate_is_the_one_drawn_from(rate: float, step: float) -> None:
    _, symbols = sampled(rate, step)
    z = laplacian_z(np.abs(symbols.astype(np.int64)))
    assert -2 * np.log(z) / step == pytest.approx(rate, rel=0.02)


def test_no_other_z_is_more_likely() -> None:
    sizes = np.abs(sampled(0.08, 12.0, 500)[1].astype(np.int64))

    def log_likelihood(z: float) -> float:
        some = sizes[sizes > 0]
        return (sizes == 0).sum() * np.log(1 - z) + ((2 * some - 1) * np.log(z) + np.log(1 - z * z)).sum()

    best = laplacian_z(sizes)
    assert all(log_likelihood(best) > log_likelihood(best + change) for change in (-1e-3, 1e-3))


def test_it_is_the_mean_inside_the_interval() -> None:
    rate, step = 0.07, 9.0
    symbols = np.array([-3, -1, 0, 1, 2, 4] + [0] * 10, np.int16)
    z = laplacian_z(np.abs(symbols.astype(np.int64)))
    rate = -2 * np.log(z) / step
    for symbol, value in zip(symbols[:6], biased(symbols, step)[:6], strict=True):
        low, high = (symbol - 0.5) * step, (symbol + 0.5) * step
        mass = quad(lambda x: np.exp(-rate * abs(x)), low, high, points=[0.0])[0]
        mean = quad(lambda x: x * np.exp(-rate * abs(x)), low, high, points=[0.0])[0] / mass
        assert value == pytest.approx(mean, abs=1e-6)


def test_it_lowers_the_error_of_what_it_assumes() -> None:
    values, symbols = sampled(0.1, 16.0)
    middle = symbols * 16.0
    assert np.mean((biased(symbols, 16.0) - values) ** 2) < 0.97 * np.mean((middle - values) ** 2)
    assert not biased(np.zeros(5, np.int16), 16.0).any()


def test_the_mean_of_a_block_stays() -> None:
    coded = JPEG.encode(load_sample("coffee").pixels[:64, :96], EncodeOptions(quality=20))
    assert coded.symbols is not None
    for component in coded.symbols.components:
        plane = changes(component)
        rows, columns = plane.shape[0] // 8, plane.shape[1] // 8
        assert np.abs(plane.reshape(rows, 8, columns, 8).mean((1, 3))).max() < 1e-4


@pytest.mark.parametrize("subsampling", ["4:2:0", "4:4:4"])
@pytest.mark.parametrize("quality", [10, 50])
def test_photographs_gain(subsampling: str, quality: int) -> None:
    original = load_sample("astronaut").pixels[:203, :301]
    coded = JPEG.encode(original, EncodeOptions(quality=quality, subsampling=subsampling))
    (estimate,) = run(coded)
    gained = psnr_rgb_db(original, estimate.pixels) - psnr_rgb_db(original, coded.standard)
    assert gained > 0.05


def run(coded: Coded) -> list[Estimate]:
    decoder = pipeline.load_decoder("laplacian")
    assert isinstance(decoder, LaplacianDecoder)
    return list(decoder.refine(coded, OPTIONS, never, ignore))


def test_streams_without_symbols_are_refused() -> None:
    coded = JPEG.encode(load_sample("coffee").pixels[:32, :32], EncodeOptions(quality=20))
    bare = Coded(coded.codec, coded.payload, coded.standard, coded.scale)
    with pytest.raises(UserError, match="needs a stream's symbols"):
        run(bare)


def test_jpegli_decodes_as_well_as_the_standard_decoder() -> None:
    original = load_sample("astronaut").pixels[:203, :301]
    coded = JPEG.encode(original, EncodeOptions(quality=60))
    decoder = pipeline.load_decoder("jpegli")
    (estimate,) = decoder.refine(coded, OPTIONS, never, ignore)
    assert estimate.pixels.shape == original.shape
    assert psnr_rgb_db(original, estimate.pixels) > psnr_rgb_db(original, coded.standard)


def test_jpegli_tells_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.decoders.classical.jpegli import JpegliDecoder

    monkeypatch.setitem(sys.modules, "pyjpegli", None)
    with pytest.raises(UserError, match=r"pip install nrc-viewer\[baselines\]"):
        JpegliDecoder.load(find_card("jpegli"))
