"""What the lessons panel shows: the text, and the parts of the live figure. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.block_coding import CodedBlock
from engine.types import Pixels

if TYPE_CHECKING:
    from viewer.scene import InspectorRow, PlotScene


@dataclass(frozen=True, eq=False)
class BlockScene:
    """A patch on its way through transform and quantisation, and back. used: coefficients that the way back
    takes, in zigzag order."""

    block: CodedBlock
    used: int


@dataclass(frozen=True)
class SliderScene:
    """A slider of the figure. why_not: why it can't be moved, "" when it can."""

    low: int
    high: int
    value: int
    why_not: str = ""


@dataclass(frozen=True, eq=False)
class CellScene:
    """A patch with its surroundings, much enlarged. pixels: None while it is to come.

    inner: (top, left, height, width) of the patch in it. key: what a click means, "" for nothing. chosen: the
    one that the panes show. colour: "#rrggbb" of its line in plots, "" for none.
    """

    key: str
    title: str
    detail: str
    pixels: Pixels | None
    inner: tuple[int, int, int, int]
    colour: str = ""
    chosen: bool = False


@dataclass(frozen=True, eq=False)
class BasisScene:
    """Two orthonormal bases of eight samples: (8, 8) each, functions as rows, of like sign row by row."""

    first: NDArray[np.float64]
    second: NDArray[np.float64]
    names: tuple[str, str]
    colours: tuple[str, str]


@dataclass(frozen=True, eq=False)
class ChoiceScene:
    """An 8×8 grid of coefficients to choose from. shades: float64 (8, 8), 0 to 1; chosen: (row, column)."""

    shades: NDArray[np.float64]
    chosen: tuple[int, int]
    label: str


@dataclass(frozen=True)
class TableScene:
    """Rows under a heading."""

    title: str
    rows: tuple[InspectorRow, ...]


@dataclass(frozen=True, eq=False)
class FigureScene:
    """A live figure: those parts that it has, from top to bottom. note: what stands in place of what isn't
    there yet; progress: 0 to 1 below it, None for none; stoppable: whether it can be stopped."""

    kind: str
    note: str = ""
    progress: float | None = None
    block: BlockScene | None = None
    quality: SliderScene | None = None
    used: SliderScene | None = None
    cells: tuple[CellScene, ...] = ()
    basis: BasisScene | None = None
    plots: tuple[PlotScene, ...] = ()
    choice: ChoiceScene | None = None
    tables: tuple[TableScene, ...] = ()


@dataclass(frozen=True, eq=False)
class LessonsScene:
    """The panel. titles: of all lessons; seen: numbers of those that were opened."""

    course: str
    titles: tuple[str, ...]
    at: int
    seen: tuple[int, ...]
    title: str
    text: tuple[str, ...]
    fault: str
    figure: FigureScene
