"""The quality whose file comes nearest to a size, found with few encodes.

Sizes of one picture over quality follow those of a typical one, times a factor that changes slowly. So the
search is a secant on the logarithm of that factor: the first try is what a typical picture would need, each
further one what the factors seen so far tell, until two neighbouring qualities enclose the target.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Encode = Callable[[int], bytes]
Rates = Mapping[int, float]
"""Bits per pixel of a typical photograph at some qualities, in ascending order."""


def nearest(
    encode: Encode,
    bits_per_pixel: float,
    area: int,
    qualities: Sequence[int],
    typical: Rates,
    sketch: Encode | None = None,
    sketch_excess: float = 1.0,
) -> tuple[bytes, int]:
    """The file of a size nearest to `bits_per_pixel` among those of `qualities`, and its quality.

    area: of the picture, in pixels. qualities: ascending; sizes are taken to grow with them. Where they
    don't quite, a quality further off may come a little nearer. sketch: a quicker encoder, tried once to
    begin with, whose files are about `sketch_excess` times as large.
    """
    search = _Search(bits_per_pixel * area / 8, area, qualities, typical)
    if sketch is not None:
        first = search.next()
        search.factor = math.log(len(sketch(qualities[first])) / sketch_excess) - search.expected[first]
    files: dict[int, bytes] = {}
    while not search.enclosed:
        index = search.next()
        files[index] = encode(qualities[index])
        search.learn(index, len(files[index]))
    best = min(files, key=lambda index: (abs(len(files[index]) - search.target), index))
    return files[best], qualities[best]


class _Search:
    """What is known of a picture's sizes. Indices are those of the qualities.

    low, high: highest quality that stays below the target and lowest one that doesn't, as far as tried.
    """

    def __init__(self, target: float, area: int, qualities: Sequence[int], typical: Rates) -> None:
        rates = np.interp(qualities, list(typical), np.log(list(typical.values())))
        self.target = target
        self.expected: NDArray[np.float64] = rates + math.log(area / 8)
        self.factor = 0.0
        self.factors: dict[int, float] = {}
        self.low, self.high = -1, len(qualities)

    @property
    def enclosed(self) -> bool:
        return self.high - self.low <= 1

    def learn(self, index: int, size: int) -> None:
        self.factors[index] = math.log(size) - float(self.expected[index])
        if size < self.target:
            self.low = index
        else:
            self.high = index

    def next(self) -> int:
        """The index to try: of the two around the target the one that seems nearer, unless it is known."""
        sizes = np.maximum.accumulate(self.expected + self._factors())
        wanted = math.log(self.target)
        above = int(np.clip(np.searchsorted(sizes, wanted), self.low + 1, self.high))
        below = above - 1
        if above == self.high or (below > self.low and wanted - sizes[below] < sizes[above] - wanted):
            return below
        return above

    def _factors(self) -> NDArray[np.float64] | float:
        """Of every index: on straight lines through those known, which go on beyond the outermost ones for as
        far as the last two are apart."""
        places = sorted(self.factors)
        if not places:
            return self.factor
        known = [self.factors[place] for place in places]
        everywhere = np.arange(len(self.expected))
        factors: NDArray[np.float64] = np.interp(everywhere, places, known)
        if len(places) > 1:
            for end, beyond in ((0, everywhere < places[0]), (-1, everywhere > places[-1])):
                inner = 1 if end == 0 else -2
                width = abs(places[end] - places[inner])
                slope = (known[end] - known[inner]) / (places[end] - places[inner])
                factors[beyond] += slope * np.clip(everywhere[beyond] - places[end], -width, width)
        return factors
