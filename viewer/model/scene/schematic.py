"""The network's diagram: nodes in columns and lanes, arrows between them. Frozen records, no Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.types import Pixels

EVERY = -1
"""The lane of a node that stands beside all lanes."""


@dataclass(frozen=True, eq=False)
class CellScene:
    """One picture of numbers. values: float32 (rows, columns), coloured from −limit to limit around 0; or
    pixels: uint8 (up to 8, up to 8, 3); or neither: what isn't there. square: its elements are. label: a word
    above, "" for none; tip: what it is. colour: of its frame, "#RRGGBB", "" for a thin line."""

    label: str = ""
    tip: str = ""
    values: NDArray[np.float32] | None = None
    pixels: Pixels | None = None
    limit: float = 1.0
    square: bool = False
    colour: str = ""


@dataclass(frozen=True, eq=False)
class NodeScene:
    """A step of the computation. column, lane: where it stands, see `EVERY`. rows: of cells; weights: their
    heights to each other. formula, detail: the two lines below."""

    key: str
    column: int
    lane: int
    title: str
    formula: str
    detail: str
    rows: tuple[tuple[CellScene, ...], ...]
    weights: tuple[float, ...] = ()
    colour: str = ""


@dataclass(frozen=True)
class ArrowScene:
    """From one node to another by their keys. label: what happens on the way."""

    start: str
    end: str
    label: str = ""


@dataclass(frozen=True, eq=False)
class SchematicScene:
    """note stands in place of nodes that aren't there. presented: for the back row. spoken: the same in
    words, for those who don't see it."""

    title: str
    note: str = ""
    lanes: int = 1
    nodes: tuple[NodeScene, ...] = ()
    arrows: tuple[ArrowScene, ...] = ()
    presented: bool = False
    spoken: str = ""
