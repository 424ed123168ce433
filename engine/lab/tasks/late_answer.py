"""Late answer: at patch i paint patch i − d (this project's own, after the delayed recall of Hochreiter &
Schmidhuber, *Long short-term memory*, 1997, section 5, on real symbols).

The network sees the symbols of patch i and answers with patch i − d; so d patches have to be remembered,
and the last d answers come after the span's end, when nothing more is seen. "picture": the answer is the
patch itself, painted from grey. "residual": what the standard decode lacks.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.lab.tasks.pictures import PictureOptions, PictureTask, Spans, Steps

RESIDUAL_SCALE = 20.0


@dataclass(frozen=True)
class Options(PictureOptions):
    """delay: d, patches. answer: "picture" or "residual"."""

    delay: int = 4
    answer: str = "picture"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.delay <= 16:
            raise ValueError("delay must lie in 0 to 16 patches")
        if self.answer not in ("picture", "residual"):
            raise ValueError("answer must be 'picture' or 'residual'")


class LateAnswer(PictureTask):
    """Registered as "late-answer"."""

    Options = Options

    @property
    def delay(self) -> int:
        return int(self.options.delay)

    @property
    def scale(self) -> float:  # type: ignore[override]
        return RESIDUAL_SCALE if self.options.answer == "residual" else 100.0

    def arrange(self, spans: Spans) -> Steps:
        wanted = spans.original
        if self.options.answer == "residual":
            wanted = wanted - spans.received
        after = (0, 0, 0, self.delay)
        before = (0, 0, self.delay, 0)
        features = torch.nn.functional.pad(self.seen(spans, spans.received), after)
        target = torch.nn.functional.pad(wanted, before)
        counts = torch.nn.functional.pad(spans.there.float(), before[2:])
        return Steps(*(each.transpose(0, 1).contiguous() for each in (features, target, counts)))

    def finished(self, spans: Spans, answered: Tensor) -> Tensor:
        return answered + spans.received if self.options.answer == "residual" else answered
