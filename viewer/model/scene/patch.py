"""What the panel that explains a patch shows: neighbourhood, symbols, codes, coefficients, errors. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.types import Pixels
from viewer.model.scene.compare import InsideScene

if TYPE_CHECKING:
    from viewer.model.scene.plots import InspectorRow, PlotScene


@dataclass(frozen=True, eq=False)
class TileScene:
    """One of the 3×3 patches. pixels: as the decoder knew them, uint8 (up to 8, up to 8, 3); None where it
    knew nothing. role: "self", "causal", "non-causal" or "" for one that is not used. caption: what was known
    of it, in a word or two; tip: in a sentence."""

    row: int
    column: int
    pixels: Pixels | None
    role: str
    caption: str
    tip: str


@dataclass(frozen=True, eq=False)
class GridScene:
    """8×8 numbers, [vertical, horizontal frequency]. texts: each as it is written in its cell.

    colours: "diverging" around 0, from −limit to limit on a square-root scale; "sequential" from 0 to limit;
    left: cells that are marked. tip: what is shown, its unit.
    """

    key: str
    title: str
    values: NDArray[np.float32]
    texts: tuple[str, ...]
    colours: str
    limit: float
    tip: str = ""
    left: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class ChipScene:
    """One code as sent. head: run/size, or its kind, with the value; word: the Huffman code's bits;
    magnitude: those behind it. covers: coefficients that it speaks of; sends: the one that it sends."""

    head: str
    word: str
    magnitude: str
    covers: frozenset[tuple[int, int]]
    sends: tuple[int, int]
    tip: str


@dataclass(frozen=True, eq=False)
class ErrorScene:
    """Signed differences of luma, float32 (height, width), around the patch, coloured from −limit to limit.
    frame: the patch in it: left, top, width, height in samples."""

    title: str
    values: NDArray[np.float32]
    limit: float
    frame: tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class PartScene:
    """All of one patch. A note stands where what it speaks of is not there, in one line."""

    title: str
    colour: str
    style: str
    rows: tuple[InspectorRow, ...]
    tiles: tuple[TileScene, ...]
    symbols: tuple[GridScene, ...]
    symbols_note: str
    chips: tuple[ChipScene, ...]
    codes_words: str
    coefficients: tuple[GridScene, ...]
    coefficients_words: str
    stages: tuple[GridScene, ...]
    stages_words: str
    errors: tuple[ErrorScene, ...]
    errors_note: str
    inside: InsideScene


@dataclass(frozen=True, eq=False)
class DockScene:
    """The panel. step_words: which step it speaks of; preview: whether that is one that is only pointed at.

    parts: one patch, or two. lit: the coefficient that is pointed at, and its basis function; lit_patch: the
    neighbour. readouts: what is known of the lit coefficient in each part.
    """

    step_words: str
    preview: bool
    components: tuple[str, ...]
    component: int
    component_note: str
    parts: tuple[PartScene, ...]
    plot: PlotScene
    lit: tuple[int, int] | None = None
    lit_patch: tuple[int, int] | None = None
    basis: NDArray[np.float32] | None = None
    readouts: tuple[str, ...] = ()
