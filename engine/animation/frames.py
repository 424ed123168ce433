"""Animated pictures: frames with captions, written as GIF or MP4.

What is written comes from 8-bit pixels as they are shown. A caption stands below the picture, never over it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from PIL import Image, ImageDraw

from engine.plotting.font import font
from engine.types import Pixels, frozen

CAPTION_PAPER, CAPTION_INK, CAPTION_MUTED = (21, 23, 28), (232, 234, 237), (154, 163, 173)
_PLAIN = str.maketrans({"−": "-", "–": "-", "×": "x", "→": ">", "∞": "inf", "²": "2", "\u2009": " "})
"""What Pillow's own font has no glyphs for."""
_TINIEST, _SMALLEST, _LARGEST = 8, 11, 28
_PADDING = 8


@dataclass(frozen=True, eq=False)
class Frame:
    """pixels: uint8 (height, width, 3). title, detail: left and right of the caption, "" for none of it.

    seconds: how long it is shown.
    """

    pixels: Pixels
    title: str = ""
    detail: str = ""
    seconds: float = 1.0


class Frames(Protocol):
    """Frames of one size, made when they are asked for: a scan has thousands."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> Frame: ...


class Stopped(Exception):  # noqa: N818 - not an error
    """The writing was cancelled; nothing of it is left."""


def scaled(pixels: Pixels, scale: float) -> Pixels:
    """uint8 (height, width, 3) magnified a whole number of times, pixels staying squares, or reduced to a
    whole fraction, pixels averaged. Raises ValueError for other scales."""
    if scale >= 1:
        factor = round(scale)
        if factor != scale:
            raise ValueError(f"scale {scale} is no whole number")
        return pixels if factor == 1 else pixels.repeat(factor, axis=0).repeat(factor, axis=1)
    factor = round(1 / scale)
    if abs(factor * scale - 1) > 1e-9:
        raise ValueError(f"scale {scale} is no whole fraction")
    return np.asarray(Image.fromarray(pixels).reduce(factor))


def composed(frame: Frame) -> Pixels:
    """The frame's picture with its caption below it, if it has one: uint8 (height, width, 3), sides even as
    video needs them (the last column or row is repeated where the picture's are odd)."""
    height, width = frame.pixels.shape[:2]
    strip = caption_height(width) if frame.title or frame.detail else 0
    strip += (height + strip) % 2 if strip else 0
    result = np.empty((height + strip, width, 3), np.uint8)
    result[:height] = frame.pixels
    if strip:
        result[height:] = _caption(width, strip, frame.title, frame.detail)
    odd = (result.shape[0] % 2, width % 2)
    if any(odd):
        result = np.pad(result, ((0, odd[0]), (0, odd[1]), (0, 0)), mode="edge")
    return frozen(result)


def caption_height(width: int) -> int:
    """Of the strip below a picture of this width, pixels."""
    return 2 * _font_size(width) + 4


def _font_size(width: int) -> int:
    return min(_LARGEST, max(_SMALLEST, round(width / 40)))


def _caption(width: int, height: int, title: str, detail: str) -> Pixels:
    """Title left, detail right. Where both don't fit, the type is made smaller; then the figures go first."""
    image = Image.new("RGB", (width, height), CAPTION_PAPER)
    draw = ImageDraw.Draw(image)
    title, detail = title.translate(_PLAIN), detail.translate(_PLAIN)
    room = width - 2 * _PADDING
    candidates = ((title, detail), (title, detail.split(" (")[0]), ("", detail), ("", detail.split(" (")[0]))
    sizes = range(_font_size(width), _TINIEST - 1, -1)
    fitting = ((pair, size) for pair in (*candidates, (title, "")) for size in sizes if any(pair))
    for (left, right), size in fitting:
        if _length(left, size) + _length(right, size) + (size if left and right else 0) <= room:
            middle = height / 2
            draw.text((_PADDING, middle), left, CAPTION_INK, font(size), anchor="lm")
            draw.text((width - _PADDING, middle), right, CAPTION_MUTED, font(size), anchor="rm")
            break
    return np.asarray(image)


def _length(text: str, size: int) -> int:
    return math.ceil(font(size).getlength(text))
