"""The Repair page's part of the window's state: how files are to be repaired. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from engine.choices import MOST_STRENGTH
from engine.errors import UserError
from engine.repair.names import DEFAULT_PATTERN, check_pattern
from viewer.model.reading import read_by_field
from viewer.model.session.setting import Kept, Undo, one_of, setting, within

STRONGEST = round(100 * MOST_STRENGTH)
JPEG_QUALITY = 95


class RepairView(Enum):
    """How before and after stand."""

    SIDE = "side by side"
    WIPE = "wipe"


@dataclass(frozen=True)
class Kind:
    """A way to save. format, deep: as the engine calls them. lossy: whether a quality is asked for."""

    title: str
    format: str
    tip: str
    deep: bool = False
    lossy: bool = False


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "png": Kind("PNG", "png", "Nothing is lost; every program opens it"),
        "png-16": Kind("PNG, 16 bits", "png", "For editing on: not yet rounded to 8 bits", deep=True),
        "jpeg": Kind("JPEG", "jpeg", "Small, but loses a little again", lossy=True),
        "webp-lossless": Kind("WebP, lossless", "webp", "Nothing is lost; smaller than PNG"),
        "webp": Kind("WebP", "webp", "Smaller than JPEG, but loses a little again", lossy=True),
        "tiff": Kind("TIFF", "tiff", "Nothing is lost; for printing and archives"),
        "tiff-16": Kind("TIFF, 16 bits", "tiff", "For editing on: not yet rounded to 8 bits", deep=True),
    }
)
"""By key, in the order to offer them."""


def _usable(pattern: str) -> str | None:
    try:
        check_pattern(pattern)
    except UserError:
        return None
    return pattern


@read_by_field
@dataclass(frozen=True)
class Repair:
    """What a person has chosen. strength: per cent. thorough: averaged over all orientations of the picture.
    folder: where repaired files go, "" for a folder of its own beside the first file. overwrite: files that
    are there may be replaced; never remembered."""

    strength: int = setting(
        100,
        "strength of the repair",
        Kept.SETTINGS,
        limits=within(0, STRONGEST),
        said=lambda value: f"{value} %",
    )
    thorough: bool = setting(False, "thorough repair", Kept.SETTINGS)
    kind: str = setting("png", "format of repaired files", Kept.SETTINGS, limits=one_of(*KINDS))
    quality: int = setting(JPEG_QUALITY, "quality of repaired files", Kept.SETTINGS, limits=within(1, 100))
    pattern: str = setting(DEFAULT_PATTERN, "names of repaired files", Kept.SETTINGS, limits=_usable)
    folder: str = setting("", "folder of repaired files", words={"": "beside the files"})
    overwrite: bool = setting(False, "replacing files")
    view: RepairView = setting(RepairView.SIDE, "before and after", Kept.SETTINGS, undo=Undo.NEVER)
