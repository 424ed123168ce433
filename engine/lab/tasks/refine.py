"""Refine: what the standard decode lacks, patch by patch, from the patch's own symbols (Ororbia, Mali et al.,
*Learned neural iterative decoding*, DCC 2019): the task on which learners end alike.

All that is needed for an answer is seen at the same step, so there is hardly anything to remember.
"""

from __future__ import annotations

from torch import Tensor

from engine.lab.tasks.pictures import PictureTask, Spans, Steps


class Refine(PictureTask):
    """Registered as "refine"."""

    scale = 20.0

    @property
    def energy(self) -> float:
        """A standard decode's error at quality 10, about."""
        return 120.0

    def arrange(self, spans: Spans) -> Steps:
        seen = self.seen(spans, spans.received)
        parts = (seen, spans.original - spans.received, spans.there.float())
        return Steps(*(each.transpose(0, 1).contiguous() for each in parts))

    def finished(self, spans: Spans, answered: Tensor) -> Tensor:
        return spans.received + answered
