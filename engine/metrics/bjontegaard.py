"""Bjøntegaard's deltas between two rate–distortion curves."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Points = Sequence[tuple[float, float]]
"""Pairs of a rate (above 0) and a PSNR in dB."""


def bd_psnr_db(anchor: Points, test: Points) -> float | None:
    """Equation (1); None when either has fewer than two points or they share no range of rates."""
    curves = [_sorted((math.log10(rate), db) for rate, db in points) for points in (anchor, test)]
    return _mean_difference(curves[0], curves[1])


def bd_rate(anchor: Points, test: Points) -> float | None:
    """Equation (2); None when either has fewer than two points, they share no range of PSNR, or a curve
    doesn't rise."""
    curves = [_sorted((db, math.log10(rate)) for rate, db in points) for points in (anchor, test)]
    if any((np.diff(logs) <= 0).any() for _, logs in curves):
        return None
    difference = _mean_difference(curves[0], curves[1])
    return None if difference is None else 10.0**difference - 1


_Line = tuple[NDArray[np.float64], NDArray[np.float64]]


def _sorted(pairs: Iterable[tuple[float, float]]) -> _Line:
    """Abscissae, each once, in ascending order, and ordinates."""
    found = dict(sorted(pairs))
    return np.array(list(found), np.float64), np.array(list(found.values()), np.float64)


def _mean_difference(anchor: _Line, test: _Line) -> float | None:
    from scipy.interpolate import PchipInterpolator

    if min(len(anchor[0]), len(test[0])) < 2:
        return None
    low, high = max(anchor[0][0], test[0][0]), min(anchor[0][-1], test[0][-1])
    if not low < high:
        return None
    areas = [float(PchipInterpolator(*line).integrate(low, high)) for line in (anchor, test)]
    return (areas[1] - areas[0]) / float(high - low)
