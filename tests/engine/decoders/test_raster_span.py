"""Networks with state and memories along spans: the scan against a plain loop and the learners' walk."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.cells.attention import Attention
from engine.decoders import raster_features as rf
from engine.decoders.base import tensor_from_pixels, to_ycc
from engine.decoders.dct import patch_coefficients
from engine.decoders.raster import RasterDecoder, Scan
from engine.decoders.raster_network import OUTPUT_SCALE, RasterNetwork, RasterSizes
from engine.decoders.raster_notes import Notes
from engine.learners.base import LearnerOptions, walk
from engine.learners.bptt import BPTT
from engine.learners.stream import Patch, RowModel
from engine.registry import CELLS
from engine.types import Coded, Context, DecodeOptions, Inside, ignore, never
from tests.engine.decoders.test_decoders import CPU, card, coded, smooth_noise

SPAN = 3


def network_of(cell: str, k_top: int, k_att: int = 3, steps: int = 3) -> RasterNetwork:
    torch.manual_seed(4)
    sizes = RasterSizes(cell=cell, units=8, steps=steps, span=SPAN, k_top=k_top, k_att=k_att, embed=10)
    network = RasterNetwork(sizes)
    torch.nn.init.normal_(network.out.weight, std=0.1)
    return network.double()


def scanned(
    network: RasterNetwork, stream: Coded, options: DecodeOptions, steps: int
) -> tuple[Tensor, Tensor, Scan]:
    """Coefficients (steps, patches, 192) of a scan, the features that it saw, and the scan."""
    seen: dict[int, Tensor] = {}
    scan = Scan(network, stream, options, CPU)
    result = torch.zeros(steps, len(scan.received), 192, dtype=torch.float64)
    with torch.inference_mode():
        for front in scan.fronts():
            episode = scan.episode(front, steps)
            missing = episode.static.new_zeros(len(front), rf.FEATURES - rf.STATIC)
            causal = missing if episode.causal is None else episode.causal
            seen.update(zip(front.tolist(), torch.cat([episode.static, causal], -1), strict=True))
            result[:, front] = episode.refined
    return result, torch.stack([seen[i] for i in range(len(seen))]), scan


def walked(network: RasterNetwork, features: Tensor, columns: int, steps: int) -> tuple[Tensor, list[Tensor]]:
    """The learners' view: every span by itself as a row of a `RowModel`; residuals, and recalled weights."""
    sizes = network.sizes
    parameters = {name: value.detach() for name, value in network.named_parameters()}
    result = torch.zeros(steps, len(features), 192, dtype=torch.float64)
    recalls = []
    for first in (i for i in range(len(features)) if i % columns % SPAN == 0):
        width = min(SPAN, columns - first % columns)
        found: list[Tensor] = []

        def noting(estimate: Tensor, _: Tensor, found: list[Tensor] = found) -> Tensor:
            found.append(estimate.detach()[0])
            return estimate.square().sum(-1)

        attention = Attention(sizes.k_top, sizes.k_att) if sizes.k_top else None
        model = RowModel(network.cell, sizes.units, steps, attention, noting, OUTPUT_SCALE)
        patches = [
            Patch(features[first + i, None], torch.zeros(1, 192).double(), torch.ones(steps, 1).double())
            for i in range(width)
        ]
        _, record = walk(BPTT(model, LearnerOptions()), parameters, patches)
        result[:, first : first + width] = torch.stack(found).view(width, steps, 192).transpose(0, 1)
        if record.recall is not None:
            recalls.append(torch.from_numpy(record.recall.weights[:, 0].copy()))
    return result, recalls


@pytest.mark.parametrize("context", [Context.BOTH, Context.NONCAUSAL])
@pytest.mark.parametrize(("k_top", "k_att", "steps"), [(0, 3, 3), (2, 3, 3), (1, 2, 3), (2, 4, 7)])
@pytest.mark.parametrize("cell", list(CELLS))
def test_decoding_is_what_learners_train(
    cell: str, k_top: int, k_att: int, steps: int, context: Context
) -> None:
    """The scan's spans, state and memories are those of the stream that the learners see, also with more
    steps than trained for."""
    network, stream = network_of(cell, k_top, k_att), coded(smooth_noise(30, 61))
    actual, features, scan = scanned(network, stream, DecodeOptions(context=context), steps)
    expected, recalls = walked(network, features, scan.columns, steps)
    assert (actual - scan.received - expected).abs().max() < 1e-9
    if k_top:
        assert any((weights > 0).any() for weights in recalls)
        without = network_of(cell, 0)
        without.load_state_dict(network.state_dict(), strict=False)
        other = scanned(without, stream, DecodeOptions(context=context), steps)[0]
        assert (other - actual).abs().max() > 1e-4


def test_a_span_hides_what_lies_left_of_it() -> None:
    """State ends at the span's start: without context, a patch of the next span doesn't see the last one."""
    network = network_of("gru", 2)
    before, after = smooth_noise(24, 64), smooth_noise(24, 64)
    after[8:16, 16:24] = 255 - after[8:16, 16:24]  # row 1, column 2: the first span's last patch
    options = DecodeOptions(context=Context.NONE)
    one, two = (scanned(network, coded(pixels), options, 3)[0] for pixels in (before, after))
    changed = ((one - two).abs() > 0).any(-1).any(0).view(3, 8)
    assert changed.nonzero().tolist() == [[1, 2]]
    after = before.copy()
    after[8:16, 0:8] = 255 - after[8:16, 0:8]
    two = scanned(network, coded(after), options, 3)[0]
    changed = ((one - two).abs() > 0).any(-1).any(0).view(3, 8)
    assert changed.nonzero().tolist() == [[1, 0], [1, 1], [1, 2]]


def test_carry_changes_nothing_where_a_span_does_it_already() -> None:
    network, stream = network_of("lstm", 2), coded(smooth_noise(24, 40))
    one, two = (scanned(network, stream, DecodeOptions(carry=carry), 3)[0] for carry in (False, True))
    assert torch.equal(one, two)


def test_notes_say_what_the_network_held() -> None:
    """Hidden states read out to the very estimate; recalled patches and weights are those of the walk."""
    network, stream = network_of("lstm", 2), coded(smooth_noise(30, 61))
    decoder = RasterDecoder(card("raster", steps=3), network)
    options = DecodeOptions(device="cpu", inside=True)
    estimates = list(decoder.refine(stream, options, never, ignore))
    insides = [estimate.inside for estimate in estimates]
    assert all(isinstance(inside, Inside) for inside in insides)
    coefficients, features, scan = scanned(network, stream, options, 3)
    _, recalls = walked(network, features, scan.columns, 3)
    grid = (scan.rows, scan.columns)
    for k, inside in enumerate(insides):
        assert inside is not None
        assert inside.hidden.shape == (*grid, 8)
        hidden = torch.from_numpy(inside.hidden.astype("float64")).view(-1, 8)
        residual = OUTPUT_SCALE * network.out(hidden)
        assert (scan.received + residual - coefficients[k]).abs().max() < 0.05  # halves are coarse
        spans = iter(recalls)
        for r in range(grid[0]):
            for first in range(0, grid[1], SPAN):
                weights = next(spans)
                for i in range(min(SPAN, grid[1] - first)):
                    expected = {
                        (first + slot - 1 if slot else -1): float(value)
                        for slot, value in enumerate(weights[3 * i + k])
                        if value > 0
                    }
                    where = (r, first + i)
                    pairs = zip(inside.recalled[where], inside.weights[where], strict=True)
                    actual = {int(patch): float(weight) for patch, weight in pairs if patch != -2}
                    assert actual == pytest.approx(expected, abs=2e-3)


def test_nothing_is_noted_unless_asked_for() -> None:
    decoder = RasterDecoder(card("raster"), network_of("lstm", 2))
    stream = coded(smooth_noise(16, 24))
    estimates = decoder.refine(stream, DecodeOptions(device="cpu"), never, ignore)
    assert [estimate.inside for estimate in estimates] == [None] * 3


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"k_top": 2}, "span"),
        ({"span": -1}, "negative"),
        ({"k_att": 0}, "at least 1"),
        ({"embed": -1}, "neg"),
    ],
)
def test_impossible_sizes(wrong: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RasterSizes(**wrong)  # type: ignore[arg-type]


def test_features_of_the_walk_are_complete() -> None:
    """The helper above must not hide a feature: the received coefficients are those of the stream."""
    stream = coded(smooth_noise(16, 24))
    ycc = to_ycc(255 * tensor_from_pixels(stream.standard, CPU).double())
    ycc[:, 0] -= 128
    _, features, scan = scanned(network_of("elman", 0), stream, DecodeOptions(), 3)
    assert torch.equal(scan.received, patch_coefficients(ycc).reshape(-1, 192))
    assert features.shape == (6, rf.FEATURES)


def test_notes_stay_finite_and_are_held_once() -> None:
    """An untrained network may recall until its state leaves float16; a large picture's notes are large."""
    network = network_of("gru", 2)
    notes = Notes(network.sizes, 1, 2, 3)
    states = [torch.full((2, 8), value, dtype=torch.float64) for value in (0.5, 1e9, -1e9)]
    notes.take(torch.tensor([0, 1]), states, [])
    insides = [notes.inside(k) for k in range(3)]
    assert [float(inside.hidden[0, 1, 7]) for inside in insides] == [0.5, 65504, -65504]
    for k, inside in enumerate(insides):
        assert not inside.hidden.flags.writeable
        assert np.shares_memory(inside.hidden, notes.hidden[k])
