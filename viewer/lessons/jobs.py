"""The lessons' measurements: a function for `Lane.start`. No Qt, no threads, no widgets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from engine.analysis.block_coding import busiest_patch
from engine.types import PATCH, Pixels
from viewer.model.facts.lessons import ChangesFound, Limits, PatchFound
from viewer.model.facts.run import Run

if TYPE_CHECKING:
    from engine.analysis.coefficient_fits import CoefficientLaw
    from viewer.core.job import Token, Work


@dataclass(frozen=True, eq=False)
class LessonTask:
    """What to measure. patch: whether a patch is to be found. limits: whether the DCT's limits are wanted,
    the law of `first` before the others. run: whose steps' changes are wanted, None for nobody's."""

    pixels: Pixels
    patch: bool
    limits: bool
    first: tuple[int, int]
    run: Run | None


def measure(task: LessonTask) -> Work:
    """Yield what `task` wants, piece by piece."""

    def work(token: Token) -> Iterator[object]:
        if task.patch:
            yield PatchFound(busiest_patch(task.pixels))
        if task.run is not None:
            yield ChangesFound(task.run, step_changes(task.run))
        if task.limits:
            yield from _limits(task, token)

    return work


def _limits(task: LessonTask, token: Token) -> Iterator[Limits]:
    from engine.analysis.coefficient_fits import law_of
    from engine.analysis.dct_limits import block_coefficients, dct_limits, luma_blocks

    found = dct_limits(task.pixels)
    yield Limits(found)
    coefficients = block_coefficients(luma_blocks(task.pixels))
    order = sorted(np.ndindex(PATCH, PATCH), key=lambda at: (at != task.first, sum(at), at))
    laws: dict[tuple[int, int], CoefficientLaw] = {}
    for number, (v, u) in enumerate(order, 1):
        if token.cancelled():
            return
        laws[v, u] = law_of(coefficients[:, v, u], v, u)
        token.progress(number / len(order))
        yield Limits(found, MappingProxyType(dict(laws)))


def step_changes(run: Run) -> tuple[float, ...]:
    """Root mean squared difference of each step to the one before, in levels, over RGB samples."""
    changes = []
    for step in range(1, run.ready + 1):
        now, before = run.pixels(step), run.pixels(step - 1)
        total = 0.0
        for top in range(0, now.shape[0], 256):
            part = np.subtract(now[top : top + 256], before[top : top + 256], dtype=np.float32).ravel()
            total += float(np.vdot(part, part))
        changes.append(float(np.sqrt(total / now.size)))
    return tuple(changes)
