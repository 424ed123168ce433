"""What makes a scan visible in a frame: what is to come is dimmed, the head enlarged with its neighbours.

Pure, on arrays. The colours are those of the window: causal neighbours blue, non-causal ones orange.
"""

from __future__ import annotations

import numpy as np

from engine.types import PATCH, Context, Pixels
from viewer.export.choice import Region
from viewer.model.scene.palette import CAUSAL, NONCAUSAL, SELF, rgb

_DIM = 0.5
_LEAST = 12
"""Pixels of a patch in the frame below which the head is enlarged beside itself."""
_LARGE = 4
"""Pixels of the enlarged head to one of the picture."""
_OFFSETS = {True: ((-1, -1), (-1, 0), (-1, 1), (0, -1)), False: ((0, 1), (1, -1), (1, 0), (1, 1))}


def with_head(
    shown: Pixels, whole: Pixels, position: int, context: Context, region: Region | None, scale: float
) -> Pixels:
    """The frame `shown` with its scan at patch `position`. shown: the region of `whole`, scaled; both uint8
    (height, width, 3). Patches behind the head are left as they are, but for those next to it, which are
    framed."""
    columns, rows = -(-whole.shape[1] // PATCH), -(-whole.shape[0] // PATCH)
    row, column = divmod(position, columns)
    left, top = region[:2] if region is not None else (0, 0)
    frame = shown.copy()
    y0, y1 = (_place(PATCH * each, top, scale, frame.shape[0]) for each in (row, row + 1))
    x1 = _place(PATCH * (column + 1), left, scale, frame.shape[1])
    for part in (frame[y0:y1, x1:], frame[y1:]):
        part[...] = (part * _DIM).astype(np.uint8)
    roles = [((row, column), SELF)]
    for causal, wanted, colour in ((True, context.causal, CAUSAL), (False, context.noncausal, NONCAUSAL)):
        for dy, dx in _OFFSETS[causal] if wanted else ():
            if 0 <= row + dy < rows and 0 <= column + dx < columns:
                roles.append(((row + dy, column + dx), colour))
    if PATCH * scale >= _LEAST:
        for at, colour in reversed(roles):
            box = (PATCH * at[0] - top) * scale, (PATCH * at[1] - left) * scale
            _frame(frame, round(box[0]), round(box[1]), round(PATCH * scale), rgb(colour))
        return frame
    _enlarge(frame, whole, (row, column), roles, x1)
    return frame


def _place(at: int, start: int, scale: float, room: int) -> int:
    return min(room, max(0, round((at - start) * scale)))


def _enlarge(
    frame: Pixels, whole: Pixels, patch: tuple[int, int], roles: list[tuple[tuple[int, int], str]], x: int
) -> None:
    """Draw the head and its neighbours large into the frame's corner that is furthest from it."""
    side = PATCH * _LARGE
    if frame.shape[0] < 3 * side + 4 or frame.shape[1] < 3 * side + 4:
        return
    padded = np.zeros((3 * PATCH, 3 * PATCH, 3), np.uint8)
    top, left = PATCH * (patch[0] - 1), PATCH * (patch[1] - 1)
    part = whole[max(0, top) : top + 3 * PATCH, max(0, left) : left + 3 * PATCH]
    y0, x0 = max(0, -top), max(0, -left)
    padded[y0 : y0 + part.shape[0], x0 : x0 + part.shape[1]] = part
    large = padded.repeat(_LARGE, axis=0).repeat(_LARGE, axis=1)
    for at, colour in reversed(roles):
        _frame(large, (at[0] - patch[0] + 1) * side, (at[1] - patch[1] + 1) * side, side, rgb(colour))
    begin = 2 if x > frame.shape[1] // 2 else frame.shape[1] - 3 * side - 2
    frame[-3 * side - 2 : -2, begin : begin + 3 * side] = large


def _frame(pixels: Pixels, top: int, left: int, side: int, colour: tuple[int, int, int]) -> None:
    """A frame of two pixels just inside a square, as far as that is there."""
    height, width = pixels.shape[:2]
    y0, y1, x0, x1 = max(0, top), min(height, top + side), max(0, left), min(width, left + side)
    if y0 >= y1 or x0 >= x1:
        return
    box = pixels[y0:y1, x0:x1]
    inner = box[2:-2, 2:-2].copy()
    box[...] = colour
    box[2:-2, 2:-2] = inner
