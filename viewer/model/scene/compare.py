"""What the compare view adds to a scene: the hidden state, tables, training curves. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from viewer.model.scene.plots import PlotScene


@dataclass(frozen=True, eq=False)
class StripScene:
    """The hidden state of one decoder at one patch. values: float32 (steps, units), coloured around 0 from
    −limit to limit. step: the row that is shown in the picture, from 1, or 0."""

    name: str
    colour: str
    values: NDArray[np.float32]
    step: int
    limit: float


@dataclass(frozen=True, eq=False)
class InsideScene:
    """Hidden states as heat strips; without strips the note."""

    strips: tuple[StripScene, ...]
    note: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table. numeric: flush right."""

    key: str
    title: str
    tip: str = ""
    numeric: bool = True


@dataclass(frozen=True)
class TableRow:
    """One line. values: what the cells hold, None where nothing is known; cells: as they are written."""

    colour: str
    style: str
    values: tuple[str | float | None, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class TableScene:
    """A table, sorted already. sort: key of the column it is sorted by, and whether downwards."""

    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    sort: tuple[str, bool] = ("", False)


@dataclass(frozen=True)
class HeatCell:
    """Mean gain in dB over the seeds, its spread (half the range; None for one seed), and its words."""

    value: float | None
    spread: float | None
    text: str
    tip: str


@dataclass(frozen=True, eq=False)
class HeatScene:
    """Models against conditions. chosen: row and column, or None. details: what is known of that cell.

    topics: key and title of the groups of conditions there are; topic: the one that is shown.
    """

    topics: tuple[tuple[str, str], ...]
    topic: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    cells: tuple[tuple[HeatCell, ...], ...]
    limit: float
    chosen: tuple[int, int] | None = None
    details: str = ""
    plot: PlotScene | None = None
    note: str = ""


@dataclass(frozen=True, eq=False)
class CompareScene:
    """names, colours: of the entries, in order. pair: the two that the flip key exchanges. baselines:
    learners that differences can be taken from, baseline the one that is; seen: what they show, in words."""

    names: tuple[str, ...]
    colours: tuple[str, ...]
    pair: tuple[int, int]
    table: TableScene
    training: tuple[PlotScene, ...]
    heat: HeatScene
    baselines: tuple[str, ...] = ()
    baseline: str = ""
    seen: str = ""
