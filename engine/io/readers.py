"""Readers of files that Pillow alone misreads or gives up on, by Pillow's name of their format.

Entries are import paths, resolved at first use, as in `engine.registry`: readers are those of the codecs,
which stand above this package.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol

from PIL import Image


class Rescue(Protocol):
    """Reads what it can of a file's bytes: the picture, and notes on what is wrong with it. Raises UserError,
    naming `name`, where nothing can be had."""

    def __call__(self, payload: bytes, name: str) -> tuple[Image.Image, list[str]]: ...


class Picture(Protocol):
    """The picture of a file's bytes, in mode L, LA, RGB or RGBA; None where Pillow's own is right."""

    def __call__(self, payload: bytes) -> Image.Image | None: ...


class Profile(Protocol):
    """The ICC profile of a file's bytes, None for none."""

    def __call__(self, payload: bytes) -> bytes | None: ...


class Notes(Protocol):
    """What must be said of a file's bytes that Pillow decodes without a word."""

    def __call__(self, payload: bytes) -> list[str]: ...


_NOTES = {
    "JPEG": "engine.codecs.jpeg.codec:damage_notes",
    "MPO": "engine.codecs.jpeg.codec:damage_notes",
    "AVIF": "engine.codecs.avif.parse:aperture_notes",
    "JPEG2000": "engine.codecs.jpeg2000.colour:more_components",
}
_RESCUES = {"JPEG": "engine.codecs.jpeg.codec:rescued"}
_PROFILES = {"JPEG2000": "engine.codecs.jpeg2000.colour:profile_of"}
_PICTURES = {"JPEG2000": "engine.codecs.jpeg2000.colour:picture_of"}


def rescue_of(format: str) -> Rescue | None:
    """What to turn to where Pillow can't read a file of a format."""
    found: Rescue | None = _taken(_RESCUES.get(format))
    return found


def notes_of(format: str) -> Notes | None:
    """What tells what Pillow doesn't, of files of a format."""
    found: Notes | None = _taken(_NOTES.get(format))
    return found


def picture_of(format: str) -> Picture | None:
    """What to ask before Pillow decodes a file of a format."""
    found: Picture | None = _taken(_PICTURES.get(format))
    return found


def profile_of(format: str) -> Profile | None:
    """What finds the ICC profile in files of a format where Pillow doesn't."""
    found: Profile | None = _taken(_PROFILES.get(format))
    return found


def _taken(entry: str | None) -> Any:
    if entry is None:
        return None
    module, attribute = entry.split(":")
    return getattr(import_module(module), attribute)
