"""What has been computed so far, as `resolve` reads it beside the session. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from engine.models.card import ModelCard
from engine.types import Context, Pixels, RatePoint, Refinement, RefineRequest, Scores, Stage, Step
from viewer.model.facts.artefacts import Measured
from viewer.model.facts.codes import CodesFacts
from viewer.model.facts.compare import CompareFacts
from viewer.model.facts.differences import DifferenceSet
from viewer.model.facts.rate_distortion import RatesFacts
from viewer.model.scene.picture import Overlay
from viewer.model.session.decoder_choice import no_decoder_words

PAST_RUNS = 3
MapKey = tuple[Overlay, int]
"""An overlay and the step it was measured on."""


@dataclass(frozen=True, eq=False)
class Run:
    """A refinement, and what was measured on each of its steps.

    errors: squared errors per patch, one array a step; none without an original. stage_errors: the
    same of each stage.

    Positions: those of the scrubber. From `first` to -1 they stand for the stages of a progressive stream,
    from 0 on for the steps.
    """

    refinement: Refinement
    errors: tuple[NDArray[np.float64], ...] = ()
    stage_errors: tuple[NDArray[np.float64], ...] = ()

    @property
    def first(self) -> int:
        """The lowest position that is there."""
        return -len(self.refinement.stages)

    @property
    def first_planned(self) -> int:
        """The lowest position there will be."""
        return -self.refinement.planned_stages

    @property
    def ready(self) -> int:
        """Index of the newest step."""
        return len(self.refinement.steps) - 1

    @property
    def planned(self) -> int:
        """Index of the last step there will be."""
        return max(self.refinement.planned_steps, self.ready)

    @property
    def over(self) -> bool:
        """Whether no step is to come."""
        return self.refinement.finished or self.refinement.cancelled

    def at(self, position: int) -> Step | Stage:
        """What stands at a position."""
        record = self.refinement
        return record.steps[position] if position >= 0 else record.stages[position]

    def pixels(self, position: int) -> Pixels:
        return self.at(position).pixels

    def scores(self, position: int) -> Scores:
        return self.at(position).scores

    def error(self, position: int) -> NDArray[np.float64]:
        """Squared error of each patch at a position."""
        return self.errors[position] if position >= 0 else self.stage_errors[position]

    def bits_per_pixel(self, position: int) -> float:
        """Rate of what had to be received for a position."""
        coded = self.refinement.coded
        return (coded if position >= 0 else self.refinement.stages[position].coded).bits_per_pixel


@dataclass(frozen=True)
class Past:
    """A finished run on the same stream, kept for comparison. db: RGB PSNR of step 0, 1, …"""

    request: RefineRequest
    label: str
    db: tuple[float, ...]


@dataclass(frozen=True)
class JobState:
    """What runs at the moment. progress None: nothing does."""

    text: str = ""
    progress: float | None = None


@dataclass(frozen=True, eq=False)
class Facts:
    """Everything that jobs have brought, and what there is to say about them.

    map_note: why an overlay's map is not there, when it can't be made. measured: artefacts by position, see
    `measured_at`; measured_note: why there are none. beside: other decoders whose results
    have panes. differences: those of large pictures, made in the background. undo, redo: names of the changes
    that can be taken back and brought again.
    """

    run: Run | None = None
    past: tuple[Past, ...] = ()
    rate_points: tuple[RatePoint, ...] = ()
    maps: Mapping[MapKey, NDArray[np.float32]] = field(default_factory=lambda: MappingProxyType({}))
    map_note: str = ""
    measured: Mapping[int, Measured] = field(default_factory=lambda: MappingProxyType({}))
    measured_note: str = ""
    job: JobState = JobState()
    compare: CompareFacts = field(default_factory=CompareFacts)
    rates: RatesFacts = field(default_factory=RatesFacts)
    beside: CompareFacts = field(default_factory=CompareFacts)
    differences: tuple[DifferenceSet, ...] = ()
    codes: CodesFacts = field(default_factory=CodesFacts)
    message: str = ""
    error: str = ""
    undo: str = ""
    redo: str = ""


def run_label(request: RefineRequest, kind: str) -> str:
    """Name of a run among others: the decoder with what sets it apart."""
    words = [request.decoder]
    if kind == "raster" and request.options.context is not Context.BOTH:
        words.append(request.options.context.value)
    if request.options.carry:
        words.append("carry")
    if request.options.steps:
        words.append(f"K={request.options.steps}")
    return " ".join(words)


def remembered(facts: Facts, request: RefineRequest, kinds: Mapping[str, str]) -> tuple[Past, ...]:
    """Runs to compare with the one that `request` starts on the same stream: those known, and the one that
    is shown if it has all its scores. kinds: of decoders, by name."""
    past = [old for old in facts.past if old.request != request and _one_stream(old.request, request)]
    record = facts.run.refinement if facts.run is not None else None
    if record is None or not record.finished or record.request == request:
        return tuple(past)
    if not _one_stream(record.request, request):
        return tuple(past)  # e.g. what was shown before comparing on another stream
    db = tuple(step.scores.psnr_rgb_db for step in record.steps)
    known = tuple(value for value in db if value is not None)
    if len(known) == len(db):
        label = run_label(record.request, kinds.get(record.request.decoder, ""))
        past = [old for old in past if old.request != record.request]
        past.insert(0, Past(record.request, label, known))
    return tuple(past[:PAST_RUNS])


def _one_stream(one: RefineRequest, other: RefineRequest) -> bool:
    return (one.image, one.codec, one.encode) == (other.image, other.codec, other.encode)


def finished_words(run: Run, card: ModelCard | None) -> str:
    """What there is to say when a run is complete, also where its decoder was not trained for steps as
    fine as those of the stream."""
    coded, last = run.refinement.coded, run.refinement.steps[-1]
    if not run.refinement.request.decoder:
        return f"Standard decode only: {no_decoder_words(coded.codec)}"
    if not last.index:
        return ""
    text = f"{run.planned} steps in {last.seconds:.2f} s"
    note = card.trust_note(coded.scale, coded.codec) if card is not None else ""
    return f"{text} · {note}" if note else text
