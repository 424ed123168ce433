"""Lost packets: bursts of patches never arrive, and the decoder has to conceal them from what it remembers.

Of every `keep + lose` patches in coding order the last `lose` are lost, and where a burst begins moves from
row to row, as packets do that don't end with a row. The network sees nothing of a lost patch but that it is
lost, and what it answers there is painted from grey; patches that arrived are shown as the standard decode
has them. (Concealment in this setting: Wang & Zhu, *Error control and concealment for video communication*,
Proceedings of the IEEE 86, 1998; a burst of three is a packet of the codecs of that time.)
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.decoders.spans import OWN_FEATURES, lost
from engine.lab.tasks.pictures import PictureOptions, PictureTask, Spans, Steps


@dataclass(frozen=True)
class Options(PictureOptions):
    """keep: patches that arrive in a row, lose: patches that are lost after them."""

    keep: int = 4
    lose: int = 3

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.keep < 1 or self.lose < 1:
            raise ValueError("keep and lose must be at least 1")


class LostPackets(PictureTask):
    """Registered as "lost-packets". One column more than the others: whether the patch arrived."""

    Options = Options
    features = OWN_FEATURES + 1

    def lost(self, spans: Spans) -> Tensor:
        """bool (spans, span)."""
        return lost(spans.row, spans.column, self.options.keep, self.options.lose)

    def arrange(self, spans: Spans) -> Steps:
        arrived = (~self.lost(spans)).float()[..., None]
        features = torch.cat([self.seen(spans, spans.received) * arrived, arrived], -1)
        counts = spans.there.float() * (1 - arrived[..., 0])
        parts = (features, spans.original, counts)
        return Steps(*(each.transpose(0, 1).contiguous() for each in parts))

    def finished(self, spans: Spans, answered: Tensor) -> Tensor:
        return torch.where(self.lost(spans)[..., None], answered, spans.received)
