"""Pictures written and read again, by Pillow."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.errors import UserError
from engine.io.write_image import FORMATS, format_of, save_image
from engine.metrics.fidelity import psnr_rgb_db
from engine.types import frozen
from tests.support.tiny_models import textured_pixels

SUFFIXES = [suffix for each in FORMATS for suffix in each.suffixes]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_is_exact_or_says_what_it_loses(tmp_path: Path, suffix: str) -> None:
    pixels = textured_pixels(37, 53)
    path = tmp_path / f"a{suffix.upper()}"
    lost = save_image(path, pixels)
    with Image.open(path) as image:
        read = frozen(np.asarray(image.convert("RGB")))
        assert image.format == format_of(path).name
    if lost:
        assert lost == "JPEG of quality 95, 4:4:4"
        assert psnr_rgb_db(read, pixels) > 35
    else:
        assert np.array_equal(read, pixels)
    assert bool(lost) == (suffix in (".jpg", ".jpeg"))
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_png_is_the_first_to_be_offered() -> None:
    assert FORMATS[0].name == "PNG"
    assert len(SUFFIXES) == len(set(SUFFIXES))


def test_the_density_is_noted(tmp_path: Path) -> None:
    save_image(tmp_path / "a.png", textured_pixels(8, 8), 192)
    with Image.open(tmp_path / "a.png") as image:
        assert image.info["dpi"] == pytest.approx((192, 192), abs=0.1)


def test_mistakes_are_told_in_one_line_and_nothing_is_left(tmp_path: Path) -> None:
    pixels = textured_pixels(8, 8)
    for name in ("a.xyz", "a", "a.gif"):
        with pytest.raises(UserError, match=r"^a.*: unknown ending '.*' for a picture \(known: \.png"):
            save_image(tmp_path / name, pixels)
    wide = frozen(np.zeros((2, 16_384, 3), np.uint8))
    with pytest.raises(UserError, match="16384×2 pixels; WebP, lossless holds no side beyond 16,383"):
        save_image(tmp_path / "a.webp", wide)
    with pytest.raises(UserError, match="folder does not exist"):
        save_image(tmp_path / "none" / "a.png", pixels)
    assert list(tmp_path.iterdir()) == []
