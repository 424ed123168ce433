"""Types of arguments for argparse: each reads a text, or says in a few words what it should have been."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TypeVar

from engine.choices import MOST_STEPS

T = TypeVar("T")


def _kind(name: str, read: Callable[[str], T]) -> Callable[[str], T]:
    """A type whose mistakes are called "invalid `name`". read: raises ValueError for them."""

    def parse(text: str) -> T:
        try:
            return read(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"invalid {name} value: '{text}'") from None

    return parse


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError
        return value

    return read


def _real(low: float, high: float, unit: str = "") -> Callable[[str], float]:
    """unit: may stand behind the number."""

    def read(text: str) -> float:
        value = float(text.rstrip(unit) if unit else text)
        if not low <= value <= high:
            raise ValueError
        return value

    return read


def _above_zero(high: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        value = float(text)
        if not 0 < value <= high:
            raise ValueError
        return value

    return read


def _read_size(text: str) -> tuple[int, int]:
    width, height = (int(part) for part in text.lower().split("x"))
    if not (320 <= width <= 16384 and 240 <= height <= 16384):
        raise ValueError
    return width, height


def _read_patch(text: str) -> tuple[int, int]:
    row, column = (int(part) for part in text.split(","))
    if min(row, column) < 0:
        raise ValueError
    return row, column


quality = _kind("quality (1 to 100)", _whole(1, 100))
bits_per_pixel = _kind("rate (bits per pixel, above 0)", _above_zero(48))
step_count = _kind(f"number of steps (1 to {MOST_STEPS})", _whole(1, MOST_STEPS))
window_size = _kind("size (WIDTHxHEIGHT, e.g. 1600x900)", _read_size)
scale = _kind("scale (0.5 to 8)", _real(0.5, 8))
step = _kind(f"step (0 to {MOST_STEPS})", _whole(0, MOST_STEPS))
zoom = _kind("zoom (1 to 12800 percent)", _real(1, 12800, "%"))
patch = _kind("patch (ROW,COLUMN)", _read_patch)
