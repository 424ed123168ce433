"""What the window shows at one moment: frozen records between `resolve` and the views. No Qt.

`resolve` builds a `Scene` from the session's state and the refinement; each view draws its part and
knows nothing else. Records compare by identity of their arrays, so a view can skip what didn't change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.types import Pixels
from viewer.model.session.choices import Overlay


@dataclass(frozen=True, eq=False)
class PaneScene:
    """One picture. `pixels` None: `message` stands in its place. scan: position of a half-done scan in it.

    colour, style: the line that stands for the picture in plots, shown before the title; "" for none.
    mark: a letter or two at the title. progress: 0 to 1 below the message, None for none.
    between: of a difference, the two pictures: what stands in a pixel is the first less the second.
    file: the decoder's, which its title may not tell; "" for none.
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
    file: str = ""


Near = tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]
"""Neighbours of a patch as (row, column): causal, non-causal, known as the step before left them."""


@dataclass(frozen=True)
class RecallScene:
    """An earlier patch of the same row whose state is recalled, and what it counts, 0 to 1.

    start: column is that of the first patch after the row's or span's start, whose zero state is meant.
    """

    column: int
    weight: float
    start: bool = False


@dataclass(frozen=True)
class PatchScene:
    """The hovered or pinned patch, as (row, column) in the patch grid, and its neighbours in context.

    previous: neighbours of a decoder that looks at all of them as the step before left them. near: by pane,
    the neighbours, where decoders that look at different ones stand beside each other.
    recalls: by pane, what its decoder's attention brings back for this patch. second: a patch that it is
    compared with; lit: one that is pointed at elsewhere.
    """

    row: int
    column: int
    causal: tuple[tuple[int, int], ...]
    noncausal: tuple[tuple[int, int], ...]
    pinned: bool = False
    recalls: tuple[tuple[str, tuple[RecallScene, ...]], ...] = ()
    second: tuple[int, int] | None = None
    lit: tuple[int, int] | None = None
    previous: tuple[tuple[int, int], ...] = ()
    near: tuple[tuple[str, Near], ...] = ()

    def seen_in(self, pane: str) -> PatchScene:
        """As the decoder of a pane looks at it."""
        there = next((near for key, near in self.near if key == pane), None)
        if there is None:
            return self
        return replace(self, causal=there[0], noncausal=there[1], previous=there[2])

    def recalled_in(self, pane: str) -> tuple[RecallScene, ...]:
        """What the network of a pane recalls for this patch."""
        return next((recalls for key, recalls in self.recalls if key == pane), ())


@dataclass(frozen=True, eq=False)
class OverlayScene:
    """values: float32 (patch rows, patch columns) or None (grid, or not available: `note` says why).

    Coloured over [low, high]; `diverging` maps around 0. legend: name with unit. classes: where the map
    says which of several rather than how much: a name and a colour each; shades: uint8 (patch rows, patch
    columns, 4), the map itself, red, green, blue and opacity. pictures: where each picture has a map of its
    own, pixels and values (None: no map); `values` are then those of the estimate's pane when its picture
    is not among them, and other pictures have none. grey: the pictures below it have no colours of their own.
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
    grey: bool = False

    @property
    def outlined(self) -> bool:
        """Whether, seen from near, it frames the patches that have much of it rather than cover them."""
        return bool(self.pictures)

    def over(self, pane: PaneScene) -> bool:
        """Whether the map lies over a pane's picture. The original stays bare where it has no map of its own:
        what lies over it would be about another picture."""
        if self.values is None:
            return self.shades is not None or self.kind is Overlay.GRID
        return self.values_on(pane) is not None

    def values_on(self, pane: PaneScene) -> NDArray[np.float32] | None:
        """The map over a pane's picture."""
        if pane.key == "original":
            return None
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
