"""What the lab shows at one moment: frozen records between `viewer.lab.resolve` and its views. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.lab.settings import LabSettings
from viewer.model.scene.compare import TableScene

if TYPE_CHECKING:
    from viewer.model.scene.picture import PaneScene, PatchScene
    from viewer.model.scene.plots import PlotScene

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PresetItem:
    """A preset to choose. bad: one that shows how it goes wrong."""

    name: str
    title: str
    see: str
    bad: bool


@dataclass(frozen=True)
class LaneItem:
    """A lane. label: as everywhere on the page."""

    number: int
    label: str
    colour: str
    style: str


@dataclass(frozen=True)
class LabTransport:
    """playing: a run learns. busy: one is being made. there: there is one that can be gone on with. at: where
    the scrubber stands, 0 to 1, and `words` for it; followed: it follows the newest moment. stale: settings
    have changed, so that playing begins a new run. state: what the run does, in words; fault: why it
    stopped, "" where it did not."""

    playing: bool = False
    busy: bool = False
    there: bool = False
    done: bool = False
    stale: bool = False
    at: float = 0.0
    followed: bool = True
    words: str = ""
    state: str = ""
    fault: str = ""
    marks: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class HeatScene:
    """Numbers as colours. values: float (rows, columns), nan where there is none; veil: likewise, 0 to 1, how
    much of each is greyed. first: what rows and columns are counted from. read: how a value is told, of row
    {0}, column {1}, value {2} and percentage greyed {3}. upwards: row 0 is below."""

    title: str
    x_label: str
    y_label: str
    bar_label: str
    values: Floats
    veil: Floats
    read: str
    first: tuple[int, int] = (0, 0)
    note: str = ""


@dataclass(frozen=True, eq=False)
class CreditView:
    """One of the views of credit. words: what is seen, in a sentence or two, with figures."""

    key: str
    title: str
    words: str
    plot: PlotScene | None = None
    heat: HeatScene | None = None


@dataclass(frozen=True, eq=False)
class CreditScene:
    """Where credit goes. lane: which is looked into; about: lane, moment and rows that the views are of;
    stale: they are of another moment than is shown."""

    lane: int
    about: str
    waiting: bool
    stale: bool
    views: tuple[CreditView, ...]


@dataclass(frozen=True, eq=False)
class LabScene:
    """All of it. settings: of the run to be made; own: they are not the preset's. panes: pictures, empty for
    tasks without. pictures: whether the task is on pictures. patch: the one whose credit is looked
    into, with arrows to where that goes; None elsewhere."""

    presets: tuple[PresetItem, ...]
    preset: str
    settings: LabSettings
    own: bool
    pictures: bool
    panes: tuple[PaneScene, ...]
    note: str
    transport: LabTransport
    lanes: tuple[LaneItem, ...]
    race: PlotScene
    growth: PlotScene
    meters: TableScene
    runs: TableScene
    credit: CreditScene
    patch: PatchScene | None = None
