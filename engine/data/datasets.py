"""Benchmarks looked for in a folder: which of its files belong to one, and what is missing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from engine.data.benchmarks import PNM, Dataset
from engine.errors import UserError
from engine.io.image import SUFFIXES
from engine.io.pnm import maximum_of

_FEW = 4


@dataclass(frozen=True)
class Found:
    """What of a benchmark is in a folder. notes: what is missing or too much, a line each."""

    dataset: Dataset
    pictures: tuple[Path, ...]
    notes: tuple[str, ...]


def look_into(dataset: Dataset, folder: Path) -> Found:
    """The pictures of `dataset` in `folder` and below it, in order of their names.

    Raises UserError when the folder is missing or holds none of them, and when one has another depth or size
    than the set, which then is another one.
    """
    if not folder.is_dir():
        raise UserError(f"{folder}: {'is a file, not a folder' if folder.exists() else 'no such folder'}")
    wanted = {name.lower() for name in dataset.names}
    found: dict[str, Path] = {}
    surplus: list[str] = []
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or not path.is_file() or path.suffix.lower() not in SUFFIXES:
            continue
        stem = path.stem.lower()
        fits = stem in wanted if wanted else bool(re.fullmatch(dataset.pattern, path.stem, re.IGNORECASE))
        key = stem if dataset.names or dataset.counts else path.relative_to(folder).as_posix()
        if fits and path.suffix.lower() in (dataset.suffixes or SUFFIXES) and key not in found:
            found[key] = path
        else:
            surplus.append(path.name)
    if not found:
        raise UserError(f"{folder}: holds no pictures of {dataset.title} ({dataset.expects})")
    pictures = tuple(found[key] for key in sorted(found))
    for path in pictures:
        _check(dataset, path)
    return Found(dataset, pictures, tuple(_notes(dataset, found, surplus)))


def _notes(dataset: Dataset, found: dict[str, Path], surplus: list[str]) -> list[str]:
    notes = []
    missing = [name for name in dataset.names if name.lower() not in found]
    if missing:
        notes.append(f"{dataset.title}: {len(missing)} of {len(dataset.names)} missing ({_some(missing)})")
    if dataset.counts and len(found) not in dataset.counts:
        counts = " or ".join(str(count) for count in dataset.counts)
        notes.append(f"{dataset.title}: {len(found)} pictures there, the set has {counts}")
    if surplus:
        plural = "s are" if len(surplus) > 1 else " is"
        notes.append(f"{len(surplus)} picture{plural} no part of {dataset.title}: {_some(surplus)}")
    return notes


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return ", ".join(names[:_FEW]) + more


def _check(dataset: Dataset, path: Path) -> None:
    """Raise UserError when a picture can't be one of the set. What can't be read is told by the reading."""
    if dataset.suffixes == PNM:
        maximum = maximum_of(path)
        if maximum is not None and (maximum > 255) != (dataset.bits > 8):
            bits = maximum.bit_length()
            raise UserError(f"{path}: {bits} bits a sample, where {dataset.title} has {dataset.bits}")
    if dataset.sizes and (size := _png_size(path)) is not None and size not in dataset.sizes:
        if size[::-1] in dataset.sizes:
            return
        asked = " or ".join(f"{width}×{height}" for width, height in dataset.sizes)
        raise UserError(f"{path}: {size[0]}×{size[1]} pixels, where {dataset.title} has {asked}")


def _png_size(path: Path) -> tuple[int, int] | None:
    """From the header alone (PNG, section 11.2.2); None when it is none."""
    try:
        with path.open("rb") as file:
            head = file.read(24)
    except OSError:
        return None
    if len(head) < 24 or head[:8] != b"\x89PNG\r\n\x1a\n":
        return None
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
