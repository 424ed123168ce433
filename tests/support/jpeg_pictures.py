"""Small pictures, files made of them, and records compared: shared by the tests of JPEG."""

from __future__ import annotations

import dataclasses
import io

import numpy as np
from PIL import Image

from engine.data.samples import load_sample
from engine.types import Coded, Pixels


def photo(height: int = 96, width: int = 128) -> Pixels:
    return load_sample("coffee").pixels[100 : 100 + height, 200 : 200 + width]


def saved(pixels: Pixels, mode: str = "RGB", **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(file, "JPEG", **options)
    return file.getvalue()


def assert_same(one: Coded, other: Coded) -> None:
    """Equal field by field but for `quality`."""
    for field in dataclasses.fields(Coded):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if field.name == "standard":
            np.testing.assert_array_equal(a, b)
        elif field.name == "symbols":
            for mine, yours in zip(a.components, b.components, strict=True):
                np.testing.assert_array_equal(mine.coefficients, yours.coefficients)
                np.testing.assert_array_equal(mine.quantisation, yours.quantisation)
                assert (mine.h, mine.v) == (yours.h, yours.v)
        elif field.name == "patch_bits":
            np.testing.assert_array_equal(a.patches, b.patches)
            assert (a.headers, a.padding, a.stuffing) == (b.headers, b.padding, b.stuffing)
        elif field.name != "quality":
            assert a == b, field.name
