"""Copy: symbols are shown, nothing for a while, then they have to be said again in order (Hochreiter &
Schmidhuber, *Long short-term memory*, 1997; in this form Arjovsky, Shah & Bengio, *Unitary evolution
recurrent neural networks*, ICML 2016, section 5.1, with answers as numbers instead of classes).

Inputs: one column a symbol, and one that is 1 where an answer is wanted. Wanted: the symbol's column at 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from engine.lab.tasks.sequences import SequenceTask


@dataclass(frozen=True)
class Options:
    """symbols: kinds of them; shown: how many; blank: steps between them and the answers."""

    symbols: int = 4
    shown: int = 3
    blank: int = 8

    def __post_init__(self) -> None:
        if self.symbols < 2 or self.shown < 1 or not 0 <= self.blank <= 400:
            raise ValueError("symbols must be at least 2, shown at least 1, blank 0 to 400")


class Copy(SequenceTask):
    """Registered as "copy"."""

    Options = Options

    @property
    def features(self) -> int:  # type: ignore[override]
        return int(self.options.symbols) + 1

    @property
    def outputs(self) -> int:  # type: ignore[override]
        return int(self.options.symbols)

    @property
    def length(self) -> int:
        return int(2 * self.options.shown + self.options.blank)

    def draw(self, rows: int, generator: Generator) -> tuple[Tensor, Tensor, Tensor]:
        shown, kinds = self.options.shown, self.options.symbols
        drawn = torch.randint(0, kinds, (shown, rows), generator=generator)
        symbols = torch.nn.functional.one_hot(drawn, kinds).float()
        features = torch.zeros(self.length, rows, kinds + 1)
        features[:shown, :, :kinds] = symbols
        features[-shown:, :, kinds] = 1
        target = torch.zeros(self.length, rows, kinds)
        target[-shown:] = symbols
        return features, target, features[:, :, kinds].clone()
