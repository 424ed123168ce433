"""The open picture as files that a run reads. No Qt."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from engine.types import PATCH, Picture, Pixels

LONG, SHORT = 768, 512
"""Pixels: of larger pictures lanes decode the middle, so that they are painted again in little time."""
LEAST = 16
"""Pixels a side of a picture that can be painted."""
LEAST_TO_LEARN = 256
"""Pixels a side of one that can be learned from: crops are cut from it."""


def middle(pixels: Pixels) -> Pixels:
    """The part that is decoded: all of it, or the middle, cut at patches."""
    height, width = pixels.shape[:2]
    most = (LONG, SHORT) if height > width else (SHORT, LONG)
    cuts = []
    for length, room in zip((height, width), most, strict=True):
        start = (length - room) // 2 // PATCH * PATCH if length > room else 0
        cuts.append(slice(start, start + min(length, room)))
    return np.ascontiguousarray(pixels[cuts[0], cuts[1]])


class PictureFolder:
    """A folder that goes with its owner. A picture is written once, however often it is asked for."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._written: dict[str, Picture] = {}

    def painted(self, picture: Picture) -> Path:
        """File of what lanes decode of a picture."""
        return self._file("paint", picture, middle(picture.pixels))

    def learnt(self, picture: Picture) -> Path:
        """Folder that holds the picture alone, whole."""
        return self._file("learn", picture, picture.pixels).parent

    def _file(self, use: str, picture: Picture, pixels: Pixels) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="nrc-lab-")
        path = Path(self._folder.name) / use / "picture.png"
        if self._written.get(use) is not picture:
            path.parent.mkdir(exist_ok=True)
            from PIL import Image  # not when the window is launched

            Image.fromarray(pixels).save(path, compress_level=1)
            self._written[use] = picture
        return path

    def close(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
            self._written.clear()
