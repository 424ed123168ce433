"""Behind the last saving: the picture as it was saved before, where the file tells of that (see
`jpeg_history`).

A picture that was saved with coarse steps a, then again with finer steps b, on its grid or another, has the
blocks and the ringing of the first saving, and a little noise from the second. A decoder that mends what
steps b leave mends the wrong thing. With c the coefficients of the received luma on the first saving's
grid, and a its steps,

    c' = c + w (a round(c / a) − c),        w = min(1, 0.3 + 1.75 R),
    R  = mean cos(2π c / a)        over |c| > a / 2, without DC.

R is 1 where nothing has happened since and falls as exp(−2π² σ²/a²) with noise of deviation σ: the weight
that leaves the least error, measured on photographs for training. What a block of the first saving lost at
the picture's edge stays as it is, so does chroma: its first grid isn't known. Undoing a requantisation by
its multiples follows Bauschke, Hamilton, Macklem, McMichael and Swart, *Recompression of JPEG images by
requantization* (IEEE Trans. Image Processing 12(7), 2003); taking the last saving away is this project's
own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from weakref import ref

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dctn, idctn

from engine.artefacts.jpeg_history import Earlier, history_of
from engine.step_scale import ZIGZAG, chroma_table, jpeg_scale, luma_table
from engine.types import PATCH, Coded, Pixels, frozen

LEAST_MATCH = 0.1
"""Below it (R) too little of the first saving is left."""
SURE_MATCH = 0.5
"""From so much on, R alone is enough."""
_NEAR = 3
"""The history's quality is right to about so much; R decides."""
_ROWS = 32
"""Rows of blocks at once: of large pictures no second copy is held."""
_MOST = 127
_SAMPLE = 100
"""Blocks a side that R is measured on."""
_FREQUENCIES = 16
"""The lowest so many tell the quality."""

Levels = NDArray[np.int8]
Blocks = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class EarlierSaving:
    """quality: libjpeg's. down, across: where its grid of 8×8 blocks begins, 0 to 7 pixels. match: R.
    change: int8 (height, width), levels to add to the received luma."""

    quality: int
    down: int
    across: int
    match: float
    change: Levels

    def told(self, coded: Coded) -> Coded:
        """The stream `coded` with the tables and the step scale of this saving; its symbols are still those
        of the last one."""
        assert coded.symbols is not None
        luma, chroma = (of(self.quality).astype(np.uint16) for of in (luma_table, chroma_table))
        parts = tuple(
            replace(part, quantisation=chroma if index else luma)
            for index, part in enumerate(coded.symbols.components)
        )
        return replace(
            coded, scale=jpeg_scale(self.quality), symbols=replace(coded.symbols, components=parts)
        )

    @property
    def margins(self) -> tuple[int, int]:
        """Rows and columns to put before the picture, so that its grid begins there."""
        return -self.down % PATCH, -self.across % PATCH


_known: deque[tuple[ref[Pixels], EarlierSaving | None]] = deque(maxlen=2)


def earlier_saving(coded: Coded) -> EarlierSaving | None:
    """What can be had of the saving before the last one; None where there was none, as far as is known."""
    history = history_of(coded)
    if history is None or history.earlier is None or not history.saved_before:
        return None
    for pixels, saving in tuple(_known):
        if pixels() is coded.standard:
            return saving
    found = _found(coded.standard, history.earlier)
    if found is None and not history.earlier.aligned:
        # A grid between the first saving's blocks was taken for it: where steps lie far apart its own tells.
        own = _found(coded.standard, replace(history.earlier, down=0, across=0))
        found = own if own is not None and own.match > SURE_MATCH else None
    _known.append((ref(coded.standard), found))
    return found


def _found(pixels: Pixels, earlier: Earlier) -> EarlierSaving | None:
    height, width = pixels.shape[:2]
    down, across = earlier.down, earlier.across
    rows, columns = (height - down) // PATCH, (width - across) // PATCH
    if rows < 1 or columns < 1:
        return None
    middle = max(0, (rows - _SAMPLE) // 2), max(0, (columns - _SAMPLE) // 2)
    seen = pixels[down + middle[0] * PATCH :, across + middle[1] * PATCH :]
    sample = _coefficients(seen[: min(rows, _SAMPLE) * PATCH, : min(columns, _SAMPLE) * PATCH])
    quality = _quality(sample, earlier.quality)
    _, match = _match(sample, quality)
    if match < LEAST_MATCH:
        return None
    table, weight = luma_table(quality).astype(np.float32), min(1.0, 0.3 + 1.75 * match)
    change = np.zeros((height, width), np.int8)
    for first in range(0, rows, _ROWS):
        top = down + first * PATCH
        bottom = down + min(rows, first + _ROWS) * PATCH
        c = _coefficients(pixels[top:bottom, across : across + columns * PATCH])
        moved = idctn(np.round(c / table) * table - c, axes=(2, 3), norm="ortho", overwrite_x=True)
        plane = moved.transpose(0, 2, 1, 3).reshape(bottom - top, columns * PATCH)
        change[top:bottom, across : across + columns * PATCH] = np.clip(
            np.rint(weight * plane), -_MOST, _MOST
        )
    return EarlierSaving(quality, down, across, match, frozen(change))


def _quality(sample: Blocks, about: int) -> int:
    """The first saving's, given the history's: one near it or, as half the step has all multiples of the
    step, one whose steps are a few times as large. Of those far above chance the one with the largest R."""
    scales = [jpeg_scale(about) * times for times in range(1, 7)]
    qualities = [
        quality
        for quality in range(1, min(100, about + _NEAR) + 1)
        if quality >= about - _NEAR or any(abs(jpeg_scale(quality) / each - 1) < 0.08 for each in scales)
    ]
    lowest = [int(each) for each in ZIGZAG[:_FREQUENCIES]]
    seen = sample.reshape(*sample.shape[:2], -1)[..., lowest]
    scores = {quality: _match(seen, quality, lowest) for quality in qualities}
    most = max(score for score, _ in scores.values())
    return max((each for each in qualities if scores[each][0] > most / 3), key=lambda each: scores[each][1])


def _match(coefficients: Blocks, quality: int, kept: Sequence[int] = range(64)) -> tuple[float, float]:
    """How far above chance the coefficients lie near the multiples, in standard deviations, and R. kept: of
    which frequencies, in natural order, they are."""
    table = luma_table(quality).astype(np.float32).reshape(-1)[np.asarray(kept)]
    coefficients = coefficients.reshape(*coefficients.shape[:2], -1)
    counted = np.abs(coefficients) > table / 2
    counted[..., 0] = False
    number = int(counted.sum())
    total = float(np.cos(2 * np.pi * coefficients / table)[counted].sum())
    return total / max(1.0, number / 2) ** 0.5, total / max(1, number)


def _coefficients(pixels: Pixels) -> Blocks:
    """Of luma, sides multiples of 8: (rows, columns, 8, 8) in levels."""
    luma = pixels.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32) - 128
    rows, columns = (side // PATCH for side in luma.shape)
    blocks = luma.reshape(rows, PATCH, columns, PATCH).transpose(0, 2, 1, 3)
    found: Blocks = dctn(blocks, axes=(2, 3), norm="ortho")
    return found
