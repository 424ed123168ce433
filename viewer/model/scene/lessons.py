"""What the lessons panel shows: the text, and the parts of the live figure. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.analysis.block_coding import CodedBlock
from engine.types import Pixels

if TYPE_CHECKING:
    from viewer.model.scene.plots import InspectorRow, PlotScene


@dataclass(frozen=True, eq=False)
class BlockScene:
    """A patch on its way through transform and quantisation, and back. used: bool (8, 8), the coefficients
    that the way back takes."""

    block: CodedBlock
    used: NDArray[np.bool_]
    key: str = "block"


@dataclass(frozen=True)
class SliderScene:
    """A slider of the figure. decimals: of what it writes, 2 makes hundredths of its value. tip: what it
    does. why_not: why it can't be moved, "" when it can."""

    key: str
    label: str
    low: int
    high: int
    value: int
    tip: str
    why_not: str = ""
    decimals: int = 0


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
class CellsScene:
    """Cells in their order."""

    cells: tuple[CellScene, ...]
    key: str = "cells"


@dataclass(frozen=True, eq=False)
class BasisScene:
    """Two orthonormal bases of eight samples: (8, 8) each, functions as rows, of like sign row by row."""

    title: str
    first: NDArray[np.float64]
    second: NDArray[np.float64]
    names: tuple[str, str]
    colours: tuple[str, str]
    key: str = "basis"


@dataclass(frozen=True, eq=False)
class ChoiceScene:
    """An 8×8 grid of coefficients to choose from. shades: float64 (8, 8), 0 to 1; chosen: (row, column);
    words: what to do with it."""

    shades: NDArray[np.float64]
    chosen: tuple[int, int]
    words: str
    key: str = "choice"


@dataclass(frozen=True)
class FiguresScene:
    """Rows of figures under a heading."""

    key: str
    title: str
    rows: tuple[InspectorRow, ...]


Part: TypeAlias = (
    "BlockScene | SliderScene | CellsScene | BasisScene | ChoiceScene | FiguresScene | PlotScene"
)


@dataclass(frozen=True, eq=False)
class FigureScene:
    """A live figure: its parts from top to bottom, each with a key of its own. note: what is still to come,
    or why something is not there; progress: 0 to 1 below it, None for none."""

    kind: str
    note: str = ""
    progress: float | None = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class PredictScene:
    """A question before a run. chosen: number of the choice made, None before; fixed: it can't be changed any
    more. run: what the button that begins the run is called, "" once it was begun. can_reveal: the outcome
    may be shown; verdict, outcome: shown, "" before. results: lines on what has been measured so far."""

    question: str
    choices: tuple[str, ...]
    chosen: int | None
    fixed: bool
    run: str
    can_reveal: bool
    verdict: str = ""
    outcome: str = ""
    results: tuple[str, ...] = ()


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
    predict: PredictScene | None = None
    takeaway: str = ""
    notes: tuple[str, ...] = ()
