"""What is told of a network is what the decoder computes: held against whole runs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine import pipeline
from engine.analysis.network_trace import NetworkTrace, tracer_of
from engine.data.samples import load_sample, sample_names
from engine.decoders.dct import zigzag
from engine.decoders.raster import RasterDecoder
from engine.decoders.sibling import SiblingDecoder
from engine.decoders.sweep import SweepDecoder
from engine.errors import UserError
from engine.registry import CODECS
from engine.types import Coded, Context, DecodeOptions, EncodeOptions, frozen

OPTIONS = DecodeOptions(device="cpu", inside=True)
PLACES = ((0, 0), (3, 5), (5, 8))


@pytest.fixture(scope="module")
def coded() -> Coded:
    """6 × 9 patches of a photograph, the last ones cut."""
    whole = load_sample(sample_names()[0])
    part = frozen(whole.pixels[64:109, 96:165])
    return CODECS.get("jpeg").encode(part, EncodeOptions(quality=25))


@pytest.mark.parametrize(
    ("name", "context", "carry"),
    [
        ("raster", Context.BOTH, False), ("raster", Context.NONE, True),
        ("attentive-sab", Context.BOTH, False),
        ("sibling-1", Context.BOTH, False), ("sibling-1", Context.CAUSAL, False),
    ],
)  # fmt: skip
def test_states_are_those_of_the_run(coded: Coded, name: str, context: Context, carry: bool) -> None:
    decoder = pipeline.load_decoder(name)
    options = replace(OPTIONS, context=context, carry=carry)
    held = [each.inside for each in decoder.refine(coded, options, lambda: False, lambda _: None)]
    tracer = tracer_of(decoder, coded, options)
    assert tracer is not None
    for place in PLACES[::-1]:  # in an order that no scan has
        for step in (1, len(held)):
            trace, inside = tracer.at(place, step), held[step - 1]
            assert inside is not None
            h = np.concatenate([each.after[0] for each in trace.networks])
            assert h == pytest.approx(inside.hidden[place].astype(np.float32), abs=2e-3, rel=2e-3)
            before = np.concatenate([each.before[0] for each in trace.networks])
            if step > 1:
                earlier = tracer.at(place, step - 1).networks
                assert (before == np.concatenate([each.after[0] for each in earlier])).all()
            elif not carry and name != "attentive-sab":
                assert not before.any()
            if inside.weights.shape[-1]:
                assert trace.networks[0].recalled is not None


def _applied(trace: NetworkTrace) -> np.ndarray:
    """The siblings' residuals mixed by the shares, coefficient by coefficient."""
    from engine.decoders.dct import dct_matrix

    matrix = dct_matrix().numpy()
    ours, theirs = (matrix @ each.residual @ matrix.T for each in trace.networks)
    assert trace.shares is not None
    mixed = trace.shares * ours + (1 - trace.shares) * theirs
    return np.asarray(matrix.T @ mixed @ matrix)


def test_residuals_are_those_of_the_scan(coded: Coded) -> None:
    options = replace(OPTIONS, inside=False)
    for name in ("raster", "sibling-1"):
        decoder = pipeline.load_decoder(name)
        assert isinstance(decoder, RasterDecoder | SiblingDecoder)
        scanner = RasterDecoder(decoder.card, decoder.network)
        blocks = scanner.scan(coded, options, decoder.card.steps)
        assert blocks is not None
        tracer = tracer_of(decoder, coded, options)
        assert tracer is not None
        from engine.decoders.base import tensor_from_pixels, to_ycc

        for row, column in PLACES[:2]:
            y, x = 8 * row, 8 * column
            pixels = tensor_from_pixels(coded.standard, blocks.device)[..., y : y + 8, x : x + 8]
            ycc = 255 * to_ycc(pixels)[0].numpy() - np.array([128, 0, 0], np.float32)[:, None, None]
            trace = tracer.at((row, column), decoder.card.steps)
            wanted = blocks[-1, row * 9 + column].numpy().reshape(3, 8, 8) - ycc
            assert trace.change == pytest.approx(wanted, abs=2e-3)
            own = trace.networks[0].residual if len(trace.networks) == 1 else _applied(trace)
            assert own == pytest.approx(trace.change, abs=2e-3)
    assert sorted(zigzag()) == list(range(64))


def test_a_sweep_is_that_of_the_run(coded: Coded) -> None:
    decoder = pipeline.load_decoder("sweep")
    assert isinstance(decoder, SweepDecoder)
    options = replace(OPTIONS, inside=False, precision="single")
    tracer = tracer_of(decoder, coded, options)
    assert tracer is not None
    box = 0, 0, coded.height, coded.width
    before = np.zeros((3, 8, 8), np.float32)
    for step in range(1, decoder.card.steps + 1):
        part, estimate = decoder.unfinished(coded, options, step, box)
        change = 255 * (estimate - part.standard)[0, :, 24:32, 40:48].numpy()
        trace = tracer.at((3, 5), step)
        assert trace.change == pytest.approx(change, abs=2e-2)
        assert trace.networks[0].residual == pytest.approx(trace.change - before, abs=1e-3)
        assert trace.networks[0].after.shape == (16, decoder.network.sizes.channels)
        before = trace.change
    assert np.abs(before).max() > 0.5


def test_features_are_grouped_by_what_they_tell_of(coded: Coded) -> None:
    tracer = tracer_of(pipeline.load_decoder("raster"), coded, OPTIONS)
    assert tracer is not None
    groups = {each.role: each.values for each in tracer.at((0, 0), 1).features}
    assert {role: values.shape for role, values in groups.items()} == {
        "own": (2, 96), "causal": (4, 46), "non-causal": (4, 46), "told": (1, 10),
    }  # fmt: skip
    assert not groups["causal"].any()  # in the first corner nothing was decoded before
    assert groups["told"][0, 2:].tolist() == [0, 0, 0, 0, 1, 0, 1, 1]


def test_who_has_no_such_network_and_who_is_asked_amiss(coded: Coded) -> None:
    assert tracer_of(pipeline.load_decoder("laplacian"), coded, OPTIONS) is None
    assert tracer_of(pipeline.load_decoder("raster"), coded, OPTIONS, lambda: True) is None
    with pytest.raises(UserError, match="no context 'none'"):
        tracer_of(pipeline.load_decoder("sibling-1"), coded, replace(OPTIONS, context=Context.NONE))
