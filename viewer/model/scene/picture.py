"""What the window shows at one moment: frozen records between `resolve` and the views. No Qt.

`resolve` builds a `Scene` from the session's state and the refinement; each view draws its part and
knows nothing else. Records compare by identity of their arrays, so a view can skip what didn't change.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.types import Pixels
from viewer.model.scene.compare import CompareScene, InsideScene
from viewer.model.scene.patch import DockScene
from viewer.model.scene.rate_distortion import RatesScene
from viewer.model.scene.view import ViewScene


class Overlay(Enum):
    """One at a time, drawn over every pane."""

    NONE = "none"
    GRID = "patch grid"
    BITS = "bits per patch"
    GAIN = "PSNR gain per patch"
    BLOCK_EDGES = "block edges"
    DEFORMED_EDGES = "deformed edges"
    RINGING = "ringing"
    FLATTENED_TEXTURE = "flattened texture"
    STAIRCASING = "staircasing"
    SETTLED = "step at which a patch settled"
    WINNER = "who wins, per patch"


class Mode(Enum):
    """How the panes are laid out."""

    SIDE = "side by side"
    WIPE = "wipe"
    BLINK = "blink"
    DIFFERENCE = "difference"


@dataclass(frozen=True, eq=False)
class PaneScene:
    """One picture. `pixels` None: `message` stands in its place. scan: position of a half-done scan in it.

    colour, style: the line that stands for the picture in plots, shown before the title; "" for none.
    mark: a letter or two at the title. progress: 0 to 1 below the message, None for none.
    between: of a difference, the two pictures: what stands in a pixel is the first less the second.
    """

    key: str
    title: str
    detail: str
    pixels: Pixels | None
    message: str = ""
    scan: int | None = None
    colour: str = ""
    style: str = "solid"
    mark: str = ""
    progress: float | None = None
    between: tuple[Pixels, Pixels] | None = None


@dataclass(frozen=True)
class Recall:
    """An earlier patch of the same row whose state is recalled, and what it counts, 0 to 1.

    start: column is that of the first patch after the row's or span's start, whose zero state is meant.
    """

    column: int
    weight: float
    start: bool = False


@dataclass(frozen=True)
class PatchScene:
    """The hovered or pinned patch, as (row, column) in the patch grid, and its neighbours in context.

    recalls: by pane, what its decoder's attention brings back for this patch. second: a patch that it is
    compared with; lit: one that is pointed at elsewhere.
    """

    row: int
    column: int
    causal: tuple[tuple[int, int], ...]
    noncausal: tuple[tuple[int, int], ...]
    pinned: bool = False
    recalls: tuple[tuple[str, tuple[Recall, ...]], ...] = ()
    second: tuple[int, int] | None = None
    lit: tuple[int, int] | None = None

    def recalled_in(self, pane: str) -> tuple[Recall, ...]:
        """What the network of a pane recalls for this patch."""
        return next((recalls for key, recalls in self.recalls if key == pane), ())


@dataclass(frozen=True, eq=False)
class OverlayScene:
    """values: float32 (patch rows, patch columns) or None (grid, or not available: `note` says why).

    Coloured over [low, high]; `diverging` maps around 0. legend: name with unit. classes: where the map
    says which of several rather than how much: a name and a colour each; shades: uint8 (patch rows, patch
    columns, 4), the map itself, red, green, blue and opacity. pictures: where each picture has a map of its
    own, pixels and values (None: no map); `values` are then those of the estimate's pane when its picture
    is not among them, and other pictures have none.
    """

    kind: Overlay
    values: NDArray[np.float32] | None
    low: float = 0.0
    high: float = 1.0
    diverging: bool = False
    opacity: float = 0.6
    legend: str = ""
    note: str = ""
    classes: tuple[tuple[str, str], ...] = ()
    shades: NDArray[np.uint8] | None = None
    pictures: tuple[tuple[Pixels, NDArray[np.float32] | None], ...] = ()

    def values_on(self, pane: PaneScene) -> NDArray[np.float32] | None:
        """The map over a pane's picture."""
        if not self.pictures:
            return self.values
        for pixels, values in self.pictures:
            if pixels is pane.pixels:
                return values
        return self.values if pane.key == "estimate" else None


@dataclass(frozen=True, eq=False)
class ThumbScene:
    """One cell of the filmstrip; `pixels` None while it is still to come. index: of a step, or below 0 of a
    progressive stream's stage. detail: may have several lines."""

    index: int
    pixels: Pixels | None
    title: str
    detail: str


@dataclass(frozen=True)
class TransportScene:
    """State of the scrubbers. scan_total 0: no scan. scan None: scan finished (not shown).

    stage: name of the progressive stream's stage that is shown, where step is below 0.
    """

    step: int
    steps_ready: int
    steps_planned: int
    playing: bool
    speed: float
    scan: int | None
    scan_total: int
    scan_label: str = ""
    stage: str = ""


@dataclass(frozen=True, eq=False)
class Curve:
    """One line or point set of a plot. colour: "#rrggbb". style: solid, dash, dot or points.

    size: half a symbol's width, pixels. key: names the curve to whoever hears of clicks. labels: what the
    read-out adds about each point. faint: a thin line behind the others, read out where none of them is near.
    """

    name: str
    x: NDArray[Any]
    y: NDArray[Any]
    colour: str
    style: str = "solid"
    symbol: str = ""
    size: float = 4.0
    key: str = ""
    labels: tuple[str, ...] = ()
    faint: bool = False


@dataclass(frozen=True, eq=False)
class PlotScene:
    """marker: x of the vertical line that shows where the scrubber stands. note: shown when empty.

    clickable: clicking at x means something (choose that step, that patch, that quality). x_span: what the
    x axis shows, None for all data. legend: whether the curves are named beside the title. x_names: values of
    x that have names: how the axis writes them, and how the read-out does.
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
    x_span: tuple[float, float] | None = None
    legend: bool = True
    x_names: tuple[tuple[float, str, str], ...] = ()


@dataclass(frozen=True)
class InspectorRow:
    """A label and a value of the patch inspector; `role` colours it ("", "causal", "non-causal", or a
    colour)."""

    label: str
    value: str
    role: str = ""


@dataclass(frozen=True)
class StatusScene:
    """The status bar. progress None: nothing runs. error: shown until the next action. place: in the
    playlist, "3 of 12", "" where there is nothing to go on to."""

    cursor: str = ""
    values: str = ""
    patch: str = ""
    zoom: str = ""
    message: str = ""
    error: str = ""
    progress: float | None = None
    job: str = ""
    place: str = ""


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
    inside: InsideScene | None = None
    compare: CompareScene | None = None
    rates: RatesScene | None = None
    view: ViewScene = field(default_factory=ViewScene)
    dock: DockScene | None = None
