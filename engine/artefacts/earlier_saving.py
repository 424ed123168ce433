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

A guess of the first saving is believed if the last one, done to c', would have sent what it did.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from engine.artefacts.jpeg_history import Earlier, history_of
from engine.step_scale import ZIGZAG, chroma_table, jpeg_scale, luma_table
from engine.types import PATCH, Cancelled, Coded, Pixels, frozen, never

LEAST_MATCH = 0.1
"""Below it (R) too little of the first saving is left."""
MOST_EXCESS = 0.15
"""Of what was changed, that the last saving would not have sent as it did. On photographs that were saved
twice 0.01 to 0.08 with the first saving's grid and tables, 0.16 to 0.5 with others'."""
_COARSER = 1.2
"""The first saving's steps are at least so many times the last one's."""
_TRIED = 3
"""Qualities a grid that are tried in full."""
_ROWS = 32
"""Rows of blocks at once: of large pictures no second copy is held."""
_MOST = 127
_SIDE = 512
"""Pixels of the middle of the picture that decide."""
_FREQUENCIES = 16
"""The lowest so many tell the quality."""
_ROUNDING = 0.5
"""Levels by which rounding to 8 bits moves a coefficient, nearly always."""

Levels = NDArray[np.int8]
Plane = NDArray[np.float32]
Blocks = NDArray[np.float32]
Mask = NDArray[np.bool_]


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


_known: dict[int, tuple[ref[Pixels], EarlierSaving | None]] = {}
"""By the pixels' id, as long as these live."""


def earlier_saving(coded: Coded, cancelled: Cancelled = never) -> EarlierSaving | None:
    """What can be had of the saving before the last one; None where there was none, as far as is known, and
    when cancelled, which isn't remembered: of a large picture it takes seconds."""
    pixels, found = _known.get(id(coded.standard), (None, None))
    if pixels is not None and pixels() is coded.standard:
        return found
    history = history_of(coded)
    if cancelled():
        return None
    if history is not None and history.earlier is not None and history.saved_before:
        found = _found(coded, history.earlier, cancelled)
    else:
        found = None
    if not cancelled():
        _remember(coded, found)
    return found


def tell_part(part: Coded, whole: Coded, top: int, left: int) -> None:
    """Let `part`, which is `whole` from a block of its own grid on, have the earlier saving of the whole: it
    may be too small to show it by itself. top, left: of the part in the whole, pixels."""
    found = earlier_saving(whole)
    if found is not None:
        change = found.change[top : top + part.height, left : left + part.width]
        found = replace(found, change=frozen(change))
    _remember(part, found)


def _remember(coded: Coded, found: EarlierSaving | None) -> None:
    key = id(coded.standard)
    _known[key] = ref(coded.standard, lambda _: _known.pop(key, None)), found


def mended_scale(coded: Coded) -> float:
    """The step scale of the saving that a sweep decoder mends: the first one's, where it is known."""
    saving = earlier_saving(coded)
    return coded.scale if saving is None else jpeg_scale(saving.quality)


@dataclass(frozen=True)
class _Guess:
    """What the first saving may have been; match: R."""

    quality: int
    down: int
    across: int
    match: float

    @property
    def weight(self) -> float:
        return min(1.0, 0.3 + 1.75 * self.match)


def _found(coded: Coded, earlier: Earlier, cancelled: Cancelled) -> EarlierSaving | None:
    """Of the guesses that agree with what was sent the one with the largest R, if any does. The history's
    grid may be one between the first saving's blocks, where those are the file's own; its quality may be one
    with half the steps."""
    middle = _Middle.of(coded)
    grids = {(earlier.down, earlier.across), (0, 0)}
    guesses: list[_Guess] = []
    for grid in sorted(grids):
        if cancelled():
            return None
        guesses += _guesses(middle, coded.scale, *grid)
    agreeing = [guess for guess in guesses if middle.excess(guess) <= MOST_EXCESS]
    if not agreeing:
        return None
    best = max(agreeing, key=lambda each: each.match)
    pixels = coded.standard
    change = np.zeros(pixels.shape[:2], np.int8)
    for top in range(best.down, pixels.shape[0] - PATCH + 1, _ROWS * PATCH):
        if cancelled():
            return None
        strip = slice(top, top + _ROWS * PATCH)
        moved = np.rint(_change(_luma(pixels[strip]), replace(best, down=0)))
        change[strip] = np.clip(moved, -_MOST, _MOST)
    if coded.missing is not None:
        whole = _whole_blocks(_came(coded), best.down, best.across)
        _blocks(change, best.down, best.across)[~whole] = 0
    return EarlierSaving(best.quality, best.down, best.across, best.match, frozen(change))


@dataclass(frozen=True, eq=False)
class _Middle:
    """The middle of a picture, whole blocks of the last saving. luma: (height, width), levels less 128. sent:
    (rows, columns, 8, 8), the coefficients that were sent. steps: (8, 8). whole: (rows, columns), the blocks
    of which nothing was cut off at black or white, and not beside a patch that never came. came: (height,
    width), pixels of patches that came."""

    luma: Plane
    sent: Blocks
    steps: Plane
    whole: Mask
    came: Mask

    @classmethod
    def of(cls, coded: Coded) -> _Middle:
        assert coded.symbols is not None
        part = coded.symbols.components[0]
        height, width = (min(side, _SIDE) // PATCH * PATCH for side in coded.standard.shape[:2])
        top, left = (
            (side - own) // 2 // PATCH * PATCH
            for side, own in zip(coded.standard.shape[:2], (height, width), strict=True)
        )
        pixels = coded.standard[top : top + height, left : left + width]
        rows, columns = (
            slice(at // PATCH, (at + side) // PATCH) for at, side in ((top, height), (left, width))
        )
        steps = part.quantisation.astype(np.float32)
        cut = ((pixels == 0) | (pixels == 255)).any(2)
        whole = ~cut.reshape(height // PATCH, PATCH, width // PATCH, PATCH).any((1, 3))
        if whole.mean() < 0.05:
            whole[:] = True
        came = _came(coded)[top : top + height, left : left + width]
        for down, across in itertools.product((-1, 0, 1), repeat=2):
            whole &= _whole_blocks(np.roll(came, (PATCH * down, PATCH * across), (0, 1)))
        return cls(_luma(pixels), part.coefficients[rows, columns] * steps, steps, whole, came)

    def excess(self, guess: _Guess) -> float:
        """How far from what was sent, beyond half a step, the picture is that `guess` leads to, as a share of
        the change; roots of mean squares. Where the guess is right the last saving would have sent the
        same. Infinite where there is nothing to see."""
        if not self.whole.any():
            return math.inf
        moved = _change(self.luma, guess)
        before, after = (
            np.maximum(np.abs(_coefficients(plane) - self.sent) - self.steps / 2 - _ROUNDING, 0)
            for plane in (self.luma, np.clip(self.luma + moved, -128, 127))
        )
        size = np.square(_coefficients(moved))[self.whole].mean()
        more = np.square(after)[self.whole].mean() - np.square(before)[self.whole].mean()
        return math.sqrt(max(float(more), 0.0) / (float(size) + 0.01))


def _guesses(middle: _Middle, scale: float, down: int, across: int) -> list[_Guess]:
    """On one grid: of the qualities far above chance those with the largest R."""
    c = _coefficients(middle.luma[down:, across:])
    c[~_whole_blocks(middle.came, down, across)] = 0
    lowest = [int(each) for each in ZIGZAG[:_FREQUENCIES]]
    seen = c.reshape(*c.shape[:2], -1)[..., lowest]
    qualities = [quality for quality in range(1, 100) if jpeg_scale(quality) > _COARSER * scale]
    scores = {quality: _match(seen, quality, lowest) for quality in qualities}
    most = max((score for score, _ in scores.values()), default=0.0)
    far = [quality for quality in qualities if scores[quality][0] > max(most / 3, 1.0)]
    far.sort(key=lambda each: -scores[each][1])
    found = [_Guess(quality, down, across, _match(c, quality)[1]) for quality in far[:_TRIED]]
    return [guess for guess in found if guess.match >= LEAST_MATCH]


def _change(luma: Plane, guess: _Guess) -> Plane:
    """w (a round(c / a) − c) in levels, of whole blocks on the guess's grid; 0 outside them."""
    from scipy.fft import idctn  # not when the window is launched

    table = luma_table(guess.quality).astype(np.float32)
    c = _coefficients(luma[guess.down :, guess.across :])
    moved = idctn(np.round(c / table) * table - c, axes=(2, 3), norm="ortho", overwrite_x=True)
    height, width = c.shape[0] * PATCH, c.shape[1] * PATCH
    found = np.zeros_like(luma)
    found[guess.down : guess.down + height, guess.across : guess.across + width] = (
        guess.weight * moved.transpose(0, 2, 1, 3).reshape(height, width)
    )
    return found


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


def _luma(pixels: Pixels) -> Plane:
    """Less 128, in levels."""
    return pixels.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32) - np.float32(128)


def _coefficients(luma: Plane) -> Blocks:
    """Of whole blocks from the top left: (rows, columns, 8, 8) in levels."""
    from scipy.fft import dctn

    found: Blocks = dctn(_blocks(luma), axes=(2, 3), norm="ortho")
    return found


def _came(coded: Coded) -> Mask:
    """(height, width): the pixels of patches that came."""
    if coded.missing is None:
        return np.ones(coded.standard.shape[:2], np.bool_)
    pixels = coded.missing.repeat(PATCH, 0).repeat(PATCH, 1)
    return ~pixels[: coded.height, : coded.width]


def _whole_blocks(came: Mask, down: int = 0, across: int = 0) -> Mask:
    """(rows, columns): the blocks of a grid all of whose pixels came."""
    return np.asarray(_blocks(came, down, across).all((2, 3)), np.bool_)


def _blocks(plane: NDArray[Any], down: int = 0, across: int = 0) -> NDArray[Any]:
    """The whole blocks of a grid, a view of (rows, columns, 8, 8)."""
    inside = plane[down:, across:]
    rows, columns = (side // PATCH for side in inside.shape)
    inside = inside[: rows * PATCH, : columns * PATCH]
    (tall, wide), size = inside.strides, (rows, columns, PATCH, PATCH)
    return np.lib.stride_tricks.as_strided(inside, size, (PATCH * tall, PATCH * wide, tall, wide))
