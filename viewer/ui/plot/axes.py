"""Ranges, ticks and number formats of plots. Pure, no Qt."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.model.scene.plots import Curve

_THIN = "\u2009"
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Span:
    """An axis: data from `low` to `high` over `start` to `end`, in pixels (y axes run upwards)."""

    low: float
    high: float
    start: float
    end: float

    def place(self, values: Floats) -> Floats:
        """Pixels of data values."""
        return self.start + (values - self.low) * (self.end - self.start) / (self.high - self.low)

    def at(self, value: float) -> float:
        """Pixel of one data value."""
        return self.start + (value - self.low) * (self.end - self.start) / (self.high - self.low)

    def value(self, pixel: float) -> float:
        """Data value at a pixel, kept within the axis."""
        part = (pixel - self.start) / ((self.end - self.start) or 1.0)
        return self.low + min(1.0, max(0.0, part)) * (self.high - self.low)


def finite(curve: Curve) -> tuple[Floats, Floats]:
    """x and y as float64 with everything infinite made NaN: an infinite PSNR has no place on a plot."""
    x, y = (np.array(values, dtype=np.float64) for values in (curve.x, curve.y))
    x[~np.isfinite(x)] = np.nan
    y[~np.isfinite(y)] = np.nan
    return x, y


def data_range(parts: list[Floats], least: float) -> tuple[float, float] | None:
    """Smallest and largest value, spanning `least` or more, from 0 if that is near; None without data."""
    kept = [values[~np.isnan(values)] for values in parts]
    kept = [values for values in kept if values.size]
    if not kept:
        return None
    low, high = min(float(v.min()) for v in kept), max(float(v.max()) for v in kept)
    if high - low < least:
        middle = (low + high) / 2
        return middle - least / 2, middle + least / 2
    if 0 < low < 0.1 * high:
        low = 0.0  # so near to nothing, the axis may as well begin there
    return low, high


def ticks(low: float, high: float, most: int, whole: bool = False) -> tuple[list[float], int]:
    """About `most` round values (1, 2 or 5 times a power of ten) and the decimals to write them with.

    At least two where whole steps allow it: one number alone is no scale.
    """
    for attempt in (most, 2 * most, 4 * most):
        values, decimals = _stepped(low, high, attempt, whole)
        if len(values) > 1:
            break
    return values, decimals


def _stepped(low: float, high: float, most: int, whole: bool) -> tuple[list[float], int]:
    wanted = (high - low) / max(1, most)
    power = 10.0 ** math.floor(math.log10(wanted)) if wanted > 0 else 1.0
    step = next((m * power for m in (1, 2, 5) if m * power >= wanted * (1 - 1e-9)), 10 * power)
    if whole:
        step = max(1.0, step)
    first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return [k * step for k in range(first, last + 1)], decimals


def spaced(values: list[float], axis: Span, least: float) -> list[float]:
    """`values` if their places are `least` pixels apart, else the outermost two, else the first alone."""
    for kept in (values, [values[0], values[-1]] if len(values) > 1 else values):
        places = [axis.at(value) for value in kept]
        if all(abs(b - a) >= least for a, b in itertools.pairwise(places)):
            return kept
    return values[:1]


def written(value: float, decimals: int) -> str:
    """A number as the plots write it: thin spaces between thousands, a real minus, no exponents."""
    text = f"{value:,.{decimals}f}".replace(",", _THIN)
    if not any(digit in text for digit in "123456789"):
        text = text.lstrip("-")
    return text.replace("-", "−")


_UNIT = re.compile(r"^(?P<name>.+?)(?:, (?P<a>[^\s,()]+)| \((?P<b>[^()]+)\)| \[(?P<c>[^\[\]]+)\])$")


def labelled(label: str, value: float, decimals: int, bare_is_unit: bool = False) -> str:
    """ "PSNR, dB" or "PSNR (dB)" and 31.2 make "PSNR 31.20 dB".

    A label without a unit is the quantity's name ("step 4") or, if `bare_is_unit`, the unit itself
    ("12.5 kbit").
    """
    number, match = written(value, decimals), _UNIT.match(label)
    if match is not None:
        return f"{match['name']} {number} {match['a'] or match['b'] or match['c']}"
    return f"{number} {label}" if bare_is_unit else f"{label.split(',')[0]} {number}".strip()


def thinned(x: Floats, y: Floats, columns: int) -> tuple[Floats, Floats]:
    """A long line reduced to its lowest and highest point in each of `columns`; x must not decrease."""
    if x.size <= 4 * columns or np.isnan(y).any() or np.isnan(x).any() or (np.diff(x) < 0).any():
        return x, y
    edges = np.unique(np.linspace(0, x.size, columns, endpoint=False).astype(np.intp))
    keep = [np.array([0, x.size - 1])]
    for start, stop in zip(edges, [*edges[1:], x.size], strict=True):
        part = y[start:stop]
        keep.append(np.array([start + part.argmin(), start + part.argmax()]))
    at = np.unique(np.concatenate(keep))
    return x[at], y[at]
