"""One block through JPEG by hand, held against libjpeg's own streams."""

from __future__ import annotations

import numpy as np
import pytest

from engine import pipeline
from engine.analysis.block_coding import basis_functions, busiest_patch, code_block, dct_matrix, luma_block
from engine.step_scale import in_zigzag, luma_table
from engine.types import EncodeOptions, Pixels


@pytest.fixture
def pixels() -> Pixels:
    rng = np.random.default_rng(5)
    y, x = np.mgrid[:45, :70]
    base = np.stack([x * 3, y * 5, (x + y) * 2], axis=2) + rng.normal(0, 20, (45, 70, 3))
    return np.clip(base, 0, 255).astype(np.uint8)


def test_the_transform_is_orthonormal() -> None:
    assert np.allclose(dct_matrix() @ dct_matrix().T, np.eye(8), atol=1e-14)
    functions = basis_functions().reshape(64, 64)
    assert np.allclose(functions @ functions.T, np.eye(64), atol=1e-13)


@pytest.mark.parametrize("quality", [1, 10, 49, 50, 75, 100])
def test_steps_and_symbols_are_those_of_a_real_stream(pixels: Pixels, quality: int) -> None:
    coded = pipeline.encode("jpeg", pixels, EncodeOptions(quality=quality))
    assert coded.symbols is not None
    sent = coded.symbols.components[0]
    assert np.array_equal(sent.quantisation, luma_table(quality))
    equal = []
    for row in range(5):  # beyond the edge libjpeg repeats pixels, whose colours are rounded before
        for column in range(8):
            block = code_block(luma_block(pixels, row, column), luma_table(quality))
            assert np.abs(block.symbols - sent.coefficients[row, column]).max() <= 1
            equal.append(block.symbols == sent.coefficients[row, column])
    assert np.mean(equal) > (0.98 if quality < 100 else 0.9)  # libjpeg transforms and rounds in whole numbers


def test_the_way_back_is_the_standard_decoders() -> None:
    rng = np.random.default_rng(3)
    grey = np.repeat(rng.integers(0, 256, (16, 16, 1), dtype=np.uint8), 3, axis=2)
    coded = pipeline.encode("jpeg", grey, EncodeOptions(quality=40))
    assert coded.symbols is not None
    sent = coded.symbols.components[0].coefficients[1, 0]
    block = code_block(luma_block(grey, 1, 0), luma_table(40), symbols=sent)
    assert np.abs(block.decoded - coded.standard[8:, :8].astype(float).mean(axis=2)).max() <= 2
    assert block.error_rms == pytest.approx(np.sqrt(np.mean((block.decoded - block.levels) ** 2)))


def test_fewer_coefficients_never_come_nearer_without_quantisation(pixels: Pixels) -> None:
    levels = luma_block(pixels, 2, 3)
    errors = [code_block(levels, np.full((8, 8), 1e-6), in_zigzag(used)).error_rms for used in (1, 6, 21, 64)]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] == 0
    assert code_block(levels, luma_table(50), in_zigzag(1)).decoded.std() == 0  # the mean alone
    assert in_zigzag(3).sum() == 3
    assert in_zigzag(3)[[0, 0, 1], [0, 1, 0]].all()


def test_blocks_at_the_edge_repeat_the_last_pixels(pixels: Pixels) -> None:
    block = luma_block(pixels, 5, 8)
    assert block.shape == (8, 8)
    assert (block[5:] == block[4]).all()
    assert (block[:, 6:] == block[:, 5:6]).all()
    with pytest.raises(IndexError, match=r"patch \(6, 0\) of 6 × 9"):
        luma_block(pixels, 6, 0)


def test_the_busy_patch_is_neither_flat_nor_the_wildest() -> None:
    rng = np.random.default_rng(1)
    picture = np.full((80, 80, 3), 90, np.uint8)
    for number, (row, column) in enumerate(np.ndindex(10, 10)):
        noise = rng.normal(0, 0.4 * number, (8, 8, 1))
        picture[8 * row : 8 * row + 8, 8 * column : 8 * column + 8] = np.clip(90 + noise, 0, 255)
    spreads = picture[..., 0].reshape(10, 8, 10, 8).std(axis=(1, 3))
    assert 80 <= np.count_nonzero(spreads < spreads[busiest_patch(picture)]) <= 96
    assert busiest_patch(picture[:5]) == (0, 0)
    flat = busiest_patch(np.full((40, 40, 3), 7, np.uint8))
    assert flat == (2, 2)


def test_impossible_qualities() -> None:
    with pytest.raises(ValueError, match="quality 0"):
        luma_table(0)
