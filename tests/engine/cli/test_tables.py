"""Tables: alignment, width of characters, what stands for undefined numbers."""

from __future__ import annotations

import math

from engine.cli.tables import markdown_table, plain_table
from engine.metrics.as_text import number


def test_numbers() -> None:
    assert number(1.005, 1) == "1.0"
    assert number(0.5, signed=True) == "+0.50"
    assert number(-0.5, signed=True) == "-0.50"
    assert number(-0.001) == number(-0.001, signed=True) == number(0.0, signed=True) == "0.00"
    assert number(math.inf) == "inf"
    assert number(None) == number(math.nan) == "–"


def test_columns_line_up_also_with_wide_and_combining_characters() -> None:
    table = plain_table(["name", "dB"], [["写真", "1.00"], ["cafe\u0301", "-12.50"]])
    assert table.splitlines() == [
        "name      dB",
        "────  ──────",
        "写真    1.00",
        "cafe\u0301  -12.50",
    ]


def test_markdown_aligns_numbers_right_and_escapes_bars() -> None:
    table = markdown_table(["a|b", "n"], [["x", "1"]])
    assert table == "| a\\|b | n |\n| --- | ---: |\n| x | 1 |"
