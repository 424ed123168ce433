"""Differences in pairs: their mean, how sure it is, and whether it may be chance.

Interval and test of the mean by Student's t distribution (Student, *The Probable Error of a Mean*, Biometrika
6, 1908), for n differences d_i of mean m and sample standard deviation s:

    m ± t(0.975; n - 1) · s / √n                                                                (1)
    p = 2 · P(T > |m| · √n / s), T of n - 1 degrees of freedom                                  (2)

and, without taking them for normal, the signed-rank test (F. Wilcoxon, *Individual Comparisons by Ranking
Methods*, Biometrics Bulletin 1, 1945; exact where there are few pairs, zeros left out). Both are two-sided,
and know nothing of how many comparisons are made at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Paired:
    """Of `count` differences in dB (any unit serves). half: half the width of the interval (1) around `mean`.
    t_test: p of (2); rank_test: p of the signed-rank test. None where fewer than two pairs tell nothing."""

    mean: float
    half: float | None
    count: int
    t_test: float | None
    rank_test: float | None

    @property
    def sure(self) -> bool:
        """Whether the interval leaves 0 out: the mean differs from 0 at the 5 % level."""
        return self.half is not None and abs(self.mean) > self.half


def paired(differences: Iterable[float]) -> Paired | None:
    """What differences amount to; None without any. Infinite ones, of exact pictures, are left out."""
    values = np.array([each for each in differences if math.isfinite(each)], np.float64)
    count = len(values)
    if not count:
        return None
    mean = float(values.mean())
    if count < 2:
        return Paired(mean, None, count, None, None)
    from scipy.special import stdtr, stdtrit

    spread = float(values.std(ddof=1)) / math.sqrt(count)
    half = float(stdtrit(count - 1, (1 + CONFIDENCE) / 2)) * spread
    size = abs(mean) / spread if spread > 0 else math.inf if mean else 0.0
    return Paired(mean, half, count, 2 * float(stdtr(count - 1, -size)), _signed_rank(values))


def _signed_rank(values: NDArray[np.float64]) -> float:
    if not values.any():
        return 1.0
    from scipy.stats import wilcoxon

    return float(wilcoxon(values, zero_method="wilcox").pvalue)
