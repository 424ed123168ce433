"""The whole scene: everything that the views are given at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from viewer.model.scene.compare import CompareScene, InsideScene
from viewer.model.scene.lab import LabScene
from viewer.model.scene.patch import DockScene
from viewer.model.scene.picture import (
    OverlayScene,
    PaneScene,
    PatchScene,
    StatusScene,
    ThumbScene,
    TransportScene,
)
from viewer.model.scene.plots import InspectorRow, PlotScene
from viewer.model.scene.presentation import CaptionScene
from viewer.model.scene.rate_distortion import RatesScene
from viewer.model.scene.repair import RepairScene
from viewer.model.scene.schematic import SchematicScene
from viewer.model.scene.view import ViewScene
from viewer.model.session.choices import Mode


@dataclass(frozen=True, eq=False)
class Scene:
    """All of it. summary: the picture's figures; inspector: those of the patch pointed at. caption, big: line
    and plot for the back row, while somebody presents. schematic: the network's diagram."""

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
    repair: RepairScene | None = None
    lab: LabScene | None = None
    view: ViewScene = field(default_factory=ViewScene)
    dock: DockScene | None = None
    caption: CaptionScene | None = None
    big: PlotScene | None = None
    schematic: SchematicScene | None = None
