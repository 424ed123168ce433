"""What a JPEG file tells of its past: the quality of its tables, and whether it was saved before, how
coarsely and on which grid.

A picture that was quantised with step a on some 8×8 grid has coefficients there that lie near multiples of
a, also after it was saved again with a finer step or on another grid. With v the coefficients of frequency
f on a grid, the characteristic function of their distance to the multiples of a,

    z(a) = Σ cos(2π v / a) / √(N / 2),        over |v| > a / 2,

is about normal with variance 1 if nothing was quantised there, and grows with √N if something was. Sums
over frequencies are compared between grids, as all but one of them have no such past. On the file's own
grid, where the last saving has its own multiples, the histogram is held against a smoothed one instead.
After Fan and de Queiroz, *Identification of bitmap compression history* (IEEE Trans. Image Processing
12(2), 2003) and Popescu and Farid, *Statistical tools for digital forensics* (IH 2004).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.artefacts.known import Known
from engine.step_scale import ZIGZAG, chroma_table, jpeg_scale, luma_table, step_scale
from engine.types import PATCH, Coded, Component, Pixels

SURE = 0.9
"""From so much on an earlier saving is taken for granted."""
_FREQUENCIES = ZIGZAG[1:10]
_CANDIDATES = tuple(range(3, 96, 2))
_MOST_BLOCKS = 1200
_MOST_OWN_BLOCKS = 3600
"""Scores grow with the number of blocks, also what deviates from the model by a little: the curves from score
to sureness below hold for so many, and of larger pictures no more are looked at."""
_LEAST_VALUES = 30
_LEAST_DISTINCT = 8
"""Pictures of few colours that repeat have few distinct symbols, and gaps between them without any past."""
_COARSER = 1.25
"""An earlier step must be so many times the received one, or the last saving has covered it."""
_SHIFTED, _OWN = (4.2, 2.2), (24.0, 0.6)
"""Middle and steepness of the logistic curves from score to sureness, for grids apart and for the file's
own, measured on photographs saved once (scores up to 3.4 and 9) and twice (from 4.6 and 30), and, for the
own grid, on made pictures of few colours (up to 23)."""
_BINS, _BINS_A_LEVEL = 1200, 3
"""Of the histograms of absolute coefficients."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Earlier:
    """A saving before the last one. quality: about libjpeg's. down, across: where its grid begins, 0 to 7
    pixels. sureness: 0 to 1."""

    quality: int
    down: int
    across: int
    sureness: float

    @property
    def aligned(self) -> bool:
        """Whether its grid is the file's own."""
        return self.down == 0 and self.across == 0


@dataclass(frozen=True)
class History:
    """quality: libjpeg's with the nearest tables; standard: whether they are libjpeg's tables exactly.
    earlier: the likeliest saving before, also where it is not sure; None where nothing points to one."""

    quality: int
    standard: bool
    earlier: Earlier | None

    @property
    def saved_before(self) -> bool:
        return self.earlier is not None and self.earlier.sureness >= SURE


_known = Known[History]()
"""The decoder, the window and the reports ask for the same."""


def history_of(coded: Coded) -> History | None:
    """What the stream's symbols and pixels tell; None where it has no symbols."""
    if coded.symbols is None:
        return None
    parts = coded.symbols.components
    known = _known.of(parts[0].coefficients, coded.standard)
    return known[0] if known else _known.keep(_history(coded, parts), parts[0].coefficients, coded.standard)


def _history(coded: Coded, parts: tuple[Component, ...]) -> History:
    quality = nearest_quality(parts[0].quantisation)
    tables = [luma_table(quality), *([chroma_table(quality)] * (len(parts) - 1))]
    exact = all(np.array_equal(part.quantisation, table) for part, table in zip(parts, tables, strict=True))
    return History(quality, exact, _earlier(coded))


def nearest_quality(table: NDArray[np.uint16]) -> int:
    """libjpeg's quality whose luma table is nearest to `table` (8, 8) in the steps' logarithms."""
    wanted = np.log(table.astype(np.float64))
    return min(range(1, 101), key=lambda quality: float(np.abs(np.log(luma_table(quality)) - wanted).sum()))


def expected_gain_db(scores: Mapping[str, Any], scale: float) -> float | None:
    """The gain in dB that a decoder with these scores (a card's, by set and quality) has had on photographs
    of about this step scale: between the two nearest qualities on the scale's logarithm; None if none is
    known."""
    known: dict[float, float] = {}
    for by_quality in scores.values():
        for name, score in by_quality.items():
            if name.startswith("q") and name[1:].isdigit() and score.get("gain_db"):
                known.setdefault(math.log(jpeg_scale(int(name[1:]))), float(score["gain_db"][-1]))
    if not known:
        return None
    places = sorted(known)
    return float(np.interp(math.log(scale), places, [known[place] for place in places]))


def history_words(history: History) -> str:
    """One line for people."""
    tables = "" if history.standard else "about "
    words = f"saved at {tables}quality {history.quality}"
    earlier = history.earlier
    if earlier is None or earlier.sureness < 0.5:
        return f"{words}; nothing shows that it was saved before"
    grid = (
        "on the same grid" if earlier.aligned else f"on a grid {earlier.down} down, {earlier.across} across"
    )
    sure = f"{100 * earlier.sureness:.0f} % sure"
    return f"{words}; saved before at about quality {earlier.quality}, {grid} ({sure})"


def _earlier(coded: Coded) -> Earlier | None:
    assert coded.symbols is not None
    part = coded.symbols.components[0]
    received = part.quantisation.reshape(-1)[_FREQUENCIES].astype(np.float64)
    candidates = [q for q in _CANDIDATES if jpeg_scale(q) > _COARSER * step_scale(part.quantisation)]
    if not candidates:
        return None
    steps = np.stack([luma_table(q).reshape(-1)[_FREQUENCIES] for q in candidates])
    steps = np.where(steps > _COARSER * received, steps, np.nan)
    found: list[tuple[float, int, int, int]] = []
    shifted = _shifted_scores(coded.standard, steps)
    if shifted is not None:
        spread = shifted - np.median(shifted, axis=(1, 2), keepdims=True)
        spread[:, 0, 0] = 0
        noise = 1.4826 * np.median(np.abs(spread), axis=(1, 2), keepdims=True) + 0.5
        scores = spread / noise
        place = np.unravel_index(int(np.argmax(scores)), scores.shape)
        found.append((_sureness(float(scores[place]), _SHIFTED), *(int(each) for each in place)))  # type: ignore[arg-type]
    blocks = part.coefficients.reshape(-1, PATCH * PATCH)
    if len(blocks) > _MOST_OWN_BLOCKS:
        blocks = blocks[np.linspace(0, len(blocks) - 1, _MOST_OWN_BLOCKS).astype(np.int64)]
    own = _own_scores(blocks[:, _FREQUENCIES], received, steps)
    found.append((_sureness(float(own.max()), _OWN), int(own.argmax()), 0, 0))
    sureness, row, down, across = max(found)
    return Earlier(candidates[row], down, across, sureness)


def _sureness(score: float, curve: tuple[float, float]) -> float:
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, curve[1] * (score - curve[0])))))


def _shifted_scores(pixels: Pixels, steps: Floats) -> Floats | None:
    """z of each candidate (rows of steps) on each grid: (candidates, 8, 8); None for a picture too small."""
    side = int(math.sqrt(_MOST_BLOCKS)) * PATCH
    top, left = (max(0, (length - side) // 2) // PATCH * PATCH for length in pixels.shape[:2])
    seen = pixels[top : top + side + PATCH, left : left + side + PATCH].astype(np.float32)
    luma = seen @ np.array([0.299, 0.587, 0.114], np.float32)
    rows, columns = (length // PATCH - 1 for length in luma.shape)
    if rows < 4 or columns < 4:
        return None
    sizes = (np.arange(_BINS) + 0.5) / _BINS_A_LEVEL
    with np.errstate(invalid="ignore"):
        counted = (sizes > steps.T[..., None] / 2).astype(np.float32)  # (frequencies, candidates, bins)
        waves = np.where(counted > 0, np.cos(2 * np.pi * sizes / steps.T[..., None]), 0).astype(np.float32)
    histograms = np.stack(
        [
            _histograms(luma[down : down + rows * PATCH, across : across + columns * PATCH])
            for down in range(PATCH)
            for across in range(PATCH)
        ],
        axis=1,
    )
    number = histograms @ counted.transpose(0, 2, 1)  # (frequencies, grids, candidates)
    enough = number >= _LEAST_VALUES
    z = histograms @ waves.transpose(0, 2, 1) / np.sqrt(np.maximum(number, 1) / 2)
    total = np.where(enough, z, 0).sum(0) / np.sqrt(np.maximum(enough.sum(0), 1))
    return np.asarray(total.T.reshape(-1, PATCH, PATCH), np.float64)


def _histograms(luma: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of the absolute coefficients of blocks that are not flat: (frequencies, bins)."""
    rows, columns = luma.shape[0] // PATCH, luma.shape[1] // PATCH
    blocks = luma.reshape(rows, PATCH, columns, PATCH).transpose(0, 2, 1, 3).reshape(-1, PATCH * PATCH)
    bins = np.minimum(np.abs(blocks @ (_basis() * _BINS_A_LEVEL)), _BINS - 1).astype(np.int64)
    bins += _BINS * np.arange(bins.shape[1])
    found = np.bincount(bins.ravel(), minlength=_BINS * bins.shape[1]).reshape(-1, _BINS).astype(np.float32)
    found[:, -1] = 0
    return found


def _own_scores(symbols: NDArray[np.int16], received: Floats, steps: Floats) -> Floats:
    """The same on the file's own grid: what the histogram of symbols has more than its neighbours' mean."""
    total, count = np.zeros(len(steps)), np.zeros(len(steps))
    most = 40
    for index in range(symbols.shape[1]):
        own = np.abs(symbols[:, index].astype(np.int64))
        histogram = np.bincount(own[(own > 0) & (own < most)], minlength=most).astype(np.float64)
        smooth = histogram.copy()
        smooth[2:-1] = (histogram[1:-2] + histogram[2:-1] + histogram[3:]) / 3
        excess = (histogram - smooth)[2:-1]
        expected = smooth[2:-1]
        if expected.sum() < _LEAST_VALUES or np.count_nonzero(histogram) < _LEAST_DISTINCT:
            continue
        values = np.arange(2, most - 1) * received[index]
        for row, step in enumerate(steps[:, index]):
            if not math.isnan(step):
                # What rounding to the received step leaves of a multiple of the earlier one.
                near = np.abs(values - step * np.round(values / step)) <= received[index] / 2 + 0.5
                share = (expected * near).sum() / expected.sum()
                wave = near - share
                variance = (expected * wave * wave).sum() * 2 / 3
                if variance > 0:
                    total[row] += (excess * wave).sum() / math.sqrt(variance)
                    count[row] += 1
    return np.asarray(total / np.sqrt(np.maximum(count, 1)), np.float64)


@cache
def _basis() -> NDArray[np.float32]:
    """(64, frequencies): the DCT's basis functions of the frequencies that are looked at, orthonormal."""
    n = np.arange(PATCH)
    matrix = np.cos(np.pi * (2 * n[None, :] + 1) * n[:, None] / 16) * 0.5
    matrix[0] /= math.sqrt(2)
    full = np.einsum("vy,ux->vuyx", matrix, matrix).reshape(PATCH * PATCH, PATCH * PATCH)
    return np.asarray(full[_FREQUENCIES].T, np.float32)
