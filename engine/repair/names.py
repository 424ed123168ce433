"""Names of repaired files by a pattern, and who is to be read and written where."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.codecs.facts import CODEC_FACTS
from engine.errors import UserError, printable

PLACEHOLDERS = {
    "name": "the file's name without its ending",
    "folder": "the name of its folder",
    "number": "its place in the list: 001, 002, …",
    "quality": "the quality it was saved at, as estimated",
    "strength": "the strength of the repair in per cent",
}
"""What a pattern may hold between braces."""
DEFAULT_PATTERN = "{name}"
STREAM_SUFFIXES = tuple(dict.fromkeys(suffix for facts in CODEC_FACTS.values() for suffix in facts.suffixes))
"""Endings of files that can be repaired."""
_PART = re.compile(r"\{(\w+)\}")
_FORBIDDEN = '/\\:*?"<>|'


@dataclass(frozen=True)
class Source:
    """A file to repair. below: folders between the one that was named and the file, which are made again
    where the repaired file goes. number: place in the list, from 1."""

    path: Path
    below: Path = Path()
    number: int = 1


def check_pattern(pattern: str) -> None:
    """Raise UserError unless names can be made by `pattern`."""
    if not pattern.strip():
        raise UserError("the pattern for names is empty")
    for key in _PART.findall(pattern):
        if key not in PLACEHOLDERS:
            known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
            raise UserError(f"pattern '{printable(pattern)}': unknown placeholder {{{key}}} (known: {known})")
    rest = _PART.sub("", pattern)
    for character in rest:
        if character in "{}":
            raise UserError(f"pattern '{printable(pattern)}': a brace without its other one")
        if character in _FORBIDDEN or not character.isprintable():
            raise UserError(f"pattern '{printable(pattern)}': names can't hold '{printable(character)}'")
    if pattern.startswith("."):
        raise UserError(f"pattern '{printable(pattern)}': names that begin with a dot are hidden")


def name_of(pattern: str, source: Source, suffix: str, quality: int | None, strength: float) -> Path:
    """Where the repaired file of `source` goes, below the folder of all: pattern filled, `suffix` at its end.

    quality: as estimated; None, where it has none, reads "unknown". strength: 1 for 100 per cent.
    """
    values = {
        "name": source.path.stem,
        "folder": source.path.absolute().parent.name,
        "number": f"{source.number:03d}",
        "quality": "unknown" if quality is None else str(quality),
        "strength": f"{100 * strength:.0f}",
    }
    name = _PART.sub(lambda found: values[found[1]], pattern).strip()
    if name.lower().endswith(suffix):
        name = name[: -len(suffix)]
    return source.below / f"{name}{suffix}"


def find_sources(paths: Iterable[Path], output: Path | None = None) -> list[Source]:
    """The files to repair among `paths`; of a folder all that it and the folders below hold, hidden ones left
    out, in order of their paths. Each file once.

    output: folder of the repaired files; what lies in it is not taken from a folder above it. A path that is
    not there is kept, so that it is told when its turn comes. Raises UserError for folders without any.
    """
    found: dict[Path, tuple[Path, Path]] = {}
    for path in paths:
        if path.is_dir():
            inside = list(_inside(path, output))
            if not inside:
                raise UserError(f"{path}: holds no files to repair ({' '.join(STREAM_SUFFIXES)})")
            for each in inside:
                found.setdefault(each.resolve(), (each, each.parent.relative_to(path)))
        else:
            found.setdefault(path.resolve(), (path, Path()))
    return [Source(path, below, number) for number, (path, below) in enumerate(found.values(), 1)]


def _inside(folder: Path, output: Path | None) -> Iterable[Path]:
    target = output.resolve() if output is not None else None
    skip = target is not None and target != folder.resolve()
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in STREAM_SUFFIXES or path.is_dir():
            continue
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        if skip and target is not None and target in path.resolve().parents:
            continue
        yield path
