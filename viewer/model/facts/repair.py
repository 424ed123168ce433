"""What is known of the files on the Repair page. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from engine.repair.names import Source
from engine.types import Pixels
from viewer.model.reading import read_by_field

if TYPE_CHECKING:
    from engine.repair.findings import Findings
    from engine.repair.one import Order

Box = tuple[int, int, int, int]
"""Top, left, bottom, right, in pixels of the upright picture."""


class FileState(Enum):
    """How far a file is."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, eq=False)
class RepairFile:
    """A file of the list. thumb: small and upright. fault: why it can't be read. words: what was done, or why
    it failed. order: what it was repaired by last; target: where to."""

    source: Source
    thumb: Pixels | None = None
    findings: Findings | None = None
    fault: str = ""
    state: FileState = FileState.WAITING
    words: str = ""
    order: Order | None = None
    target: Path | None = None

    @property
    def path(self) -> Path:
        return self.source.path


@dataclass(frozen=True, eq=False)
class ShownFile:
    """The file that is looked at. before: the standard decode, upright; tiles: what has been repaired of it
    so far, by their boxes. fault: why there is nothing."""

    path: Path
    findings: Findings | None = None
    before: Pixels | None = None
    tiles: Mapping[Box, Pixels] = field(default_factory=lambda: MappingProxyType({}))
    busy: bool = False
    fault: str = ""


@read_by_field
@dataclass(frozen=True, eq=False)
class RepairFacts:
    """files: in their order. selected: place of the one that is looked at, -1 for none. running: files are
    being repaired; done, count: how many of this time's; part: how far they all are, 0 to 1. ended: what came
    of it, in words."""

    files: tuple[RepairFile, ...] = ()
    selected: int = -1
    shown: ShownFile | None = None
    running: bool = False
    gathering: bool = False
    done: int = 0
    count: int = 0
    part: float = 0.0
    ended: str = ""

    def with_file(self, path: Path, **changes: object) -> RepairFacts:
        """With what is known of one file changed."""
        files = tuple(
            replace(each, **changes) if each.path == path else each  # type: ignore[arg-type]
            for each in self.files
        )
        return replace(self, files=files)
