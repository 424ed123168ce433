"""One decode run as the window knows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.artefacts.jpeg_history import History
from engine.types import Pixels, Refinement, Scores, Stage, Step
from viewer.model.session.playback import scan_total
from viewer.model.session.state import Session


@dataclass(frozen=True, eq=False)
class Run:
    """A refinement, and what was measured on each of its steps.

    errors: squared errors per patch, one array a step; none without an original. stage_errors: the
    same of each stage. history: what a received stream tells of its past, if it holds symbols.

    Positions: those of the scrubber. From `first` to -1 they stand for the stages of a progressive stream,
    from 0 on for the steps.
    """

    refinement: Refinement
    errors: tuple[NDArray[np.float64], ...] = ()
    stage_errors: tuple[NDArray[np.float64], ...] = ()
    history: History | None = None

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


def scanning(session: Session, run: Run) -> bool:
    """Whether the estimate is shown half scanned."""
    return session.scan is not None and 0 <= session.scan < scan_total(session) and run.ready > 0
