"""The search for a rate: the nearest file of all, with few encodes, wherever sizes lead it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from engine.codecs.avif.codec import AVIF, AvifCodec
from engine.codecs.jpeg.codec import JPEG, JpegCodec
from engine.codecs.rate_search import nearest
from engine.codecs.webp.codec import WEBP, WebpCodec
from engine.data.samples import load_sample
from engine.types import EncodeOptions, Pixels
from tests.support.tiny_models import textured_pixels

QUALITIES = range(1, 101)
TYPICAL = {1: 0.1, 50: 0.8, 100: 6.0}
AREA = 4000


def made(sizes: dict[int, int], tried: list[int]) -> Callable[[int], bytes]:
    def encode(quality: int) -> bytes:
        tried.append(quality)
        return bytes(sizes[quality])

    return encode


@pytest.mark.parametrize("target", [0.001, 0.02, 0.11, 0.111, 1.4, 2.0, 3.7, 10.0])
@pytest.mark.parametrize("power", [0.5, 1.0, 3.0])
def test_the_nearest_of_all_is_found_whatever_the_curve(target: float, power: float) -> None:
    sizes = {q: 10 + round(1000 * (q / 100) ** power) for q in QUALITIES}
    tried: list[int] = []
    file, quality = nearest(made(sizes, tried), target, AREA, QUALITIES, TYPICAL)
    wanted = target * AREA / 8
    assert abs(len(file) - wanted) == min(abs(size - wanted) for size in sizes.values())
    assert len(file) == sizes[quality]
    assert len(set(tried)) == len(tried) <= 9


def test_a_typical_picture_needs_two_encodes_and_one_of_its_kind_three() -> None:
    rates = np.interp(QUALITIES, list(TYPICAL), np.log(list(TYPICAL.values())))
    for factor, most in ((1.0, 2), (0.6, 3), (1.7, 3)):
        sizes = {q: round(factor * np.exp(rate) * 1e6 / 8) for q, rate in zip(QUALITIES, rates, strict=True)}
        for target in (0.3, 0.5, 1.2):
            tried: list[int] = []
            nearest(made(sizes, tried), target, 1_000_000, QUALITIES, TYPICAL)
            assert len(tried) <= most


def test_a_sketch_stands_for_the_first_encode() -> None:
    sizes = {q: 400 + 60 * q for q in QUALITIES}
    tried: list[int] = []
    sketched: list[int] = []
    larger = made({q: round(1.1 * size) for q, size in sizes.items()}, sketched)
    nearest(made(sizes, tried), 7.0, AREA, QUALITIES, TYPICAL, larger, 1.1)
    assert len(sketched) == 1
    plain: list[int] = []
    nearest(made(sizes, plain), 7.0, AREA, QUALITIES, TYPICAL)
    assert len(tried) < len(plain)


def test_sizes_that_fall_on_the_way_end_the_search_all_the_same() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        sizes = {q: int(size) for q, size in zip(QUALITIES, rng.integers(1, 4000, 100), strict=True)}
        tried: list[int] = []
        file, quality = nearest(made(sizes, tried), 2.0, AREA, QUALITIES, TYPICAL)
        assert len(file) == sizes[quality]
        assert len(set(tried)) == len(tried)


def test_qualities_need_not_be_all() -> None:
    sizes = {q: 100 * q for q in QUALITIES}
    assert nearest(made(sizes, []), 6.0, AREA, [2, 7, 40, 99], TYPICAL)[1] == 40
    assert nearest(made(sizes, []), 6.0, AREA, [5], TYPICAL)[1] == 5


@pytest.mark.parametrize("sample", ["coffee", "chelsea", "astronaut"])
@pytest.mark.parametrize("codec", [JPEG, WEBP, AVIF])
def test_codecs_need_five_encodes_for_a_photograph(
    sample: str, codec: JpegCodec | WebpCodec | AvifCodec, monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels: Pixels = np.ascontiguousarray(load_sample(sample).pixels[60:156, 80:208])
    count = 0
    save = Image.Image.save

    def counted(*arguments: object, **options: object) -> None:
        nonlocal count
        count += 1
        save(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Image.Image, "save", counted)
    for rate in (0.6, 1.5):
        count = 0
        coded = codec.encode(pixels, EncodeOptions(bits_per_pixel=rate))
        assert 1 <= count <= 5
        assert coded.bits_per_pixel == pytest.approx(rate, rel=0.12)


def test_no_quality_of_avif_is_nearer_than_the_one_that_was_found() -> None:
    """Only one quality of each quantiser is tried; the others make the same files."""
    pixels = textured_pixels(24, 32)
    sizes = {q: AVIF.encode(pixels, EncodeOptions(quality=q)).bits_per_pixel for q in QUALITIES}
    for rate in (4.0, 9.0):
        found = AVIF.encode(pixels, EncodeOptions(bits_per_pixel=rate))
        assert found.quality is not None
        assert sizes[found.quality] == found.bits_per_pixel
        assert abs(found.bits_per_pixel - rate) == min(abs(size - rate) for size in sizes.values())
