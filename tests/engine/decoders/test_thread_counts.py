"""What raster networks compute is the same over thread counts, in fronts of few patches and of many: with
MKL's kernels for AVX-512 bit-equal, elsewhere nearly."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

from engine.decoders.base import FEWEST_ROWS, filled
from engine.decoders.raster import RasterDecoder, Scan
from engine.decoders.sibling import SiblingDecoder
from engine.pipeline import load_decoder
from engine.types import Coded, DecodeOptions
from tests.engine.decoders.test_decoders import coded, smooth_noise

CPU = torch.device("cpu")


@pytest.fixture
def threads() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def scanned(name: str, stream: Coded, count: int) -> Tensor:
    """All that the decoder `name` makes of a stream before it is rounded, computed by `count` threads."""
    torch.set_num_threads(count)
    decoder = load_decoder(name)
    assert isinstance(decoder, RasterDecoder | SiblingDecoder)
    with torch.inference_mode():
        scan = Scan(decoder.network, stream, DecodeOptions(carry=decoder.card.carry), CPU)
        return torch.cat([scan.compute(front, decoder.card.steps) for front in scan.fronts()], 1)


@pytest.mark.parametrize("name", ["raster", "cell-gru-1", "attentive-sab", "sibling-1"])
def test_equal_over_thread_counts(name: str, threads: None) -> None:
    """40 × 19 patches: fronts of 1 to 19 patches."""
    stream = coded(smooth_noise(152, 320))
    one, two = scanned(name, stream, 1), scanned(name, stream, 2)
    if torch.has_mkl and "AVX512" in torch.backends.cpu.get_cpu_capability():
        assert torch.equal(one, two)
    assert (one - two).abs().max() < 2e-3


def test_few_rows_are_filled_up_with_zeros() -> None:
    few, enough = torch.ones(3, 5), torch.ones(FEWEST_ROWS, 2)
    assert filled(few).shape == (FEWEST_ROWS, 5)
    assert torch.equal(filled(few)[:3], few)
    assert not filled(few)[3:].any()
    assert filled(enough) is enough
