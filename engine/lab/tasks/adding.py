"""Adding: two of many numbers are marked, and their sum is wanted at the end (Hochreiter & Schmidhuber, *Long
short-term memory*, 1997, section 5.4).

Inputs: a number from 0 to 1, and 1 where it is marked: once in either half.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from engine.lab.tasks.sequences import SequenceTask


@dataclass(frozen=True)
class Options:
    """length: numbers of a sequence."""

    length: int = 24

    def __post_init__(self) -> None:
        if not 2 <= self.length <= 500:
            raise ValueError("length must lie in 2 to 500")


class Adding(SequenceTask):
    """Registered as "adding"."""

    Options = Options
    features = 2

    @property
    def length(self) -> int:
        return int(self.options.length)

    def draw(self, rows: int, generator: Generator) -> tuple[Tensor, Tensor, Tensor]:
        length, half = self.length, self.length // 2
        numbers = torch.rand(length, rows, generator=generator)
        first = torch.randint(0, half, (rows,), generator=generator)
        second = torch.randint(half, length, (rows,), generator=generator)
        marks = torch.zeros(length, rows)
        every = torch.arange(rows)
        marks[first, every] = marks[second, every] = 1
        target, counts = torch.zeros(length, rows, 1), torch.zeros(length, rows)
        target[-1, :, 0] = (numbers * marks).sum(0)
        counts[-1] = 1
        return torch.stack([numbers, marks], -1), target, counts
