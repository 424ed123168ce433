"""A process's share of each batch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """Process `rank` (from 0) of `of`; batches divide evenly."""

    rank: int = 0
    of: int = 1

    def count(self, whole: int) -> int:
        return whole // self.of

    def part(self, whole: int) -> slice:
        """Where the share lies in a batch of `whole`."""
        size = self.count(whole)
        return slice(self.rank * size, (self.rank + 1) * size)


WHOLE = Share()
