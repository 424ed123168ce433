"""Pictures to learn from, read when they are asked for: a folder, or those that come with the program."""

from __future__ import annotations

import tomllib
from collections import OrderedDict
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from engine.errors import UserError
from engine.io.image import find_pictures, load_picture
from engine.types import Pixels

_MOST_BYTES = 60_000_000


class Library:
    """Pictures by number. Raises UserError, naming the file, for one that can't be read when it is read."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = tuple(paths)
        self._kept: OrderedDict[int, Pixels] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> Pixels:
        if index in self._kept:
            self._kept.move_to_end(index)
            return self._kept[index]
        pixels = load_picture(self.paths[index]).pixels
        self._kept[index] = pixels
        self._bytes += pixels.nbytes
        while self._bytes > _MOST_BYTES and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1].nbytes
        return pixels


def from_folders(folders: Sequence[Path], least_side: int) -> Library:
    """All pictures below folders that are at least `least_side` wide and high. Raises UserError."""
    paths = [path for folder in folders for path in find_pictures(folder) if _side(path) >= least_side]
    if not paths:
        names = ", ".join(str(folder) for folder in folders)
        raise UserError(f"{names}: no pictures of at least {least_side} pixels a side")
    return Library(paths)


def _side(path: Path) -> int:
    try:
        with Image.open(path) as image:
            return int(min(image.size))
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        return int(min(load_picture(path).pixels.shape[:2]))  # which says what is wrong with it


def bundled(use: str) -> Library:
    """The pictures that come with the program, for `use` "train" or "validation"."""
    with as_file(files("assets").joinpath("lab", "pictures")) as folder:
        notes = tomllib.loads((Path(folder) / "pictures.toml").read_text(encoding="utf-8"))
        return Library([Path(folder) / each["file"] for each in notes["picture"] if each["use"] == use])
