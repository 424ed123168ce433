"""Delayed add (Marschall, Cho & Savin, *A unified framework of online learning algorithms for training
recurrent neural networks*, JMLR 21, 2020, section 4.1; after Pitis, *Recurrent neural networks in
TensorFlow*).

y_t = ½ + ½ x_{t−a} − ¼ x_{t−b},   x_t ∈ {0, 1} with equal chances              (1)
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from engine.lab.tasks.sequences import SequenceTask


@dataclass(frozen=True)
class Options:
    """first, second: a and b. length: numbers of a sequence; answers count from b on."""

    first: int = 4
    second: int = 8
    length: int = 32

    def __post_init__(self) -> None:
        if not 0 <= self.first < self.second < self.length <= 500:
            raise ValueError("first must be less than second, and second less than length, 500 at most")


class DelayedAdd(SequenceTask):
    """Registered as "delayed-add"."""

    Options = Options

    @property
    def length(self) -> int:
        return int(self.options.length)

    def draw(self, rows: int, generator: Generator) -> tuple[Tensor, Tensor, Tensor]:
        first, second = self.options.first, self.options.second
        x = torch.randint(0, 2, (self.length, rows, 1), generator=generator).float()
        late = [torch.nn.functional.pad(x, (0, 0, 0, 0, by, 0))[: self.length] for by in (first, second)]
        counts = torch.ones(self.length, rows)
        counts[:second] = 0
        return x, 0.5 + 0.5 * late[0] - 0.25 * late[1], counts
