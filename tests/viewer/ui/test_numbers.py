"""Numbers as people read them."""

from __future__ import annotations

import pytest

from viewer.ui.numbers import labelled, written


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1234567, 0, "1\u2009234\u2009567"),
        (0.5, 3, "0.500"),
        (-1.25, 2, "−1.25"),
        (-0.0004, 2, "0.00"),
        (1e7, 0, "10\u2009000\u2009000"),
    ],
)
def test_numbers_have_no_exponents_and_no_prefixes(value: float, decimals: int, text: str) -> None:
    assert written(value, decimals) == text


@pytest.mark.parametrize(
    ("label", "bare", "text"),
    [
        ("PSNR, dB", False, "PSNR 31.20 dB"),
        ("RGB PSNR (dB)", True, "RGB PSNR 31.20 dB"),
        ("rate [bpp]", False, "rate 31.20 bpp"),
        ("step", False, "step 31.20"),
        ("kbit", True, "31.20 kbit"),
        ("patch, in raster order", False, "patch 31.20"),
    ],
)
def test_a_read_out_puts_the_unit_behind_the_number(label: str, bare: bool, text: str) -> None:
    assert labelled(label, 31.2, 2, bare) == text
