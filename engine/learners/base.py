"""What every learner offers: start a row, step along it, finish; gradients and a record come out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.cells import Parameters
from engine.learners.stream import Gradient, Patch, RowModel


@dataclass(frozen=True)
class LearnerOptions:
    """What learners can be asked for; each reads what concerns it.

    window: steps between cuts of the local recurrence (truncated BPTT, SAB). every: steps whose credit
    forward learners gather before they give a gradient. seed: of random signs and random feedback.
    shared: UORO keeps one estimate for all rows instead of one a row: less memory, more noise.
    random_feedback: RFLO sends errors back through fixed random weights. rank: terms of OK's sum.
    """

    window: int = 8
    every: int = 1
    seed: int = 0
    shared: bool = False
    random_feedback: bool = False
    rank: int = 4


@dataclass(frozen=True)
class Outcome:
    """What one step gave. loss: its L_t, a detached scalar. gradient: what became known since the last
    one, or None: backward learners wait for the end of a window or the row, forward ones `every` steps."""

    loss: Tensor
    gradient: Gradient | None


@dataclass(frozen=True)
class Recall:
    """What an attentive network remembered. weights: float32 (steps, rows, memories). patches: int64
    (memories,), the patch (counted along the row) whose end each memory is; −1 is the row's start."""

    weights: NDArray[np.float32]
    patches: NDArray[np.int64]


@dataclass(frozen=True)
class RowRecord:
    """What a learner has to say of a row. losses: float64 (steps,). numbers: its own, by name."""

    losses: NDArray[np.float64]
    numbers: Mapping[str, float] = field(default_factory=dict)
    recall: Recall | None = None


class Learner(Protocol):
    """Gradients along a row: start, then `step` for every step of every patch, then finish.

    Constructed from a `RowModel` and `LearnerOptions`; raises UserError for a model it can't train. It
    never changes parameters. Forward learners (`online`) give a gradient as often as asked, whatever the
    length of the row; backward ones at the end of a window or the row. Parameters may change whenever a
    gradient was given, and not in between.
    """

    name: str
    online: bool
    stochastic: bool

    def __init__(self, model: RowModel, options: LearnerOptions) -> None: ...

    def start(self, parameters: Parameters, rows: int) -> None:
        """Begin a batch of rows: state, influence and memories are reset."""
        ...

    def step(self, parameters: Parameters, patch: Patch, k: int) -> Outcome:
        """Step k (0 to K − 1, in order) of the next patch."""
        ...

    def finish(self) -> tuple[Gradient | None, RowRecord]:
        """End the rows: the gradient that was still due, and the record."""
        ...


class Observing(Protocol):
    """Something that looks at the stream beside a learner (see `observe`)."""

    def start(self, parameters: Parameters, rows: int) -> None: ...

    def step(self, patch: Patch, k: int) -> None: ...


def walk(
    learner: Learner,
    parameters: Parameters,
    patches: Iterable[Patch],
    update: Callable[[Gradient], None] | None = None,
    beside: Observing | None = None,
) -> tuple[Gradient, RowRecord]:
    """Lead a learner along a batch of rows; returns the sum of its gradients and its record.

    update: given every gradient as soon as it is known; may change the parameters in place. beside: an
    observer that sees the same stream with the parameters as they are at its start.
    """
    total = {name: torch.zeros_like(value) for name, value in parameters.items()}

    def take(gradient: Gradient | None) -> None:
        if gradient is None:
            return
        for name, value in gradient.items():
            total[name] += value
        if update is not None:
            update(gradient)

    started = False
    for patch in patches:
        if not started:
            for watcher in (learner, beside):
                if watcher is not None:
                    watcher.start(parameters, len(patch.features))
            started = True
        for k in range(len(patch.weights)):
            if beside is not None:
                beside.step(patch, k)
            take(learner.step(parameters, patch, k).gradient)
    if not started:
        raise ValueError("a row needs at least one patch")
    rest, record = learner.finish()
    take(rest)
    return total, record
