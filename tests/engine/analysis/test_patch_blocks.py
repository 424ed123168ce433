"""Coefficients of patches against the stream's own symbols, and what decoders know of neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from engine.analysis.patch_blocks import (
    ROUNDING_AC,
    ROUNDING_DC,
    Block,
    block_of,
    coefficients,
    component_names,
    luma_error,
    no_symbols_words,
    quantised,
)
from engine.analysis.patch_context import Known, neighbours
from engine.codecs.facts import CODEC_FACTS
from engine.codecs.jpeg.codec import JPEG
from engine.registry import CODECS
from engine.types import Coded, Context, EncodeOptions, patch_grid
from tests.support.jpeg_pictures import photo, saved


def encoded(quality: int = 30, subsampling: str = "4:2:0", height: int = 45, width: int = 70) -> Coded:
    return JPEG.encode(photo(height, width), EncodeOptions(quality=quality, subsampling=subsampling))


def test_luma_of_the_standard_decode_is_what_was_sent() -> None:
    """The symbols times their steps, up to the rounding to 8-bit RGB, wherever nothing was clipped."""
    coded = encoded(60)
    near = 0
    for row, column in np.ndindex(*patch_grid(coded.height, coded.width)):
        block = block_of(coded, 0, row, column)
        sent = quantised(coded, block)
        assert sent is not None
        here = coded.standard[8 * row : 8 * row + 8, 8 * column : 8 * column + 8]
        if here.min() <= 3 or here.max() >= 252 or here.shape != (8, 8, 3):
            continue
        error = coefficients(coded.standard, block) - sent.symbols * sent.steps.astype(int)
        assert np.abs(error[0, 0]) < ROUNDING_DC
        assert np.abs(error.ravel()[1:]).max() < ROUNDING_AC
        assert not sent.left(coefficients(coded.standard, block)).any()
        near += 1
    assert near > 10


@pytest.mark.parametrize("subsampling", ["4:2:0", "4:4:4"])
def test_the_original_lies_in_its_cells(subsampling: str) -> None:
    """All components, also at the picture's edges: an encoder has rounded these very coefficients."""
    coded, original = encoded(30, subsampling), photo(45, 70)
    outside = total = 0
    for row, column in np.ndindex(*patch_grid(coded.height, coded.width)):
        for component in range(3):
            block = block_of(coded, component, row, column)
            sent = quantised(coded, block)
            assert sent is not None
            assert (sent.high - sent.low == sent.steps).all()
            outside += int(sent.left(coefficients(original, block)).sum())
            total += 64
    assert outside < 0.004 * total  # the encoder's integer arithmetic decides otherwise at a few borders


def test_a_changed_coefficient_leaves_its_cell() -> None:
    coded = encoded(30)
    block = block_of(coded, 0, 2, 3)
    sent = quantised(coded, block)
    assert sent is not None
    values = (sent.symbols * sent.steps.astype(int)).astype(np.float32)
    assert not sent.left(values).any()
    values[1, 2] += 0.5 * sent.steps[1, 2] + 1.1 * ROUNDING_AC
    values[4, 0] -= 0.5 * sent.steps[4, 0] + 0.9 * ROUNDING_AC
    values[0, 0] += 0.5 * sent.steps[0, 0] + 0.9 * ROUNDING_DC
    assert np.argwhere(sent.left(values)).tolist() == [[1, 2]]


def test_blocks_of_coarser_components_cover_several_patches() -> None:
    coded = encoded(30, "4:2:0")
    assert block_of(coded, 0, 3, 5) == Block(0, 3, 5)
    assert block_of(coded, 1, 3, 5) == Block(1, 1, 2, 2, 2)
    assert block_of(coded, 1, 3, 5).patches == 4
    wide = JPEG.decode(saved(photo(40, 64), subsampling="4:2:2"))
    assert block_of(wide, 2, 3, 5) == Block(2, 3, 2, 1, 2)
    assert quantised(coded, Block(0, 99, 0)) is None
    pixels = np.zeros((16, 16, 3), np.uint8)
    pixels[:8, :8] = 255
    white = coefficients(pixels, Block(0, 0, 0, 2, 2))
    np.testing.assert_allclose(white[0, 0], 8 * (255 / 4 - 128), rtol=1e-6)


def test_streams_without_colour_have_one_component() -> None:
    grey = JPEG.decode(saved(photo(24, 24), "L", quality=50))
    assert component_names(grey) == ("Y",)
    assert component_names(encoded()) == ("Y", "Cb", "Cr")
    assert quantised(grey, block_of(grey, 0, 1, 1)) is not None


@pytest.mark.parametrize("codec", [name for name in CODEC_FACTS if not CODEC_FACTS[name].torch])
def test_codecs_without_blocks_say_why(codec: str) -> None:
    coded = CODECS.get(codec).encode(photo(64, 64), EncodeOptions(quality=CODEC_FACTS[codec].usual))
    words = no_symbols_words(coded)
    assert bool(words) == (coded.symbols is None) == (codec != "jpeg")
    assert "\n" not in words
    assert quantised(coded, block_of(coded, 0, 1, 1)) is None or codec == "jpeg"
    own = coefficients(coded.standard, block_of(coded, 1, 1, 1))
    assert own.shape == (8, 8)


def test_every_codec_has_words() -> None:
    for codec, facts in CODEC_FACTS.items():
        coded = Coded(codec, b"x", photo(8, 8), 1.0)
        assert (facts.name in no_symbols_words(coded)) == (codec != "jpeg")


def test_errors_end_with_the_picture() -> None:
    original, estimate = photo(45, 70), photo(45, 70).copy()
    estimate[40:, 64:] = np.clip(original[40:, 64:].astype(int) + 9, 0, 255).astype(np.uint8)
    corner = luma_error(original, estimate, 32, 56, 24)
    assert corner.shape == (13, 14)
    assert not corner[:8].any()
    assert corner[8:, 8:].min() > 0
    assert luma_error(original, estimate, -8, -8, 24).shape == (16, 16)


# ---- what decoders know ----------------------------------------------------------------------------------


def known(
    kind: str, context: Context, step: int, place: tuple[int, int] = (2, 2)
) -> list[tuple[str, object]]:
    found = neighbours(kind, context, step, 4, place, (5, 6))
    return [(each.known.value, each.step) for each in found]


def test_a_raster_decoder_knows_causal_neighbours_refined() -> None:
    causal, later = ("refined", 4), ("received", 0)
    middle = ("itself", 0)
    assert known("raster", Context.BOTH, 1) == [*[causal] * 4, middle, *[later] * 4]
    unused = ("not used", None)
    assert known("raster", Context.CAUSAL, 4) == [*[causal] * 4, middle, *[unused] * 4]
    assert known("sibling", Context.NONCAUSAL, 2) == [*[unused] * 4, middle, *[later] * 4]
    assert known("raster", Context.BOTH, 0) == [*[unused] * 4, middle, *[unused] * 4]


def test_the_sweep_decoder_knows_the_step_before() -> None:
    first, later = known("sweep", Context.BOTH, 1), known("sweep", Context.BOTH, 3)
    assert {pair for at, pair in enumerate(first) if at != 4} == {("last step", 0)}  # the standard decode
    assert {pair for at, pair in enumerate(later) if at != 4} == {("last step", 2)}
    assert later[4] == ("itself", 2)


def test_nothing_is_known_outside() -> None:
    found = neighbours("raster", Context.BOTH, 2, 4, (0, 5), (5, 6))
    outside = [number for number, each in enumerate(found) if each.known is Known.OUTSIDE]
    assert outside == [0, 1, 2, 5, 8]
    assert all(found[number].step is None for number in outside)
    assert [each.causal for each in found] == [True] * 4 + [False] * 5
