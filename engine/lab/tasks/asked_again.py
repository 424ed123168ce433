"""Asked again: a span is seen, and then its patches are asked for one by one, in another order (this
project's own: the associative recall of Graves, Wayne & Danihelka, *Neural Turing machines*, 2014, section
4.3, with patches as items and their places as keys).

Every patch is seen together with its place; later, when nothing more is seen, a place is named and its patch
has to be painted from grey. All of the span has to be remembered at once, more than a small state holds; a
network that recalls states of its own needs to find the right one. "shuffled": places come in an order that
changes from span to span, so the way back is long and varies. "repeated": they come as they were, like a
tile's second copy.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.decoders.spans import OWN_FEATURES
from engine.lab.tasks.pictures import PictureOptions, PictureTask, Spans, Steps


@dataclass(frozen=True)
class Options(PictureOptions):
    """order: "shuffled" or "repeated"."""

    span: int = 8
    order: str = "shuffled"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.order not in ("shuffled", "repeated"):
            raise ValueError("order must be 'shuffled' or 'repeated'")


class AskedAgain(PictureTask):
    """Registered as "asked-again". More columns than the others: a place each, and whether it is asked
    for."""

    Options = Options

    @property
    def features(self) -> int:  # type: ignore[override]
        return OWN_FEATURES + int(self.options.span) + 1

    @property
    def delay(self) -> int:
        return int(self.options.span)

    def order(self, spans: Spans) -> Tensor:
        """int64 (spans, span): places in the order in which they are asked for."""
        places = torch.arange(self.options.span)
        if self.options.order == "repeated":
            return places.expand(len(spans.row), -1)
        mixed = (spans.row * 7919 + spans.column[:, 0] * 104729)[:, None] + places * 1299721
        mixed = (mixed * 2654435761) % 4294967296
        return torch.argsort((mixed ^ (mixed >> 15)) * 2246822519 % 4294967296, 1)

    def arrange(self, spans: Spans) -> Steps:
        count, order = self.options.span, self.order(spans)
        own = self.seen(spans, spans.received)
        places = torch.eye(count)
        shown = torch.cat([own, places.expand(len(own), -1, -1), own.new_zeros(len(own), count, 1)], -1)
        asked = torch.cat([torch.zeros_like(own), places[order], own.new_ones(len(own), count, 1)], -1)
        wanted = spans.original.gather(1, order[..., None].expand(-1, -1, spans.original.shape[-1]))
        counts = spans.there.float().gather(1, order)
        features = torch.cat([shown, asked], 1)
        target = torch.cat([torch.zeros_like(wanted), wanted], 1)
        weighed = torch.cat([torch.zeros_like(counts), counts], 1)
        return Steps(*(each.transpose(0, 1).contiguous() for each in (features, target, weighed)))

    def columns(self, spans: Spans) -> tuple[Tensor, Tensor]:
        seen, painted = super().columns(spans)
        asked = painted[:, self.delay :].gather(1, self.order(spans))
        return seen, torch.cat([painted[:, : self.delay], asked], 1)

    def finished(self, spans: Spans, answered: Tensor) -> Tensor:
        index = self.order(spans)[..., None].expand(-1, -1, answered.shape[-1])
        return torch.zeros_like(answered).scatter(1, index, answered)
