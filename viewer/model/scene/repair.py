"""What the Repair page shows. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from engine.types import Pixels

Box = tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class RepairItem:
    """A line of the list. key: names the file. state: "waiting", "working", "done" or "failed"."""

    key: str
    name: str
    detail: str
    state: str
    tip: str
    thumb: Pixels | None = None


@dataclass(frozen=True, eq=False)
class BeforeAfter:
    """The picture that is looked at. key: names it. tiles: repaired parts by their boxes. note: what stands
    in place of the pictures."""

    key: str = ""
    before: Pixels | None = None
    tiles: Mapping[Box, Pixels] = field(default_factory=lambda: MappingProxyType({}))
    busy: bool = False
    note: str = ""


@dataclass(frozen=True, eq=False)
class RepairScene:
    """caption: name and size of the file that is looked at; findings: what it tells. example: where
    the file that is looked at goes; fault: why that can't be. start: the button's words;
    why_not: why files can't be repaired now. summary: what was done and failed. progress: 0 to 1, None while
    nothing runs."""

    items: tuple[RepairItem, ...]
    selected: int
    picture: BeforeAfter
    caption: str
    findings: str
    example: str
    fault: str
    start: str
    why_not: str
    summary: str
    failed: bool
    progress: float | None
    working: str
