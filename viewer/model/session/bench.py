"""The Measure page's part of the window's state: what is to be measured, and how results are shown. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from engine.codecs.facts import CODEC_FACTS
from viewer.model.reading import read_by_field
from viewer.model.session.setting import Kept, Undo, setting

AUTO = "auto"
"""Stands for the best decoder of each codec."""
STANDARD = "standard"
"""The baseline of standard decodes."""
QUALITIES = "10 20 30 40"


class BenchView(Enum):
    """What the table's lines are."""

    MEANS = "means"
    PICTURES = "pictures"


def _codecs(names: tuple[str, ...]) -> tuple[str, ...] | None:
    return tuple(name for name in names if name in CODEC_FACTS) or None


@read_by_field
@dataclass(frozen=True)
class Bench:
    """What a person has chosen. folder: of pictures; output: the table that is written, "" for one beside the
    folder. qualities: as typed (`qualities_of`). decoders: names of cards, and `AUTO`. baseline: a decoder's
    name or that of a group of seeds. sort: key of a column, and whether downwards; chosen: the line that is
    pointed out, by its key."""

    folder: str = setting("", "folder to measure", words={"": "none"})
    output: str = setting("", "table of measurements", words={"": "beside the folder"})
    codecs: tuple[str, ...] = setting(("jpeg",), "codecs to measure", Kept.SETTINGS, limits=_codecs)
    qualities: str = setting(QUALITIES, "qualities to measure", Kept.SETTINGS)
    decoders: tuple[str, ...] = setting((AUTO,), "decoders to measure", Kept.SETTINGS)
    view: BenchView = setting(BenchView.MEANS, "lines of the results", undo=Undo.NEVER)
    baseline: str = setting(STANDARD, "baseline of the results", undo=Undo.NEVER)
    sort: tuple[str, bool] = setting(("", False), undo=Undo.NEVER)


def qualities_of(text: str) -> tuple[int, ...]:
    """Qualities as typed: whole numbers from 1 to 100 between spaces or commas, in order. Raises ValueError
    with a reason."""
    words = text.replace(",", " ").split()
    if not words:
        raise ValueError("qualities are missing, for instance 10 20 30 40")
    found = set()
    for word in words:
        if not word.isdecimal() or not 1 <= int(word) <= 100:
            raise ValueError(f"'{word}' is no quality from 1 to 100")
        found.add(int(word))
    return tuple(sorted(found))
