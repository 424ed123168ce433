"""What the window shows at one moment: frozen records between `resolve` and the views. No Qt.

`resolve` builds a `Scene` from the session's state and the refinement; each view draws its part and
knows nothing else. Records compare by identity of their arrays, so a view can skip what didn't change.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.types import Pixels


class Overlay(Enum):
    """One at a time, drawn over every pane."""

    NONE = "none"
    GRID = "patch grid"
    BITS = "bits per patch"
    GAIN = "PSNR gain per patch"
    BLOCKINESS = "blockiness"
    RINGING = "ringing"
    SETTLED = "step at which a patch settled"


class Mode(Enum):
    """How the panes are laid out."""

    SIDE = "side by side"
    WIPE = "wipe"
    DIFFERENCE = "difference"


@dataclass(frozen=True, eq=False)
class PaneScene:
    """One picture. `pixels` None: `message` stands in its place. scan: position of a half-done scan in it."""

    key: str
    title: str
    detail: str
    pixels: Pixels | None
    message: str = ""
    scan: int | None = None


@dataclass(frozen=True)
class PatchScene:
    """The hovered or pinned patch, as (row, column) in the patch grid, and its neighbours in context."""

    row: int
    column: int
    causal: tuple[tuple[int, int], ...]
    noncausal: tuple[tuple[int, int], ...]
    pinned: bool = False


@dataclass(frozen=True, eq=False)
class OverlayScene:
    """values: float32 (patch rows, patch columns) or None (grid, or not available: `note` says why).

    Coloured over [low, high]; `diverging` maps around 0. legend: name with unit.
    """

    kind: Overlay
    values: NDArray[np.float32] | None
    low: float = 0.0
    high: float = 1.0
    diverging: bool = False
    opacity: float = 0.6
    legend: str = ""
    note: str = ""


@dataclass(frozen=True, eq=False)
class ThumbScene:
    """One cell of the filmstrip; `pixels` None while the step is still to come."""

    index: int
    pixels: Pixels | None
    title: str
    detail: str


@dataclass(frozen=True)
class TransportScene:
    """State of the scrubbers. scan_total 0: no scan. scan None: scan finished (not shown)."""

    step: int
    steps_ready: int
    steps_planned: int
    playing: bool
    speed: float
    scan: int | None
    scan_total: int
    scan_label: str = ""


@dataclass(frozen=True, eq=False)
class Curve:
    """One line or point set of a plot. colour: "#rrggbb". style: solid, dash, dot or points."""

    name: str
    x: NDArray[Any]
    y: NDArray[Any]
    colour: str
    style: str = "solid"
    symbol: str = ""


@dataclass(frozen=True, eq=False)
class PlotScene:
    """marker: x of the vertical line that shows where the scrubber stands. note: shown when empty.

    clickable: clicking at x means something (choose that step, that patch, that quality).
    """

    key: str
    title: str
    x_label: str
    y_label: str
    curves: tuple[Curve, ...]
    marker: float | None = None
    note: str = ""
    x_decimals: int = 2
    y_decimals: int = 2


@dataclass(frozen=True)
class InspectorRow:
    """A label and a value of the patch inspector; `role` colours it ("", "causal", "non-causal")."""

    label: str
    value: str
    role: str = ""


@dataclass(frozen=True)
class StatusScene:
    """The status bar. progress None: nothing runs. error: shown until the next action."""

    cursor: str = ""
    values: str = ""
    patch: str = ""
    zoom: str = ""
    message: str = ""
    error: str = ""
    progress: float | None = None
    job: str = ""


@dataclass(frozen=True, eq=False)
class Scene:
    """All of it. summary: the picture's figures; inspector: those of the patch pointed at."""

    title: str
    mode: Mode
    panes: tuple[PaneScene, ...]
    overlay: OverlayScene
    patch: PatchScene | None
    thumbs: tuple[ThumbScene, ...]
    transport: TransportScene
    plots: tuple[PlotScene, ...]
    inspector: tuple[InspectorRow, ...]
    status: StatusScene
    bits_readout: str = ""
    summary: tuple[InspectorRow, ...] = ()
