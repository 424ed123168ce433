"""Passive observers: any learners beside the one that trains, held against the exact gradient.

For gradients ĝ of a row and g that of BPTT at the same parameters, over D draws of a stochastic learner
with mean ḡ (compare Marschall, Cho & Savin, *A unified framework of online learning algorithms for training
recurrent neural networks*, JMLR 21, 2020, who warn that alignment alone doesn't explain performance),

    cosine = mean of ⟨ĝ, g⟩ / ‖ĝ‖‖g‖                                               (1)
    relative error = mean of ‖ĝ − g‖² / ‖g‖²                                       (2)
    relative variance = Σ ‖ĝ − ḡ‖² / (D − 1) ‖g‖²                                  (3)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import torch
from torch import Tensor

from engine.cells import Parameters
from engine.learners.base import Learner, LearnerOptions
from engine.learners.bptt import BPTT
from engine.learners.stream import ATTENTION, EMBED, OUT, RECURRENT, Gradient, Patch, RowModel
from engine.registry import LEARNERS


@dataclass(frozen=True)
class Comparison:
    """Equations (1) to (3); nan where a gradient is 0, or for the variance of a single random draw.

    groups: the cosine over the embedding, the recurrent, the output and the attention's weights alone.
    """

    cosine: float
    relative_error: float
    relative_variance: float
    groups: Mapping[str, float]


def compare(exact: Gradient, draws: Sequence[Gradient], stochastic: bool) -> Comparison:
    """Hold gradients against the exact one. draws: at least one; several of a stochastic learner."""
    true = _flat(exact, "")
    found = torch.stack([_flat(draw, "") for draw in draws])
    size = true.square().sum()
    variance = (found - found.mean(0)).square().sum() / max(len(found) - 1, 1) / size
    unknown = stochastic and len(found) < 2
    return Comparison(
        cosine=_cosine(true, found),
        relative_error=_number((found - true).square().sum(1).mean() / size),
        relative_variance=math.nan if unknown else _number(variance),
        groups={
            prefix.removesuffix("."): _cosine(
                _flat(exact, prefix), torch.stack([_flat(draw, prefix) for draw in draws])
            )
            for prefix in (EMBED, RECURRENT, OUT, ATTENTION)
            if any(name.startswith(prefix) for name in exact)
        },
    )


def _flat(gradient: Gradient, prefix: str) -> Tensor:
    """All numbers one after the other, in float64 and in order of names."""
    return torch.cat(
        [gradient[name].double().flatten() for name in sorted(gradient) if name.startswith(prefix)]
    )


def _cosine(true: Tensor, found: Tensor) -> float:
    return _number(((found @ true) / (found.norm(dim=1) * true.norm())).mean())


def _number(value: Tensor) -> float:
    number = float(value)
    return number if math.isfinite(number) else math.nan


class Observer:
    """Learners that see the same rows as the one that trains, at the parameters of the row's start.

    Their gradients are compared and thrown away; parameters and the trainer's random numbers are left
    alone. draws: how often a stochastic learner runs, each time with other signs.
    """

    def __init__(
        self, model: RowModel, names: Iterable[str], options: LearnerOptions, draws: int = 1
    ) -> None:
        if draws < 1:
            raise ValueError(f"draws must be at least 1, not {draws}")
        self.exact: Learner = BPTT(model, options)
        self.learners: dict[str, list[Learner]] = {}
        for name in names:
            kind = LEARNERS.get(name)
            count = draws if kind.stochastic else 1
            self.learners[name] = [
                cast("Learner", kind(model, replace(options, seed=options.seed + i))) for i in range(count)
            ]

    def start(self, parameters: Parameters, rows: int) -> None:
        """Begin a batch of rows, at a copy of the parameters as they are now."""
        self.parameters = {name: value.detach().clone() for name, value in parameters.items()}
        self.totals: dict[Learner, Gradient] = {}
        for learner in self._all():
            learner.start(self.parameters, rows)
            self.totals[learner] = {name: torch.zeros_like(v) for name, v in self.parameters.items()}

    def step(self, patch: Patch, k: int) -> None:
        """Let all learners take step k of the next patch."""
        for learner in self._all():
            self._take(learner, learner.step(self.parameters, patch, k).gradient)

    def finish(self) -> dict[str, Comparison]:
        """End the rows; how each learner's gradient of them compares."""
        for learner in self._all():
            self._take(learner, learner.finish()[0])
        return {
            name: compare(
                self.totals[self.exact], [self.totals[one] for one in several], several[0].stochastic
            )
            for name, several in self.learners.items()
        }

    def _all(self) -> list[Learner]:
        return [self.exact, *(one for several in self.learners.values() for one in several)]

    def _take(self, learner: Learner, gradient: Gradient | None) -> None:
        for name, value in (gradient or {}).items():
            self.totals[learner][name] += value
