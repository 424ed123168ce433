"""What the codecs view adds to a scene: curves of every codec, what a click on a point loads. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from viewer.model.scene.compare import TableScene

if TYPE_CHECKING:
    from viewer.model.scene.plots import PlotScene


@dataclass(frozen=True)
class Chip:
    """A codec that can be switched on and off. colour, symbol: of its lines; refined: whether there is a
    dashed one. failed: why nothing can be measured, "" where it can."""

    codec: str
    title: str
    tip: str
    colour: str
    symbol: str
    on: bool
    refined: bool
    failed: str = ""


@dataclass(frozen=True)
class Target:
    """What a click on a point loads. quality None: about `rate` bits per pixel. words: as people say it."""

    codec: str
    quality: int | None
    rate: float
    words: str


@dataclass(frozen=True, eq=False)
class RatesScene:
    """targets: by the curves' keys, one for each point. note: what there is to say about the plot.

    choices: key and title of the panes at equal rate; pair: the two of a wipe. comparable: whether published
    means over Kodak have a place beside these curves. anchors: key and name of the curves that Bjøntegaard's
    deltas can be against; anchor: the one that they are.
    """

    plot: PlotScene
    chips: tuple[Chip, ...]
    targets: Mapping[str, tuple[Target, ...]]
    table: TableScene
    note: str
    choices: tuple[tuple[str, str], ...]
    pair: tuple[str, str]
    comparable: bool = False
    anchors: tuple[tuple[str, str], ...] = ()
    anchor: str = ""
