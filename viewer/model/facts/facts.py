"""What has been computed so far, as `resolve` reads it beside the session. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from engine.types import Coded, RatePoint, RefineRequest
from viewer.model.facts.artefacts import Measured
from viewer.model.facts.bench import BenchFacts
from viewer.model.facts.codes import CodesFacts
from viewer.model.facts.compare import CompareFacts
from viewer.model.facts.differences import DifferenceSet
from viewer.model.facts.guests import Guest
from viewer.model.facts.lab import LabFacts
from viewer.model.facts.networks import NetworkFacts
from viewer.model.facts.perceived import Perceived
from viewer.model.facts.rate_distortion import Deltas, RatesFacts
from viewer.model.facts.repair import RepairFacts
from viewer.model.facts.run import Run
from viewer.model.facts.traces import TraceFacts
from viewer.model.reading import read_by_field
from viewer.model.session.choices import Overlay, Page
from viewer.model.session.state import Session

PAST_RUNS = 3
MapKey = tuple[Overlay, int]
"""An overlay and the step it was measured on."""


@dataclass(frozen=True)
class Past:
    """A finished run on the same stream, kept for comparison. db: RGB PSNR of step 0, 1, …"""

    request: RefineRequest
    label: str
    db: tuple[float, ...]


@read_by_field
@dataclass(frozen=True)
class JobState:
    """What runs at the moment. progress None: nothing does. page: has its own bar and Cancel for it."""

    text: str = ""
    progress: float | None = None
    page: Page | None = None


@read_by_field
@dataclass(frozen=True, eq=False)
class Facts:
    """Everything that jobs have brought, and what there is to say about them.

    map_note: why an overlay's map is not there, when it can't be made. measured: artefacts by position, see
    `measured_at`; measured_note: why there are none. beside: other decoders whose results have panes.
    guests: other programs' results, by name. differences: those of large pictures, made in the background.
    undo, redo: names of the changes that can be taken back and brought again. received: the stream that was
    opened, read. decoding: the run's decoder is at work.
    """

    run: Run | None = None
    past: tuple[Past, ...] = ()
    rate_points: tuple[RatePoint, ...] = ()
    maps: Mapping[MapKey, NDArray[np.float32]] = field(default_factory=lambda: MappingProxyType({}))
    map_note: str = ""
    measured: Mapping[int, Measured] = field(default_factory=lambda: MappingProxyType({}))
    measured_note: str = ""
    perceived: Mapping[int, Perceived] = field(default_factory=lambda: MappingProxyType({}))
    job: JobState = JobState()
    compare: CompareFacts = field(default_factory=CompareFacts)
    rates: RatesFacts = field(default_factory=RatesFacts)
    deltas: Deltas | None = None
    repair: RepairFacts = field(default_factory=RepairFacts)
    bench: BenchFacts = field(default_factory=BenchFacts)
    lab: LabFacts = field(default_factory=LabFacts)
    beside: CompareFacts = field(default_factory=CompareFacts)
    guests: Mapping[str, Guest] = field(default_factory=lambda: MappingProxyType({}))
    differences: tuple[DifferenceSet, ...] = ()
    codes: CodesFacts = field(default_factory=CodesFacts)
    traces: TraceFacts = field(default_factory=TraceFacts)
    networks: NetworkFacts = field(default_factory=NetworkFacts)
    message: str = ""
    error: str = ""
    received: Coded | None = None
    decoding: bool = False
    undo: str = ""
    redo: str = ""


def sent_run(session: Session, facts: Facts) -> Run | None:
    """A run on the stream that is shown, if anything is known of it yet."""
    return facts.compare.sent if session.page is Page.COMPARE else facts.run
